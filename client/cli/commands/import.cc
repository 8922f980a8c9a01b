// Runs `portreg import FILE`.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/cli/commands/command_parts.h"
#include "common/data/layer_file.h"
#include "common/import/import_table.h"

namespace portreg::cli {
namespace {

std::string NameOf(const std::string& path) {
  return path == kStandardInput ? "standard input" : path;
}

// Reads a file to its end, or to the first byte beyond kMaxFileBytes. Accepts pipes.
absl::StatusOr<std::string> ReadInput(const std::string& path) {
  const auto close = [](std::FILE* file) {
    if (file != stdin) (void)std::fclose(file);
  };
  const std::unique_ptr<std::FILE, decltype(close)> file(
      path == kStandardInput ? stdin : std::fopen(path.c_str(), "rbe"), close);
  if (file == nullptr) return absl::ErrnoToStatus(errno, "cannot be opened");
  constexpr size_t kPieceBytes = size_t{256} << 10;
  std::string bytes;
  while (bytes.size() <= kMaxFileBytes) {
    const size_t size = bytes.size();
    bytes.resize(size + kPieceBytes);
    errno = 0;
    const size_t count = std::fread(bytes.data() + size, 1, kPieceBytes, file.get());
    bytes.resize(size + count);
    if (std::ferror(file.get()) != 0) return absl::ErrnoToStatus(errno, "cannot be read");
    if (count < kPieceBytes) break;
  }
  return bytes;
}

void PutNotes(absl::string_view name, absl::string_view kind, const std::vector<ImportNote>& notes,
              const Output& output) {
  for (const ImportNote& note : notes) {
    const std::string line = note.line == 0 ? "" : absl::StrCat(": line ", note.line);
    Complain(absl::StrCat(name, line, ": ", kind, note.text), output);
  }
}

}  // namespace

int RunImport(const Invocation& invocation, const Output& output) {
  const std::string& path = invocation.keys.front();
  const std::string name = NameOf(path);
  const auto fail = [&](const absl::Status& status) {
    return FailUsage({status.code(), absl::StrCat(name, ": ", status.message())}, output);
  };
  const absl::StatusOr<std::string> bytes = ReadInput(path);
  if (!bytes.ok()) return fail(bytes.status());
  const absl::StatusOr<ImportedTable> table = ImportTable(*bytes, invocation.import);
  if (!table.ok()) return fail(table.status());
  output.out.PutData(table->csv);
  (void)output.out.Flush();
  PutNotes(name, "", table->notes.remarks, output);
  const std::vector<ImportNote>& left_out = table->notes.left_out;
  PutNotes(name, "left out: ", left_out, output);
  if (left_out.empty()) return kExitOk;
  Complain(absl::StrCat(name, ": ", left_out.size(), " left out, ", table->record_count,
                        " records written"),
           output);
  return kExitRefused;
}

}  // namespace portreg::cli
