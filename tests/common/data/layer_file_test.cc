#include "common/data/layer_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/text/sha256.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

absl::StatusOr<LayerData> ReadRows(absl::string_view rows, const LayerRules& rules) {
  auto text = std::make_shared<LayerText>();
  text->text = absl::StrCat(kShortHeader, rows);
  return ReadLayer(Layer::kIana, "rows.csv", text, rules);
}

std::string MessageFor(absl::string_view rows, const LayerRules& rules) {
  const absl::Status status = ReadRows(rows, rules).status();
  EXPECT_EQ(status.ok() ? absl::StatusCode::kInvalidArgument : status.code(),
            absl::StatusCode::kInvalidArgument);
  return Message(status);
}

std::string Repeat(int count, absl::string_view row) {
  std::string rows;
  for (int i = 0; i < count; ++i) rows.append(row.data(), row.size());
  return rows;
}

TEST(LayerFileTest, ALayerIsDescribed) {
  const absl::StatusOr<LayerData> layer = ReadRows(
      "http,80,tcp,Web\n,0,tcp,Reserved\nimap3,,tcp,\nssh,22,tcp,Say \"\"\nbad,70000,tcp,\n",
      {.max_set_aside_share = 0.2});
  ASSERT_TRUE(layer.ok()) << layer.status();
  EXPECT_EQ(layer->info.layer, Layer::kIana);
  EXPECT_EQ(layer->info.origin, "rows.csv");
  EXPECT_EQ(layer->info.sha256, Sha256Of(layer->text->text));
  EXPECT_EQ(layer->info.modify_time, std::nullopt);
  EXPECT_EQ(layer->info.record_count, 4);
  EXPECT_EQ(layer->info.named_count, 3);
  EXPECT_EQ(layer->info.portless_count, 1);
  ASSERT_EQ(layer->info.set_aside.size(), 1);
  EXPECT_EQ(layer->info.set_aside[0].position.line, 6);
  EXPECT_EQ(layer->records.size(), 4);
}

TEST(LayerFileTest, RecordsViewTheText) {
  auto text = std::make_shared<LayerText>();
  text->text = absl::StrCat(kShortHeader, "http,80,tcp,\"W\"\"W\"\n");
  const LayerData layer = ReadLayer(Layer::kCommon, "x", std::move(text), {}).value();
  ASSERT_EQ(layer.records.size(), 1);
  EXPECT_EQ(layer.records[0].service.data(), layer.text->text.data() + kShortHeader.size());
  EXPECT_EQ(layer.records[0].description, "W\"W");
  EXPECT_EQ(layer.records[0].layer, Layer::kCommon);
}

TEST(LayerFileTest, TheDigestIsOfAllBytes) {
  const std::string bytes = absl::StrCat("\xEF\xBB\xBF", kShortHeader, "http,80,tcp,\n\n");
  auto text = std::make_shared<LayerText>();
  text->text = bytes;
  EXPECT_EQ(ReadLayer(Layer::kIana, "x", std::move(text), {})->info.sha256, Sha256Of(bytes));
}

TEST(LayerFileTest, AParseErrorNamesTheOrigin) {
  EXPECT_EQ(MessageFor("a,1,tcp\n", {}),
            "rows.csv: line 2, column 1: row has 3 fields, the header has 4; it seems cut off or "
            "unquoted");
}

TEST(LayerFileTest, ALocalFileMayHoldNoUnusableRow) {
  EXPECT_EQ(MessageFor(Repeat(999, "a,1,tcp,x\n") + "b,70000,tcp,x\n", LocalFileRules()),
            "rows.csv: 1 of 1000 rows cannot be used, at most 0 may be:\n"
            "  line 1001, column 3: port 70000 is out of range [0, 65535]");
  EXPECT_TRUE(ReadRows("", LocalFileRules()).ok());
}

