#include "client/cli/flags/command_line.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/model/query.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

constexpr absl::string_view kOn = "true";
constexpr absl::string_view kOff = "false";

// Returns true if the argument is a negative number, such as -1.
bool IsNegativeNumber(absl::string_view argument) {
  return absl::ConsumePrefix(&argument, "-") && !argument.empty() &&
         argument.find_first_not_of("0123456789") == absl::string_view::npos;
}

// The parts of an argument that begins with a hyphen.
struct WrittenFlag {
  absl::string_view name;
  std::optional<absl::string_view> value;
  bool one_hyphen;
};

WrittenFlag TakeApart(absl::string_view argument) {
  absl::string_view body = argument;
  absl::ConsumePrefix(&body, "-");
  WrittenFlag written{.name = {}, .value = {}, .one_hyphen = !absl::ConsumePrefix(&body, "-")};
  const size_t equals = body.find('=');
  written.name = body.substr(0, equals);
  if (equals != absl::string_view::npos) written.value = body.substr(equals + 1);
  return written;
}

std::string Unknown(absl::string_view argument, absl::string_view name) {
  const std::string nearest = NearestFlag(name);
  return absl::StrCat(
      "flag ", Quoted(argument.substr(0, argument.find('='))), " is unknown",
      nearest.empty() ? "; see --help" : absl::StrCat("; did you mean --", nearest, "?"));
}

}  // namespace

std::optional<bool> ReadSwitchValue(absl::string_view text) {
  for (const absl::string_view on :
       {kOn, absl::string_view("yes"), absl::string_view("on"), absl::string_view("1")}) {
    if (absl::EqualsIgnoreCase(text, on)) return true;
  }
  for (const absl::string_view off :
       {kOff, absl::string_view("no"), absl::string_view("off"), absl::string_view("0")}) {
    if (absl::EqualsIgnoreCase(text, off)) return false;
  }
  return std::nullopt;
}

CommandLine::CommandLine(absl::Span<char* const> arguments) {
  bool flags_are_over = false;
  for (size_t i = 0; i < arguments.size();) {
    const absl::string_view argument = arguments[i];
    if (flags_are_over || argument == "-" || !absl::StartsWith(argument, "-")) {
      ReadWord(argument, flags_are_over);
      ++i;
    } else if (argument == "--") {
      flags_are_over = true;
      ++i;
    } else {
      i += ReadFlag(arguments, i);
    }
  }
}

std::optional<bool> CommandLine::Switch(Flag flag) const {
  const std::vector<std::string>& given = Values(flag);
  if (given.empty()) return std::nullopt;
  return given.back() == kOn;
}

void CommandLine::ReadWord(absl::string_view word, bool behind_dashes) {
  if (words_.empty()) may_have_verb_ = !behind_dashes;
  words_.emplace_back(word);
}

size_t CommandLine::ReadFlag(absl::Span<char* const> arguments, size_t i) {
  const absl::string_view argument = arguments[i];
  if (IsNegativeNumber(argument)) {
    Refuse(std::string(ParseQuery(argument).status().message()));
    return 1;
  }
  WrittenFlag written = TakeApart(argument);
  const FlagInfo* info = FindFlag(written.name);
  if (info == nullptr && written.one_hyphen) {
    // A letter with its value: -ojson.
    const FlagInfo* const letter = FindFlag(written.name.substr(0, 1));
    if (letter != nullptr && !letter->is_switch()) {
      info = letter;
      written.value = argument.substr(2);
    }
  }
  if (info == nullptr) {
    const FlagInfo* const negated = FindNegatedFlag(written.name);
    if (negated == nullptr || written.value) {
      Refuse(Unknown(argument, written.name));
    } else {
      values_[static_cast<size_t>(negated->flag)].emplace_back(kOff);
    }
    return 1;
  }
  if (info->is_switch()) {
    ReadSwitch(*info, argument, written.value);
    return 1;
  }
  const bool value_is_next = !written.value;
  if (value_is_next && i + 1 == arguments.size()) {
    Refuse(absl::StrCat("flag ", argument, " lacks its value, ", info->value));
    return 1;
  }
  values_[static_cast<size_t>(info->flag)].emplace_back(value_is_next ? arguments[i + 1]
                                                                      : *written.value);
  return value_is_next ? 2 : 1;
}

void CommandLine::ReadSwitch(const FlagInfo& info, absl::string_view argument,
                             std::optional<absl::string_view> value) {
  const std::optional<bool> on = value ? ReadSwitchValue(*value) : true;
  if (!on) {
    Refuse(absl::StrCat(Quoted(argument), " is not true or false"));
    return;
  }
  values_[static_cast<size_t>(info.flag)].emplace_back(*on ? kOn : kOff);
}

std::vector<std::string> CommandLine::TakeValues(
    Flag flag, absl::FunctionRef<bool(absl::string_view)> wanted) {
  std::vector<std::string>& values = values_[static_cast<size_t>(flag)];
  const auto taken = std::stable_partition(values.begin(), values.end(),
                                           [&](const std::string& each) { return !wanted(each); });
  std::vector<std::string> result(std::make_move_iterator(taken),
                                  std::make_move_iterator(values.end()));
  values.erase(taken, values.end());
  return result;
}

void CommandLine::Refuse(absl::string_view message) {
  status_.Update(absl::InvalidArgumentError(message));
}

}  // namespace portreg::cli
