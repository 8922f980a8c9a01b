// Listings as a test writes and reads them.
#ifndef PORTREG_TESTS_CLIENT_LISTINGS_H_
#define PORTREG_TESTS_CLIENT_LISTINGS_H_

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "common/answers/answers.h"
#include "common/answers/list_range_answer.h"
#include "common/model/registry.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "portreg/async.h"
#include "portreg/client.h"
#include "portreg/record_stream.h"
#include "portreg/v1/port_registry_service.pb.h"
#include "tests/client/answers.h"
#include "tests/client/fake_server.h"
#include "tests/client/fake_service.h"

namespace portreg {

// How a stream ends that shall go on.
inline grpc::Status Broken() { return {grpc::StatusCode::UNAVAILABLE, "broken"}; }

// The messages of a listing, as the server makes them.
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

inline std::vector<std::string> ReadAll(RecordStream& stream) {
  std::vector<std::string> records;
  while (const v1::PortRecord* record = stream.Next()) {
    records.push_back(record->SerializeAsString());
  }
  return records;
}

// A message with a record for each name, and a token.
inline v1::ListRangeResponse MessageOf(const std::vector<std::string>& names,
                                       const std::string& token) {
  v1::ListRangeResponse message;
  for (const std::string& name : names) message.add_records()->set_service(name);
  message.set_revision("revision");
  message.set_resume_token(token);
  return message;
}

inline std::vector<std::string> NamesOf(RecordStream& stream) {
  std::vector<std::string> names;
  while (const v1::PortRecord* record = stream.Next()) names.push_back(record->service());
  return names;
}

using MaybeMessage = absl::optional<v1::ListRangeResponse>;

// What a listing yields up to its end, and how it ends.
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

  // As RecordsOf has them.
  [[nodiscard]] std::vector<std::string> Records() const {
    std::vector<std::string> serialized;
    for (const v1::PortRecord& record : records) serialized.push_back(record.SerializeAsString());
    return serialized;
  }
};

inline Yield ReadToEnd(RecordStream& stream) {
  Yield yield;
  while (const v1::PortRecord* record = stream.Next()) yield.records.push_back(*record);
  yield.revision = stream.revision();
  yield.resume_token = stream.resume_token();
  yield.status = stream.status();
  return yield;
}

inline Yield ReadToEnd(AsyncRecordStream& stream) {
  Yield yield;
  while (true) {
    absl::StatusOr<MaybeMessage> message = NextOf(stream);
    yield.status = message.status();
    if (!message.ok() || !message->has_value()) return yield;
    yield.Add(**std::move(message));
  }
}

// Tokens of the listings that a service was asked for.
inline std::vector<std::string> TokensAsked(const FakeService& service) {
  std::vector<std::string> tokens;
  for (const v1::ListRangeRequest& request : service.listings()) {
    tokens.push_back(request.resume_token());
  }
  return tokens;
}

// A listing whose streams are scripted.
class ScriptedListingTest : public ::testing::Test {
 protected:
  // The n-th stream plays the n-th script; further ones the last.
  void Play(std::vector<ListScript> scripts) {
    service_.list_range = [scripts = std::move(scripts),
                           next = size_t{0}](const v1::ListRangeRequest&) mutable {
      return scripts[std::min(next++, scripts.size() - 1)];
    };
  }

  [[nodiscard]] RecordStream List(const v1::ListRangeRequest& request = {}) {
    client_ = MakeClient(options_);
    return client_->ListRange(request);
  }

  [[nodiscard]] AsyncRecordStream ListAsync(const v1::ListRangeRequest& request = {}) {
    client_ = MakeClient(options_);
    return client_->ListRangeAsync(request);
  }

  // A listing from its beginning to its end.
  [[nodiscard]] Yield Read(Way way, const v1::ListRangeRequest& request = {}) {
    if (way == Way::kBlocking) {
      RecordStream stream = List(request);
      return ReadToEnd(stream);
    }
    AsyncRecordStream stream = ListAsync(request);
    return ReadToEnd(stream);
  }

  FakeService service_;
  FakeServer server_{service_};
  ClientOptions options_ = OptionsFor(server_.target());
  std::unique_ptr<Client> client_;
};

}  // namespace portreg

#endif  // PORTREG_TESTS_CLIENT_LISTINGS_H_
