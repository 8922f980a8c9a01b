// portreg search WORD...
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/commands/command_parts.h"
#include "client/cli/commands/suggest.h"
#include "client/cli/formats/record_writer.h"
#include "common/model/limits.h"
#include "common/search/search.h"
#include "common/text/quote.h"
#include "common/text/utf8.h"

namespace portreg::cli {
namespace {

absl::StatusOr<SearchQuestion> ReadQuestion(const Invocation& invocation) {
  SearchQuestion question{.query = absl::StrJoin(invocation.keys, " "),
                          .transport = Transport::kNone,
                          .layers = invocation.layers,
                          .max_results = static_cast<size_t>(invocation.max_results)};
  const size_t words = QueryWords(question.query).size();
  if (words == 0) {
    return absl::InvalidArgumentError("no word is given, such as mail; see --help");
  }
  if (!IsValidUtf8(question.query)) {
    return absl::InvalidArgumentError(
        absl::StrCat("query ", Quoted(question.query), " is not UTF-8"));
  }
  if (question.query.size() > kMaxQueryBytes || words > kMaxQueryWords) {
    return absl::InvalidArgumentError(absl::StrCat(
        "query ", Quoted(question.query), " has ", question.query.size(), " bytes and ", words,
        " words, at most ", kMaxQueryBytes, " bytes and ", kMaxQueryWords, " words are allowed"));
  }
  return question;
}

// Returns the exit code.
int WriteMatches(const Invocation& invocation, const v1::SearchResponse& found,
                 const Source& source, const Output& output) {
  if (invocation.format == Format::kJson) {
    return WriteJson(found, JsonStyle::kIndented, source, output);
  }
  const std::unique_ptr<RecordWriter> writer =
      MakeRecordWriter(invocation, output.terminal, output.out);
  for (const v1::SearchMatch& match : found.matches()) {
    if (TakesMore(*writer, output)) writer->WriteMatch(match);
  }
  return Finish(found.revision(), source, *writer, output);
}

// Whether a person reads the answer, who would not see that there is more.
bool IsForPeople(const Invocation& invocation) {
  return !invocation.brief &&
         (invocation.format == Format::kTable || invocation.format == Format::kWide);
}

}  // namespace

int RunSearch(const Invocation& invocation, Source& source, const Output& output) {
  const absl::StatusOr<SearchQuestion> question = ReadQuestion(invocation);
  if (!question.ok()) return FailUsage(question.status(), output);
  const absl::StatusOr<v1::SearchResponse> found = source.Search(*question, DetailsOf(invocation));
  if (!found.ok()) return FailCall(found.status(), source, output);

  const int written = WriteMatches(invocation, *found, source, output);
  if (written != kExitOk) return written;
  if (found->matches().empty()) {
    const std::vector<std::string> similar(found->similar_services().begin(),
                                           found->similar_services().end());
    Complain(absl::StrCat(question->query, ": no record has such words", DidYouMean(similar)),
             output);
    return kExitNotFound;
  }
  if (found->total_count() > found->matches_size() && IsForPeople(invocation)) {
    const bool more = invocation.max_results < kMaxSearchResults;
    Complain(absl::StrCat(found->matches_size(), " of ", found->total_count(), " matches shown; ",
                          more ? "--max-results shows more" : "more words find fewer"),
             output);
  }
  return kExitOk;
}

}  // namespace portreg::cli
