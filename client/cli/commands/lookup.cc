// Runs `portreg KEY...` and `portreg lookup KEY...`.
#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/base/limits.h"
#include "client/cli/base/verbs.h"
#include "client/cli/commands/command_parts.h"
#include "client/cli/commands/suggest.h"
#include "client/cli/display/display_text.h"
#include "client/cli/formats/record_writer.h"
#include "client/cli/sources/requests.h"
#include "common/answers/conversion.h"
#include "common/model/names.h"
#include "common/model/query.h"
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
  const absl::StatusOr<std::string> listed = source.ListRange(
      ListRequestFor(*query.ports, query.transport, invocation.layers, ViewOf(invocation)),
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

// Asks for single ports and names in batches, and for ranges one by one. The results are
// in the order of the queries.
absl::StatusOr<v1::BatchLookupResponse> Ask(const std::vector<Query>& queries,
                                            const Invocation& invocation, Source& source) {
  std::vector<v1::LookupRequest> batch;
  for (const Query& query : queries) {
    if (!query.is_range()) batch.push_back(LookupRequestFor(query, ViewOf(invocation)));
  }
  v1::BatchLookupResponse all;
  absl::StatusOr<v1::BatchLookupResponse> answered = LookUpAll(batch, source);
  if (!answered.ok()) return answered;
  all.set_revision(answered->revision());

  size_t held = answered->SpaceUsedLong();
  int next = 0;
  for (const Query& query : queries) {
    v1::LookupResult& result = *all.add_results();
    if (!query.is_range()) {
      result = std::move(*answered->mutable_results(next++));
      if (result.has_response()) KeepLayers(invocation, *result.mutable_response());
      // Removed, because this program does not know the types of the details.
      if (result.has_failure()) result.mutable_failure()->clear_details();
      continue;
    }
    std::string revision;
    absl::StatusOr<v1::LookupResponse> range = AskRange(query, invocation, source, held, revision);
    if (!range.ok()) return range.status();
    *result.mutable_response() = *std::move(range);
    const bool first = batch.empty() && all.results_size() == 1;
    all.set_revision(first || revision == all.revision() ? revision : "");
  }
  return all;
}

// Returns the answer of --short: the name of a port, or the port of a name. Returns "-"
// if there is none.
std::string ShortAnswer(const Query& query, const v1::LookupResponse& response) {
  std::deque<std::string> kept;
  std::deque<ServiceRecord> records;
  std::vector<const ServiceRecord*> pointers;
  for (const v1::PortRecord& message : response.records()) {
    // Skips records that this program cannot read, because the server may be newer.
    const absl::StatusOr<ServiceRecord> record = ToRecord(message, kept);
    if (record.ok()) pointers.push_back(&records.emplace_back(*record));
  }
  const ServiceRecord* const found =
      query.ports ? NameOfSlot(pointers, query.transport) : PortOfName(pointers, query.transport);
  if (found == nullptr) return "-";
  return query.ports ? Printable(found->service) : ToString(*found->ports);
}

void WriteShort(const Query& query, const v1::LookupResponse& response, RecordWriter& writer,
                const Output& output) {
  if (query.is_range()) {
    for (const v1::PortRecord& record : response.records()) writer.Write(record);
    return;
  }
  output.out.Put(absl::StrCat(ShortAnswer(query, response), "\n"));
}

// Writes the records in any format but kJson. Returns the exit code.
int WriteRecords(const Invocation& invocation, const std::vector<Query>& queries,
                 const v1::BatchLookupResponse& all, const Source& source, const Output& output) {
  const std::unique_ptr<RecordWriter> writer =
      MakeRecordWriter(invocation, output.terminal, output.out);
  for (int i = 0; i < all.results_size(); ++i) {
    const v1::LookupResponse& response = all.results(i).response();
    const Query& query = queries[static_cast<size_t>(i)];
    if (invocation.brief) {
      WriteShort(query, response, *writer, output);
      continue;
    }
    for (const v1::PortRecord& record : response.records()) {
      if (!TakesMore(*writer, output)) break;
      WriteAnswer(invocation, query.ports.value_or(PortRange::All()), query.transport, record,
                  *writer);
    }
  }
  return Finish(all.revision(), source, *writer, output);
}

// Returns why a key has no named record, for a person.
std::string Miss(const Invocation& invocation, const Query& query, const v1::LookupResult& result) {
  if (result.has_failure()) return result.failure().message();
  if (!invocation.layers.empty()) return "no service in the layers asked for";
  if (query.is_range()) return "no service in this range";
  return absl::StrCat("no service, IANA: ", StatesOf(result.response()));
}

// Returns why a key has no answer. Returns OK if it has one, and also if the answer is
// that the name does not exist.
absl::Status FailureOf(const v1::LookupResult& result) {
  if (result.has_response()) return absl::OkStatus();
  if (!result.has_failure()) return absl::InternalError("the answer to the key is missing");
  const int code = result.failure().code();
  if (code == static_cast<int>(absl::StatusCode::kNotFound)) return absl::OkStatus();
  constexpr int kLastCode = static_cast<int>(absl::StatusCode::kUnauthenticated);
  const bool known = code > 0 && code <= kLastCode;
  return {known ? static_cast<absl::StatusCode>(code) : absl::StatusCode::kUnknown,
          result.failure().message()};
}

// Returns the command that the first key misspells, in words. Returns nothing if there is
// none.
std::vector<std::string> MistypedVerb(const Invocation& invocation) {
  if (!invocation.verb_is_implied) return {};
  const std::string nearest = NearestVerb(invocation.keys.front());
  if (nearest.empty()) return {};
  return {absl::StrCat("the command \"", nearest, "\"")};
}

// Prints a message for each key that has no answer or no named record. Returns the exit
// code. A missing answer outweighs an answer without records.
int ComplainOfMisses(const Invocation& invocation, const std::vector<Query>& queries,
                     const v1::BatchLookupResponse& all, Source& source, const Output& output) {
  absl::Status failure;
  bool missed = false;
  Suggester suggester(invocation.layers, source);
  for (int i = 0; i < all.results_size(); ++i) {
    const v1::LookupResult& result = all.results(i);
    if (Named(result)) continue;
    const Query& query = queries[static_cast<size_t>(i)];
    if (const absl::Status status = FailureOf(result); !status.ok()) {
      Complain(absl::StrCat(query.text, ": ", CallFailure(status, source)), output);
      failure.Update(status);
      continue;
    }
    missed = true;
    std::vector<std::string> meant = i == 0 ? MistypedVerb(invocation) : std::vector<std::string>();
    for (std::string& name : suggester.Suggest(query)) meant.push_back(std::move(name));
    Complain(absl::StrCat(query.text, ": ", Miss(invocation, query, result), DidYouMean(meant)),
             output);
  }
  if (!failure.ok()) return ExitCodeOf(failure);
  return missed ? kExitNotFound : kExitOk;
}

}  // namespace

int RunLookup(const Invocation& invocation, Source& source, const Output& output) {
  const absl::StatusOr<std::vector<Query>> queries = ReadQueries(invocation.keys);
  if (!queries.ok()) return FailUsage(queries.status(), output);
  const absl::StatusOr<v1::BatchLookupResponse> all = Ask(*queries, invocation, source);
  if (!all.ok()) return FailCall(all.status(), source, output);

  const int written = invocation.format == Format::kJson
                          ? WriteJson(*all, JsonStyle::kIndented, source, output)
                          : WriteRecords(invocation, *queries, *all, source, output);
  if (written != kExitOk) return written;
  (void)output.out.Flush();
  return ComplainOfMisses(invocation, *queries, *all, source, output);
}

}  // namespace portreg::cli
