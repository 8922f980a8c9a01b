#include "common/model/service_name.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/text/quote.h"

namespace portreg {
namespace {

constexpr size_t kMaxSyntaxBytes = 15;

absl::Status Broken(absl::string_view name, absl::string_view rule) {
  return absl::InvalidArgumentError(
      absl::StrCat("service name ", Quoted(name), " ", rule, " (RFC 6335 section 5.1)"));
}

}  // namespace

std::string FoldServiceName(absl::string_view name) { return absl::AsciiStrToLower(name); }

std::string NotInRegistry(absl::string_view name, Transport transport, absl::string_view scope) {
  return absl::StrCat("service ", Quoted(name), " is not in the registry",
                      transport == Transport::kNone ? "" : " for ", ToString(transport),
                      scope.empty() ? "" : absl::StrCat(" in scope ", Quoted(scope)));
}

absl::Status CheckServiceNameSyntax(absl::string_view name) {
  if (name.empty() || name.size() > kMaxSyntaxBytes) {
    return Broken(name, absl::StrCat("must have 1 to ", kMaxSyntaxBytes, " characters"));
  }
  const auto allowed = [](unsigned char c) { return absl::ascii_isalnum(c) || c == '-'; };
  if (!std::all_of(name.begin(), name.end(), allowed)) {
    return Broken(name, "may hold only letters, digits and hyphens");
  }
  const auto letter = [](unsigned char c) { return absl::ascii_isalpha(c); };
  if (!std::any_of(name.begin(), name.end(), letter)) {
    return Broken(name, "must hold at least one letter");
  }
  if (name.front() == '-' || name.back() == '-' || absl::StrContains(name, "--")) {
    return Broken(name, "must not hold a hyphen first, last or beside another");
  }
  return absl::OkStatus();
}

}  // namespace portreg
