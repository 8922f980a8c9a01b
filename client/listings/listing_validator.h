// Checks that the messages of a listing are one listing.
#ifndef PORTREG_CLIENT_LISTINGS_LISTING_VALIDATOR_H_
#define PORTREG_CLIENT_LISTINGS_LISTING_VALIDATOR_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::internal {

// Remembers what has come of a listing, across the streams that it is read from.
// Faults are FaultOf()'s: to be put after "the server's reply to ListRange",
// empty if there is none. Not thread-safe.
class ListingValidator {
 public:
  explicit ListingValidator(const v1::ListRangeRequest& request);

  // The fault of the next message, its records aside: another revision than the
  // messages before it, or more bytes in all than any registry has.
  // `bytes`: the message's size.
  std::string FaultOfMessage(const v1::ListRangeResponse& message, size_t bytes);

  // The fault of the next record: its own, or that it is out of the listing's
  // order or of the ports that were asked for.
  std::string FaultOfRecord(const v1::PortRecord& record);

  // Returns whether there has been no message.
  [[nodiscard]] bool empty() const { return messages_ == 0; }

 private:
  const int32_t first_port_;
  const int32_t last_port_;
  std::string revision_;
  int64_t messages_ = 0;
  size_t bytes_ = 0;
  // First port of the last record; past all ports if it had none.
  int32_t place_ = 0;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_LISTINGS_LISTING_VALIDATOR_H_
