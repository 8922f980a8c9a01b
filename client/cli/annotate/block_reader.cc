#include "client/cli/annotate/block_reader.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace portreg::cli {
namespace {

bool IsBlank(absl::string_view text) { return absl::StripLeadingAsciiWhitespace(text).empty(); }

bool HasLineEnd(absl::string_view text) { return text.find('\n') != absl::string_view::npos; }

}  // namespace

BlockReader::BlockReader(std::vector<std::string> paths, AnnotatorParts parts,
                         const StopSignal& stop)
    : paths_(std::move(paths)), parts_(std::move(parts)), stop_(stop) {}

absl::StatusOr<std::optional<BlockWork>> BlockReader::Next(InputBlock& block) {
  while (true) {
    if (source_ == nullptr) {
      const absl::StatusOr<bool> more = NextLog();
      if (!more.ok()) return more.status();
      if (!*more) return std::nullopt;
    }
    if (absl::Status status = Fill(block); !status.ok()) return status;
    if (block.size() > 0) {
      absl::StatusOr<BlockWork> work = Take(block);
      if (!work.ok()) return work.status();
      return *std::move(work);
    }
    const absl::StatusOr<bool> more = NextLog();
    if (!more.ok()) return more.status();
    if (!*more) return std::nullopt;
  }
}

ReadProgress BlockReader::progress() const {
  ReadProgress progress;
  progress.bytes = bytes_of_earlier_files_;
  if (source_ != nullptr) {
    progress.bytes += source_->position();
    if (paths_.size() == 1) progress.total = source_->total();
  }
  return progress;
}

absl::Status BlockReader::Fill(InputBlock& block) {
  block.Truncate(0);
  block.Append(rest_);
  rest_.clear();
  const auto is_enough = [&] {
    if (in_long_line_) return block.size() > 0;
    if (block.size() >= kMaxLineBytes) return true;
    const bool has_line =
        annotator_ == nullptr ? HasLineEnd(block.text()) : annotator_->WholeLines(block.text()) > 0;
    // A block that is not full ends as soon as it has a whole line and more input would have to
    // be waited for.
    return has_line && (block.size() >= kBlockBytes || source_->WouldWait());
  };
  while (!at_end_) {
    if (block.size() > 0 && (block.space_size() == 0 || source_->WouldWait()) && is_enough()) {
      break;
    }
    if (block.space_size() == 0) block.Grow(std::min(2 * block.capacity(), kMaxLineBytes));
    const absl::StatusOr<size_t> count = source_->Read(block.space(), block.space_size());
    if (!count.ok()) return count.status();
    block.Added(*count);
    at_end_ = *count == 0;
  }
  return absl::OkStatus();
}

absl::StatusOr<BlockWork> BlockReader::Take(InputBlock& block) {
  if (in_long_line_) return TakeLongLine(block);
  if (annotator_ == nullptr && !IsBlank(block.text())) {
    // Cuts at line ends, because only rows of CSV after the titles may contain line ends.
    const size_t lines = at_end_ ? block.size() : block.text().rfind('\n') + 1;
    const size_t size = lines == 0 ? block.size() : lines;
    if (absl::Status status = Recognise(block.text().substr(0, size)); !status.ok()) {
      return status;
    }
  }
  BlockWork work = {.annotator = annotator_,
                    .is_unread_line = false,
                    .file = file_,
                    .begins_log = std::exchange(begins_log_, false)};
  size_t whole = block.size();
  if (!at_end_ && annotator_ != nullptr) whole = annotator_->WholeLines(block.text());
  if (whole == 0) {
    // The block does not contain one whole line.
    in_long_line_ = true;
    begins_log_ = work.begins_log;
    work = TakeLongLine(block);
    work.is_unread_line = true;
    return work;
  }
  const size_t next_log = annotator_ == nullptr
                              ? absl::string_view::npos
                              : annotator_->NextLog(block.text().substr(0, whole));
  if (next_log != absl::string_view::npos) {
    annotator_ = nullptr;
    whole = next_log;
  }
  Cut(block, whole);
  return work;
}

BlockWork BlockReader::TakeLongLine(InputBlock& block) {
  const size_t line_end = block.text().find('\n');
  in_long_line_ = line_end == absl::string_view::npos;
  if (!in_long_line_) Cut(block, line_end + 1);
  return {.annotator = nullptr,
          .is_unread_line = false,
          .file = file_,
          .begins_log = std::exchange(begins_log_, false)};
}

void BlockReader::Cut(InputBlock& block, size_t size) {
  rest_ = std::string(block.text().substr(size));
  block.Truncate(size);
}

absl::StatusOr<bool> BlockReader::NextLog() {
  if (annotator_ != nullptr) before_truncation_ = std::exchange(annotator_, nullptr);
  begins_log_ = true;
  at_end_ = false;
  in_long_line_ = false;
  if (source_ != nullptr) {
    const absl::StatusOr<bool> more = source_->NextLog();
    if (!more.ok()) return more.status();
    if (!*more || !source_->IsInSameFile()) before_truncation_ = nullptr;
    if (*more) return true;
    bytes_of_earlier_files_ += source_->position();
    source_ = nullptr;
    ++file_;
  }
  if (file_ >= paths_.size() || stop_.stopped()) return false;
  absl::StatusOr<std::unique_ptr<ByteSource>> opened =
      parts_.options.follow ? FollowFile(paths_[file_], stop_) : OpenSource(paths_[file_], stop_);
  if (!opened.ok()) return opened.status();
  source_ = *std::move(opened);
  return true;
}

absl::Status BlockReader::Recognise(absl::string_view beginning) {
  MaybeAnnotator annotator = RecogniseLog(beginning, parts_);
  if (!annotator.ok() && before_truncation_ != nullptr) {
    annotator_ = std::exchange(before_truncation_, nullptr);
    return absl::OkStatus();
  }
  before_truncation_ = nullptr;
  if (!annotator.ok()) {
    const std::string& path = paths_[file_];
    return {annotator.status().code(), absl::StrCat(path == "-" ? "standard input" : path, ": ",
                                                    annotator.status().message())};
  }
  annotator_ = *std::move(annotator);
  return absl::OkStatus();
}

}  // namespace portreg::cli
