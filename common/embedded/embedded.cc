#include "common/embedded/embedded.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "common/data/packed_layer.h"
#include "common/model/record.h"

// Defined in packed_bytes.S. CMake defines the macros with the checksums of the files.
extern "C" {
extern const char portreg_iana_packed_begin[];
extern const char portreg_iana_packed_end[];
extern const char portreg_common_packed_begin[];
extern const char portreg_common_packed_end[];
extern const char portreg_practice_packed_begin[];
extern const char portreg_practice_packed_end[];
}

namespace portreg {
namespace {

constexpr char kOrigin[] = "embedded";

absl::string_view Bytes(const char* begin, const char* end) {
  return {begin, static_cast<size_t>(end - begin)};
}

absl::string_view PackedIana() { return Bytes(portreg_iana_packed_begin, portreg_iana_packed_end); }

LayerData Unpacked(absl::string_view packed, Layer layer, absl::string_view source,
                   const char* sha256) {
  LayerInfo info;
  info.layer = layer;
  info.source = source;
  info.origin = kOrigin;
  info.sha256 = sha256;
  return UnpackLayer(packed, std::move(info));
}

}  // namespace

LayerData EmbeddedIanaLayer() {
  return Unpacked(PackedIana(), Layer::kIana, "", PORTREG_IANA_CSV_SHA256);
}

size_t EmbeddedIanaRecordCount() { return PackedRecordCount(PackedIana()); }

LayerData EmbeddedCommonLayer() {
  return Unpacked(Bytes(portreg_common_packed_begin, portreg_common_packed_end), Layer::kCommon, "",
                  PORTREG_COMMON_CSV_SHA256);
}

LayerData EmbeddedPracticeLayer() {
  return Unpacked(Bytes(portreg_practice_packed_begin, portreg_practice_packed_end), Layer::kCommon,
                  kPracticeSource, PORTREG_PRACTICE_CSV_SHA256);
}

std::vector<LayerData> EmbeddedLayers() {
  std::vector<LayerData> layers;
  layers.push_back(EmbeddedCommonLayer());
  layers.push_back(EmbeddedPracticeLayer());
  layers.push_back(EmbeddedIanaLayer());
  return layers;
}

}  // namespace portreg
