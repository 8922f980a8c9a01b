// Turns a text or a file into a layer: bounded reading, parsing, and the
// checks that keep a broken download from being served.
#ifndef PORTREG_COMMON_DATA_LAYER_FILE_H_
#define PORTREG_COMMON_DATA_LAYER_FILE_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/model/layer.h"
#include "common/model/record.h"

namespace portreg {

// The largest file taken, in bytes; IANA's had 1.2 MB in 2026.
inline constexpr size_t kMaxFileBytes = 32 << 20;

// What a layer's data must be like. The defaults ask nothing.
struct LayerRules {
  // Rows that cannot be used are set aside, up to this share of all rows; one
  // more refuses the layer. Default: 0, a single such row refuses it.
  double max_set_aside_share = 0;
  // Fewest usable rows. Default: 0.
  size_t min_rows = 0;
  // Unusable rows that the message of a refusal lists before it sums up the
  // rest. Default: 10.
  size_t max_rows_listed = 10;
  // Whether ports 0, 22, 443 and 49151 must be covered, as they are in every
  // copy of IANA's registry. Default: no.
  bool needs_landmark_ports = false;
  // Whether the text is a table as organisations keep them (own_table.h). Default:
  // no, it is in IANA's format (iana_csv.h).
  bool is_own_table = false;
  // The source of the records. Default: empty, SourceOf the layer.
  absl::string_view source = {};
};

// A file that claims to be IANA's registry: at least 10,000 rows and the
// landmark ports; up to 1 % of its rows may be set aside.
LayerRules IanaFileRules();

// A table of the operator's own: every row must be usable.
LayerRules LocalFileRules();

// Parses `text` in the format of the rules. INVALID_ARGUMENT, naming `origin`, for
// a text that cannot be parsed or breaks the rules; the message lists the
// unusable rows that refused it. `text->unescaped` is added to.
absl::StatusOr<LayerData> ReadLayer(Layer layer, absl::string_view origin,
                                    std::shared_ptr<LayerText> text, const LayerRules& rules);

// The same for bytes that outlive the program's use of the layer, such as
// embedded ones: they are viewed, not copied. `sha256` is what is known of them.
absl::StatusOr<LayerData> ReadStaticLayer(Layer layer, absl::string_view origin,
                                          absl::string_view bytes, absl::string_view sha256,
                                          const LayerRules& rules);

// Reads the regular file at `path`, following symbolic links. Besides the
// errors of ReadLayer: NOT_FOUND or PERMISSION_DENIED if it cannot be opened,
// INVALID_ARGUMENT if it is no regular file, larger than kMaxFileBytes, or
// written while it is read.
// Messages begin with the path.
absl::StatusOr<LayerData> ReadLayerFile(Layer layer, const std::string& path,
                                        const LayerRules& rules);

}  // namespace portreg

#endif  // PORTREG_COMMON_DATA_LAYER_FILE_H_
