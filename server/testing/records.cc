#include "server/testing/records.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/answers/conversion.h"
#include "common/embedded/embedded_ranges.h"
#include "common/model/detail_columns.h"
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
    const google::protobuf::Reflection& reflection = *message.GetReflection();
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int j = 0; j < count; ++j) {
      const std::string text = field->is_repeated()
                                   ? reflection.GetRepeatedString(message, field, j)
                                   : reflection.GetString(message, field);
      const absl::string_view fault = !IsValidUtf8(text)                     ? "is not valid UTF-8"
                                      : text.find('\0') != std::string::npos ? "has a NUL byte"
                                                                             : "";
      if (fault.empty()) continue;
      return absl::InvalidArgumentError(
          absl::StrCat(prefix, field->name(), " ", Quoted(text), " ", fault));
    }
  }
  return absl::OkStatus();
}

// Returns the record of a message. The errors are those of ToRecord, and INVALID_ARGUMENT for a
// record that no file could hold.
absl::StatusOr<ServiceRecord> ReadRecord(const v1::PortRecord& message, LayerText& kept) {
  if (absl::Status status = CheckTexts(message, ""); !status.ok()) return status;
  if (absl::Status status = CheckTexts(message.details(), "details."); !status.ok()) return status;
  if (message.service().size() > kMaxServiceNameBytes) {
    return absl::InvalidArgumentError(absl::StrCat("service ", Quoted(message.service()), " has ",
                                                   message.service().size(), " bytes, at most ",
                                                   kMaxServiceNameBytes, " are allowed"));
  }
  if (message.service().empty() && !message.has_first_port() && !message.has_last_port()) {
    return absl::InvalidArgumentError("has neither a service nor ports");
  }
  const RecordDetails details = DetailsOf(message.details());
  for (const DetailColumn& column : kDetailColumns) {
    const absl::string_view text = details.*column.member;
    if (!column.local_only || text.empty() || message.layer() == v1::LAYER_LOCAL) continue;
    return absl::InvalidArgumentError(absl::StrCat("details.", column.field, " ", Quoted(text),
                                                   " belongs to the local layer only"));
  }
  return ToRecord(message, kept);
}

// Builds a layer from records.
class LayerBuilder {
 public:
  explicit LayerBuilder(Layer layer) { data_.info.layer = layer; }

  // Adds a record whose texts `message` holds. Records keep the order of `line`.
  void Add(ServiceRecord record, const v1::PortRecord& message, uint32_t line) {
    record.line = line;
    Keep(record.service);
    Keep(record.description);
    Keep(record.aliases);
    Keep(record.scope);
    Keep(record.source);
    RecordDetails details = *record.details;
    for (const DetailColumn& column : kDetailColumns) Keep(details.*column.member);
    record.details = text_->details.Add(details);
    ++data_.info.record_count;
    data_.info.named_count += record.named() ? 1 : 0;
    data_.info.portless_count += record.ports ? 0 : 1;
    data_.records.push_back(record);
    sha256_.Update(message.SerializeAsString());
  }

  LayerData Build() && {
    data_.info.origin = std::string(kOrigin);
    data_.info.sha256 = sha256_.Finish();
    data_.text = std::move(text_);
    return std::move(data_);
  }

 private:
  // Makes `text` a view of a copy that lives as long as the layer.
  void Keep(absl::string_view& text) { text = text_->unescaped.emplace_back(text); }

  LayerData data_;
  std::shared_ptr<LayerText> text_ = std::make_shared<LayerText>();
  Sha256 sha256_;
};

}  // namespace

absl::StatusOr<Registry> RegistryOf(const std::vector<v1::PortRecord>& records) {
  std::map<Layer, LayerBuilder> builders;
  for (size_t i = 0; i < records.size(); ++i) {
    v1::PortRecord message = records[i];
    if (message.layer() == v1::LAYER_UNSPECIFIED) message.set_layer(v1::LAYER_LOCAL);
    LayerText kept;
    const absl::StatusOr<ServiceRecord> record = ReadRecord(message, kept);
    if (!record.ok()) {
      return absl::Status(record.status().code(),
                          absl::StrCat("record ", i, ": ", record.status().message()));
    }
    const auto builder = builders.try_emplace(record->layer, record->layer).first;
    builder->second.Add(*record, records[i], static_cast<uint32_t>(i + 1));
  }
  std::vector<LayerData> layers;
  layers.reserve(builders.size());
  for (auto& [layer, builder] : builders) layers.push_back(std::move(builder).Build());
  return Registry::Create(std::move(layers), EmbeddedRangeRules());
}

}  // namespace portreg::testing::internal
