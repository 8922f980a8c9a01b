#include "server/http/request_rules.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/text/field_size.h"
#include "common/text/quote.h"

namespace portreg::server {
namespace {

size_t Count(const HttpRequest& request, absl::string_view name) {
  return static_cast<size_t>(absl::c_count_if(request.fields, [name](const auto& field) {
    return absl::EqualsIgnoreCase(field.first, name);
  }));
}

HttpFault Bad(std::string message) { return {.status = 400, .message = std::move(message)}; }

// Returns true for a token, such as the name of a field (RFC 9110, section 5.6.2).
bool IsToken(absl::string_view text) {
  return !text.empty() && absl::c_all_of(text, [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           absl::StrContains("!#$%&'*+-.^_`|~", c);
  });
}

}  // namespace

std::optional<HttpFault> FindFault(const HttpRequest& request) {
  for (const auto& [name, value] : request.fields) {
    if (!IsToken(name)) return Bad(absl::StrCat("field name ", Quoted(name), " is not a token"));
  }
  for (const absl::string_view name : {"Host", "Content-Length", "Transfer-Encoding"}) {
    if (Count(request, name) > 1) return Bad(absl::StrCat("field ", name, " is given twice"));
  }
  const bool has_length = Count(request, "Content-Length") > 0;
  const bool has_coding = Count(request, "Transfer-Encoding") > 0;
  if (has_length && has_coding) {
    return Bad("fields Content-Length and Transfer-Encoding exclude each other");
  }
  if (has_coding && request.version != "HTTP/1.1") {
    return Bad(absl::StrCat("Transfer-Encoding is not a field of ", request.version));
  }
  const absl::string_view length = request.Field("Content-Length");
  uint64_t number = 0;
  if (has_length &&
      (!absl::c_all_of(length, absl::ascii_isdigit) || !absl::SimpleAtoi(length, &number))) {
    return Bad(absl::StrCat("Content-Length ", Quoted(length), " is not a whole number"));
  }
  const absl::string_view coding = request.Field("Transfer-Encoding");
  if (has_coding && !absl::EqualsIgnoreCase(coding, "chunked")) {
    return HttpFault{.status = 501,
                     .message = absl::StrCat("Transfer-Encoding ", Quoted(coding),
                                             " is not supported, allowed is chunked")};
  }
  if (!absl::StartsWith(request.target, "/") && request.target != "*") {
    return Bad(absl::StrCat("target ", Quoted(request.target), " does not begin with /"));
  }
  return std::nullopt;
}

std::string OriginForm(absl::string_view target) {
  absl::string_view rest = target;
  const size_t scheme_end = rest.find("://");
  if (scheme_end == absl::string_view::npos) return std::string(target);
  const absl::string_view scheme = rest.substr(0, scheme_end);
  if (!absl::EqualsIgnoreCase(scheme, "http") && !absl::EqualsIgnoreCase(scheme, "https")) {
    return std::string(target);
  }
  rest.remove_prefix(scheme_end + 3);
  rest.remove_prefix(std::min(rest.find_first_of("/?"), rest.size()));
  return absl::StrCat(absl::StartsWith(rest, "/") ? "" : "/", rest);
}

size_t FieldBytes(const HttpFields& fields) {
  size_t bytes = 0;
  for (const auto& [name, value] : fields) bytes += FieldSize(name, value);
  return bytes;
}

uint64_t AnnouncedLength(const HttpRequest& request) {
  uint64_t length = 0;
  if (!absl::SimpleAtoi(request.Field("Content-Length"), &length)) return 0;
  return length;
}

}  // namespace portreg::server
