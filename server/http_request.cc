#include "server/http_request.h"

#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/quote.h"

namespace portreg {
namespace {

// The path of a target in origin form or absolute form (RFC 9112, section 3.2).
absl::string_view PathOf(absl::string_view target) {
  if (absl::StartsWithIgnoreCase(target, "http://")) {
    const size_t path = target.find('/', absl::string_view("http://").size());
    target = path == absl::string_view::npos ? "/" : target.substr(path);
  }
  return target.substr(0, target.find('?'));
}

bool IsMethod(absl::string_view text) {
  return !text.empty() && absl::c_all_of(text, absl::ascii_isalpha);
}

}  // namespace

size_t HttpHeadBytes(absl::string_view received) {
  // A line may end without the carriage return (RFC 9112, section 2.2).
  for (size_t end = received.find('\n'); end != absl::string_view::npos;
       end = received.find('\n', end + 1)) {
    absl::string_view rest = received.substr(end + 1);
    if (absl::ConsumePrefix(&rest, "\n") || absl::ConsumePrefix(&rest, "\r\n")) {
      return received.size() - rest.size();
    }
  }
  return 0;
}

absl::StatusOr<HttpRequest> ParseHttpHead(absl::string_view head) {
  const absl::string_view line = absl::StripSuffix(head.substr(0, head.find('\n')), "\r");
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
  if (words.size() != 3 || !IsMethod(words[0]) || words[1].empty() ||
      !absl::StartsWith(words[2], "HTTP/1.")) {
    return absl::InvalidArgumentError(
        absl::StrCat(Quoted(line), " is no request line of HTTP/1.1"));
  }
  return HttpRequest{std::string(words[0]), std::string(PathOf(words[1]))};
}

}  // namespace portreg
