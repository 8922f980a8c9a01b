// A layer of the registry: anything that yields records. The registry never
// knows whether they were embedded, read from a file or fetched from a store.
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
#include "common/model/record.h"
#include "common/text/text_position.h"

namespace portreg {

// A row of a source that could not be used.
struct SetAsideRow {
  TextPosition position;
  std::string reason;
};

// Keeps the texts alive that records view.
struct LayerText {
  std::string text;
  std::deque<std::string> unescaped;
};

// What is known of a layer besides its records.
struct LayerInfo {
  Layer layer = Layer::kIana;
  // To be shown to a person. Empty: SourceOf(layer).
  absl::string_view source = {};
  // Where the data was read: a file's name without its directory, or
  // "embedded".
  std::string origin;
  // SHA-256 of the data's bytes.
  std::string sha256;
  // When the file was last modified, in the years 1 to 9999; nothing for any other
  // time and for embedded data.
  std::optional<absl::Time> modify_time;
  size_t record_count = 0;
  // Of these: with a service name, without a port.
  size_t named_count = 0;
  size_t portless_count = 0;
  // Rows beyond these that could not be used.
  std::vector<SetAsideRow> set_aside;
};

// A layer's records in the source's order, and the texts that they view.
struct LayerData {
  LayerInfo info;
  std::vector<ServiceRecord> records;
  std::shared_ptr<const LayerText> text;
};

// Bytes of memory that they take, but for what the allocator adds.
size_t MemoryBytes(const LayerText& text);
size_t MemoryBytes(const LayerData& layer);

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_LAYER_H_
