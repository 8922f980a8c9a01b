#include "common/import/own_spelling.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/import/table_header.h"
#include "common/text/quote.h"

namespace portreg {
namespace {

constexpr std::array<absl::string_view, 5> kWideBlanks = {"\u00A0", "\u2009", "\u202F", "\u200B",
                                                          "\uFEFF"};

// A word of foreign tables, and the value that own tables have for it.
using Word = std::pair<absl::string_view, absl::string_view>;

constexpr std::array<Word, 7> kScopes = {{{"*", ""},
                                          {"all", ""},
                                          {"any", ""},
                                          {"everywhere", ""},
                                          {"0.0.0.0", ""},
                                          {"::", ""},
                                          {"[::]", ""}}};
constexpr std::array<Word, 8> kStatuses = {{{"live", "active"},
                                            {"in use", "active"},
                                            {"used", "active"},
                                            {"running", "active"},
                                            {"production", "active"},
                                            {"decommissioned", "retired"},
                                            {"removed", "retired"},
                                            {"deleted", "retired"}}};
constexpr std::array<Word, 10> kBinds = {{{"127.0.0.1", "loopback"},
                                          {"::1", "loopback"},
                                          {"[::1]", "loopback"},
                                          {"localhost", "loopback"},
                                          {"0.0.0.0", ""},
                                          {"::", ""},
                                          {"[::]", ""},
                                          {"*", ""},
                                          {"all", ""},
                                          {"any", ""}}};

template <size_t kSize>
std::optional<std::string> Find(absl::string_view value, const std::array<Word, kSize>& words) {
  const auto found = std::find_if(words.begin(), words.end(), [value](const Word& word) {
    return absl::EqualsIgnoreCase(word.first, value);
  });
  return found == words.end() ? std::nullopt : std::optional<std::string>(found->second);
}

bool IsNumber(absl::string_view text, size_t least, size_t most) {
  return text.size() >= least && text.size() <= most &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return absl::ascii_isdigit(c); });
}

// Returns the day as 2026-12-31, which need not exist.
std::optional<std::string> SpellDay(absl::string_view day) {
  bool has_time = false;
  for (const absl::string_view midnight : {" 00:00:00", "T00:00:00", " 00:00", "T00:00:00Z"}) {
    has_time = absl::ConsumeSuffix(&day, midnight) || has_time;
  }
  const auto padded = [](absl::string_view number) {
    return absl::StrCat(number.size() == 1 ? "0" : "", number);
  };
  const std::vector<absl::string_view> dotted = absl::StrSplit(day, '.');
  if (dotted.size() == 3 && IsNumber(dotted[0], 1, 2) && IsNumber(dotted[1], 1, 2) &&
      IsNumber(dotted[2], 4, 4)) {
    return absl::StrCat(dotted[2], "-", padded(dotted[1]), "-", padded(dotted[0]));
  }
  const std::vector<absl::string_view> slashed = absl::StrSplit(day, '/');
  if (slashed.size() == 3 && IsNumber(slashed[0], 4, 4) && IsNumber(slashed[1], 1, 2) &&
      IsNumber(slashed[2], 1, 2)) {
    return absl::StrCat(slashed[0], "-", padded(slashed[1]), "-", padded(slashed[2]));
  }
  return has_time ? std::optional<std::string>(day) : std::nullopt;
}

std::string JoinAliases(absl::string_view aliases, absl::string_view separators) {
  std::string plain(aliases);
  for (const absl::string_view blank : kWideBlanks) {
    plain = absl::StrReplaceAll(plain, {{blank, " "}});
  }
  return absl::StrJoin(absl::StrSplit(plain, absl::ByAnyChar(separators), absl::SkipEmpty()), " ");
}

std::optional<std::string> Spell(absl::string_view title, absl::string_view value) {
  if (title == "Scope") return Find(value, kScopes);
  if (title == "Status") return Find(value, kStatuses);
  if (title == "Bind") return Find(value, kBinds);
  if (title == "Since" || title == "Until") return SpellDay(value);
  return std::nullopt;
}

}  // namespace

absl::string_view StripBlanks(absl::string_view text) {
  for (bool stripped = true; stripped;) {
    stripped = false;
    text = absl::StripAsciiWhitespace(text);
    for (const absl::string_view blank : kWideBlanks) {
      stripped = absl::ConsumePrefix(&text, blank) || stripped;
      stripped = absl::ConsumeSuffix(&text, blank) || stripped;
    }
  }
  return text;
}

OwnSpelling SpellAsOwn(size_t own, absl::string_view value) {
  const absl::string_view title = OwnColumns()[own];
  if (title == "Aliases") {
    std::string aliases = JoinAliases(value, ",;/ \t\r\n");
    // A name may have a slash, such as 914c/g.
    if (!absl::StrContains(value, '/')) return {std::move(aliases), ""};
    std::string remark = absl::StrCat("aliases ", Quoted(value), " are read as ", Quoted(aliases));
    return {std::move(aliases), std::move(remark)};
  }
  std::optional<std::string> spelled = Spell(title, value);
  if (!spelled) return {std::string(value), ""};
  std::string remark =
      absl::StrCat(absl::AsciiStrToLower(title), " ", Quoted(value), " is read as ",
                   !spelled->empty()  ? *spelled
                   : title == "Scope" ? "everywhere"
                                      : "any address");
  return {*std::move(spelled), std::move(remark)};
}

std::string SpellAliases(absl::string_view aliases) {
  if (!absl::StrContains(aliases, ',') && !absl::StrContains(aliases, ';')) {
    return std::string(aliases);
  }
  return JoinAliases(aliases, ",; \t\r\n");
}

}  // namespace portreg
