// Makes every kind of call once, and prints how each ended, for hostile_server_test.py.
//
//   every_call TARGET TIMEOUT_MS KIND...
//
// Prints a line "KIND CODE ANSWER" for each kind, with the answer of calls that are OK.
// Prints a last line "memory KIBIBYTES", the peak of resident memory.
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <future>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "portreg/client.h"
#include "portreg/error.h"
#include "portreg/mirror.h"

namespace portreg {
namespace {

// The end of a call: its answer in few words, or its status.
using Answer = absl::StatusOr<std::string>;

// The longest wait for a report of a watch or a mirror.
constexpr absl::Duration kPatience = absl::Seconds(20);
constexpr int kPorts[] = {53, 80, 443};

std::shared_ptr<const Client> MakeClient(const std::string& target, absl::Duration timeout,
                                         bool coalesces = false) {
  ClientOptions options;
  options.target = target;
  options.timeout = timeout;
  options.list_timeout = 2 * timeout;
  options.retry.initial_backoff = absl::Milliseconds(10);
  options.retry.max_backoff = absl::Milliseconds(20);
  options.coalesce_lookups = coalesces;
  return Client::Create(options).value();
}

std::string Names(const v1::LookupResponse& response) {
  std::vector<std::string> names;
  for (const v1::PortRecord& record : response.records()) names.push_back(record.service());
  return absl::StrJoin(names, "+");
}

std::string WordsOf(const v1::LookupResponse& response) {
  return absl::StrCat(Names(response), " ", response.revision());
}

std::string WordsOf(const v1::BatchLookupResponse& response) {
  std::vector<std::string> results;
  for (const v1::LookupResult& result : response.results()) {
    const absl::Status status = ToStatus(result);
    results.push_back(status.ok() ? Names(result.response())
                                  : absl::StatusCodeToString(status.code()));
  }
  return absl::StrCat(absl::StrJoin(results, ","), " ", response.revision());
}

std::string WordsOf(const v1::ClassifyResponse& response) {
  return absl::StrCat(response.first_port(), "-", response.last_port(), " ", response.revision());
}

std::string WordsOf(const v1::CheckResponse& response) {
  std::vector<int> counts;
  for (const v1::ClaimResult& result : response.results()) counts.push_back(result.findings_size());
  return absl::StrCat(absl::StrJoin(counts, ","), " ", response.revision());
}

std::string WordsOf(const v1::SuggestResponse& response) {
  return absl::StrCat(absl::StrJoin(response.ports(), ","), " ", response.revision());
}

std::string WordsOf(const v1::SearchResponse& response) {
  std::vector<std::string> names;
  for (const v1::SearchMatch& match : response.matches()) names.push_back(match.record().service());
  return absl::StrCat(absl::StrJoin(names, ","), " of ", response.total_count(), " ",
                      response.revision());
}

std::string WordsOf(const v1::GetRegistryInfoResponse& response) { return response.revision(); }

template <typename Response>
Answer AnswerOf(const absl::StatusOr<Response>& response) {
  if (!response.ok()) return response.status();
  return WordsOf(*response);
}

// Makes an asynchronous call, and waits for its result.
template <typename Response>
absl::StatusOr<Response> Await(const std::function<void(Callback<Response>)>& call) {
  std::promise<absl::StatusOr<Response>> promise;
  std::future<absl::StatusOr<Response>> outcome = promise.get_future();
  call([promise = std::move(promise)](absl::StatusOr<Response> value) mutable {
    promise.set_value(std::move(value));
  });
  return outcome.get();
}

v1::LookupRequest LookupOf(int port) {
  v1::LookupRequest request;
  request.set_port(port);
  return request;
}

v1::BatchLookupRequest Batch() {
  v1::BatchLookupRequest request;
  for (const int port : kPorts) *request.add_requests() = LookupOf(port);
  return request;
}

v1::ClassifyRequest Classified() {
  v1::ClassifyRequest request;
  request.set_port(443);
  return request;
}

v1::CheckRequest Checked() {
  v1::CheckRequest request;
  for (int i = 0; i < 2; ++i) request.add_claims()->set_first_port(443);
  return request;
}

v1::SuggestRequest Suggested() {
  v1::SuggestRequest request;
  request.set_first_port(7000);
  request.set_count(3);
  request.set_adjacent(true);
  return request;
}

v1::SearchRequest Searched() {
  v1::SearchRequest request;
  request.set_query("h");
  return request;
}

v1::ListRangeRequest Listed() {
  v1::ListRangeRequest request;
  request.set_include_portless(true);
  return request;
}

// Makes many lookups at once, which share calls. Returns the first failure, if any.
Answer Coalesced(const Client& client) {
  constexpr int kLookups = 30;
  std::vector<std::future<absl::StatusOr<v1::LookupResponse>>> outcomes;
  for (int i = 0; i < kLookups; ++i) {
    std::promise<absl::StatusOr<v1::LookupResponse>> promise;
    outcomes.push_back(promise.get_future());
    client.LookupAsync(LookupOf(kPorts[i % 3]),
                       [promise = std::move(promise)](auto outcome) mutable {
                         promise.set_value(std::move(outcome));
                       });
  }
  std::vector<std::string> names;
  absl::Status failure;
  for (auto& outcome : outcomes) {
    const absl::StatusOr<v1::LookupResponse> answer = outcome.get();
    if (!answer.ok()) {
      failure.Update(answer.status());
    } else if (names.size() < 3) {
      names.push_back(Names(*answer));
    }
  }
  if (!failure.ok()) return failure;
  return absl::StrJoin(names, ",");
}

Answer List(const Client& client) {
  std::vector<std::string> names;
  RecordStream stream = client.ListRange(Listed());
  while (const v1::PortRecord* record = stream.Next()) {
    if (names.size() < 10) names.push_back(record->service());
  }
  if (!stream.status().ok()) return stream.status();
  return absl::StrCat(absl::StrJoin(names, ","), " ", stream.revision());
}

Answer ListAsync(const Client& client) {
  using Message = std::optional<v1::ListRangeResponse>;
  std::vector<std::string> names;
  std::string revision;
  AsyncRecordStream stream = client.ListRangeAsync(Listed());
  while (true) {
    const absl::StatusOr<Message> message =
        Await<Message>([&](Callback<Message> callback) { stream.Next(std::move(callback)); });
    if (!message.ok()) return message.status();
    if (!message->has_value()) return absl::StrCat(absl::StrJoin(names, ","), " ", revision);
    revision = (*message)->revision();
    for (const v1::PortRecord& record : (*message)->records()) {
      if (names.size() < 10) names.push_back(record.service());
    }
  }
}

// Returns the first event that a watch reports.
Answer Watched(const Client& client) {
  std::promise<Answer> promise;
  std::future<Answer> first = promise.get_future();
  std::once_flag once;
  const auto tell = [&](const Answer& answer) {
    std::call_once(once, [&] { promise.set_value(answer); });
  };
  WatchOptions options;
  options.on_interruption = tell;
  options.on_end = tell;
  const Watcher watcher =
      client.Watch([&](const v1::WatchResponse& now) { tell(now.revision()); }, std::move(options));
  if (first.wait_for(absl::ToChronoNanoseconds(kPatience)) == std::future_status::timeout) {
    return absl::UnknownError("the watch reported nothing");
  }
  return first.get();
}

std::string WordsOf(const MirrorSnapshot& snapshot) {
  std::vector<std::string> names;
  for (const int port : kPorts) {
    const MirroredRecords records = snapshot.AtPort(port);
    for (size_t i = 0; i < records.size(); ++i) names.push_back(records[i].service());
  }
  return absl::StrCat(absl::StrJoin(names, ","), " ", snapshot.revision());
}

Answer Mirrored(const std::shared_ptr<const Client>& client) {
  const absl::StatusOr<std::unique_ptr<Mirror>> mirror = Mirror::Create(client);
  if (!mirror.ok()) return mirror.status();
  return WordsOf(*(*mirror)->snapshot());
}

// Returns the first failure that a mirror reports. Returns "another snapshot" if the mirror
// has replaced its snapshot, and "no trouble" if it reports no failure.
Answer MirrorFollows(const std::shared_ptr<const Client>& client) {
  const absl::StatusOr<std::unique_ptr<Mirror>> mirror = Mirror::Create(client);
  if (!mirror.ok()) return mirror.status();
  const std::string before = WordsOf(*(*mirror)->snapshot());
  const absl::Time end = absl::Now() + kPatience;
  absl::Status status;
  while ((status = (*mirror)->status()).ok() && absl::Now() < end) {
    absl::SleepFor(absl::Microseconds(200));
  }
  if (WordsOf(*(*mirror)->snapshot()) != before) return std::string("another snapshot");
  if (status.ok()) return std::string("no trouble");
  return status;
}

using Kind = std::function<Answer(const std::shared_ptr<const Client>&)>;

const std::map<std::string, Kind>& Kinds() {
  using Of = const std::shared_ptr<const Client>&;
  static const auto* const kinds = new std::map<std::string, Kind>{
      {"lookup", [](Of client) { return AnswerOf(client->Lookup(LookupOf(443))); }},
      {"lookup_async",
       [](Of client) {
         return AnswerOf(Await<v1::LookupResponse>([&](Callback<v1::LookupResponse> callback) {
           client->LookupAsync(LookupOf(443), std::move(callback));
         }));
       }},
      {"coalesced", [](Of client) { return Coalesced(*client); }},
      {"batch", [](Of client) { return AnswerOf(client->BatchLookup(Batch())); }},
      {"batch_async",
       [](Of client) {
         return AnswerOf(
             Await<v1::BatchLookupResponse>([&](Callback<v1::BatchLookupResponse> callback) {
               client->BatchLookupAsync(Batch(), std::move(callback));
             }));
       }},
      {"classify", [](Of client) { return AnswerOf(client->Classify(Classified())); }},
      {"classify_async",
       [](Of client) {
         return AnswerOf(Await<v1::ClassifyResponse>([&](Callback<v1::ClassifyResponse> callback) {
           client->ClassifyAsync(Classified(), std::move(callback));
         }));
       }},
      {"check", [](Of client) { return AnswerOf(client->Check(Checked())); }},
      {"check_async",
       [](Of client) {
         return AnswerOf(Await<v1::CheckResponse>([&](Callback<v1::CheckResponse> callback) {
           client->CheckAsync(Checked(), std::move(callback));
         }));
       }},
      {"suggest", [](Of client) { return AnswerOf(client->Suggest(Suggested())); }},
      {"suggest_async",
       [](Of client) {
         return AnswerOf(Await<v1::SuggestResponse>([&](Callback<v1::SuggestResponse> callback) {
           client->SuggestAsync(Suggested(), std::move(callback));
         }));
       }},
      {"search", [](Of client) { return AnswerOf(client->Search(Searched())); }},
      {"search_async",
       [](Of client) {
         return AnswerOf(Await<v1::SearchResponse>([&](Callback<v1::SearchResponse> callback) {
           client->SearchAsync(Searched(), std::move(callback));
         }));
       }},
      {"info", [](Of client) { return AnswerOf(client->GetRegistryInfo()); }},
      {"info_async",
       [](Of client) {
         return AnswerOf(Await<v1::GetRegistryInfoResponse>(
             [&](Callback<v1::GetRegistryInfoResponse> callback) {
               client->GetRegistryInfoAsync(std::move(callback));
             }));
       }},
      {"list", [](Of client) { return List(*client); }},
      {"list_async", [](Of client) { return ListAsync(*client); }},
      {"watch", [](Of client) { return Watched(*client); }},
      {"mirror", Mirrored},
      {"mirror_follows", MirrorFollows},
  };
  return *kinds;
}

// Returns the peak of resident memory, in KiB.
std::string PeakMemory() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    if (word == "VmHWM:") {
      status >> word;
      return word;
    }
  }
  return "unknown";
}

void Print(const std::string& kind, const Answer& answer) {
  std::cout << kind << ' ' << absl::StatusCodeToString(answer.status().code()) << ' '
            << absl::CHexEscape(answer.ok() ? *answer : std::string(answer.status().message()))
            << std::endl;
}

int Run(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "usage: every_call TARGET TIMEOUT_MS KIND...\n";
    return EXIT_FAILURE;
  }
  const absl::Duration timeout = absl::Milliseconds(std::atoi(argv[2]));
  for (int i = 3; i < argc; ++i) {
    const std::string kind = argv[i];
    const std::shared_ptr<const Client> client =
        MakeClient(argv[1], timeout, /*coalesces=*/kind == "coalesced");
    Print(kind, Kinds().at(kind)(client));
  }
  std::cout << "memory " << PeakMemory() << std::endl;
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace portreg

int main(int argc, char** argv) { return portreg::Run(argc, argv); }
