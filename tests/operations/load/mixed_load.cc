// Loads a server with all kinds of calls, checks each answer, and prints one JSON object
// (see findings.h):
//
//   mixed_load --target=127.0.0.1:6335 --seconds=20
//
// Or measures the latency of lookups, as another client, and prints calls, p50_us and
// p99_us:
//
//   mixed_load --probe --target=127.0.0.1:6335 --seconds=20
//
// The server's local file must be a generation of generations.py.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <list>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "findings.h"
#include "kept_up.h"
#include "nlohmann/json.hpp"
#include "portreg/client.h"

ABSL_FLAG(std::string, target, "", "the server, by gRPC's naming");
ABSL_FLAG(double, seconds, 20, "how long to go on");
ABSL_FLAG(double, call_seconds, 30, "how long a call may take");
ABSL_FLAG(bool, probe, false, "measure lookups instead of loading the server");

namespace portreg::load {
namespace {

using Clock = std::chrono::steady_clock;

// The numbers of lookups under way, of clients that send them singly and in batches.
constexpr int kLookups = 32;
constexpr int kCoalesced = 64;
constexpr int kBatches = 4;
constexpr int kBatchKeys = 500;
constexpr int kSearchers = 3;
constexpr int kSearches = 100;
constexpr int kChecks = 4;
constexpr int kClaims = 50;
constexpr int kGivenUp = 16;
constexpr int kListers = 2;
constexpr int kSlowReaders = 2;
constexpr int kWatchers = 20;
// The number of records after which a slow reader pauses.
constexpr int kRecordsAtOnce = 500;
constexpr absl::Duration kGivenUpAfter = absl::Milliseconds(3);
constexpr absl::Duration kReadersPause = absl::Milliseconds(50);
constexpr absl::Duration kProbesPause = absl::Milliseconds(2);

std::unique_ptr<Client> Connect(bool coalesce = false) {
  ClientOptions options;
  options.target = absl::GetFlag(FLAGS_target);
  options.timeout = absl::Seconds(absl::GetFlag(FLAGS_call_seconds));
  options.list_timeout = 2 * options.timeout;
  options.coalesce_lookups = coalesce;
  absl::StatusOr<std::unique_ptr<Client>> client = Client::Create(options);
  if (!client.ok()) {
    std::cerr << "mixed_load: " << client.status() << "\n";
    std::exit(EXIT_FAILURE);
  }
  return *std::move(client);
}

// Returns the local port with this number; the numbers wrap around.
int LocalPort(uint64_t number) { return kFirstPort + static_cast<int>(number * 37 % kPorts); }

// Makes all kinds of calls at once. Stops when it is destroyed.
class MixedLoad {
 public:
  explicit MixedLoad(Findings& findings) : findings_(findings) {
    KeepUpLookups("lookups", kLookups, NewClient());
    KeepUpLookups("coalesced lookups", kCoalesced, NewClient(/*coalesce=*/true));
    KeepUpBatches(NewClient());
    for (int i = 0; i < kSearchers; ++i) KeepUpSearches(NewClient());
    KeepUpChecks(NewClient());
    KeepUpSuggestions(NewClient());
    const Client& watching = NewClient();
    for (int i = 0; i < kWatchers; ++i) Watch(watching);
    Repeat([this, &client = NewConnectedClient()] { GiveUpSome(client); });
    for (int i = 0; i < kListers; ++i) Repeat([this, &client = NewClient()] { List(client); });
    for (int i = 0; i < kSlowReaders; ++i) {
      Repeat([this, &client = NewClient()] { ReadSlowly(client); });
    }
  }
  ~MixedLoad() {
    stop_.Notify();
    for (std::thread& thread : threads_) thread.join();
    watchers_.clear();
    kept_up_.clear();
  }

 private:
  Client& NewClient(bool coalesce = false) {
    clients_.push_back(Connect(coalesce));
    return *clients_.back();
  }

