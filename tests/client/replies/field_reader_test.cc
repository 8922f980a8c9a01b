#include "client/replies/field_reader.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace portreg::internal {
namespace {

using ::std::nullopt;

TEST(FieldReaderTest, ReadsFieldsInOrder) {
  FieldReader fields(
      "\x08\x05\x12\x03"
      "abc\x78\x06");
  EXPECT_EQ(fields.Number(1), 5);
  EXPECT_EQ(fields.Bytes(2), "abc");
  EXPECT_FALSE(fields.at_end());
  EXPECT_EQ(fields.Number(15), 6);
  EXPECT_TRUE(fields.at_end());
}

TEST(FieldReaderTest, OtherFieldStaysUnread) {
  FieldReader fields("\x12\x01z");
  EXPECT_EQ(fields.Number(1), nullopt);
  EXPECT_EQ(fields.Number(2), nullopt);
  EXPECT_EQ(fields.Bytes(1), nullopt);
  EXPECT_EQ(fields.Bytes(2), "z");
  EXPECT_EQ(fields.Bytes(2), nullopt);
  EXPECT_TRUE(fields.at_end());
}

TEST(FieldReaderTest, NumbersUpToThreeBytes) {
  const struct {
    absl::string_view bytes;
    std::optional<uint32_t> number;
  } cases[] = {
      {{"\x08\x00", 2}, 0},
      {"\x08\x7f", 127},
      {"\x08\x80\x01", 128},
      {"\x08\xff\xff\x03", 65535},
      {"\x08\xff\xff\x7f", (1 << 21) - 1},
      // Longer than necessary.
      {{"\x08\x81\x00", 3}, 1},
      {"\x08\x80\x80\x80\x01", nullopt},
      {"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", nullopt},
      {"\x08", nullopt},
      {"\x08\xff", nullopt},
      {"\x08\xff\xff", nullopt},
      {"", nullopt},
  };
  for (const auto& [bytes, number] : cases) {
    FieldReader fields(bytes);
    EXPECT_EQ(fields.Number(1), number);
    EXPECT_EQ(fields.at_end(), number.has_value() || bytes.empty());
  }
}

TEST(FieldReaderTest, BytesThatAreCutOffStayUnread) {
  const std::string whole = std::string("\x0a\x85\x02") + std::string(261, 'x');
  for (size_t size = 0; size <= whole.size(); ++size) {
    // A buffer of exactly that size, so that the sanitizer sees a read behind it.
    const auto buffer = std::make_unique<char[]>(size);
    whole.copy(buffer.get(), size);
    FieldReader fields({buffer.get(), size});
    const std::optional<absl::string_view> bytes = fields.Bytes(1);
    EXPECT_EQ(bytes.has_value(), size == whole.size());
    EXPECT_EQ(fields.at_end(), size == 0 || size == whole.size());
  }
}

TEST(IsAsciiTest, FindsAnyByteAbove) {
  EXPECT_TRUE(IsAscii(""));
  for (size_t size = 1; size <= 33; ++size) {
    std::string text(size, '\x7f');
    EXPECT_TRUE(IsAscii(text));
    for (size_t i = 0; i < size; ++i) {
      text[i] = '\x80';
      EXPECT_FALSE(IsAscii(text)) << size << " " << i;
      // Only the text's own bytes count.
      EXPECT_TRUE(IsAscii(absl::string_view(text).substr(0, i)));
      EXPECT_TRUE(IsAscii(absl::string_view(text).substr(i + 1)));
      text[i] = '\x7f';
    }
  }
}

}  // namespace
}  // namespace portreg::internal
