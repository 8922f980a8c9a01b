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
#include "client/cli/commands/key_batches.h"
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

absl::Status AcceptPort(const Query& query) {
  if (query.is_port()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("key \"", query.text, "\" is not a single port, which classify needs"));
}

// Classifies a command's keys and writes the answers, batch by batch.
class Classification {
 public:
  Classification(const Invocation& invocation, Source& source, const Output& output)
      : invocation_(invocation), source_(source), output_(output) {}

  // Writes what comes before the first answer.
  void Begin() {
    if (IsDelimited(invocation_.format) && !invocation_.no_headers) {
      output_.out.PutData(
          DelimitedRow(invocation_.format, {"port", "kind", "transports", "message"}));
    }
  }

  // Asks for and writes the answers to `keys`. Returns kExitOk, or the exit code of a
  // failure, which it prints.
  int Write(const std::vector<AskedKey>& keys) {
    const int code = invocation_.format == Format::kJson ? WriteDocumentOf(keys) : WriteEach(keys);
    (void)output_.out.Flush();
    if (code != kExitOk) return code;
    for (const AskedKey& key : keys) {
      if (key.query.ok()) continue;
      unusable_ = true;
      Complain(key.query.status().message(), output_);
    }
    return kExitOk;
  }

  // Completes the output. Returns the exit code.
  int Finish() {
    if (invocation_.format == Format::kJson) output_.out.PutData(first_ ? "[]\n" : "]\n");
    return unusable_ ? kExitUsage : kExitOk;
  }

 private:
  // Returns the answer to a key as JSON; of an unusable key, its error.
  absl::StatusOr<std::string> JsonOf(const AskedKey& key, JsonStyle style) {
    absl::StatusOr<std::string> json;
    if (key.query.ok()) {
      const absl::StatusOr<v1::ClassifyResponse> answer =
          source_.Classify(ClassifyRequestFor(*key.query));
      if (!answer.ok()) return answer.status();
      json = ToJson(*answer, style);
    } else {
      json = ToJson(ResultOf(key.query.status()), style);
    }
    if (!json.ok()) return json;
    return WithKey(key.text, *json, style);
  }

  // Writes a part of the JSON document after all its answers have arrived, so that a
  // failure writes nothing.
  int WriteDocumentOf(const std::vector<AskedKey>& keys) {
    std::vector<std::string> pieces;
    size_t size = 0;
    for (const AskedKey& key : keys) {
      absl::StatusOr<std::string> json = JsonOf(key, JsonStyle::kIndented);
      if (!json.ok()) return FailCall(json.status(), source_, output_);
      size += json->size();
      pieces.push_back(*std::move(json));
      if (size > kMaxJsonBytes) {
        return FailCall(absl::ResourceExhaustedError(
                            absl::StrCat("the answers have more than ", kMaxJsonBytes,
                                         " bytes as JSON; -o ndjson writes them one by one")),
                        source_, output_);
      }
    }
    for (const std::string& piece : pieces) {
      output_.out.PutData(std::exchange(first_, false) ? "[" : ",\n");
      output_.out.PutData(piece);
    }
    return kExitOk;
  }

  // Writes each answer as it arrives.
  int WriteEach(const std::vector<AskedKey>& keys) {
    for (const AskedKey& key : keys) {
      const absl::Status status =
          invocation_.format == Format::kNdjson ? WriteLine(key) : WriteAnswerTo(key);
      if (!status.ok()) return FailCall(status, source_, output_);
    }
    return kExitOk;
  }

  absl::Status WriteLine(const AskedKey& key) {
    const absl::StatusOr<std::string> json = JsonOf(key, JsonStyle::kOneLine);
    if (json.ok()) output_.out.PutData(absl::StrCat(*json, "\n"));
    return json.status();
  }

  absl::Status WriteAnswerTo(const AskedKey& key) {
    if (!key.query.ok()) {
      if (invocation_.brief) output_.out.Put("-\n");
      return absl::OkStatus();
    }
    const absl::StatusOr<v1::ClassifyResponse> answer =
        source_.Classify(ClassifyRequestFor(*key.query));
    if (!answer.ok()) return answer.status();
    if (invocation_.brief) {
      output_.out.Put(absl::StrCat(Printable(answer->title()), "\n"));
    } else if (IsDelimited(invocation_.format)) {
      WriteRows(*key.query, *answer, invocation_.format, output_);
    } else {
      WriteText(*key.query, *answer, output_);
    }
    return absl::OkStatus();
  }

  const Invocation& invocation_;
  Source& source_;
  const Output& output_;
  // True if no part of a JSON document is written yet.
  bool first_ = true;
  // True if a key of standard input was unusable.
  bool unusable_ = false;
};

}  // namespace

int RunClassify(const Invocation& invocation, Source& source, const Output& output) {
  absl::StatusOr<KeyBatches> batches = KeyBatches::Open(invocation, AcceptPort);
  if (!batches.ok()) return FailUsage(batches.status(), output);
  Classification classification(invocation, source, output);
  classification.Begin();
  std::vector<AskedKey> keys;
  while (output.out.ok() && batches->Next(keys)) {
    if (const int code = classification.Write(keys); code != kExitOk) return code;
  }
  if (!batches->status().ok()) return FailUsage(batches->status(), output);
  return classification.Finish();
}

}  // namespace portreg::cli
