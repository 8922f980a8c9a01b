#include "client/cli/commands/key_stream.h"

#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Step = KeyStream::Step;

// Returns the keys of a file with this content as "LINE:KEY".
std::vector<std::string> KeysOf(absl::string_view content) {
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(std::tmpfile(), std::fclose);
  std::fwrite(content.data(), 1, content.size(), file.get());
  std::rewind(file.get());
  KeyStream stream(fileno(file.get()));
  std::vector<std::string> keys;
  KeyStream::Key key;
  while (stream.Next(/*may_pause=*/false, key) == Step::kKey) {
    keys.push_back(absl::StrCat(key.line, ":", key.text, key.cut ? "..." : ""));
  }
  EXPECT_TRUE(stream.status().ok());
  return keys;
}

// The two ends of a pipe.
class Pipe {
 public:
  Pipe() { EXPECT_EQ(pipe(ends_.data()), 0); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close(ends_[0]);
    CloseWriter();
  }
  [[nodiscard]] int reader() const { return ends_[0]; }
  void Write(absl::string_view text) const {
    EXPECT_EQ(write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void CloseWriter() {
    if (ends_[1] >= 0) close(std::exchange(ends_[1], -1));
  }

 private:
  std::array<int, 2> ends_ = {-1, -1};
};

TEST(KeyStreamTest, BlanksLineEndsAndCommasSeparateKeys) {
  EXPECT_THAT(KeysOf("443 https\t22,80 , 53\r\n\n  9pfs"),
              ElementsAre("1:443", "1:https", "1:22", "1:80", "1:53", "3:9pfs"));
}

TEST(KeyStreamTest, InputWithoutKeysHasNone) {
  for (const absl::string_view content : {"", "\n", " ,\t\r\n", "# 443", "\xEF\xBB\xBF"}) {
    EXPECT_THAT(KeysOf(content), IsEmpty());
  }
}

TEST(KeyStreamTest, CommentBeginsWhereAKeyCouldAndEndsWithItsLine) {
  EXPECT_THAT(KeysOf("# 1, 2\n443 #22\nc#d#\n53"), ElementsAre("2:443", "3:c#d#", "4:53"));
}

TEST(KeyStreamTest, ByteOrderMarkIsSkippedAtTheBeginningOnly) {
  EXPECT_THAT(KeysOf("\xEF\xBB\xBF"
                     "443\n\xEF\xBB\xBF"
                     "22"),
              ElementsAre("1:443",
                          "2:\xEF\xBB\xBF"
                          "22"));
}

TEST(KeyStreamTest, OtherBytesBelongToKeys) {
  EXPECT_THAT(KeysOf(absl::string_view("a\0b \xff", 5)),
              ElementsAre(absl::StrCat("1:a", absl::string_view("\0", 1), "b"), "1:\xff"));
}

TEST(KeyStreamTest, LongKeysAreCut) {
  const std::string longest(KeyStream::kMaxKeyBytes, 'a');
  EXPECT_THAT(KeysOf(absl::StrCat(longest, "\n", longest, "b\n", std::string(1 << 20, 'c'), " 22")),
              ElementsAre(absl::StrCat("1:", longest), absl::StrCat("2:", longest, "..."),
                          absl::StrCat("3:", std::string(longest.size(), 'c'), "..."), "3:22"));
}

TEST(KeyStreamTest, KeysMayCrossBuffers) {
  std::string content;
  for (int i = 0; i < 50'000; ++i) absl::StrAppend(&content, i, "\n");
  const std::vector<std::string> keys = KeysOf(content);
  ASSERT_THAT(keys, SizeIs(50'000));
  for (size_t i = 0; i < keys.size(); ++i) EXPECT_EQ(keys[i], absl::StrCat(i + 1, ":", i));
}

TEST(KeyStreamTest, PausesWhereTheInputDoesAndKeepsWhatHasBegun) {
  Pipe pipe;
  KeyStream stream(pipe.reader());
  KeyStream::Key key;
  EXPECT_EQ(stream.Next(/*may_pause=*/true, key), Step::kPause);
  pipe.Write("443\nht");
  EXPECT_EQ(stream.Next(/*may_pause=*/true, key), Step::kKey);
  EXPECT_EQ(key.text, "443");
  EXPECT_EQ(stream.Next(/*may_pause=*/true, key), Step::kPause);
  pipe.Write("tps");
  pipe.CloseWriter();
  EXPECT_EQ(stream.Next(/*may_pause=*/true, key), Step::kKey);
  EXPECT_EQ(key.text, "https");
  EXPECT_EQ(stream.Next(/*may_pause=*/true, key), Step::kEnd);
  EXPECT_EQ(stream.Next(/*may_pause=*/false, key), Step::kEnd);
  EXPECT_TRUE(stream.status().ok());
}

TEST(KeyStreamTest, UnreadableInputIsAnError) {
  KeyStream stream(-1);
  KeyStream::Key key;
  EXPECT_EQ(stream.Next(/*may_pause=*/false, key), Step::kEnd);
  EXPECT_THAT(std::string(stream.status().message()),
              ::testing::HasSubstr("standard input cannot be read: "));
}

}  // namespace
}  // namespace portreg::cli
