// Reads files in the format of services(5).
#ifndef PORTREG_COMMON_IMPORT_SERVICES_LINES_H_
#define PORTREG_COMMON_IMPORT_SERVICES_LINES_H_

#include "absl/strings/string_view.h"
#include "common/import/table_sink.h"

namespace portreg {

// Returns true if the first line that is neither blank nor a comment has the form of
// services(5): a name, and a number with a slash and a protocol.
bool IsServicesFile(absl::string_view text);

// Reads every line as glibc does: blanks may precede the name, "#" begins a comment, and
// the port and the protocol have no blank between them. A comment behind an entry is its
// description. Leaves out lines that glibc would not read, and those whose protocol is
// no transport.
void ReadServicesLines(absl::string_view text, TableSink& sink);

}  // namespace portreg

#endif  // PORTREG_COMMON_IMPORT_SERVICES_LINES_H_
