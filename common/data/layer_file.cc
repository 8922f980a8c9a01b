#include "common/data/layer_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "common/data/iana_csv.h"
#include "common/data/own_table.h"
#include "common/model/port.h"
#include "common/text/sha256.h"

namespace portreg {
namespace {

constexpr size_t kMinIanaRows = 10'000;
constexpr double kMaxIanaSetAsideShare = 0.01;
constexpr std::array<Port, 4> kLandmarkPorts = {0, 22, 443, 49151};

absl::Status Prefixed(absl::string_view name, const absl::Status& status) {
  return {status.code(), absl::StrCat(name, ": ", status.message())};
}

std::string ListSetAside(const std::vector<SetAsideRow>& rows, size_t most) {
  std::string list;
  for (size_t i = 0; i < std::min(rows.size(), most); ++i) {
    absl::StrAppend(&list, "\n  ", ErrorAt(rows[i].position, rows[i].reason).message());
  }
  if (rows.size() > most) {
    absl::StrAppend(&list, "\n  and ", rows.size() - most, " more");
  }
  return list;
}

absl::Status CheckRules(const ParsedIanaCsv& parsed, const LayerRules& rules) {
  const size_t rows = parsed.records.size() + parsed.set_aside.size();
  const auto allowed = static_cast<size_t>(rules.max_set_aside_share * static_cast<double>(rows));
  if (parsed.set_aside.size() > allowed) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "%d of %d rows cannot be used, at most %d may be:%s", parsed.set_aside.size(), rows,
        allowed, ListSetAside(parsed.set_aside, rules.max_rows_listed)));
  }
  if (parsed.records.size() < rules.min_rows) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%d usable rows, at least %d are needed; the file seems cut off",
                        parsed.records.size(), rules.min_rows));
  }
  if (!rules.needs_landmark_ports) return absl::OkStatus();
  for (const Port port : kLandmarkPorts) {
    const auto covers = [port](const ServiceRecord& record) {
      return record.ports && record.ports->contains(port);
    };
    if (std::none_of(parsed.records.begin(), parsed.records.end(), covers)) {
      return absl::InvalidArgumentError(
          absl::StrCat("no row for port ", port, ", which every copy of IANA's registry has"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<LayerData> Parse(Layer layer, absl::string_view origin, absl::string_view bytes,
                                std::shared_ptr<LayerText> text, const LayerRules& rules) {
  absl::StatusOr<ParsedIanaCsv> parsed =
      rules.is_own_table ? ParseOwnTable(bytes, layer, *text) : ParseIanaCsv(bytes, layer, *text);
  if (!parsed.ok()) return Prefixed(origin, parsed.status());
  if (absl::Status status = CheckRules(*parsed, rules); !status.ok()) {
    return Prefixed(origin, status);
  }
  for (ServiceRecord& record : parsed->records) record.source = rules.source;
  LayerData data{.info = {}, .records = std::move(parsed->records), .text = std::move(text)};
  const auto count = [&data](auto predicate) {
    return static_cast<size_t>(std::count_if(data.records.begin(), data.records.end(), predicate));
  };
  data.info.layer = layer;
  data.info.source = rules.source;
  data.info.origin = std::string(origin);
  data.info.record_count = data.records.size();
  data.info.named_count = count([](const ServiceRecord& record) { return record.named(); });
  data.info.portless_count = count([](const ServiceRecord& record) { return !record.ports; });
  data.info.set_aside = std::move(parsed->set_aside);
  data.info.unread_columns = std::move(parsed->unread_columns);
  return data;
}

// Returns nullopt for a time outside the years 1 to 9999, which some file systems accept,
// because RFC 3339 and google.protobuf.Timestamp cannot represent it.
std::optional<absl::Time> ModifyTime(const struct stat& status) {
  constexpr time_t kFirst = -62'135'596'800;  // 0001-01-01T00:00:00Z
  constexpr time_t kLast = 253'402'300'799;   // 9999-12-31T23:59:59Z
  if (status.st_mtim.tv_sec < kFirst || kLast < status.st_mtim.tv_sec) return std::nullopt;
  return absl::TimeFromTimespec(status.st_mtim);
}

// Returns true if a file was written between two calls of fstat(2). Ignores a rename of
// another file over it, because a rename does not change the open file's bytes.
bool IsWritten(const struct stat& before, const struct stat& after) {
  return before.st_size != after.st_size || before.st_mtim.tv_sec != after.st_mtim.tv_sec ||
         before.st_mtim.tv_nsec != after.st_mtim.tv_nsec;
}

// Reads a file to its end. Returns an error if it has more than `limit` bytes, which a
// growing file may have by now. `expected` is the size that fstat(2) reported; it sizes
// the buffer.
absl::StatusOr<std::string> ReadAll(int fd, size_t expected, size_t limit) {
  std::string content;
  size_t size = 0;
  while (size <= limit) {
    content.resize(std::min(limit, std::max(2 * size, expected)) + 1);
    const ssize_t count = read(fd, content.data() + size, content.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return absl::ErrnoToStatus(errno, "cannot be read");
    if (count == 0) {
      content.resize(size);
      return content;
    }
    size += static_cast<size_t>(count);
  }
  return absl::InvalidArgumentError(absl::StrCat("larger than ", limit, " bytes"));
}

}  // namespace

LayerRules IanaFileRules() {
  return {.max_set_aside_share = kMaxIanaSetAsideShare,
          .min_rows = kMinIanaRows,
          .needs_landmark_ports = true};
}

LayerRules LocalFileRules() { return {.is_own_table = true}; }

LayerRules CommonFileRules() { return {.is_own_table = true, .source = kSiteSource}; }

absl::StatusOr<LayerData> ReadLayer(Layer layer, absl::string_view origin,
                                    std::shared_ptr<LayerText> text, const LayerRules& rules) {
  const absl::string_view bytes = text->text;
  absl::StatusOr<LayerData> data = Parse(layer, origin, bytes, std::move(text), rules);
  if (data.ok()) data->info.sha256 = Sha256Of(data->text->text);
  return data;
}

absl::StatusOr<FileBytes> ReadFileBytes(const std::string& path) {
  // O_NONBLOCK, because opening a pipe would otherwise wait for its writer. A pipe is
  // refused below.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return Prefixed(path, absl::ErrnoToStatus(errno, "cannot be opened"));
  const absl::Cleanup close_fd = [fd] { close(fd); };

  struct stat status;
  if (fstat(fd, &status) != 0) return Prefixed(path, absl::ErrnoToStatus(errno, "cannot be read"));
  if (!S_ISREG(status.st_mode)) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": not a regular file"));
  }
  if (static_cast<size_t>(status.st_size) > kMaxFileBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": file has ", status.st_size, " bytes, at most ", kMaxFileBytes, " are allowed"));
  }
  absl::StatusOr<std::string> content =
      ReadAll(fd, static_cast<size_t>(status.st_size), kMaxFileBytes);
  if (!content.ok()) return Prefixed(path, content.status());
  struct stat after;
  if (fstat(fd, &after) != 0) return Prefixed(path, absl::ErrnoToStatus(errno, "cannot be read"));
  if (IsWritten(status, after)) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": written while it was read; replace it by renaming a complete file over it"));
  }
  return FileBytes{*std::move(content), ModifyTime(status)};
}

absl::StatusOr<LayerData> ReadLayerFile(Layer layer, const std::string& path,
                                        const LayerRules& rules) {
  absl::StatusOr<FileBytes> file = ReadFileBytes(path);
  if (!file.ok()) return file.status();
  auto text = std::make_shared<LayerText>();
  text->text = std::move(file->bytes);
  absl::StatusOr<LayerData> data = ReadLayer(layer, path, std::move(text), rules);
  if (!data.ok()) return data;
  data->info.origin = std::filesystem::path(path).filename().string();
  data->info.modify_time = file->modify_time;
  return data;
}

}  // namespace portreg
