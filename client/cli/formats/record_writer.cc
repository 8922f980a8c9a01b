#include "client/cli/formats/record_writer.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "client/cli/formats/delimited_writer.h"
#include "client/cli/formats/json_writers.h"
#include "client/cli/formats/services_writer.h"
#include "client/cli/formats/table_writer.h"
#include "common/data/iana_csv.h"
#include "common/model/record.h"
#include "common/model/service_name.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

// Writes each service once, ignoring case. RESOURCE_EXHAUSTED if there are more services
// than a registry can have, or if one has a longer name.
class NameWriter final : public RecordWriter {
 public:
  explicit NameWriter(Printer out) : out_(out) {}

  void Write(const v1::PortRecord& record) override {
    if (record.service().empty() || !status().ok()) return;
    if (record.service().size() > kMaxServiceNameBytes || seen_.size() == kMaxNames) {
      Fail(absl::ResourceExhaustedError(absl::StrCat("the answer has a name of more than ",
                                                     kMaxServiceNameBytes, " bytes, or more than ",
                                                     kMaxNames, " different names")));
      return;
    }
    if (!seen_.insert(FoldServiceName(record.service())).second) return;
    out_.Put(absl::StrCat(Printable(record.service()), "\n"));
  }

  void Finish(const std::string& /*revision*/) override {}

 private:
  static constexpr size_t kMaxNames = kLayers.size() * kMaxRows;

  const Printer out_;
  absl::flat_hash_set<std::string> seen_;
};

}  // namespace

std::unique_ptr<RecordWriter> MakeRecordWriter(const Invocation& invocation,
                                               const Terminal& terminal, Printer out) {
  const bool headers = !invocation.no_headers;
  const bool matches = invocation.verb == Verb::kSearch;
  const bool keys = invocation.verb == Verb::kLookup;
  if (invocation.brief) return std::make_unique<NameWriter>(out);
  switch (invocation.format) {
    case Format::kName:
      return std::make_unique<NameWriter>(out);
    case Format::kCsv:
    case Format::kTsv:
      return std::make_unique<DelimitedWriter>(
          invocation.format,
          DelimitedWriter::Shape{.headers = headers, .matches = matches, .keys = keys}, out);
    case Format::kNdjson:
      return std::make_unique<NdjsonWriter>(out);
    case Format::kJson:
      return std::make_unique<JsonWriter>(out);
    case Format::kServices:
      return std::make_unique<ServicesWriter>("", std::vector<ServicesWriter::Slots>(), out);
    case Format::kTable:
    case Format::kWide:
    // Only diff has this format.
    case Format::kMarkdown:
    // Only check has these formats, and it writes no records.
    case Format::kGithub:
    case Format::kSarif:
      break;
  }
  const bool wide = invocation.format == Format::kWide;
  return std::make_unique<TableWriter>(
      TableWriter::Shape{.wide = wide, .matches = matches, .headers = headers},
      Terminal{.is_terminal = terminal.is_terminal,
               .width = wide ? 0 : terminal.width,
               .color = terminal.color},
      out);
}

}  // namespace portreg::cli
