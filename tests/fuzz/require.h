// Checks properties in fuzzers. A property that does not hold aborts the process, so that
// libFuzzer keeps the input.
#ifndef PORTREG_TESTS_FUZZ_REQUIRE_H_
#define PORTREG_TESTS_FUZZ_REQUIRE_H_

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "common/text/quote.h"

namespace portreg::fuzz {

// Aborts the process unless `holds`. Prints the property `what` and the text `about` first.
inline void Require(bool holds, absl::string_view what, absl::string_view about = "") {
  if (holds) return;
  constexpr size_t kShown = 2000;
  std::fprintf(stderr, "does not hold: %.*s: %s\n", static_cast<int>(what.size()), what.data(),
               Quoted(about, kShown).c_str());
  std::abort();
}

// Requires that a text is safe to show on a terminal or in a line of a log.
inline void RequirePrintable(absl::string_view text) {
  Require(Printable(text) == text, "a message is printable and on one line", text);
}

// Returns the input as text.
inline absl::string_view TextOf(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace portreg::fuzz

// Each fuzzer defines this function. libFuzzer calls it with each input, and replay.cc with
// each input of the corpus.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

#endif  // PORTREG_TESTS_FUZZ_REQUIRE_H_
