// Lets the kernel provide and take back pages of memory.
#ifndef PORTREG_COMMON_SYSTEM_PAGES_H_
#define PORTREG_COMMON_SYSTEM_PAGES_H_

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace portreg {

// Lets the kernel provide all pages of an array of `count` elements at once. The first
// write to each page would otherwise interrupt the program, which costs more than
// filling the page, most of all in virtual machines. Call it for a new array of known
// size that will be written in full. Does nothing if the kernel is older than Linux 5.14
// or has not enough memory.
template <typename T>
void PopulatePages(T* array, size_t count) {
#ifdef MADV_POPULATE_WRITE
  const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const uintptr_t begin = (reinterpret_cast<uintptr_t>(array) + page - 1) / page * page;
  const uintptr_t end = reinterpret_cast<uintptr_t>(array + count) / page * page;
  if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_POPULATE_WRITE);
#else
  (void)array;
  (void)count;
#endif
}

// Lets the kernel take back the pages that lie entirely within `bytes` of a program's
// constant data. They are read from the program's file again if they are needed.
inline void ReleasePages(absl::string_view bytes) {
  const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto first = reinterpret_cast<uintptr_t>(bytes.data());
  const uintptr_t begin = (first + page - 1) / page * page;
  const uintptr_t end = (first + bytes.size()) / page * page;
  if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

}  // namespace portreg

#endif  // PORTREG_COMMON_SYSTEM_PAGES_H_
