#include "port_chooser.h"

#include "absl/strings/str_cat.h"

namespace v1 = portreg::v1;

absl::StatusOr<int> PortChooser::PortFor(const std::string& service,
                                         const std::string& owner) const {
  v1::SuggestRequest request;
  request.set_service(service);
  request.set_owner(owner);
  // With a key, one service's choice does not move another's.
  request.set_key(service);
  const absl::StatusOr<v1::SuggestResponse> answer = client_.Suggest(request);
  if (!answer.ok()) return answer.status();
  if (answer->ports().empty()) {
    return absl::NotFoundError(
        absl::StrCat("none of ", answer->candidate_count(), " ports is free"));
  }
  return answer->ports(0);
}

absl::Status PortChooser::CheckAll(const std::vector<v1::Claim>& claims) const {
  v1::CheckRequest request;
  for (const v1::Claim& claim : claims) *request.add_claims() = claim;
  const absl::StatusOr<v1::CheckResponse> answer = client_.Check(request);
  if (!answer.ok()) return answer.status();
  for (int i = 0; i < answer->results_size(); ++i) {
    const v1::ClaimResult& result = answer->results(i);
    // The gravest finding is the first one.
    if (result.findings().empty() || result.findings(0).severity() < v1::SEVERITY_ERROR) continue;
    return absl::FailedPreconditionError(absl::StrCat(claims[i].service(), ": port ",
                                                      result.findings(0).first_port(), ": ",
                                                      result.findings(0).message()));
  }
  return absl::OkStatus();
}
