// The registry in memory, and its answers.
#ifndef PORTREG_COMMON_MODEL_REGISTRY_H_
#define PORTREG_COMMON_MODEL_REGISTRY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/model/layer.h"
#include "common/model/port.h"
#include "common/model/record.h"

namespace portreg {

// A record's place in Registry::records().
using RecordIndex = uint32_t;

// What IANA says of a port on one transport, and whether the operator's own
// layer claims it.
struct TransportState {
  Transport transport;
  AssignmentState state;
  bool taken_locally;
};

// A snapshot of all layers. It never changes: new data makes a new Registry.
//
//   absl::StatusOr<Registry> registry = Registry::Create(std::move(layers));
//   for (RecordIndex i : registry->AtPort(443)) Show(registry->record(i));
//
// Movable, not copyable. Any number of threads may ask at once.
class Registry {
 public:
  // The most (record, port) pairs that ranges may add up to in all; IANA's
  // registry has about 60,000. Keeps a hostile file from filling the memory.
  static constexpr size_t kMaxCoverage = size_t{4} << 20;

  static constexpr size_t kRevisionDigits = 32;
  // The most records that one port or one name may have. An answer is bounded so,
  // but not to what a client receives by default, 4 MiB, where texts are long.
  static constexpr size_t kMaxRecordsPerKey = 1'000;

  // Builds the snapshot of `layers`, in any order. Several of one kind, such as those
  // of several files, are one layer; their order is that of their records.
  // INVALID_ARGUMENT if a bound above is exceeded.
  static absl::StatusOr<Registry> Create(std::vector<LayerData> layers);

  Registry(Registry&&) = default;
  Registry& operator=(Registry&&) = default;
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  // Opaque hash of the ordered records: equal data gives an equal revision in
  // every process. kRevisionDigits lower-case hexadecimal digits.
  [[nodiscard]] const std::string& revision() const { return revision_; }

  // The layers in the order local, common, iana. Those of several files are listed
  // file by file.
  [[nodiscard]] const std::vector<LayerInfo>& layers() const { return layers_; }

  // All records in listing order: first port, layer, named before nameless,
  // narrower range first, transport, the source's order. Those without a port
  // come last.
  [[nodiscard]] absl::Span<const ServiceRecord* const> records() const { return records_; }
  [[nodiscard]] const ServiceRecord& record(RecordIndex index) const { return *records_[index]; }

  // The records that start at `port`: [first, second), which may be empty.
  // kPortCount stands for those without a port.
  [[nodiscard]] std::pair<RecordIndex, RecordIndex> StartingAt(size_t port) const {
    return {starts_[port], starts_[port + 1]};
  }

  // The records that cover `port`, in lookup order: layer, named before
  // nameless, narrower range first, transport, the source's order.
  [[nodiscard]] absl::Span<const RecordIndex> AtPort(Port port) const {
    return absl::MakeConstSpan(by_port_).subspan(port_begin_[port],
                                                 port_begin_[port + 1] - port_begin_[port]);
  }

  // The records of that service name or alias, ignoring case, in lookup order; those
  // without a port come last within their layer. A name of layer common that
  // is written with " / " is found by each of its parts too. Empty if no
  // record has the name.
  [[nodiscard]] absl::Span<const RecordIndex> ByName(absl::string_view name) const;

  // The names that ByName knows are numbered from 0 to NameCount() - 1. The
  // number of a name, ignoring case; nothing if no record has it.
  [[nodiscard]] std::optional<uint32_t> NameId(absl::string_view name) const;
  [[nodiscard]] size_t NameCount() const { return name_ids_.size(); }

  // Calls `take(name, number)` for each of these, in no order; names are in
  // lower case.
  template <typename Take>
  void ForEachName(Take take) const {
    for (const auto& [name, id] : name_ids_) take(absl::string_view(name), id);
  }

  // Bytes of memory that the registry takes with the texts that its records view,
  // but for what the allocator adds.
  [[nodiscard]] size_t MemoryBytes() const;

  // The state of `port` on `transport`, which must not be kNone, from layer
  // iana alone.
  [[nodiscard]] AssignmentState StateOn(Port port, Transport transport) const;

  // Whether a record of layer local claims `port` on `transport`.
  [[nodiscard]] bool TakenLocally(Port port, Transport transport) const;

  // The states that a question about `transport` is about, in the order of
  // kTransports.
  [[nodiscard]] std::vector<TransportState> States(Port port, Transport transport) const;

 private:
  explicit Registry(std::vector<LayerData> layers);

  // Sorts the records, and returns them in lookup order.
  std::vector<RecordIndex> SortRecords();
  void IndexStarts();
  void IndexPorts(absl::Span<const RecordIndex> lookup_order);
  void IndexNames(absl::Span<const RecordIndex> lookup_order);
  [[nodiscard]] absl::Status CheckFanOut() const;

  std::vector<LayerInfo> layers_;
  std::vector<std::shared_ptr<const LayerText>> texts_;
  // The layers' records as they were given; records_ refers to them.
  std::vector<std::vector<ServiceRecord>> given_;
  std::vector<const ServiceRecord*> records_;
  std::string revision_;
  // starts_[port] is the first record that starts at or after `port`.
  std::vector<RecordIndex> starts_;
  // by_port_[port_begin_[port], port_begin_[port + 1]) covers `port`.
  std::vector<uint32_t> port_begin_;
  std::vector<RecordIndex> by_port_;
  // Folded name -> number of the name; by_name_ as by_port_.
  absl::flat_hash_map<std::string, uint32_t> name_ids_;
  std::vector<uint32_t> name_begin_;
  std::vector<RecordIndex> by_name_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_REGISTRY_H_
