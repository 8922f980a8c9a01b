// Provides the data that portreg brings along: see README.md beside this file.
#ifndef PORTREG_COMMON_EMBEDDED_EMBEDDED_H_
#define PORTREG_COMMON_EMBEDDED_EMBEDDED_H_

#include <cstddef>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/model/layer.h"

namespace portreg {

// The files iana.csv, common.csv and practice.csv at the time of the build.
absl::string_view EmbeddedIanaCsv();
absl::string_view EmbeddedCommonCsv();
absl::string_view EmbeddedPracticeCsv();

// The layers of these files. There is no error to return, because the data is tested
// with every build. The table of common ports and the practice table are both of
// layer common; the former comes first.
LayerData EmbeddedIanaLayer();
LayerData EmbeddedCommonLayer();
LayerData EmbeddedPracticeLayer();

// All of them, in the order of answers.
std::vector<LayerData> EmbeddedLayers();

// The number of records of EmbeddedIanaLayer(), without parsing them.
size_t EmbeddedIanaRecordCount();

}  // namespace portreg

#endif  // PORTREG_COMMON_EMBEDDED_EMBEDDED_H_
