#include "common/search/terms.h"

#include <cassert>
#include <utility>

#include "common/search/bitmap.h"

namespace portreg {
namespace {

constexpr size_t kTermBlockBytes = 64;

}  // namespace

Terms::Builder::Builder(size_t max_bytes) {
  text_.reserve(max_bytes + 1);
  text_.push_back('\0');
}

Terms::Number Terms::Builder::Add(absl::string_view term) {
  const auto known = numbers_.find(term);
  if (known != numbers_.end()) return *known;
  const auto number = static_cast<Number>(begin_.size());
  begin_.push_back(static_cast<uint32_t>(text_.size()));
  text_.append(term.data(), term.size());
  text_.push_back('\0');
  numbers_.insert(number);
  return number;
}

Terms Terms::Builder::Build() && {
  numbers_.clear();
  return Terms(std::move(text_));
}

Terms::Terms(std::string text) : text_(std::move(text)) {
  text_.shrink_to_fit();
  blocks_.resize((text_.size() + kTermBlockBytes - 1) / kTermBlockBytes);
  // The NUL at the beginning ends no term.
  for (size_t i = 1; i < text_.size(); ++i) {
    if (i % kTermBlockBytes == 0)
      blocks_[i / kTermBlockBytes].ended_before = static_cast<Number>(count_);
    if (text_[i] != '\0') continue;
    blocks_[i / kTermBlockBytes].ends |= uint64_t{1} << (i % kTermBlockBytes);
    ++count_;
  }
}

Terms::Number Terms::At(size_t position) const {
  const Block& block = blocks_[position / kTermBlockBytes];
  const uint64_t before = (uint64_t{1} << (position % kTermBlockBytes)) - 1;
  return block.ended_before + static_cast<Number>(Bitmap::CountBits(block.ends & before));
}

}  // namespace portreg
