// Answers a call of a unary method at the web door.
#ifndef PORTREG_SERVER_WEB_WEB_CALL_H_
#define PORTREG_SERVER_WEB_WEB_CALL_H_

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "server/http/http_exchange.h"
#include "server/service/call_stats.h"
#include "server/service/calls.h"
#include "server/service/publication.h"
#include "server/service/service_options.h"
#include "server/web/answer_cache.h"
#include "server/web_protocol/web_question.h"
#include "server/workers/worker_pool.h"

namespace portreg::server {

// Holds the state that all calls of the web door share.
struct WebService {
  // The limits, workers and unread bytes. Calls by gRPC share them.
  Calls& calls;
  const Publication& publication;
  // Returns OK if the client with these names may call. Empty: every client may.
  std::function<absl::Status(const CertificateNames&)> admit;
  CallStats stats;
  AnswerCache cache;

  // Returns OK if the server may answer the exchange now. Checks the same limits as
  // Calls::Admit, then `admit`.
  [[nodiscard]] absl::Status Admit(const HttpExchange& exchange) const;
};

// Counts a call at the web door, from its construction to its destruction.
class WebCallRecord : public WebClient {
 public:
  WebCallRecord(WebService& service, HttpExchange& exchange, Method method);

  // Counts the call's status and duration. Does nothing if called again.
  void Handled(const absl::Status& status);
  [[nodiscard]] bool handled() const { return handled_; }
  void CountMessage() { stats().stream_messages.fetch_add(1, std::memory_order_relaxed); }

  std::string Peer() const override { return exchange_.connection().peer; }
  std::string Sent(const char* field) const override {
    return std::string(exchange_.request.Field(field));
  }

  [[nodiscard]] WebService& service() const { return service_; }
  [[nodiscard]] HttpExchange& exchange() const { return exchange_; }
  // Identifies the connection in the workers' queue, which connections of gRPC share.
  [[nodiscard]] FlowId flow() const { return reinterpret_cast<FlowId>(&exchange_.connection()); }

 private:
  [[nodiscard]] MethodStats& stats() const { return service_.stats.of(method_); }

  WebService& service_;
  HttpExchange& exchange_;
  const Method method_;
  const WebCallUnderWay under_way_;
  const std::chrono::steady_clock::time_point start_;
  bool handled_ = false;
};

// A call of a unary method. Lookups and classifications with requests of at most
// kQuickRequestBytes are answered at once. A worker answers the others, because one thread serves
// all connections of the door, and converting a reply to JSON costs ten times as much as
// computing it.
class WebCall final : public WorkerPool::Job {
 public:
  // Answers the exchange, now or later. The service must outlive the exchange.
  static void Start(WebService& service, HttpExchange& exchange, WebQuestion question);

  WebCall(WebService& service, HttpExchange& exchange, WebQuestion question)
      : record_(service, exchange, question.method), question_(std::move(question)) {}

  void Run() override;
  void Refuse(WorkerPool::Refusal why) override;

 private:
  void Go();
  // Returns the response, from the cache or computed.
  HttpResponse Answer();
  absl::StatusOr<StoredAnswer> Compute(const Snapshot& snapshot);
  HttpResponse Respond(const StoredAnswer& answer, const Snapshot& snapshot) const;
  HttpResponse Fail(const absl::Status& status);
  [[nodiscard]] bool asked_by_get() const { return record_.exchange().request.method != "POST"; }
  // Returns true if the call takes microseconds.
  [[nodiscard]] bool is_quick() const;
  // Returns true if the answer may come from the cache.
  [[nodiscard]] bool may_cache() const { return is_quick() && asked_by_get(); }
  [[nodiscard]] std::string EntityTag(const StoredAnswer& answer, const Snapshot& snapshot) const;

  WebCallRecord record_;
  const WebQuestion question_;
  // Stays false, because libmicrohttpd does not notice the end of a suspended connection.
  const std::atomic<bool> cancelled_ = false;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_WEB_WEB_CALL_H_
