// The readers of flow logs, from any bytes: nothing is changed but by additions, and blocks
// may be cut anywhere between lines.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/cli/flow_logs/block_annotator.h"
#include "client/cli/flow_logs/blocks.h"
#include "client/cli/flow_logs/log_formats.h"
#include "client/cli/flow_logs/service_table.h"
#include "common/model/layer.h"
#include "common/model/registry.h"
#include "tests/fuzz/require.h"

namespace portreg::fuzz {
namespace {

using cli::AnnotateOptions;
using cli::BlockAnnotator;
using cli::BlockCounts;
using cli::FlowFormat;
using cli::InputBlock;
using cli::OutputBlock;
using cli::ServiceTable;

// Names that no input has by chance, one of which would end a field.
std::shared_ptr<const ServiceTable> Table() {
  static const auto& table = *new auto([] {
    LayerData iana;
    iana.info.layer = Layer::kIana;
    iana.text = std::make_shared<LayerText>();
    for (const auto& [port, name] :
         {std::pair<Port, absl::string_view>(80, "web"), {443, "a, \"b\" | c;\td"}}) {
      ServiceRecord record;
      record.ports = PortRange{port, port};
      record.service = name;
      iana.records.push_back(record);
    }
    return std::make_shared<const ServiceTable>(Registry::Create({std::move(iana)}).value());
  }());
  return table;
}

struct Annotated {
  std::string text;
  BlockCounts counts;
};

Annotated AnnotateBlock(const BlockAnnotator& annotator, absl::string_view text) {
  InputBlock block(text.size());
  block.Append(text);
  OutputBlock out;
  Annotated annotated;
  annotator.Annotate(block.text(), out, annotated.counts);
  annotated.text = std::string(out.text());
  return annotated;
}

// Requires that `text` is what remains of `annotated` if bytes are left out.
void RequireOnlyAdditions(absl::string_view text, absl::string_view annotated) {
  size_t at = 0;
  for (const char byte : annotated) {
    if (at < text.size() && text[at] == byte) ++at;
  }
  Require(at == text.size(), "every byte of the log is written, in its order", text);
}

// Requires that blocks that are cut at a place between lines are written alike.
void RequireAlikeInParts(const BlockAnnotator& annotator, absl::string_view text,
                         const Annotated& whole, size_t near) {
  const size_t cut = annotator.WholeLines(text.substr(0, near));
  Require(cut <= near, "whole lines are within the text", text);
  const Annotated first = AnnotateBlock(annotator, text.substr(0, cut));
  const Annotated second = AnnotateBlock(annotator, text.substr(cut));
  Require(absl::StrCat(first.text, second.text) == whole.text, "blocks can be cut", text);
  Require(first.counts.lines + second.counts.lines == whole.counts.lines, "lines are counted",
          text);
  Require(first.counts.unread + second.counts.unread == whole.counts.unread,
          "unread lines are counted", text);
}

void FuzzFormat(absl::string_view text, const AnnotateOptions& options) {
  InputBlock beginning(text.size());
  beginning.Append(text);
  const cli::MaybeAnnotator annotator = cli::RecogniseLog(beginning.text(), {options, Table()});
  if (!annotator.ok()) {
    RequirePrintable(annotator.status().message());
    return;
  }
  const Annotated whole = AnnotateBlock(**annotator, text);
  RequireOnlyAdditions(text, whole.text);
  Require(whole.counts.unread <= whole.counts.lines, "unread lines are lines", text);
  for (const size_t part : {2, 3, 7}) {
    RequireAlikeInParts(**annotator, text, whole, text.size() - text.size() / part);
  }
}

}  // namespace
}  // namespace portreg::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace portreg::fuzz;  // NOLINT(google-build-using-namespace): the one entry
  constexpr size_t kMaxInput = 20'000;
  if (size > kMaxInput) return 0;
  const absl::string_view text = TextOf(data, size);
  portreg::cli::AnnotateOptions options;
  FuzzFormat(text, options);
  options.both = true;
  FuzzFormat(absl::StrCat("sp,dp,pr,flg\n", text), options);
  FuzzFormat(absl::StrCat("dstport srcport protocol tcp-flags\n", text), options);
  FuzzFormat(absl::StrCat("#separator \\x7c\n#fields|id.orig_p|id.resp_p|proto\n", text), options);
  options.format = portreg::cli::FlowFormat::kEve;
  FuzzFormat(text, options);
  options.format = portreg::cli::FlowFormat::kCsv;
  options.fields = {"sp", "dp", "pr"};
  FuzzFormat(text, options);
  return 0;
}
