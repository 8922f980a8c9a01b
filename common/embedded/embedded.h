// Provides the registry data that is embedded in the programs. README.md in this folder
// describes the data.
#ifndef PORTREG_COMMON_EMBEDDED_EMBEDDED_H_
#define PORTREG_COMMON_EMBEDDED_EMBEDDED_H_

#include <cstddef>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/model/layer.h"

namespace portreg {

// Return the contents of iana.csv, common.csv and practice.csv at the time of the build.
absl::string_view EmbeddedIanaCsv();
absl::string_view EmbeddedCommonCsv();
absl::string_view EmbeddedPracticeCsv();

// Return the layers of these files. Never fail, because every build tests the data. The
// table of common ports and the practice table are both of layer common; the table of
// common ports comes first.
LayerData EmbeddedIanaLayer();
LayerData EmbeddedCommonLayer();
LayerData EmbeddedPracticeLayer();

// Returns the three layers in the order of answers: common ports, practice, IANA.
std::vector<LayerData> EmbeddedLayers();

// Counts the records of EmbeddedIanaLayer() without parsing their fields.
size_t EmbeddedIanaRecordCount();

}  // namespace portreg

#endif  // PORTREG_COMMON_EMBEDDED_EMBEDDED_H_
