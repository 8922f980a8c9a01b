// Runs `portreg watch`.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "client/cli/changes/change_writers.h"
#include "client/cli/commands/command_parts.h"
#include "client/cli/display/display_text.h"
#include "client/cli/formats/json.h"
#include "client/cli/sources/compared_registry.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

absl::StatusOr<std::string> LineOf(const v1::WatchResponse& now, const Invocation& invocation) {
  if (invocation.brief) return Printable(now.revision());
  if (invocation.format != Format::kTable) return ToJson(now, JsonStyle::kOneLine);
  std::vector<std::string> layers;
  for (const v1::LayerInfo& layer : now.layers()) {
    layers.push_back(absl::StrCat(LayerName(layer.layer()), " ", layer.record_count()));
  }
  return absl::StrCat(absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::Now(), absl::UTCTimeZone()),
                      "  ", Printable(now.revision()), "  ", absl::StrJoin(layers, ", "));
}

// Returns true if a listing that failed with this status may succeed when the server is
// back.
bool MayPass(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsAborted(status) || absl::IsDeadlineExceeded(status);
}

// Lists the registry at each revision, and prints what differs from the listing before.
class ChangePrinting {
 public:
  ChangePrinting(const Invocation& invocation, Source& source, const Output& output)
      : invocation_(invocation), source_(source), output_(output) {}

  // Prints what has changed since the last listing, if it is not of `revision`. If the
  // server cannot be listed now, prints a message; the next call compares with the same
  // listing. Returns an error if no later listing can succeed.
  absl::Status PrintUntil(const std::string& revision) {
    if (last_ && last_->revision == revision) return absl::OkStatus();
    absl::StatusOr<ComparedRegistry> listed = ListRegistry(source_, invocation_.layers);
    missed_ = listed.ok() ? std::nullopt : std::optional<std::string>(revision);
    if (!listed.ok()) {
      if (!MayPass(listed.status())) return listed.status();
      Complain(absl::StrCat(CallFailure(listed.status(), source_),
                            "; the changes are printed with later ones"),
               output_);
      return absl::OkStatus();
    }
    absl::Status status;
    if (last_) {
      const Changes changes = ChangesBetween(last_->registry, listed->registry);
      if (invocation_.format == Format::kTable) {
        WriteChangeTable(changes, output_.terminal, output_.out);
      } else {
        status = WriteChangeLines(changes, output_.out);
      }
      if (listed->revision != revision) {
        Complain(
            absl::StrCat("the registry has changed again: the changes lead to ", listed->revision),
            output_);
      }
    }
    last_ = *std::move(listed);
    return status;
  }

  // Prints the changes that could not be printed when their revision came.
  absl::Status PrintMissed() {
    return missed_ ? PrintUntil(std::string(*missed_)) : absl::OkStatus();
  }

 private:
  const Invocation& invocation_;
  Source& source_;
  const Output& output_;
  // The last listing. Absent before the first one.
  std::optional<ComparedRegistry> last_;
  // The latest revision, if it could not be listed.
  std::optional<std::string> missed_;
};

// Prints the events of a watch.
class Printing final : public Source::Follower {
 public:
  Printing(const Invocation& invocation, Source& source, const Output& output)
      : invocation_(invocation),
        source_(source),
        output_(output),
        changes_(invocation, source, output) {}

  bool OnRevision(const v1::WatchResponse& now) override {
    if (!status_.ok()) return false;
    const absl::StatusOr<std::string> line = LineOf(now, invocation_);
    if (!line.ok()) {
      status_ = line.status();
      return false;
    }
    output_.out.PutData(absl::StrCat(*line, "\n"));
    if (invocation_.diff) {
      // Flushes first, because the listing may take a while.
      (void)output_.out.Flush();
      status_ = changes_.PrintUntil(now.revision());
    }
    if (!status_.ok()) return false;
    // Flushes each line, because the reader waits for it.
    return output_.out.Flush() && (!invocation_.count || ++told_ < *invocation_.count);
  }

  void OnLeftOut(size_t count) override {
    Complain(absl::StrCat(count, count == 1 ? " revision is" : " revisions are",
                          " left out, since they came faster than they were read"),
             output_);
  }

  void OnLost(const absl::Status& status) override {
    Complain(absl::StrCat(CallFailure(status, source_), "; trying again"), output_);
  }

  void OnBack() override {
    Complain(absl::StrCat(source_.Name(), " answers again"), output_);
    if (!invocation_.diff || !status_.ok()) return;
    // An error that stays ends the watch at its next revision.
    status_ = changes_.PrintMissed();
    (void)output_.out.Flush();
  }

  // Returns why a revision could not be printed, or OK.
  [[nodiscard]] const absl::Status& status() const { return status_; }

 private:
  const Invocation& invocation_;
  const Source& source_;
  const Output& output_;
  ChangePrinting changes_;
  int told_ = 0;
  absl::Status status_;
};

}  // namespace

int RunWatch(const Invocation& invocation, Source& source, const Output& output) {
  if (!invocation.keys.empty()) {
    return FailUsage(absl::InvalidArgumentError("watch takes no key; \"portreg lookup watch\" "
                                                "looks up the name"),
                     output);
  }
  Printing printing(invocation, source, output);
  absl::Status end = source.Watch(printing);
  end.Update(printing.status());
  return end.ok() ? kExitOk : FailCall(end, source, output);
}

}  // namespace portreg::cli
