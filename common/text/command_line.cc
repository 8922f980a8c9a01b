#include "common/text/command_line.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/flags/commandlineflag.h"
#include "absl/flags/marshalling.h"
#include "absl/flags/reflection.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "common/text/quote.h"

namespace portreg {
namespace {

// Returns the name in an argument such as --name or -name; empty if it is no flag.
absl::string_view FlagNameOf(absl::string_view argument) {
  if (absl::ConsumePrefix(&argument, "--") || absl::ConsumePrefix(&argument, "-")) return argument;
  return "";
}

}  // namespace

bool HasFlag(absl::Span<char* const> arguments, absl::Span<const absl::string_view> flags) {
  for (const absl::string_view argument : arguments) {
    if (argument == "--") return false;
    if (std::find(flags.begin(), flags.end(), argument) != flags.end()) return true;
  }
  return false;
}

bool HasSwitch(absl::Span<char* const> arguments, absl::string_view name) {
  for (const absl::string_view argument : arguments) {
    if (argument == "--") return false;
    const size_t sign = argument.find('=');
    if (FlagNameOf(argument.substr(0, sign)) != name) continue;
    if (sign == absl::string_view::npos) return true;
    bool value = false;
    std::string error;
    if (absl::ParseFlag(argument.substr(sign + 1), &value, &error) && value) return true;
  }
  return false;
}

absl::Status CheckSwitches(absl::Span<char* const> arguments) {
  for (const absl::string_view argument : arguments) {
    if (argument == "--") break;
    const size_t sign = argument.find('=');
    const absl::string_view name = FlagNameOf(argument.substr(0, sign));
    if (sign == absl::string_view::npos || name.empty()) continue;
    const absl::CommandLineFlag* const flag = absl::FindCommandLineFlag(name);
    if (flag == nullptr || !flag->IsOfType<bool>()) continue;
    bool value = false;
    std::string error;
    if (absl::ParseFlag(argument.substr(sign + 1), &value, &error)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("--", name, " ", Quoted(argument.substr(sign + 1)), " is not true or false"));
  }
  return absl::OkStatus();
}

void HyphensToUnderscores(absl::Span<char* const> arguments) {
  for (char* const argument : arguments) {
    if (absl::string_view(argument) == "--") return;
    if (!absl::StartsWith(argument, "--")) continue;
    const absl::string_view written = absl::string_view(argument + 2);
    const std::string name =
        absl::StrReplaceAll(written.substr(0, written.find('=')), {{"-", "_"}});
    if (absl::FindCommandLineFlag(name) != nullptr) name.copy(argument + 2, name.size());
  }
}

std::vector<char*> MergeRepeated(absl::Span<char* const> arguments,
                                 absl::Span<const absl::string_view> flags,
                                 std::deque<std::string>& kept) {
  std::vector<char*> merged;
  absl::flat_hash_map<absl::string_view, std::string*> texts;
  std::vector<std::pair<size_t, std::string*>> places;  // in `merged`
  for (size_t i = 0; i < arguments.size(); ++i) {
    const absl::string_view argument = arguments[i];
    if (argument == "--") {
      merged.insert(merged.end(), arguments.begin() + static_cast<ptrdiff_t>(i), arguments.end());
      break;
    }
    const size_t sign = argument.find('=');
    const bool has_sign = sign != absl::string_view::npos;
    const absl::string_view name = FlagNameOf(argument.substr(0, sign));
    const bool is_repeatable = std::find(flags.begin(), flags.end(), name) != flags.end();
    if (!is_repeatable || (!has_sign && i + 1 == arguments.size())) {
      merged.push_back(arguments[i]);
      continue;
    }
    const absl::string_view value = has_sign ? argument.substr(sign + 1) : arguments[++i];
    std::string*& text = texts[name];
    if (text != nullptr) {
      absl::StrAppend(text, ",", value);
      continue;
    }
    text = &kept.emplace_back(absl::StrCat("--", name, "=", value));
    places.emplace_back(merged.size(), text);
    merged.push_back(nullptr);
  }
  for (const auto& [place, text] : places) merged[place] = text->data();
  return merged;
}

}  // namespace portreg
