#include "client/cli/formats/lookup_json_writer.h"

#include <cstddef>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "client/cli/base/limits.h"
#include "client/cli/formats/json.h"

namespace portreg::cli {
namespace {

constexpr absl::string_view kDocumentBegin = "{\n \"results\": [";
// Precedes each line of a result. Strings in JSON have no line ends.
constexpr absl::string_view kIndentedLine = "\n  ";

}  // namespace

absl::Status LookupJsonWriter::Write(const std::vector<std::string>& keys,
                                     const v1::BatchLookupResponse& batch) {
  // Keeps the pieces apart, because a text that grows uses several times as much memory.
  std::vector<std::string> pieces;
  size_t size = 0;
  for (size_t i = 0; i < keys.size(); ++i) {
    const absl::StatusOr<std::string> json =
        ToJson(batch.results(static_cast<int>(i)), JsonStyle::kIndented);
    if (!json.ok()) return json.status();
    pieces.push_back(absl::StrCat(kIndentedLine,
                                  absl::StrReplaceAll(WithKey(keys[i], *json, JsonStyle::kIndented),
                                                      {{"\n", kIndentedLine}})));
    size += pieces.back().size();
    if (size > kMaxJsonBytes) {
      return absl::ResourceExhaustedError(absl::StrCat("the answer has more than ", kMaxJsonBytes,
                                                       " bytes as JSON; ask for fewer keys"));
    }
  }
  for (const std::string& piece : pieces) {
    out_.PutData(std::exchange(first_, false) ? kDocumentBegin : ",");
    out_.PutData(piece);
  }
  return absl::OkStatus();
}

void LookupJsonWriter::Finish(const std::string& revision) {
  out_.PutData(absl::StrCat(first_ ? kDocumentBegin : "\n ", "]",
                            revision.empty() ? "" : ",\n \"revision\": ",
                            revision.empty() ? "" : JsonString(revision), "\n}\n"));
}

}  // namespace portreg::cli
