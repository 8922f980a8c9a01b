#include "client/cli/flags/map_flag.h"

#include "absl/strings/str_cat.h"
#include "client/cli/flags/flag_table.h"

namespace portreg::cli {

absl::Status ReadMapFlag(const Settings& settings, Invocation& invocation) {
  invocation.map = settings.On(Flag::kMap).value_or(false);
  if (!invocation.map) return absl::OkStatus();
  if (invocation.verb != Verb::kList) return absl::InvalidArgumentError("--map belongs to list");
  const bool is_picture =
      (invocation.format == Format::kTable || invocation.format == Format::kWide) &&
      !invocation.brief;
  if (!is_picture) {
    return absl::InvalidArgumentError(
        "--map draws a picture for people, and excludes --short and -o; -o wide makes it larger");
  }
  for (const Flag flag : {Flag::kPortless, Flag::kDetails, Flag::kNoHeaders}) {
    if (!settings.On(flag).value_or(false)) continue;
    return absl::InvalidArgumentError(absl::StrCat("--map excludes --", InfoOf(flag).name));
  }
  return absl::OkStatus();
}

}  // namespace portreg::cli
