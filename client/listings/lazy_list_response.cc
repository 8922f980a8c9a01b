#include "client/listings/lazy_list_response.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "client/replies/field_reader.h"

namespace portreg::internal {
namespace {

using Record = v1::PortRecord;
using Response = v1::ListRangeResponse;

// Reads the field, if it is the next one, into `text`, which is ASCII. Returns false
// if the field is not ASCII.
bool ReadAscii(FieldReader& fields, int field, std::string& text) {
  const absl::string_view bytes = fields.Bytes(field).value_or("");
  // Adjacent records often have equal texts, which have been checked already.
  if (bytes == text) return true;
  if (!IsAscii(bytes)) return false;
  text.assign(bytes.data(), bytes.size());
  return true;
}

}  // namespace

const Record* PlainRecord::Parse(absl::string_view bytes) {
  FieldReader fields(bytes);
  if (const auto port = fields.Number(Record::kFirstPortFieldNumber)) {
    record_.set_first_port(static_cast<int32_t>(*port));
  } else {
    record_.clear_first_port();
  }
  if (const auto port = fields.Number(Record::kLastPortFieldNumber)) {
    record_.set_last_port(static_cast<int32_t>(*port));
  } else {
    record_.clear_last_port();
  }
  const uint32_t transport = fields.Number(Record::kTransportFieldNumber).value_or(0);
  record_.set_transport(static_cast<v1::Transport>(transport));
  if (!ReadAscii(fields, Record::kServiceFieldNumber, service_)) return nullptr;
  if (!ReadAscii(fields, Record::kDescriptionFieldNumber, description_)) return nullptr;
  const uint32_t layer = fields.Number(Record::kLayerFieldNumber).value_or(0);
  record_.set_layer(static_cast<v1::Layer>(layer));
  if (!ReadAscii(fields, Record::kSourceFieldNumber, source_)) return nullptr;
  record_.clear_aliases();
  while (const auto alias = fields.Bytes(Record::kAliasesFieldNumber)) {
    if (!IsAscii(*alias)) return nullptr;
    record_.add_aliases(alias->data(), alias->size());
  }
  return fields.at_end() ? &record_ : nullptr;
}

void LazyListResponse::Parse(const grpc::ByteBuffer& bytes) {
  malformed_ = whole_ = false;
  next_ = size_ = 0;
  // Frees the previous message first, because otherwise three would be in memory while
  // this one is copied.
  bytes_ = grpc::Slice();
  if (!bytes.TrySingleSlice(&bytes_).ok() && !bytes.DumpToSingleSlice(&bytes_).ok()) {
    malformed_ = true;
  } else if (FindFields()) {
    size_ = records_.size();
  } else {
    ParseWhole();
  }
}

void LazyListResponse::Set(Response message) {
  message_ = std::move(message);
  malformed_ = false;
  whole_ = true;
  next_ = 0;
  size_ = static_cast<size_t>(message_.records_size());
}

const Record* LazyListResponse::Next() {
  if (!whole_ && !done()) {
    if (const Record* const record = record_.Parse(records_[next_])) {
      ++next_;
      return record;
    }
    ParseWhole();
  }
  return done() ? nullptr : &message_.records(static_cast<int>(next_++));
}

bool LazyListResponse::FindFields() {
  records_.clear();
  message_.Clear();
  FieldReader fields({reinterpret_cast<const char*>(bytes_.begin()), bytes_.size()});
  while (const auto record = fields.Bytes(Response::kRecordsFieldNumber)) {
    records_.push_back(*record);
  }
  return ReadAscii(fields, Response::kRevisionFieldNumber, *message_.mutable_revision()) &&
         ReadAscii(fields, Response::kResumeTokenFieldNumber, *message_.mutable_resume_token()) &&
         fields.at_end();
}

void LazyListResponse::ParseWhole() {
  malformed_ = !message_.ParseFromArray(bytes_.begin(), static_cast<int>(bytes_.size()));
  whole_ = true;
  if (malformed_) message_.Clear();
  size_ = static_cast<size_t>(message_.records_size());
  next_ = std::min(next_, size_);
}

}  // namespace portreg::internal
