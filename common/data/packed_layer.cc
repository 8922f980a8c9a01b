#include "common/data/packed_layer.h"

#include <array>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "common/model/detail_columns.h"
#include "common/system/pages.h"

namespace portreg {
namespace {

// The bytes are a PackedHeader, its records, its details and its texts. All members have four
// bytes or one, so that no structure has padding that differs between compilers.
struct PackedHeader {
  uint32_t records;
  uint32_t details;
};

// A part of the texts.
struct PackedText {
  uint32_t begin;
  uint32_t size;
};

struct PackedRecord {
  // -1: the record has no ports.
  int32_t first_port;
  int32_t last_port;
  uint32_t line;
  // 0: the record has no details; else the number of its details, counted from 1.
  uint32_t details;
  PackedText service;
  PackedText description;
  PackedText aliases;
  uint32_t transport;
};

using PackedDetails = std::array<PackedText, kDetailColumns.size()>;

// Stores each distinct text once.
class TextPacker {
 public:
  PackedText Add(absl::string_view text) {
    const auto [place, is_new] = places_.try_emplace(text, static_cast<uint32_t>(bytes_.size()));
    if (is_new) bytes_.append(text.data(), text.size());
    return {place->second, static_cast<uint32_t>(text.size())};
  }

  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
  absl::flat_hash_map<std::string, uint32_t> places_;
};

template <typename T>
void Append(const T& value, std::string& bytes) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

// Reads the parts of packed bytes.
class Reader {
 public:
  explicit Reader(absl::string_view packed) : packed_(packed) {
    std::memcpy(&header_, packed.data(), sizeof(header_));
    details_begin_ = sizeof(PackedHeader) + header_.records * sizeof(PackedRecord);
    texts_begin_ = details_begin_ + header_.details * sizeof(PackedDetails);
    assert(texts_begin_ <= packed.size());
  }

  [[nodiscard]] const PackedHeader& header() const { return header_; }

  [[nodiscard]] PackedRecord Record(size_t i) const {
    return Read<PackedRecord>(sizeof(PackedHeader) + i * sizeof(PackedRecord));
  }

  [[nodiscard]] PackedDetails Details(size_t i) const {
    return Read<PackedDetails>(details_begin_ + i * sizeof(PackedDetails));
  }

  [[nodiscard]] absl::string_view Text(const PackedText& text) const {
    return packed_.substr(texts_begin_ + text.begin, text.size);
  }

  // Returns the bytes to which unpacked records do not refer.
  [[nodiscard]] absl::string_view BeforeTexts() const { return packed_.substr(0, texts_begin_); }

 private:
  template <typename T>
  [[nodiscard]] T Read(size_t begin) const {
    T value;
    std::memcpy(&value, packed_.data() + begin, sizeof(value));
    return value;
  }

  const absl::string_view packed_;
  PackedHeader header_;
  size_t details_begin_;
  size_t texts_begin_;
};

ServiceRecord RecordOf(const PackedRecord& packed, const Reader& reader) {
  ServiceRecord record;
  if (packed.first_port >= 0) {
    record.ports =
        PortRange{static_cast<Port>(packed.first_port), static_cast<Port>(packed.last_port)};
  }
  record.transport = static_cast<Transport>(packed.transport);
  record.line = packed.line;
  record.service = reader.Text(packed.service);
  record.description = reader.Text(packed.description);
  record.aliases = reader.Text(packed.aliases);
  return record;
}

}  // namespace

std::string PackLayer(const LayerData& layer) {
  TextPacker texts;
  std::string records;
  std::string all_details;
  absl::flat_hash_map<const RecordDetails*, uint32_t> numbers = {{&kNoDetails, 0}};
  for (const ServiceRecord& record : layer.records) {
    // No table that is packed has the columns Scope and Status.
    assert(record.scope.empty() && record.status == RecordStatus::kActive);
    const auto [number, is_new] =
        numbers.try_emplace(record.details, static_cast<uint32_t>(numbers.size()));
    if (is_new) {
      for (const DetailColumn& column : kDetailColumns) {
        Append(texts.Add(record.details->*column.member), all_details);
      }
    }
    Append(PackedRecord{.first_port = record.ports ? record.ports->first : -1,
                        .last_port = record.ports ? record.ports->last : -1,
                        .line = record.line,
                        .details = number->second,
                        .service = texts.Add(record.service),
                        .description = texts.Add(record.description),
                        .aliases = texts.Add(record.aliases),
                        .transport = static_cast<uint32_t>(record.transport)},
           records);
  }
  std::string packed;
  Append(PackedHeader{.records = static_cast<uint32_t>(layer.records.size()),
                      .details = static_cast<uint32_t>(numbers.size() - 1)},
         packed);
  return packed + records + all_details + texts.bytes();
}

LayerData UnpackLayer(absl::string_view packed, LayerInfo info) {
  const Reader reader(packed);
  const auto text = std::make_shared<LayerText>();
  const size_t details_count = reader.header().details;
  text->details.Reserve(details_count);
  std::vector<const RecordDetails*> all_details = {&kNoDetails};
  all_details.reserve(details_count + 1);
  for (size_t i = 0; i < details_count; ++i) {
    RecordDetails details;
    const PackedDetails texts = reader.Details(i);
    for (size_t column = 0; column < texts.size(); ++column) {
      details.*kDetailColumns[column].member = reader.Text(texts[column]);
    }
    all_details.push_back(text->details.Add(details));
  }
  LayerData layer{.info = std::move(info), .records = {}, .text = text};
  layer.info.record_count = reader.header().records;
  layer.records.reserve(layer.info.record_count);
  PopulatePages(layer.records.data(), layer.info.record_count);
  for (size_t i = 0; i < layer.info.record_count; ++i) {
    const PackedRecord one = reader.Record(i);
    ServiceRecord& record = layer.records.emplace_back(RecordOf(one, reader));
    record.layer = layer.info.layer;
    record.source = layer.info.source;
    record.details = all_details[one.details];
    layer.info.named_count += record.named() ? 1 : 0;
    layer.info.portless_count += record.ports ? 0 : 1;
  }
  ReleasePages(reader.BeforeTexts());
  return layer;
}

size_t PackedRecordCount(absl::string_view packed) { return Reader(packed).header().records; }

}  // namespace portreg
