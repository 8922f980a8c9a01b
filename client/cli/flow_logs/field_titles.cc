#include "client/cli/flow_logs/field_titles.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

// A kind of column, and its usual titles in lower case and without separators. If a log has
// several of the titles, the first one counts.
struct ColumnKind {
  // The name for messages.
  absl::string_view name;
  absl::string_view flag;
  std::string AnnotateOptions::*chosen;
  std::vector<absl::string_view> titles;
};

const std::array<ColumnKind, 3>& Kinds() {
  // Titles of VPC flow logs, Zeek, nfdump, Suricata, ECS, IPFIX, CEF and NetFlow collectors.
  static const auto& kinds = *new std::array<ColumnKind, 3>{{
      {"a source port",
       "source-port-field",
       &AnnotateOptions::source_port_field,
       {"srcport", "idorigp", "sourceport", "sourcetransportport", "l4srcport", "portsrc", "sport",
        "sp", "spt", "origp", "srcp"}},
      {"a destination port",
       "destination-port-field",
       &AnnotateOptions::destination_port_field,
       {"dstport", "idrespp", "destport", "destinationport", "destinationtransportport",
        "l4dstport", "portdst", "dport", "dp", "dpt", "respp", "dstp", "destp"}},
      {"a protocol",
       "protocol-field",
       &AnnotateOptions::protocol_field,
       {"protocol", "proto", "networkiananumber", "protocolidentifier", "ipprotocol", "ipproto",
        "networktransport", "transport", "prot", "pr"}},
  }};
  return kinds;
}

constexpr std::array<absl::string_view, 4> kFlagTitles = {"tcpflags", "flg", "tcpcontrolbits",
                                                          "flags"};

// Returns the title in lower case, without separators.
std::string FoldedTitle(absl::string_view title) {
  std::string folded;
  for (const char c : title) {
    if (absl::string_view("-_. \"").find(c) == absl::string_view::npos) {
      folded.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
    }
  }
  return folded;
}

std::optional<size_t> PlaceOf(absl::Span<const std::string> titles, absl::string_view title) {
  const auto found = std::find(titles.begin(), titles.end(), title);
  if (found == titles.end()) return std::nullopt;
  return static_cast<size_t>(std::distance(titles.begin(), found));
}

template <typename Usual>
std::optional<size_t> FirstOf(absl::Span<const std::string> folded, const Usual& usual) {
  for (const absl::string_view title : usual) {
    if (const std::optional<size_t> place = PlaceOf(folded, title)) return place;
  }
  return std::nullopt;
}

absl::StatusOr<size_t> FindColumn(const ColumnKind& kind, absl::Span<const std::string> titles,
                                  absl::Span<const std::string> folded,
                                  const AnnotateOptions& options) {
  const std::string& chosen = options.*kind.chosen;
  const std::optional<size_t> place =
      chosen.empty() ? FirstOf(folded, kind.titles) : PlaceOf(titles, chosen);
  if (place) return *place;
  if (!chosen.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("no column has the title ", Quoted(chosen),
                                                   ", which --", kind.flag, " names"));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("no column has a usual title of ", kind.name, "; --", kind.flag, " names one"));
}

}  // namespace

absl::StatusOr<FlowColumns> FindColumns(absl::Span<const std::string> titles,
                                        const AnnotateOptions& options) {
  if (titles.size() > kMaxColumns) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the log has ", titles.size(), " columns, and at most ", kMaxColumns, " are allowed"));
  }
  std::vector<std::string> folded;
  folded.reserve(titles.size());
  for (const std::string& title : titles) folded.push_back(FoldedTitle(title));
  std::array<size_t, 3> places = {};
  for (size_t i = 0; i < places.size(); ++i) {
    const absl::StatusOr<size_t> place = FindColumn(Kinds()[i], titles, folded, options);
    if (!place.ok()) return place.status();
    places[i] = *place;
  }
  return FlowColumns{.source_port = places[0],
                     .destination_port = places[1],
                     .protocol = places[2],
                     .tcp_flags = FirstOf(folded, kFlagTitles)};
}

absl::Span<const JsonPaths> UsualJsonPaths() {
  static const auto& usual = *new std::vector<JsonPaths>{
      {"src_port", "dest_port", "proto", ServiceSide::kNone, true},
      {"id.orig_p", "id.resp_p", "proto", ServiceSide::kDestination, false},
      {"source.port", "destination.port", "network.iana_number", ServiceSide::kNone, false},
      {"source.port", "destination.port", "network.transport", ServiceSide::kNone, false},
      {"srcport", "dstport", "protocol", ServiceSide::kNone, false},
      {"srcPort", "dstPort", "protocol", ServiceSide::kNone, false},
      {"src_port", "dst_port", "proto", ServiceSide::kNone, false},
      {"src_port", "dst_port", "protocol", ServiceSide::kNone, false},
      {"source_port", "destination_port", "protocol", ServiceSide::kNone, false},
      {"port_src", "port_dst", "ip_proto", ServiceSide::kNone, false},
      {"sourceTransportPort", "destinationTransportPort", "protocolIdentifier", ServiceSide::kNone,
       false},
      {"jsonPayload.connection.src_port", "jsonPayload.connection.dest_port",
       "jsonPayload.connection.protocol", ServiceSide::kNone, false},
      {"connection.src_port", "connection.dest_port", "connection.protocol", ServiceSide::kNone,
       false},
  };
  return usual;
}

}  // namespace portreg::cli
