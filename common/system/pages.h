// Lets the kernel provide and take back pages of memory.
#ifndef PORTREG_COMMON_SYSTEM_PAGES_H_
#define PORTREG_COMMON_SYSTEM_PAGES_H_

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace portreg {

// The pages that lie entirely within some memory.
struct WholePages {
  WholePages(const void* memory, size_t bytes) {
    const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
    const auto first = reinterpret_cast<uintptr_t>(memory);
    const size_t before = (page - first % page) % page;
    if (before >= bytes) return;
    begin = const_cast<char*>(static_cast<const char*>(memory)) + before;
    size = (bytes - before) / page * page;
  }

  void* begin = nullptr;
  size_t size = 0;
};

// Lets the kernel provide all pages of an array of `count` elements at once. The first
// write to each page would otherwise interrupt the program, which costs more than
// filling the page, most of all in virtual machines. Call it for a new array of known
// size that will be written in full. Does nothing if the kernel is older than Linux 5.14
// or has not enough memory.
template <typename T>
void PopulatePages(T* array, size_t count) {
#ifdef MADV_POPULATE_WRITE
  const WholePages pages(array, count * sizeof(T));
  if (pages.size > 0) madvise(pages.begin, pages.size, MADV_POPULATE_WRITE);
#else
  (void)array;
  (void)count;
#endif
}

// Lets the kernel take back the pages that lie entirely within `bytes` of a program's
// constant data. They are read from the program's file again if they are needed.
inline void ReleasePages(absl::string_view bytes) {
  const WholePages pages(bytes.data(), bytes.size());
  if (pages.size > 0) madvise(pages.begin, pages.size, MADV_DONTNEED);
}

}  // namespace portreg

#endif  // PORTREG_COMMON_SYSTEM_PAGES_H_
