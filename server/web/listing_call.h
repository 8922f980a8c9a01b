// Answers a ListRange call at the web door, with one line of JSON for each message.
#ifndef PORTREG_SERVER_WEB_LISTING_CALL_H_
#define PORTREG_SERVER_WEB_LISTING_CALL_H_

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/answers/list_range_answer.h"
#include "common/answers/requests.h"
#include "grpcpp/support/slice.h"
#include "server/http/content_coding.h"
#include "server/http/http_exchange.h"
#include "server/replies/snapshot.h"
#include "server/replies/stored_list_range_answer.h"
#include "server/web/web_call.h"
#include "server/web_protocol/web_question.h"
#include "server/workers/worker_pool.h"

namespace portreg::server {

// A ListRange call. The body of its response has a line with the JSON of each message (NDJSON).
// A worker makes a line only after the connection has taken the previous one, so that a client
// that does not read costs the memory of one line. All lines are from one snapshot. If the
// listing cannot be completed, the connection is closed before the end of the body, and the
// client can continue with the resume token of the last whole line.
class ListingCall final : public HttpStream,
                          public WorkerPool::Job,
                          public std::enable_shared_from_this<ListingCall> {
 public:
  // Answers the exchange. The service must outlive the exchange.
  static void Start(WebService& service, HttpExchange& exchange, const WebQuestion& question);

  ListingCall(WebService& service, HttpExchange& exchange);

  State Read(HttpExchange& exchange, char* to, size_t room, size_t& written) override;

  void Run() override;
  void Refuse(WorkerPool::Refusal why) override;

 private:
  void Go(const WebQuestion& question);
  // Returns the response. Its body is this stream, or empty if the client already has the
  // listing.
  absl::StatusOr<HttpResponse> Begin(const WebQuestion& question);
  // Returns the next serialised message, and sets `last_`.
  absl::StatusOr<std::string> NextMessage();
  // Returns the bytes of the next line, compressed if the client accepts that.
  absl::StatusOr<grpc::Slice> NextLine();

  WebCallRecord record_;
  std::shared_ptr<const Snapshot> snapshot_;
  // Holds the question until a worker begins the listing, then the answer. The messages are the
  // same as in gRPC's stream.
  std::variant<std::monostate, ListRangeQuestion, StoredListRangeAnswer, ListRangeAnswer> listing_;
  // True if the client accepts compressed bodies.
  bool compress_ = false;
  // Null before the first line. Stays null if the body is not compressed.
  std::unique_ptr<GzipStream> gzip_;
  // The line that is being sent, and how many of its bytes have been sent.
  std::optional<grpc::Slice> line_;
  size_t sent_ = 0;
  // True once the last line has been made.
  bool last_ = false;
  absl::Status failure_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_WEB_LISTING_CALL_H_
