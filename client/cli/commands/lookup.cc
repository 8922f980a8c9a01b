// portreg KEY..., portreg lookup KEY...
#include <algorithm>
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
#include "common/model/query.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

bool Named(const v1::LookupResult& result) {
  const auto& records = result.response().records();
  return std::any_of(records.begin(), records.end(),
                     [](const v1::PortRecord& record) { return !record.service().empty(); });
}

// Keeps the records of the layers asked for.
void KeepLayers(const Invocation& invocation, v1::LookupResponse& response) {
  auto& records = *response.mutable_records();
  const auto unwanted = [&invocation](const v1::PortRecord& record) {
    return !IncludesLayerOf(invocation, record);
  };
  records.erase(std::remove_if(records.begin(), records.end(), unwanted), records.end());
}

// The records of a range, and their revision. `held` is what the answer takes so
// far, to which they add; RESOURCE_EXHAUSTED if it passes kMaxAnswerBytes.
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

// Asks for single ports and names in one batch, for ranges one by one. Results
// stand in the order of the queries.
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
      // Their types are not known here.
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

// What --short says of a single port or of a name: the service of the first
// named record, or the port of the first record that has one. Empty if no
// record has a name, "-" if none of that name has a port.
std::string ShortAnswer(const Query& query, const v1::LookupResponse& response) {
  for (const v1::PortRecord& record : response.records()) {
    if (query.ports && !record.service().empty()) return Printable(record.service());
    if (query.ports || !record.has_first_port()) continue;
    v1::PortRecord without_transport = record;
    without_transport.clear_transport();
    return PortsOf(without_transport);
  }
  return query.ports || response.records().empty() ? "" : "-";
}

void WriteShort(const Query& query, const v1::LookupResponse& response, RecordWriter& writer,
                const Output& output) {
  if (query.is_range()) {
    for (const v1::PortRecord& record : response.records()) writer.Write(record);
    return;
  }
  const std::string answer = ShortAnswer(query, response);
  if (!answer.empty()) output.out.Put(absl::StrCat(answer, "\n"));
}

// Returns the exit code.
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

// Why a key has no named record, for a person.
std::string Miss(const Invocation& invocation, const Query& query, const v1::LookupResult& result) {
  if (result.has_failure()) return result.failure().message();
  if (!invocation.layers.empty()) return "no service in the layers asked for";
  if (query.is_range()) return "no service in this range";
  return absl::StrCat("no service, IANA: ", StatesOf(result.response()));
}

// Why a key has no answer. OK if it has one, be it that there is no such name.
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

// The command that the first key is a slip of, in words; nothing if it is none.
std::vector<std::string> MistypedVerb(const Invocation& invocation) {
  if (!invocation.verb_is_implied) return {};
  const std::string nearest = NearestVerb(invocation.keys.front());
  if (nearest.empty()) return {};
  return {absl::StrCat("the command \"", nearest, "\"")};
}

// Complains of each key that is not answered, or has no named record. Returns the
// exit code: a missing answer weighs more than an answer that there is nothing.
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
