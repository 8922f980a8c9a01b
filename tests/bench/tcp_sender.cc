// Sends bytes by plain TCP as fast as possible: the bytes of a file for each byte that it
// receives, to one connection after the other.
//
//   tcp_sender FILE
//
// Prints READY with the address once it serves.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "sockets.h"

int main(int argc, char** argv) {
  std::ifstream file(argc == 2 ? argv[1] : "", std::ios::binary);
  if (!file) {
    std::cerr << "usage: tcp_sender FILE\n";
    return EXIT_FAILURE;
  }
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const portreg::bench::Socket listening = portreg::bench::Socket::Listen();
  std::cout << "READY 127.0.0.1:" << listening.port() << std::endl;
  // The fastest size of a write, measured from 16 kB to 1 MB.
  constexpr size_t kPiece = 64 << 10;
  for (;;) {
    const portreg::bench::Socket connection = listening.Accept();
    char request;
    while (connection.Receive(&request, 1) == 1) connection.Send(bytes, kPiece);
  }
}
