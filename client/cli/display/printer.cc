#include "client/cli/display/printer.h"

#include <atomic>
#include <cerrno>
#include <cstddef>

#include "common/text/quote.h"

namespace portreg::cli {
namespace {

// Kept, because a flush after a failed write does not set errno again.
std::atomic<int> last_error{0};

}  // namespace

int Printer::LastError() { return last_error; }

void Printer::Put(absl::string_view text) const {
  if (std::fwrite(text.data(), 1, text.size(), out_) < text.size()) last_error = errno;
}

void Printer::PutData(absl::string_view text) const {
  constexpr absl::string_view kKept = "\n\t";
  if (!is_terminal_) return Put(text);
  while (!text.empty()) {
    const size_t end = text.find_first_of(kKept);
    Put(Printable(text.substr(0, end)));
    if (end == absl::string_view::npos) return;
    Put(text.substr(end, 1));
    text.remove_prefix(end + 1);
  }
}

bool Printer::Flush() const {
  const bool flushed = std::fflush(out_) == 0;
  if (!flushed) last_error = errno;
  return flushed && ok();
}

}  // namespace portreg::cli
