// Holds the bytes of a block of input, and those of a block of output.
#ifndef PORTREG_CLIENT_CLI_FLOW_LOGS_BLOCKS_H_
#define PORTREG_CLIENT_CLI_FLOW_LOGS_BLOCKS_H_

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/string_view.h"

namespace portreg::cli {

// The size of the padding before and after the contents of an input block, and after those of an
// output block. The padding of input may be read, and that of output may be written, because
// readers and writers handle many bytes at once. simdjson needs as many bytes after a text.
inline constexpr size_t kBlockPadding = 64;

// A block of input. The padding around the contents holds zeros or earlier contents. Not
// thread-safe.
class InputBlock {
 public:
  explicit InputBlock(size_t capacity) : bytes_(NewBytes(capacity)), capacity_(capacity) {}

  [[nodiscard]] absl::string_view text() const { return {data(), size_}; }
  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] size_t capacity() const { return capacity_; }

  // Return where bytes can be added, and how many. Added() makes them part of the contents.
  [[nodiscard]] char* space() { return data() + size_; }
  [[nodiscard]] size_t space_size() const { return capacity_ - size_; }
  void Added(size_t count) { size_ += count; }

  void Append(absl::string_view bytes) {
    if (bytes.empty()) return;
    if (bytes.size() > space_size()) Grow(size_ + bytes.size());
    std::memcpy(space(), bytes.data(), bytes.size());
    size_ += bytes.size();
  }
  // Cuts the contents to `size` bytes.
  void Truncate(size_t size) { size_ = size; }

  // Makes the capacity at least `capacity`, and keeps the contents.
  void Grow(size_t capacity) {
    if (capacity <= capacity_) return;
    std::unique_ptr<char[]> larger = NewBytes(capacity);
    if (size_ > 0) std::memcpy(larger.get() + kBlockPadding, data(), size_);
    bytes_ = std::move(larger);
    capacity_ = capacity;
  }

 private:
  // Returns zeros, also where the capacity is 0, because the padding is always there.
  static std::unique_ptr<char[]> NewBytes(size_t capacity) {
    return std::make_unique<char[]>(capacity + 2 * kBlockPadding);
  }

  [[nodiscard]] char* data() { return bytes_.get() + kBlockPadding; }
  [[nodiscard]] const char* data() const { return bytes_.get() + kBlockPadding; }

  std::unique_ptr<char[]> bytes_;
  size_t size_ = 0;
  size_t capacity_;
};

// A block of output. Not thread-safe.
class OutputBlock {
 public:
  [[nodiscard]] absl::string_view text() const { return {bytes_.get(), size_}; }
  void Clear() { size_ = 0; }

  // Makes room for `count` more bytes.
  void Reserve(size_t count) {
    if (count > capacity_ - size_) Grow(size_ + count);
  }

  // Appends bytes. Requires that Reserve() made room for them, and that kBlockPadding bytes
  // after `bytes` can be read, because it copies 32 bytes at once.
  void AppendPadded(absl::string_view bytes) {
    assert(bytes.size() <= capacity_ - size_);
    char* const to = bytes_.get() + size_;
    for (size_t i = 0; i < bytes.size(); i += kStep) std::memcpy(to + i, bytes.data() + i, kStep);
    size_ += bytes.size();
  }

  // Appends any bytes.
  void Append(absl::string_view bytes) {
    Reserve(bytes.size());
    if (!bytes.empty()) std::memcpy(bytes_.get() + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
  }

  // Returns where the next byte is appended. Added() makes bytes that were written there part of
  // the contents. Requires that Reserve() made room for them.
  [[nodiscard]] char* space() { return bytes_.get() + size_; }
  void Added(size_t count) { size_ += count; }

 private:
  static constexpr size_t kStep = 32;

  void Grow(size_t needed) {
    const size_t capacity = std::max(needed, capacity_ + capacity_ / 2);
    std::unique_ptr<char[]> larger(new char[capacity + kBlockPadding]);
    if (size_ > 0) std::memcpy(larger.get(), bytes_.get(), size_);
    bytes_ = std::move(larger);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> bytes_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

// Counts the lines of a block. A row of CSV whose quoted fields contain line ends counts as
// one line.
struct BlockCounts {
  uint64_t lines = 0;
  // Lines that could not be read and are unchanged.
  uint64_t unread = 0;
  // The number of the first such line within the block, from 0.
  std::optional<uint64_t> first_unread;

  void CountUnread() {
    if (!first_unread) first_unread = lines;
    ++unread;
  }
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_FLOW_LOGS_BLOCKS_H_