  // Returns a connected client, so that even the shortest deadline does not end a call
  // while it connects.
  Client& NewConnectedClient() {
    Client& client = NewClient();
    if (const auto answer = client.GetRegistryInfo(); !answer.ok()) {
      findings_.Fail("cancelled", answer.status().ToString());
    }
    return client;
  }

  void KeepUp(int in_flight, KeptUp::Begin begin) {
    kept_up_.emplace_back(in_flight, std::move(begin));
  }

  void Repeat(std::function<void()> work) {
    threads_.emplace_back([this, work = std::move(work)] {
      while (!stop_.HasBeenNotified()) work();
    });
  }

  // Every second lookup is by name with a filter, for which no server stores replies.
  void KeepUpLookups(absl::string_view kind, int in_flight, const Client& client) {
    KeepUp(in_flight, [this, kind, &client](uint64_t number, std::function<void()> done) {
      v1::LookupRequest request;
      if (number % 2 == 0) {
        request.set_port(LocalPort(number));
      } else {
        request.set_service(absl::StrCat("local-", LocalPort(number)));
        request.set_transport(v1::TRANSPORT_TCP);
        request.set_view(v1::RECORD_VIEW_FULL);
      }
      client.LookupAsync(request, [this, kind, done = std::move(done)](
                                      const absl::StatusOr<v1::LookupResponse>& answer) {
        CheckRecords(kind, answer);
        done();
      });
    });
  }

  void CheckRecords(absl::string_view kind, const absl::StatusOr<v1::LookupResponse>& answer) {
    if (!answer.ok()) return findings_.Fail(kind, answer.status().ToString());
    Generation generation;
    for (const v1::PortRecord& record : answer->records()) generation.Add(record);
    findings_.Check(kind, answer->revision(), generation);
  }

  void KeepUpBatches(const Client& client) {
    KeepUp(kBatches, [this, &client](uint64_t number, std::function<void()> done) {
      v1::BatchLookupRequest request;
      for (int i = 0; i < kBatchKeys; ++i) request.add_requests()->set_port(LocalPort(number + i));
      client.BatchLookupAsync(request, [this, done = std::move(done)](
                                           const absl::StatusOr<v1::BatchLookupResponse>& answer) {
        CheckBatch(answer);
        done();
      });
    });
  }

  void CheckBatch(const absl::StatusOr<v1::BatchLookupResponse>& answer) {
    if (!answer.ok()) return findings_.Fail("batches", answer.status().ToString());
    Generation generation;
    for (const v1::LookupResult& result : answer->results()) {
      for (const v1::PortRecord& record : result.response().records()) generation.Add(record);
    }
    if (answer->results_size() != kBatchKeys || generation.records() != kBatchKeys) {
      return findings_.Fail("batches", absl::StrCat(answer->results_size(), " results with ",
                                                    generation.records(), " local records"));
    }
    findings_.Check("batches", answer->revision(), generation);
  }

  // Searches for words of every local record, and for near misses of their names.
  void KeepUpSearches(const Client& client) {
    KeepUp(kSearches, [this, &client](uint64_t number, std::function<void()> done) {
      const bool misses = number % 2 == 1;
      v1::SearchRequest request;
      request.set_query(misses ? absl::StrCat("locl-", LocalPort(number)) : "generation");
      if (!misses) request.add_layers(v1::LAYER_LOCAL);
      client.SearchAsync(request, [this, misses, done = std::move(done)](
                                      const absl::StatusOr<v1::SearchResponse>& answer) {
        CheckSearch(misses, answer);
        done();
      });
    });
  }

