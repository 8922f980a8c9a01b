#include "common/search/number_sets.h"

#include <cassert>

namespace portreg {

NumberSets::Id NumberSets::Add(absl::Span<const uint32_t> numbers) {
  const auto id = static_cast<Id>(places_.size());
  if (IsSmallerAsBits(numbers.size())) {
    places_.push_back({static_cast<uint32_t>(bits_.size()), kAsBits});
    bits_.resize(bits_.size() + bitmap_words_);
    uint64_t* const words = &bits_[places_.back().begin];
    for (const uint32_t number : numbers) {
      words[number / Bitmap::kWordBits] |= uint64_t{1} << (number % Bitmap::kWordBits);
    }
  } else {
    places_.push_back(
        {static_cast<uint32_t>(lists_.size()), static_cast<uint32_t>(numbers.size())});
    lists_.insert(lists_.end(), numbers.begin(), numbers.end());
  }
  return id;
}

NumberSets::Id NumberSets::Add(const Bitmap& numbers) {
  assert(numbers.words().size() == bitmap_words_);
  const auto id = static_cast<Id>(places_.size());
  const size_t count = numbers.Count();
  if (IsSmallerAsBits(count)) {
    places_.push_back({static_cast<uint32_t>(bits_.size()), kAsBits});
    bits_.insert(bits_.end(), numbers.words().begin(), numbers.words().end());
  } else {
    places_.push_back({static_cast<uint32_t>(lists_.size()), static_cast<uint32_t>(count)});
    numbers.ForEach([this](size_t number) { lists_.push_back(static_cast<uint32_t>(number)); });
  }
  return id;
}

void NumberSets::AddTo(Id set, Bitmap& numbers) const {
  const Place& place = places_[set];
  if (place.count != kAsBits) {
    const absl::Span<const uint32_t> list =
        absl::MakeConstSpan(lists_).subspan(place.begin, place.count);
    for (const uint32_t number : list) numbers.Set(number);
    return;
  }
  assert(numbers.words().size() == bitmap_words_);
  const uint64_t* const from = &bits_[place.begin];
  uint64_t* const to = numbers.words().data();
  for (size_t i = 0; i < bitmap_words_; ++i) to[i] |= from[i];
}

void NumberSets::ShrinkToFit() {
  places_.shrink_to_fit();
  lists_.shrink_to_fit();
  bits_.shrink_to_fit();
}

}  // namespace portreg
