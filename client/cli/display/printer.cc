#include "client/cli/display/printer.h"

#include <cstddef>

#include "common/text/quote.h"

namespace portreg::cli {

void Printer::Put(absl::string_view text) const { std::fwrite(text.data(), 1, text.size(), out_); }

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

bool Printer::Flush() const { return std::fflush(out_) == 0 && ok(); }

}  // namespace portreg::cli
