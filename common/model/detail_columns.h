// Lists the columns of a record that are copied without interpretation.
#ifndef PORTREG_COMMON_MODEL_DETAIL_COLUMNS_H_
#define PORTREG_COMMON_MODEL_DETAIL_COLUMNS_H_

#include <array>

#include "absl/strings/string_view.h"
#include "common/model/record.h"

namespace portreg {

// A column that every reader and writer of records handles in the same way.
struct DetailColumn {
  // Its title in a CSV file.
  absl::string_view header;
  // Its field in portreg.v1.RecordDetails.
  absl::string_view field;
  absl::string_view RecordDetails::*member;
  // True: the column exists in an organisation's own tables, not in IANA's.
  bool local_only = false;
  // True: the revision includes the column only where it is set, because the revision of
  // data without it must not change.
  bool hashed_if_set = false;
};

// Follows the order of IANA's file. To add a column of this kind, add a line here, a
// member of RecordDetails and a field of portreg.v1.RecordDetails.
inline constexpr std::array kDetailColumns = {
    DetailColumn{"Assignee", "assignee", &RecordDetails::assignee},
    DetailColumn{"Contact", "contact", &RecordDetails::contact},
    DetailColumn{"Registration Date", "registration_date", &RecordDetails::registration_date},
    DetailColumn{"Modification Date", "modification_date", &RecordDetails::modification_date},
    DetailColumn{"Reference", "reference", &RecordDetails::reference},
    DetailColumn{"Service Code", "service_code", &RecordDetails::service_code},
    DetailColumn{"Unauthorized Use Reported", "unauthorized_use_reported",
                 &RecordDetails::unauthorized_use_reported},
    DetailColumn{"Assignment Notes", "assignment_notes", &RecordDetails::assignment_notes},
    DetailColumn{"Owner", "owner", &RecordDetails::owner, true},
    DetailColumn{"Since", "since", &RecordDetails::since, true, true},
    DetailColumn{"Until", "until", &RecordDetails::until, true, true},
    DetailColumn{"Bind", "bind", &RecordDetails::bind, true, true},
};

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_DETAIL_COLUMNS_H_
