// Runs `portreg suggest [RANGE]`.
#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/audit/listening_socket.h"
#include "client/cli/audit/this_machine.h"
#include "client/cli/check/check_finding.h"
#include "client/cli/check/checked_tables.h"
#include "client/cli/check/claim_batches.h"
#include "client/cli/commands/command_parts.h"
#include "common/judgement/claim.h"
#include "common/judgement/suggest.h"
#include "common/model/advisory_kind.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

// The wish of a command line.
struct Wish {
  PortRange range = kSuggestedByDefault;
  // Empty: all.
  std::vector<Transport> transports;
};

absl::StatusOr<Wish> ReadWish(const Invocation& invocation) {
  Wish wish;
  for (const Transport transport : invocation.claims.transports) {
    if (transport != Transport::kNone) wish.transports.push_back(transport);
  }
  if (invocation.keys.empty()) return wish;
  const absl::StatusOr<std::vector<Query>> queries = ReadRanges(invocation.keys, "suggest");
  if (!queries.ok()) return queries.status();
  if (queries->size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("suggest takes one range; ", queries->size(), " are given"));
  }
  const Query& query = queries->front();
  wish.range = *query.ports;
  if (query.transport == Transport::kNone) return wish;
  if (!invocation.claims.transports.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("key \"", query.text, "\" states a transport, and so does --transport"));
  }
  wish.transports = {query.transport};
  return wish;
}

// Sets the fields that a SuggestRequest and a Claim share.
template <typename Message>
void SetHolder(const Invocation& invocation, const Wish& wish, Message& message) {
  for (const Transport transport : wish.transports) {
    message.add_transports(static_cast<v1::Transport>(transport));
  }
  message.set_service(invocation.claims.service);
  message.set_owner(invocation.claims.owner);
  message.set_scope(invocation.scope);
}

// Asks for suggestions, around the ports that must not be suggested.
class PortSuggester {
 public:
  // `avoided` are ports within the range of the wish.
  PortSuggester(const Invocation& invocation, const Wish& wish, const std::set<Port>& avoided,
                Source& source)
      : invocation_(invocation), wish_(wish), avoided_(avoided), source_(source) {}

  // Returns the suggestion, with its numbers for the whole range. Avoided ports count as
  // candidates, unless blocks are asked for, but for no kind of finding.
  absl::StatusOr<v1::SuggestResponse> Ask() {
    int first = wish_.range.first;
    for (const Port port : avoided_) {
      if (absl::Status status = AskFor(first, port - 1); !status.ok()) return status;
      first = port + 1;
    }
    if (absl::Status status = AskFor(first, wish_.range.last); !status.ok()) return status;
    Choose();
    for (const auto& [kind, count] : refusals_) {
      v1::RefusalCount& refusal = *answer_.add_refusals();
      refusal.set_kind(kind);
      refusal.set_port_count(count);
    }
    // Within blocks the count stays, because it is unknown which avoided ports a block
    // holds.
    if (!invocation_.claims.within_blocks) {
      answer_.set_candidate_count(answer_.candidate_count() + static_cast<int>(avoided_.size()));
    }
    return std::move(answer_);
  }

 private:
  // Asks about a part of the range; nothing if it is empty.
  absl::Status AskFor(int first, int last) {
    if (first > last) return absl::OkStatus();
    v1::SuggestRequest request;
    SetHolder(invocation_, wish_, request);
    request.set_first_port(first);
    request.set_last_port(last);
    request.set_count(count());
    request.set_adjacent(invocation_.claims.adjacent);
    request.set_within_blocks(invocation_.claims.within_blocks);
    request.set_key(invocation_.claims.key);
    for (const AdvisoryKind kind : kAdvisoryKinds) {
      if (!invocation_.claims.accepted.test(static_cast<size_t>(kind))) continue;
      request.add_accepted_kinds(static_cast<v1::AdvisoryKind>(kind));
    }
    const absl::StatusOr<v1::SuggestResponse> answer = source_.Suggest(request);
    if (!answer.ok()) return answer.status();
    parts_.emplace_back(answer->ports().begin(), answer->ports().end());
    answer_.set_candidate_count(answer_.candidate_count() + answer->candidate_count());
    answer_.set_free_count(answer_.free_count() + answer->free_count());
    for (const v1::RefusalCount& refusal : answer->refusals()) {
      refusals_[refusal.kind()] += refusal.port_count();
    }
    const bool is_first = parts_.size() == 1;
    if (is_first || answer_.revision() == answer->revision()) {
      answer_.set_revision(answer->revision());
    } else {
      answer_.clear_revision();
    }
    return absl::OkStatus();
  }

  // Puts the suggestions of the parts into the order in which one call would give them,
  // and keeps the first ones. Does not split the neighbouring ports of a part.
  void Choose() {
    const auto comes_before = [this](const std::vector<int>& a, const std::vector<int>& b) {
      const bool is_empty = a.empty() || b.empty();
      if (is_empty || invocation_.claims.key.empty()) return !a.empty() && (b.empty() || a < b);
      return HashOf(a.front()) < HashOf(b.front());
    };
    if (!invocation_.claims.adjacent) {
      std::vector<std::vector<int>> single;
      for (const std::vector<int>& part : parts_) {
        for (const int port : part) single.push_back({port});
      }
      parts_ = std::move(single);
    }
    std::stable_sort(parts_.begin(), parts_.end(), comes_before);
    for (const std::vector<int>& part : parts_) {
      for (const int port : part) {
        if (answer_.ports_size() < count()) answer_.add_ports(port);
      }
    }
  }

  [[nodiscard]] uint64_t HashOf(int port) const {
    return KeyHash(invocation_.claims.key, static_cast<Port>(port));
  }
  [[nodiscard]] int count() const { return invocation_.count.value_or(1); }

