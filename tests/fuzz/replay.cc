// Calls a fuzzer with each file of a corpus, so that every compiler tests known inputs
// without libFuzzer.
//
// Usage: NAME_replay DIRECTORY...
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/fuzz/require.h"

namespace {

std::vector<std::filesystem::path> FilesOf(const char* directory) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

void Replay(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  // Prints the input first, because a property that does not hold ends the process.
  std::printf("%s, %zu bytes\n", path.c_str(), bytes.size());
  std::fflush(stdout);
  // Copies to exactly the input's size, so that AddressSanitizer sees a read behind it.
  const std::vector<uint8_t> exact(bytes.begin(), bytes.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

}  // namespace

int main(int argc, char** argv) {
  size_t replayed = 0;
  for (int i = 1; i < argc; ++i) {
    for (const std::filesystem::path& path : FilesOf(argv[i])) {
      Replay(path);
      ++replayed;
    }
  }
  if (replayed == 0) {
    std::fprintf(stderr, "%s: no files to replay\n", argv[0]);
    return 1;
  }
  std::printf("%zu files\n", replayed);
  return 0;
}
