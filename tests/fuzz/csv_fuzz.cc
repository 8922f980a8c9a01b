// Reads any bytes by the CSV parser and by the readers of layers. Compares them with a
// simple, slow reader, and with records that were written and read again.
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/data/csv.h"
#include "common/data/iana_csv.h"
#include "common/data/layer_file.h"
#include "common/model/detail_columns.h"
#include "common/model/service_name.h"
#include "common/text/utf8.h"
#include "tests/fuzz/require.h"

namespace portreg::fuzz {
namespace {

struct Field {
  std::string text;
  uint32_t line;
  uint32_t column;

  friend bool operator==(const Field&, const Field&) = default;
};

struct Table {
  std::vector<std::vector<Field>> rows;
  // True if the text is CSV to its end.
  bool ok = true;
};

// Reads RFC 4180 by the rules of csv.h, one byte at a time. Ignores the limit of a
// field's length, so texts must be shorter.
class PlainReader {
 public:
  explicit PlainReader(absl::string_view text) : text_(text) {}

  Table Read() {
    Table table;
    while (true) {
      while (AtRowEnd()) TakeRowEnd();
      if (AtEnd()) return table;
      std::vector<Field> row;
      do {
        row.push_back({.text = "", .line = line_, .column = column_});
        table.ok = ReadField(row.back().text) && row.size() <= CsvReader::kMaxFields;
        if (!table.ok) return table;
      } while (TakeIf(','));
      table.rows.push_back(std::move(row));
    }
  }

 private:
  [[nodiscard]] bool AtEnd() const { return at_ == text_.size(); }
  [[nodiscard]] bool AtRowEnd() const {
    const absl::string_view rest = text_.substr(at_);
    return absl::StartsWith(rest, "\n") || absl::StartsWith(rest, "\r\n");
  }
  [[nodiscard]] bool AtFieldEnd() const { return AtEnd() || text_[at_] == ',' || AtRowEnd(); }
  char Take() {
    const char byte = text_[at_++];
    ++column_;
    if (byte == '\n') {
      ++line_;
      column_ = 1;
    }
    return byte;
  }
  bool TakeIf(char byte) {
    if (AtEnd() || text_[at_] != byte) return false;
    Take();
    return true;
  }
  void TakeRowEnd() {
    TakeIf('\r');
    Take();
  }

  bool ReadField(std::string& field) {
    if (TakeIf('"')) {
      while (!AtEnd()) {
        const char byte = Take();
        if (byte == '"' && !TakeIf('"')) return AtFieldEnd();
        field.push_back(byte);
      }
      return false;
    }
    while (!AtEnd() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '\r') {
      field.push_back(Take());
    }
    return AtFieldEnd();
  }

