// What a fuzzer finds out: a property that does not hold ends the process, so
// that libFuzzer keeps the input.
#ifndef PORTREG_TESTS_FUZZ_REQUIRE_H_
#define PORTREG_TESTS_FUZZ_REQUIRE_H_

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "common/text/quote.h"

namespace portreg::fuzz {

// Ends the process, saying `what` and showing `about`, unless it `holds`.
inline void Require(bool holds, absl::string_view what, absl::string_view about = "") {
  if (holds) return;
  constexpr size_t kShown = 2000;
  std::fprintf(stderr, "does not hold: %.*s: %s\n", static_cast<int>(what.size()), what.data(),
               Quoted(about, kShown).c_str());
  std::abort();
}

// Requires that a text may stand in a line of a log or on a terminal.
inline void RequirePrintable(absl::string_view text) {
  Require(Printable(text) == text, "a message is printable and on one line", text);
}

// The input as text.
inline absl::string_view TextOf(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace portreg::fuzz

// What libFuzzer calls with each input, and replay.cc with each of the corpus.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

#endif  // PORTREG_TESTS_FUZZ_REQUIRE_H_
