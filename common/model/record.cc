#include "common/model/record.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace portreg {
namespace {

// `lower` must be in lower case.
bool ContainsIgnoringCase(absl::string_view text, absl::string_view lower) {
  const auto same = [](char a, char b) { return absl::ascii_tolower(a) == b; };
  return std::search(text.begin(), text.end(), lower.begin(), lower.end(), same) != text.end();
}

}  // namespace

absl::string_view ToString(Layer layer) {
  switch (layer) {
    case Layer::kLocal:
      return "local";
    case Layer::kCommon:
      return "common";
    case Layer::kIana:
      return "iana";
  }
  return "";
}

std::optional<Layer> ParseLayer(absl::string_view text) {
  for (const Layer layer : kLayers) {
    if (absl::EqualsIgnoreCase(text, ToString(layer))) return layer;
  }
  return std::nullopt;
}

absl::string_view SourceOf(Layer layer) {
  switch (layer) {
    case Layer::kLocal:
      return "local assignments";
    case Layer::kCommon:
      return "table of common ports";
    case Layer::kIana:
      return "IANA registry";
  }
  return "";
}

absl::string_view ToString(RecordStatus status) {
  switch (status) {
    case RecordStatus::kActive:
      return "active";
    case RecordStatus::kPlanned:
      return "planned";
    case RecordStatus::kDeprecated:
      return "deprecated";
    case RecordStatus::kRetired:
      return "retired";
  }
  return "";
}

std::optional<RecordStatus> ParseRecordStatus(absl::string_view text) {
  if (text.empty()) return RecordStatus::kActive;
  for (const RecordStatus status : {RecordStatus::kActive, RecordStatus::kPlanned,
                                    RecordStatus::kDeprecated, RecordStatus::kRetired}) {
    if (absl::EqualsIgnoreCase(text, ToString(status))) return status;
  }
  return std::nullopt;
}

std::vector<absl::string_view> Aliases(const ServiceRecord& record) {
  if (record.aliases.empty()) return {};
  return absl::StrSplit(record.aliases, ' ', absl::SkipEmpty());
}

absl::string_view OwnerOf(const ServiceRecord& record) {
  return absl::StripAsciiWhitespace(record.details->owner);
}

AssignmentState StateOf(const ServiceRecord& record) {
  if (record.named()) return AssignmentState::kAssigned;
  if (record.layer != Layer::kIana) return AssignmentState::kReserved;
  if (absl::StartsWithIgnoreCase(record.description, "any private")) {
    return AssignmentState::kAssigned;
  }
  if (ContainsIgnoringCase(record.description, "unassigned")) {
    return AssignmentState::kUnassigned;
  }
  return AssignmentState::kReserved;
}

}  // namespace portreg
