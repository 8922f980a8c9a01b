#include "common/model/layer.h"

namespace portreg {
namespace {

size_t HeapBytes(const std::string& text) {
  const bool is_on_heap = text.capacity() > std::string().capacity();
  return is_on_heap ? text.capacity() : 0;
}

}  // namespace

size_t MemoryBytes(const LayerText& text) {
  size_t bytes = HeapBytes(text.text) + text.details.MemoryBytes();
  for (const std::string& unescaped : text.unescaped) {
    bytes += sizeof(std::string) + HeapBytes(unescaped);
  }
  return bytes;
}

size_t MemoryBytes(const LayerData& layer) {
  return MemoryBytes(*layer.text) + layer.records.capacity() * sizeof(ServiceRecord);
}

}  // namespace portreg
