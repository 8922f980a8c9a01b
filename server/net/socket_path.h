// Takes the path of a Unix socket, and gives it back.
#ifndef PORTREG_SERVER_NET_SOCKET_PATH_H_
#define PORTREG_SERVER_NET_SOCKET_PATH_H_

#include <sys/types.h>

#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace portreg::server {

// The path of a Unix socket that listens. Replaces a file at the path only if it is
// a socket on which nobody listens. Removes the file at the path only if it still is
// the socket that this object put there.
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
  // Binds the Unix socket `fd` to `path`, lets all users connect, and listens.
  // Returns UNAVAILABLE if it cannot; the message gives the reason, and does not
  // name the path.
  static absl::StatusOr<SocketPath> Take(const std::string& path, int fd);

  SocketPath(SocketPath&& other) noexcept
      : path_(std::exchange(other.path_, {})), file_(other.file_) {}
  SocketPath& operator=(SocketPath&& other) = delete;
  // Calls GiveBack.
  ~SocketPath();

  // Removes the socket's file if the path still leads to it. Requires that the
  // socket is still open, because the number of a file is used again once the
  // file is gone.
  void GiveBack();

 private:
  // Identifies the file at a path; {0, 0} if there is no file.
  struct File {
    dev_t device = 0;
    ino_t number = 0;
    bool operator==(const File&) const = default;
  };

  SocketPath(std::string path, const File& file) : path_(std::move(path)), file_(file) {}

  static File FileAt(const std::string& path);
  static void RemoveIfStill(const File& file, const std::string& path);
  // Removes the file at the path if it is a socket on which nobody listens. Returns
  // an error if another file is there.
  static absl::Status Clear(const std::string& path);

  // Empty once the path is given back.
  std::string path_;
  File file_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_NET_SOCKET_PATH_H_