  void CheckSearch(bool misses, const absl::StatusOr<v1::SearchResponse>& answer) {
    if (!answer.ok()) return findings_.Fail("searches", answer.status().ToString());
    if (misses) {
      const bool right = answer->matches().empty() && !answer->similar_services().empty();
      return right ? findings_.Count("searches")
                   : findings_.Fail("searches", "a near miss is not answered as one");
    }
    Generation generation;
    for (const v1::SearchMatch& match : answer->matches()) generation.Add(match.record());
    if (answer->total_count() != kPorts) {
      return findings_.Fail("searches", absl::StrCat(answer->total_count(), " matches"));
    }
    findings_.Check("searches", answer->revision(), generation);
  }

  // Checks claims of ports that local records hold.
  void KeepUpChecks(const Client& client) {
    KeepUp(kChecks, [this, &client](uint64_t number, std::function<void()> done) {
      v1::CheckRequest request;
      for (int i = 0; i < kClaims; ++i) {
        request.add_claims()->set_first_port(LocalPort(number + static_cast<uint64_t>(i)));
      }
      client.CheckAsync(
          request, [this, done = std::move(done)](const absl::StatusOr<v1::CheckResponse>& answer) {
            CheckClaims(answer);
            done();
          });
    });
  }

  void CheckClaims(const absl::StatusOr<v1::CheckResponse>& answer) {
    if (!answer.ok()) return findings_.Fail("checks", answer.status().ToString());
    Generation generation;
    for (const v1::ClaimResult& result : answer->results()) {
      for (const v1::Finding& finding : result.findings()) {
        if (finding.kind() != v1::ADVISORY_KIND_TAKEN_LOCALLY) continue;
        for (const v1::PortRecord& record : finding.records()) generation.Add(record);
      }
    }
    if (generation.records() != kClaims) {
      return findings_.Fail("checks", absl::StrCat(generation.records(), " local records"));
    }
    findings_.Check("checks", answer->revision(), generation);
  }

  // Checks that no suggested port is held by a local record.
  void KeepUpSuggestions(const Client& client) {
    KeepUp(kChecks, [this, &client](uint64_t number, std::function<void()> done) {
      v1::SuggestRequest request;
      request.set_first_port(kFirstPort);
      request.set_last_port(kFirstPort + kPorts - 1);
      request.set_key(absl::StrCat("key-", number));
      client.SuggestAsync(request, [this, done = std::move(done)](
                                       const absl::StatusOr<v1::SuggestResponse>& answer) {
        if (!answer.ok()) {
          findings_.Fail("suggestions", answer.status().ToString());
        } else if (answer->candidate_count() != kPorts || answer->free_count() != 0) {
          findings_.Fail("suggestions", absl::StrCat(answer->free_count(), " free ports"));
        } else {
          findings_.Count("suggestions");
        }
        done();
      });
    });
  }

  // Cancels calls while they wait, run, or have ended. Pauses in between, because
  // cancelled calls cost the client more than the server.
  void GiveUpSome(const Client& client) {
    absl::BlockingCounter over(kGivenUp);
    std::vector<PendingCall> calls;
    for (int i = 0; i < kGivenUp; ++i) {
      v1::SearchRequest request;
      request.set_query("generation");
      request.set_max_results(500);
      CallOptions options;
      if (i % 2 == 0) options.timeout = absl::Milliseconds(1 + i);
      calls.push_back(client.SearchAsync(
          request,
          [this, &over](const absl::StatusOr<v1::SearchResponse>& answer) {
            CheckGivenUp(answer.status());
            over.DecrementCount();
          },
          options));
    }
    stop_.WaitForNotificationWithTimeout(kGivenUpAfter);
    for (int i = 1; i < kGivenUp; i += 2) calls[i].Cancel();
    over.Wait();
    stop_.WaitForNotificationWithTimeout(kGivenUpAfter);
  }

  void CheckGivenUp(const absl::Status& status) {
    if (status.ok() || absl::IsCancelled(status) || absl::IsDeadlineExceeded(status)) {
      findings_.Count("cancelled");
    } else {
      findings_.Fail("cancelled", status.ToString());
    }
  }

