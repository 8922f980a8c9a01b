#include "client/cli/commands/key_stream.h"

#include <poll.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/text/utf8.h"

namespace portreg::cli {
namespace {

bool Separates(char byte) {
  return byte == ',' || absl::ascii_isspace(static_cast<unsigned char>(byte));
}

}  // namespace

KeyStream::Step KeyStream::Next(bool may_pause, Key& key) {
  while (true) {
    while (at_ < end_) {
      if (!Take(buffer_[at_++])) continue;
      key = std::exchange(begun_, Key());
      return Step::kKey;
    }
    if (may_pause && !InputWaits()) return Step::kPause;
    if (Fill()) continue;
    if (begun_.text.empty() || !status_.ok()) return Step::kEnd;
    key = std::exchange(begun_, Key());
    return Step::kKey;
  }
}

bool KeyStream::Take(char byte) {
  const size_t line = line_;
  if (byte == '\n') ++line_;
  if (in_comment_) {
    in_comment_ = byte != '\n';
    return false;
  }
  if (Separates(byte)) return !begun_.text.empty();
  if (begun_.text.empty()) {
    in_comment_ = byte == '#';
    if (in_comment_) return false;
    begun_.line = line;
  }
  if (begun_.text.size() < kMaxKeyBytes) {
    begun_.text += byte;
  } else {
    begun_.cut = true;
  }
  return false;
}

bool KeyStream::Fill() {
  if (!status_.ok()) return false;
  ssize_t count = 0;
  do {
    count = read(descriptor_, buffer_.data(), buffer_.size());
  } while (count < 0 && errno == EINTR);
  if (count < 0) {
    status_ =
        absl::UnknownError(absl::StrCat("standard input cannot be read: ", std::strerror(errno)));
  }
  at_ = 0;
  end_ = count > 0 ? static_cast<size_t>(count) : 0;
  if (std::exchange(first_fill_, false) &&
      absl::StartsWith(absl::string_view(buffer_.data(), end_), kUtf8ByteOrderMark)) {
    at_ = kUtf8ByteOrderMark.size();
  }
  return end_ > 0;
}

bool KeyStream::InputWaits() const {
  pollfd input = {.fd = descriptor_, .events = POLLIN, .revents = 0};
  return poll(&input, 1, /*timeout=*/0) != 0;
}

}  // namespace portreg::cli
