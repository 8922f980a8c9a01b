// Compares the parser of keys with the grammar as regular expressions, and checks the
// texts in which messages show a stranger's text.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <map>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/model/query.h"
#include "common/model/service_name.h"
#include "common/text/quote.h"
#include "common/text/utf8.h"
#include "tests/fuzz/require.h"

namespace portreg::fuzz {
namespace {

constexpr size_t kMaxInput = 512;

// The grammar that query.h states, as regular expressions.
constexpr char kPorts[] = "(0|[1-9][0-9]{0,4})(?:-(0|[1-9][0-9]{0,4}))?";
constexpr char kPair[] = "(0|[1-9][0-9]{0,4}):(0|[1-9][0-9]{0,4})";
constexpr char kProto[] = "(tcp|udp|sctp|dccp)6?";
constexpr char kTail[] = "(?:/(?:(tcp|udp|sctp|dccp)6?|(6|17|33|132)))?";
constexpr char kHost[] = "(?:(\\*)|([0-9.]+)|\\[([0-9a-f:.]+)\\])";

// The parts of a key that means ports.
struct PortsKey {
  std::string front;
  std::string first;
  std::string last;
  std::string tail;
};

std::string TransportOfTail(const std::string& name, const std::string& number) {
  return number.empty()   ? absl::AsciiStrToLower(name)
         : number == "6"  ? "tcp"
         : number == "17" ? "udp"
         : number == "33" ? "dccp"
                          : "sctp";
}

bool Matches(const std::string& key, const std::string& grammar, std::smatch& match) {
  static std::map<std::string, std::regex>& known = *new std::map<std::string, std::regex>();
  const auto [found, is_new] = known.try_emplace(grammar);
  if (is_new) found->second.assign(grammar, std::regex::ECMAScript | std::regex::icase);
  return std::regex_match(key, match, found->second);
}

bool IsAddress(const std::smatch& host) {
  in6_addr address;
  if (host[2].matched) return inet_pton(AF_INET, host[2].str().c_str(), &address) == 1;
  if (host[3].matched) return inet_pton(AF_INET6, host[3].str().c_str(), &address) == 1;
  return true;
}

// Removes a zone, which may have any bytes: 127.0.0.1%lo:53.
std::string WithoutZone(const std::string& key) {
  static const std::regex* const kZone = new std::regex(
      "(\\*|[0-9.]+)%[^:]+(:[\\s\\S]*)|(\\[[^%\\]]*)%(?!\\]:)[\\s\\S]*?(\\]:[\\s\\S]*)",
      std::regex::ECMAScript | std::regex::icase);
  std::smatch match;
  if (!std::regex_match(key, match, *kZone)) return key;
  return match[1].matched ? match[1].str() + match[2].str() : match[3].str() + match[4].str();
}

// Returns the parts of a key that has the form of ports.
std::optional<PortsKey> PortsByGrammar(const std::string& key) {
  std::smatch m;
  if (Matches(key, absl::StrCat("(?:([TUS]):)?", kPorts, kTail), m)) {
    const std::string letter = absl::AsciiStrToLower(m[1].str());
    const std::string front = letter == "t"   ? "tcp"
                              : letter == "u" ? "udp"
                              : letter == "s" ? "sctp"
                                              : "";
    return PortsKey{front, m[2], m[3], TransportOfTail(m[4], m[5])};
  }
  if (Matches(key, absl::StrCat(kProto, "[:/]", kPorts, kTail), m) ||
      Matches(key, absl::StrCat(kProto, "[:/]", kPair, kTail), m)) {
    return PortsKey{absl::AsciiStrToLower(m[1].str()), m[2], m[3], TransportOfTail(m[4], m[5])};
  }
  if (Matches(key, absl::StrCat(kPair, kTail), m)) {
    return PortsKey{"", m[1], m[2], TransportOfTail(m[3], m[4])};
  }
  if (Matches(key, absl::StrCat("_", kPorts, "\\._(tcp|udp|sctp|dccp)"), m)) {
    return PortsKey{absl::AsciiStrToLower(m[3].str()), m[1], m[2], ""};
  }
  const std::string plain = WithoutZone(key);
  if (Matches(plain, absl::StrCat(kHost, ":", kPorts, kTail), m) && IsAddress(m)) {
    return PortsKey{"", m[4], m[5], TransportOfTail(m[6], m[7])};
  }
  return std::nullopt;
}

// Returns true if a key is ports by the grammar, and ports and transports are valid.
bool IsPortsByGrammar(absl::string_view key) {
  const std::optional<PortsKey> parts = PortsByGrammar(std::string(key));
  if (!parts) return false;
  const int first = std::stoi(parts->first);
  const int last = parts->last.empty() ? first : std::stoi(parts->last);
  const bool agree = parts->front.empty() || parts->tail.empty() || parts->front == parts->tail;
  return first <= last && last <= kMaxPort && agree;
}

// Returns true if a key begins as ports do, so that it is no name.
bool IsMeantAsPorts(absl::string_view key) {
  static const std::regex* const kMeant = new std::regex(
      "(?:[TUS]:|(?:tcp|udp|sctp|dccp)6?[:/]|\\*:)?-?[0-9][0-9-]*(?:/[^/]*)?|\\*:|\\[::\\]:",
      std::regex::ECMAScript | std::regex::icase);
  return std::regex_match(key.begin(), key.end(), *kMeant);
}

std::string Written(const Query& query) {
  return absl::StrCat(query.ports ? ToString(*query.ports) : query.service,
                      query.transport == Transport::kNone ? "" : "/", ToString(query.transport));
}

void RequireSameQuestion(const Query& query) {
  const std::string written = Written(query);
  const absl::StatusOr<Query> again = ParseQuery(written);
  Require(again.ok(), "a key that was read can be written and read", written);
  Require(again->ports == query.ports && again->service == query.service &&
              again->transport == query.transport,
          "a key that was written means the same", written);
}

// Requires that a key that may also be a name has the whole text as that name, perhaps
// without a transport at its end.
void RequireAlsoName(const Query& query, absl::string_view key) {
  if (!query.also_name) return;
  const ServiceKey& name = *query.also_name;
  Require(!name.service.empty() && name.service.size() <= kMaxServiceNameBytes,
          "the other name is bounded", key);
  const std::string written = absl::StrCat(
      name.service, name.transport == Transport::kNone ? "" : "/", ToString(name.transport));
  Require(absl::EqualsIgnoreCase(written, key), "the other name is the key", key);
}

void RequireQuery(absl::string_view key) {
  const absl::StatusOr<Query> query = ParseQuery(key);
  if (!query.ok()) {
    Require(query.status().code() == absl::StatusCode::kInvalidArgument, "a bad key is refused");
    Require(absl::StartsWith(query.status().message(), "key \""), "an error names the key", key);
    RequirePrintable(query.status().message());
  } else {
    Require(query->text == key, "a query keeps its key", key);
    Require(query->ports.has_value() == query->service.empty(), "a key is ports or a name", key);
    Require(query->service.size() <= kMaxServiceNameBytes, "a name is bounded", key);
    Require(IsValidUtf8(key), "a key is UTF-8", key);
    RequireAlsoName(*query, key);
    RequireSameQuestion(*query);
  }
  const bool is_ports = query.ok() && query->ports.has_value();
  Require(is_ports == IsPortsByGrammar(key), "ports are what the grammar says", key);
  if (query.ok() && !is_ports) Require(!IsMeantAsPorts(key), "no broken ports are a name", key);
}

void RequireList(absl::string_view keys) {
  const absl::StatusOr<std::vector<Query>> queries = ParseQueries(keys);
  bool all = true;
  std::vector<std::string> expected;
  for (absl::string_view key : absl::StrSplit(keys, ',')) {
    // Blanks may follow a comma.
    if (!expected.empty()) key = absl::StripLeadingAsciiWhitespace(key);
    all = all && ParseQuery(key).ok();
    expected.emplace_back(key);
  }
  Require(queries.ok() == all, "a list is read if each of its keys is", keys);
  if (!queries.ok()) {
    RequirePrintable(queries.status().message());
    return;
  }
  std::vector<std::string> read;
  for (const Query& query : *queries) read.push_back(query.text);
  Require(read == expected, "a list has its keys in order", keys);
}

void RequireShown(absl::string_view text) {
  const std::string printable = Printable(text);
  Require(IsValidUtf8(printable), "what is shown is UTF-8", text);
  for (const char byte : printable) {
    Require(!absl::ascii_iscntrl(static_cast<unsigned char>(byte)), "what is shown is printable",
            text);
  }
  // C1, and characters that turn a line around.
  for (const absl::string_view hidden : {"\xC2\x9B", "\xE2\x80\xAE", "\xE2\x81\xA7"}) {
    Require(!absl::StrContains(printable, hidden), "nothing is hidden", text);
  }
  RequirePrintable(printable);
  for (const size_t most : {size_t{0}, size_t{1}, size_t{7}, size_t{64}}) {
    const std::string quoted = Quoted(text, most);
    RequirePrintable(quoted);
    // An escape makes six bytes of two. The mark "..." and the quotes add five.
    Require(quoted.size() <= 4 * most + 5, "what is quoted is bounded", text);
    Require(absl::StartsWith(quoted, "\"") && absl::EndsWith(quoted, "\""), "quotes are closed");
    Require(text.size() <= most || absl::EndsWith(quoted, "...\""), "a cut is shown", text);
  }
}

}  // namespace
}  // namespace portreg::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace portreg::fuzz;  // NOLINT(google-build-using-namespace): the one entry
  if (size > kMaxInput) return 0;
  const absl::string_view text = TextOf(data, size);
  RequireQuery(text);
  RequireList(text);
  RequireShown(text);
  return 0;
}
