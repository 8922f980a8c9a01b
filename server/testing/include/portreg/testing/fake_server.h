// A registry for tests: a portregd's service within the test's own process.
#ifndef PORTREG_TESTING_FAKE_SERVER_H_
#define PORTREG_TESTING_FAKE_SERVER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "portreg/v1/port_record.pb.h"

namespace portreg {
namespace testing {

// The record of a port, 0-65535.
v1::PortRecord Record(int32_t port, absl::string_view service,
                      v1::Transport transport = v1::TRANSPORT_TCP,
                      v1::Layer layer = v1::LAYER_LOCAL);

// The record of a range of ports with both ends in it.
v1::PortRecord RecordRange(int32_t first_port, int32_t last_port, absl::string_view service,
                           v1::Transport transport = v1::TRANSPORT_TCP,
                           v1::Layer layer = v1::LAYER_LOCAL);

// A call that a FakeServer got. One that the client retried is a call each
// time.
struct Call {
  // The RPC's name, such as "Lookup".
  std::string method;
  // What was sent along, such as {"x-request-id", "7f3a"}, gRPC's own
  // "user-agent" among it. Names are in lower case.
  std::multimap<std::string, std::string> metadata;
};

// Serves portreg.v1.PortRegistryService over records of the test's own, on a
// free port of 127.0.0.1, as a portregd does that holds no others:
//
//   const auto registry =
//       portreg::testing::FakeServer::Start({portreg::testing::Record(7100, "billing")}).value();
//   portreg::ClientOptions options;
//   options.target = registry->target();
//
// grpc.health.v1 says SERVING. Calls under way end with UNAVAILABLE when the
// server goes, those that arrive just then perhaps with CANCELLED.
//
// Any number of threads may use one at once, but for a callback of the client
// library's, which must neither stop, restart nor destroy it: that blocks until
// the calls under way are over.
class FakeServer {
 public:
  // INVALID_ARGUMENT, naming the record's index and the value, for a record
  // that no registry can hold: a port outside 0-65535, first_port above
  // last_port, one of the two without the other, neither ports nor a name, a
  // name of more than 64 bytes, an owner outside the local layer, an unknown
  // layer or transport, text with a NUL byte or that is not UTF-8, more than
  // 1,000 records of one port or one name. A record
  // without a layer is of the local one; `source` is passed over, since the
  // layer decides it. UNAVAILABLE if no port is free.
  static absl::StatusOr<std::unique_ptr<FakeServer>> Start(
      const std::vector<v1::PortRecord>& records = {});

  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;
  ~FakeServer();

  // host:port, for ClientOptions::target. Stays the same as long as the server
  // lives, stopped or not.
  [[nodiscard]] const std::string& target() const;

  // The revision that answers state.
  [[nodiscard]] std::string revision() const;

  // Answers from `records` from now on, and tells watches of them; listings under
  // way go on with those they began with. Errors as Start's; then the old ones
  // stay.
  absl::Status SetRecords(const std::vector<v1::PortRecord>& records);

  // Lets the next `calls` calls of any RPC fail with `status`; a stream, before
  // its first message. What is set while other failures wait comes after them,
  // and OK lets calls through: FailNext(OkStatus(), 2), then FailNext(error),
  // fails the third. The client library retries UNAVAILABLE, by default in up
  // to 3 tries, each of which is a call. A payload that the library's statuses
  // carry (portreg/error.h) is sent along.
  void FailNext(const absl::Status& status, int calls = 1);

  // Lets each call that arrives from now on wait before it is answered, or
  // fails. absl::InfiniteDuration() answers none. Default: 0. Holds up no other
  // call, and no thread.
  void Delay(absl::Duration delay);

  // Makes the server unreachable: connections are closed and refused. Failures
  // and delay stay set. Nothing happens to a server that is stopped.
  void Stop();

  // Serves again at the same target. Nothing happens to a server that is not
  // stopped. UNAVAILABLE if the port cannot be listened on. A client that was
  // refused meanwhile tries again within about a second, and fails its calls
  // with UNAVAILABLE until then; gRPC lets another client of the process that
  // has the same options wait with it.
  absl::Status Restart();

  // The calls so far, in the order of their arrival.
  [[nodiscard]] std::vector<Call> calls() const;

  // Waits until `count` calls have arrived in all. False if they have not
  // within `timeout`.
  [[nodiscard]] bool WaitForCalls(size_t count, absl::Duration timeout = absl::Seconds(10)) const;

 private:
  struct Impl;

  explicit FakeServer(std::unique_ptr<Impl> impl);

  const std::unique_ptr<Impl> impl_;
};

}  // namespace testing
}  // namespace portreg

#endif  // PORTREG_TESTING_FAKE_SERVER_H_
