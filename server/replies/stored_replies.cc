#include "server/replies/stored_replies.h"

#include <algorithm>
#include <functional>
#include <string>
#include <tuple>
#include <utility>

#include "common/answers/answers.h"
#include "common/answers/conversion.h"
#include "common/model/port.h"
#include "common/model/port_class.h"

namespace portreg::server {
namespace {

bool IsPort(int32_t port) { return 0 <= port && port <= kMaxPort; }

ReplyTable PortReplies(const Registry& registry, size_t max_bytes) {
  v1::LookupRequest request;
  return {registry, kPortCount, max_bytes,
          // The port's records and its class determine the reply.
          [&](size_t port) {
            const auto number = static_cast<Port>(port);
            return std::make_pair(registry.AtPort(number), ClassOf(number).port_class);
          },
          [&](size_t port) {
            request.set_port(static_cast<int32_t>(port));
            return Lookup(registry, request);
          }};
}

ReplyTable NameReplies(const Registry& registry, size_t max_bytes) {
  const auto name_of = [&](size_t id) { return registry.Name(static_cast<uint32_t>(id)); };
  v1::LookupRequest request;
  return {registry, registry.NameCount(), max_bytes,
          [&](size_t id) { return registry.ByName(name_of(id)); },
          [&](size_t id) {
            request.set_service(std::string(name_of(id)));
            return Lookup(registry, request);
          }};
}

ReplyTable ClassReplies(const Registry& registry, size_t max_bytes) {
  v1::ClassifyRequest request;
  return {registry, kPortCount, max_bytes,
          // The port's records, its class and the range rules that cover it determine the
          // advice.
          [&](size_t port) {
            const auto number = static_cast<Port>(port);
            return std::make_tuple(registry.AtPort(number), ClassOf(number).port_class,
                                   registry.range_rules().SetAt(number));
          },
          [&](size_t port) {
            request.set_port(static_cast<int32_t>(port));
            return Classify(registry, request);
          }};
}

// Returns the bytes that the replies of one table may take: a quarter of what the
// records and the places of replies leave. The three tables thus get three quarters;
// the last quarter covers the error of this estimate. A record takes less than 64 bytes
// in addition to its texts.
size_t TableBytes(const Registry& registry, size_t max_bytes) {
  constexpr size_t kOtherBytes = 64;
  constexpr size_t kPlaceBytes = 3 * sizeof(uint32_t);
  size_t others = (2 * kPortCount + registry.NameCount()) * kPlaceBytes;
  for (const ServiceRecord* record : registry.records()) {
    others += record->service.size() + record->description.size() + kOtherBytes;
  }
  if (others >= max_bytes) return 0;
  return std::min((max_bytes - others) / 4, StoredReplies::kMaxTableBytes);
}

}  // namespace

// Computes the classes on another thread, so that the server is ready sooner.
StoredReplies::StoredReplies(const Registry& registry, size_t max_bytes)
    : StoredReplies(
          registry, TableBytes(registry, max_bytes),
          std::async(ClassReplies, std::cref(registry), TableBytes(registry, max_bytes))) {}

StoredReplies::StoredReplies(const Registry& registry, size_t max_table_bytes,
                             std::future<ReplyTable> classes)
    : registry_(registry),
      ports_(PortReplies(registry, max_table_bytes)),
      names_(NameReplies(registry, max_table_bytes)),
      records_(StoreRecords(registry)),
      classes_(classes.get()) {}

// SearchRecord relies on equal field numbers.
static_assert(int{v1::ListRangeResponse::kRecordsFieldNumber} ==
              int{v1::SearchMatch::kRecordFieldNumber});

StoredReplies::StoredRecords StoredReplies::StoreRecords(const Registry& registry) {
  std::string bytes;
  std::vector<uint32_t> begin;
  begin.reserve(registry.records().size() + 1);
  v1::ListRangeResponse one;
  v1::PortRecord& message = *one.add_records();
  for (const ServiceRecord* record : registry.records()) {
    begin.push_back(static_cast<uint32_t>(bytes.size()));
    message.Clear();
    ToMessage(*record, WithDetails::kNo, message);
    one.AppendToString(&bytes);
  }
  begin.push_back(static_cast<uint32_t>(bytes.size()));
  return {ToSlice(std::move(bytes)), std::move(begin)};
}

size_t StoredReplies::MemoryBytes() const {
  return ports_.MemoryBytes() + names_.MemoryBytes() + classes_.MemoryBytes() +
         records_.bytes.size() + records_.begin.capacity() * sizeof(records_.begin[0]);
}

RecordRun StoredReplies::FirstRecords(RecordRun run, size_t bytes) const {
  const auto begin = records_.begin.begin();
  const auto full =
      std::lower_bound(begin + run.first, begin + run.second, records_.begin[run.first] + bytes);
  return {run.first, static_cast<RecordIndex>(full - begin)};
}

std::optional<StoredReplies::Place> StoredReplies::PlaceOf(const v1::LookupRequest& request) const {
  const bool basic =
      request.view() == v1::RECORD_VIEW_UNSPECIFIED || request.view() == v1::RECORD_VIEW_BASIC;
  const bool filtered =
      request.transport() != v1::TRANSPORT_UNSPECIFIED || !request.scope().empty();
  if (!basic || filtered) return std::nullopt;
  if (request.has_port()) {
    if (IsPort(request.port())) return Place{ports_, static_cast<size_t>(request.port())};
  } else if (request.has_service()) {
    if (const auto id = registry_.NameId(request.service())) return Place{names_, *id};
  }
  return std::nullopt;
}

std::optional<grpc::Slice> StoredReplies::Find(const v1::LookupRequest& request) const {
  const std::optional<Place> place = PlaceOf(request);
  if (!place) return std::nullopt;
  return place->table.At(place->question);
}

std::optional<grpc::Slice> StoredReplies::Find(const v1::ClassifyRequest& request) const {
  const bool plain = request.has_port() && IsPort(request.port()) &&
                     request.transport() == v1::TRANSPORT_UNSPECIFIED;
  if (!plain) return std::nullopt;
  return classes_.At(request.port());
}

absl::string_view StoredReplies::FindBatchResult(const v1::LookupRequest& request) const {
  const std::optional<Place> place = PlaceOf(request);
  if (!place) return {};
  return place->table.BatchResult(place->question);
}

}  // namespace portreg::server
