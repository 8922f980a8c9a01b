// Creates layers, registries and files for tests.
#ifndef PORTREG_TESTS_COMMON_TEST_LAYERS_H_
#define PORTREG_TESTS_COMMON_TEST_LAYERS_H_

#include <cstddef>
#include <deque>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/data/layer_file.h"
#include "common/embedded/embedded.h"
#include "common/embedded/embedded_ranges.h"
#include "common/model/layer.h"
#include "common/model/port.h"
#include "common/model/record.h"
#include "common/model/registry.h"
#include "gtest/gtest.h"

namespace portreg {

// Returns a copy of the details that lives as long as the program.
inline const RecordDetails* Kept(const RecordDetails& details) {
  static std::deque<RecordDetails>& kept = *new std::deque<RecordDetails>;
  return &kept.emplace_back(details);
}

// The required columns. Rows below this header look like "http,80,tcp,Web".
inline constexpr absl::string_view kShortHeader =
    "Service Name,Port Number,Transport Protocol,Description\n";

// All of IANA's columns, and Owner.
inline constexpr absl::string_view kFullHeader =
    "Service Name,Port Number,Transport Protocol,Description,Assignee,Contact,Registration "
    "Date,Modification Date,Reference,Service Code,Unauthorized Use Reported,Assignment "
    "Notes,Owner\n";

// Columns of an own table. Rows below this header look like "web,80,tcp,,ops,www,eu/prod".
inline constexpr absl::string_view kOwnHeader =
    "Service Name,Port Number,Transport Protocol,Description,Owner,Aliases,Scope\n";

// Returns the layer of a CSV text that has a header. Unusable rows are set aside.
inline LayerData LayerOfText(Layer layer, absl::string_view csv) {
  auto text = std::make_shared<LayerText>();
  text->text = std::string(csv);
  return ReadLayer(layer, "test.csv", std::move(text), {.max_set_aside_share = 1}).value();
}

// Returns the layer of rows, whose header is kShortHeader.
inline LayerData MakeLayer(Layer layer, absl::string_view rows) {
  return LayerOfText(layer, absl::StrCat(kShortHeader, rows));
}

// The rows of each layer, whose header is kShortHeader. Empty: the layer does not exist.
struct LayerRows {
  absl::string_view iana = "";
  absl::string_view common = "";
  absl::string_view local = "";
};

inline Registry MakeRegistry(const LayerRows& rows) {
  std::vector<LayerData> layers;
  if (!rows.iana.empty()) layers.push_back(MakeLayer(Layer::kIana, rows.iana));
  if (!rows.common.empty()) layers.push_back(MakeLayer(Layer::kCommon, rows.common));
  if (!rows.local.empty()) layers.push_back(MakeLayer(Layer::kLocal, rows.local));
  return Registry::Create(std::move(layers), EmbeddedRangeRules()).value();
}

// Returns layer local of the CSV text of an own table. Unusable rows are set aside.
inline LayerData OwnTableOfText(absl::string_view csv) {
  auto text = std::make_shared<LayerText>();
  text->text = std::string(csv);
  return ReadLayer(Layer::kLocal, "own.csv", std::move(text),
                   {.max_set_aside_share = 1, .is_own_table = true})
      .value();
}

// Returns a registry of layer local. `rows` are those of an own table with kOwnHeader.
// The rows of `iana`, whose header is kShortHeader, form layer iana.
inline Registry MakeScopedRegistry(absl::string_view rows, absl::string_view iana = "") {
  std::vector<LayerData> layers;
  layers.push_back(OwnTableOfText(absl::StrCat(kOwnHeader, rows)));
  if (!iana.empty()) layers.push_back(MakeLayer(Layer::kIana, iana));
  return Registry::Create(std::move(layers)).value();
}

// Returns the registry that a server without configuration serves.
inline const Registry& EmbeddedRegistry() {
  static const auto* const registry = [] {
    std::vector<LayerData> layers;
    layers.push_back(EmbeddedIanaLayer());
    layers.push_back(EmbeddedCommonLayer());
    layers.push_back(EmbeddedPracticeLayer());
    return new Registry(Registry::Create(std::move(layers), EmbeddedRangeRules()).value());
  }();
  return *registry;
}

// Returns a short text such as "iana 80/tcp http" or "common 20-21 FTP". A record without
// a name gives "iana 0 (Reserved)", one without a port "iana -/tcp imap3".
inline std::string Describe(const ServiceRecord& record) {
  const absl::string_view transport = ToString(record.transport);
  return absl::StrCat(
      ToString(record.layer), " ", record.ports ? ToString(*record.ports) : "-",
      transport.empty() ? "" : "/", transport, " ",
      record.named() ? std::string(record.service) : absl::StrCat("(", record.description, ")"));
}

inline std::vector<std::string> Describe(const Registry& registry,
                                         absl::Span<const RecordIndex> indices) {
  std::vector<std::string> described;
  for (const RecordIndex index : indices) described.push_back(Describe(registry.record(index)));
  return described;
}

// Creates a new directory. The destructor removes it and its contents.
class TempDirectory {
 public:
  TempDirectory() {
    std::string pattern = ::testing::TempDir() + "portreg-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) ADD_FAILURE() << "cannot make " << pattern;
    path_ = pattern;
  }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  ~TempDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] std::string PathOf(absl::string_view name) const {
    return (path_ / std::string(name)).string();
  }

  // Writes a file and returns its path.
  [[nodiscard]] std::string Write(absl::string_view name, absl::string_view content) const {
    std::ofstream file(PathOf(name), std::ios::binary);
    file.write(content.data(), static_cast<std::streamsize>(content.size()));
    file.close();
    EXPECT_TRUE(file) << "cannot write " << PathOf(name);
    return PathOf(name);
  }

 private:
  std::filesystem::path path_;
};

}  // namespace portreg

#endif  // PORTREG_TESTS_COMMON_TEST_LAYERS_H_
