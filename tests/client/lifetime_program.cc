// Destroys clients while their calls are under way, at each moment in turn, and blocks in
// callbacks:
//
//   lifetime_program TARGET
//
// This is a program without a gRPC server, because a server in the same process keeps
// alive what the client must keep alive.
#include <array>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "portreg/client.h"

namespace {

constexpr int kRounds = 60;
constexpr absl::Duration kPatience = absl::Seconds(40);

using Message = std::optional<portreg::v1::ListRangeResponse>;

// True if the clients' lookups share calls.
bool coalesce_lookups = false;

std::unique_ptr<portreg::Client> MakeClient(const std::string& target) {
  portreg::ClientOptions options;
  options.target = target;
  options.coalesce_lookups = coalesce_lookups;
  options.timeout = options.list_timeout = kPatience;
  return portreg::Client::Create(options).value();
}

void Await(const absl::Notification& done, const char* what) {
  if (done.WaitForNotificationWithTimeout(kPatience)) return;
  std::cerr << what << ": the callback did not run\n";
  std::exit(EXIT_FAILURE);
}

portreg::v1::LookupRequest Https() {
  portreg::v1::LookupRequest request;
  request.set_port(443);
  return request;
}

void GoesBeforeTheAnswer(const std::string& target) {
  absl::Notification done;
  MakeClient(target)->LookupAsync(Https(), [&done](const auto& answer) {
    if (answer.ok()) done.Notify();
  });
  Await(done, "the client goes before the answer");
}

void GoesInTheCallback(const std::string& target) {
  absl::Notification done;
  std::unique_ptr<portreg::Client> client = MakeClient(target);
  const portreg::Client& asked = *client;
  asked.LookupAsync(Https(), [&done, client = std::move(client)](const auto& answer) mutable {
    client.reset();
    if (answer.ok()) done.Notify();
  });
  Await(done, "the client goes in the callback");
}

void GoesWithLookupsThatGather(const std::string& target) {
  constexpr int kLookups = 8;
  std::array<absl::Notification, kLookups> done;
  std::unique_ptr<portreg::Client> client = MakeClient(target);
  for (absl::Notification& each : done) {
    const portreg::PendingCall call =
        client->LookupAsync(Https(), [&each](const auto& /*answer*/) { each.Notify(); });
    if (&each == &done[kLookups / 2]) call.Cancel();
  }
  client.reset();
  for (const absl::Notification& each : done) Await(each, "the client goes while lookups gather");
}

// Callbacks must not block. One that does must delay itself only, and not stop every
// lookup of the process forever.
void CallbacksBlock(const std::string& target) {
  constexpr int kLookups = 8;
  std::array<absl::Notification, kLookups> done;
  const std::unique_ptr<portreg::Client> client = MakeClient(target);
  portreg::CallOptions brief;
  brief.timeout = absl::Seconds(1);
  for (absl::Notification& each : done) {
    const auto ask_again = [&](const auto& /*answer*/) {
      static_cast<void>(client->LookupPort(443, brief));
      each.Notify();
    };
    client->LookupAsync(Https(), ask_again, brief);
  }
  for (const absl::Notification& each : done) Await(each, "callbacks block");
}

void GoesBeforeItsListing(const std::string& target) {
  absl::Notification done;
  portreg::AsyncRecordStream stream = MakeClient(target)->ListRangeAsync({});
  stream.Next([&done](const absl::StatusOr<Message>& message) {
    if (message.ok()) done.Notify();
  });
  Await(done, "the client goes before its listing");
}

void ListingGoesInTheCallback(const std::string& target) {
  absl::Notification done;
  auto stream =
      std::make_unique<portreg::AsyncRecordStream>(MakeClient(target)->ListRangeAsync({}));
  portreg::AsyncRecordStream& asked = *stream;
  asked.Next([&done, stream = std::move(stream)](const absl::StatusOr<Message>& message) mutable {
    stream.reset();
    if (message.ok()) done.Notify();
  });
  Await(done, "the listing goes in the callback");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return EXIT_FAILURE;
  for (int round = 0; round < kRounds; ++round) {
    coalesce_lookups = round % 2 == 1;
    GoesBeforeTheAnswer(argv[1]);
    GoesInTheCallback(argv[1]);
    GoesWithLookupsThatGather(argv[1]);
    GoesBeforeItsListing(argv[1]);
    ListingGoesInTheCallback(argv[1]);
  }
  for (const bool coalesce : {false, true}) {
    coalesce_lookups = coalesce;
    CallbacksBlock(argv[1]);
  }
  std::cout << "all callbacks ran\n";
}
