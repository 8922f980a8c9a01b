#include "common/search/terms.h"

#include <cassert>
#include <utility>

#include "common/search/bitmap.h"

namespace portreg {
namespace {

constexpr size_t kTermBlockBytes = 64;

}  // namespace

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
