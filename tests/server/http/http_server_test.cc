#include "server/http/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/net/listen_address.h"

namespace portreg::server {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// A connection to a server. Its reads end after 20 s.
class HttpClient {
 public:
  explicit HttpClient(const std::string& address) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in name = {};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    name.sin_port = htons(ParseListenAddress(address)->port);
    EXPECT_EQ(connect(fd_, reinterpret_cast<const sockaddr*>(&name), sizeof(name)), 0);
    const timeval patience = {.tv_sec = 20, .tv_usec = 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  }
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  ~HttpClient() { close(fd_); }

  void Send(absl::string_view bytes) const {
    EXPECT_EQ(send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL), bytes.size());
  }

  // Returns all that the server sends until it ends the connection.
  [[nodiscard]] std::string Rest() const {
    std::string received;
    char bytes[4096];
    ssize_t count = 0;
    while ((count = recv(fd_, bytes, sizeof(bytes), 0)) > 0) {
      received.append(bytes, static_cast<size_t>(count));
    }
    EXPECT_EQ(count, 0) << received;
    return received;
  }

 private:
  const int fd_;
};

std::unique_ptr<HttpServer> Open(HttpServerOptions options = {}) {
  options.listen = {"127.0.0.1:0"};
  return HttpServer::Open(std::move(options)).value();
}

const std::string& AddressOf(const HttpServer& server) { return server.addresses().front(); }

// A server that answers with what it was asked.
class HttpServerTest : public ::testing::Test {
 protected:
  HttpServerTest() { Serve({.connections = {.total = 64, .when_full = WhenFull::kEvictOldest}}); }

  void Serve(HttpServerOptions options) {
    server_ = Open(std::move(options));
    server_->Start([](HttpExchange& exchange) {
      const HttpRequest& request = exchange.request;
      exchange.Answer(
          {.body = absl::StrCat(request.method, " ", request.target, "\n", request.body)});
    });
  }

  [[nodiscard]] std::string Ask(absl::string_view bytes) const {
    const HttpClient client(AddressOf(*server_));
    client.Send(bytes);
    return client.Rest();
  }

  std::unique_ptr<HttpServer> server_;
};

// The last header field of a request after which the server ends the connection.
constexpr absl::string_view kLastRequest = "Host: localhost\r\nConnection: close\r\n\r\n";

TEST_F(HttpServerTest, AnswersWithTypeAndLength) {
  const std::string answer = Ask(absl::StrCat("GET /a?b=c HTTP/1.1\r\n", kLastRequest));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Type: text/plain; charset=utf-8\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Length: 11\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nGET /a?b=c\n"));
}

TEST_F(HttpServerTest, AConnectionMayAskAgain) {
  const HttpClient client(AddressOf(*server_));
  client.Send("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n");
  client.Send(absl::StrCat("GET /b HTTP/1.1\r\n", kLastRequest));
  const std::string answers = client.Rest();
  EXPECT_THAT(answers, HasSubstr("\r\n\r\nGET /a\n"));
  EXPECT_THAT(answers, EndsWith("\r\n\r\nGET /b\n"));
}

