#include "client/cli/display/display_text.h"

#include <initializer_list>
#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace portreg::cli {
namespace {

constexpr int kUnknown = 99;

v1::PortRecord RecordOf(int first_port, int last_port, v1::Transport transport) {
  v1::PortRecord record;
  record.set_first_port(first_port);
  record.set_last_port(last_port);
  record.set_transport(transport);
  return record;
}

v1::LookupResponse ResponseOf(
    std::initializer_list<std::pair<v1::Transport, v1::AssignmentState>> states) {
  v1::LookupResponse response;
  for (const auto& [transport, state] : states) {
    v1::TransportState& each = *response.add_states();
    each.set_transport(transport);
    each.set_state(state);
  }
  return response;
}

TEST(WordsTest, TransportsHaveTheirNames) {
  EXPECT_EQ(TransportName(v1::TRANSPORT_UNSPECIFIED), "");
  EXPECT_EQ(TransportName(v1::TRANSPORT_TCP), "tcp");
  EXPECT_EQ(TransportName(v1::TRANSPORT_UDP), "udp");
  EXPECT_EQ(TransportName(v1::TRANSPORT_SCTP), "sctp");
  EXPECT_EQ(TransportName(v1::TRANSPORT_DCCP), "dccp");
}

TEST(WordsTest, LayersHaveTheirNames) {
  EXPECT_EQ(LayerName(v1::LAYER_LOCAL), "local");
  EXPECT_EQ(LayerName(v1::LAYER_COMMON), "common");
  EXPECT_EQ(LayerName(v1::LAYER_IANA), "iana");
}

TEST(WordsTest, UnknownValuesAreNumbers) {
  for (const int value : {5, kUnknown, 256, 257, -1}) {
    EXPECT_EQ(TransportName(static_cast<v1::Transport>(value)), std::to_string(value));
    EXPECT_EQ(LayerName(static_cast<v1::Layer>(value)), std::to_string(value));
  }
}

TEST(WordsTest, PortsHaveTheirTransport) {
  EXPECT_EQ(PortsOf(RecordOf(443, 443, v1::TRANSPORT_TCP)), "443/tcp");
  EXPECT_EQ(PortsOf(RecordOf(6000, 6063, v1::TRANSPORT_UDP)), "6000-6063/udp");
  EXPECT_EQ(PortsOf(RecordOf(2082, 2082, v1::TRANSPORT_UNSPECIFIED)), "2082");
  EXPECT_EQ(PortsOf(RecordOf(20, 21, v1::TRANSPORT_UNSPECIFIED)), "20-21");
  EXPECT_EQ(PortsOf(RecordOf(80, 80, static_cast<v1::Transport>(kUnknown))), "80/99");
}

TEST(WordsTest, ZeroIsAPort) {
  EXPECT_EQ(PortsOf(RecordOf(0, 0, v1::TRANSPORT_TCP)), "0/tcp");
  EXPECT_EQ(PortsOf(RecordOf(0, 65535, v1::TRANSPORT_UNSPECIFIED)), "0-65535");
}

TEST(WordsTest, RecordWithoutAPortHasADash) {
  v1::PortRecord record;
  EXPECT_EQ(PortsOf(record), "-");
  record.set_transport(v1::TRANSPORT_SCTP);
  EXPECT_EQ(PortsOf(record), "-/sctp");
}

TEST(WordsTest, StateThatAllTransportsShareIsSaidOnce) {
  EXPECT_EQ(StatesOf(ResponseOf({{v1::TRANSPORT_TCP, v1::ASSIGNMENT_STATE_RESERVED},
                                 {v1::TRANSPORT_UDP, v1::ASSIGNMENT_STATE_RESERVED}})),
            "reserved");
  EXPECT_EQ(StatesOf(ResponseOf({{v1::TRANSPORT_UDP, v1::ASSIGNMENT_STATE_DYNAMIC}})), "dynamic");
}

TEST(WordsTest, StatesThatDifferAreSaidByTransport) {
  EXPECT_EQ(StatesOf(ResponseOf({{v1::TRANSPORT_TCP, v1::ASSIGNMENT_STATE_RESERVED},
                                 {v1::TRANSPORT_UDP, v1::ASSIGNMENT_STATE_ASSIGNED},
                                 {v1::TRANSPORT_SCTP, v1::ASSIGNMENT_STATE_UNASSIGNED}})),
            "tcp reserved, udp assigned, sctp unassigned");
}

TEST(WordsTest, UnknownStateIsANumber) {
  const auto unknown = static_cast<v1::AssignmentState>(kUnknown);
  EXPECT_EQ(StatesOf(ResponseOf({{v1::TRANSPORT_TCP, unknown}})), "state 99");
  EXPECT_EQ(StatesOf(ResponseOf({{v1::TRANSPORT_TCP, v1::ASSIGNMENT_STATE_ASSIGNED},
                                 {static_cast<v1::Transport>(7), unknown}})),
            "tcp assigned, 7 state 99");
}

std::string Reason(v1::MatchKind kind, std::initializer_list<v1::MatchField> fields) {
  v1::SearchMatch match;
  match.set_kind(kind);
  for (const v1::MatchField field : fields) match.add_fields(field);
  return ReasonOf(match);
}

TEST(WordsTest, MatchesHaveTheirReason) {
  constexpr v1::MatchField kService = v1::MATCH_FIELD_SERVICE;
  constexpr v1::MatchField kDescription = v1::MATCH_FIELD_DESCRIPTION;
  EXPECT_EQ(Reason(v1::MATCH_KIND_EXACT_NAME, {kService}), "name");
  EXPECT_EQ(Reason(v1::MATCH_KIND_NAME_PREFIX, {kService, kDescription}), "name prefix");
  EXPECT_EQ(Reason(v1::MATCH_KIND_WORD, {kService}), "word in name");
  EXPECT_EQ(Reason(v1::MATCH_KIND_WORD, {kDescription}), "word in description");
  EXPECT_EQ(Reason(v1::MATCH_KIND_WORD, {kService, kDescription}), "word");
  EXPECT_EQ(Reason(v1::MATCH_KIND_WORD, {v1::MATCH_FIELD_OWNER}), "word in owner");
  EXPECT_EQ(Reason(v1::MATCH_KIND_WORD, {v1::MATCH_FIELD_ASSIGNEE}), "word in assignee");
  EXPECT_EQ(Reason(v1::MATCH_KIND_PART_OF_WORD, {v1::MATCH_FIELD_OWNER}), "part of owner");
  EXPECT_EQ(Reason(v1::MATCH_KIND_WORD, {v1::MATCH_FIELD_OWNER, v1::MATCH_FIELD_ASSIGNEE}), "word");
  EXPECT_EQ(Reason(v1::MATCH_KIND_WORD, {static_cast<v1::MatchField>(kUnknown)}), "word");
  EXPECT_EQ(Reason(v1::MATCH_KIND_WORD, {}), "word");
  EXPECT_EQ(Reason(v1::MATCH_KIND_PART_OF_WORD, {kService}), "part of name");
  EXPECT_EQ(Reason(v1::MATCH_KIND_PART_OF_WORD, {kDescription}), "part of description");
  EXPECT_EQ(Reason(v1::MATCH_KIND_PART_OF_WORD, {kService, kDescription}), "part of word");
  EXPECT_EQ(Reason(static_cast<v1::MatchKind>(kUnknown), {kService}), "kind 99");
}

TEST(WordsTest, NoStateIsUnknown) { EXPECT_EQ(StatesOf({}), "unknown"); }

TEST(WordsTest, StatusesHaveTheirNamesAndMostRecordsHaveNone) {
  EXPECT_EQ(StatusName(v1::RECORD_STATUS_UNSPECIFIED), "");
  EXPECT_EQ(StatusName(v1::RECORD_STATUS_PLANNED), "planned");
  EXPECT_EQ(StatusName(v1::RECORD_STATUS_DEPRECATED), "deprecated");
  EXPECT_EQ(StatusName(v1::RECORD_STATUS_RETIRED), "retired");
  EXPECT_EQ(StatusName(static_cast<v1::RecordStatus>(kUnknown)), "99");
}

}  // namespace
}  // namespace portreg::cli
