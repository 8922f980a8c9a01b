// The road of a listing.
#ifndef PORTREG_SERVER_LIST_RANGE_STREAM_H_
#define PORTREG_SERVER_LIST_RANGE_STREAM_H_

#include <memory>
#include <optional>
#include <variant>

#include "absl/status/status.h"
#include "grpcpp/grpcpp.h"
#include "server/calls.h"
#include "server/handlers.h"
#include "server/publication.h"
#include "server/stored_listing.h"
#include "server/stream.h"

namespace portreg {

// Sends one message at a time, the next one when gRPC has taken the last: a
// reader that does not read costs one message.
class ListRangeStream final : public Stream {
 public:
  ListRangeStream(Calls& calls, grpc::CallbackServerContext& context,
                  std::shared_ptr<const Snapshot> snapshot);

  // Reads the request and sends the first message; once, after Begin.
  void Go(const grpc::ByteBuffer& request);

  void OnWriteDone(bool ok) override;

 private:
  void SendNext();
  // Puts the listing's next message into `bytes`, and into `last` whether there
  // is no other. An error ends the stream.
  absl::Status Next(grpc::ByteBuffer& bytes, bool& last);

  const std::shared_ptr<const Snapshot> snapshot_;
  // Empty until the request is read.
  std::variant<std::monostate, StoredListing, Listing> listing_;
};

}  // namespace portreg

#endif  // PORTREG_SERVER_LIST_RANGE_STREAM_H_
