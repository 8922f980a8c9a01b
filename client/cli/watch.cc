// portreg watch
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "client/cli/command_parts.h"
#include "client/cli/json.h"
#include "client/cli/words.h"

namespace portreg::cli {
namespace {

std::string LineOf(const v1::WatchResponse& now, const Invocation& invocation) {
  if (invocation.brief) return Printable(now.revision());
  if (invocation.format != Format::kTable) return ToJson(now, JsonStyle::kOneLine);
  std::vector<std::string> layers;
  for (const v1::LayerInfo& layer : now.layers()) {
    layers.push_back(absl::StrCat(LayerName(layer.layer()), " ", layer.record_count()));
  }
  return absl::StrCat(absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::Now(), absl::UTCTimeZone()),
                      "  ", Printable(now.revision()), "  ", absl::StrJoin(layers, ", "));
}

}  // namespace

int RunWatch(const Invocation& invocation, Source& source, const Output& output) {
  if (!invocation.keys.empty()) {
    return FailUsage(absl::InvalidArgumentError("watch takes no key; \"portreg lookup watch\" "
                                                "looks up the name"),
                     output);
  }
  int told = 0;
  const absl::Status end = source.Watch(
      [&](const v1::WatchResponse& now) {
        absl::FPrintF(output.out, "%s\n", LineOf(now, invocation));
        // Whoever reads them waits for each.
        const bool written = std::fflush(output.out) == 0;
        return written && (!invocation.count || ++told < *invocation.count);
      },
      [&](const absl::Status& status) {
        Complain(absl::StrCat(CallFailure(status, source), "; trying again"), output);
      });
  return end.ok() ? kExitOk : FailCall(end, source, output);
}

}  // namespace portreg::cli
