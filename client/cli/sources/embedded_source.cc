#include "client/cli/sources/embedded_source.h"

#include <optional>
#include <utility>

#include "absl/types/span.h"
#include "common/answers/to_message.h"
#include "common/embedded/embedded.h"
#include "common/model/classify.h"
#include "common/model/port_class.h"
#include "common/model/registry.h"
#include "common/model/service_name.h"
#include "common/search/search.h"
#include "common/text/version.h"

namespace portreg::cli {
namespace {

Registry EmbeddedRegistry() {
  std::vector<LayerData> layers;
  layers.push_back(EmbeddedCommonLayer());
  layers.push_back(EmbeddedIanaLayer());
  return Registry::Create(std::move(layers)).value();
}

class EmbeddedSource final : public Source {
 public:
  absl::StatusOr<v1::BatchLookupResponse> Lookup(const std::vector<Query>& queries,
                                                 WithDetails with_details) override {
    v1::BatchLookupResponse response;
    for (const Query& query : queries) Answer(query, with_details, *response.add_results());
    response.set_revision(registry_.revision());
    return response;
  }

  absl::StatusOr<v1::ClassifyResponse> Classify(Port port, Transport transport) override {
    v1::ClassifyResponse response;
    ToMessage(ClassOf(port), Advise(registry_, port, transport), response);
    response.set_revision(registry_.revision());
    return response;
  }

  absl::StatusOr<std::string> List(const RangeQuestion& question, WithDetails with_details,
                                   absl::FunctionRef<bool(const v1::PortRecord&)> take) override {
    RangeCursor cursor(registry_, question);
    while (const ServiceRecord* record = cursor.Next()) {
      v1::PortRecord message;
      ToMessage(*record, with_details, message);
      if (!take(message)) break;
    }
    return registry_.revision();
  }

  absl::StatusOr<v1::SearchResponse> Search(const SearchQuestion& question,
                                            WithDetails with_details) override {
    if (!index_) index_.emplace(registry_);
    v1::SearchResponse response;
    ToMessage(index_->Search(question), registry_, with_details, response);
    response.set_revision(registry_.revision());
    return response;
  }

  absl::StatusOr<v1::GetRegistryInfoResponse> Info() override {
    v1::GetRegistryInfoResponse response;
    response.set_revision(registry_.revision());
    response.set_server_version(std::string(Version()));
    for (const LayerInfo& layer : registry_.layers()) ToMessage(layer, *response.add_layers());
    return response;
  }

  absl::Status Watch(Follower& /*follower*/) override {
    return absl::UnimplementedError("it never changes");
  }

  [[nodiscard]] std::string Name() const override { return "the embedded registry"; }

 private:
  void Answer(const Query& query, WithDetails with_details, v1::LookupResult& result) const {
    const absl::Span<const RecordIndex> found =
        query.ports ? registry_.AtPort(query.ports->first) : registry_.ByName(query.service);
    v1::LookupResponse& response = *result.mutable_response();
    for (const RecordIndex index : found) {
      const ServiceRecord& record = registry_.record(index);
      if (!Answers(record.transport, query.transport)) continue;
      ToMessage(record, with_details, *response.add_records());
    }
    if (query.ports) {
      ToMessage(registry_, query.ports->first, query.transport, response);
    } else if (response.records().empty()) {
      v1::LookupFailure& failure = *result.mutable_failure();
      failure.set_code(static_cast<int>(absl::StatusCode::kNotFound));
      failure.set_message(NotInRegistry(query.service, query.transport));
    }
  }

  const Registry registry_ = EmbeddedRegistry();
  // Made by the first search: most calls need none.
  std::optional<SearchIndex> index_;
};

}  // namespace

std::unique_ptr<Source> MakeEmbeddedSource() { return std::make_unique<EmbeddedSource>(); }

}  // namespace portreg::cli