TEST_F(HttpServerTest, TheAnswerToHeadIsThatToGetWithoutABody) {
  const std::string answer = Ask(absl::StrCat("HEAD /a HTTP/1.1\r\n", kLastRequest));
  EXPECT_THAT(answer, HasSubstr("Content-Length: 8\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST_F(HttpServerTest, ARequestMayComeByteByByte) {
  const HttpClient client(AddressOf(*server_));
  for (const char byte : absl::StrCat("GET /slow HTTP/1.1\r\n", kLastRequest)) {
    client.Send({&byte, 1});
  }
  EXPECT_THAT(client.Rest(), EndsWith("GET /slow\n"));
}

TEST_F(HttpServerTest, BytesOfOtherProtocolsGetNoAnswerOfTheHandler) {
  for (const absl::string_view bytes :
       {"nonsense\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\x16\x03\x01\x00\xa5\r\n\r\n"}) {
    EXPECT_THAT(Ask(bytes), Not(HasSubstr(" 200 "))) << bytes;
  }
}

TEST_F(HttpServerTest, AHeadThatIsTooLongIsRefused) {
  EXPECT_THAT(Ask("GET / HTTP/1.1\r\nA: " + std::string(64'000, 'a') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431 "));
}

TEST_F(HttpServerTest, ABodyDoesNotTakeTheAnswerBack) {
  EXPECT_THAT(Ask(absl::StrCat("POST /a HTTP/1.1\r\nContent-Length: 100000\r\n", kLastRequest,
                               std::string(100'000, 'a'))),
              EndsWith("POST /a\n"));
}

TEST_F(HttpServerTest, ClientsThatDoNotGoOnKeepNobodyWaiting) {
  std::vector<std::unique_ptr<HttpClient>> idle;
  for (int i = 0; i < 300; ++i) {
    idle.push_back(std::make_unique<HttpClient>(AddressOf(*server_)));
    if (i % 2 == 0) idle.back()->Send("GET /metrics HTTP/1.1\r\nHost:");
  }
  EXPECT_THAT(Ask(absl::StrCat("GET /a HTTP/1.1\r\n", kLastRequest)), EndsWith("GET /a\n"));
  // The server has closed the oldest connection without an answer.
  EXPECT_THAT(idle.front()->Rest(), Not(HasSubstr("HTTP")));
}

TEST_F(HttpServerTest, EndsWhileConnectionsAreOpen) {
  const HttpClient idle(AddressOf(*server_));
  const HttpClient half(AddressOf(*server_));
  half.Send("GET");
  server_.reset();
}

TEST_F(HttpServerTest, ABodyWithinTheLimitIsRead) {
  Serve({.max_body_bytes = 10, .max_all_body_bytes = 100});
  EXPECT_THAT(
      Ask(absl::StrCat("POST /a HTTP/1.1\r\nContent-Length: 10\r\n", kLastRequest, "0123456789")),
      EndsWith("POST /a\n0123456789"));
  EXPECT_THAT(Ask(absl::StrCat("POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n", kLastRequest,
                               "4\r\n0123\r\n3\r\n456\r\n0\r\n\r\n")),
              EndsWith("POST /a\n0123456"));
}

TEST_F(HttpServerTest, ABodyBeyondTheLimitIsRefused) {
  Serve({.max_body_bytes = 10, .max_all_body_bytes = 100});
  EXPECT_THAT(Ask(absl::StrCat("POST /a HTTP/1.1\r\nContent-Length: 11\r\n", kLastRequest)),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(Ask(absl::StrCat("POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n", kLastRequest,
                               "B\r\n0123456789A\r\n0\r\n\r\n")),
              StartsWith("HTTP/1.1 413 "));
}

TEST_F(HttpServerTest, AllBodiesTogetherHaveALimit) {
  Serve({.max_body_bytes = 10, .max_all_body_bytes = 12});
  const HttpClient first(AddressOf(*server_));
  first.Send("POST /first HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n01234567");
  // The server reads `first` before a connection that comes later.
  EXPECT_THAT(Ask(absl::StrCat("POST /a HTTP/1.1\r\nContent-Length: 5\r\n", kLastRequest, "01234")),
              StartsWith("HTTP/1.1 429 "));
}

TEST_F(HttpServerTest, RequestsWithTwoEndsAreRefused) {
  EXPECT_THAT(Ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
                  "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n"),
              testing::AllOf(StartsWith("HTTP/1.1 400 "), Not(HasSubstr("smuggled"))));
}

TEST_F(HttpServerTest, AnExchangeMayBeAnsweredLaterByAnotherThread) {
  server_ = Open();
  std::thread other;
  server_->Start([&other](HttpExchange& exchange) {
    exchange.Suspend();
    other = std::thread([&exchange] {
      exchange.Answer({.body = "later"});
      exchange.Resume();
    });
  });
  EXPECT_THAT(Ask(absl::StrCat("GET /a HTTP/1.1\r\n", kLastRequest)), EndsWith("\r\n\r\nlater"));
  other.join();
}

// Sends "ab", waits to be resumed, and sends "cd".
class TwoParts final : public HttpStream {
 public:
  explicit TwoParts(bool fails) : fails_(fails) {}
  ~TwoParts() override {
    if (other_.joinable()) other_.join();
  }

  State Read(HttpExchange& exchange, char* to, size_t /*room*/, size_t& written) override {
    written = 2;
    switch (++reads_) {
      case 1:
        std::memcpy(to, "ab", 2);
        return State::kBytes;
      case 2:
        exchange.Suspend();
        other_ = std::thread([&exchange] { exchange.Resume(); });
        return State::kWait;
      case 3:
        std::memcpy(to, "cd", 2);
        return State::kBytes;
      default:
        return fails_ ? State::kFailed : State::kEnd;
    }
  }

 private:
  const bool fails_;
  int reads_ = 0;
  std::thread other_;
};

TEST_F(HttpServerTest, AStreamIsSentPartByPart) {
  server_ = Open();
  server_->Start([](HttpExchange& exchange) {
    exchange.Answer({.stream = std::make_shared<TwoParts>(exchange.request.Query() == "fails")});
  });
  const std::string whole = Ask(absl::StrCat("GET /a HTTP/1.1\r\n", kLastRequest));
  EXPECT_THAT(whole, EndsWith("\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n"));
  const std::string broken = Ask(absl::StrCat("GET /a?fails HTTP/1.1\r\n", kLastRequest));
  EXPECT_THAT(broken, EndsWith("2\r\ncd\r\n"));
}

TEST_F(HttpServerTest, TheAnswerToHeadOfAStreamEndsAtItsHeader) {
  server_ = Open();
  server_->Start([](HttpExchange& exchange) {
    exchange.Answer({.stream = std::make_shared<TwoParts>(false)});
  });
  const std::string alone = Ask(absl::StrCat("HEAD /a HTTP/1.1\r\n", kLastRequest));
  EXPECT_THAT(alone, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(alone, Not(HasSubstr("Content-Length")));
  EXPECT_EQ(alone.find("\r\n\r\n"), alone.size() - 4) << alone;
  // A further request is answered next, unless the server says that it closes the connection.
  const std::string both = Ask(absl::StrCat("HEAD /a HTTP/1.1\r\nHost: localhost\r\n\r\n",
                                            "GET /a HTTP/1.1\r\n", kLastRequest));
  const size_t end = both.find("\r\n\r\n") + 4;
  if (both.size() == end) {
    EXPECT_THAT(both, HasSubstr("Connection: close\r\n"));
  } else {
    EXPECT_THAT(both.substr(end), StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(both, EndsWith("\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n"));
  }
}

TEST_F(HttpServerTest, ClientsThatSendTooSlowlyAreClosed) {
  Serve({.times = {.request = absl::Milliseconds(50)}});
  for (const absl::string_view sent :
       {"", "GET /a HTTP/1.1\r\n", "GET /a HTTP/1.1\r\nHost: x\r\nA: b",
        "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na"}) {
    EXPECT_THAT(Ask(sent), Not(HasSubstr(" 200 "))) << sent;
  }
}

TEST_F(HttpServerTest, ConnectionsWithoutARequestAreClosed) {
  Serve({.times = {.idle = absl::Milliseconds(50)}});
  EXPECT_THAT(Ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"), EndsWith("GET /a\n"));
}

TEST_F(HttpServerTest, OldConnectionsAreClosedAfterAResponse) {
  Serve({.times = {.age = absl::ZeroDuration()}});
  const std::string answer = Ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(answer, EndsWith("GET /a\n"));
}

TEST(HttpServerOpenTest, ConnectionsWaitUntilItStarts) {
  const std::unique_ptr<HttpServer> server = Open();
  const HttpClient early(AddressOf(*server));
  early.Send(absl::StrCat("GET /early HTTP/1.1\r\n", kLastRequest));
  server->Start([](HttpExchange& exchange) { exchange.Answer({.body = exchange.request.target}); });
  EXPECT_THAT(early.Rest(), EndsWith("\r\n\r\n/early"));
}

TEST(HttpServerOpenTest, AServerThatNeverStartsEnds) { EXPECT_NE(Open(), nullptr); }

}  // namespace
}  // namespace portreg::server
