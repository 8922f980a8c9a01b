#include "server/testing/records.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/model/layer.h"
#include "common/model/port.h"
#include "common/model/record.h"
#include "common/model/service_name.h"
#include "common/text/quote.h"
#include "common/text/sha256.h"
#include "common/text/utf8.h"
#include "google/protobuf/message.h"

namespace portreg::testing::internal {
namespace {

// The layers' LayerInfo::origin.
constexpr absl::string_view kOrigin = "test";

absl::Status CheckTexts(const google::protobuf::Message& message, absl::string_view prefix) {
  const google::protobuf::Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const google::protobuf::FieldDescriptor* field = type.field(i);
    if (field->type() != google::protobuf::FieldDescriptor::TYPE_STRING) continue;
    const std::string text = message.GetReflection()->GetString(message, field);
    const absl::string_view fault = !IsValidUtf8(text)                     ? "is not valid UTF-8"
                                    : text.find('\0') != std::string::npos ? "has a NUL byte"
                                                                           : "";
    if (fault.empty()) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(prefix, field->name(), " ", Quoted(text), " ", fault));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<PortRange>> PortsOf(const v1::PortRecord& record) {
  if (record.has_first_port() != record.has_last_port()) {
    return absl::InvalidArgumentError(
        record.has_first_port()
            ? absl::StrCat("first_port is ", record.first_port(), " and there is no last_port")
            : absl::StrCat("last_port is ", record.last_port(), " and there is no first_port"));
  }
  if (!record.has_first_port()) return std::nullopt;
  const absl::StatusOr<Port> first = CheckPort(record.first_port());
  if (!first.ok()) return first.status();
  const absl::StatusOr<Port> last = CheckPort(record.last_port());
  if (!last.ok()) return last.status();
  if (*first > *last) {
    return absl::InvalidArgumentError(
        absl::StrCat("first_port ", *first, " is above last_port ", *last));
  }
  return PortRange{*first, *last};
}

v1::Layer LayerOf(const v1::PortRecord& record) {
  return record.layer() == v1::LAYER_UNSPECIFIED ? v1::LAYER_LOCAL : record.layer();
}

absl::Status CheckRecord(const v1::PortRecord& record) {
  if (!v1::Layer_IsValid(record.layer())) {
    return absl::InvalidArgumentError(
        absl::StrCat("layer ", record.layer(), " is unknown, it must be 0 to ", v1::Layer_MAX));
  }
  if (!v1::Transport_IsValid(record.transport())) {
    return absl::InvalidArgumentError(absl::StrCat(
        "transport ", record.transport(), " is unknown, it must be 0 to ", v1::Transport_MAX));
  }
  if (absl::Status status = CheckTexts(record, ""); !status.ok()) return status;
  if (absl::Status status = CheckTexts(record.details(), "details."); !status.ok()) return status;
  if (record.service().size() > kMaxServiceNameBytes) {
    return absl::InvalidArgumentError(absl::StrCat("service ", Quoted(record.service()), " has ",
                                                   record.service().size(), " bytes, at most ",
                                                   kMaxServiceNameBytes, " are allowed"));
  }
  if (record.service().empty() && !record.has_first_port() && !record.has_last_port()) {
    return absl::InvalidArgumentError("has neither a service nor ports");
  }
  if (!record.details().owner().empty() && LayerOf(record) != v1::LAYER_LOCAL) {
    return absl::InvalidArgumentError(absl::StrCat(
        "details.owner ", Quoted(record.details().owner()), " stands outside the local layer"));
  }
  return PortsOf(record).status();
}

// Builds a layer from records.
class LayerBuilder {
 public:
  explicit LayerBuilder(Layer layer) { data_.info.layer = layer; }

  // `record` must have passed CheckRecord. Records keep the order of `line`.
  void Add(const v1::PortRecord& record, uint32_t line) {
    const v1::RecordDetails& details = record.details();
    data_.records.push_back(
        {.ports = *PortsOf(record),
         .transport = static_cast<Transport>(record.transport()),
         .layer = data_.info.layer,
         .line = line,
         .service = Keep(record.service()),
         .description = Keep(record.description()),
         .details = {
             .assignee = Keep(details.assignee()),
             .contact = Keep(details.contact()),
             .registration_date = Keep(details.registration_date()),
             .modification_date = Keep(details.modification_date()),
             .reference = Keep(details.reference()),
             .service_code = Keep(details.service_code()),
             .unauthorized_use_reported = Keep(details.unauthorized_use_reported()),
             .assignment_notes = Keep(details.assignment_notes()),
             .owner = Keep(details.owner()),
         }});
    ++data_.info.record_count;
    data_.info.named_count += record.service().empty() ? 0 : 1;
    data_.info.portless_count += record.has_first_port() ? 0 : 1;
    sha256_.Update(record.SerializeAsString());
  }

  LayerData Build() && {
    data_.info.origin = std::string(kOrigin);
    data_.info.sha256 = sha256_.Finish();
    data_.text = std::move(text_);
    return std::move(data_);
  }

 private:
  absl::string_view Keep(const std::string& text) { return text_->unescaped.emplace_back(text); }

  LayerData data_;
  std::shared_ptr<LayerText> text_ = std::make_shared<LayerText>();
  Sha256 sha256_;
};

}  // namespace

absl::StatusOr<Registry> RegistryOf(const std::vector<v1::PortRecord>& records) {
  std::map<Layer, LayerBuilder> builders;
  for (size_t i = 0; i < records.size(); ++i) {
    if (const absl::Status status = CheckRecord(records[i]); !status.ok()) {
      return absl::Status(status.code(), absl::StrCat("record ", i, ": ", status.message()));
    }
    const auto layer = static_cast<Layer>(LayerOf(records[i]));
    const auto builder = builders.try_emplace(layer, layer).first;
    builder->second.Add(records[i], static_cast<uint32_t>(i + 1));
  }
  std::vector<LayerData> layers;
  layers.reserve(builders.size());
  for (auto& [layer, builder] : builders) layers.push_back(std::move(builder).Build());
  return Registry::Create(std::move(layers));
}

}  // namespace portreg::testing::internal
