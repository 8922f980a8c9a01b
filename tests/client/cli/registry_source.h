// Answers Check and Suggest from a registry, for tests of the commands that ask them.
#ifndef PORTREG_TESTS_CLIENT_CLI_REGISTRY_SOURCE_H_
#define PORTREG_TESTS_CLIENT_CLI_REGISTRY_SOURCE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/cli/sources/source.h"
#include "common/answers/claim_answers.h"
#include "common/answers/errors.h"
#include "common/embedded/embedded.h"
#include "common/embedded/embedded_ranges.h"
#include "common/model/layer.h"
#include "common/model/registry.h"
#include "tests/client/cli/unasked_source.h"
#include "tests/common/test_layers.h"

namespace portreg::cli {

// Counts the calls. Its other methods return UNIMPLEMENTED.
class RegistrySource final : public UnaskedSource {
 public:
  explicit RegistrySource(Registry registry) : registry_(std::move(registry)) {}

  // Answers from the embedded data and an own table.
  explicit RegistrySource(absl::string_view own_table)
      : RegistrySource([own_table] {
          std::vector<LayerData> layers = EmbeddedLayers();
          layers.push_back(OwnTableOfText(own_table));
          return Registry::Create(std::move(layers), EmbeddedRangeRules()).value();
        }()) {}

  // Makes Check fail with RESOURCE_EXHAUSTED and `reason` if it is asked about more claims.
  void LimitClaims(int most, v1::ErrorReason reason = v1::ERROR_REASON_BATCH_REPLY_TOO_LARGE) {
    most_claims_ = most;
    reason_ = reason;
  }

  [[nodiscard]] int calls() const { return calls_; }

  absl::StatusOr<v1::CheckResponse> Check(const v1::CheckRequest& request) override {
    ++calls_;
    if (request.claims_size() > most_claims_) {
      return ErrorFor(absl::StatusCode::kResourceExhausted, reason_, "too many claims");
    }
    return portreg::Check(registry_, request, Today());
  }
  absl::StatusOr<v1::SuggestResponse> Suggest(const v1::SuggestRequest& request) override {
    ++calls_;
    return portreg::Suggest(registry_, request, Today());
  }
  [[nodiscard]] std::string Name() const override { return "the registry of the test"; }

 private:
  const Registry registry_;
  int most_claims_ = 1'000'000;
  v1::ErrorReason reason_ = v1::ERROR_REASON_UNSPECIFIED;
  int calls_ = 0;
};

}  // namespace portreg::cli

#endif  // PORTREG_TESTS_CLIENT_CLI_REGISTRY_SOURCE_H_
