// Runs `portreg export --format=html`.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/cli/commands/command_parts.h"
#include "client/cli/sources/compared_registry.h"
#include "client/cli/sources/embedded_source.h"
#include "client/cli/sources/requests.h"
#include "common/data/layer_file.h"
#include "common/data/table_files.h"
#include "common/page/page.h"

namespace portreg::cli {
namespace {

// Returns the source of the page: the embedded registry with the own tables, if there are
// any, or nullptr for the source that the command line names.
absl::StatusOr<std::unique_ptr<Source>> SourceWithTables(const std::vector<std::string>& paths) {
  if (paths.empty()) return nullptr;
  const absl::StatusOr<std::vector<std::string>> files = FindTableFiles(paths);
  if (!files.ok()) return files.status();
  std::vector<LayerData> tables;
  for (const std::string& file : *files) {
    absl::StatusOr<LayerData> table = ReadLayerFile(Layer::kLocal, file, LocalFileRules());
    if (!table.ok()) return table.status();
    tables.push_back(*std::move(table));
  }
  return MakeEmbeddedSource(std::move(tables));
}

}  // namespace

int RunExportPage(const Invocation& invocation, Source& source, const Output& output) {
  if (!invocation.keys.empty()) {
    return FailUsage(absl::InvalidArgumentError(absl::StrCat(
                         "--format=html takes no range, because the page shows all ports: \"",
                         invocation.keys.front(), "\"")),
                     output);
  }
  const absl::StatusOr<std::unique_ptr<Source>> own = SourceWithTables(invocation.claims.files);
  if (!own.ok()) return FailUsage(own.status(), output);
  Source& asked = *own == nullptr ? source : **own;
  v1::ListRangeRequest request =
      ListRequestFor(PortRange::All(), Transport::kNone, invocation.layers, v1::RECORD_VIEW_FULL,
                     invocation.scope);
  request.set_include_portless(true);
  const absl::StatusOr<ComparedRegistry> listed = RegistryOfListing(asked, request);
  if (!listed.ok()) return FailCall(listed.status(), asked, output);
  // Put() would be wrong: a terminal could execute what a record has.
  output.out.PutData(MakePage(listed->registry));
  const bool is_whole = invocation.layers.empty() && invocation.scope.empty();
  if (is_whole && listed->registry.revision() != listed->revision) {
    Complain(
        "the advice of the page is by this version's facts about ranges, the server may have "
        "others",
        output);
  }
  return kExitOk;
}

}  // namespace portreg::cli
