// Runs `portreg search WORD...`.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/commands/command_parts.h"
#include "client/cli/commands/suggest.h"
#include "client/cli/formats/record_writer.h"
#include "common/answers/requests.h"
#include "common/model/limits.h"
#include "common/search/search.h"
#include "common/text/quote.h"
#include "common/text/utf8.h"

namespace portreg::cli {
namespace {

absl::StatusOr<v1::SearchRequest> ReadRequest(const Invocation& invocation) {
  const std::string query = absl::StrJoin(invocation.keys, " ");
  const size_t words = QueryWords(query).size();
  if (words == 0) {
    return absl::InvalidArgumentError("no word is given, such as mail; see --help");
  }
  // Protobuf's string fields accept UTF-8 only.
  if (!IsValidUtf8(query)) {
    return absl::InvalidArgumentError(absl::StrCat("query ", Quoted(query), " is not UTF-8"));
  }
  v1::SearchRequest request;
  request.set_query(query);
  for (const Layer layer : invocation.layers) request.add_layers(static_cast<v1::Layer>(layer));
  request.set_view(ViewOf(invocation));
  request.set_scope(invocation.scope);
  request.set_max_results(invocation.max_results);
  // A request that every server would reject is an error of the command line.
  if (const auto question = Read(request); !question.ok()) return question.status();
  return request;
}

// Writes the matches in the chosen format. Returns the exit code.
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

}  // namespace

int RunSearch(const Invocation& invocation, Source& source, const Output& output) {
  const absl::StatusOr<v1::SearchRequest> request = ReadRequest(invocation);
  if (!request.ok()) return FailUsage(request.status(), output);
  const absl::StatusOr<v1::SearchResponse> found = source.Search(*request);
  if (!found.ok()) return FailCall(found.status(), source, output);

  const int written = WriteMatches(invocation, *found, source, output);
  if (written != kExitOk) return written;
  if (found->matches().empty()) {
    const std::vector<std::string> similar(found->similar_services().begin(),
                                           found->similar_services().end());
    Complain(absl::StrCat(request->query(), ": no record has such words", DidYouMean(similar)),
             output);
    return kExitNotFound;
  }
  // The document of JSON has the number of all matches.
  const bool states_total = invocation.format == Format::kJson;
  if (found->total_count() > found->matches_size() && !states_total) {
    const bool more = invocation.max_results < kMaxSearchResults;
    Complain(absl::StrCat(found->matches_size(), " of ", found->total_count(), " matches shown; ",
                          more ? "--max-results shows more" : "more words find fewer"),
             output);
  }
  return kExitOk;
}

}  // namespace portreg::cli
