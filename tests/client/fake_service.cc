#include "tests/client/fake_service.h"

#include <chrono>
#include <utility>

namespace portreg {

class OpenCall {
 public:
  explicit OpenCall(grpc::ServerUnaryReactor* reactor) : reactor_(reactor) {}

  [[nodiscard]] bool IsOpen() const {
    const std::lock_guard lock(mutex_);
    return reactor_ != nullptr;
  }

  // Does nothing if the call has ended.
  void Finish(const grpc::Status& status) {
    const std::lock_guard lock(mutex_);
    if (reactor_ != nullptr) std::exchange(reactor_, nullptr)->Finish(status);
  }

 private:
  mutable std::mutex mutex_;
  grpc::ServerUnaryReactor* reactor_;
};

namespace {

// Holds a call open until it is finished or cancelled.
class UnaryReactor final : public grpc::ServerUnaryReactor {
 public:
  explicit UnaryReactor(std::function<void()> on_cancel) : on_cancel_(std::move(on_cancel)) {}

  [[nodiscard]] const std::shared_ptr<OpenCall>& call() const { return call_; }

  void OnCancel() override {
    // The service may be destroyed once the call has ended.
    if (call_->IsOpen()) on_cancel_();
    call_->Finish(grpc::Status::CANCELLED);
  }

  void OnDone() override { delete this; }

 private:
  const std::shared_ptr<OpenCall> call_ = std::make_shared<OpenCall>(this);
  const std::function<void()> on_cancel_;
};

// Plays a ListScript or a WatchScript.
template <typename Script>
class StreamReactor final : public grpc::ServerWriteReactor<typename Script::Response> {
 public:
  StreamReactor(Script script, std::function<void()> on_write, std::function<void()> on_cancel)
      : script_(std::move(script)),
        on_write_(std::move(on_write)),
        on_cancel_(std::move(on_cancel)) {
    WriteNext();
  }

  void OnWriteDone(bool ok) override {
    if (ok) {
      on_write_();
      WriteNext();
    } else {
      FinishOnce(grpc::Status::CANCELLED);
    }
  }

  void OnCancel() override {
    on_cancel_();
    FinishOnce(grpc::Status::CANCELLED);
  }

  void OnDone() override { delete this; }

 private:
  void WriteNext() {
    {
      const std::lock_guard lock(mutex_);
      if (finished_) return;
      if (next_ < script_.messages.size()) {
        this->StartWrite(&script_.messages[next_++]);
        return;
      }
    }
    if (script_.end) FinishOnce(*script_.end);
  }

  void FinishOnce(const grpc::Status& status) {
    {
      const std::lock_guard lock(mutex_);
      if (finished_) return;
      finished_ = true;
    }
    this->Finish(status);
  }

  const Script script_;
  const std::function<void()> on_write_;
  const std::function<void()> on_cancel_;
  std::mutex mutex_;
  size_t next_ = 0;
  bool finished_ = false;
};

}  // namespace

void FakeService::AnswerAll(const std::optional<grpc::Status>& status) {
  lookup = [status](const auto&, auto&) { return status; };
  batch_lookup = [status](const v1::BatchLookupRequest& request,
                          v1::BatchLookupResponse& response) {
    for (int i = 0; i < request.requests_size(); ++i) response.add_results()->mutable_response();
    return status;
  };
  classify = [status](const auto&, auto&) { return status; };
  check = [status](const v1::CheckRequest& request, v1::CheckResponse& response) {
    for (int i = 0; i < request.claims_size(); ++i) response.add_results();
    return status;
  };
  suggest = [status](const auto&, auto&) { return status; };
  search = [status](const auto&, auto&) { return status; };
  get_registry_info = [status](const auto&, auto&) { return status; };
  list_range = [status](const auto&) {
    if (status && status->ok()) return ListScript();
    return ListScript{.messages = {}, .end = status};
  };
  watch = [status](const auto&) { return WatchScript{.messages = {}, .end = status}; };
}

std::string FakeService::user_agent() const {
  const std::vector<Metadata> all = metadata();
  if (all.empty()) return {};
  const auto agent = all.back().find("user-agent");
  return agent == all.back().end() ? std::string() : agent->second;
}

void FakeService::FinishOpenCalls(const grpc::Status& status) {
  for (const std::shared_ptr<OpenCall>& call : Copy(open_calls_)) call->Finish(status);
}

template <typename Condition>
bool FakeService::WaitUntil(Condition condition) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(20), condition);
}

bool FakeService::WaitForCalls(size_t count) const {
  return WaitUntil([&] { return metadata_.size() >= count; });
}

