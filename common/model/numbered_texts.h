// Numbers distinct texts.
#ifndef PORTREG_COMMON_MODEL_NUMBERED_TEXTS_H_
#define PORTREG_COMMON_MODEL_NUMBERED_TEXTS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"

namespace portreg {

// Numbers distinct texts from 0 on, in the order in which they are added. Takes 13 bytes
// and the text for each, where a map from std::string takes 41 and more.
//
//   NumberedTexts texts;
//   texts.Add("https");                // 0
//   texts.Find("https");               // 0
//   texts.Find("http");                // nullopt
//
// Several threads may read at the same time.
class NumberedTexts {
 public:
  using Number = uint32_t;

  // Makes room for `count` texts of `bytes` in all.
  void Reserve(size_t count, size_t bytes) {
    texts_->bytes.reserve(bytes + count + 1);
    texts_->begin.reserve(count);
    numbers_.reserve(count);
  }

  // Returns the number of `text`, and adds the text if it is new. It must not contain a
  // NUL.
  Number Add(absl::string_view text) {
    const auto known = numbers_.find(text);
    if (known != numbers_.end()) return *known;
    const auto number = static_cast<Number>(size());
    texts_->begin.push_back(static_cast<uint32_t>(texts_->bytes.size()));
    texts_->bytes.append(text.data(), text.size());
    texts_->bytes.push_back('\0');
    numbers_.insert(number);
    return number;
  }

  // Returns the number of `text`, or nullopt if it was not added.
  [[nodiscard]] std::optional<Number> Find(absl::string_view text) const {
    const auto known = numbers_.find(text);
    if (known == numbers_.end()) return std::nullopt;
    return *known;
  }

  [[nodiscard]] size_t size() const { return texts_->begin.size(); }

  // Returns the text of a number below size(). Valid until the next Add.
  [[nodiscard]] absl::string_view operator[](Number number) const { return texts_->At(number); }

  // Returns a NUL and then each text followed by a NUL. The object must not be used
  // afterwards.
  [[nodiscard]] std::string TakeBytes() && {
    numbers_ = Numbers(0, Hash{nullptr}, Equal{nullptr});
    return std::move(texts_->bytes);
  }

  // Returns the memory that the texts use in bytes, without the allocator's overhead.
  [[nodiscard]] size_t MemoryBytes() const {
    return texts_->bytes.capacity() + texts_->begin.capacity() * sizeof(uint32_t) +
           numbers_.capacity() * (sizeof(Number) + 1);
  }

 private:
  struct Texts {
    [[nodiscard]] absl::string_view At(Number number) const {
      const size_t end = number + 1 < begin.size() ? begin[number + 1] : bytes.size();
      return {&bytes[begin[number]], end - 1 - begin[number]};
    }

    std::string bytes = std::string(1, '\0');
    // The places in the bytes at which the texts begin.
    std::vector<uint32_t> begin;
  };

  // Hash and compare the texts of numbers.
  struct Hash {
    using is_transparent = void;
    size_t operator()(Number number) const { return absl::HashOf(texts->At(number)); }
    size_t operator()(absl::string_view text) const { return absl::HashOf(text); }
    const Texts* texts;
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(Number a, Number b) const { return a == b; }
    bool operator()(Number a, absl::string_view b) const { return texts->At(a) == b; }
    bool operator()(absl::string_view a, Number b) const { return texts->At(b) == a; }
    const Texts* texts;
  };
  using Numbers = absl::flat_hash_set<Number, Hash, Equal>;

  // Behind a pointer, because numbers_ refers to it and the object can be moved.
  std::unique_ptr<Texts> texts_ = std::make_unique<Texts>();
  Numbers numbers_{0, Hash{texts_.get()}, Equal{texts_.get()}};
};

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_NUMBERED_TEXTS_H_
