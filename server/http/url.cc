#include "server/http/url.h"

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/text/quote.h"

namespace portreg::server {

absl::StatusOr<std::string> DecodePercent(absl::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    const absl::string_view digits = text.substr(i + 1, 2);
    if (digits.size() < 2 || !absl::ascii_isxdigit(static_cast<unsigned char>(digits[0])) ||
        !absl::ascii_isxdigit(static_cast<unsigned char>(digits[1]))) {
      return absl::InvalidArgumentError(
          absl::StrCat(Quoted(text), " has a % without two hexadecimal digits after it"));
    }
    decoded += absl::HexStringToBytes(digits);
    i += digits.size();
  }
  return decoded;
}

absl::StatusOr<std::vector<std::string>> SplitPath(absl::string_view path) {
  std::vector<std::string> parts;
  for (const absl::string_view part : absl::StrSplit(absl::StripPrefix(path, "/"), '/')) {
    absl::StatusOr<std::string> decoded = DecodePercent(part);
    if (!decoded.ok()) return decoded.status();
    parts.push_back(*std::move(decoded));
  }
  return parts;
}

absl::StatusOr<QueryParameters> SplitQuery(absl::string_view query) {
  QueryParameters parameters;
  for (const absl::string_view each : absl::StrSplit(query, '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> halves =
        absl::StrSplit(each, absl::MaxSplits('=', 1));
    absl::StatusOr<std::string> name =
        DecodePercent(absl::StrReplaceAll(halves.first, {{"+", " "}}));
    if (!name.ok()) return name.status();
    absl::StatusOr<std::string> value =
        DecodePercent(absl::StrReplaceAll(halves.second, {{"+", " "}}));
    if (!value.ok()) return value.status();
    parameters.emplace_back(*std::move(name), *std::move(value));
  }
  return parameters;
}

}  // namespace portreg::server
