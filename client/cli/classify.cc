// portreg classify PORT...
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/cli/command_parts.h"
#include "client/cli/delimited_writer.h"
#include "client/cli/json.h"
#include "client/cli/words.h"
#include "common/query.h"

namespace portreg::cli {
namespace {

constexpr absl::string_view kAllTransports = "any transport";
// Lines of prose are no longer than this, however wide the terminal.
constexpr size_t kProseWidth = 80;

// The advisory's transports with `separator` between them; empty for all.
std::string TransportsOf(const v1::Advisory& advisory, absl::string_view separator) {
  std::vector<std::string> names;
  for (const int transport : advisory.transports()) {
    names.push_back(TransportName(static_cast<v1::Transport>(transport)));
  }
  return absl::StrJoin(names, separator);
}

std::string TransportsColumn(const v1::Advisory& advisory) {
  const std::string transports = TransportsOf(advisory, ", ");
  return transports.empty() ? std::string(kAllTransports) : transports;
}

void WriteText(const Query& query, const v1::ClassifyResponse& answer, const Output& output) {
  constexpr size_t kIndent = 2;
  const size_t width =
      output.terminal.width == 0 ? kProseWidth : std::min(output.terminal.width, kProseWidth);
  const std::string heading =
      absl::StrFormat("%s: %s (%d-%d)", query.text, Printable(answer.title()), answer.first_port(),
                      answer.last_port());
  absl::FPrintF(output.out, "%s\n", Styled(Wrapped(heading, width, 0), kBold, output.terminal));
  const std::string indent(kIndent, ' ');
  absl::FPrintF(output.out, "%s%s\n", indent,
                Wrapped(Printable(answer.description()), width, kIndent));
  size_t column = 0;
  for (const v1::Advisory& advisory : answer.advisories()) {
    column = std::max(column, TransportsColumn(advisory).size());
  }
  for (const v1::Advisory& advisory : answer.advisories()) {
    const size_t message_at = kIndent + column + kIndent;
    absl::FPrintF(output.out, "%s%-*s%s\n", indent, static_cast<int>(column + kIndent),
                  TransportsColumn(advisory),
                  Wrapped(Printable(advisory.message()), width, message_at));
  }
}

void WriteRows(const Query& query, const v1::ClassifyResponse& answer, Format format,
               const Output& output) {
  for (const v1::Advisory& advisory : answer.advisories()) {
    Put(DelimitedRow(format, {query.text, v1::AdvisoryKind_Name(advisory.kind()),
                              TransportsOf(advisory, " "), advisory.message()}),
        output.out);
  }
}

}  // namespace

int RunClassify(const Invocation& invocation, Source& source, const Output& output) {
  const absl::StatusOr<std::vector<Query>> queries = ReadQueries(invocation.keys);
  if (!queries.ok()) return FailUsage(queries.status(), output);
  for (const Query& query : *queries) {
    if (query.is_port()) continue;
    return FailUsage(absl::InvalidArgumentError(absl::StrCat(
                         "key \"", query.text, "\" is not a single port, which classify needs")),
                     output);
  }
  if (IsDelimited(invocation.format) && !invocation.no_headers) {
    Put(DelimitedRow(invocation.format, {"port", "kind", "transports", "message"}), output.out);
  }
  std::vector<std::string> documents;
  for (const Query& query : *queries) {
    const absl::StatusOr<v1::ClassifyResponse> answer =
        source.Classify(query.ports->first, query.transport);
    if (!answer.ok()) return FailCall(answer.status(), source, output);
    if (invocation.brief) {
      absl::FPrintF(output.out, "%s\n", Printable(answer->title()));
      continue;
    }
    switch (invocation.format) {
      case Format::kCsv:
      case Format::kTsv:
        WriteRows(query, *answer, invocation.format, output);
        break;
      case Format::kNdjson:
        absl::FPrintF(output.out, "%s\n", ToJson(*answer, JsonStyle::kOneLine));
        break;
      case Format::kJson:
        documents.push_back(ToJson(*answer, JsonStyle::kIndented));
        break;
      default:
        WriteText(query, *answer, output);
        break;
    }
  }
  if (invocation.format == Format::kJson) {
    absl::FPrintF(output.out, "[%s]\n", absl::StrJoin(documents, ",\n"));
  }
  return kExitOk;
}

}  // namespace portreg::cli
