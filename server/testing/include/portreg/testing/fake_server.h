// Serves a registry of a test's own records within the process of the test.
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

// Returns a record of a port, 0-65535.
v1::PortRecord Record(int32_t port, absl::string_view service,
                      v1::Transport transport = v1::TRANSPORT_TCP,
                      v1::Layer layer = v1::LAYER_LOCAL);

// Returns a record of the ports from `first_port` to `last_port`, both included.
v1::PortRecord RecordRange(int32_t first_port, int32_t last_port, absl::string_view service,
                           v1::Transport transport = v1::TRANSPORT_TCP,
                           v1::Layer layer = v1::LAYER_LOCAL);

// A call that a FakeServer received. Each retry of the client is a call too.
struct Call {
  // The RPC's name, such as "Lookup".
  std::string method;
  // The metadata, such as {"x-request-id", "7f3a"}, including gRPC's own "user-agent".
  // Names are in lower case.
  std::multimap<std::string, std::string> metadata;
};

// Serves portreg.v1.PortRegistryService on a free port of 127.0.0.1, as a portregd does
// that has only these records:
//
//   const auto registry =
//       portreg::testing::FakeServer::Start({portreg::testing::Record(7100, "billing")}).value();
//   portreg::ClientOptions options;
//   options.target = registry->target();
//
// grpc.health.v1 returns SERVING. When the server is stopped or destroyed, calls under way
// end with UNAVAILABLE; calls that arrive at that moment may end with CANCELLED.
//
// Thread-safe. However, a callback of the client library must not stop, restart or destroy
// the server, because these wait until the calls under way are over.
class FakeServer {
 public:
  // Starts a server. A record without a layer belongs to the local one; `source` is
  // ignored, because the layer determines it. Returns UNAVAILABLE if no port is free.
  // Returns INVALID_ARGUMENT, naming the record's index and the value, for a record that no
  // registry can hold:
  // - a port outside 0-65535, first_port above last_port, or only one of the two;
  // - neither ports nor a name;
  // - a name of more than 64 bytes;
  // - an owner outside the local layer;
  // - an unknown layer or transport;
  // - text with a NUL byte, or that is not UTF-8;
  // - more than 1,000 records of one port or one name.
  static absl::StatusOr<std::unique_ptr<FakeServer>> Start(
      const std::vector<v1::PortRecord>& records = {});

  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;
  ~FakeServer();

  // Returns host:port, for ClientOptions::target. Stop and Restart do not change it.
  [[nodiscard]] const std::string& target() const;

  // Returns the revision that answers contain.
  [[nodiscard]] std::string revision() const;

  // Replaces the records, and notifies watches. Listings under way continue with the old
  // records. The errors are those of Start, and keep the old records.
  absl::Status SetRecords(const std::vector<v1::PortRecord>& records);

  // Makes the next `calls` calls of any RPC fail with `status`; a stream fails before its
  // first message. Further failures are queued, and OK lets calls succeed:
  // FailNext(OkStatus(), 2), then FailNext(error), fails the third call. The client library
  // retries UNAVAILABLE, by default in up to 3 attempts, each of which counts as a call. The
  // payload of the library's statuses (portreg/error.h) is sent too.
  void FailNext(const absl::Status& status, int calls = 1);

  // Delays the answer or failure of each call that arrives from now on, without blocking
  // other calls or a thread. With absl::InfiniteDuration(), calls get no answer.
  // Default: 0.
  void Delay(absl::Duration delay);

  // Makes the server unreachable: closes connections and refuses new ones. Keeps the failures
  // and the delay that are set. Does nothing if the server is stopped.
  void Stop();

  // Serves again at the same target. Does nothing if the server is not stopped. Returns
  // UNAVAILABLE if it cannot listen on the port. A client that was refused in the meantime
  // connects again within about a second; until then its calls fail with UNAVAILABLE. So do
  // those of other clients in the process with the same options, which share its connection.
  absl::Status Restart();

  // Returns the calls so far, in the order of their arrival.
  [[nodiscard]] std::vector<Call> calls() const;

  // Waits until `count` calls have arrived since the start. Returns false if they have not
  // arrived within `timeout`.
  [[nodiscard]] bool WaitForCalls(size_t count, absl::Duration timeout = absl::Seconds(10)) const;

 private:
  struct Impl;

  explicit FakeServer(std::unique_ptr<Impl> impl);

  const std::unique_ptr<Impl> impl_;
};

}  // namespace testing
}  // namespace portreg

#endif  // PORTREG_TESTING_FAKE_SERVER_H_
