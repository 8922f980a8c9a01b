#include "server/web/page_store.h"

#include <utility>

#include "server/http/conditional.h"
#include "server/http/content_coding.h"
#include "server/web/entity_tag.h"
#include "server/web_protocol/error_reply.h"

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
    // Queues the work in a flow of its own, because it is not for one connection only.
    calls_.workers().Submit(reinterpret_cast<FlowId>(this), making_);
  }
}

void PageStore::Make() {
  const std::shared_ptr<const Snapshot> snapshot = publication_.Current();
  auto page = std::make_shared<Page>();
  page->published = snapshot->published;
  page->entity_tag = EntityTagOf(snapshot->registry);
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
                           .fields = {{"Content-Security-Policy", maker_.content_security_policy}}};
  if (!Revalidate(request, page.entity_tag, response)) {
    SetBody(request, page.plain, page.gzip, response);
  }
  return response;
}

}  // namespace portreg::server
