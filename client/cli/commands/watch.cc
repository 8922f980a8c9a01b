// Runs `portreg watch`.
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "client/cli/commands/command_parts.h"
#include "client/cli/display/display_text.h"
#include "client/cli/formats/json.h"
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

// Prints the events of a watch.
class Printing final : public Source::Follower {
 public:
  Printing(const Invocation& invocation, const Source& source, const Output& output)
      : invocation_(invocation), source_(source), output_(output) {}

  bool OnRevision(const v1::WatchResponse& now) override {
    const absl::StatusOr<std::string> line = LineOf(now, invocation_);
    if (!line.ok()) {
      status_ = line.status();
      return false;
    }
    output_.out.PutData(absl::StrCat(*line, "\n"));
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

  void OnBack() override { Complain(absl::StrCat(source_.Name(), " answers again"), output_); }

  // Returns why a revision could not be printed, or OK.
  [[nodiscard]] const absl::Status& status() const { return status_; }

 private:
  const Invocation& invocation_;
  const Source& source_;
  const Output& output_;
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
