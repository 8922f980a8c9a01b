// Reads the keys of a command, from its command line or from standard input.
#ifndef PORTREG_CLIENT_CLI_COMMANDS_KEY_BATCHES_H_
#define PORTREG_CLIENT_CLI_COMMANDS_KEY_BATCHES_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cli/base/invocation.h"
#include "client/cli/commands/key_stream.h"
#include "common/model/query.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::cli {

// A key that waits for its answer.
struct AskedKey {
  // The key as it was written. In a form that is safe to show, if it is no UTF-8.
  std::string text;
  // INVALID_ARGUMENT, naming the key and its line, for an unusable key of standard input.
  absl::StatusOr<Query> query;
};

// Returns true if the only key is "-", which stands for the keys on standard input.
bool ReadsInput(const Invocation& invocation);

// Returns the result of an unusable key: a failure with the code and message of `status`.
v1::LookupResult ResultOf(const absl::Status& status);

// Hands out keys in batches, in their order: those of the command line as one batch,
// those of standard input in batches of at most kMaxBatchSize. A range of standard input
// is a batch by itself, because its answer may be large. Movable. Not thread-safe.
class KeyBatches {
 public:
  // Returns OK, or why a command does not accept the key.
  using Check = absl::Status (*)(const Query& query);

  // Returns the keys of a command. INVALID_ARGUMENT, naming the key, for an unusable key
  // of the command line, for none, and for "-" beside other keys.
  static absl::StatusOr<KeyBatches> Open(const Invocation& invocation, Check check);

  // Replaces `batch` by the next one, which has a key. Returns false if there is none, or
  // if standard input cannot be read.
  bool Next(std::vector<AskedKey>& batch);

  // Returns true if the keys come from standard input.
  [[nodiscard]] bool streamed() const { return stream_ != nullptr; }

  // Returns true if the keys come from standard input and a batch ends where it pauses, so
  // that its answers must be written before more keys come.
  [[nodiscard]] bool eager() const { return streamed() && is_eager_; }

  // Returns OK, or why standard input cannot be read.
  [[nodiscard]] absl::Status status() const {
    return streamed() ? stream_->status() : absl::OkStatus();
  }

 private:
  KeyBatches(Check check, bool is_eager) : check_(check), is_eager_(is_eager) {}

  // Returns a key of standard input, parsed and checked.
  [[nodiscard]] AskedKey Parsed(const KeyStream::Key& key) const;

  Check check_;
  // True if a batch of standard input ends where the input pauses.
  bool is_eager_;
  // Null if the keys are those of the command line, which are in given_.
  std::unique_ptr<KeyStream> stream_;
  std::vector<AskedKey> given_;
  // The range that ended the last batch, and is the next one.
  std::optional<AskedKey> range_;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_COMMANDS_KEY_BATCHES_H_
