// Provides the registry data that is embedded in the programs. README.md in this folder
// describes the data.
#ifndef PORTREG_COMMON_EMBEDDED_EMBEDDED_H_
#define PORTREG_COMMON_EMBEDDED_EMBEDDED_H_

#include <cstddef>
#include <vector>

#include "common/model/layer.h"

namespace portreg {

// Return the layers of iana.csv, common.csv and practice.csv at the time of the build. Never
// fail, because the build has read the files. The table of common ports and the practice table
// are both of layer common; the table of common ports comes first.
LayerData EmbeddedIanaLayer();
LayerData EmbeddedCommonLayer();
LayerData EmbeddedPracticeLayer();

// Returns the three layers in the order of answers: common ports, practice, IANA.
std::vector<LayerData> EmbeddedLayers();

// Returns the number of records of EmbeddedIanaLayer() without reading them.
size_t EmbeddedIanaRecordCount();

}  // namespace portreg

#endif  // PORTREG_COMMON_EMBEDDED_EMBEDDED_H_
