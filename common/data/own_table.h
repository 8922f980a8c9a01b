// Reads tables of ports as organisations keep them.
#ifndef PORTREG_COMMON_DATA_OWN_TABLE_H_
#define PORTREG_COMMON_DATA_OWN_TABLE_H_

#include <deque>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/data/iana_csv.h"
#include "common/model/record.h"

namespace portreg {

// Reads a CSV table with IANA's columns and, as far as the table has them, Owner,
// Aliases, Scope, Status, Since, Until and Bind. What each column may hold:
//
//   Port Number         empty, or ports and ranges: 80,443 or 35200 - 35220
//   Transport Protocol  empty (any), or some of tcp, udp, sctp and dccp: TCP/UDP
//   Aliases             other names, with blanks between them
//   Scope               where the row holds: labels such as eu/prod, 64 bytes
//   Status              active (or empty), planned, deprecated or retired
//   Since, Until        days such as 2026-11-29
//   Bind                empty, or loopback
//
// A row becomes one record for each of its ranges and transports. A row without a
// name is a block, and needs an owner if the layer is kLocal. Rows of empty cells are
// passed over. Other rows that cannot be used are set aside, with the column and
// what is allowed there. Errors and lifetimes are those of ParseIanaCsv.
absl::StatusOr<ParsedIanaCsv> ParseOwnTable(absl::string_view text, Layer layer,
                                            std::deque<std::string>& unescaped);

}  // namespace portreg

#endif  // PORTREG_COMMON_DATA_OWN_TABLE_H_
