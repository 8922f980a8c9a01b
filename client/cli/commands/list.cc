// portreg list [RANGE]...
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/commands/command_parts.h"
#include "client/cli/formats/record_writer.h"
#include "common/model/query.h"

namespace portreg::cli {
namespace {

absl::StatusOr<std::vector<RangeQuestion>> ReadQuestions(const Invocation& invocation) {
  RangeQuestion all{.ports = PortRange::All(),
                    .transport = Transport::kNone,
                    .layers = invocation.layers,
                    .include_portless = invocation.portless};
  if (invocation.keys.empty()) return std::vector<RangeQuestion>{all};

  const absl::StatusOr<std::vector<Query>> queries = ReadRanges(invocation.keys, "list");
  if (!queries.ok()) return queries.status();
  std::vector<RangeQuestion> questions;
  for (const Query& query : *queries) {
    RangeQuestion& question = questions.emplace_back(all);
    question.ports = *query.ports;
    question.transport = query.transport;
  }
  // They belong to no range, and come once.
  for (size_t i = 0; i + 1 < questions.size(); ++i) questions[i].include_portless = false;
  return questions;
}

// That there is no record, for a person.
std::string NothingFound(const Invocation& invocation) {
  return absl::StrCat(
      "no record in ",
      invocation.keys.empty() ? "the registry" : absl::StrJoin(invocation.keys, ", "),
      invocation.layers.empty() ? "" : " and the layers asked for");
}

}  // namespace

int RunList(const Invocation& invocation, Source& source, const Output& output) {
  const absl::StatusOr<std::vector<RangeQuestion>> questions = ReadQuestions(invocation);
  if (!questions.ok()) return FailUsage(questions.status(), output);

  const std::unique_ptr<RecordWriter> writer =
      MakeRecordWriter(invocation, output.terminal, output.out);
  std::string revision;
  bool empty = true;
  for (const RangeQuestion& question : *questions) {
    const absl::StatusOr<std::string> listed =
        source.List(question, DetailsOf(invocation), [&](const v1::PortRecord& record) {
          WriteAnswer(invocation, question.ports, question.transport, record, *writer);
          empty = false;
          return TakesMore(*writer, output);
        });
    // What has no end is not finished: a cut-off document must not look whole.
    if (!listed.ok()) return FailCall(listed.status(), source, output);
    const bool first = &question == &questions->front();
    revision = first || revision == *listed ? *listed : "";
  }
  const int exit_code = Finish(revision, source, *writer, output);
  if (empty) Complain(NothingFound(invocation), output);
  return exit_code;
}

}  // namespace portreg::cli
