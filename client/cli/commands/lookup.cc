// Runs `portreg KEY...` and `portreg lookup KEY...`.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/base/limits.h"
#include "client/cli/base/verbs.h"
#include "client/cli/commands/command_parts.h"
#include "client/cli/commands/key_batches.h"
#include "client/cli/commands/suggest.h"
#include "client/cli/display/display_text.h"
#include "client/cli/formats/lookup_json_writer.h"
#include "client/cli/formats/record_writer.h"
#include "client/cli/sources/failures.h"
#include "client/cli/sources/requests.h"
#include "common/answers/conversion.h"
#include "common/model/query.h"
#include "common/model/service_name.h"
#include "common/names/names.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

bool Named(const v1::LookupResult& result) {
  const auto& records = result.response().records();
  return std::any_of(records.begin(), records.end(),
                     [](const v1::PortRecord& record) { return !record.service().empty(); });
}

// Removes the records of layers that were not asked for.
void KeepLayers(const Invocation& invocation, v1::LookupResponse& response) {
  auto& records = *response.mutable_records();
  const auto unwanted = [&invocation](const v1::PortRecord& record) {
    return !IncludesLayerOf(invocation, record);
  };
  records.erase(std::remove_if(records.begin(), records.end(), unwanted), records.end());
}

// Returns the records of a range and sets their revision. Adds the memory of the records
// to `held`, which is that of the answer so far. RESOURCE_EXHAUSTED if `held` exceeds
// kMaxAnswerBytes.
absl::StatusOr<v1::LookupResponse> AskRange(const Query& query, const Invocation& invocation,
                                            Source& source, size_t& held, std::string& revision) {
  v1::LookupResponse response;
  const absl::StatusOr<std::string> listed =
      source.ListRange(ListRequestFor(*query.ports, query.transport, invocation.layers,
                                      ViewOf(invocation), invocation.scope),
                       [&](const v1::PortRecord& record) {
                         held += record.SpaceUsedLong();
                         if (held <= kMaxAnswerBytes) *response.add_records() = record;
                         return held <= kMaxAnswerBytes;
                       });
  if (!listed.ok()) return listed.status();
  if (held > kMaxAnswerBytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the records of ", query.text, " take more than ", kMaxAnswerBytes,
                     " bytes of memory; \"portreg list ", query.text, "\" shows them"));
  }
  revision = *listed;
  return response;
}

// Keeps the revision of answers, which is empty if they come from several.
class RevisionOfAll {
 public:
  void Add(const std::string& revision) {
    if (!revision_) revision_ = revision;
    if (*revision_ != revision) revision_->clear();
  }
  [[nodiscard]] std::string Get() const { return revision_.value_or(""); }

 private:
  std::optional<std::string> revision_;
};

// Returns a query about the name that the key also may be.
Query AsName(const Query& query) {
  return {.text = query.text,
          .ports = {},
          .service = query.also_name->service,
          .transport = query.also_name->transport};
}

// Asks for the single ports and names among the keys, with as few calls as possible. A key
// that may also be a name is asked for by that name first, and then by its other meaning
// unless that is a range.
absl::StatusOr<v1::BatchLookupResponse> AskForSingles(const std::vector<AskedKey>& keys,
                                                      const Invocation& invocation,
                                                      Source& source) {
  std::vector<v1::LookupRequest> batch;
  const auto add = [&](const Query& query) {
    batch.push_back(LookupRequestFor(query, ViewOf(invocation), invocation.scope));
  };
  for (const AskedKey& key : keys) {
    if (!key.query.ok()) continue;
    if (key.query->also_name) add(AsName(*key.query));
    if (!key.query->is_range()) add(*key.query);
  }
  return LookUpAll(batch, source);
}

// Hands out the results of AskForSingles() in their order.
class SingleResults {
 public:
  SingleResults(const Invocation& invocation, v1::BatchLookupResponse& singles)
      : invocation_(invocation), singles_(singles) {}

  // Returns the next result, without the records of layers that were not asked for.
  v1::LookupResult Next() {
    v1::LookupResult result = std::move(*singles_.mutable_results(next_++));
    if (result.has_response()) KeepLayers(invocation_, *result.mutable_response());
    // Removes the details, because this program does not know their types.
    if (result.has_failure()) result.mutable_failure()->clear_details();
    return result;
  }

 private:
  const Invocation& invocation_;
  v1::BatchLookupResponse& singles_;
  int next_ = 0;
};

