// Writes what differs between two registries, in one of the formats.
#ifndef PORTREG_CLIENT_CLI_CHANGES_CHANGE_WRITERS_H_
#define PORTREG_CLIENT_CLI_CHANGES_CHANGE_WRITERS_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "client/cli/changes/change_text.h"
#include "client/cli/display/printer.h"
#include "client/cli/display/terminal.h"

namespace portreg::cli {

// The names of two registries that are compared, for the formats that show them.
struct ComparedNames {
  absl::string_view before;
  absl::string_view after;
};

// Writes a table of slots, a table of records and a line of counts. A record that changes
// in several fields has a line for each. Writes nothing if nothing differs.
void WriteChangeTable(const Changes& changes, const Terminal& terminal, Printer out);

// Writes each change as a JSON object on a line of its own. The object's member "kind" is
// "slot" or "record". INTERNAL if a record cannot be written as JSON.
absl::Status WriteChangeLines(const Changes& changes, Printer out);

// Writes one JSON document, with the objects of WriteChangeLines() in a list.
absl::Status WriteChangeDocument(const Changes& changes, const ComparedNames& names, Printer out);

// The most characters of the markdown: GitHub refuses comments of more than 65,536.
inline constexpr size_t kMaxMarkdownBytes = 65'000;

// Writes tables in GitHub's markdown, for a review comment of at most kMaxMarkdownBytes.
// Texts are code, so that nothing in them is a link, a mention or HTML. Says how many rows
// are left out.
void WriteChangeMarkdown(const Changes& changes, const ComparedNames& names, Printer out);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_CHANGES_CHANGE_WRITERS_H_
