// Checks that the messages of a listing fit together.
#ifndef PORTREG_CLIENT_LISTINGS_LISTING_VALIDATOR_H_
#define PORTREG_CLIENT_LISTINGS_LISTING_VALIDATOR_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::internal {

// Checks the messages and records of a listing against each other, across the streams
// that it is read from. Faults are worded as those of FaultOf(), and empty if there
// are none. Not thread-safe.
class ListingValidator {
 public:
  explicit ListingValidator(const v1::ListRangeRequest& request);

  // Returns the fault of the next message, which has `bytes` bytes, without its
  // records: another revision than before, or more bytes in all than a registry has.
  std::string FaultOfMessage(const v1::ListRangeResponse& message, size_t bytes);

  // Returns the fault of the next record: its own, or that it is not in order, not in the
  // range of ports, or not of the layers.
  std::string FaultOfRecord(const v1::PortRecord& record);

  // Returns true if there has been no message.
  [[nodiscard]] bool empty() const { return messages_ == 0; }

 private:
  const int32_t first_port_;
  const int32_t last_port_;
  // Empty: all layers.
  const std::vector<int> layers_;
  std::string revision_;
  int64_t messages_ = 0;
  size_t bytes_ = 0;
  // The first port of the last record; kMaxPort + 1 if it had none.
  int32_t place_ = 0;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_LISTINGS_LISTING_VALIDATOR_H_
