// Reads from Redis the replies that Lookup would give, in pipelines or by MGET. Compares
// the replies byte for byte without parsing them. Prints one JSON object (see window.h)
// in which a call is a pipeline or an MGET.
//
//   redis_client --port=6379 --how=mget --server_pid=PID
//
// Fills Redis first with the keys that it asks for: ports in decimal digits.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <iostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/model/registry.h"
#include "server/reload/registry_files.h"
#include "sockets.h"
#include "window.h"
#include "workload.h"

ABSL_FLAG(int, port, 6379, "Redis' port on 127.0.0.1");
ABSL_FLAG(std::string, how, "get", "get: 64 GETs in a pipeline; mget: MGET of 1,000 keys");
ABSL_FLAG(int, in_flight, 1, "pipelines or MGETs under way at once, on one connection");
ABSL_FLAG(int, server_pid, 0, "the server's process, for its CPU time; 0: not measured");
ABSL_FLAG(absl::Duration, duration, absl::Seconds(1), "how long to count");

namespace portreg::bench {
namespace {

constexpr size_t kPipeline = 64;

// Returns a text in RESP, the protocol of Redis: its length, then the text.
std::string Bulk(absl::string_view text) {
  return absl::StrCat("$", text.size(), "\r\n", text, "\r\n");
}

std::string Command(const std::vector<std::string>& words) {
  std::string bytes = absl::StrCat("*", words.size(), "\r\n");
  for (const std::string& word : words) bytes += Bulk(word);
  return bytes;
}

Question Pipeline(const Registry& registry, absl::Span<const Port> ports) {
  Question question;
  for (const Port port : ports) {
    question.request += Command({"GET", absl::StrCat(port)});
    question.answer += Bulk(LookupReply(registry, port));
  }
  return question;
}

Question Mget(const Registry& registry, absl::Span<const Port> ports) {
  std::vector<std::string> words = {"MGET"};
  Question question;
  question.answer = absl::StrCat("*", ports.size(), "\r\n");
  for (const Port port : ports) {
    words.push_back(absl::StrCat(port));
    question.answer += Bulk(LookupReply(registry, port));
  }
  question.request = Command(words);
  return question;
}

Question Set(const Registry& registry, absl::Span<const Port> ports) {
  Question question;
  for (const Port port : ports) {
    question.request += Command({"SET", absl::StrCat(port), LookupReply(registry, port)});
    question.answer += "+OK\r\n";
  }
  return question;
}

// Reads replies, and compares them with the right ones.
class Replies {
 public:
  explicit Replies(const Socket& socket) : socket_(socket), buffer_(256 << 10) {}

  // Returns true if the next bytes are `answer`.
  [[nodiscard]] bool Are(absl::string_view answer) {
    bool right = true;
    while (!answer.empty()) {
      if (begin_ == end_) {
        begin_ = 0;
        end_ = socket_.Receive(buffer_.data(), buffer_.size());
        if (end_ == 0) return false;
      }
      const size_t part = std::min(answer.size(), end_ - begin_);
      right = std::memcmp(answer.data(), buffer_.data() + begin_, part) == 0 && right;
      begin_ += part;
      answer.remove_prefix(part);
    }
    return right;
  }

 private:
  const Socket& socket_;
  std::vector<char> buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

// Keeps `in_flight` questions under way until the window is over.
void KeepUp(const Socket& socket, const std::vector<Question>& questions, size_t in_flight,
            Window& window) {
  struct Asked {
    size_t question;
    Clock::time_point when;
  };
  Replies replies(socket);
  std::deque<Asked> asked;
  size_t next = 0;
  while (!window.over() || !asked.empty()) {
    while (!window.over() && asked.size() < in_flight) {
      asked.push_back({next, Clock::now()});
      socket.Send(questions[next].request);
      next = (next + 1) % questions.size();
    }
    const Asked oldest = asked.front();
    asked.pop_front();
    const bool right = replies.Are(questions[oldest.question].answer);
    window.Add(oldest.when, Clock::now(), right);
  }
}

int Fail(const std::string& reason) {
  std::cerr << "redis_client: " << reason << "\n";
  return EXIT_FAILURE;
}

int Run() {
  const absl::StatusOr<Registry> registry = server::LoadRegistry({});
  if (!registry.ok()) return Fail(registry.status().ToString());
  const bool mget = absl::GetFlag(FLAGS_how) == "mget";
  const size_t size = mget ? kBatchSize : kPipeline;
  const std::vector<Port> ports = BatchPorts(*registry);
  const Socket socket = Socket::Connect(static_cast<uint16_t>(absl::GetFlag(FLAGS_port)));
  std::vector<Question> questions;
  for (size_t i = 0; i + size <= ports.size(); i += size) {
    const auto part = absl::MakeConstSpan(ports).subspan(i, size);
    const Question set = Set(*registry, part);
    socket.Send(set.request);
    if (!Replies(socket).Are(set.answer)) return Fail("SET failed");
    questions.push_back(mget ? Mget(*registry, part) : Pipeline(*registry, part));
  }

  Window::Limits limits;
  limits.server = absl::GetFlag(FLAGS_server_pid);
  limits.length = absl::GetFlag(FLAGS_duration);
  Window window(limits);
  KeepUp(socket, questions, static_cast<size_t>(absl::GetFlag(FLAGS_in_flight)), window);
  std::cout << window.ToJson() << "\n";
  return window.wrong() == 0 ? EXIT_SUCCESS : Fail("answers were wrong");
}

}  // namespace
}  // namespace portreg::bench

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  return portreg::bench::Run();
}
