#include "server/process/log.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <deque>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/system/monotonic_time.h"
#include "common/system/mutex.h"
#include "common/text/quote.h"
#include "nlohmann/json.hpp"

namespace portreg::server {
namespace {

// Lines that may wait to be written.
constexpr size_t kMaxWaiting = 1024;
// How long FlushLog waits at most.
constexpr absl::Duration kMaxFlush = absl::Seconds(1);
// Bytes of a value; a longer one is cut.
constexpr size_t kMaxValueBytes = 1024;

absl::string_view ToString(Severity severity) {
  switch (severity) {
    case Severity::kInfo:
      return "INFO";
    case Severity::kWarning:
      return "WARNING";
    case Severity::kError:
      break;
  }
  return "ERROR";
}

std::string ToString(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

struct AsJson {
  nlohmann::ordered_json operator()(const std::string& value) const {
    return value.substr(0, kMaxValueBytes);
  }
  nlohmann::ordered_json operator()(int64_t value) const { return value; }
  nlohmann::ordered_json operator()(double value) const { return value; }
};

bool NeedsNoQuotes(absl::string_view text) {
  return !text.empty() && text.size() <= kMaxValueBytes &&
         std::all_of(text.begin(), text.end(), [](unsigned char byte) {
           return absl::ascii_isgraph(byte) && byte != '"' && byte != '\\' && byte != '=';
         });
}

// Escapes a value, because a quote or a line end in it could look like another field.
struct AsText {
  std::string operator()(const std::string& value) const {
    if (NeedsNoQuotes(value)) return value;
    const absl::string_view cut = absl::string_view(value).substr(0, kMaxValueBytes);
    return absl::StrCat("\"", absl::CHexEscape(cut), cut.size() < value.size() ? "...\"" : "\"");
  }
  std::string operator()(int64_t value) const { return absl::StrCat(value); }
  std::string operator()(double value) const { return absl::StrCat(value); }
};

// Writes to standard error. Returns false if that fails.
bool WriteWhole(absl::string_view line) {
  while (!line.empty()) {
    const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) {
      pollfd ready = {STDERR_FILENO, POLLOUT, 0};
      poll(&ready, 1, -1);
      continue;
    }
    if (written <= 0) return false;
    line.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

// Writes lines on a separate thread, because the reader of standard error may be slow
// or stopped. Thread-safe.
class Writer {
 public:
  static Writer& Get() {
    // Never destroyed, because any thread may log until the process ends.
    static auto* const writer = new Writer;
    return *writer;
  }

  void Write(std::string line) {
    const MutexLock lock(mutex_);
    if (lines_.size() >= kMaxWaiting) {
      dropped_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    lines_.push_back(std::move(line));
    changed_.NotifyAll();
  }

  void Flush() {
    const MonotonicTime deadline = MonotonicTime::Now() + kMaxFlush;
    const MutexLock lock(mutex_);
    while (!lines_.empty() && MonotonicTime::Now() < deadline) {
      changed_.WaitUntil(mutex_, deadline);
    }
  }

  [[nodiscard]] uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  Writer() {
    std::thread([this] { Run(); }).detach();
  }

  void Run() {
    while (true) {
      if (!WriteWhole(AwaitLine())) dropped_.fetch_add(1, std::memory_order_relaxed);
      const MutexLock lock(mutex_);
      lines_.pop_front();
      changed_.NotifyAll();
    }
  }

  // Returns the line to write next. It stays in lines_ until it is written,
  // because Flush waits for it.
  std::string AwaitLine() {
    const MutexLock lock(mutex_);
    while (lines_.empty()) changed_.Wait(mutex_);
    return lines_.front();
  }

  Mutex mutex_;
  ConditionVariable changed_;
  std::deque<std::string> lines_ ABSL_GUARDED_BY(mutex_);
  std::atomic<uint64_t> dropped_ = 0;
};

std::atomic<LogFormat> log_format = LogFormat::kText;

std::string TextLine(absl::Time time, Severity severity, absl::string_view message,
                     std::initializer_list<LogField> fields) {
  std::string line = absl::StrCat(ToString(time), " ", ToString(severity), " ", Printable(message));
  for (const LogField& field : fields) {
    absl::StrAppend(&line, " ", field.name, "=", std::visit(AsText(), field.value));
  }
  return line;
}

std::string JsonLine(absl::Time time, Severity severity, absl::string_view message,
                     std::initializer_list<LogField> fields) {
  nlohmann::ordered_json object = {{"time", ToString(time)},
                                   {"severity", std::string(ToString(severity))},
                                   {"message", std::string(message)}};
  for (const LogField& field : fields) {
    object[std::string(field.name)] = std::visit(AsJson(), field.value);
  }
  // Replaces invalid UTF-8, and escapes everything except ASCII.
  return object.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::string LogLine(LogFormat format, absl::Time time, Severity severity, absl::string_view message,
                    std::initializer_list<LogField> fields) {
  return format == LogFormat::kJson ? JsonLine(time, severity, message, fields)
                                    : TextLine(time, severity, message, fields);
}

void Log(Severity severity, absl::string_view message, std::initializer_list<LogField> fields) {
  std::string line = LogLine(log_format, absl::Now(), severity, message, fields);
  line.push_back('\n');
  Writer::Get().Write(std::move(line));
}

void LogLast(Severity severity, absl::string_view message, std::initializer_list<LogField> fields) {
  WriteWhole(absl::StrCat(LogLine(log_format, absl::Now(), severity, message, fields), "\n"));
}

void SetLogFormat(LogFormat format) {
  log_format = format;
  // Starts the thread now, because it may be impossible later when memory is short.
  (void)Writer::Get();
}

uint64_t LogLinesDropped() { return Writer::Get().dropped(); }

void FlushLog() { Writer::Get().Flush(); }

}  // namespace portreg::server