  void Watch(const Client& client) {
    WatchOptions options;
    options.on_interruption = [this](const absl::Status& status) {
      findings_.Fail("watches", status.ToString());
    };
    options.on_end = [this](const absl::Status& status) {
      findings_.Fail("watches", status.ToString());
    };
    watchers_.push_back(
        client.Watch([this](const v1::WatchResponse& /*now*/) { findings_.Count("watches"); },
                     std::move(options)));
  }

  void List(const Client& client) {
    v1::ListRangeRequest request;
    request.set_first_port(kFirstPort);
    request.set_last_port(kFirstPort + kPorts - 1);
    request.add_layers(v1::LAYER_LOCAL);
    request.set_view(v1::RECORD_VIEW_FULL);
    RecordStream stream = client.ListRange(request);
    Generation generation;
    while (const v1::PortRecord* record = stream.Next()) generation.Add(*record);
    CheckListing("listings", stream, generation);
  }

  void ReadSlowly(const Client& client) {
    v1::ListRangeRequest request;
    request.set_last_port(65'535);
    RecordStream stream = client.ListRange(request);
    Generation generation;
    int records = 0;
    while (const v1::PortRecord* record = stream.Next()) {
      generation.Add(*record);
      if (++records % kRecordsAtOnce != 0) continue;
      // Leaves the listing unfinished when the load stops.
      if (stop_.WaitForNotificationWithTimeout(kReadersPause)) return;
    }
    CheckListing("slow readers", stream, generation);
  }

  void CheckListing(absl::string_view kind, const RecordStream& stream,
                    const Generation& generation) {
    if (!stream.status().ok()) return findings_.Fail(kind, stream.status().ToString());
    if (generation.records() != kPorts) {
      return findings_.Fail(kind, absl::StrCat(generation.records(), " local records"));
    }
    findings_.Check(kind, stream.revision(), generation);
  }

  Findings& findings_;
  absl::Notification stop_;
  // A list, because references to its elements must stay valid.
  std::list<std::unique_ptr<Client>> clients_;
  std::list<KeptUp> kept_up_;
  std::vector<Watcher> watchers_;
  std::vector<std::thread> threads_;
};

// Looks up ports one after the other at random moments. Measures how long each lookup
// took from when it was due.
int Probe(absl::Duration length) {
  const std::unique_ptr<Client> client = Connect();
  std::mt19937 random(1);
  std::exponential_distribution<double> pause(1 / absl::ToDoubleSeconds(kProbesPause));
  std::vector<double> taken_us;
  Clock::time_point due = Clock::now();
  const Clock::time_point end = due + absl::ToChronoNanoseconds(length);
  // Ends in time on a machine that is too slow for the rate; there latency grows.
  while (due < end && Clock::now() < end) {
    std::this_thread::sleep_until(due);
    const absl::StatusOr<v1::LookupResponse> answer = client->LookupPort(443);
    if (!answer.ok() || answer->records().empty()) {
      std::cerr << "mixed_load: port 443: " << answer.status() << "\n";
      return EXIT_FAILURE;
    }
    taken_us.push_back(std::chrono::duration<double, std::micro>(Clock::now() - due).count());
    due +=
        std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(pause(random)));
  }
  std::sort(taken_us.begin(), taken_us.end());
  const auto quantile = [&](size_t percent) {
    return taken_us[(taken_us.size() - 1) * percent / 100];
  };
  nlohmann::json json = {
      {"calls", taken_us.size()}, {"p50_us", quantile(50)}, {"p99_us", quantile(99)}};
  std::cout << json.dump() << "\n";
  return EXIT_SUCCESS;
}

int Run() {
  const absl::Duration length = absl::Seconds(absl::GetFlag(FLAGS_seconds));
  if (absl::GetFlag(FLAGS_probe)) return Probe(length);
  Findings findings;
  {
    const MixedLoad load(findings);
    absl::SleepFor(length);
  }
  std::cout << findings.ToJson() << "\n";
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace portreg::load

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  return portreg::load::Run();
}
