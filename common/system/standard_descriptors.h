// Keeps standard input, output and error what they are meant to be.
#ifndef PORTREG_COMMON_SYSTEM_STANDARD_DESCRIPTORS_H_
#define PORTREG_COMMON_SYSTEM_STANDARD_DESCRIPTORS_H_

namespace portreg {

// Opens /dev/null as each of the descriptors 0 to 2 that is closed. Otherwise
// the next file or socket would get that number, and a peer would be sent what
// is meant for standard output or error. Reading from or writing to such a
// descriptor fails, as it does while it is closed.
//
// Ends the process, with exit code 1, if /dev/null cannot be opened.
//
// gRPC opens descriptors before main() begins, so programs have this called
// before all else:
//
//   __attribute__((section(".preinit_array"), used)) void (*const kBeforeAll)() =
//       &portreg::SecureStandardDescriptors;
void SecureStandardDescriptors();

}  // namespace portreg

#endif  // PORTREG_COMMON_SYSTEM_STANDARD_DESCRIPTORS_H_
