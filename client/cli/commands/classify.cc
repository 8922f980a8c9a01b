// Runs `portreg classify PORT...`.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/cli/base/limits.h"
#include "client/cli/commands/command_parts.h"
#include "client/cli/display/display_text.h"
#include "client/cli/formats/delimited_writer.h"
#include "client/cli/formats/json.h"
#include "client/cli/sources/requests.h"
#include "common/model/query.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

constexpr absl::string_view kAllTransports = "any transport";
// The most columns of a line of prose, even on a wider terminal.
constexpr size_t kProseWidth = 80;
// A longer list of transports does not widen the column.
constexpr size_t kMaxTransportsWidth = 24;
// More than the number of transports that exist.
constexpr size_t kMaxTransportsShown = 8;

// Returns the advisory's transports, each once, joined by `separator`. Returns an empty
// text if the advisory applies to all.
std::string TransportsOf(const v1::Advisory& advisory, absl::string_view separator) {
  std::vector<std::string> names;
  for (const int transport : advisory.transports()) {
    std::string name = TransportName(static_cast<v1::Transport>(transport));
    if (absl::c_linear_search(names, name)) continue;
    if (names.size() == kMaxTransportsShown) {
      names.emplace_back("...");
      break;
    }
    names.push_back(std::move(name));
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
  const std::string indent(kIndent, ' ');
  output.out.Put(absl::StrCat(Styled(Wrapped(heading, width, 0), kBold, output.terminal), "\n",
                              indent, Wrapped(Printable(answer.description()), width, kIndent),
                              "\n"));
  size_t column = 0;
  for (const v1::Advisory& advisory : answer.advisories()) {
    column = std::max(column, std::min(TransportsColumn(advisory).size(), kMaxTransportsWidth));
  }
  for (const v1::Advisory& advisory : answer.advisories()) {
    const size_t message_at = kIndent + column + kIndent;
    output.out.Put(absl::StrFormat("%s%-*s%s\n", indent, static_cast<int>(column + kIndent),
                                   TransportsColumn(advisory),
                                   Wrapped(Printable(advisory.message()), width, message_at)));
  }
}

// Returns "ADVISORY_KIND_IANA_ASSIGNED", or a number for a kind that this program does
// not know.
std::string KindName(v1::AdvisoryKind kind) {
  if (!v1::AdvisoryKind_IsValid(kind)) return absl::StrCat(static_cast<int>(kind));
  return v1::AdvisoryKind_Name(kind);
}

void WriteRows(const Query& query, const v1::ClassifyResponse& answer, Format format,
               const Output& output) {
  for (const v1::Advisory& advisory : answer.advisories()) {
    output.out.PutData(DelimitedRow(format, {query.text, KindName(advisory.kind()),
                                             TransportsOf(advisory, " "), advisory.message()}));
  }
}

// Reads the ports to classify.
absl::StatusOr<std::vector<Query>> ReadPorts(const Invocation& invocation) {
  absl::StatusOr<std::vector<Query>> queries = ReadQueries(invocation.keys);
  if (!queries.ok()) return queries;
  for (const Query& query : *queries) {
    if (query.is_port()) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("key \"", query.text, "\" is not a single port, which classify needs"));
  }
  return queries;
}

// Writes an answer in any format but kJson. Returns the exit code.
int WriteClassification(const Query& query, const v1::ClassifyResponse& answer,
                        const Invocation& invocation, const Source& source, const Output& output) {
  if (invocation.brief) {
    output.out.Put(absl::StrCat(Printable(answer.title()), "\n"));
  } else if (IsDelimited(invocation.format)) {
    WriteRows(query, answer, invocation.format, output);
  } else if (invocation.format == Format::kNdjson) {
    return WriteJson(answer, JsonStyle::kOneLine, source, output);
  } else {
    WriteText(query, answer, output);
  }
  return kExitOk;
}

// Writes one JSON document after all answers have arrived, so that a failure writes
// nothing. Returns the exit code.
int WriteDocument(const std::vector<Query>& queries, Source& source, const Output& output) {
  std::string document;
  for (const Query& query : queries) {
    const absl::StatusOr<v1::ClassifyResponse> answer = source.Classify(ClassifyRequestFor(query));
    if (!answer.ok()) return FailCall(answer.status(), source, output);
    const absl::StatusOr<std::string> json = ToJson(*answer, JsonStyle::kIndented);
    if (!json.ok()) return FailCall(json.status(), source, output);
    absl::StrAppend(&document, document.empty() ? "" : ",\n", *json);
    if (document.size() > kMaxJsonBytes) {
      return FailCall(absl::ResourceExhaustedError(
                          absl::StrCat("the answers have more than ", kMaxJsonBytes,
                                       " bytes as JSON; -o ndjson writes them one by one")),
                      source, output);
    }
  }
  output.out.PutData(absl::StrCat("[", document, "]\n"));
  return kExitOk;
}

}  // namespace

int RunClassify(const Invocation& invocation, Source& source, const Output& output) {
  const absl::StatusOr<std::vector<Query>> queries = ReadPorts(invocation);
  if (!queries.ok()) return FailUsage(queries.status(), output);
  if (invocation.format == Format::kJson) return WriteDocument(*queries, source, output);
  if (IsDelimited(invocation.format) && !invocation.no_headers) {
    output.out.PutData(DelimitedRow(invocation.format, {"port", "kind", "transports", "message"}));
  }
  for (const Query& query : *queries) {
    const absl::StatusOr<v1::ClassifyResponse> answer = source.Classify(ClassifyRequestFor(query));
    if (!answer.ok()) return FailCall(answer.status(), source, output);
    if (const int code = WriteClassification(query, *answer, invocation, source, output);
        code != kExitOk) {
      return code;
    }
  }
  return kExitOk;
}

}  // namespace portreg::cli
