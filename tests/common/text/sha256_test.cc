#include "common/text/sha256.h"

#include <string>

#include "gtest/gtest.h"

namespace portreg {
namespace {

// The examples of FIPS 180-4.
TEST(Sha256Test, KnownDigests) {
  const struct {
    std::string bytes;
    const char* digest;
  } cases[] = {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {std::string(1'000'000, 'a'),
       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
  };
  for (const auto& c : cases) EXPECT_EQ(Sha256Of(c.bytes), c.digest);
}

TEST(Sha256Test, PiecesMakeTheDigestOfTheWhole) {
  Sha256 hash;
  hash.Update("a");
  hash.Update("");
  hash.Update("bc");
  EXPECT_EQ(hash.Finish(), Sha256Of("abc"));
}

TEST(Sha256Test, NulBytesCount) {
  EXPECT_NE(Sha256Of(absl::string_view("a\0b", 3)), Sha256Of("ab"));
  EXPECT_NE(Sha256Of(absl::string_view("a\0", 2)), Sha256Of("a"));
}

}  // namespace
}  // namespace portreg
