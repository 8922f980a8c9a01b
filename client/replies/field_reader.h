// Reads fields of a message in the wire format.
#ifndef PORTREG_CLIENT_REPLIES_FIELD_READER_H_
#define PORTREG_CLIENT_REPLIES_FIELD_READER_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

#include "absl/strings/string_view.h"

namespace portreg::internal {

// Returns true if no byte is above 0x7f. Such a text is valid UTF-8.
inline bool IsAscii(absl::string_view text) {
  constexpr uint64_t kHighBits = 0x8080808080808080;
  const auto word_at = [text](size_t at) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof(word));
    return word;
  };
  uint64_t seen = 0;
  if (text.size() < sizeof(seen)) {
    for (const char c : text) seen |= static_cast<unsigned char>(c);
  } else {
    const size_t last = text.size() - sizeof(seen);
    for (size_t at = 0; at < last; at += sizeof(seen)) seen |= word_at(at);
    seen |= word_at(last);
  }
  return (seen & kHighBits) == 0;
}

// Reads fields of a message (https://protobuf.dev/programming-guides/encoding). The caller asks for
// them in the order in which they are written. Understands only the bytes that a generated
// serializer writes for fields 1 to 15. Stops at other bytes, malformed or not, so that at_end()
// stays false; the generated parser must read such a message.
class FieldReader {
 public:
  // The bytes must outlive the reader.
  explicit FieldReader(absl::string_view bytes)
      : next_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  // Returns true if all bytes have been read.
  [[nodiscard]] bool at_end() const { return next_ == end_; }

  // Returns the next field if it has that number and is a varint below 2^21.
  std::optional<uint32_t> Number(int field) {
    const char* next = AfterTag(field, kVarint);
    uint32_t value = 0;
    if (next == nullptr || (next = Varint(next, value)) == nullptr) return std::nullopt;
    next_ = next;
    return value;
  }

  // Returns the next field if it has that number and is a string, bytes or a message
  // of less than 2^21 bytes.
  std::optional<absl::string_view> Bytes(int field) {
    const char* next = AfterTag(field, kLengthDelimited);
    uint32_t size = 0;
    if (next == nullptr || (next = Varint(next, size)) == nullptr ||
        size > static_cast<size_t>(end_ - next)) {
      return std::nullopt;
    }
    next_ = next + size;
    return absl::string_view(next, size);
  }

 private:
  enum WireType { kVarint = 0, kLengthDelimited = 2 };

  // Returns the position after the tag of that field; nullptr if another tag is next.
  [[nodiscard]] const char* AfterTag(int field, WireType type) const {
    return next_ != end_ && *next_ == (field << 3 | type) ? next_ + 1 : nullptr;
  }

  // Reads a varint of at most three bytes into `value`. Returns the position after it;
  // nullptr if it is longer or incomplete.
  [[nodiscard]] const char* Varint(const char* next, uint32_t& value) const {
    value = 0;
    for (int shift = 0; shift < 21 && next != end_; shift += 7) {
      const auto byte = static_cast<unsigned char>(*next++);
      value |= static_cast<uint32_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return next;
    }
    return nullptr;
  }

  const char* next_;
  const char* const end_;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_REPLIES_FIELD_READER_H_
