// Describes a layer of the registry: records from one source, and facts about that
// source. A source may be embedded data, a file or a store; the registry does not know
// which.
#ifndef PORTREG_COMMON_MODEL_LAYER_H_
#define PORTREG_COMMON_MODEL_LAYER_H_

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/model/details_store.h"
#include "common/model/record.h"
#include "common/text/text_position.h"

namespace portreg {

// A row of a source that could not be used.
struct SetAsideRow {
  TextPosition position;
  std::string reason;
};

// Owns the texts that records view, and their details.
struct LayerText {
  std::string text;
  std::deque<std::string> unescaped;
  DetailsStore details;
};

// The facts about a layer, without its records.
struct LayerInfo {
  Layer layer = Layer::kIana;
  // The source's name, for people to read. Empty: SourceOf(layer).
  absl::string_view source = {};
  // The origin of the data: a file's name without its directory, or "embedded". If two
  // files of a layer have the same name, it includes the name of their directory.
  std::string origin;
  // SHA-256 of the data's bytes.
  std::string sha256;
  // The time of the last modification of the file, if it is in the years 1 to 9999.
  // Absent for any other time and for embedded data.
  std::optional<absl::Time> modify_time;
  size_t record_count = 0;
  // Records with a service name, and records without a port.
  size_t named_count = 0;
  size_t portless_count = 0;
  // Rows that could not be used. record_count does not include them.
  std::vector<SetAsideRow> set_aside;
  // The columns of an own table that are not read, each with a message.
  std::vector<MessageAt> unread_columns;
};

// A layer's records in the source's order, and the texts that they view.
struct LayerData {
  LayerInfo info;
  std::vector<ServiceRecord> records;
  std::shared_ptr<const LayerText> text;
};

// Return the memory that the object uses in bytes, without the overhead of the
// allocator.
size_t MemoryBytes(const LayerText& text);
size_t MemoryBytes(const LayerData& layer);

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_LAYER_H_
