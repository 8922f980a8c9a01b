#include "client/cli/sources/json_records.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/text/quote.h"
#include "common/text/utf8.h"
#include "google/protobuf/util/json_util.h"

namespace portreg::cli {
namespace {

constexpr absl::string_view kRecords = "records";

// Scans JSON for records. Leaves it to Protobuf to read escapes, numbers and literals.
class RecordScanner {
 public:
  explicit RecordScanner(absl::string_view text) : text_(text) {}

  absl::StatusOr<std::vector<JsonRecord>> Scan() {
    for (SkipBlanks(); !AtEnd(); SkipBlanks()) {
      const size_t begin = at_;
      const TextPosition position = Here();
      has_list_ = false;
      if (absl::Status status = TakeObject(0); !status.ok()) return status;
      if (!has_list_) records_.push_back({text_.substr(begin, at_ - begin), position});
    }
    return std::move(records_);
  }

 private:
  // Deeper values are no records of portreg.
  static constexpr int kMaxDepth = 32;

  [[nodiscard]] bool AtEnd() const { return at_ == text_.size(); }
  [[nodiscard]] bool At(char c) const { return !AtEnd() && text_[at_] == c; }
  [[nodiscard]] TextPosition Here() const {
    return {line_, static_cast<uint32_t>(at_ - line_start_ + 1)};
  }

  [[nodiscard]] absl::Status Refuse(absl::string_view wanted) const {
    return ErrorAt(Here(), AtEnd() ? absl::StrCat("the JSON ends where ", wanted, " is expected")
                                   : absl::StrCat(Quoted(text_.substr(at_, 1)), " where ", wanted,
                                                  " is expected"));
  }

  void SkipBlanks() {
    for (; !AtEnd() && absl::StrContains(" \t\r\n", text_[at_]); ++at_) {
      if (text_[at_] != '\n') continue;
      ++line_;
      line_start_ = at_ + 1;
    }
  }

  absl::Status Take(char c, absl::string_view name) {
    SkipBlanks();
    if (!At(c)) return Refuse(name);
    ++at_;
    return absl::OkStatus();
  }

  absl::Status TakeString(absl::string_view name) {
    if (absl::Status status = Take('"', name); !status.ok()) return status;
    for (; !AtEnd(); ++at_) {
      if (text_[at_] == '"') {
        ++at_;
        return absl::OkStatus();
      }
      if (static_cast<unsigned char>(text_[at_]) < ' ') break;
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
    }
    return Refuse("the closing quote of a string");
  }

  absl::Status TakeWord() {
    const size_t begin = at_;
    while (!AtEnd() && (absl::ascii_isalnum(static_cast<unsigned char>(text_[at_])) ||
                        absl::StrContains("+-.", text_[at_]))) {
      ++at_;
    }
    return at_ > begin ? absl::OkStatus() : Refuse("a value");
  }

  absl::Status TakeValue(int depth) {
    SkipBlanks();
    if (depth > kMaxDepth) return ErrorAt(Here(), "values are nested too deeply");
    if (At('{')) return TakeObject(depth);
    if (At('[')) return TakeList(depth, false);
    return At('"') ? TakeString("a string") : TakeWord();
  }

  // Takes an object. The elements of its member "records" are records if `depth` is 0.
  absl::Status TakeObject(int depth) {
    if (absl::Status status = Take('{', "{"); !status.ok()) return status;
    SkipBlanks();
    if (At('}')) return Take('}', "}");
    while (true) {
      SkipBlanks();
      const size_t begin = at_ + 1;
      if (absl::Status status = TakeString("the name of a member"); !status.ok()) return status;
      const absl::string_view key = text_.substr(begin, at_ - begin - 1);
      if (absl::Status status = Take(':', "a colon"); !status.ok()) return status;
      SkipBlanks();
      const bool is_list = depth == 0 && key == kRecords && At('[');
      has_list_ = has_list_ || is_list;
      if (absl::Status status = is_list ? TakeList(depth, true) : TakeValue(depth + 1);
          !status.ok()) {
        return status;
      }
      SkipBlanks();
      if (At('}')) return Take('}', "}");
      if (absl::Status status = Take(',', "a comma or }"); !status.ok()) return status;
    }
  }

  absl::Status TakeList(int depth, bool is_of_records) {
    if (absl::Status status = Take('[', "["); !status.ok()) return status;
    SkipBlanks();
    if (At(']')) return Take(']', "]");
    while (true) {
      SkipBlanks();
      const size_t begin = at_;
      const TextPosition position = Here();
      if (absl::Status status = is_of_records ? TakeObject(1) : TakeValue(depth + 1);
          !status.ok()) {
        return status;
      }
      if (is_of_records) records_.push_back({text_.substr(begin, at_ - begin), position});
      SkipBlanks();
      if (At(']')) return Take(']', "]");
      if (absl::Status status = Take(',', "a comma or ]"); !status.ok()) return status;
    }
  }

  const absl::string_view text_;
  size_t at_ = 0;
  size_t line_start_ = 0;
  uint32_t line_ = 1;
  // True if the top-level object that is being read has a list of records.
  bool has_list_ = false;
  std::vector<JsonRecord> records_;
};

absl::StatusOr<v1::PortRecord> ReadRecord(absl::string_view text) {
  v1::PortRecord record;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  const auto status =
      google::protobuf::util::JsonStringToMessage({text.data(), text.size()}, &record, options);
  if (!status.ok()) {
    // The first line says what is wrong; others quote the text.
    const absl::string_view message(status.message().data(), status.message().size());
    return absl::InvalidArgumentError(
        absl::StrCat("not a record: ", message.substr(0, message.find('\n'))));
  }
  if (record.layer() == v1::LAYER_UNSPECIFIED) {
    return absl::InvalidArgumentError(
        "not a record: a record has a layer, such as \"layer\": \"LAYER_LOCAL\"");
  }
  return record;
}

}  // namespace

absl::StatusOr<std::vector<JsonRecord>> FindJsonRecords(absl::string_view text) {
  return RecordScanner(text).Scan();
}

absl::Status ReadJsonRecords(absl::string_view text,
                             absl::FunctionRef<absl::Status(v1::PortRecord)> take) {
  absl::ConsumePrefix(&text, kUtf8ByteOrderMark);
  const absl::StatusOr<std::vector<JsonRecord>> found = FindJsonRecords(text);
  if (!found.ok()) return found.status();
  for (const JsonRecord& each : *found) {
    absl::StatusOr<v1::PortRecord> record = ReadRecord(each.text);
    absl::Status status = record.ok() ? take(*std::move(record)) : record.status();
    if (!status.ok()) return {status.code(), ErrorAt(each.position, status.message()).message()};
  }
  return absl::OkStatus();
}

}  // namespace portreg::cli
