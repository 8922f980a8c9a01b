#include "common/embedded/embedded.h"

#include <cstddef>
#include <deque>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include "common/data/csv.h"
#include "common/data/layer_file.h"
#include "common/model/record.h"

// Defined in csv_bytes.S. CMake defines the macros with the checksums of the files.
extern "C" {
extern const char portreg_iana_csv_begin[];
extern const char portreg_iana_csv_end[];
extern const char portreg_common_csv_begin[];
extern const char portreg_common_csv_end[];
extern const char portreg_practice_csv_begin[];
extern const char portreg_practice_csv_end[];
}

namespace portreg {
namespace {

constexpr absl::string_view kOrigin = "embedded";

absl::string_view Bytes(const char* begin, const char* end) {
  return {begin, static_cast<size_t>(end - begin)};
}

}  // namespace

absl::string_view EmbeddedIanaCsv() { return Bytes(portreg_iana_csv_begin, portreg_iana_csv_end); }

absl::string_view EmbeddedCommonCsv() {
  return Bytes(portreg_common_csv_begin, portreg_common_csv_end);
}

absl::string_view EmbeddedPracticeCsv() {
  return Bytes(portreg_practice_csv_begin, portreg_practice_csv_end);
}

LayerData EmbeddedIanaLayer() {
  return ReadStaticLayer(Layer::kIana, kOrigin, EmbeddedIanaCsv(), PORTREG_IANA_CSV_SHA256,
                         IanaFileRules())
      .value();
}

size_t EmbeddedIanaRecordCount() {
  std::deque<std::string> unescaped;
  CsvReader reader(EmbeddedIanaCsv(), unescaped);
  std::vector<CsvField> row;
  size_t rows = 0;
  while (reader.Next(row).value()) ++rows;
  return rows - 1;  // without the header
}

LayerData EmbeddedCommonLayer() {
  return ReadStaticLayer(Layer::kCommon, kOrigin, EmbeddedCommonCsv(), PORTREG_COMMON_CSV_SHA256,
                         LayerRules())
      .value();
}

LayerData EmbeddedPracticeLayer() {
  return ReadStaticLayer(Layer::kCommon, kOrigin, EmbeddedPracticeCsv(),
                         PORTREG_PRACTICE_CSV_SHA256,
                         {.is_own_table = true, .source = kPracticeSource})
      .value();
}

std::vector<LayerData> EmbeddedLayers() {
  // Reads one table on another thread, because whoever starts a program waits.
  std::future<LayerData> practice = std::async(EmbeddedPracticeLayer);
  LayerData iana = EmbeddedIanaLayer();
  std::vector<LayerData> layers;
  layers.push_back(EmbeddedCommonLayer());
  layers.push_back(practice.get());
  layers.push_back(std::move(iana));
  return layers;
}

}  // namespace portreg
