#include "server/http/content_coding.h"

#include <zlib.h>

#include <string>

#include "gtest/gtest.h"

namespace portreg::server {
namespace {

std::string Gunzip(const std::string& compressed) {
  z_stream stream = {};
  EXPECT_EQ(inflateInit2(&stream, MAX_WBITS + 16), Z_OK);
  std::string bytes(1 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
  stream.avail_in = static_cast<uInt>(compressed.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  bytes.resize(stream.total_out);
  inflateEnd(&stream);
  return bytes;
}

TEST(ContentCodingTest, GzipIsAcceptedIfItIsNamedOrAllAre) {
  for (const char* const value : {"gzip", "GZip", "br, gzip;q=0.1", "deflate,x-gzip", "*",
                                  "br;q=1, *;q=0.5", " gzip ; q=1.0"}) {
    EXPECT_TRUE(AcceptsGzip(value)) << value;
  }
  for (const char* const value : {"", "identity", "br", "gzip;q=0", "gzip; q=0.0, *", "*;q=0",
                                  "gzipped", "gzip;q=nonsense"}) {
    EXPECT_FALSE(AcceptsGzip(value)) << value;
  }
}

TEST(ContentCodingTest, TheBytesComeBack) {
  std::string bytes = "{}";
  EXPECT_EQ(Gunzip(Gzip(bytes)), bytes);
  for (int i = 0; i < 20'000; ++i) bytes += std::to_string(i * 7919);
  EXPECT_EQ(Gunzip(Gzip(bytes)), bytes);
  EXPECT_LT(Gzip(bytes).size(), bytes.size());
  EXPECT_EQ(Gunzip(Gzip("")), "");
}

TEST(ContentCodingTest, AStreamIsTheSumOfItsParts) {
  GzipStream stream;
  const std::string line(50'000, 'a');
  std::string compressed = stream.Add(line, false);
  EXPECT_FALSE(compressed.empty());
  compressed += stream.Add("b\n", false);
  compressed += stream.Add("c\n", true);
  EXPECT_EQ(Gunzip(compressed), line + "b\nc\n");
}

}  // namespace
}  // namespace portreg::server
