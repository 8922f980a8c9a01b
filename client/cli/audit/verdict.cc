#include "client/cli/audit/verdict.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "absl/algorithm/container.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/cli/audit/process_names.h"
#include "common/model/port_class.h"
#include "common/model/scope.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

constexpr std::array<absl::string_view, 9> kVerdictNames = {"ours",      "other-name", "exposed",
                                                            "retired",   "registered", "practice",
                                                            "ephemeral", "unknown",    "missing"};
static_assert(kVerdictNames.size() == static_cast<size_t>(Verdict::kMissing) + 1);

// Returns the names of the socket's processes that show which service listens.
std::vector<std::string> TellingNames(const ListeningSocket& socket) {
  std::vector<std::string> names = socket.ProcessNames();
  names.erase(std::remove_if(names.begin(), names.end(),
                             [](const std::string& name) { return ListensForOthers(name); }),
              names.end());
  return names;
}

bool HasName(const ServiceRecord& record, const std::vector<std::string>& names) {
  return absl::c_any_of(names, [&](const std::string& name) { return IsProcessOf(name, record); });
}

std::optional<absl::CivilDay> DayOf(absl::string_view text) {
  absl::CivilDay day;
  return absl::ParseCivilTime(absl::StripAsciiWhitespace(text), &day) ? std::optional(day)
                                                                      : std::nullopt;
}

bool IsPast(absl::string_view day, absl::CivilDay today) {
  const std::optional<absl::CivilDay> parsed = DayOf(day);
  return parsed && *parsed < today;
}

bool IsToCome(absl::string_view day, absl::CivilDay today) {
  const std::optional<absl::CivilDay> parsed = DayOf(day);
  return parsed && *parsed > today;
}

bool IsRetired(const ServiceRecord& record) { return record.status == RecordStatus::kRetired; }

// Finds records of a socket's port and transport.
class SlotRecords {
 public:
  // `covering` are the records of the port. `names` are those of the socket's processes.
  // Both must outlive this object.
  SlotRecords(absl::Span<const ServiceRecord* const> covering, Transport transport,
              const std::vector<std::string>& names)
      : covering_(covering), transport_(transport), names_(names) {}

  // Returns the first wanted record of the layer that has one of the names; else the first
  // wanted one. Returns nullptr if there is none.
  [[nodiscard]] const ServiceRecord* Find(
      Layer layer, absl::FunctionRef<bool(const ServiceRecord&)> wanted) const {
    const ServiceRecord* first = nullptr;
    for (const ServiceRecord* record : covering_) {
      if (record->layer != layer || !Answers(record->transport, transport_)) continue;
      if (!wanted(*record)) continue;
      if (HasName(*record, names_)) return record;
      if (first == nullptr) first = record;
    }
    return first;
  }

 private:
  const absl::Span<const ServiceRecord* const> covering_;
  const Transport transport_;
  const std::vector<std::string>& names_;
};

// Returns the local record of the scope that holds the port: one with a name before a block.
// Returns nullptr if there is none.
const ServiceRecord* FindHolder(const SlotRecords& records, absl::string_view scope) {
  const auto holds = [scope](const ServiceRecord& record) {
    return ScopesOverlap(record.scope, scope) && !IsRetired(record);
  };
  const ServiceRecord* const named = records.Find(
      Layer::kLocal, [&](const ServiceRecord& record) { return record.named() && holds(record); });
  return named != nullptr ? named : records.Find(Layer::kLocal, holds);
}

// Returns what is known from practice. The names of software come before those for people.
const ServiceRecord* FindPractice(const SlotRecords& records) {
  const ServiceRecord* const software = records.Find(
      Layer::kCommon, [](const ServiceRecord& record) { return !record.is_named_for_people(); });
  return software != nullptr
             ? software
             : records.Find(Layer::kCommon, [](const ServiceRecord&) { return true; });
}

bool MustBeLoopback(const ServiceRecord& record) {
  return absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(record.details->bind), "loopback");
}

// Adds remarks that a person needs about the local record that decides.
void AddRemarks(const ServiceRecord& record, const Circumstances& circumstances,
                std::vector<std::string>& remarks) {
  if (!record.named()) remarks.emplace_back("within a block");
  if (record.status == RecordStatus::kPlanned || record.status == RecordStatus::kDeprecated) {
    remarks.emplace_back(ToString(record.status));
  }
  const RecordDetails& details = *record.details;
  if (IsToCome(details.since, circumstances.today)) {
    remarks.push_back(
        absl::StrCat("since ", absl::StripAsciiWhitespace(details.since), " is to come"));
  }
  if (IsPast(details.until, circumstances.today)) {
    remarks.push_back(
        absl::StrCat("until ", absl::StripAsciiWhitespace(details.until), " is past"));
  }
}

