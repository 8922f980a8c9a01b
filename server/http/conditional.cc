#include "server/http/conditional.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace portreg::server {

bool NoneMatchContains(absl::string_view if_none_match, absl::string_view tag) {
  const absl::string_view wanted = absl::StripPrefix(tag, "W/");
  // Splits at commas, because no tag of this server contains one.
  for (const absl::string_view each : absl::StrSplit(if_none_match, ',')) {
    const absl::string_view given = absl::StripAsciiWhitespace(each);
    if (given == "*" || absl::StripPrefix(given, "W/") == wanted) return true;
  }
  return false;
}

bool Revalidate(const HttpRequest& request, absl::string_view tag, HttpResponse& response) {
  response.fields.emplace_back("ETag", tag);
  // A client may store the answer, but must ask before each use whether it is still current
  // (RFC 9111, section 5.2.2.4).
  response.fields.emplace_back("Cache-Control", "no-cache");
  if (!NoneMatchContains(request.List("If-None-Match"), tag)) return false;
  response.status = 304;
  response.content_type.clear();
  return true;
}

}  // namespace portreg::server
