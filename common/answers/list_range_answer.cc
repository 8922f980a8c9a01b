#include "common/answers/list_range_answer.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace portreg {
namespace {

// A listing's messages begin small and double in size, so that a listing that is
// cancelled at once costs little. From 256 records per message on, making and parsing
// the records dominates the cost.
constexpr int kFirstListingRecords = 16;
constexpr int kMaxListingRecords = 512;

}  // namespace

ListRangeAnswer::ListRangeAnswer(const Registry& registry, RangeCursor cursor,
                                 WithDetails with_details)
    : registry_(registry),
      cursor_(std::move(cursor)),
      with_details_(with_details),
      max_records_(kFirstListingRecords),
      next_(cursor_.Next()) {}

bool ListRangeAnswer::Next(v1::ListRangeResponse& response) {
  response.Clear();
  size_t bytes = 0;
  RecordIndex position = cursor_.position();
  while (next_ != nullptr && response.records_size() < max_records_ && bytes < kListingBytes) {
    v1::PortRecord& record = *response.add_records();
    ToMessage(*next_, with_details_, record);
    bytes += record.ByteSizeLong();
    position = cursor_.position();
    next_ = cursor_.Next();
  }
  max_records_ = std::min(2 * max_records_, kMaxListingRecords);
  response.set_revision(registry_.revision());
  response.set_resume_token(ResumeToken(registry_, position));
  return next_ == nullptr;
}

ListRangeAnswer ListRange(const Registry& registry, ListRangeQuestion question) {
  return {registry, RangeCursor(registry, std::move(question.range), question.from),
          question.with_details};
}

}  // namespace portreg