TEST(LayerFileTest, UnusableRowsAreAllowedUpToTheirShare) {
  const LayerRules rules = {.max_set_aside_share = 0.01};
  const std::string good = Repeat(198, "a,1,tcp,x\n");
  EXPECT_TRUE(ReadRows(good + Repeat(2, "b,1,icmp,x\n"), rules).ok());
  EXPECT_THAT(MessageFor(good + Repeat(3, "b,1,icmp,x\n"), rules),
              HasSubstr("3 of 201 rows cannot be used, at most 2 may be"));
  EXPECT_THAT(MessageFor(Repeat(98, "a,1,tcp,x\n") + "b,1,icmp,x\n", rules),
              HasSubstr("1 of 99 rows cannot be used, at most 0 may be"));
}

TEST(LayerFileTest, TheMessageListsTenUnusableRows) {
  const std::string ten = MessageFor(Repeat(10, "b,1,icmp,x\n"), {});
  EXPECT_THAT(ten, AllOf(HasSubstr("\n  line 11, column 5: "), Not(HasSubstr("more"))));
  const std::string twelve = MessageFor(Repeat(12, "b,1,icmp,x\n"), {});
  EXPECT_THAT(twelve, AllOf(HasSubstr("\n  line 11, column 5: "), Not(HasSubstr("line 12")),
                            HasSubstr("\n  and 2 more")));
}

TEST(LayerFileTest, TheMessageListsAsManyAsTold) {
  const std::string message = MessageFor(Repeat(3, "b,1,icmp,x\n"), {.max_rows_listed = 2});
  EXPECT_THAT(message, AllOf(HasSubstr("\n  line 3, column 5: "), Not(HasSubstr("line 4")),
                             HasSubstr("\n  and 1 more")));
}

TEST(LayerFileTest, FewerUsableRowsThanNeededAreRefused) {
  const LayerRules rules = {.max_set_aside_share = 0.5, .min_rows = 3};
  EXPECT_TRUE(ReadRows(Repeat(3, "a,1,tcp,x\n"), rules).ok());
  EXPECT_EQ(MessageFor(Repeat(2, "a,1,tcp,x\n") + "b,1,icmp,x\n", rules),
            "rows.csv: 2 usable rows, at least 3 are needed; the file seems cut off");
}

