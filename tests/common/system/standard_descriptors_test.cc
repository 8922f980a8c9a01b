#include "common/system/standard_descriptors.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>

#include "gtest/gtest.h"

namespace portreg {
namespace {

// Closes and secures descriptor `fd`. Exits with 0 if `fd` then can neither be read nor
// written as usual, and if the next file gets another number.
[[noreturn]] void CloseAndSecure(int fd) {
  close(fd);
  SecureStandardDescriptors();
  char byte = 0;
  const ssize_t used = fd == STDIN_FILENO ? read(fd, &byte, 1) : write(fd, &byte, 1);
  const bool fails = used < 0 && errno == EBADF;
  const bool held = fcntl(fd, F_GETFD) >= 0 && open("/dev/null", O_RDONLY) > STDERR_FILENO;
  _exit(fails && held ? EXIT_SUCCESS : EXIT_FAILURE);
}

TEST(StandardDescriptorsTest, AClosedOneIsTakenAndStaysUnusable) {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    EXPECT_EXIT(CloseAndSecure(fd), ::testing::ExitedWithCode(EXIT_SUCCESS), "") << fd;
  }
}

TEST(StandardDescriptorsTest, AnOpenOneIsLeftAlone) {
  struct stat before;
  struct stat after;
  ASSERT_EQ(fstat(STDERR_FILENO, &before), 0);
  SecureStandardDescriptors();
  ASSERT_EQ(fstat(STDERR_FILENO, &after), 0);
  EXPECT_EQ(before.st_ino, after.st_ino);
}

}  // namespace
}  // namespace portreg
