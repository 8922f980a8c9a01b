#include "client/cli/sources/embedded_source.h"

#include <optional>
#include <utility>

#include "common/answers/answers.h"
#include "common/answers/claim_answers.h"
#include "common/answers/list_range_answer.h"
#include "common/answers/requests.h"
#include "common/embedded/embedded.h"
#include "common/embedded/embedded_ranges.h"
#include "common/model/registry.h"
#include "common/search/search.h"

namespace portreg::cli {
namespace {

class EmbeddedSource final : public Source {
 public:
  explicit EmbeddedSource(Registry registry) : registry_(std::move(registry)) {}

  absl::StatusOr<v1::BatchLookupResponse> BatchLookup(
      const v1::BatchLookupRequest& request) override {
    return portreg::BatchLookup(registry_, request);
  }

  absl::StatusOr<v1::ClassifyResponse> Classify(const v1::ClassifyRequest& request) override {
    return portreg::Classify(registry_, request);
  }

  absl::StatusOr<v1::CheckResponse> Check(const v1::CheckRequest& request) override {
    return portreg::Check(registry_, request, Today());
  }

  absl::StatusOr<v1::SuggestResponse> Suggest(const v1::SuggestRequest& request) override {
    return portreg::Suggest(registry_, request, Today());
  }

  absl::StatusOr<std::string> ListRange(
      const v1::ListRangeRequest& request,
      absl::FunctionRef<bool(const v1::PortRecord&)> take) override {
    absl::StatusOr<ListRangeQuestion> question = Read(request, registry_);
    if (!question.ok()) return question.status();
    ListRangeAnswer answer = portreg::ListRange(registry_, *std::move(question));
    v1::ListRangeResponse message;
    for (bool last = false; !last;) {
      last = answer.Next(message);
      for (const v1::PortRecord& record : message.records()) {
        if (!take(record)) return registry_.revision();
      }
    }
    return registry_.revision();
  }

  absl::StatusOr<v1::SearchResponse> Search(const v1::SearchRequest& request) override {
    if (!index_) index_.emplace(registry_);
    return portreg::Search(*index_, request);
  }

  absl::StatusOr<v1::GetRegistryInfoResponse> GetRegistryInfo() override {
    return portreg::GetRegistryInfo(registry_, {});
  }

  absl::Status Watch(Follower& /*follower*/) override {
    return absl::UnimplementedError("it never changes");
  }

  [[nodiscard]] std::string Name() const override { return "the embedded registry"; }

 private:
  const Registry registry_;
  // Built by the first search, because most commands need none.
  std::optional<SearchIndex> index_;
};

}  // namespace

std::unique_ptr<Source> MakeEmbeddedSource() {
  // Never fails, because every build tests the data.
  return MakeEmbeddedSource(std::vector<LayerData>()).value();
}

absl::StatusOr<std::unique_ptr<Source>> MakeEmbeddedSource(std::vector<LayerData> further) {
  std::vector<LayerData> layers = EmbeddedLayers();
  for (LayerData& layer : further) layers.push_back(std::move(layer));
  absl::StatusOr<Registry> registry = Registry::Create(std::move(layers), EmbeddedRangeRules());
  if (!registry.ok()) return registry.status();
  return std::make_unique<EmbeddedSource>(*std::move(registry));
}

}  // namespace portreg::cli
