#include "client/cli/display/display_text.h"

#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "common/model/port.h"
#include "common/model/record.h"

namespace portreg::cli {
namespace {

std::string StateName(v1::AssignmentState state) {
  if (!v1::AssignmentState_IsValid(state)) return absl::StrCat("state ", static_cast<int>(state));
  return std::string(ToString(static_cast<AssignmentState>(state)));
}

// Returns the one field that contains words, as people call it. Returns an empty text if
// there are several or if this program does not know the field.
absl::string_view OnlyField(const v1::SearchMatch& match) {
  if (match.fields_size() != 1) return {};
  switch (match.fields(0)) {
    case v1::MATCH_FIELD_SERVICE:
      return "name";
    case v1::MATCH_FIELD_DESCRIPTION:
      return "description";
    case v1::MATCH_FIELD_OWNER:
      return "owner";
    case v1::MATCH_FIELD_ASSIGNEE:
      return "assignee";
    default:
      return {};
  }
}

}  // namespace

std::string TransportName(v1::Transport transport) {
  if (!v1::Transport_IsValid(transport)) return absl::StrCat(static_cast<int>(transport));
  return std::string(ToString(static_cast<Transport>(transport)));
}

std::string LayerName(v1::Layer layer) {
  if (!v1::Layer_IsValid(layer)) return absl::StrCat(static_cast<int>(layer));
  return std::string(ToString(static_cast<Layer>(layer)));
}

std::string StatusName(v1::RecordStatus status) {
  if (status == v1::RECORD_STATUS_UNSPECIFIED) return {};
  if (!v1::RecordStatus_IsValid(status)) return absl::StrCat(static_cast<int>(status));
  return std::string(ToString(static_cast<RecordStatus>(status)));
}

std::string AliasesOf(const v1::PortRecord& record) { return absl::StrJoin(record.aliases(), " "); }

std::string PortsOf(const v1::PortRecord& record) {
  const std::string transport = TransportName(record.transport());
  if (!record.has_first_port()) return transport.empty() ? "-" : absl::StrCat("-/", transport);
  std::string ports = absl::StrCat(record.first_port());
  if (record.last_port() != record.first_port()) absl::StrAppend(&ports, "-", record.last_port());
  return transport.empty() ? ports : absl::StrCat(ports, "/", transport);
}

std::string StatesOf(const v1::LookupResponse& response) {
  if (response.states().empty()) return "unknown";
  const v1::AssignmentState first = response.states(0).state();
  if (absl::c_all_of(response.states(), [first](const auto& s) { return s.state() == first; })) {
    return StateName(first);
  }
  std::vector<std::string> states;
  for (const v1::TransportState& state : response.states()) {
    states.push_back(absl::StrCat(TransportName(state.transport()), " ", StateName(state.state())));
  }
  return absl::StrJoin(states, ", ");
}

std::string ReasonOf(const v1::SearchMatch& match) {
  const absl::string_view field = OnlyField(match);
  switch (match.kind()) {
    case v1::MATCH_KIND_EXACT_NAME:
      return "name";
    case v1::MATCH_KIND_NAME_PREFIX:
      return "name prefix";
    case v1::MATCH_KIND_WORD:
      return field.empty() ? "word" : absl::StrCat("word in ", field);
    case v1::MATCH_KIND_PART_OF_WORD:
      return absl::StrCat("part of ", field.empty() ? "word" : field);
    default:
      return absl::StrCat("kind ", static_cast<int>(match.kind()));
  }
}

}  // namespace portreg::cli
