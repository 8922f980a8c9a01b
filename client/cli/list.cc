// portreg list [RANGE]...
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/command_parts.h"
#include "client/cli/record_writer.h"
#include "common/query.h"

namespace portreg::cli {
namespace {

absl::StatusOr<std::vector<RangeQuestion>> ReadQuestions(const Invocation& invocation) {
  RangeQuestion all{.ports = PortRange::All(),
                    .transport = Transport::kNone,
                    .layers = invocation.layers,
                    .include_portless = invocation.portless};
  if (invocation.keys.empty()) return std::vector<RangeQuestion>{all};

  const absl::StatusOr<std::vector<Query>> queries = ReadQueries(invocation.keys);
  if (!queries.ok()) return queries.status();
  std::vector<RangeQuestion> questions;
  for (const Query& query : *queries) {
    RangeQuestion& question = questions.emplace_back(all);
    question.transport = query.transport;
    if (query.ports) {
      question.ports = *query.ports;
      continue;
    }
    return absl::InvalidArgumentError(absl::StrCat(
        "key \"", Printable(query.text), "\" is not a port or a range, which list needs"));
  }
  return questions;
}

}  // namespace

int RunList(const Invocation& invocation, Source& source, const Output& output) {
  const absl::StatusOr<std::vector<RangeQuestion>> questions = ReadQuestions(invocation);
  if (!questions.ok()) return FailUsage(questions.status(), output);

  const std::unique_ptr<RecordWriter> writer =
      MakeRecordWriter(invocation, output.terminal, output.out);
  absl::Status status;
  for (const RangeQuestion& question : *questions) {
    status = source
                 .List(question,
                       [&](const v1::PortRecord& record) {
                         writer->Write(record);
                         return std::ferror(output.out) == 0;
                       })
                 .status();
    if (!status.ok()) break;
  }
  writer->Finish();
  return status.ok() ? kExitOk : FailCall(status, source, output);
}

}  // namespace portreg::cli
