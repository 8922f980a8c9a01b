#include "server/web/web_door.h"

#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "common/answers/errors.h"
#include "common/text/quote.h"
#include "common/text/version.h"
#include "server/http/conditional.h"
#include "server/http/content_coding.h"
#include "server/http/request_rules.h"
#include "server/http/url.h"
#include "server/web/listing_call.h"
#include "server/web/response_fields.h"
#include "server/web_protocol/connect_protocol.h"
#include "server/web_protocol/error_reply.h"
#include "server/web_protocol/get_paths.h"
#include "server/web_protocol/openapi.h"
#include "server/web_protocol/routes.h"

namespace portreg::server {
namespace {

// Bodies of requests under way may take ServerLimits::memory_quota_bytes divided by this number.
constexpr int64_t kQuotaShare = 4;

// Returns the error of the contract for a request that HttpServer refuses.
absl::Status ErrorOf(int http_status, absl::string_view message) {
  switch (http_status) {
    case 400:
      return ErrorFor(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED_REQUEST,
                      message);
    case 429:
      return ErrorFor(absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_SERVER_BUSY, message);
    case 501:
      return absl::UnimplementedError(message);
    default:
      return absl::ResourceExhaustedError(message);
  }
}

HttpResponse RefuseRequest(int http_status, absl::string_view message) {
  return ErrorReply({.error = ErrorOf(http_status, message), .http_status = http_status});
}

HttpServerOptions ServerOptionsOf(const WebDoorOptions& options, const Origins& origins) {
  const ServerLimits& limits = options.limits;
  return {.listen = options.listen,
          .connections = limits.connections,
          .times = {.request = limits.handshake_timeout,
                    .idle = limits.max_connection_idle,
                    .age = limits.max_connection_age,
                    .age_grace = limits.max_connection_age_grace},
          .user_timeout = limits.keepalive_timeout,
          .max_field_bytes = static_cast<size_t>(limits.max_metadata_bytes),
          .max_body_bytes = static_cast<size_t>(limits.max_request_bytes),
          .max_all_body_bytes = limits.memory_quota_bytes / kQuotaShare,
          .credentials = options.credentials,
          .finish = [&origins](
                        const HttpRequest& request,
                        HttpResponse& response) { AddResponseFields(origins, request, response); },
          .refuse = &RefuseRequest};
}

void Refuse(HttpExchange& exchange, absl::Status error, int http_status = 0,
            HttpFields fields = {}) {
  exchange.Answer(ErrorReply(
      {.error = std::move(error), .http_status = http_status, .fields = std::move(fields)}));
}

}  // namespace

absl::StatusOr<std::unique_ptr<WebDoor>> WebDoor::Open(const WebDoorOptions& options) {
  std::unique_ptr<WebDoor> door(new WebDoor(options));
  absl::StatusOr<Origins> origins = Origins::Create(options.allow_origins);
  if (!origins.ok()) return origins.status();
  door->origins_ = *std::move(origins);
  absl::StatusOr<std::unique_ptr<HttpServer>> server =
      HttpServer::Open(ServerOptionsOf(options, door->origins_));
  if (!server.ok()) return server.status();
  door->server_ = *std::move(server);
  return door;
}

void WebDoor::Serve(Calls& calls, const Publication& publication, PageMaker page) {
  service_.reset(new WebService{
      .calls = calls, .publication = publication, .admit = admit_, .stats = {}, .cache = {}});
  page_ = std::make_unique<PageStore>(std::move(page), calls, publication);
  server_->Start([this](HttpExchange& exchange) { Handle(exchange); });
}

WebDoor::~WebDoor() { Shutdown(); }

void WebDoor::Shutdown() {
  // Ends the calls that wait for a worker, because libmicrohttpd cannot end suspended
  // connections.
  if (service_ != nullptr) service_->calls.Stop();
  if (server_ != nullptr) server_->Stop();
}

void WebDoor::Handle(HttpExchange& exchange) {
  HttpRequest& request = exchange.request;
  if (!origins_.empty() && Origins::IsPreflight(request)) {
    exchange.Answer(origins_.AnswerPreflight(request));
    return;
  }
  const absl::StatusOr<std::vector<std::string>> path = SplitPath(request.Path());
  if (!path.ok()) {
    Refuse(exchange,
           ErrorFor(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED_REQUEST,
                    absl::StrCat("path ", path.status().message())));
    return;
  }
  const Route route = RouteOf(*path);
  if (route != Route::kNone && !Allows(route, request.method)) {
    Refuse(exchange,
           absl::UnimplementedError(absl::StrCat("method ", Quoted(request.method),
                                                 " is not allowed here, allowed are ",
                                                 AllowedMethods(route))),
           405, {{"Allow", std::string(AllowedMethods(route))}});
    return;
  }
  HandleRoute(exchange, route, *path);
}

void WebDoor::HandleRoute(HttpExchange& exchange, Route route,
                          const std::vector<std::string>& path) {
  HttpRequest& request = exchange.request;
  std::optional<QuestionOrRefusal> read;
  switch (route) {
    case Route::kHealth:
      AnswerHealth(exchange);
      return;
    case Route::kOpenApi:
      AnswerStatic(exchange);
      return;
    case Route::kPage:
      if (absl::Status status = service_->Admit(exchange); !status.ok()) {
        Refuse(exchange, std::move(status));
      } else {
        page_->Answer(exchange);
      }
      return;
    case Route::kGetPath:
      read = ReadGetPath(absl::MakeConstSpan(path).subspan(1), request.Query());
      break;
    case Route::kConnect:
      read = ReadConnectCall(request, path[1]);
      break;
    case Route::kNone:
      break;
  }
  if (!read) {
    Refuse(exchange, absl::NotFoundError(absl::StrCat(
                         "there is nothing at ", Quoted(request.Path()), ", see /openapi.json")));
  } else if (const auto* const refusal = std::get_if<WebRefusal>(&*read)) {
    if (refusal->method) {
      WebCallRecord(*service_, exchange, *refusal->method).Handled(refusal->error);
    }
    exchange.Answer(ErrorReply(*refusal));
  } else if (auto& question = std::get<WebQuestion>(*read); question.method == Method::kListRange) {
    ListingCall::Start(*service_, exchange, question);
  } else {
    WebCall::Start(*service_, exchange, std::move(question));
  }
}

void WebDoor::AnswerStatic(HttpExchange& exchange) const {
  if (absl::Status status = service_->Admit(exchange); !status.ok()) {
    Refuse(exchange, std::move(status));
    return;
  }
  static const std::string* const tag =
      new std::string(absl::StrCat("W/\"openapi-", Version(), "\""));
  static const std::string* const gzip = new std::string(Gzip(OpenApi()));
  HttpResponse response = {.content_type = "application/json"};
  const HttpRequest& request = exchange.request;
  if (!Revalidate(request, *tag, response)) {
    SetBody(request, HttpBytes(OpenApi(), nullptr), HttpBytes(*gzip, nullptr), response);
  }
  exchange.Answer(std::move(response));
}

void WebDoor::AnswerHealth(HttpExchange& exchange) const {
  const bool serving = !draining_;
  exchange.Answer({.status = serving ? 200 : 503,
                   .fields = {{"Cache-Control", "no-store"}},
                   .body = HttpBytes(std::string(serving ? "SERVING\n" : "NOT_SERVING\n"))});
}

}  // namespace portreg::server
