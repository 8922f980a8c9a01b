// Makes the page of each snapshot once, and answers all requests for it.
#ifndef PORTREG_SERVER_WEB_PAGE_STORE_H_
#define PORTREG_SERVER_WEB_PAGE_STORE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "common/model/registry.h"
#include "common/system/mutex.h"
#include "server/http/http_exchange.h"
#include "server/replies/snapshot.h"
#include "server/service/calls.h"
#include "server/service/publication.h"
#include "server/workers/worker_pool.h"

namespace portreg::server {

// Tells how to make the page.
struct PageMaker {
  // Returns the text of the page, in HTML.
  std::function<std::string(const Registry&)> make;
  // The value of the Content-Security-Policy field.
  std::string content_security_policy;
};

// Answers requests for the page. The first request after a snapshot is published makes a worker
// prepare the page and its compressed form; further requests wait for the worker. Keeps the
// last page that was made.
//
// Thread-safe. Must outlive the exchanges.
class PageStore {
 public:
  PageStore(PageMaker maker, Calls& calls, const Publication& publication)
      : maker_(std::move(maker)), calls_(calls), publication_(publication) {}

  // Answers the exchange, now or later. Call it on the server's thread.
  void Answer(HttpExchange& exchange);

 private:
  struct Page {
    absl::Time published;
    std::string entity_tag;
    HttpBytes plain;
    HttpBytes gzip;
  };

  // The job of the worker that makes a page.
  class Making final : public WorkerPool::Job {
   public:
    explicit Making(PageStore& store) : store_(store) {}
    void Run() override { store_.Make(); }
    void Refuse(WorkerPool::Refusal why) override { store_.Fail(store_.calls_.StatusOf(why)); }

   private:
    PageStore& store_;
  };

  void Make();
  void Fail(const absl::Status& status);
  // Returns the waiting exchanges, and empties the list of them.
  std::vector<HttpExchange*> TakeWaiting();
  [[nodiscard]] HttpResponse Respond(const HttpRequest& request, const Page& page) const;

  const PageMaker maker_;
  Calls& calls_;
  const Publication& publication_;
  Making making_{*this};
  Mutex mutex_;
  std::shared_ptr<const Page> page_ ABSL_GUARDED_BY(mutex_);
  // The exchanges that wait for a page. Not empty while a worker makes a page or is about to.
  std::vector<HttpExchange*> waiting_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_WEB_PAGE_STORE_H_
