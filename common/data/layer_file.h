// Reads a layer from a text or a file: limits its size, parses it, and checks it so that
// a broken download is not served.
#ifndef PORTREG_COMMON_DATA_LAYER_FILE_H_
#define PORTREG_COMMON_DATA_LAYER_FILE_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/model/layer.h"
#include "common/model/record.h"

namespace portreg {

// The largest file that is accepted, in bytes; IANA's had 1.2 MB in 2026.
inline constexpr size_t kMaxFileBytes = 32 << 20;

// The format that a layer's data must have, and the checks that it must pass.
struct LayerRules {
  // The greatest share of rows that may be unusable, from 0 to 1. These rows are set aside.
  // More unusable rows are an error. Default: 0, every row must be usable.
  double max_set_aside_share = 0;
  // The least number of usable records. Default: 0.
  size_t min_rows = 0;
  // The most unusable rows that an error message lists one by one; it only counts the
  // others. Default: 10.
  size_t max_rows_listed = 10;
  // Requires records that cover ports 0, 22, 443 and 49151, because every copy of IANA's
  // registry has them. Default: false.
  bool needs_landmark_ports = false;
  // Parses the text as an organisation's own table (own_table.h). Default: false, parses
  // the text as IANA's format (iana_csv.h).
  bool is_own_table = false;
  // The source that the records name. Default: empty, which means SourceOf(layer).
  absl::string_view source = {};
};

// Returns the rules for a copy of IANA's registry: at least 10,000 usable rows and the
// landmark ports; up to 1 % of its rows may be unusable.
LayerRules IanaFileRules();

// Returns the rules for the operator's own table: every row must be usable.
LayerRules LocalFileRules();

// Returns the rules for a table of a site's own practice, which adds to the layer common.
LayerRules CommonFileRules();

// Parses `text` in the format that the rules choose. Returns INVALID_ARGUMENT, naming
// `origin`, if the text cannot be parsed or breaks the rules; the message lists unusable
// rows if there are too many of them. Adds what records refer to to `*text`.
absl::StatusOr<LayerData> ReadLayer(Layer layer, absl::string_view origin,
                                    std::shared_ptr<LayerText> text, const LayerRules& rules);

// The contents of a file, and the time of its last modification, if that is in the years
// 1 to 9999.
struct FileBytes {
  std::string bytes;
  std::optional<absl::Time> modify_time;
};

// Reads the regular file at `path`, following symbolic links. Returns the error of
// open(2) (such as NOT_FOUND or PERMISSION_DENIED) if the file cannot be opened, and
// INVALID_ARGUMENT if the file is not regular, is larger than kMaxFileBytes, or was
// written while it was read. Messages begin with the path.
absl::StatusOr<FileBytes> ReadFileBytes(const std::string& path);

// Reads the file at `path` as a layer. Returns the errors of ReadLayer and of
// ReadFileBytes. Messages begin with the path.
absl::StatusOr<LayerData> ReadLayerFile(Layer layer, const std::string& path,
                                        const LayerRules& rules);

}  // namespace portreg

#endif  // PORTREG_COMMON_DATA_LAYER_FILE_H_
