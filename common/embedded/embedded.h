// The data that portreg brings along: see README.md beside this file.
#ifndef PORTREG_COMMON_EMBEDDED_EMBEDDED_H_
#define PORTREG_COMMON_EMBEDDED_EMBEDDED_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "common/model/layer.h"

namespace portreg {

// iana.csv and common.csv as they stood when this program was built.
absl::string_view EmbeddedIanaCsv();
absl::string_view EmbeddedCommonCsv();

// The layers iana and common, parsed from them. The data is tested with every
// build, so that there is no error to return.
LayerData EmbeddedIanaLayer();
LayerData EmbeddedCommonLayer();

// How many records EmbeddedIanaLayer() has, without parsing them.
size_t EmbeddedIanaRecordCount();

}  // namespace portreg

#endif  // PORTREG_COMMON_EMBEDDED_EMBEDDED_H_
