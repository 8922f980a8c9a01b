#include "server/http/http_exchange.h"

#include <microhttpd.h>

namespace portreg::server {

void HttpExchange::Suspend() {
  ++suspended_;
  MHD_suspend_connection(connection_);
}

void HttpExchange::Resume() {
  // The exchange may be destroyed when the connection is resumed.
  std::atomic<int>& suspended = suspended_;
  MHD_resume_connection(connection_);
  --suspended;
}

}  // namespace portreg::server
