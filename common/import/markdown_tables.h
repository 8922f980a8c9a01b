// Reads the tables of Markdown documents.
#ifndef PORTREG_COMMON_IMPORT_MARKDOWN_TABLES_H_
#define PORTREG_COMMON_IMPORT_MARKDOWN_TABLES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/import/table_header.h"
#include "common/import/table_sink.h"

namespace portreg {

// Returns true if the text has a table of GitHub's Markdown: a line with "|", and below
// it a line such as |---|:-:| with as many cells.
bool HasMarkdownTable(absl::string_view text);

// Reads all tables that have columns for ports and for services or owners. A remark names
// each other one. Ignores the text around them, and code blocks. Missing cells at the end
// of a row are empty, as in GitHub's Markdown. Returns the error of ReadTableHeader.
absl::Status ReadMarkdownTables(absl::string_view text, absl::Span<const ColumnChoice> choices,
                                TableSink& sink);

// Returns the text of a cell without emphasis, code marks, links and escapes: "**80**" is
// "80". A line break (<br>) becomes a comma and a blank.
std::string MarkdownText(absl::string_view cell);

}  // namespace portreg

#endif  // PORTREG_COMMON_IMPORT_MARKDOWN_TABLES_H_