// Asks for single ports and names together, and for ranges one by one. The results are in
// the order of the keys; that of an unusable key is its error. Replaces each query that may
// also be a name by the meaning that the result is for. Adds the revisions of the answers
// to `revision`.
absl::StatusOr<v1::BatchLookupResponse> Ask(std::vector<AskedKey>& keys,
                                            const Invocation& invocation, Source& source,
                                            RevisionOfAll& revision) {
  absl::StatusOr<v1::BatchLookupResponse> singles = AskForSingles(keys, invocation, source);
  if (!singles.ok()) return singles;
  if (!singles->results().empty()) revision.Add(singles->revision());

  v1::BatchLookupResponse all;
  size_t held = singles->SpaceUsedLong();
  SingleResults results(invocation, *singles);
  for (AskedKey& key : keys) {
    v1::LookupResult& result = *all.add_results();
    if (!key.query.ok()) {
      result = ResultOf(key.query.status());
      continue;
    }
    Query& query = *key.query;
    v1::LookupResult named;
    if (query.also_name) named = results.Next();
    if (!query.is_range()) result = results.Next();
    if (Named(named)) {
      result = std::move(named);
      query = AsName(query);
    }
    query.also_name.reset();
    if (!query.is_range()) continue;
    std::string its_revision;
    absl::StatusOr<v1::LookupResponse> range =
        AskRange(query, invocation, source, held, its_revision);
    if (!range.ok()) return range.status();
    *result.mutable_response() = *std::move(range);
    revision.Add(its_revision);
  }
  return all;
}

// Returns the answer of --short: the name of a port, or the port of a name. Returns "-"
// if there is none.
std::string ShortAnswer(const Query& query, const v1::LookupResponse& response) {
  LayerText kept;
  std::deque<ServiceRecord> records;
  std::vector<const ServiceRecord*> pointers;
  for (const v1::PortRecord& message : response.records()) {
    // Skips records that this program cannot read, because the server may be newer.
    const absl::StatusOr<ServiceRecord> record = ToRecord(message, kept);
    if (record.ok()) pointers.push_back(&records.emplace_back(*record));
  }
  const ServiceRecord* const found = query.ports
                                         ? NameOfSlot(pointers, query.transport)
                                         : PortOfName(pointers, query.service, query.transport);
  if (found == nullptr) return "-";
  return query.ports ? Printable(found->service) : ToString(*found->ports);
}

// Returns the answer of --short to a range: its services, each once, with commas between
// them. Returns "-" if there is none.
std::string ShortAnswerOfRange(const v1::LookupResponse& response) {
  std::vector<std::string> names;
  absl::flat_hash_set<std::string> seen;
  for (const v1::PortRecord& record : response.records()) {
    if (record.service().empty() || !seen.insert(FoldServiceName(record.service())).second) {
      continue;
    }
    names.push_back(Printable(record.service()));
  }
  return names.empty() ? "-" : absl::StrJoin(names, ",");
}

// Writes the answers to a command's keys, batch by batch.
class LookupAnswers {
 public:
  LookupAnswers(const Invocation& invocation, const Source& source, const Output& output)
      : invocation_(invocation), source_(source), output_(output), json_(output.out) {}

  // Writes the answers to `keys`; a table may hold some back until Flush(). Returns
  // kExitOk, or the exit code of a failure, which it prints.
  int Write(const std::vector<AskedKey>& keys, const v1::BatchLookupResponse& all) {
    if (invocation_.brief) {
      WriteShort(keys, all);
    } else if (invocation_.format == Format::kJson) {
      std::vector<std::string> texts;
      texts.reserve(keys.size());
      for (const AskedKey& key : keys) texts.push_back(key.text);
      const absl::Status written = json_.Write(texts, all);
      if (!written.ok()) return FailCall(written, source_, output_);
    } else {
      WriteRecords(keys, all);
      if (!Writer().status().ok()) return portreg::cli::Finish("", source_, Writer(), output_);
    }
    (void)output_.out.Flush();
    return kExitOk;
  }

  // Writes the rows of a table that are held back.
  void Flush() {
    if (writer_) writer_->Flush();
    (void)output_.out.Flush();
  }

  // Completes the output. Returns the exit code.
  int Finish(const std::string& revision) {
    if (invocation_.format != Format::kJson) {
      return portreg::cli::Finish(revision, source_, Writer(), output_);
    }
    json_.Finish(revision);
    (void)output_.out.Flush();
    return kExitOk;
  }

 private:
  // Returns the writer of records. Creates it with the first answer, because it may write
  // titles, and a failure shall write nothing.
  RecordWriter& Writer() {
    if (!writer_) writer_ = MakeRecordWriter(invocation_, output_.terminal, output_.out);
    return *writer_;
  }

  void WriteShort(const std::vector<AskedKey>& keys, const v1::BatchLookupResponse& all) const {
    for (size_t i = 0; i < keys.size(); ++i) {
      const absl::StatusOr<Query>& query = keys[i].query;
      const v1::LookupResponse& response = all.results(static_cast<int>(i)).response();
      output_.out.Put(absl::StrCat(!query.ok()         ? "-"
                                   : query->is_range() ? ShortAnswerOfRange(response)
                                                       : ShortAnswer(*query, response),
                                   "\n"));
    }
  }

