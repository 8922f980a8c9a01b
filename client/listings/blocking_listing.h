// The messages of a listing, each read by blocking for it.
#ifndef PORTREG_CLIENT_LISTINGS_BLOCKING_LISTING_H_
#define PORTREG_CLIENT_LISTINGS_BLOCKING_LISTING_H_

#include <cstddef>
#include <memory>

#include "absl/status/status.h"
#include "absl/types/optional.h"
#include "client/listings/lazy_list_response.h"
#include "client/listings/resumable_listing.h"
#include "grpcpp/grpcpp.h"
#include "portreg/record_stream.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg {

class RecordStream::BlockingListing {
 public:
  // Calls nobody before the first Read.
  explicit BlockingListing(internal::ResumableListing listing);
  // A listing that has failed before it began.
  explicit BlockingListing(absl::Status status);
  BlockingListing(const BlockingListing&) = delete;
  BlockingListing& operator=(const BlockingListing&) = delete;
  // Cancels what has not been read.
  ~BlockingListing();

  // Reads the next message. False at the end and after an error, which status()
  // then tells; a message that is malformed is one.
  bool Read();

  // The next record of the message that was read last, which lives until the
  // next call. nullptr after the last one, and for one that is malformed or breaks
  // the contract: then Read() fails.
  const v1::PortRecord* NextRecord();

  // What was read last. Without records before the first Read.
  [[nodiscard]] const internal::LazyListResponse& message() const { return message_; }

  [[nodiscard]] const absl::Status& status() const { return status_; }

 private:
  enum class Phase { kNew, kOpen, kOver };

  // Opens a stream. False, with status_ set, if there is no connection.
  bool Open();
  // Reads from the stream that is open. False if that has ended.
  bool ReadOne();
  grpc::Status Finish();
  // Cancels the stream that is open, and ends the listing with `status`.
  void Fail(absl::Status status);
  // Ends the stream. Whether to open it again, after a pause that has then been
  // made.
  bool MayGoOn();

  // Nothing where it has failed before it began.
  absl::optional<internal::ResumableListing> listing_;
  Phase phase_ = Phase::kNew;
  std::unique_ptr<grpc::ClientContext> context_;
  // One of them: of a channel, or of the stub that a test brought.
  std::unique_ptr<grpc::ClientReaderInterface<grpc::ByteBuffer>> bytes_reader_;
  std::unique_ptr<grpc::ClientReaderInterface<v1::ListRangeResponse>> reader_;
  internal::LazyListResponse message_;
  size_t message_bytes_ = 0;
  absl::Status status_;
};

}  // namespace portreg

#endif  // PORTREG_CLIENT_LISTINGS_BLOCKING_LISTING_H_
