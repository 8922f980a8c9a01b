#include "server/replies/stored_list_range_answer.h"

#include <algorithm>

#include "common/answers/answers.h"
#include "server/replies/grpc_conversion.h"

namespace portreg::server {

bool StoredListRangeAnswer::Serves(const ListRangeQuestion& question) {
  return question.with_details == WithDetails::kNo && question.range.layers.empty() &&
         question.range.transport == Transport::kNone && question.range.scope.empty();
}

StoredListRangeAnswer::StoredListRangeAnswer(const Registry& registry, const StoredReplies& replies,
                                             const ListRangeQuestion& question)
    : registry_(registry),
      replies_(replies),
      runs_(RunsOf(registry, question.range, question.from)),
      position_(question.from) {}

bool StoredListRangeAnswer::Next(grpc::ByteBuffer& message) {
  std::vector<grpc::Slice> pieces;
  size_t bytes = 0;
  while (run_ < runs_.size() && bytes < kListingBytes) {
    RecordRun& run = runs_[run_];
    const RecordRun part = replies_.FirstRecords(run, kListingBytes - bytes);
    pieces.push_back(replies_.Records(part));
    bytes += pieces.back().size();
    run.first = position_ = part.second;
    if (run.first == run.second) ++run_;
  }
  v1::ListRangeResponse rest;
  rest.set_revision(registry_.revision());
  rest.set_resume_token(ResumeToken(registry_, position_));
  pieces.push_back(ToSlice(rest.SerializeAsString()));
  Put(pieces, message);
  return run_ == runs_.size();
}

}  // namespace portreg::server
