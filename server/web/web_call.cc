#include "server/web/web_call.h"

#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/text/sha256.h"
#include "server/http/conditional.h"
#include "server/http/content_coding.h"
#include "server/http/request_rules.h"
#include "server/service/service.h"
#include "server/service/unary_reply.h"
#include "server/web/entity_tag.h"
#include "server/web_protocol/connect_protocol.h"
#include "server/web_protocol/error_reply.h"
#include "server/web_protocol/json.h"
#include "server/web_protocol/methods.h"

namespace portreg::server {
namespace {

// Returns true if the answer depends on the current day too, not only on the registry and the
// request.
bool DependsOnTheDay(Method method) {
  return method == Method::kCheck || method == Method::kSuggest;
}

// Returns bytes that share the memory of a slice.
HttpBytes BytesOf(const grpc::Slice& slice) {
  auto kept = std::make_shared<const grpc::Slice>(slice);
  const absl::string_view text(reinterpret_cast<const char*>(kept->begin()), kept->size());
  return {text, std::move(kept)};
}

}  // namespace

absl::Status WebService::Admit(const HttpExchange& exchange) const {
  absl::Status status = calls.AdmitWithin(FieldBytes(exchange.request.fields));
  if (!status.ok() || !admit) return status;
  return admit(exchange.connection().client.value_or(CertificateNames()));
}

WebCallRecord::WebCallRecord(WebService& service, HttpExchange& exchange, Method method)
    : service_(service),
      exchange_(exchange),
      method_(method),
      under_way_(service.calls),
      start_(std::chrono::steady_clock::now()) {
  stats().started.fetch_add(1, std::memory_order_relaxed);
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
  if (absl::Status status = record_.service().Admit(exchange); !status.ok()) {
    exchange.Answer(Fail(status));
  } else if (is_quick()) {
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
    return Fail(absl::DeadlineExceededError("the client's deadline has passed"));
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

bool WebCall::is_quick() const {
  const bool is_small =
      question_.method == Method::kLookup || question_.method == Method::kClassify;
  return is_small && question_.request.size() <= kQuickRequestBytes;
}

absl::StatusOr<StoredAnswer> WebCall::Compute(const Snapshot& snapshot) {
  Calls& calls = record_.service().calls;
  const absl::StatusOr<std::string> request = RequestBytes(question_);
  if (!request.ok()) return request.status();
  const absl::StatusOr<grpc::Slice> reply =
      ServeBytes(question_.method, *request, snapshot, {calls, cancelled_});
  if (!reply.ok()) return reply.status();
  absl::string_view bytes(reinterpret_cast<const char*>(reply->begin()), reply->size());
  std::string json;
  if (question_.codec == Codec::kJson) {
    absl::StatusOr<std::string> converted = ToJson(ResponseType(question_.method), bytes);
    if (!converted.ok()) return converted.status();
    json = *std::move(converted);
    bytes = json;
  }
  const bool worthwhile = bytes.size() >= kLeastCompressedBytes;
  if (may_cache()) {
    // Copies the bytes, because a slice of a stored reply would keep all stored replies of its
    // snapshot alive.
    return StoredAnswer{.plain = HttpBytes(std::string(bytes)),
                        .gzip = HttpBytes(worthwhile ? Gzip(bytes) : "")};
  }
  // Makes only the form that is sent, because its bytes count as unread bytes.
  std::string gzip;
  if (worthwhile && AcceptsGzip(record_.exchange().request)) gzip = Gzip(bytes);
  const bool is_gzip = !gzip.empty();
  if (!is_gzip && question_.codec == Codec::kProto) return StoredAnswer{.plain = BytesOf(*reply)};
  const absl::StatusOr<grpc::Slice> held =
      calls.unread().Hold(is_gzip ? std::move(gzip) : std::move(json));
  if (!held.ok()) return held.status();
  return is_gzip ? StoredAnswer{.gzip = BytesOf(*held)} : StoredAnswer{.plain = BytesOf(*held)};
}

// For GetRegistryInfo, returns a hash of the body, because the answer also names files, which
// the revision does not depend on.
std::string WebCall::EntityTag(const StoredAnswer& answer, const Snapshot& snapshot) const {
  if (question_.method != Method::kGetRegistryInfo) return EntityTagOf(snapshot.registry);
  const HttpBytes& body = answer.gzip.text.empty() ? answer.plain : answer.gzip;
  return absl::StrCat("W/\"", Sha256Of(body.text), "\"");
}

HttpResponse WebCall::Respond(const StoredAnswer& answer, const Snapshot& snapshot) const {
  const HttpRequest& request = record_.exchange().request;
  HttpResponse response = {.content_type = std::string(MediaTypeOf(question_.codec))};
  if (!asked_by_get() || DependsOnTheDay(question_.method)) {
    response.fields.emplace_back("Cache-Control", "no-store");
  } else if (Revalidate(request, EntityTag(answer, snapshot), response)) {
    return response;
  }
  SetBody(request, answer.plain, answer.gzip, response);
  return response;
}

HttpResponse WebCall::Fail(const absl::Status& status) {
  record_.Handled(status);
  return ErrorReply({.error = status});
}

}  // namespace portreg::server
