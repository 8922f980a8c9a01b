// Writes and reads listings in tests.
#ifndef PORTREG_TESTS_CLIENT_LISTINGS_H_
#define PORTREG_TESTS_CLIENT_LISTINGS_H_

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/answers/answers.h"
#include "common/answers/list_range_answer.h"
#include "common/model/registry.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "portreg/async_record_stream.h"
#include "portreg/call_options.h"
#include "portreg/client.h"
#include "portreg/record_stream.h"
#include "portreg/v1/port_registry_service.pb.h"
#include "tests/client/answers.h"
#include "tests/client/fake_server.h"
#include "tests/client/fake_service.h"

namespace portreg {

// Returns a status with which a stream ends and is then resumed.
inline grpc::Status Broken() { return {grpc::StatusCode::UNAVAILABLE, "broken"}; }

// Returns the messages of a listing that the real server would send.
inline std::vector<v1::ListRangeResponse> MessagesOf(const Registry& registry,
                                                     const v1::ListRangeRequest& request) {
  std::vector<v1::ListRangeResponse> messages;
  ListRangeAnswer listing = ListRange(registry, Read(request, registry).value());
  for (bool last = false; !last;) last = listing.Next(messages.emplace_back());
  return messages;
}

inline std::vector<std::string> RecordsOf(const std::vector<v1::ListRangeResponse>& messages) {
  std::vector<std::string> records;
  for (const v1::ListRangeResponse& message : messages) {
    for (const v1::PortRecord& record : message.records()) {
      records.push_back(record.SerializeAsString());
    }
  }
  return records;
}

// Returns a message with a record for each name, a revision and `token`.
inline v1::ListRangeResponse MessageOf(const std::vector<std::string>& names,
                                       const std::string& token) {
  v1::ListRangeResponse message;
  for (const std::string& name : names) message.add_records()->set_service(name);
  message.set_revision("revision");
  message.set_resume_token(token);
  return message;
}

using MaybeMessage = std::optional<v1::ListRangeResponse>;

// The records that a listing has yielded, its last revision and token, and its status.
struct Yield {
  std::vector<v1::PortRecord> records;
  std::string revision;
  std::string resume_token;
  absl::Status status;

  void Add(v1::ListRangeResponse message) {
    revision = message.revision();
    resume_token = message.resume_token();
    for (v1::PortRecord& record : *message.mutable_records()) records.push_back(std::move(record));
  }

  [[nodiscard]] std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const v1::PortRecord& record : records) names.push_back(record.service());
    return names;
  }

  // Returns the serialised records, as RecordsOf does.
  [[nodiscard]] std::vector<std::string> Records() const {
    std::vector<std::string> serialized;
    for (const v1::PortRecord& record : records) serialized.push_back(record.SerializeAsString());
    return serialized;
  }
};

// Reads a listing in one of the two ways and keeps what it has yielded so far.
class Listing {
 public:
  Listing(Way way, const Client& client, const v1::ListRangeRequest& request = {},
          const CallOptions& call = {})
      : stream_(way == Way::kBlocking ? Stream(client.ListRange(request, call))
                                      : Stream(client.ListRangeAsync(request, call))) {}

  // Reads one record of a blocking stream, or one message of an asynchronous stream.
  // Returns false at the end.
  bool Next() {
    if (auto* const blocking = std::get_if<RecordStream>(&stream_)) {
      const v1::PortRecord* const record = blocking->Next();
      if (record != nullptr) yield_.records.push_back(*record);
      yield_.revision = blocking->revision();
      yield_.resume_token = blocking->resume_token();
      yield_.status = blocking->status();
      return record != nullptr;
    }
    absl::StatusOr<MaybeMessage> message = NextOf(std::get<AsyncRecordStream>(stream_));
    yield_.status = message.status();
    if (!message.ok() || !message->has_value()) return false;
    yield_.Add(**std::move(message));
    return true;
  }

  // Reads the rest of the listing.
  const Yield& ReadToEnd() {
    while (Next()) continue;
    return yield_;
  }

  [[nodiscard]] const Yield& yield() const { return yield_; }

  void AssignStreamToItself() {
    std::visit(
        [](auto& stream) {
          auto& same = stream;
          stream = std::move(same);
        },
        stream_);
  }

 private:
  using Stream = std::variant<RecordStream, AsyncRecordStream>;

  Stream stream_;
  Yield yield_;
};

// Returns the resume token of each ListRange request that the service has received.
inline std::vector<std::string> TokensAsked(const FakeService& service) {
  std::vector<std::string> tokens;
  for (const v1::ListRangeRequest& request : service.listings()) {
    tokens.push_back(request.resume_token());
  }
  return tokens;
}

// Tests listings whose streams are scripted.
class ScriptedListingTest : public ::testing::Test {
 protected:
  // Makes the n-th stream play the n-th script. Further streams play the last script.
  void Play(std::vector<ListScript> scripts) {
    service_.list_range = [scripts = std::move(scripts),
                           next = size_t{0}](const v1::ListRangeRequest&) mutable {
      return scripts[std::min(next++, scripts.size() - 1)];
    };
  }

  // Creates a client with the current options and returns it.
  const Client& NewClient() {
    client_ = MakeClient(options_);
    return *client_;
  }

  FakeService service_;
  FakeServer server_{service_};
  ClientOptions options_ = OptionsFor(server_.target());
  std::unique_ptr<Client> client_;
};

}  // namespace portreg

#endif  // PORTREG_TESTS_CLIENT_LISTINGS_H_
