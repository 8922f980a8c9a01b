// Keeps the records of all layers in memory and finds them by port and by name.
#ifndef PORTREG_COMMON_MODEL_REGISTRY_H_
#define PORTREG_COMMON_MODEL_REGISTRY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/model/iana_states.h"
#include "common/model/layer.h"
#include "common/model/numbered_texts.h"
#include "common/model/port.h"
#include "common/model/range_rules.h"
#include "common/model/record.h"

namespace portreg {

// The index of a record in Registry::records().
using RecordIndex = uint32_t;

// The state of a port on one transport in IANA's registry. Also says whether a record
// of layer local claims the port.
struct TransportState {
  Transport transport;
  AssignmentState state;
  bool taken_locally;
};

// An immutable snapshot of all layers. New data needs a new Registry.
//
//   absl::StatusOr<Registry> registry = Registry::Create(std::move(layers));
//   for (RecordIndex i : registry->AtPort(443)) Show(registry->record(i));
//
// Movable, not copyable. Thread-safe, except for moves.
class Registry {
 public:
  // The most (record, port) pairs that all ranges may have together. IANA's registry
  // has about 60,000. The limit exists because a hostile file could otherwise fill the
  // memory.
  static constexpr size_t kMaxCoverage = size_t{4} << 20;

  static constexpr size_t kRevisionDigits = 32;
  // The most records that one port or one name may have. The limit bounds an answer. If
  // texts are long, an answer can still exceed 4 MiB, the most that a client accepts by
  // default.
  static constexpr size_t kMaxRecordsPerKey = 1'000;

  // Builds the snapshot of `layers`, which may come in any order. Several elements of
  // one kind, such as those of several files, form one layer. Their order decides
  // between records that otherwise tie. Returns INVALID_ARGUMENT if a limit above is
  // exceeded or if there are more than 2^24 records. `rules` belong to the snapshot.
  static absl::StatusOr<Registry> Create(std::vector<LayerData> layers, RangeRules rules = {});

  Registry(Registry&&) = default;
  Registry& operator=(Registry&&) = default;
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  // Returns an opaque hash of the ordered records, and of the range rules if they differ
  // from the embedded ones. Equal data gives an equal revision in every process. It has
  // kRevisionDigits lower-case hexadecimal digits.
  [[nodiscard]] const std::string& revision() const { return revision_; }

  // Returns the layers in the order local, common, iana. A layer of several files has
  // one element for each file.
  [[nodiscard]] const std::vector<LayerInfo>& layers() const { return layers_; }

  // Returns all records in listing order: by first port, layer, named before nameless,
  // narrower range first, transport, the source's order. Records without a port come
  // last.
  [[nodiscard]] absl::Span<const ServiceRecord* const> records() const { return records_; }
  [[nodiscard]] const ServiceRecord& record(RecordIndex index) const { return *records_[index]; }

  // Returns the records that start at `port` as indices [first, second), which may be
  // empty. kPortCount stands for the records without a port.
  [[nodiscard]] std::pair<RecordIndex, RecordIndex> StartingAt(size_t port) const {
    return {starts_[port], starts_[port + 1]};
  }

  // Returns the records that cover `port`, in lookup order: by layer, named before
  // nameless, narrower range first, transport, the source's order.
  [[nodiscard]] absl::Span<const RecordIndex> AtPort(Port port) const {
    return absl::MakeConstSpan(by_port_).subspan(port_begin_[port],
                                                 port_begin_[port + 1] - port_begin_[port]);
  }

  // Returns the records with that service name or alias, ignoring case, in lookup
  // order. Within a layer, records without a port come last. A name meant for people
  // (see ServiceRecord::is_named_for_people) that contains " / " is also found by each
  // of its parts. Returns an empty span if no record has the name.
  [[nodiscard]] absl::Span<const RecordIndex> ByName(absl::string_view name) const;

  // Returns the number of a name, ignoring case, or nullopt if no record has it. The
  // names that ByName finds are numbered from 0 to NameCount() - 1.
  [[nodiscard]] std::optional<uint32_t> NameId(absl::string_view name) const;
  [[nodiscard]] size_t NameCount() const { return names_.size(); }

  // Returns the name of a number below NameCount(), in lower case. Valid as long as the
  // registry.
  [[nodiscard]] absl::string_view Name(uint32_t id) const { return names_[id]; }

  [[nodiscard]] const RangeRules& range_rules() const { return range_rules_; }

  // Returns the memory that the registry uses in bytes. Includes the texts that records
  // view, but not the overhead of the allocator.
  [[nodiscard]] size_t MemoryBytes() const;

  // Returns the state of `port` on `transport`, according to layer iana alone.
  // `transport` must not be kNone.
  [[nodiscard]] AssignmentState StateOn(Port port, Transport transport) const;

  // Returns the states of all slots. Computes them at the first call.
  [[nodiscard]] const IanaStates& iana_states() const;

  // Returns true if a record of layer local that is not retired and holds in `scope`
  // claims `port` on `transport`. Every record holds in the empty scope.
  [[nodiscard]] bool TakenLocally(Port port, Transport transport,
                                  absl::string_view scope = {}) const;

  // Returns the states of `port` on `transport`, or on all transports for kNone, in the
  // order of kTransports. `scope` is that of TakenLocally.
  [[nodiscard]] std::vector<TransportState> States(Port port, Transport transport,
                                                   absl::string_view scope = {}) const;

 private:
  Registry(std::vector<LayerData> layers, RangeRules rules);

  // Sorts the records and returns their indices in lookup order.
  std::vector<RecordIndex> SortRecords();
  void IndexStarts();
  void IndexPorts(absl::Span<const RecordIndex> lookup_order);
  void IndexNames(absl::Span<const RecordIndex> lookup_order);
  [[nodiscard]] absl::Status CheckFanOut() const;

  RangeRules range_rules_;
  std::vector<LayerInfo> layers_;
  std::vector<std::shared_ptr<const LayerText>> texts_;
  // The layers' records in the order given. records_ points to them.
  std::vector<std::vector<ServiceRecord>> given_;
  std::vector<const ServiceRecord*> records_;
  std::string revision_;
  // starts_[port] is the first record that starts at or after `port`.
  std::vector<RecordIndex> starts_;
  // by_port_[port_begin_[port], port_begin_[port + 1]) cover `port`.
  std::vector<uint32_t> port_begin_;
  std::vector<RecordIndex> by_port_;
  // The folded names. The records of name n are by_name_[name_begin_[n],
  // name_begin_[n + 1]).
  NumberedTexts names_;
  std::vector<uint32_t> name_begin_;
  std::vector<RecordIndex> by_name_;
  // Behind a pointer, because a once_flag cannot be moved.
  struct LazyIanaStates {
    std::once_flag once;
    std::optional<IanaStates> states;
  };
  std::unique_ptr<LazyIanaStates> iana_states_ = std::make_unique<LazyIanaStates>();
};

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_REGISTRY_H_
