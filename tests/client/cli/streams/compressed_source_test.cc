#include "client/cli/streams/compressed_source.h"

#include <zstd.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/cli/streams/byte_source.h"
#include "client/cli/streams/stop_signal.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg::cli {
namespace {

using ::testing::HasSubstr;

std::string Zstd(absl::string_view text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
  return packed;
}

// Reads a file to its end in steps of `step` bytes.
absl::StatusOr<std::string> ReadAll(const std::string& path, size_t step) {
  const StopSignal stop;
  absl::StatusOr<std::unique_ptr<ByteSource>> source = OpenSource(path, stop);
  if (!source.ok()) return source.status();
  std::string text;
  std::string some(step, '\0');
  while (true) {
    const absl::StatusOr<size_t> count = (*source)->Read(some.data(), some.size());
    if (!count.ok()) return count.status();
    if (*count == 0) return text;
    text.append(some, 0, *count);
  }
}

std::string SampleText() {
  std::string text;
  for (int i = 0; i < 50'000; ++i) absl::StrAppend(&text, i * i, "\n");
  return text;
}

TEST(CompressedSourceTest, FramesOfZstdFollowEachOther) {
  TempDirectory directory;
  const std::string text = SampleText();
  const std::string path =
      directory.Write("log.zst", absl::StrCat(Zstd(text), Zstd(""), Zstd("end")));
  for (const size_t step : {7, 4096, 1 << 20}) {
    const absl::StatusOr<std::string> read = ReadAll(path, step);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_TRUE(*read == absl::StrCat(text, "end")) << step;
  }
}

TEST(CompressedSourceTest, BrokenZstdIsNamed) {
  TempDirectory directory;
  const std::string packed = Zstd(SampleText());
  const std::string cut = directory.Write("cut", packed.substr(0, packed.size() - 5));
  EXPECT_EQ(ReadAll(cut, 4096).status(),
            absl::DataLossError(absl::StrCat(cut, ": the data of zstd end too early")));
  std::string broken = packed;
  // Sets a reserved bit of the frame's header (RFC 8878 section 3.1.1.1.1.4).
  broken[4] |= 0x08;
  const absl::Status status = ReadAll(directory.Write("broken", broken), 4096).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(status.message(), HasSubstr("the data of zstd are broken: "));
}

TEST(CompressedSourceTest, ShortFilesAreReadAsTheyAre) {
  TempDirectory directory;
  for (const char* text : {"", "a", "\x1F", "\x28\xB5\x2F", "abc\nabc\n"}) {
    EXPECT_EQ(ReadAll(directory.Write("short", text), 3).value(), text);
  }
}

TEST(CompressedSourceTest, MagicBytesTellTheCompression) {
  EXPECT_EQ(CompressionOf("\x1F\x8B\x08"), Compression::kGzip);
  EXPECT_EQ(CompressionOf("\x28\xB5\x2F\xFD"), Compression::kZstd);
  EXPECT_EQ(CompressionOf("2 12"), Compression::kNone);
}

}  // namespace
}  // namespace portreg::cli
