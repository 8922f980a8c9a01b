// Takes the path of a unix socket, and gives it back.
#ifndef PORTREG_SERVER_NET_SOCKET_PATH_H_
#define PORTREG_SERVER_NET_SOCKET_PATH_H_

#include <sys/types.h>

#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace portreg::server {

// The path of a unix socket that listens. A path is taken over only from a
// socket that nobody listens on, and removed only while it still leads to the
// socket that was put there.
//
// The lock on PATH.lock is held while a path is taken and while it is given
// back, so that no other server finds a socket that is bound and does not yet
// listen. It is not held between, because a server whose socket was removed may
// be replaced before it ends. The lock file stays: removing it would let two
// servers lock two files of that name.
//
// Not thread-safe.
class SocketPath {
 public:
  // Binds the unix socket `fd` to `path`, open to all users, and listens.
  // UNAVAILABLE otherwise; the message says why, and does not name the path.
  static absl::StatusOr<SocketPath> Take(const std::string& path, int fd);

  SocketPath(SocketPath&& other) noexcept
      : path_(std::exchange(other.path_, {})), file_(other.file_) {}
  SocketPath& operator=(SocketPath&& other) = delete;
  // As GiveBack.
  ~SocketPath();

  // Removes the socket's file if the path still leads to it. Requires that the
  // socket is still open, because the number of a file is used again once the
  // file is gone.
  void GiveBack();

 private:
  // What a path leads to; a path without a file leads to {0, 0}.
  struct File {
    dev_t device = 0;
    ino_t number = 0;
    bool operator==(const File&) const = default;
  };

  SocketPath(std::string path, const File& file) : path_(std::move(path)), file_(file) {}

  static File FileAt(const std::string& path);
  static void RemoveIfStill(const File& file, const std::string& path);
  // Makes way at the path: removes a socket that nobody listens on.
  static absl::Status Clear(const std::string& path);

  // Empty once it is given back.
  std::string path_;
  File file_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_NET_SOCKET_PATH_H_
