#include "client/cli/lookup_tables/yaml.h"

#include <utf8.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

// The words that YAML 1.1 or 1.2 takes for booleans or for null, in lower case.
constexpr std::array<absl::string_view, 9> kYamlWords = {"y",     "n",  "yes", "no",  "true",
                                                         "false", "on", "off", "null"};

// Returns true if the text needs no quotes. A text that begins with a letter is neither a
// number nor a time.
bool IsPlainText(absl::string_view text) {
  const auto is_plain = [](unsigned char c) {
    return absl::ascii_isalnum(c) || absl::StrContains("-_./+", static_cast<char>(c));
  };
  return !text.empty() && absl::ascii_isalpha(static_cast<unsigned char>(text.front())) &&
         absl::c_all_of(text, is_plain) &&
         !absl::c_linear_search(kYamlWords, absl::AsciiStrToLower(text));
}

// Returns true if YAML does not allow the character in a file, if the character ends a line, or
// if it could disguise text.
bool NeedsYamlEscape(uint32_t code_point) {
  return IsControl(code_point) || code_point == 0xFEFF || code_point == 0xFFFE ||
         code_point == 0xFFFF;
}

}  // namespace

std::string YamlQuoted(absl::string_view text) {
  std::string quoted = "\"";
  for (auto at = text.begin(); at != text.end();) {
    const auto begin = at;
    const uint32_t code_point = utf8::unchecked::next(at);
    if (code_point == '"' || code_point == '\\') {
      absl::StrAppend(&quoted, "\\", std::string(begin, at));
    } else if (NeedsYamlEscape(code_point)) {
      absl::StrAppendFormat(&quoted, "\\u%04x", code_point);
    } else {
      quoted.append(begin, at);
    }
  }
  return quoted + "\"";
}

std::string YamlText(absl::string_view text) {
  return IsPlainText(text) ? std::string(text) : YamlQuoted(text);
}

}  // namespace portreg::cli
