#include "common/answers/claim_answers.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/answers/claim_requests.h"
#include "common/answers/conversion.h"
#include "common/answers/errors.h"
#include "common/judgement/claim.h"
#include "common/judgement/judgement.h"
#include "common/judgement/suggest.h"
#include "common/model/limits.h"
#include "common/model/port.h"

namespace portreg {
namespace {

void ToMessage(const Finding& finding, const Registry& registry, v1::Finding& message) {
  message.set_severity(static_cast<v1::Severity>(finding.severity));
  message.set_kind(static_cast<v1::AdvisoryKind>(finding.kind));
  message.set_message(finding.message);
  message.set_first_port(finding.ports.first);
  message.set_last_port(finding.ports.last);
  for (const Transport transport : finding.transports.List()) {
    message.add_transports(static_cast<v1::Transport>(transport));
  }
  for (const RecordIndex index : finding.records) {
    ToMessage(registry.record(index), WithDetails::kNo, *message.add_records());
  }
  if (finding.other_claim) message.set_other_claim(static_cast<int32_t>(*finding.other_claim));
}

}  // namespace

absl::CivilDay Today() { return absl::ToCivilDay(absl::Now(), absl::UTCTimeZone()); }

absl::StatusOr<v1::CheckResponse> Check(const Registry& registry, const v1::CheckRequest& request,
                                        absl::CivilDay today, const std::atomic<bool>* cancelled) {
  const absl::StatusOr<std::vector<Claim>> claims = Read(request);
  if (!claims.ok()) return claims.status();
  v1::CheckResponse response;
  size_t bytes = 0;
  for (size_t i = 0; i < claims->size(); ++i) {
    if (cancelled != nullptr && *cancelled) break;
    const Judgement judgement = Judge(registry, *claims, i, today);
    v1::ClaimResult& result = *response.add_results();
    for (const Finding& finding : judgement.findings) {
      ToMessage(finding, registry, *result.add_findings());
    }
    result.set_total_count(static_cast<int32_t>(judgement.total_count));
    bytes += result.ByteSizeLong();
    if (bytes > kMaxBatchReplyBytes) {
      return ErrorFor(absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_BATCH_REPLY_TOO_LARGE,
                      absl::StrCat("the results of the first ", i + 1, " of ", claims->size(),
                                   " claims exceed ", kMaxBatchReplyBytes,
                                   " bytes; check fewer or narrower claims at once"));
    }
  }
  response.set_revision(registry.revision());
  return response;
}

absl::StatusOr<v1::SuggestResponse> Suggest(const Registry& registry,
                                            const v1::SuggestRequest& request,
                                            absl::CivilDay today) {
  const absl::StatusOr<SuggestionWish> wish = Read(request);
  if (!wish.ok()) return wish.status();
  const Suggestion suggestion = Suggest(registry, *wish, today);
  v1::SuggestResponse response;
  for (const Port port : suggestion.ports) response.add_ports(port);
  response.set_candidate_count(static_cast<int32_t>(suggestion.candidate_count));
  response.set_free_count(static_cast<int32_t>(suggestion.free_count));
  for (const auto& [kind, count] : suggestion.refused) {
    v1::RefusalCount& refusal = *response.add_refusals();
    refusal.set_kind(static_cast<v1::AdvisoryKind>(kind));
    refusal.set_port_count(static_cast<int32_t>(count));
  }
  response.set_revision(registry.revision());
  return response;
}

}  // namespace portreg
