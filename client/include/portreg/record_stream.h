// The records of a listing, one after the other.
#ifndef PORTREG_RECORD_STREAM_H_
#define PORTREG_RECORD_STREAM_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg {

// Yields records as they arrive; no more than two messages of them are held in
// memory. The call begins with the first Next(). A stream that breaks with
// UNAVAILABLE after a message goes on where it broke, waiting for the server
// until the listing's timeout is over; RetryOptions::max_attempts of 1
// switches that off.
//
//   portreg::RecordStream records = client->ListRange(request);
//   while (const portreg::v1::PortRecord* record = records.Next()) Use(*record);
//   if (!records.status().ok()) ...
//
// For one thread at a time. The client may go away before its streams.
class RecordStream {
 public:
  // Yields the messages; defined in client/listings/blocking_listing.h.
  class BlockingListing;

  // Clients make these.
  explicit RecordStream(std::unique_ptr<BlockingListing> listing);
  // A stream that was moved from is at its end.
  RecordStream(RecordStream&& other) noexcept;
  // Cancels the listing that this stood for.
  RecordStream& operator=(RecordStream&& other) noexcept;
  // Cancels a listing that has not been read to its end, and waits until gRPC has
  // ended its call; not for the server.
  ~RecordStream();

  // The next record, which lives until the next call. nullptr at the end, and
  // after an error; see status().
  [[nodiscard]] const v1::PortRecord* Next();

  // OK as long as no error has occurred. ABORTED (REVISION_CHANGED) if the
  // registry changed while a broken stream was resumed, or since the request's
  // resume token was given out: start over. INTERNAL if a message is malformed
  // or breaks the contract: no message at all, another revision than before,
  // ports out of range or order, more bytes than a registry lists. The records
  // before the fault may have been yielded.
  [[nodiscard]] const absl::Status& status() const { return status_; }

  // The revision of the records. Empty before the first call of Next().
  [[nodiscard]] const std::string& revision() const { return revision_; }

  // Continues, in a later request, after the last message whose records have
  // all been yielded. Empty before that.
  [[nodiscard]] const std::string& resume_token() const { return resume_token_; }

 private:
  std::unique_ptr<BlockingListing> listing_;
  std::string revision_;
  std::string resume_token_;
  absl::Status status_;
};

}  // namespace portreg

#endif  // PORTREG_RECORD_STREAM_H_
