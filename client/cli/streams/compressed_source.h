// Decompresses gzip and zstd.
#ifndef PORTREG_CLIENT_CLI_STREAMS_COMPRESSED_SOURCE_H_
#define PORTREG_CLIENT_CLI_STREAMS_COMPRESSED_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "client/cli/streams/byte_source.h"

namespace portreg::cli {

enum class Compression : uint8_t { kNone, kGzip, kZstd };

// The number of bytes that CompressionOf() needs.
inline constexpr size_t kMagicBytes = 4;

// Returns the compression of a file by its first bytes.
Compression CompressionOf(absl::string_view first_bytes);

// Return sources of the decompressed bytes of `inner`. Files may consist of several members or
// frames. `path` is for messages. Reading returns DATA_LOSS if the data are broken or end
// too early.
std::unique_ptr<ByteSource> DecompressGzip(std::string path, std::unique_ptr<ByteSource> inner);
std::unique_ptr<ByteSource> DecompressZstd(std::string path, std::unique_ptr<ByteSource> inner);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_STREAMS_COMPRESSED_SOURCE_H_
