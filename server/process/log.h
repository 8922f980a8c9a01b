// Writes the server's log to standard error.
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
  // A JSON object in each line, with the same names.
  kJson,
};

// A field of a line. The name is the server's own; the value may be client input.
struct LogField {
  absl::string_view name;
  std::variant<std::string, int64_t, double> value;
};

// Returns a line of the log, without its line end. Quotes and escapes texts where
// necessary, so that neither `message` nor a value can end the line or look like
// another field.
std::string LogLine(LogFormat format, absl::Time time, Severity severity, absl::string_view message,
                    std::initializer_list<LogField> fields);

// Writes a line to standard error. Never waits for the reader: a line is dropped,
// and counted, if 1,024 others wait to be written. Thread-safe.
void Log(Severity severity, absl::string_view message, std::initializer_list<LogField> fields = {});

// Writes a line at once, on the caller's thread. For the last line of a process that
// can start no other thread.
void LogLast(Severity severity, absl::string_view message,
             std::initializer_list<LogField> fields = {});

// Sets the format of all further lines, and starts the thread that writes them.
// Default: text.
void SetLogFormat(LogFormat format);

// Returns the number of lines dropped so far.
uint64_t LogLinesDropped();

// Waits until all lines so far are written, for at most a second.
void FlushLog();

}  // namespace portreg::server

#endif  // PORTREG_SERVER_PROCESS_LOG_H_