  const absl::string_view text_;
  size_t at_ = 0;
  uint32_t line_ = 1;
  uint32_t column_ = 1;
};

Table ReadTable(absl::string_view text) {
  Table table;
  std::deque<std::string> unescaped;
  CsvReader reader(text, unescaped);
  std::vector<CsvField> row;
  while (true) {
    const absl::StatusOr<bool> read = reader.Next(row);
    table.ok = read.ok();
    if (!read.ok()) RequirePrintable(read.status().message());
    if (!read.ok() || !*read) return table;
    std::vector<Field>& fields = table.rows.emplace_back();
    for (const CsvField& field : row) {
      fields.push_back({std::string(field.text), field.position.line, field.position.column});
    }
  }
}

// Returns true for a row of one empty field: a blank line, which the reader skips.
bool IsBlank(const std::vector<Field>& row) { return row.size() == 1 && row[0].text.empty(); }

void RequireReadAgain(const Table& table, absl::string_view text) {
  std::string written;
  std::vector<std::vector<std::string>> expected;
  for (const std::vector<Field>& row : table.rows) {
    if (IsBlank(row)) continue;
    std::vector<std::string>& fields = expected.emplace_back();
    for (const Field& field : row) {
      absl::StrAppend(&written, fields.empty() ? "" : ",", ToCsvField(field.text));
      fields.push_back(field.text);
    }
    absl::StrAppend(&written, "\r\n");
  }
  const Table again = ReadTable(written);
  Require(again.ok, "what is written can be read", text);
  std::vector<std::vector<std::string>> read;
  for (const std::vector<Field>& row : again.rows) {
    std::vector<std::string>& fields = read.emplace_back();
    for (const Field& field : row) fields.push_back(field.text);
  }
  Require(read == expected, "what is written is read again", text);
}

// Returns the texts of a record that are not empty.
std::vector<absl::string_view> TextsOf(const ServiceRecord& record) {
  const RecordDetails& details = *record.details;
  std::vector<absl::string_view> texts = {record.service,
                                          record.description,
                                          details.assignee,
                                          details.contact,
                                          details.registration_date,
                                          details.modification_date,
                                          details.reference,
                                          details.service_code,
                                          details.unauthorized_use_reported,
                                          details.assignment_notes,
                                          details.owner,
                                          details.since,
                                          details.until,
                                          record.aliases,
                                          record.scope};
  std::erase_if(texts, [](absl::string_view text) { return text.empty(); });
  return texts;
}

void RequireUsable(const ServiceRecord& record, Layer layer, const LayerText& text) {
  Require(record.layer == layer, "a record is of its layer");
  Require(record.line >= 2, "a record has a line below the header");
  Require(record.ports || record.named(), "a record has a port or a name");
  Require(!record.ports || record.ports->first <= record.ports->last, "a range is in order");
  Require(record.service.size() <= kMaxServiceNameBytes, "a name is bounded", record.service);
  for (const DetailColumn& column : kDetailColumns) {
    Require(
        layer == Layer::kLocal || !column.local_only || (record.details->*column.member).empty(),
        "only local records have owners and days", column.header);
  }
  const auto lies_in = [](absl::string_view part, absl::string_view whole) {
    return whole.begin() <= part.begin() && part.end() <= whole.end();
  };
  for (const absl::string_view part : TextsOf(record)) {
    bool kept = lies_in(part, text.text);
    for (const std::string& whole : text.unescaped) kept = kept || lies_in(part, whole);
    Require(kept, "a record views what is kept", part);
    Require(IsValidUtf8(part) && !absl::StrContains(part, '\0'), "a record's text is text", part);
  }
}

// Requires that a layer's error is one line, and one more for each row that it lists.
void RequireShowable(const absl::Status& status) {
  Require(status.code() == absl::StatusCode::kInvalidArgument, "a bad text is INVALID_ARGUMENT");
  Require(absl::StartsWith(status.message(), "test.csv: "), "an error names its file");
  for (const absl::string_view line : absl::StrSplit(status.message(), '\n')) {
    RequirePrintable(line);
  }
}

// Reads the text as an organisation's own table.
template <typename Read>
void FuzzOwnTable(Layer layer, Read read) {
  const absl::StatusOr<LayerData> strict = read(LocalFileRules());
  if (!strict.ok()) RequireShowable(strict.status());
  const absl::StatusOr<LayerData> lenient = read({.max_set_aside_share = 1, .is_own_table = true});
  Require(strict.ok() == (lenient.ok() && lenient->info.set_aside.empty()),
          "an own table is taken if every row can be used");
  if (!lenient.ok()) return;
  uint32_t line = 1;
  for (const ServiceRecord& record : lenient->records) {
    RequireUsable(record, layer, *lenient->text);
    Require(record.named() || layer != Layer::kLocal || !record.details->owner.empty(),
            "a block has an owner");
    Require(record.details->bind.empty() || record.details->bind == "loopback",
            "bind has one spelling", record.details->bind);
    Require(record.line >= line, "records keep the file's order");
    line = record.line;
  }
  for (const SetAsideRow& row : lenient->info.set_aside) RequirePrintable(row.reason);
}

void FuzzLayer(absl::string_view csv, Layer layer) {
  const auto read = [&](const LayerRules& rules) {
    auto text = std::make_shared<LayerText>();
    text->text = std::string(csv);
    return ReadLayer(layer, "test.csv", std::move(text), rules);
  };
  const absl::StatusOr<LayerData> lenient = read({.max_set_aside_share = 1});
  if (!lenient.ok()) RequireShowable(lenient.status());
  FuzzOwnTable(layer, read);
  const absl::StatusOr<LayerData> iana = read(IanaFileRules());
  Require(!iana.ok(), "IANA's file has 10,000 rows", csv);
  RequireShowable(iana.status());

  if (!lenient.ok()) return;
  const Table table = ReadTable(absl::StripPrefix(csv, "\xEF\xBB\xBF"));
  const size_t rows = lenient->records.size() + lenient->info.set_aside.size();
  Require(table.ok && rows + 1 == table.rows.size(), "every row is read or set aside", csv);
  Require(lenient->info.record_count == lenient->records.size(), "records are counted", csv);
  uint32_t line = 1;
  for (const ServiceRecord& record : lenient->records) {
    RequireUsable(record, layer, *lenient->text);
    Require(record.line > line, "records keep the file's order", csv);
    line = record.line;
  }
  for (const SetAsideRow& row : lenient->info.set_aside) RequirePrintable(row.reason);
}

}  // namespace
}  // namespace portreg::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace portreg::fuzz;  // NOLINT(google-build-using-namespace): the one entry
  if (size > portreg::CsvReader::kMaxFieldBytes / 4) return 0;
  const absl::string_view text = TextOf(data, size);
  const Table table = ReadTable(text);
  const Table expected = PlainReader(text).Read();
  Require(table.ok == expected.ok, "both readers take it", text);
  Require(table.rows == expected.rows, "both readers read the same", text);
  if (table.ok) RequireReadAgain(table, text);
  // Reads the text as rows of a file, and as a whole file.
  const std::string rows = absl::StrCat(
      "Service Name,Port Number,Transport Protocol,Description,Assignee,Owner\n", text);
  for (const portreg::Layer layer : portreg::kLayers) FuzzLayer(rows, layer);
  FuzzLayer(text, portreg::Layer::kLocal);
  return 0;
}
