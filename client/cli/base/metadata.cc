#include "client/cli/base/metadata.h"

#include <algorithm>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/text/field_size.h"
#include "common/text/quote.h"
#include "common/text/reserved_metadata.h"

namespace portreg::cli {
namespace {

constexpr absl::string_view kTraceparent = "traceparent";
constexpr absl::string_view kHexDigits = "0123456789abcdef";

absl::Status BadHeader(absl::string_view header, absl::string_view reason) {
  return absl::InvalidArgumentError(absl::StrCat("header ", Quoted(header), " ", reason));
}

bool IsName(absl::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-' || c == '_' || c == '.';
  });
}

absl::StatusOr<Metadata::value_type> ReadHeader(absl::string_view header) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(header, absl::MaxSplits(':', 1));
  if (!absl::StrContains(header, ':')) return BadHeader(header, "is not NAME:VALUE");
  const std::string name = absl::AsciiStrToLower(parts.first);
  if (!IsName(name)) {
    return BadHeader(header, "has a name that is not of letters, digits and \"-_.\"");
  }
  if (IsReservedMetadata(name)) {
    return BadHeader(header, "has a name that is reserved for gRPC and HTTP/2");
  }
  std::string value(absl::StripAsciiWhitespace(parts.second));
  if (absl::EndsWith(name, "-bin")) {
    std::string bytes;
    if (!absl::Base64Unescape(value, &bytes)) {
      return BadHeader(header, "has a value that is not base64, as names that end in -bin need");
    }
    return Metadata::value_type(name, std::move(bytes));
  }
  if (!std::all_of(value.begin(), value.end(), [](char c) { return absl::ascii_isprint(c); })) {
    return BadHeader(header, "has a value that is not printable ASCII");
  }
  return Metadata::value_type(name, std::move(value));
}

// Returns true if the text has `size` lower-case hexadecimal digits that are not all 0.
bool IsId(absl::string_view text, size_t size) {
  return text.size() == size && text.find_first_not_of(kHexDigits) == absl::string_view::npos &&
         text.find_first_not_of('0') != absl::string_view::npos;
}

bool IsTraceparent(absl::string_view text) {
  constexpr size_t kTraceIdDigits = 32;
  constexpr size_t kParentIdDigits = 16;
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '-');
  return parts.size() == 4 && parts[0] == "00" && IsId(parts[1], kTraceIdDigits) &&
         IsId(parts[2], kParentIdDigits) && parts[3].size() == 2 &&
         parts[3].find_first_not_of(kHexDigits) == absl::string_view::npos;
}

size_t SizeOf(const Metadata& metadata) {
  size_t bytes = 0;
  for (const auto& [name, value] : metadata) bytes += FieldSize(name, value);
  return bytes;
}

}  // namespace

absl::StatusOr<Metadata> ReadHeaders(const std::vector<std::string>& headers) {
  Metadata metadata;
  for (const std::string& header : headers) {
    absl::StatusOr<Metadata::value_type> read = ReadHeader(header);
    if (!read.ok()) return read.status();
    metadata.push_back(*std::move(read));
  }
  if (const size_t bytes = SizeOf(metadata); bytes > kMaxMetadataBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("--header takes ", bytes, " bytes in all, with ", kFieldOverheadBytes,
                     " for each header, at most ", kMaxMetadataBytes, " are allowed"));
  }
  return metadata;
}

void AddTraceparent(absl::string_view variable, Metadata& metadata) {
  const bool has_one =
      std::any_of(metadata.begin(), metadata.end(),
                  [](const auto& name_and_value) { return name_and_value.first == kTraceparent; });
  if (has_one || !IsTraceparent(variable)) return;
  if (SizeOf(metadata) + FieldSize(kTraceparent, variable) > kMaxMetadataBytes) return;
  metadata.emplace_back(kTraceparent, variable);
}

}  // namespace portreg::cli
