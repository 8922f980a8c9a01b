#include "client/cli/sources/table_text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/data/csv_table.h"
#include "common/data/layer_file.h"
#include "common/data/table_files.h"
#include "common/model/detail_columns.h"
#include "common/text/utf8.h"

namespace portreg::cli {
namespace {

constexpr absl::string_view kStandardInputName = "standard input";

// The columns of own tables that are not among kDetailColumns.
constexpr std::array<absl::string_view, 3> kOwnColumns = {"Aliases", "Scope", "Status"};

// Reads a pipe, a terminal or another descriptor to its end.
absl::StatusOr<TableFile> ReadDescriptor(int descriptor, absl::string_view name) {
  TableFile file{std::string(name), {}};
  std::array<char, 65536> buffer;
  while (true) {
    const ssize_t count = read(descriptor, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const absl::Status status = absl::ErrnoToStatus(errno, "cannot be read");
      return absl::Status(status.code(), absl::StrCat(name, ": ", status.message()));
    }
    if (count == 0) return file;
    file.bytes.append(buffer.data(), static_cast<size_t>(count));
    if (file.bytes.size() > kMaxFileBytes) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, ": more than ", kMaxFileBytes, " bytes, which are allowed"));
    }
  }
}

// Returns true if the path names a pipe, such as one that a shell makes of <(command).
bool IsPipe(const std::string& path) {
  struct stat status;
  return stat(path.c_str(), &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode));
}

absl::StatusOr<TableFile> ReadFile(const std::string& path) {
  if (path == "-") return ReadDescriptor(STDIN_FILENO, kStandardInputName);
  if (IsPipe(path)) {
    const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
      const absl::Status status = absl::ErrnoToStatus(errno, "cannot be opened");
      return absl::Status(status.code(), absl::StrCat(path, ": ", status.message()));
    }
    const absl::Cleanup close_descriptor = [descriptor] { close(descriptor); };
    return ReadDescriptor(descriptor, path);
  }
  absl::StatusOr<FileBytes> bytes = ReadFileBytes(path);
  if (!bytes.ok()) return bytes.status();
  return TableFile{path, std::move(bytes->bytes)};
}

bool HasColumn(const CsvTable& table, absl::string_view column) {
  const absl::StatusOr<std::optional<size_t>> place = table.Find(column);
  // A column that is there twice is there; the reader refuses it later.
  return !place.ok() || place->has_value();
}

}  // namespace

TableFormat FormatOf(absl::string_view bytes) {
  absl::string_view text = bytes;
  absl::ConsumePrefix(&text, kUtf8ByteOrderMark);
  if (absl::StartsWith(absl::StripLeadingAsciiWhitespace(text), "{")) return TableFormat::kJson;
  std::deque<std::string> unescaped;
  const absl::StatusOr<CsvTable> table = CsvTable::Open(bytes, unescaped);
  if (!table.ok()) return TableFormat::kOwnTable;
  const bool is_ianas =
      std::all_of(kDetailColumns.begin(), kDetailColumns.end(),
                  [&](const DetailColumn& column) {
                    return column.local_only != HasColumn(*table, column.header);
                  }) &&
      std::none_of(kOwnColumns.begin(), kOwnColumns.end(),
                   [&](absl::string_view column) { return HasColumn(*table, column); });
  return is_ianas ? TableFormat::kIanaCsv : TableFormat::kOwnTable;
}

absl::StatusOr<TableText> ReadTableText(const std::string& path) {
  std::vector<std::string> paths = {path};
  if (path != "-") {
    absl::StatusOr<std::vector<std::string>> found = FindTableFiles({path});
    if (!found.ok()) return found.status();
    paths = *std::move(found);
  }
  TableText text;
  size_t size = 0;
  for (const std::string& each : paths) {
    absl::StatusOr<TableFile> file = ReadFile(each);
    if (!file.ok()) return file.status();
    size += file->bytes.size();
    if (size > kMaxFileBytes) {
      return absl::InvalidArgumentError(absl::StrCat(path, ": files of more than ", kMaxFileBytes,
                                                     " bytes in all, which are allowed"));
    }
    const TableFormat format = FormatOf(file->bytes);
    if (!text.files.empty() && format != text.format) {
      return absl::InvalidArgumentError(absl::StrCat(
          file->name, ": the format is another than that of ", text.files.front().name));
    }
    text.format = format;
    text.files.push_back(*std::move(file));
  }
  return text;
}

}  // namespace portreg::cli
