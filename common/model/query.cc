#include "common/model/query.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/model/service_name.h"
#include "common/text/quote.h"
#include "common/text/utf8.h"

namespace portreg {
namespace {

// The most bytes of a key that a message shows. No valid key is longer.
constexpr size_t kMaxKeyBytes = 80;

absl::Status Refuse(absl::string_view key, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("key ", Quoted(key, kMaxKeyBytes), ": ", why));
}

// Removes a leading "T:", "U:" or "S:" and returns its transport. Returns kNone if
// there is no such prefix.
Transport TakePrefix(absl::string_view& text) {
  if (text.size() < 3 || text[1] != ':') return Transport::kNone;
  Transport transport = Transport::kNone;
  switch (absl::ascii_toupper(static_cast<unsigned char>(text[0]))) {
    case 'T':
      transport = Transport::kTcp;
      break;
    case 'U':
      transport = Transport::kUdp;
      break;
    case 'S':
      transport = Transport::kSctp;
      break;
    default:
      return Transport::kNone;
  }
  text.remove_prefix(2);
  return transport;
}

// Returns true if a text is meant as ports: a number, perhaps with a minus sign or with
// a dash and a second number.
bool LooksLikePorts(absl::string_view text) {
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  if (text.empty() || !absl::ascii_isdigit(static_cast<unsigned char>(text.front()))) return false;
  const auto digit_or_dash = [](unsigned char c) { return absl::ascii_isdigit(c) || c == '-'; };
  return std::all_of(text.begin(), text.end(), digit_or_dash);
}

absl::StatusOr<Query> ReadPorts(absl::string_view key, absl::string_view ports,
                                absl::string_view tail, bool has_tail, Transport prefix) {
  Query query{.text = std::string(key), .ports = {}, .service = {}, .transport = prefix};
  int64_t negative;
  if (absl::SimpleAtoi(ports, &negative) && negative < 0) {
    return Refuse(key, CheckPort(negative).status().message());
  }
  const absl::StatusOr<PortRange> range = ParsePortRange(ports);
  if (!range.ok()) return Refuse(key, range.status().message());
  query.ports = *range;
  if (!has_tail) return query;

  const std::optional<Transport> transport = ParseTransport(tail);
  if (!transport) {
    return Refuse(key, absl::StrCat("transport ", Quoted(tail), " is not tcp, udp, sctp or dccp"));
  }
  if (prefix != Transport::kNone && prefix != *transport) {
    return Refuse(key, absl::StrCat("names two transports, ", ToString(prefix), " and ",
                                    ToString(*transport)));
  }
  query.transport = *transport;
  return query;
}

absl::StatusOr<Query> ReadName(absl::string_view key, absl::string_view head,
                               absl::string_view tail) {
  Query query{.text = std::string(key), .ports = {}, .service = std::string(key), .transport = {}};
  if (const std::optional<Transport> transport = ParseTransport(tail); transport) {
    query.service = std::string(head);
    query.transport = *transport;
  }
  if (query.service.empty()) return Refuse(key, "has no service name before its transport");
  if (query.service.size() > kMaxServiceNameBytes) {
    return Refuse(key, absl::StrCat("service name has ", query.service.size(), " bytes, at most ",
                                    kMaxServiceNameBytes, " are allowed"));
  }
  return query;
}

}  // namespace

absl::StatusOr<Query> ParseQuery(absl::string_view key) {
  if (key.empty()) return Refuse(key, "is empty, expected a port, a range or a service name");
  if (!IsValidUtf8(key)) return Refuse(key, "is not valid UTF-8");
  if (absl::StripAsciiWhitespace(key) != key) {
    return Refuse(key, "has a blank at its beginning or end");
  }
  absl::string_view rest = key;
  const Transport prefix = TakePrefix(rest);
  const size_t slash = rest.rfind('/');
  const bool has_tail = slash != absl::string_view::npos;
  const absl::string_view head = rest.substr(0, slash);
  const absl::string_view tail = has_tail ? rest.substr(slash + 1) : absl::string_view();
  if (LooksLikePorts(head)) return ReadPorts(key, head, tail, has_tail, prefix);
  return ReadName(key, key.substr(0, key.rfind('/')), tail);
}

absl::StatusOr<std::vector<Query>> ParseQueries(absl::string_view keys) {
  std::vector<Query> queries;
  for (const absl::string_view key : absl::StrSplit(keys, ',')) {
    if (key.empty() && !keys.empty()) return Refuse(keys, "has nothing beside a comma");
    absl::StatusOr<Query> query = ParseQuery(key);
    if (!query.ok()) return query.status();
    queries.push_back(*std::move(query));
  }
  return queries;
}

}  // namespace portreg