  const Invocation& invocation_;
  const Wish& wish_;
  const std::set<Port>& avoided_;
  Source& source_;
  // The ports that each call has suggested.
  std::vector<std::vector<int>> parts_;
  std::map<v1::AdvisoryKind, int> refusals_;
  v1::SuggestResponse answer_;
};

// Returns the ports of the wish on which this machine listens.
absl::StatusOr<std::set<Port>> ListeningPorts(const Wish& wish) {
  const absl::StatusOr<std::vector<ListeningSocket>> sockets = ReadThisMachine();
  if (!sockets.ok()) return sockets.status();
  std::set<Port> ports;
  for (const ListeningSocket& socket : *sockets) {
    const bool counts =
        wish.transports.empty() || absl::c_linear_search(wish.transports, socket.transport);
    if (counts && wish.range.contains(socket.port)) ports.insert(socket.port);
  }
  return ports;
}

// Writes a line for each port, with the findings about it.
absl::Status WriteReasons(const Invocation& invocation, const Wish& wish,
                          const v1::SuggestResponse& answer, Source& source, const Output& output) {
  std::vector<v1::Claim> claims;
  for (const int port : answer.ports()) {
    v1::Claim& claim = claims.emplace_back();
    claim.set_first_port(port);
    SetHolder(invocation, wish, claim);
  }
  const auto take = [&](size_t number, const v1::ClaimResult& result) {
    std::vector<std::string> reasons;
    for (const v1::Finding& finding : result.findings()) {
      std::string reason = Printable(finding.message());
      if (!absl::c_linear_search(reasons, reason)) reasons.push_back(std::move(reason));
    }
    const auto port = static_cast<Port>(claims[number].first_port());
    const std::string name = ToString(PortRange{port, port}, TransportSet(wish.transports));
    output.out.Put(
        absl::StrCat(name, reasons.empty() ? "" : "  ", absl::StrJoin(reasons, "; "), "\n"));
  };
  return CheckInBatches(claims, source, take).status();
}

// Returns a text such as "owner pay has no block in 7100-7149/tcp, scope eu".
std::string LackOfBlocks(const Invocation& invocation, const Wish& wish, size_t listening) {
  return absl::StrCat("owner ", Printable(invocation.claims.owner), " has no block in ",
                      ToString(wish.range, TransportSet(wish.transports)),
                      invocation.scope.empty() ? "" : ", scope ", Printable(invocation.scope),
                      listening > 0 ? ", or only ports that listen here" : "");
}

// Prints why there are fewer ports than wished.
void ExplainLack(const Invocation& invocation, const Wish& wish, const v1::SuggestResponse& answer,
                 size_t listening, const Output& output) {
  if (invocation.claims.within_blocks && answer.candidate_count() == 0) {
    Complain(absl::StrCat("no port to suggest: ", LackOfBlocks(invocation, wish, listening)),
             output);
    return;
  }
  std::vector<std::string> causes;
  for (const v1::RefusalCount& refusal : answer.refusals()) {
    causes.push_back(absl::StrCat(RuleOfKind(refusal.kind()), " ", refusal.port_count()));
  }
  if (listening > 0) causes.push_back(absl::StrCat("listens here ", listening));
  const int count = invocation.count.value_or(1);
  const std::string found = answer.ports_size() == 0
                                ? "no port"
                                : absl::StrCat("only ", answer.ports_size(), " of ", count);
  const bool apart = invocation.claims.adjacent && answer.free_count() >= count;
  Complain(
      absl::StrCat(apart ? absl::StrCat("no ", count, " neighbouring ports") : found,
                   " to suggest in ", portreg::ToString(wish.range), ": ", answer.free_count(),
                   " of ", answer.candidate_count(), " ports are free",
                   causes.empty() ? "" : absl::StrCat("; others: ", absl::StrJoin(causes, ", "))),
      output);
}

absl::Status WriteSuggestion(const Invocation& invocation, const Wish& wish,
                             const v1::SuggestResponse& answer, Source& source,
                             const Output& output) {
  if (!invocation.brief) return WriteReasons(invocation, wish, answer, source, output);
  for (const int port : answer.ports()) output.out.Put(absl::StrCat(port, "\n"));
  return absl::OkStatus();
}

}  // namespace

int RunSuggest(const Invocation& invocation, Source& source, const Output& output) {
  const absl::StatusOr<Wish> wish = ReadWish(invocation);
  if (!wish.ok()) return FailUsage(wish.status(), output);
  absl::StatusOr<std::set<Port>> avoided = std::set<Port>();
  if (invocation.claims.this_host) avoided = ListeningPorts(*wish);
  if (!avoided.ok()) return FailUsage(avoided.status(), output);
  const absl::StatusOr<v1::SuggestResponse> answer =
      PortSuggester(invocation, *wish, *avoided, source).Ask();
  if (!answer.ok()) return FailCall(answer.status(), source, output);
  if (invocation.format == Format::kTable) {
    const absl::Status status = WriteSuggestion(invocation, *wish, *answer, source, output);
    if (!status.ok()) return FailCall(status, source, output);
  } else {
    const JsonStyle style =
        invocation.format == Format::kJson ? JsonStyle::kIndented : JsonStyle::kOneLine;
    if (const int code = WriteJson(*answer, style, source, output); code != kExitOk) return code;
  }
  (void)output.out.Flush();
  if (answer->ports_size() >= invocation.count.value_or(1)) return kExitOk;
  ExplainLack(invocation, *wish, *answer, avoided->size(), output);
  return kExitNotFound;
}

}  // namespace portreg::cli
