// Stores a layer in a form that is read without parsing.
#ifndef PORTREG_COMMON_DATA_PACKED_LAYER_H_
#define PORTREG_COMMON_DATA_PACKED_LAYER_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "common/model/layer.h"

namespace portreg {

// Returns the records of a layer as bytes for UnpackLayer. Their byte order is this
// machine's, because a build packs tables for the programs that it compiles.
std::string PackLayer(const LayerData& layer);

// Returns the layer that PackLayer has packed into the bytes. The texts of its records are views
// of the bytes, which must never be destroyed. Releases pages of the bytes (common/system/pages.h),
// so that bytes can be unpacked again only if they are constant data of the program. `info`
// describes the layer; its counts are computed.
LayerData UnpackLayer(absl::string_view packed, LayerInfo info);

// Returns the number of packed records without unpacking them.
size_t PackedRecordCount(absl::string_view packed);

}  // namespace portreg

#endif  // PORTREG_COMMON_DATA_PACKED_LAYER_H_
