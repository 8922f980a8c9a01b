#include "client/cli/record_writer.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/cli/json.h"
#include "client/cli/words.h"
#include "common/csv.h"
#include "common/service_name.h"

namespace portreg::cli {
namespace {

void Put(absl::string_view text, std::FILE* out) { std::fwrite(text.data(), 1, text.size(), out); }

// One record a line, in columns. Their widths are those of the first records;
// later ones that are wider push their line to the right.
class TableWriter final : public RecordWriter {
 public:
  TableWriter(bool headers, const Terminal& terminal, std::FILE* out)
      : headers_(headers), terminal_(terminal), out_(out) {}

  void Write(const v1::PortRecord& record) override {
    rows_.push_back({PortsOf(record), record.service().empty() ? "-" : Printable(record.service()),
                     LayerName(record.layer()), Printable(record.description())});
    if (rows_.size() == kRowsHeld) Flush();
  }

  void Finish(const std::string& /*revision*/) override { Flush(); }

 private:
  static constexpr size_t kRowsHeld = 200;
  static constexpr size_t kColumns = 4;
  static constexpr size_t kGap = 2;
  using Row = std::array<std::string, kColumns>;

  void Flush() {
    if (rows_.empty()) return;
    if (widths_[0] == 0) {
      const Row titles = {"PORT", "SERVICE", "LAYER", "DESCRIPTION"};
      Measure(titles);
      for (const Row& row : rows_) Measure(row);
      if (headers_) PutRow(titles, "\033[1m");
    }
    for (const Row& row : rows_) PutRow(row, "");
    rows_.clear();
  }

  void Measure(const Row& row) {
    for (size_t i = 0; i < kColumns; ++i) widths_[i] = std::max(widths_[i], DisplayWidth(row[i]));
  }

  void PutRow(const Row& row, absl::string_view style) {
    std::string line;
    for (size_t i = 0; i + 1 < kColumns; ++i) {
      const size_t width = DisplayWidth(row[i]);
      const size_t padding = width < widths_[i] ? widths_[i] - width : 0;
      absl::StrAppend(&line, row[i], std::string(padding + kGap, ' '));
    }
    absl::StrAppend(&line, row.back());
    absl::StripTrailingAsciiWhitespace(&line);
    if (terminal_.width > 0) line = Truncated(line, terminal_.width);
    const bool styled = terminal_.color && !style.empty();
    Put(styled ? absl::StrCat(style, line, "\033[0m\n") : absl::StrCat(line, "\n"), out_);
  }

  const bool headers_;
  const Terminal terminal_;
  std::FILE* const out_;
  std::vector<Row> rows_;
  std::array<size_t, kColumns> widths_ = {};
};

// RFC 4180, with LF row ends.
class CsvWriter final : public RecordWriter {
 public:
  CsvWriter(bool headers, std::FILE* out) : out_(out) {
    if (headers) Put("first_port,last_port,transport,service,layer,source,description\n", out_);
  }

  void Write(const v1::PortRecord& record) override {
    const std::string first = record.has_first_port() ? absl::StrCat(record.first_port()) : "";
    const std::string last = record.has_last_port() ? absl::StrCat(record.last_port()) : "";
    Put(absl::StrCat(first, ",", last, ",", TransportName(record.transport()), ",",
                     ToCsvField(record.service()), ",", LayerName(record.layer()), ",",
                     ToCsvField(record.source()), ",", ToCsvField(record.description()), "\n"),
        out_);
  }

  void Finish(const std::string& /*revision*/) override {}

 private:
  std::FILE* const out_;
};

// One PortRecord a line, in proto3 JSON.
class NdjsonWriter final : public RecordWriter {
 public:
  explicit NdjsonWriter(std::FILE* out) : out_(out) {}

  void Write(const v1::PortRecord& record) override {
    Put(absl::StrCat(ToJson(record, JsonStyle::kOneLine), "\n"), out_);
  }

  void Finish(const std::string& /*revision*/) override {}

 private:
  std::FILE* const out_;
};

// One ListRangeResponse with all records, written as they come.
class JsonWriter final : public RecordWriter {
 public:
  explicit JsonWriter(std::FILE* out) : out_(out) {}

  void Write(const v1::PortRecord& record) override {
    Put(absl::StrCat(first_ ? kBegin : ",", "\n", ToJson(record, JsonStyle::kOneLine)), out_);
    first_ = false;
  }

  void Finish(const std::string& revision) override {
    v1::ListRangeResponse tail;
    tail.set_revision(revision);
    // The other fields, without the brace that would open them.
    const std::string fields = ToJson(tail, JsonStyle::kOneLine).substr(1);
    Put(absl::StrCat(first_ ? kBegin : "", "\n]", fields == "}" ? "" : ",", fields, "\n"), out_);
  }

 private:
  static constexpr absl::string_view kBegin = "{\"records\":[";

  std::FILE* const out_;
  bool first_ = true;
};

// Each service once, whatever its case.
class ShortWriter final : public RecordWriter {
 public:
  explicit ShortWriter(std::FILE* out) : out_(out) {}

  void Write(const v1::PortRecord& record) override {
    if (record.service().empty()) return;
    if (!seen_.insert(FoldServiceName(record.service())).second) return;
    Put(absl::StrCat(Printable(record.service()), "\n"), out_);
  }

  void Finish(const std::string& /*revision*/) override {}

 private:
  std::FILE* const out_;
  absl::flat_hash_set<std::string> seen_;
};

}  // namespace

std::unique_ptr<RecordWriter> MakeRecordWriter(const Invocation& invocation,
                                               const Terminal& terminal, std::FILE* out) {
  const bool headers = !invocation.no_headers;
  if (invocation.brief) return std::make_unique<ShortWriter>(out);
  switch (invocation.format) {
    case Format::kCsv:
      return std::make_unique<CsvWriter>(headers, out);
    case Format::kNdjson:
      return std::make_unique<NdjsonWriter>(out);
    case Format::kJson:
      return std::make_unique<JsonWriter>(out);
    case Format::kTable:
      break;
  }
  return std::make_unique<TableWriter>(headers, terminal, out);
}

}  // namespace portreg::cli
