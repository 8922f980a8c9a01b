#include "server/metrics/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
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

  // Returns all that the server sends until it closes the connection.
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

// A server that answers with the request.
class HttpServerTest : public ::testing::Test {
 protected:
  HttpServerTest() : server_(HttpServer::Open("127.0.0.1:0").value()) {
    server_->Start([](const HttpRequest& request) {
      return HttpResponse{.body = absl::StrCat(request.method, " ", request.path, "\n")};
    });
  }

  [[nodiscard]] std::string Ask(absl::string_view bytes) const {
    const HttpClient client(server_->address());
    client.Send(bytes);
    return client.Rest();
  }

  std::unique_ptr<HttpServer> server_;
};

// The last header fields of a request after which the server closes the connection.
constexpr absl::string_view kLastRequest = "Host: localhost\r\nConnection: close\r\n\r\n";

TEST_F(HttpServerTest, AnswersWithTypeAndLength) {
  const std::string answer = Ask(absl::StrCat("GET /a?b=c HTTP/1.1\r\n", kLastRequest));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Type: text/plain; charset=utf-8\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Length: 7\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nGET /a\n"));
}

TEST_F(HttpServerTest, AConnectionMayAskAgain) {
  const HttpClient client(server_->address());
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
  const HttpClient client(server_->address());
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
    idle.push_back(std::make_unique<HttpClient>(server_->address()));
    if (i % 2 == 0) idle.back()->Send("GET /metrics HTTP/1.1\r\nHost:");
  }
  EXPECT_THAT(Ask(absl::StrCat("GET /a HTTP/1.1\r\n", kLastRequest)), EndsWith("GET /a\n"));
  // The oldest connection was closed without an answer.
  EXPECT_THAT(idle.front()->Rest(), Not(HasSubstr("HTTP")));
}

TEST_F(HttpServerTest, EndsWhileConnectionsAreOpen) {
  const HttpClient idle(server_->address());
  const HttpClient half(server_->address());
  half.Send("GET");
  server_.reset();
}

TEST(HttpServerOpenTest, ConnectionsWaitUntilItStarts) {
  const std::unique_ptr<HttpServer> server = HttpServer::Open("127.0.0.1:0").value();
  const HttpClient early(server->address());
  early.Send(absl::StrCat("GET /early HTTP/1.1\r\n", kLastRequest));
  server->Start([](const HttpRequest& request) { return HttpResponse{.body = request.path}; });
  EXPECT_THAT(early.Rest(), EndsWith("\r\n\r\n/early"));
}

TEST(HttpServerOpenTest, AServerThatNeverStartsEnds) {
  EXPECT_TRUE(HttpServer::Open("127.0.0.1:0").ok());
}

}  // namespace
}  // namespace portreg::server
