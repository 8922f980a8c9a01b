// portreg KEY..., portreg lookup KEY...
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/command_parts.h"
#include "client/cli/record_writer.h"
#include "client/cli/suggest.h"
#include "client/cli/words.h"
#include "common/query.h"

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
    return !IncludesLayer(invocation, static_cast<Layer>(record.layer()));
  };
  records.erase(std::remove_if(records.begin(), records.end(), unwanted), records.end());
}

// Asks for single ports and names in one batch, for ranges one by one. Results
// stand in the order of the queries.
absl::StatusOr<v1::BatchLookupResponse> Ask(const std::vector<Query>& queries,
                                            const Invocation& invocation, Source& source) {
  const WithDetails with_details = DetailsOf(invocation);
  std::vector<Query> batch;
  for (const Query& query : queries) {
    if (!query.is_range()) batch.push_back(query);
  }
  v1::BatchLookupResponse all;
  absl::StatusOr<v1::BatchLookupResponse> answered = v1::BatchLookupResponse();
  if (!batch.empty()) answered = source.Lookup(batch, with_details);
  if (!answered.ok()) return answered;
  all.set_revision(answered->revision());

  int next = 0;
  for (const Query& query : queries) {
    v1::LookupResult& result = *all.add_results();
    if (!query.is_range()) {
      result = std::move(*answered->mutable_results(next++));
      if (result.has_response()) KeepLayers(invocation, *result.mutable_response());
      continue;
    }
    v1::LookupResponse& response = *result.mutable_response();
    const RangeQuestion question{.ports = *query.ports,
                                 .transport = query.transport,
                                 .layers = invocation.layers,
                                 .include_portless = false};
    const absl::StatusOr<std::string> revision =
        source.List(question, with_details, [&response](const v1::PortRecord& record) {
          *response.add_records() = record;
          return true;
        });
    if (!revision.ok()) return revision.status();
    const bool first = batch.empty() && all.results_size() == 1;
    all.set_revision(first || *revision == all.revision() ? *revision : "");
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
  if (!answer.empty()) absl::FPrintF(output.out, "%s\n", answer);
}

void WriteRecords(const Invocation& invocation, const std::vector<Query>& queries,
                  const v1::BatchLookupResponse& all, const Output& output) {
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
      WriteAnswer(invocation, query.ports.value_or(PortRange::All()), query.transport, record,
                  *writer);
    }
  }
  Finish(all.revision(), *writer, output);
}

// Why a key has no named record, for a person.
std::string Miss(const Invocation& invocation, const Query& query, const v1::LookupResult& result) {
  if (result.has_failure()) return result.failure().message();
  if (!invocation.layers.empty()) return "no service in the layers asked for";
  if (query.is_range()) return "no service in this range";
  return absl::StrCat("no service, IANA: ", StatesOf(result.response()));
}

}  // namespace

int RunLookup(const Invocation& invocation, Source& source, const Output& output) {
  const absl::StatusOr<std::vector<Query>> queries = ReadQueries(invocation.keys);
  if (!queries.ok()) return FailUsage(queries.status(), output);
  const absl::StatusOr<v1::BatchLookupResponse> all = Ask(*queries, invocation, source);
  if (!all.ok()) return FailCall(all.status(), source, output);

  int exit_code = kExitOk;
  if (invocation.format == Format::kJson) {
    WriteJson(*all, output);
  } else {
    WriteRecords(invocation, *queries, *all, output);
  }
  std::fflush(output.out);
  Suggester suggester(invocation.layers, source);
  for (int i = 0; i < all->results_size(); ++i) {
    if (Named(all->results(i))) continue;
    const Query& query = (*queries)[static_cast<size_t>(i)];
    Complain(absl::StrCat(query.text, ": ", Miss(invocation, query, all->results(i)),
                          DidYouMean(suggester.Suggest(query))),
             output);
    exit_code = kExitNotFound;
  }
  return exit_code;
}

}  // namespace portreg::cli
