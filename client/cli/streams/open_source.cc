#include <utility>

#include "client/cli/streams/byte_source.h"
#include "client/cli/streams/compressed_source.h"
#include "client/cli/streams/file_source.h"
#include "client/cli/streams/open_file.h"

namespace portreg::cli {

absl::StatusOr<std::unique_ptr<ByteSource>> OpenSource(const std::string& path,
                                                       const StopSignal& stop) {
  absl::StatusOr<OpenFile> file = OpenFile::ForReading(path);
  if (!file.ok()) return file.status();
  auto source = std::make_unique<FileSource>(path, *std::move(file), stop);
  const absl::StatusOr<absl::string_view> first = source->Peek(kMagicBytes);
  if (!first.ok()) return first.status();
  switch (CompressionOf(*first)) {
    case Compression::kGzip:
      return DecompressGzip(path, std::move(source));
    case Compression::kZstd:
      return DecompressZstd(path, std::move(source));
    case Compression::kNone:
      break;
  }
  return source;
}

}  // namespace portreg::cli
