#include "client/cli/flags/settings.h"

#include <cstdlib>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

std::string Spelled(Flag flag) { return absl::StrCat("--", InfoOf(flag).name); }

// Returns the value of the flag's variable, or nullptr if the flag has none or it is not
// set.
const char* Variable(const FlagInfo& info) {
  return info.variable.empty() ? nullptr : std::getenv(std::string(info.variable).c_str());
}

absl::Status Empty(absl::string_view origin, const FlagInfo& info) {
  return absl::InvalidArgumentError(
      absl::StrCat(origin, " is empty, it must be ", info.value, " or not be given"));
}

}  // namespace

absl::StatusOr<bool> Settings::On(Flag flag) const {
  if (const std::optional<bool> given = line_.Switch(flag); given) return *given;
  const FlagInfo& info = InfoOf(flag);
  const absl::string_view variable = absl::NullSafeStringView(Variable(info));
  if (variable.empty()) return false;
  const std::optional<bool> on = ReadSwitchValue(variable);
  if (on) return *on;
  return absl::InvalidArgumentError(
      absl::StrCat(info.variable, " is ", Quoted(variable), ", it must be true or false"));
}

absl::StatusOr<std::optional<Setting>> Settings::Value(Flag flag) const {
  const FlagInfo& info = InfoOf(flag);
  if (const std::vector<std::string>& values = line_.Values(flag); !values.empty()) {
    if (values.back().empty()) return Empty(Spelled(flag), info);
    return Setting{values.back(), Spelled(flag)};
  }
  const absl::string_view variable = absl::NullSafeStringView(Variable(info));
  if (variable.empty()) return std::optional<Setting>();
  return Setting{std::string(variable), std::string(info.variable)};
}

absl::StatusOr<std::optional<Setting>> Settings::SecurityValue(Flag flag) const {
  absl::StatusOr<std::optional<Setting>> value = Value(flag);
  const FlagInfo& info = InfoOf(flag);
  if (!value.ok() || *value || Variable(info) == nullptr) return value;
  return Empty(info.variable, info);
}

absl::StatusOr<std::optional<int>> Settings::Number(Flag flag) const {
  const std::vector<std::string>& values = line_.Values(flag);
  if (values.empty()) return std::optional<int>();
  int number = 0;
  if (absl::SimpleAtoi(values.back(), &number)) return number;
  return absl::InvalidArgumentError(
      absl::StrCat(Spelled(flag), "=", values.back(), " is not a number"));
}

std::vector<std::string> Settings::List(Flag flag) const {
  std::vector<std::string> parts;
  for (const std::string& value : line_.Values(flag)) {
    if (value.empty()) continue;
    for (const absl::string_view part : absl::StrSplit(value, ',')) parts.emplace_back(part);
  }
  return parts;
}

}  // namespace portreg::cli
