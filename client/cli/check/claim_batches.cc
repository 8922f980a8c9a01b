#include "client/cli/check/claim_batches.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "client/cli/sources/failures.h"
#include "common/model/limits.h"

namespace portreg::cli {
namespace {

// Leaves room for the fields around the claims.
constexpr size_t kMaxClaimBytes = size_t{kMaxRequestBytes} - 1024;
// The most bytes that a request adds to each claim.
constexpr size_t kClaimOverheadBytes = 8;

size_t WidthOf(const v1::Claim& claim) {
  const int last = claim.has_last_port() ? claim.last_port() : claim.first_port();
  return static_cast<size_t>(std::max(1, last - claim.first_port() + 1));
}

// Returns the number of the first claims that fit in one call; at least 1.
size_t CountForOneCall(absl::Span<const v1::Claim> claims) {
  size_t count = 0;
  size_t width = 0;
  size_t bytes = 0;
  for (const v1::Claim& claim : claims) {
    width += WidthOf(claim);
    bytes += claim.ByteSizeLong() + kClaimOverheadBytes;
    const bool fits =
        count < size_t{kMaxClaims} && width <= size_t{kMaxClaimedPorts} && bytes <= kMaxClaimBytes;
    if (!fits) break;
    ++count;
  }
  return std::max<size_t>(count, 1);
}

// Asks about claims, call by call.
class ClaimAsker {
 public:
  ClaimAsker(Source& source, absl::FunctionRef<void(size_t, const v1::ClaimResult&)> take)
      : source_(source), take_(take) {}

  // Asks about all claims. `first` is the number of the first one.
  absl::Status Ask(absl::Span<const v1::Claim> claims, size_t first) {
    while (!claims.empty()) {
      const size_t count = CountForOneCall(claims);
      absl::Status status = AskOnce(claims.first(count), first);
      if (!status.ok()) return status;
      claims.remove_prefix(count);
      first += count;
    }
    return absl::OkStatus();
  }

  // Returns the revision of all answers. Empty if they have several.
  [[nodiscard]] const std::string& revision() const { return revision_; }

 private:
  // Asks about claims in one call. If the answer is too large, asks about each half.
  absl::Status AskOnce(absl::Span<const v1::Claim> claims, size_t first) {
    v1::CheckRequest request;
    for (const v1::Claim& claim : claims) *request.add_claims() = claim;
    absl::StatusOr<v1::CheckResponse> answer = source_.Check(request);
    if (IsBatchReplyTooLarge(answer.status()) && claims.size() > 1) {
      const size_t half = claims.size() / 2;
      absl::Status status = AskOnce(claims.first(half), first);
      return status.ok() ? AskOnce(claims.subspan(half), first + half) : status;
    }
    if (!answer.ok()) return answer.status();
    if (static_cast<size_t>(answer->results_size()) != claims.size()) {
      return absl::InternalError(absl::StrCat("the answer to ", claims.size(), " claims has ",
                                              answer->results_size(), " results"));
    }
    revision_ = first_answer_ || revision_ == answer->revision() ? answer->revision() : "";
    first_answer_ = false;
    for (size_t i = 0; i < claims.size(); ++i) {
      take_(first + i, WithoutOthers(*answer->mutable_results(static_cast<int>(i))));
    }
    return absl::OkStatus();
  }

  // Removes the findings about other claims of the call.
  static const v1::ClaimResult& WithoutOthers(v1::ClaimResult& result) {
    auto& findings = *result.mutable_findings();
    const auto end = std::remove_if(findings.begin(), findings.end(), [](const auto& finding) {
      return finding.kind() == v1::ADVISORY_KIND_CLAIMS_COLLIDE;
    });
    const auto removed = findings.end() - end;
    findings.erase(end, findings.end());
    result.set_total_count(result.total_count() - static_cast<int>(removed));
    return result;
  }

  Source& source_;
  absl::FunctionRef<void(size_t, const v1::ClaimResult&)> take_;
  std::string revision_;
  bool first_answer_ = true;
};

}  // namespace

absl::StatusOr<std::string> CheckInBatches(
    const std::vector<v1::Claim>& claims, Source& source,
    absl::FunctionRef<void(size_t, const v1::ClaimResult&)> take) {
  ClaimAsker asker(source, take);
  absl::Status status = asker.Ask(claims, 0);
  if (!status.ok()) return status;
  return asker.revision();
}

}  // namespace portreg::cli
