// Answers each RPC of a source with UNIMPLEMENTED, for tests that override the RPC in
// question.
#ifndef PORTREG_TESTS_CLIENT_CLI_UNASKED_SOURCE_H_
#define PORTREG_TESTS_CLIENT_CLI_UNASKED_SOURCE_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cli/sources/source.h"

namespace portreg::cli {

class UnaskedSource : public Source {
 public:
  absl::StatusOr<v1::BatchLookupResponse> BatchLookup(const v1::BatchLookupRequest&) override {
    return absl::UnimplementedError("");
  }
  absl::StatusOr<v1::ClassifyResponse> Classify(const v1::ClassifyRequest&) override {
    return absl::UnimplementedError("");
  }
  absl::StatusOr<v1::CheckResponse> Check(const v1::CheckRequest&) override {
    return absl::UnimplementedError("");
  }
  absl::StatusOr<v1::SuggestResponse> Suggest(const v1::SuggestRequest&) override {
    return absl::UnimplementedError("");
  }
  absl::StatusOr<std::string> ListRange(const v1::ListRangeRequest&,
                                        absl::FunctionRef<bool(const v1::PortRecord&)>) override {
    return absl::UnimplementedError("");
  }
  absl::StatusOr<v1::SearchResponse> Search(const v1::SearchRequest&) override {
    return absl::UnimplementedError("");
  }
  absl::StatusOr<v1::GetRegistryInfoResponse> GetRegistryInfo() override {
    return absl::UnimplementedError("");
  }
  absl::Status Watch(Follower&) override { return absl::UnimplementedError(""); }
  [[nodiscard]] std::string Name() const override { return "fake"; }
};

}  // namespace portreg::cli

#endif  // PORTREG_TESTS_CLIENT_CLI_UNASKED_SOURCE_H_
