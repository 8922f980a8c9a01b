// portreg info
#include <string>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "client/cli/command_parts.h"
#include "client/cli/json.h"
#include "client/cli/words.h"
#include "common/csv.h"

namespace portreg::cli {
namespace {

std::string ModifiedAt(const v1::LayerInfo& layer) {
  if (!layer.has_modify_time()) return {};
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ",
                          absl::FromUnixSeconds(layer.modify_time().seconds()),
                          absl::UTCTimeZone());
}

void WriteText(const v1::GetRegistryInfoResponse& info, const Source& source,
               const Output& output) {
  absl::FPrintF(output.out, "from      %s, version %s\n", source.Name(),
                Printable(info.server_version()));
  absl::FPrintF(output.out, "revision  %s\n", Printable(info.revision()));
  for (const v1::LayerInfo& layer : info.layers()) {
    absl::FPrintF(output.out, "\n%s (%s)\n", LayerName(layer.layer()), Printable(layer.source()));
    absl::FPrintF(output.out,
                  "  records   %d: %d with a service name, %d of these without a port\n",
                  layer.record_count(), layer.named_count(), layer.portless_count());
    if (layer.set_aside_count() > 0) {
      absl::FPrintF(output.out, "  set aside %d unusable rows\n", layer.set_aside_count());
    }
    absl::FPrintF(output.out, "  origin    %s\n", Printable(layer.origin()));
    if (layer.has_modify_time()) absl::FPrintF(output.out, "  modified  %s\n", ModifiedAt(layer));
    absl::FPrintF(output.out, "  sha256    %s\n", Printable(layer.sha256()));
  }
}

void WriteCsv(const v1::GetRegistryInfoResponse& info, bool headers, const Output& output) {
  if (headers) {
    absl::FPrintF(output.out,
                  "layer,records,named,portless,set_aside,origin,modified,sha256,revision\n");
  }
  for (const v1::LayerInfo& layer : info.layers()) {
    absl::FPrintF(output.out, "%s,%d,%d,%d,%d,%s,%s,%s,%s\n", LayerName(layer.layer()),
                  layer.record_count(), layer.named_count(), layer.portless_count(),
                  layer.set_aside_count(), ToCsvField(layer.origin()), ModifiedAt(layer),
                  ToCsvField(layer.sha256()), ToCsvField(info.revision()));
  }
}

}  // namespace

int RunInfo(const Invocation& invocation, Source& source, const Output& output) {
  if (!invocation.keys.empty()) {
    return FailUsage(absl::InvalidArgumentError("info takes no key; \"portreg lookup info\" looks "
                                                "up the name"),
                     output);
  }
  const absl::StatusOr<v1::GetRegistryInfoResponse> info = source.Info();
  if (!info.ok()) return FailCall(info.status(), source, output);
  if (invocation.brief) {
    absl::FPrintF(output.out, "%s\n", info->revision());
    return kExitOk;
  }
  switch (invocation.format) {
    case Format::kTable:
      WriteText(*info, source, output);
      break;
    case Format::kCsv:
      WriteCsv(*info, !invocation.no_headers, output);
      break;
    case Format::kNdjson:
      absl::FPrintF(output.out, "%s\n", ToJson(*info, JsonStyle::kOneLine));
      break;
    case Format::kJson:
      WriteJson(*info, output);
      break;
  }
  return kExitOk;
}

}  // namespace portreg::cli