bool FakeService::WaitForWrites(size_t count) const {
  return WaitUntil([&] { return writes_ >= count; });
}

bool FakeService::WaitForCancellation() const {
  return WaitUntil([&] { return cancelled_; });
}

void FakeService::NoteCall(const grpc::CallbackServerContext& context) {
  Metadata& metadata = metadata_.emplace_back();
  for (const auto& [name, value] : context.client_metadata()) {
    metadata.emplace(std::string(name.data(), name.size()),
                     std::string(value.data(), value.size()));
  }
  changed_.notify_all();
}

void FakeService::NoteWrite() {
  const std::lock_guard lock(mutex_);
  ++writes_;
  changed_.notify_all();
}

void FakeService::NoteCancellation() {
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
  changed_.notify_all();
}

template <typename Request, typename Response>
grpc::ServerUnaryReactor* FakeService::Reply(const grpc::CallbackServerContext& context,
                                             const Answer<Request, Response>& answer,
                                             const Request& request, Response& response) {
  auto* const reactor = new UnaryReactor([this] { NoteCancellation(); });
  const std::shared_ptr<OpenCall> call = reactor->call();
  std::optional<grpc::Status> status;
  {
    const std::lock_guard lock(mutex_);
    status = answer ? answer(request, response) : grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "");
    if (!status) open_calls_.push_back(call);
    NoteCall(context);
  }
  if (status) call->Finish(*status);
  return reactor;
}

grpc::ServerUnaryReactor* FakeService::Lookup(grpc::CallbackServerContext* context,
                                              const v1::LookupRequest* request,
                                              v1::LookupResponse* response) {
  {
    const std::lock_guard lock(mutex_);
    lookups_.push_back(*request);
  }
  return Reply(*context, lookup, *request, *response);
}

grpc::ServerUnaryReactor* FakeService::BatchLookup(grpc::CallbackServerContext* context,
                                                   const v1::BatchLookupRequest* request,
                                                   v1::BatchLookupResponse* response) {
  {
    const std::lock_guard lock(mutex_);
    batches_.push_back(*request);
  }
  return Reply(*context, batch_lookup, *request, *response);
}

grpc::ServerUnaryReactor* FakeService::Classify(grpc::CallbackServerContext* context,
                                                const v1::ClassifyRequest* request,
                                                v1::ClassifyResponse* response) {
  return Reply(*context, classify, *request, *response);
}

grpc::ServerUnaryReactor* FakeService::Check(grpc::CallbackServerContext* context,
                                             const v1::CheckRequest* request,
                                             v1::CheckResponse* response) {
  return Reply(*context, check, *request, *response);
}

grpc::ServerUnaryReactor* FakeService::Suggest(grpc::CallbackServerContext* context,
                                               const v1::SuggestRequest* request,
                                               v1::SuggestResponse* response) {
  return Reply(*context, suggest, *request, *response);
}

grpc::ServerUnaryReactor* FakeService::Search(grpc::CallbackServerContext* context,
                                              const v1::SearchRequest* request,
                                              v1::SearchResponse* response) {
  return Reply(*context, search, *request, *response);
}

grpc::ServerUnaryReactor* FakeService::GetRegistryInfo(grpc::CallbackServerContext* context,
                                                       const v1::GetRegistryInfoRequest* request,
                                                       v1::GetRegistryInfoResponse* response) {
  return Reply(*context, get_registry_info, *request, *response);
}

template <typename Request, typename Script>
grpc::ServerWriteReactor<typename Script::Response>* FakeService::Play(
    const grpc::CallbackServerContext& context, const std::function<Script(const Request&)>& script,
    const Request& request, std::vector<Request>& requests) {
  Script played{.messages = {}, .end = grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "")};
  {
    const std::lock_guard lock(mutex_);
    requests.push_back(request);
    if (script) played = script(request);
    NoteCall(context);
  }
  return new StreamReactor<Script>(
      std::move(played), [this] { NoteWrite(); }, [this] { NoteCancellation(); });
}

grpc::ServerWriteReactor<v1::ListRangeResponse>* FakeService::ListRange(
    grpc::CallbackServerContext* context, const v1::ListRangeRequest* request) {
  return Play(*context, list_range, *request, listings_);
}

grpc::ServerWriteReactor<v1::WatchResponse>* FakeService::Watch(
    grpc::CallbackServerContext* context, const v1::WatchRequest* request) {
  return Play(*context, watch, *request, watches_);
}

}  // namespace portreg