// Judges a socket whose port `record` holds. The record fits and is not retired.
void JudgeHeld(const ListeningSocket& socket, const ServiceRecord& record,
               const std::vector<std::string>& names, const Circumstances& circumstances,
               AuditJudgement& judgement) {
  judgement.local = &record;
  if (MustBeLoopback(record) && !socket.address.loopback) {
    judgement.verdict = Verdict::kExposed;
    judgement.remarks.emplace_back("must listen on loopback only");
  } else if (record.named() && !names.empty() && !HasName(record, names)) {
    judgement.verdict = Verdict::kOtherName;
  } else {
    judgement.verdict = Verdict::kOurs;
    if (record.named() && names.empty()) judgement.remarks.emplace_back("process not known");
  }
  AddRemarks(record, circumstances, judgement.remarks);
}

// Judges a socket whose port no local record of the scope holds.
void JudgeFree(const ListeningSocket& socket, const std::vector<std::string>& names,
               const Circumstances& circumstances, AuditJudgement& judgement) {
  const bool ephemeral = circumstances.ephemeral.contains(socket.port) ||
                         ClassOf(socket.port).port_class == PortClass::kDynamic;
  const ServiceRecord* const registered = judgement.registered;
  const ServiceRecord* const practice = judgement.practice;
  if (registered == nullptr && practice == nullptr) {
    judgement.verdict = ephemeral ? Verdict::kEphemeral : Verdict::kUnknown;
    return;
  }
  const bool by_practice =
      registered == nullptr ||
      (practice != nullptr && HasName(*practice, names) && !HasName(*registered, names));
  judgement.verdict = by_practice ? Verdict::kPractice : Verdict::kRegistered;
  if (ephemeral && !HasName(by_practice ? *practice : *registered, names)) {
    judgement.remarks.emplace_back("also a port of outgoing connections");
  }
}

}  // namespace

absl::string_view ToString(Verdict verdict) { return kVerdictNames[static_cast<size_t>(verdict)]; }

bool IsAllowed(Verdict verdict) {
  switch (verdict) {
    case Verdict::kOtherName:
    case Verdict::kExposed:
    case Verdict::kRetired:
    case Verdict::kMissing:
      return false;
    default:
      return true;
  }
}

AuditJudgement Judge(const ListeningSocket& socket, absl::Span<const ServiceRecord* const> covering,
                     const Circumstances& circumstances) {
  const std::vector<std::string> names = TellingNames(socket);
  const SlotRecords records(covering, socket.transport, names);
  AuditJudgement judgement;
  judgement.registered =
      records.Find(Layer::kIana, [](const ServiceRecord& record) { return record.named(); });
  judgement.practice = FindPractice(records);
  if (const ServiceRecord* const holder = FindHolder(records, circumstances.scope)) {
    JudgeHeld(socket, *holder, names, circumstances, judgement);
    return judgement;
  }
  const ServiceRecord* const retired =
      records.Find(Layer::kLocal, [&circumstances](const ServiceRecord& record) {
        return ScopesOverlap(record.scope, circumstances.scope);
      });
  if (retired != nullptr) {
    judgement.verdict = Verdict::kRetired;
    judgement.local = retired;
    return judgement;
  }
  JudgeFree(socket, names, circumstances, judgement);
  const ServiceRecord* const elsewhere =
      records.Find(Layer::kLocal, [](const ServiceRecord& record) { return !IsRetired(record); });
  if (elsewhere != nullptr) {
    judgement.remarks.push_back(absl::StrCat(
        "held in scope ", Printable(elsewhere->scope), " by ",
        Printable(elsewhere->named() ? elsewhere->service : elsewhere->details->owner)));
  }
  return judgement;
}

bool IsExpected(const ServiceRecord& record, const Circumstances& circumstances) {
  const bool serves =
      record.status == RecordStatus::kActive || record.status == RecordStatus::kDeprecated;
  return record.layer == Layer::kLocal && record.named() && record.ports && serves &&
         ScopesOverlap(record.scope, circumstances.scope) &&
         !IsToCome(record.details->since, circumstances.today) &&
         !IsPast(record.details->until, circumstances.today);
}

void ListenedPorts::Add(absl::Span<const ListeningSocket> sockets) {
  for (const ListeningSocket& socket : sockets) {
    transports_[socket.port] |= static_cast<uint8_t>(1U << static_cast<unsigned>(socket.transport));
  }
}

bool ListenedPorts::HasOneOf(const ServiceRecord& record) const {
  if (!record.ports) return false;
  const auto begin = transports_.begin();
  return std::any_of(
      begin + record.ports->first, begin + record.ports->last + 1, [&record](uint8_t transports) {
        return record.transport == Transport::kNone
                   ? transports != 0
                   : (transports >> static_cast<unsigned>(record.transport) & 1U) != 0;
      });
}

}  // namespace portreg::cli
