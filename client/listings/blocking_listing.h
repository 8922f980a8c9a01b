// Reads a listing by blocking for each message.
#ifndef PORTREG_CLIENT_LISTINGS_BLOCKING_LISTING_H_
#define PORTREG_CLIENT_LISTINGS_BLOCKING_LISTING_H_

#include <cstddef>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "client/connections/connection.h"
#include "client/listings/lazy_list_response.h"
#include "client/listings/resumable_listing.h"
#include "grpcpp/grpcpp.h"
#include "portreg/record_stream.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg {

// Does the work of a RecordStream. Not thread-safe.
class RecordStream::BlockingListing {
 public:
  // Makes no call before the first Read.
  BlockingListing(std::shared_ptr<const internal::Connection> connection,
                  internal::ResumableListing listing);
  // A listing that has failed before it began.
  explicit BlockingListing(absl::Status status);
  BlockingListing(const BlockingListing&) = delete;
  BlockingListing& operator=(const BlockingListing&) = delete;
  // Cancels what has not been read.
  ~BlockingListing();

  // Reads the next message. Returns false at the end and after an error, which
  // status() then returns; a malformed message is an error.
  bool Read();

  // Returns the next record of the message that was read last; it lives until the
  // next call. nullptr after the last record, and for a record that is malformed or
  // breaks the contract: then Read() fails.
  const v1::PortRecord* NextRecord();

  // The message that was read last. Without records before the first Read.
  [[nodiscard]] const internal::LazyListResponse& message() const { return message_; }

  [[nodiscard]] const absl::Status& status() const { return status_; }

 private:
  enum class Phase { kNew, kOpen, kOver };

  // Opens a stream. Returns false, with status_ set, if there is no connection.
  bool Open();
  // Reads from the open stream. Returns false if that has ended.
  bool ReadOne();
  grpc::Status Finish();
  // Cancels the open stream, and ends the listing with `status`.
  void Fail(absl::Status status);
  // Ends the stream. Returns true, after a pause, if another one is to be opened.
  bool MayGoOn();

  // Null and absent if the listing failed before it began.
  const std::shared_ptr<const internal::Connection> connection_;
  std::optional<internal::ResumableListing> listing_;
  Phase phase_ = Phase::kNew;
  std::unique_ptr<grpc::ClientContext> context_;
  // One of them is null: a channel's, or that of the stub that a test brought.
  std::unique_ptr<grpc::ClientReaderInterface<grpc::ByteBuffer>> bytes_reader_;
  std::unique_ptr<grpc::ClientReaderInterface<v1::ListRangeResponse>> reader_;
  internal::LazyListResponse message_;
  size_t message_bytes_ = 0;
  absl::Status status_;
};

}  // namespace portreg

#endif  // PORTREG_CLIENT_LISTINGS_BLOCKING_LISTING_H_
