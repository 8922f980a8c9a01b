// Runs `portreg annotate [FILE]...`.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "client/cli/annotate/block_pipeline.h"
#include "client/cli/annotate/block_reader.h"
#include "client/cli/annotate/progress_line.h"
#include "client/cli/commands/command_parts.h"
#include "client/cli/flow_logs/service_table.h"
#include "client/cli/sources/compared_registry.h"
#include "client/cli/sources/requests.h"
#include "client/cli/streams/stop_signal.h"

namespace portreg::cli {
namespace {

constexpr int kMostThreads = 8;

// The signal of the run, for the handler of SIGINT and SIGTERM.
std::atomic<const StopSignal*> g_interrupted{nullptr};

// Ends the run, so that what was read is written and counted. A second signal ends the
// process, because the output may be stuck.
void StopFollowing(int /*signal*/) {
  const StopSignal* const stop = g_interrupted.exchange(nullptr);
  if (stop == nullptr) _exit(kExitInterrupted);
  stop->Stop();
}

int ThreadsOf(const AnnotateOptions& options) {
  if (options.threads > 0) return options.threads;
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, kMostThreads);
}

// Returns the names of the registry in a table of their own. The registry itself is not
// needed any more.
absl::StatusOr<std::shared_ptr<const ServiceTable>> MakeTable(const Invocation& invocation,
                                                              Source& source) {
  const absl::StatusOr<ComparedRegistry> listed = RegistryOfListing(
      source, ListRequestFor(PortRange::All(), Transport::kNone, invocation.layers,
                             v1::RECORD_VIEW_BASIC, invocation.scope));
  if (!listed.ok()) return listed.status();
  return std::make_shared<const ServiceTable>(listed->registry);
}

std::string NameOfInput(const std::string& path) {
  return path == kStandardInput ? "standard input" : path;
}

// Says how many lines could not be read.
void ReportTotals(const AnnotateTotals& totals, const std::vector<std::string>& paths,
                  const Output& output) {
  if (totals.unread == 0) return;
  Complain(
      absl::StrCat(totals.unread, " of ", totals.lines,
                   " lines could not be read and are unchanged; the first is line ",
                   totals.first_unread_line, " of ", NameOfInput(paths[totals.first_unread_file])),
      output);
}

}  // namespace

int RunAnnotate(const Invocation& invocation, Source& source, const Output& output) {
  absl::StatusOr<std::shared_ptr<const ServiceTable>> table = MakeTable(invocation, source);
  if (!table.ok()) return FailCall(table.status(), source, output);
  std::vector<std::string> paths = invocation.keys;
  if (paths.empty()) paths.emplace_back(kStandardInput);

  const StopSignal stop;
  if (invocation.annotate.follow) {
    g_interrupted = &stop;
    std::signal(SIGINT, StopFollowing);
    std::signal(SIGTERM, StopFollowing);
  }
  const absl::Cleanup forget = [] { g_interrupted = nullptr; };
  BlockReader reader(paths, {invocation.annotate, *std::move(table)}, stop);
  const bool shows_progress = isatty(fileno(output.err)) != 0 && !output.terminal.is_terminal;
  AnnotateTotals totals;
  absl::Status status;
  {
    ProgressLine progress(shows_progress ? output.err : nullptr);
    const BlockPipeline::Sink sink = {
        .write =
            [&output](absl::string_view bytes) {
              output.out.PutData(bytes);
              return output.out.Flush();
            },
        .on_progress = [&progress](
                           const ReadProgress& read,
                           const AnnotateTotals& so_far) { progress.Update(read, so_far.lines); }};
    BlockPipeline pipeline(reader, sink, stop);
    status = pipeline.Run(ThreadsOf(invocation.annotate));
    totals = pipeline.totals();
  }
  ReportTotals(totals, paths, output);
  if (!status.ok()) return FailUsage(status, output);
  const bool was_interrupted = invocation.annotate.follow && stop.stopped();
  return was_interrupted ? kExitInterrupted : kExitOk;
}

}  // namespace portreg::cli
