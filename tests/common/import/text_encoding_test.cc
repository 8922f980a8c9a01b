#include "common/import/text_encoding.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/data/layer_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg {
namespace {

using ::testing::HasSubstr;

// Returns the text, or the error's message.
std::string Decoded(absl::string_view bytes, TextEncoding encoding = TextEncoding::kByMark) {
  const absl::StatusOr<std::string> text = DecodeText(bytes, encoding);
  return text.ok() ? *text : absl::StrCat("error: ", text.status().message());
}

// Returns the UTF-16 of ASCII text and of further units in hexadecimal order.
std::string Utf16(absl::string_view ascii, bool big_endian) {
  std::string bytes;
  for (const char c : ascii) {
    if (big_endian) bytes.push_back('\0');
    bytes.push_back(c);
    if (!big_endian) bytes.push_back('\0');
  }
  return bytes;
}

TEST(TextEncodingTest, NamesAreRead) {
  EXPECT_EQ(*ReadTextEncoding("UTF-8"), TextEncoding::kUtf8);
  EXPECT_EQ(*ReadTextEncoding("utf-16"), TextEncoding::kUtf16);
  EXPECT_EQ(*ReadTextEncoding("utf-16le"), TextEncoding::kUtf16LittleEndian);
  EXPECT_EQ(*ReadTextEncoding("utf-16be"), TextEncoding::kUtf16BigEndian);
  EXPECT_EQ(*ReadTextEncoding("Windows-1252"), TextEncoding::kWindows1252);
  EXPECT_EQ(ReadTextEncoding("latin1").status().message(),
            "encoding \"latin1\" is not utf-8, utf-16, utf-16le, utf-16be or windows-1252");
}

TEST(TextEncodingTest, MarkNamesTheEncodingAndIsRemoved) {
  EXPECT_EQ(Decoded("\xEF\xBB\xBFPort"), "Port");
  EXPECT_EQ(Decoded("Port"), "Port");
  EXPECT_EQ(Decoded(absl::StrCat("\xFF\xFE", Utf16("Port", false))), "Port");
  EXPECT_EQ(Decoded(absl::StrCat("\xFE\xFF", Utf16("Port", true))), "Port");
}

TEST(TextEncodingTest, ASpreadsheetIsRefusedInEveryEncoding) {
  for (const TextEncoding encoding : {TextEncoding::kByMark, TextEncoding::kWindows1252}) {
    EXPECT_THAT(Decoded("PK\x03\x04\x14rest", encoding),
                HasSubstr("a spreadsheet or another zip archive; save the table as CSV"));
  }
}

TEST(TextEncodingTest, FlagNamesTheEncoding) {
  EXPECT_EQ(Decoded(Utf16("Port", false), TextEncoding::kUtf16), "Port");
  EXPECT_EQ(Decoded(Utf16("Port", false), TextEncoding::kUtf16LittleEndian), "Port");
  EXPECT_EQ(Decoded(Utf16("Port", true), TextEncoding::kUtf16BigEndian), "Port");
  EXPECT_EQ(Decoded(absl::StrCat("\xFE\xFF", Utf16("Port", true)), TextEncoding::kUtf16), "Port");
  EXPECT_EQ(Decoded("Essenspl\xE4ne \x80 \x96 \xFF", TextEncoding::kWindows1252),
            "Essenspläne € – ÿ");
}

TEST(TextEncodingTest, CharactersBeyondTheBasicPlaneAreRead) {
  EXPECT_EQ(Decoded(absl::string_view("\xFF\xFE\x3D\xD8\x00\xDE\xAC\x20", 8)), "\U0001F600€");
}

TEST(TextEncodingTest, BytesOfAnotherEncodingAreRefusedWithTheirLine) {
  EXPECT_EQ(Decoded("a\nb\xE4"),
            "error: line 2: byte 0xe4 is not valid UTF-8; --encoding=windows-1252 reads older "
            "Windows files");
  EXPECT_EQ(Decoded("a\n\x81", TextEncoding::kWindows1252),
            "error: line 2: byte 0x81 has no character in windows-1252");
  EXPECT_THAT(Decoded("\xEF\xBB\xBFPort", TextEncoding::kWindows1252),
              HasSubstr("byte order mark"));
  EXPECT_THAT(Decoded("\xFF\xFEP", TextEncoding::kUtf8), HasSubstr("not utf-8"));
  EXPECT_THAT(Decoded("\xFF\xFEP"), HasSubstr("odd number"));
  EXPECT_THAT(Decoded("\xFF\xFE", TextEncoding::kUtf16BigEndian), HasSubstr("other order"));
  EXPECT_THAT(Decoded(absl::string_view("\xFF\xFE\x3D\xD8", 4)), HasSubstr("surrogate"));
  EXPECT_THAT(Decoded(absl::string_view("\xFF\xFE\x00\xDE\x00\xDE", 6)), HasSubstr("surrogate"));
  EXPECT_THAT(Decoded(Utf16("Port", false)), HasSubstr("a NUL"));
}

TEST(TextEncodingTest, SizeIsBoundedBeforeAndAfter) {
  const std::string most(kMaxFileBytes, 'a');
  EXPECT_EQ(Decoded(most).size(), kMaxFileBytes);
  EXPECT_THAT(Decoded(most + "a"), HasSubstr("larger than"));
  EXPECT_THAT(Decoded(std::string(kMaxFileBytes, '\xE4'), TextEncoding::kWindows1252),
              HasSubstr("larger than"));
}

}  // namespace
}  // namespace portreg
