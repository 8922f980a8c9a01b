#include "client/cli/annotate/progress_line.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace portreg::cli {
namespace {

constexpr absl::string_view kEraseLine = "\r\033[K";

std::string Bytes(uint64_t count) {
  constexpr std::array<absl::string_view, 5> kUnits = {"B", "kB", "MB", "GB", "TB"};
  auto value = static_cast<double>(count);
  size_t unit = 0;
  for (; value >= 1000 && unit + 1 < kUnits.size(); ++unit) value /= 1000;
  return absl::StrFormat("%.*f %s", unit == 0 ? 0 : 1, value, kUnits[unit]);
}

std::string Millions(double count) { return absl::StrFormat("%.1f million", count / 1e6); }

}  // namespace

std::string ProgressText(const ReadProgress& progress, uint64_t lines, absl::Duration elapsed) {
  std::string text = Bytes(progress.bytes);
  if (progress.total && *progress.total > 0) {
    const uint64_t percent = std::min<uint64_t>(progress.bytes * 100 / *progress.total, 100);
    absl::StrAppend(&text, " of ", Bytes(*progress.total), " (", percent, " %)");
  }
  const double seconds = std::max(absl::ToDoubleSeconds(elapsed), 1e-3);
  absl::StrAppend(&text, ", ", Millions(static_cast<double>(lines)), " lines, ",
                  Millions(static_cast<double>(lines) / seconds), " lines/s");
  return text;
}

ProgressLine::~ProgressLine() {
  if (is_shown_) absl::FPrintF(terminal_, "%s", kEraseLine);
}

void ProgressLine::Update(const ReadProgress& progress, uint64_t lines) {
  if (terminal_ == nullptr) return;
  const MonotonicTime now = MonotonicTime::Now();
  if (now < next_) return;
  next_ = now + absl::Milliseconds(250);
  is_shown_ = true;
  absl::FPrintF(terminal_, "%sportreg: %s", kEraseLine,
                ProgressText(progress, lines, now - begin_));
  std::fflush(terminal_);
}

}  // namespace portreg::cli
