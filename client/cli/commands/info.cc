// Runs `portreg info`.
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "client/cli/commands/command_parts.h"
#include "client/cli/display/display_text.h"
#include "client/cli/formats/delimited_writer.h"
#include "client/cli/formats/json.h"

namespace portreg::cli {
namespace {

std::string ModifiedAt(const v1::LayerInfo& layer) {
  if (!layer.has_modify_time()) return {};
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ",
                          absl::FromUnixSeconds(layer.modify_time().seconds()),
                          absl::UTCTimeZone());
}

std::string TextOfLayer(const v1::LayerInfo& layer) {
  std::string text = absl::StrFormat(
      "\n%s (%s)\n  records   %d: %d with a service name, %d of these without a port\n",
      LayerName(layer.layer()), Printable(layer.source()), layer.record_count(),
      layer.named_count(), layer.portless_count());
  if (layer.set_aside_count() > 0) {
    absl::StrAppend(&text, "  set aside ", layer.set_aside_count(), " unusable rows\n");
  }
  absl::StrAppend(&text, "  origin    ", Printable(layer.origin()), "\n");
  if (layer.has_modify_time()) absl::StrAppend(&text, "  modified  ", ModifiedAt(layer), "\n");
  return absl::StrCat(text, "  sha256    ", Printable(layer.sha256()), "\n");
}

void WriteText(const v1::GetRegistryInfoResponse& info, const Source& source,
               const Output& output) {
  output.out.Put(absl::StrCat("from      ", Printable(source.Name()), ", version ",
                              Printable(info.server_version()), "\nrevision  ",
                              Printable(info.revision()), "\n"));
  for (const v1::LayerInfo& layer : info.layers()) output.out.Put(TextOfLayer(layer));
}

void WriteRows(const v1::GetRegistryInfoResponse& info, const Invocation& invocation,
               const Output& output) {
  if (!invocation.no_headers) {
    output.out.PutData(
        DelimitedRow(invocation.format, {"layer", "records", "named", "portless", "set_aside",
                                         "origin", "modified", "sha256", "revision", "source"}));
  }
  for (const v1::LayerInfo& layer : info.layers()) {
    output.out.PutData(DelimitedRow(
        invocation.format, {LayerName(layer.layer()), absl::StrCat(layer.record_count()),
                            absl::StrCat(layer.named_count()), absl::StrCat(layer.portless_count()),
                            absl::StrCat(layer.set_aside_count()), layer.origin(),
                            ModifiedAt(layer), layer.sha256(), info.revision(), layer.source()}));
  }
}

}  // namespace

int RunInfo(const Invocation& invocation, Source& source, const Output& output) {
  if (!invocation.keys.empty()) {
    return FailUsage(absl::InvalidArgumentError("info takes no key; \"portreg lookup info\" looks "
                                                "up the name"),
                     output);
  }
  const absl::StatusOr<v1::GetRegistryInfoResponse> info = source.GetRegistryInfo();
  if (!info.ok()) return FailCall(info.status(), source, output);
  if (invocation.brief) {
    output.out.Put(absl::StrCat(Printable(info->revision()), "\n"));
    return kExitOk;
  }
  switch (invocation.format) {
    case Format::kCsv:
    case Format::kTsv:
      WriteRows(*info, invocation, output);
      break;
    case Format::kNdjson:
      return WriteJson(*info, JsonStyle::kOneLine, source, output);
    case Format::kJson:
      return WriteJson(*info, JsonStyle::kIndented, source, output);
    default:
      WriteText(*info, source, output);
      break;
  }
  return kExitOk;
}

}  // namespace portreg::cli
