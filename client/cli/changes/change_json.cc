#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/changes/change_writers.h"
#include "client/cli/formats/json.h"
#include "common/answers/conversion.h"
#include "common/text/quote.h"
#include "portreg/v1/port_record.pb.h"

namespace portreg::cli {
namespace {

// Returns a member of an object, or an empty text if the value is empty.
std::string MemberOf(absl::string_view name, absl::string_view value) {
  return value.empty() ? "" : absl::StrCat(",\"", name, "\":", JsonString(value));
}

std::string ObjectOf(const SlotChange& slot) {
  const absl::string_view change = slot.before.empty()  ? "added"
                                   : slot.after.empty() ? "removed"
                                                        : "changed";
  const std::string transport =
      slot.transport == Transport::kNone
          ? ""
          : v1::Transport_Name(static_cast<v1::Transport>(slot.transport));
  return absl::StrCat(R"({"kind":"slot","change":")", change, R"(","firstPort":)", slot.ports.first,
                      R"(,"lastPort":)", slot.ports.last, MemberOf("transport", transport),
                      MemberOf("before", slot.before), MemberOf("after", slot.after), "}");
}

absl::StatusOr<std::string> ObjectOf(const ChangedRecord& changed) {
  std::string json = absl::StrCat(R"({"kind":"record","change":")", KindOf(changed), "\"");
  if (changed.before != nullptr && changed.after != nullptr) {
    absl::StrAppend(&json, ",\"fields\":[",
                    absl::StrJoin(ChangedFields(changed), ",",
                                  [](std::string* text, const ChangedField& field) {
                                    absl::StrAppend(text, JsonString(field.name));
                                  }),
                    "]");
  }
  for (const auto& [name, record] :
       {std::pair("before", changed.before), std::pair("after", changed.after)}) {
    if (record == nullptr) continue;
    v1::PortRecord message;
    ToMessage(*record, WithDetails::kYes, message);
    const absl::StatusOr<std::string> member = ToJson(message, JsonStyle::kOneLine);
    if (!member.ok()) return member.status();
    absl::StrAppend(&json, ",\"", name, "\":", *member);
  }
  return absl::StrCat(json, "}");
}

// Calls `put` with the JSON of each change.
absl::Status ForEachJson(const Changes& changes, absl::FunctionRef<void(const std::string&)> put) {
  for (const SlotChange& slot : changes.slots) put(ObjectOf(slot));
  for (const ChangedRecord& changed : changes.records) {
    const absl::StatusOr<std::string> json = ObjectOf(changed);
    if (!json.ok()) return json.status();
    put(*json);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteChangeLines(const Changes& changes, Printer out) {
  return ForEachJson(changes,
                     [&out](const std::string& json) { out.PutData(absl::StrCat(json, "\n")); });
}

absl::Status WriteChangeDocument(const Changes& changes, const ComparedNames& names, Printer out) {
  out.PutData(absl::StrCat("{\"before\":", JsonString(Printable(names.before)),
                           ",\"after\":", JsonString(Printable(names.after)), ",\"changes\":["));
  bool first = true;
  absl::Status status = ForEachJson(changes, [&](const std::string& json) {
    out.PutData(absl::StrCat(first ? "\n" : ",\n", json));
    first = false;
  });
  // Closes only a complete document, because a truncated one must not look complete.
  if (status.ok()) out.PutData("\n]}\n");
  return status;
}

}  // namespace portreg::cli
