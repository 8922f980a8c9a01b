// portreg info
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "client/cli/command_parts.h"
#include "client/cli/delimited_writer.h"
#include "client/cli/json.h"
#include "client/cli/words.h"

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

void WriteRows(const v1::GetRegistryInfoResponse& info, const Invocation& invocation,
               const Output& output) {
  if (!invocation.no_headers) {
    Put(DelimitedRow(invocation.format, {"layer", "records", "named", "portless", "set_aside",
                                         "origin", "modified", "sha256", "revision"}),
        output.out);
  }
  for (const v1::LayerInfo& layer : info.layers()) {
    Put(DelimitedRow(invocation.format,
                     {LayerName(layer.layer()), absl::StrCat(layer.record_count()),
                      absl::StrCat(layer.named_count()), absl::StrCat(layer.portless_count()),
                      absl::StrCat(layer.set_aside_count()), layer.origin(), ModifiedAt(layer),
                      layer.sha256(), info.revision()}),
        output.out);
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
    case Format::kCsv:
    case Format::kTsv:
      WriteRows(*info, invocation, output);
      break;
    case Format::kNdjson:
      absl::FPrintF(output.out, "%s\n", ToJson(*info, JsonStyle::kOneLine));
      break;
    case Format::kJson:
      WriteJson(*info, output);
      break;
    default:
      WriteText(*info, source, output);
      break;
  }
  return kExitOk;
}

}  // namespace portreg::cli
