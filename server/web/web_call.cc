#include "server/web/web_call.h"

#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "server/http/conditional.h"
#include "server/http/content_coding.h"
#include "server/http/request_rules.h"
#include "server/service/unary_reply.h"
#include "server/web/connect_protocol.h"
#include "server/web/error_reply.h"
#include "server/web/json.h"
#include "server/web/methods.h"

namespace portreg::server {
namespace {

// Returns true for methods whose answers are small, and so cost little as JSON.
bool IsQuick(Method method) { return method == Method::kLookup || method == Method::kClassify; }

// Returns true if the answer depends on the registry and the request alone. A check and a
// suggestion depend on the day too.
bool DependsOnRevisionAlone(Method method) {
  return method != Method::kCheck && method != Method::kSuggest;
}

// Returns bytes that share the memory of a slice.
HttpBytes BytesOf(const grpc::Slice& slice) {
  auto kept = std::make_shared<const grpc::Slice>(slice);
  const absl::string_view text(reinterpret_cast<const char*>(kept->begin()), kept->size());
  return {text, std::move(kept)};
}

}  // namespace

std::string EntityTagOf(const Registry& registry) {
  return absl::StrCat("W/\"", registry.revision(), "\"");
}

WebCallRecord::WebCallRecord(WebService& service, HttpExchange& exchange, Method method)
    : service_(service),
      exchange_(exchange),
      method_(method),
      under_way_(service.calls),
      start_(std::chrono::steady_clock::now()) {
  stats().started.fetch_add(1, std::memory_order_relaxed);
}

absl::Status WebCallRecord::Admit() {
  absl::Status status = service_.calls.AdmitWithin(FieldBytes(exchange_.request.fields));
  if (!status.ok() || !service_.admit) return status;
  return service_.admit(exchange_.connection().client.value_or(CertificateNames()));
}

void WebCallRecord::Handled(const absl::Status& status) {
  if (handled_) return;
  handled_ = true;
  const std::chrono::nanoseconds taken = std::chrono::steady_clock::now() - start_;
  MethodStats& counted = stats();
  const auto code = static_cast<grpc::StatusCode>(status.code());
  counted.handled[static_cast<size_t>(code)].fetch_add(1, std::memory_order_relaxed);
  counted.handling.Observe(taken.count());
  CallObserver* const observer = service_.calls.options().observer;
  if (observer != nullptr) observer->OnWebHandled(*this, method_, code, taken);
}

void WebCall::Start(WebService& service, HttpExchange& exchange, WebQuestion question) {
  auto call = std::make_shared<WebCall>(service, exchange, std::move(question));
  exchange.Keep(call);
  call->Go();
}

void WebCall::Go() {
  HttpExchange& exchange = record_.exchange();
  if (absl::Status status = record_.Admit(); !status.ok()) {
    exchange.Answer(Fail(status));
  } else if (IsQuick(question_.method)) {
    exchange.Answer(Answer());
  } else {
    exchange.Suspend();
    record_.service().calls.workers().Submit(record_.flow(), *this);
  }
}

void WebCall::Run() {
  HttpExchange& exchange = record_.exchange();
  exchange.Answer(Answer());
  exchange.Resume();
}

void WebCall::Refuse(WorkerPool::Refusal why) {
  HttpExchange& exchange = record_.exchange();
  exchange.Answer(Fail(record_.service().calls.StatusOf(why)));
  exchange.Resume();
}

HttpResponse WebCall::Answer() {
  if (MonotonicTime::Now() >= question_.deadline) {
    return Fail(absl::DeadlineExceededError("the client's time is over"));
  }
  WebService& service = record_.service();
  const std::shared_ptr<const Snapshot> snapshot = service.publication.Current();
  const std::string& target = record_.exchange().request.target;
  if (may_cache()) {
    const StoredAnswer* const kept = service.cache.Find(*snapshot, target);
    if (kept != nullptr) {
      record_.Handled(absl::OkStatus());
      return Respond(*kept, *snapshot);
    }
  }
  const absl::StatusOr<StoredAnswer> answer = Compute(*snapshot);
  if (!answer.ok()) return Fail(answer.status());
  if (may_cache()) service.cache.Add(*snapshot, target, *answer);
  record_.Handled(absl::OkStatus());
  return Respond(*answer, *snapshot);
}

// Only the door's thread uses the cache, and only it answers quick methods.
bool WebCall::may_cache() const { return IsQuick(question_.method) && asked_by_get(); }

absl::StatusOr<StoredAnswer> WebCall::Compute(const Snapshot& snapshot) {
  Calls& calls = record_.service().calls;
  const absl::StatusOr<grpc::Slice> reply =
      ServeBytes(question_.method, question_.request, snapshot, {calls, cancelled_});
  if (!reply.ok()) return reply.status();
  absl::string_view bytes(reinterpret_cast<const char*>(reply->begin()), reply->size());
  std::string json;
  if (question_.codec == Codec::kJson) {
    absl::StatusOr<std::string> converted = ToJson(ResponseType(question_.method), bytes);
    if (!converted.ok()) return converted.status();
    json = *std::move(converted);
    bytes = json;
  }
  StoredAnswer answer;
  const bool worthwhile = bytes.size() >= kLeastCompressedBytes;
  if (worthwhile &&
      (may_cache() || AcceptsGzip(record_.exchange().request.Field("Accept-Encoding")))) {
    answer.gzip = HttpBytes(Gzip(bytes));
  }
  if (may_cache()) {
    // A copy, because a slice of a stored reply would keep those of a whole snapshot.
    answer.plain = HttpBytes(std::string(bytes));
  } else if (question_.codec == Codec::kProto) {
    answer.plain = BytesOf(*reply);
  } else {
    const absl::StatusOr<grpc::Slice> held = calls.unread().Hold(std::move(json));
    if (!held.ok()) return held.status();
    answer.plain = BytesOf(*held);
  }
  return answer;
}

HttpResponse WebCall::Respond(const StoredAnswer& answer, const Snapshot& snapshot) const {
  const HttpRequest& request = record_.exchange().request;
  HttpResponse response = {.content_type = std::string(MediaTypeOf(question_.codec))};
  const bool tagged = asked_by_get() && DependsOnRevisionAlone(question_.method);
  if (tagged) {
    const std::string tag = EntityTagOf(snapshot.registry);
    response.fields.emplace_back("ETag", tag);
    response.fields.emplace_back("Cache-Control", "no-cache");
    const absl::string_view known = request.Field("If-None-Match");
    if (!known.empty() && NoneMatchContains(known, tag)) {
      response.status = 304;
      response.content_type.clear();
      return response;
    }
  } else {
    response.fields.emplace_back("Cache-Control", "no-store");
  }
  if (!answer.gzip.text.empty() && AcceptsGzip(request.Field("Accept-Encoding"))) {
    response.fields.emplace_back("Content-Encoding", "gzip");
    response.body = answer.gzip;
  } else {
    response.body = answer.plain;
  }
  return response;
}

HttpResponse WebCall::Fail(const absl::Status& status) {
  record_.Handled(status);
  return ErrorReply({.error = status});
}

}  // namespace portreg::server
