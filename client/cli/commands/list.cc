// Runs `portreg list [RANGE]...`.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/commands/command_parts.h"
#include "client/cli/formats/record_writer.h"
#include "client/cli/sources/requests.h"
#include "common/model/query.h"

namespace portreg::cli {
namespace {

// A range to list.
struct WantedRange {
  PortRange ports = PortRange::All();
  Transport transport = Transport::kNone;
  bool with_portless = false;
};

absl::StatusOr<std::vector<WantedRange>> WantedRanges(const Invocation& invocation) {
  if (invocation.keys.empty())
    return std::vector<WantedRange>{{.with_portless = invocation.portless}};
  const absl::StatusOr<std::vector<Query>> queries = ReadRanges(invocation.keys, "list");
  if (!queries.ok()) return queries.status();
  std::vector<WantedRange> wanted;
  for (const Query& query : *queries) {
    wanted.push_back({.ports = *query.ports, .transport = query.transport});
  }
  // Records without a port belong to no range, so they are listed once, with the last
  // range.
  wanted.back().with_portless = invocation.portless;
  return wanted;
}

// Returns a message that no record was found.
std::string NothingFound(const Invocation& invocation) {
  return absl::StrCat(
      "no record in ",
      invocation.keys.empty() ? "the registry" : absl::StrJoin(invocation.keys, ", "),
      invocation.layers.empty() ? "" : " and the layers asked for",
      invocation.scope.empty() ? "" : absl::StrCat(" in scope ", invocation.scope));
}

}  // namespace

int RunList(const Invocation& invocation, Source& source, const Output& output) {
  if (invocation.map) return RunListMap(invocation, source, output);
  const absl::StatusOr<std::vector<WantedRange>> all = WantedRanges(invocation);
  if (!all.ok()) return FailUsage(all.status(), output);

  const std::unique_ptr<RecordWriter> writer =
      MakeRecordWriter(invocation, output.terminal, output.out);
  std::string revision;
  bool empty = true;
  for (const WantedRange& wanted : *all) {
    v1::ListRangeRequest request = ListRequestFor(wanted.ports, wanted.transport, invocation.layers,
                                                  ViewOf(invocation), invocation.scope);
    request.set_include_portless(wanted.with_portless);
    const absl::StatusOr<std::string> listed =
        source.ListRange(request, [&](const v1::PortRecord& record) {
          WriteAnswer(invocation, wanted.ports, wanted.transport, record, *writer);
          empty = false;
          return TakesMore(*writer, output);
        });
    // Not finished, because a truncated document must not look complete.
    if (!listed.ok()) return FailCall(listed.status(), source, output);
    const bool first = &wanted == &all->front();
    revision = first || revision == *listed ? *listed : "";
  }
  const int exit_code = Finish(revision, source, *writer, output);
  if (empty) Complain(NothingFound(invocation), output);
  return exit_code;
}

}  // namespace portreg::cli
