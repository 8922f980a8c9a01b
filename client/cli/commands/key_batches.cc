#include "client/cli/commands/key_batches.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/cli/commands/command_parts.h"
#include "common/model/limits.h"
#include "common/text/quote.h"
#include "common/text/utf8.h"

namespace portreg::cli {
namespace {

// Reads the keys of the command line.
absl::StatusOr<std::vector<AskedKey>> ReadGiven(const Invocation& invocation,
                                                KeyBatches::Check check) {
  const std::vector<std::string>& keys = invocation.keys;
  if (std::find(keys.begin(), keys.end(), kStandardInput) != keys.end()) {
    return absl::InvalidArgumentError(
        "key \"-\" stands for the keys on standard input and must be the only key");
  }
  absl::StatusOr<std::vector<Query>> queries = ReadQueries(keys);
  if (!queries.ok()) return queries.status();
  std::vector<AskedKey> asked;
  for (Query& query : *queries) {
    if (absl::Status status = check(query); !status.ok()) return status;
    std::string text = query.text;
    asked.push_back({std::move(text), std::move(query)});
  }
  return asked;
}

absl::StatusOr<Query> ParseInput(const KeyStream::Key& key, KeyBatches::Check check) {
  if (key.cut) {
    return absl::InvalidArgumentError(absl::StrCat("key ", Quoted(key.text), " has more than ",
                                                   KeyStream::kMaxKeyBytes, " bytes"));
  }
  if (key.text.find('\0') != std::string::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("key ", Quoted(key.text), " has a NUL, which no key may have"));
  }
  absl::StatusOr<Query> query = ParseQuery(key.text);
  if (!query.ok()) return query;
  if (absl::Status status = check(*query); !status.ok()) return status;
  return query;
}

bool IsForAPerson(const Invocation& invocation) {
  return !invocation.brief &&
         (invocation.format == Format::kTable || invocation.format == Format::kWide);
}

}  // namespace

bool ReadsInput(const Invocation& invocation) {
  return invocation.keys.size() == 1 && invocation.keys.front() == kStandardInput;
}

v1::LookupResult ResultOf(const absl::Status& status) {
  v1::LookupResult result;
  result.mutable_failure()->set_code(static_cast<int>(status.code()));
  result.mutable_failure()->set_message(std::string(status.message()));
  return result;
}

absl::StatusOr<KeyBatches> KeyBatches::Open(const Invocation& invocation, Check check) {
  // A table's first rows determine its columns, so a table waits for a full batch, unless
  // a person types the keys.
  KeyBatches batches(check, !IsForAPerson(invocation) || isatty(STDIN_FILENO) != 0);
  if (ReadsInput(invocation)) {
    batches.stream_ = std::make_unique<KeyStream>(STDIN_FILENO);
    return batches;
  }
  absl::StatusOr<std::vector<AskedKey>> given = ReadGiven(invocation, check);
  if (!given.ok()) return given.status();
  batches.given_ = *std::move(given);
  return batches;
}

AskedKey KeyBatches::Parsed(const KeyStream::Key& key) const {
  absl::StatusOr<Query> query = ParseInput(key, check_);
  if (!query.ok()) {
    query = absl::InvalidArgumentError(
        absl::StrCat("line ", key.line, " of standard input: ", query.status().message()));
  }
  return {IsValidUtf8(key.text) ? key.text : Printable(key.text), std::move(query)};
}

bool KeyBatches::Next(std::vector<AskedKey>& batch) {
  batch.clear();
  if (!streamed()) {
    batch.swap(given_);
    return !batch.empty();
  }
  if (range_) {
    batch.push_back(*std::exchange(range_, std::nullopt));
    return true;
  }
  KeyStream::Key key;
  while (batch.size() < static_cast<size_t>(kMaxBatchSize) &&
         stream_->Next(is_eager_ && !batch.empty(), key) == KeyStream::Step::kKey) {
    AskedKey asked = Parsed(key);
    const bool is_range = asked.query.ok() && asked.query->is_range();
    if (is_range && !batch.empty()) {
      range_ = std::move(asked);
      break;
    }
    batch.push_back(std::move(asked));
    if (is_range) break;
  }
  return !batch.empty();
}

}  // namespace portreg::cli