  void WriteRecords(const std::vector<AskedKey>& keys, const v1::BatchLookupResponse& all) {
    RecordWriter& writer = Writer();
    for (size_t i = 0; i < keys.size() && TakesMore(writer, output_); ++i) {
      const v1::LookupResult& result = all.results(static_cast<int>(i));
      writer.BeginKey(keys[i].text);
      if (result.response().records().empty()) {
        writer.WriteMiss(result);
        continue;
      }
      const Query& query = *keys[i].query;
      for (const v1::PortRecord& record : result.response().records()) {
        if (!TakesMore(writer, output_)) break;
        WriteAnswer(invocation_, query.ports.value_or(PortRange::All()), query.transport, record,
                    writer);
      }
    }
  }

  const Invocation& invocation_;
  const Source& source_;
  const Output& output_;
  LookupJsonWriter json_;
  std::unique_ptr<RecordWriter> writer_;
};

// Returns why a key has no named record, for a person.
std::string Miss(const Invocation& invocation, const Query& query, const v1::LookupResult& result) {
  if (result.has_failure()) return result.failure().message();
  if (!invocation.layers.empty()) return "no service in the layers asked for";
  if (query.is_range()) return "no service in this range";
  return absl::StrCat("no service, IANA: ", StatesOf(result.response()));
}

// Returns the command that the first key misspells, in words. Returns nothing if there is
// none.
std::vector<std::string> MistypedVerb(const Invocation& invocation) {
  if (!invocation.verb_is_implied || ReadsInput(invocation)) return {};
  const std::string nearest = NearestVerb(invocation.keys.front());
  if (nearest.empty()) return {};
  return {absl::StrCat("the command \"", nearest, "\"")};
}

// Prints a message for each key that has no answer or no named record.
class Complaints {
 public:
  Complaints(const Invocation& invocation, Source& source, const Output& output)
      : invocation_(invocation),
        source_(source),
        output_(output),
        suggester_(invocation.layers, invocation.scope, source) {}

  void Print(const std::vector<AskedKey>& keys, const v1::BatchLookupResponse& all) {
    for (size_t i = 0; i < keys.size(); ++i) {
      const v1::LookupResult& result = all.results(static_cast<int>(i));
      if (!keys[i].query.ok()) {
        unusable_ = true;
        Complain(keys[i].query.status().message(), output_);
      } else if (!Named(result)) {
        PrintMiss(*keys[i].query, result, i == 0);
      }
    }
  }

  // Returns the exit code. A missing answer outweighs an unusable key. An unusable key
  // outweighs an answer without records.
  [[nodiscard]] int ExitCode() const {
    if (!failure_.ok()) return ExitCodeOf(failure_);
    if (unusable_) return kExitUsage;
    return missed_ ? kExitNotFound : kExitOk;
  }

 private:
  void PrintMiss(const Query& query, const v1::LookupResult& result, bool is_first) {
    if (const absl::Status status = FailureOf(result); !status.ok()) {
      Complain(absl::StrCat(query.text, ": ", CallFailure(status, source_)), output_);
      failure_.Update(status);
      return;
    }
    missed_ = true;
    std::vector<std::string> meant =
        is_first ? MistypedVerb(invocation_) : std::vector<std::string>();
    for (std::string& name : suggester_.Suggest(query)) meant.push_back(std::move(name));
    Complain(absl::StrCat(query.text, ": ", Miss(invocation_, query, result), TransportHint(query),
                          DidYouMean(meant)),
             output_);
  }

  const Invocation& invocation_;
  Source& source_;
  const Output& output_;
  Suggester suggester_;
  absl::Status failure_;
  bool unusable_ = false;
  bool missed_ = false;
};

absl::Status AcceptAnyKey(const Query& /*query*/) { return absl::OkStatus(); }

}  // namespace

int RunLookup(const Invocation& invocation, Source& source, const Output& output) {
  absl::StatusOr<KeyBatches> batches = KeyBatches::Open(invocation, AcceptAnyKey);
  if (!batches.ok()) return FailUsage(batches.status(), output);
  LookupAnswers answers(invocation, source, output);
  Complaints complaints(invocation, source, output);
  RevisionOfAll revision;
  std::vector<AskedKey> keys;
  while (output.out.ok() && batches->Next(keys)) {
    const absl::StatusOr<v1::BatchLookupResponse> all = Ask(keys, invocation, source, revision);
    if (!all.ok()) return FailCall(all.status(), source, output);
    int code = answers.Write(keys, *all);
    // The answer to the command line is complete before its complaints.
    if (code == kExitOk && !batches->streamed()) code = answers.Finish(revision.Get());
    if (code != kExitOk) return code;
    if (batches->eager()) answers.Flush();
    complaints.Print(keys, *all);
  }
  if (!batches->status().ok()) return FailUsage(batches->status(), output);
  if (batches->streamed()) {
    if (const int code = answers.Finish(revision.Get()); code != kExitOk) return code;
  }
  return complaints.ExitCode();
}

}  // namespace portreg::cli
