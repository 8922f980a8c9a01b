#include "server/net/socket_path.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/net/file_lock.h"

namespace portreg::server {
namespace {

constexpr size_t kMaxPathBytes = sizeof(sockaddr_un::sun_path) - 1;
// All users may connect, as they may to a port of the loopback interface. The
// permissions of the socket's directory can restrict that.
constexpr mode_t kForAll = 0666;

// A server holds the lock for microseconds.
constexpr absl::Duration kLockPatience = absl::Seconds(5);

absl::StatusOr<FileLock> LockFor(const std::string& path) {
  return FileLock::Acquire(absl::StrCat(path, ".lock"), kLockPatience);
}

absl::Status WhyNot(absl::string_view why) { return absl::UnavailableError(why); }
absl::Status WhyNot() { return WhyNot(strerror(errno)); }

sockaddr_un NameOf(const std::string& path) {
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, path.data(), path.size());
  return name;
}

// Returns false if nobody listens on the socket at the path: the connection is
// refused. With any other outcome a server may exist, even if it does not accept our
// connection.
absl::StatusOr<bool> IsInUse(const std::string& path) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return WhyNot();
  const absl::Cleanup close_fd = [fd] { close(fd); };
  const sockaddr_un name = NameOf(path);
  return connect(fd, reinterpret_cast<const sockaddr*>(&name), sizeof(name)) == 0 ||
         errno != ECONNREFUSED;
}

}  // namespace

SocketPath::File SocketPath::FileAt(const std::string& path) {
  struct stat found;
  if (lstat(path.c_str(), &found) != 0) return {};
  return {found.st_dev, found.st_ino};
}

void SocketPath::RemoveIfStill(const File& file, const std::string& path) {
  if (FileAt(path) == file) unlink(path.c_str());
}

absl::Status SocketPath::Clear(const std::string& path) {
  struct stat found;
  if (lstat(path.c_str(), &found) != 0) return absl::OkStatus();
  if (!S_ISSOCK(found.st_mode)) return WhyNot("the file is no socket");
  const absl::StatusOr<bool> in_use = IsInUse(path);
  if (!in_use.ok()) return in_use.status();
  if (*in_use) return WhyNot(strerror(EADDRINUSE));
  // If it cannot be removed, bind reports the error.
  RemoveIfStill({found.st_dev, found.st_ino}, path);
  return absl::OkStatus();
}

absl::StatusOr<SocketPath> SocketPath::Take(const std::string& path, int fd) {
  if (path.size() > kMaxPathBytes) {
    return WhyNot(absl::StrCat("the path is longer than ", kMaxPathBytes, " bytes"));
  }
  const absl::StatusOr<FileLock> lock = LockFor(path);
  if (!lock.ok()) return lock.status();
  if (absl::Status status = Clear(path); !status.ok()) return status;
  const sockaddr_un name = NameOf(path);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&name), sizeof(name)) != 0) return WhyNot();
  const File file = FileAt(path);
  // Sets permissions before it listens, so that every client that finds a listener
  // may connect.
  if (chmod(path.c_str(), kForAll) == 0 && listen(fd, SOMAXCONN) == 0) {
    return SocketPath(path, file);
  }
  const absl::Status status = WhyNot();
  RemoveIfStill(file, path);
  return status;
}

SocketPath::~SocketPath() { GiveBack(); }

void SocketPath::GiveBack() {
  if (path_.empty()) return;
  const std::string path = std::exchange(path_, {});
  // Without the lock, the file stays, and the next server replaces it.
  if (const absl::StatusOr<FileLock> lock = LockFor(path); lock.ok()) {
    RemoveIfStill(file_, path);
  }
}

}  // namespace portreg::server