TEST(LayerFileTest, AnIanaFileNeedsItsRows) {
  const std::string landmarks = ",0,tcp,Reserved\nssh,22,tcp,\nhttps,443,tcp,\n,49151,,Reserved\n";
  EXPECT_TRUE(ReadRows(landmarks + Repeat(9'996, "a,1,tcp,x\n"), IanaFileRules()).ok());
  EXPECT_THAT(MessageFor(landmarks + Repeat(9'995, "a,1,tcp,x\n"), IanaFileRules()),
              HasSubstr("9999 usable rows, at least 10000 are needed"));
  const std::string unusable = Repeat(101, "a,1,icmp,x\n");
  EXPECT_TRUE(
      ReadRows(landmarks + Repeat(9'995, "a,1,tcp,x\n") + unusable + "a,1,tcp,x\n", IanaFileRules())
          .ok());
  EXPECT_THAT(MessageFor(landmarks + Repeat(9'994, "a,1,tcp,x\n") + unusable, IanaFileRules()),
              HasSubstr("101 of 10099 rows cannot be used, at most 100 may be"));
}

TEST(LayerFileTest, AnIanaFileNeedsItsLandmarks) {
  const LayerRules rules = {.needs_landmark_ports = true};
  const std::string zero = ",0,tcp,Reserved\n";
  const std::string ssh = "ssh,22,tcp,\n";
  const std::string https = "https,443,tcp,\n";
  const std::string last = ",49151,,Reserved\n";
  EXPECT_TRUE(ReadRows(zero + ssh + https + last, rules).ok());
  EXPECT_TRUE(ReadRows(",0-500,,Reserved\n" + last, rules).ok());
  EXPECT_EQ(MessageFor(ssh + https + last, rules),
            "rows.csv: no row for port 0, which every copy of IANA's registry has");
  EXPECT_THAT(MessageFor(zero + https + last, rules), HasSubstr("no row for port 22,"));
  EXPECT_THAT(MessageFor(zero + ssh + last, rules), HasSubstr("no row for port 443,"));
  EXPECT_THAT(MessageFor(zero + ssh + https, rules), HasSubstr("no row for port 49151,"));
  EXPECT_THAT(MessageFor("portless,,tcp,\n", rules), HasSubstr("no row for port 0,"));
}

TEST(LayerFileTest, AFileIsReadAndDescribed) {
  const TempDirectory directory;
  const std::string content = absl::StrCat(kShortHeader, "http,80,tcp,Web\n");
  const std::string path = directory.Write("local.csv", content);
  const auto whole_second =
      std::chrono::floor<std::chrono::seconds>(std::filesystem::last_write_time(path));
  std::filesystem::last_write_time(path, whole_second - std::chrono::hours(24));
  struct stat status;
  ASSERT_EQ(stat(path.c_str(), &status), 0);

  const absl::StatusOr<LayerData> layer = ReadLayerFile(Layer::kLocal, path, LocalFileRules());
  ASSERT_TRUE(layer.ok()) << layer.status();
  EXPECT_EQ(layer->info.origin, "local.csv");
  EXPECT_EQ(layer->info.sha256, Sha256Of(content));
  EXPECT_EQ(layer->info.modify_time, absl::FromUnixSeconds(status.st_mtim.tv_sec));
  ASSERT_EQ(layer->records.size(), 1);
  EXPECT_EQ(Describe(layer->records[0]), "local 80/tcp http");
}

TEST(LayerFileTest, AFileOfSeveralMebibytesIsReadWhole) {
  const TempDirectory directory;
  const std::string content =
      absl::StrCat(kShortHeader, Repeat(150'000, "some-name,80,tcp,Some description\n"));
  ASSERT_GT(content.size(), size_t{4} << 20);
  const absl::StatusOr<LayerData> layer =
      ReadLayerFile(Layer::kLocal, directory.Write("big.csv", content), LocalFileRules());
  ASSERT_TRUE(layer.ok()) << layer.status();
  EXPECT_EQ(layer->records.size(), 150'000);
  EXPECT_EQ(layer->info.sha256, Sha256Of(content));
}

TEST(LayerFileTest, SymbolicLinksAreFollowed) {
  const TempDirectory directory;
  const std::string path = directory.Write("real.csv", kShortHeader);
  std::filesystem::create_symlink(path, directory.PathOf("link.csv"));
  const absl::StatusOr<LayerData> layer =
      ReadLayerFile(Layer::kLocal, directory.PathOf("link.csv"), {});
  ASSERT_TRUE(layer.ok()) << layer.status();
  EXPECT_EQ(layer->info.origin, "link.csv");
}

TEST(LayerFileTest, AFileThatCannotBeHadIsNamed) {
  const TempDirectory directory;
  const std::string fifo = directory.PathOf("fifo");
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  const std::string file = directory.Write("file", kShortHeader);
  const struct {
    std::string path;
    absl::StatusCode code;
    const char* message;
  } cases[] = {
      {directory.PathOf("missing.csv"), absl::StatusCode::kNotFound, "cannot be opened"},
      {directory.PathOf("no/such/directory"), absl::StatusCode::kNotFound, "cannot be opened"},
      {"", absl::StatusCode::kNotFound, "cannot be opened"},
      {directory.PathOf("."), absl::StatusCode::kInvalidArgument, "not a regular file"},
      {fifo, absl::StatusCode::kInvalidArgument, "not a regular file"},
      {"/dev/null", absl::StatusCode::kInvalidArgument, "not a regular file"},
      {directory.Write("empty.csv", ""), absl::StatusCode::kInvalidArgument, "file is empty"},
      {directory.Write("bad.csv", "x"), absl::StatusCode::kInvalidArgument, "line 1, column 1: "},
  };
  for (const auto& c : cases) {
    const absl::Status status = ReadLayerFile(Layer::kLocal, c.path, {}).status();
    EXPECT_EQ(status.code(), c.code) << c.path;
    EXPECT_THAT(Message(status), AllOf(StartsWith(c.path + ": "), HasSubstr(c.message)));
  }
}

TEST(LayerFileTest, ATimeThatNoTimestampCanHoldIsLeftOut) {
  // Uses tmpfs, which accepts any time.
  const int fd = memfd_create("layer", MFD_CLOEXEC);
  ASSERT_GE(fd, 0);
  const absl::Cleanup close_fd = [fd] { close(fd); };
  const std::string content = absl::StrCat(kShortHeader, "http,80,tcp,Web\n");
  ASSERT_EQ(write(fd, content.data(), content.size()), content.size());
  const struct {
    time_t seconds;
    bool is_told;
  } cases[] = {{-62'135'596'801, false},
               {-62'135'596'800, true},
               {253'402'300'799, true},
               {253'402'300'800, false}};
  for (const auto& c : cases) {
    const timespec times[] = {{c.seconds, 0}, {c.seconds, 0}};
    ASSERT_EQ(futimens(fd, times), 0);
    const absl::StatusOr<LayerData> layer =
        ReadLayerFile(Layer::kLocal, absl::StrCat("/proc/self/fd/", fd), LocalFileRules());
    ASSERT_TRUE(layer.ok()) << layer.status();
    EXPECT_EQ(layer->info.modify_time,
              c.is_told ? std::make_optional(absl::FromTimeT(c.seconds)) : std::nullopt);
  }
}

TEST(LayerFileTest, AFileThatIsWrittenMeanwhileIsRefused) {
  const TempDirectory directory;
  const std::string path = directory.Write(
      "rows.csv", absl::StrCat(kShortHeader, Repeat(500'000, "http,80,tcp,Web service\n")));
  std::atomic<bool> done = false;
  std::thread writer([&] {
    std::fstream file(path, std::ios::in | std::ios::out);
    while (!done) file.seekp(0) << 'S' << std::flush;
  });
  // Repeats, because a read may end before the writer begins.
  std::string message;
  for (int i = 0; i < 1000 && message.find("written") == std::string::npos; ++i) {
    message = Message(ReadLayerFile(Layer::kLocal, path, LocalFileRules()).status());
  }
  done = true;
  writer.join();
  EXPECT_EQ(message, path +
                         ": written while it was read; replace it by renaming a complete file "
                         "over it");
}

TEST(LayerFileTest, AFileIsReadUpToItsBound) {
  const TempDirectory directory;
  const std::string path = directory.Write("sparse.csv", "");
  std::filesystem::resize_file(path, kMaxFileBytes + 1);
  EXPECT_EQ(Message(ReadLayerFile(Layer::kLocal, path, {}).status()),
            absl::StrCat(path, ": file has 33554433 bytes, at most 33554432 are allowed"));
  std::filesystem::resize_file(path, kMaxFileBytes);
  EXPECT_EQ(Message(ReadLayerFile(Layer::kLocal, path, {}).status()),
            absl::StrCat(path, ": line 1, column 1: a NUL byte, this is not a text file"));
}

TEST(LayerFileTest, AFileIsReadToItsEndWhateverItsStatusSays) {
  // The file is regular, with 0 bytes by its status, and has content when it is read.
  const absl::Status status = ReadLayerFile(Layer::kLocal, "/proc/self/status", {}).status();
  EXPECT_THAT(Message(status), HasSubstr("not a port registry in IANA's format"));
}

}  // namespace
}  // namespace portreg
