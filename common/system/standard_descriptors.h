// Reserves the descriptors of standard input, output and error.
#ifndef PORTREG_COMMON_SYSTEM_STANDARD_DESCRIPTORS_H_
#define PORTREG_COMMON_SYSTEM_STANDARD_DESCRIPTORS_H_

namespace portreg {

// Opens /dev/null as each of the descriptors 0 to 2 that is closed. Otherwise the next
// file or socket would get that number, and text for standard output or error could be
// sent to a peer. Reading from or writing to such a descriptor fails, as if it were
// closed.
//
// Ends the process with exit code 1 if /dev/null cannot be opened.
//
// gRPC opens descriptors before main() begins, so a program must call this function even
// earlier:
//
//   __attribute__((section(".preinit_array"), used)) void (*const kBeforeAll)() =
//       &portreg::SecureStandardDescriptors;
void SecureStandardDescriptors();

}  // namespace portreg

#endif  // PORTREG_COMMON_SYSTEM_STANDARD_DESCRIPTORS_H_
