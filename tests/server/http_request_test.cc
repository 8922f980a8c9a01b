#include "server/http_request.h"

#include <string>

#include "gtest/gtest.h"

namespace portreg {
namespace {

TEST(HttpRequestTest, AHeadEndsWithAnEmptyLine) {
  const struct {
    std::string received;
    size_t bytes;
  } cases[] = {
      {"", 0},
      {"GET / HTTP/1.1", 0},
      {"GET / HTTP/1.1\r\n", 0},
      {"GET / HTTP/1.1\r\nHost: a\r\n", 0},
      {"GET / HTTP/1.1\r\nHost: a\r\n\r", 0},
      {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 27},
      {"GET / HTTP/1.1\r\n\r\nbody\r\n\r\n", 18},
      {"GET / HTTP/1.1\n\nmore", 16},
  };
  for (const auto& c : cases) EXPECT_EQ(HttpHeadBytes(c.received), c.bytes) << c.received;
}

TEST(HttpRequestTest, TheFirstLineHasMethodAndPath) {
  const struct {
    const char* line;
    const char* method;
    const char* path;
  } cases[] = {
      {"GET /metrics HTTP/1.1", "GET", "/metrics"},
      {"HEAD /metrics?a=b HTTP/1.0", "HEAD", "/metrics"},
      {"GET http://host:9100/metrics HTTP/1.1", "GET", "/metrics"},
      {"GET http://host HTTP/1.1", "GET", "/"},
      {"OPTIONS * HTTP/1.1", "OPTIONS", "*"},
      {"get / HTTP/1.1", "get", "/"},
  };
  for (const auto& c : cases) {
    const auto request = ParseHttpHead(std::string(c.line) + "\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(request.ok()) << request.status();
    EXPECT_EQ(request->method, c.method);
    EXPECT_EQ(request->path, c.path);
  }
}

TEST(HttpRequestTest, WhatIsNoRequestIsRefused) {
  for (const char* line :
       {"", "\r\n\r\n", "GET", "GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 x", "GET / HTTP/2.0",
        "G\x01T / HTTP/1.1", " / HTTP/1.1", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"}) {
    EXPECT_FALSE(ParseHttpHead(line).ok()) << line;
  }
}

}  // namespace
}  // namespace portreg
