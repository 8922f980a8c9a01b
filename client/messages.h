// The messages of a listing, across broken streams.
#ifndef PORTREG_CLIENT_MESSAGES_H_
#define PORTREG_CLIENT_MESSAGES_H_

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/connection.h"
#include "grpcpp/grpcpp.h"
#include "portreg/record_stream.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg {

// Reads a listing message by message. gRPC retries a stream only until its
// first bytes arrive; this opens the next one with the last resume token, and
// lets it wait for a server.
class RecordStream::Messages {
 public:
  // Calls nobody before the first Read.
  Messages(std::shared_ptr<const internal::Connection> connection, v1::ListRangeRequest request);
  Messages(const Messages&) = delete;
  Messages& operator=(const Messages&) = delete;
  // Cancels what has not been read.
  ~Messages();

  // Puts the next message into `message`. False at the end and after an error,
  // which status() then tells.
  bool Read(v1::ListRangeResponse& message);

  [[nodiscard]] const absl::Status& status() const { return status_; }

 private:
  enum class Phase { kNew, kOpen, kOver };

  // Opens a stream. False, with status_ set, if there is no connection.
  bool Open();
  // Ends the stream. Whether it may be opened again, after a pause that has
  // then been made: it broke with UNAVAILABLE, and not without a message.
  bool MayGoOn();

  const std::shared_ptr<const internal::Connection> connection_;
  v1::ListRangeRequest request_;
  absl::Time deadline_;
  Phase phase_ = Phase::kNew;
  // Whether the stream that is open has yielded a message, and whether any has.
  bool has_yielded_ = false;
  bool is_resumption_ = false;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientReaderInterface<v1::ListRangeResponse>> reader_;
  absl::Status status_;
};

}  // namespace portreg

#endif  // PORTREG_CLIENT_MESSAGES_H_
