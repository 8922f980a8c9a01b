#include "server/web/page_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/text/version.h"
#include "server/http/conditional.h"
#include "server/http/content_coding.h"
#include "server/web/error_reply.h"

namespace portreg::server {

void PageStore::Answer(HttpExchange& exchange) {
  const absl::Time published = publication_.Current()->published;
  std::shared_ptr<const Page> page;
  bool first = false;
  {
    const MutexLock lock(mutex_);
    if (page_ != nullptr && page_->published == published) {
      page = page_;
    } else {
      exchange.Suspend();
      first = waiting_.empty();
      waiting_.push_back(&exchange);
    }
  }
  if (page != nullptr) {
    exchange.Answer(Respond(exchange.request, *page));
  } else if (first) {
    // The flow of this object, because the work is for all who wait.
    calls_.workers().Submit(reinterpret_cast<FlowId>(this), making_);
  }
}

void PageStore::Make() {
  const std::shared_ptr<const Snapshot> snapshot = publication_.Current();
  auto page = std::make_shared<Page>();
  page->published = snapshot->published;
  // Another version of the program may make another page of the same data.
  page->entity_tag = absl::StrCat("W/\"", snapshot->registry.revision(), "-", Version(), "\"");
  page->plain = HttpBytes(maker_.make(snapshot->registry));
  page->gzip = HttpBytes(Gzip(page->plain.text));
  {
    const MutexLock lock(mutex_);
    page_ = page;
  }
  for (HttpExchange* const exchange : TakeWaiting()) {
    exchange->Answer(Respond(exchange->request, *page));
    exchange->Resume();
  }
}

void PageStore::Fail(const absl::Status& status) {
  for (HttpExchange* const exchange : TakeWaiting()) {
    exchange->Answer(ErrorReply({.error = status}));
    exchange->Resume();
  }
}

std::vector<HttpExchange*> PageStore::TakeWaiting() {
  const MutexLock lock(mutex_);
  return std::exchange(waiting_, {});
}

HttpResponse PageStore::Respond(const HttpRequest& request, const Page& page) const {
  HttpResponse response = {.content_type = "text/html; charset=utf-8",
                           .fields = {{"ETag", page.entity_tag},
                                      {"Cache-Control", "no-cache"},
                                      {"Content-Security-Policy", maker_.content_security_policy}}};
  const absl::string_view known = request.Field("If-None-Match");
  if (!known.empty() && NoneMatchContains(known, page.entity_tag)) {
    response.status = 304;
    response.content_type.clear();
  } else if (!page.gzip.text.empty() && AcceptsGzip(request.Field("Accept-Encoding"))) {
    response.fields.emplace_back("Content-Encoding", "gzip");
    response.body = page.gzip;
  } else {
    response.body = page.plain;
  }
  return response;
}

}  // namespace portreg::server
