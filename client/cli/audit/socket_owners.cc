#include "client/cli/audit/socket_owners.h"

#include <dirent.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/cli/audit/small_file.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

// Calls `take` with each name in a folder. Does nothing if the folder cannot be read.
void ForEachName(const std::string& folder, absl::FunctionRef<void(const char*)> take) {
  const std::unique_ptr<DIR, int (*)(DIR*)> open(opendir(folder.c_str()), closedir);
  if (open == nullptr) return;
  while (const dirent* entry = readdir(open.get())) take(entry->d_name);
}

// Returns the inode of the socket that a link in /proc/PID/fd names: "socket:[4711]".
std::optional<uint64_t> SocketOf(const std::string& link) {
  std::array<char, 64> target = {};
  const ssize_t size = readlink(link.c_str(), target.data(), target.size());
  if (size <= 0) return std::nullopt;
  absl::string_view text(target.data(), static_cast<size_t>(size));
  uint64_t inode = 0;
  if (!absl::ConsumePrefix(&text, "socket:[") || !absl::ConsumeSuffix(&text, "]") ||
      !absl::SimpleAtoi(text, &inode)) {
    return std::nullopt;
  }
  return inode;
}

std::string NameOfProcess(const std::string& folder) {
  const absl::StatusOr<std::string> name = ReadSmallFile(absl::StrCat(folder, "/comm"), 4096);
  return name.ok() ? Printable(absl::StripTrailingAsciiWhitespace(*name)) : "";
}

}  // namespace

std::vector<ListeningSocket> WithOwners(std::vector<KernelSocket> sockets,
                                        const std::string& proc) {
  // Several sockets share an inode if one endpoint of SCTP has several addresses.
  absl::flat_hash_map<uint64_t, std::vector<size_t>> places;
  for (size_t i = 0; i < sockets.size(); ++i) {
    if (sockets[i].inode != 0) places[sockets[i].inode].push_back(i);
  }
  ForEachName(proc, [&](const char* entry) {
    SocketOwner owner;
    if (!absl::SimpleAtoi(entry, &owner.pid)) return;
    const std::string process = absl::StrCat(proc, "/", entry);
    ForEachName(absl::StrCat(process, "/fd"), [&](const char* descriptor) {
      const std::optional<uint64_t> inode = SocketOf(absl::StrCat(process, "/fd/", descriptor));
      const auto found = inode ? places.find(*inode) : places.end();
      if (found == places.end()) return;
      if (owner.name.empty()) owner.name = NameOfProcess(process);
      // The process has ended meanwhile.
      if (owner.name.empty()) return;
      for (const size_t place : found->second) sockets[place].socket.owners.push_back(owner);
    });
  });
  std::vector<ListeningSocket> owned;
  owned.reserve(sockets.size());
  for (KernelSocket& each : sockets) owned.push_back(std::move(each.socket));
  return owned;
}

}  // namespace portreg::cli
