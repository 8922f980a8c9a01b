#include "client/cli/audit/small_file.h"

#include <cerrno>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace portreg::cli {

absl::StatusOr<std::string> ReadSmallFile(std::FILE* file, size_t max_bytes) {
  constexpr size_t kPieceBytes = 64 << 10;
  std::string text;
  while (text.size() <= max_bytes) {
    const size_t held = text.size();
    text.resize(held + kPieceBytes);
    errno = 0;
    const size_t size = std::fread(&text[held], 1, kPieceBytes, file);
    text.resize(held + size);
    if (std::ferror(file) != 0)
      return absl::ErrnoToStatus(errno == 0 ? EIO : errno, "cannot be read");
    if (size < kPieceBytes) break;
  }
  if (text.size() <= max_bytes) return text;
  return absl::ResourceExhaustedError(absl::StrCat("has more than ", max_bytes, " bytes"));
}

absl::StatusOr<std::string> ReadSmallFile(const std::string& path, size_t max_bytes) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"),
                                                             std::fclose);
  if (file == nullptr) return absl::ErrnoToStatus(errno, "cannot be opened");
  return ReadSmallFile(file.get(), max_bytes);
}

}  // namespace portreg::cli
