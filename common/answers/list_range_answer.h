// Answers ListRange, one message at a time.
#ifndef PORTREG_COMMON_ANSWERS_LIST_RANGE_ANSWER_H_
#define PORTREG_COMMON_ANSWERS_LIST_RANGE_ANSWER_H_

#include <cstddef>

#include "common/answers/conversion.h"
#include "common/answers/requests.h"
#include "common/model/range_cursor.h"
#include "common/model/registry.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg {

// A message of a listing is full when its records have this many bytes. The bound limits
// the memory that is held for a client that does not read.
inline constexpr size_t kListingBytes = 64 << 10;

// Makes the messages of one listing, one at a time. Not thread-safe.
//
//   ListRangeAnswer answer = ListRange(registry, question);
//   v1::ListRangeResponse message;
//   bool last = false;
//   while (!last) {
//     last = answer.Next(message);
//     Send(message);
//   }
class ListRangeAnswer {
 public:
  // The registry must outlive the answer.
  ListRangeAnswer(const Registry& registry, RangeCursor cursor, WithDetails with_details);

  // Replaces `response` by the next message. Returns true if it is the last one. A
  // listing has at least one message. Must not be called again after the last one.
  [[nodiscard]] bool Next(v1::ListRangeResponse& response);

 private:
  const Registry& registry_;
  RangeCursor cursor_;
  WithDetails with_details_;
  // The most records of the next message.
  int max_records_;
  // The record after those already returned; null at the end. Read ahead to know which message
  // is the last.
  const ServiceRecord* next_;
};

ListRangeAnswer ListRange(const Registry& registry, ListRangeQuestion question);

}  // namespace portreg

#endif  // PORTREG_COMMON_ANSWERS_LIST_RANGE_ANSWER_H_
