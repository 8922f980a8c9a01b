// Types for the values of flags. Their parsers refuse values out of bounds, with a
// message that names the bounds.
#ifndef PORTREG_SERVER_DAEMON_FLAG_VALUES_H_
#define PORTREG_SERVER_DAEMON_FLAG_VALUES_H_

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/process/log.h"

namespace portreg::server {

// A whole number of at least `kLeast`.
template <typename T, T kLeast>
struct AtLeast {
  T value;
};

template <typename T, T kLeast>
bool AbslParseFlag(absl::string_view text, AtLeast<T, kLeast>* number, std::string* error) {
  if (absl::SimpleAtoi(text, &number->value) && number->value >= kLeast) return true;
  *error = absl::StrCat("expected a whole number, ", kLeast, " to ", std::numeric_limits<T>::max());
  return false;
}

template <typename T, T kLeast>
std::string AbslUnparseFlag(AtLeast<T, kLeast> number) {
  return absl::StrCat(number.value);
}

// A text that can be given and empty, which differs from not given.
struct GivenText {
  std::string value;
  bool given = false;
};

inline bool AbslParseFlag(absl::string_view text, GivenText* flag, std::string* /*error*/) {
  *flag = {.value = std::string(text), .given = true};
  return true;
}

inline std::string AbslUnparseFlag(const GivenText& flag) { return flag.value; }

// Paths with commas between them. An empty text gives one empty path, which differs from not
// given.
struct PathList {
  std::vector<std::string> paths;
};

inline bool AbslParseFlag(absl::string_view text, PathList* list, std::string* /*error*/) {
  list->paths = absl::StrSplit(text, ',');
  return true;
}

inline std::string AbslUnparseFlag(const PathList& list) { return absl::StrJoin(list.paths, ","); }

// A duration of at least `kLeastMilliseconds`. With `kOrZero`, 0 is allowed too.
template <int64_t kLeastMilliseconds, bool kOrZero = false>
struct Lasting {
  absl::Duration value;
};

template <int64_t kLeastMilliseconds, bool kOrZero>
bool AbslParseFlag(absl::string_view text, Lasting<kLeastMilliseconds, kOrZero>* duration,
                   std::string* error) {
  constexpr absl::Duration kLeast = absl::Milliseconds(kLeastMilliseconds);
  if (absl::ParseDuration(text, &duration->value)) {
    if (duration->value >= kLeast) return true;
    if (kOrZero && duration->value == absl::ZeroDuration()) return true;
  }
  *error = absl::StrCat("expected ", kOrZero ? "0, or " : "", "a duration of ",
                        absl::FormatDuration(kLeast), " or more, such as 500ms, 10s or 5m");
  return false;
}

template <int64_t kLeastMilliseconds, bool kOrZero>
std::string AbslUnparseFlag(Lasting<kLeastMilliseconds, kOrZero> duration) {
  return absl::FormatDuration(duration.value);
}

// A number from 0 to 1.
struct Share {
  double value;
};

inline bool AbslParseFlag(absl::string_view text, Share* share, std::string* error) {
  if (absl::SimpleAtod(text, &share->value) && share->value >= 0 && share->value <= 1) return true;
  *error = "expected a number, 0 to 1";
  return false;
}

inline std::string AbslUnparseFlag(Share share) { return absl::StrCat(share.value); }

inline bool AbslParseFlag(absl::string_view text, LogFormat* format, std::string* error) {
  if (text == "text") {
    *format = LogFormat::kText;
  } else if (text == "json") {
    *format = LogFormat::kJson;
  } else {
    *error = "expected text or json";
    return false;
  }
  return true;
}

inline std::string AbslUnparseFlag(LogFormat format) {
  return format == LogFormat::kJson ? "json" : "text";
}

}  // namespace portreg::server

#endif  // PORTREG_SERVER_DAEMON_FLAG_VALUES_H_
