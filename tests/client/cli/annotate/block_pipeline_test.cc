// Free of gRPC, so that ThreadSanitizer can judge the threads.
#include "client/cli/annotate/block_pipeline.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/annotate/block_reader.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg::cli {
namespace {

constexpr char kHeader[] = "srcport dstport protocol\n";

std::shared_ptr<const ServiceTable> Table() {
  static const auto& table =
      *new auto(std::make_shared<const ServiceTable>(MakeRegistry({.iana = "web,80,tcp,\n"})));
  return table;
}

// Lines that tell their number.
std::string LogOf(int lines) {
  std::string log = kHeader;
  for (int i = 0; i < lines; ++i) {
    absl::StrAppend(&log, i % 9 == 0 ? "x" : absl::StrCat(i % 65536, " 80 6"), "\n");
  }
  return log;
}

// A run of a pipeline over some input.
struct PipelineRun {
  std::string written;
  AnnotateTotals totals;
  absl::Status status;
};

PipelineRun RunOver(std::vector<std::string> paths, int threads, size_t most_writes = SIZE_MAX) {
  PipelineRun run;
  const StopSignal stop;
  BlockReader reader(std::move(paths), {{}, Table()}, stop);
  size_t writes = 0;
  uint64_t lines = 0;
  const BlockPipeline::Sink sink = {
      .write =
          [&](absl::string_view bytes) {
            if (writes++ == most_writes) return false;
            absl::StrAppend(&run.written, bytes);
            return true;
          },
      .on_progress =
          [&](const ReadProgress& /*progress*/, const AnnotateTotals& totals) {
            EXPECT_GE(totals.lines, lines);
            lines = totals.lines;
          }};
  BlockPipeline pipeline(reader, sink, stop);
  run.status = pipeline.Run(threads);
  run.totals = pipeline.totals();
  return run;
}

TEST(BlockPipelineTest, BlocksAreWrittenInTheirOrder) {
  TempDirectory directory;
  const std::string path = directory.Write("log", LogOf(200'000));
  const PipelineRun alone = RunOver({path, path}, 1);
  EXPECT_EQ(alone.status, absl::OkStatus());
  EXPECT_EQ(alone.totals.lines, 400'002);
  EXPECT_EQ(alone.totals.unread, 2 * 22'223);
  EXPECT_EQ(alone.totals.first_unread_line, 2);
  for (const int threads : {2, 3, 16}) {
    const PipelineRun run = RunOver({path, path}, threads);
    EXPECT_EQ(run.written, alone.written);
    EXPECT_EQ(run.totals.unread, alone.totals.unread);
    EXPECT_EQ(run.totals.first_unread_line, 2);
  }
}

TEST(BlockPipelineTest, AFailedWriteEndsEveryThread) {
  TempDirectory directory;
  const std::string path = directory.Write("log", LogOf(300'000));
  for (int round = 0; round < 30; ++round) {
    const PipelineRun run = RunOver({path}, 1 + round % 5, round % 7);
    EXPECT_EQ(run.status, absl::OkStatus());
  }
}

// Standard input as a pipe that stays open.
class OpenPipe {
 public:
  OpenPipe() : before_(dup(STDIN_FILENO)) {
    EXPECT_EQ(pipe(ends_.data()), 0);
    EXPECT_EQ(dup2(ends_[0], STDIN_FILENO), STDIN_FILENO);
  }
  OpenPipe(const OpenPipe&) = delete;
  OpenPipe& operator=(const OpenPipe&) = delete;
  ~OpenPipe() {
    dup2(before_, STDIN_FILENO);
    for (const int descriptor : {before_, ends_[0], ends_[1]}) close(descriptor);
  }
  void Write(absl::string_view text) const {
    EXPECT_EQ(write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }

 private:
  const int before_;
  std::array<int, 2> ends_ = {};
};

TEST(BlockPipelineTest, AFailedWriteEndsTheWaitForInput) {
  for (int round = 0; round < 20; ++round) {
    const OpenPipe input;
    input.Write(absl::StrCat(kHeader, "1 80 6\n"));
    EXPECT_EQ(RunOver({"-"}, 1 + round % 4, 0).status, absl::OkStatus());
  }
}

TEST(BlockPipelineTest, AStopEndsTheWaitForInputAndWritesWhatWasRead) {
  for (int round = 0; round < 20; ++round) {
    const OpenPipe input;
    input.Write(absl::StrCat(kHeader, "1 80 6\n2 80"));
    const StopSignal stop;
    BlockReader reader({"-"}, {{}, Table()}, stop);
    std::string written;
    const BlockPipeline::Sink sink = {.write =
                                          [&](absl::string_view bytes) {
                                            absl::StrAppend(&written, bytes);
                                            // The whole lines have come; the rest would wait.
                                            stop.Stop();
                                            return true;
                                          },
                                      .on_progress = [](const auto&, const auto&) {}};
    BlockPipeline pipeline(reader, sink, stop);
    EXPECT_EQ(pipeline.Run(1 + round % 4), absl::OkStatus());
    EXPECT_EQ(written, absl::StrCat("srcport dstport protocol service service_port service_side "
                                    "service_rule\n1 80 6 web 80 destination named\n2 80"));
  }
}

TEST(BlockPipelineTest, ErrorsOfInputComeAfterWhatWasRead) {
  TempDirectory directory;
  const std::string path = directory.Write("log", LogOf(10));
  const std::string other = directory.Write("other", "unknown\n");
  for (int threads = 1; threads <= 4; ++threads) {
    const PipelineRun run = RunOver({path, other, path}, threads);
    EXPECT_EQ(run.status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(run.written, RunOver({path}, 1).written);
  }
  EXPECT_EQ(RunOver({path, "/nonexistent"}, 3).status.code(), absl::StatusCode::kNotFound);
}

TEST(BlockReaderTest, ALineThatIsTooLongIsPassedOnInParts) {
  TempDirectory directory;
  const std::string lines = absl::StrCat(kHeader, "1 80 6\n");
  const std::string log = absl::StrCat(lines, std::string(5 * kMaxLineBytes, 'x'), "\n2 80 6\n",
                                       std::string(2 * kMaxLineBytes, 'y'));
  const PipelineRun run = RunOver({directory.Write("log", log)}, 3);
  EXPECT_EQ(run.totals.unread, 2);
  EXPECT_EQ(run.totals.first_unread_line, 3);
  EXPECT_EQ(run.totals.lines, 4);
  EXPECT_EQ(run.written.size(),
            log.size() +
                absl::string_view(" service service_port service_side service_rule").size() +
                2 * absl::string_view(" web 80 destination named").size());
}

}  // namespace
}  // namespace portreg::cli
