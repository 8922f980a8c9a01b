// What the server says of itself, line by line.
#ifndef PORTREG_SERVER_PROCESS_LOG_H_
#define PORTREG_SERVER_PROCESS_LOG_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <variant>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace portreg::server {

enum class Severity { kInfo, kWarning, kError };
enum class LogFormat {
  // 2026-11-23T12:34:56.789Z INFO registry reloaded revision=9f86d081 records=14322
  kText,
  // One JSON object a line, with the same names.
  kJson,
};

// A name of ours and a value that may be a stranger's.
struct LogField {
  absl::string_view name;
  std::variant<std::string, int64_t, double> value;
};

// One line, without its end. Nothing in `message` or the fields can end it or
// pass for another field: text is quoted and escaped where it must be.
std::string LogLine(LogFormat format, absl::Time time, Severity severity, absl::string_view message,
                    std::initializer_list<LogField> fields);

// Writes such a line to standard error. Never waits for whoever reads it:
// lines that find 1,024 others waiting are dropped, and counted.
// From any thread.
void Log(Severity severity, absl::string_view message, std::initializer_list<LogField> fields = {});

// Writes such a line at once and on the caller's thread: the last one of a
// process that cannot have another thread.
void LogLast(Severity severity, absl::string_view message,
             std::initializer_list<LogField> fields = {});

// The format of all lines from now on; starts the thread that writes them.
// Default: text.
void SetLogFormat(LogFormat format);

// Lines that were dropped so far.
uint64_t LogLinesDropped();

// Waits until the lines so far are written, but not longer than a second.
void FlushLog();

}  // namespace portreg::server

#endif  // PORTREG_SERVER_PROCESS_LOG_H_
