// Defines a record, which is one row of a source, and the layer that it belongs to.
#ifndef PORTREG_COMMON_MODEL_RECORD_H_
#define PORTREG_COMMON_MODEL_RECORD_H_

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/model/port.h"

namespace portreg {

// The kind of source that a record comes from. Answers list layers in this order. The
// values are those of the protocol's enum.
enum class Layer : uint8_t { kLocal = 1, kCommon = 2, kIana = 3 };

inline constexpr std::array<Layer, 3> kLayers = {Layer::kLocal, Layer::kCommon, Layer::kIana};

// Returns "local", "common" or "iana".
absl::string_view ToString(Layer layer);

// Parses a layer's name, ignoring case. Returns nullopt for any other text.
std::optional<Layer> ParseLayer(absl::string_view text);

// Returns the name of a layer's source, for people to read: "IANA registry". For
// kCommon, this is the table of common ports, whose names are meant for people.
absl::string_view SourceOf(Layer layer);

// The source of those records of kCommon that list the default ports of software.
inline constexpr absl::string_view kPracticeSource = "software defaults";

// The source of those records of kCommon that a site has added (--common_file).
inline constexpr absl::string_view kSiteSource = "site defaults";

// The status of a record in an organisation's own table. The values are those of the
// protocol's enum.
enum class RecordStatus : uint8_t {
  kActive = 0,
  kPlanned = 1,
  kDeprecated = 2,
  // The record takes no port. It only shows that the port was used before.
  kRetired = 3,
};

// Returns "active", "planned", "deprecated" or "retired".
absl::string_view ToString(RecordStatus status);

// Parses a status, ignoring case. Returns kActive for an empty text, and nullopt for
// any other.
std::optional<RecordStatus> ParseRecordStatus(absl::string_view text);

// The remaining columns of the source, unchanged. detail_columns.h lists them for code
// that handles all of them alike.
struct RecordDetails {
  absl::string_view assignee = {};
  absl::string_view contact = {};
  absl::string_view registration_date = {};
  absl::string_view modification_date = {};
  absl::string_view reference = {};
  absl::string_view service_code = {};
  absl::string_view unauthorized_use_reported = {};
  absl::string_view assignment_notes = {};
  // The members below belong to layer local only.
  absl::string_view owner = {};
  // Days such as 2026-11-29: since when and until when the record is meant to hold.
  absl::string_view since = {};
  absl::string_view until = {};
  // "loopback" if the service must listen on loopback only. Empty: anywhere.
  absl::string_view bind = {};

  bool operator==(const RecordDetails& other) const = default;
};

inline constexpr RecordDetails kNoDetails;

// A range of ports (mostly one port), a transport and a service name. Texts are views,
// valid while the LayerData or Registry that holds the record exists; details are too.
struct ServiceRecord {
  // Absent: the record registers a name without a port.
  std::optional<PortRange> ports;
  Transport transport = Transport::kNone;
  Layer layer = Layer::kIana;
  // The line of the source on which the row starts, counted from 1.
  uint32_t line = 0;
  // The index of the record's source in Registry::layers(), set by the registry.
  uint32_t file = 0;
  // The name in the source's spelling. Empty: "Reserved", "Unassigned" or the like.
  absl::string_view service;
  absl::string_view description;
  // Other names, separated by blanks.
  absl::string_view aliases = {};
  // The scope in which the record holds, such as eu/prod. Empty: everywhere.
  absl::string_view scope = {};
  RecordStatus status = RecordStatus::kActive;
  // The name of the record's source, for people to read. Empty: SourceOf(layer).
  absl::string_view source = {};
  // Never nullptr. Several records may share their details (see DetailsStore).
  const RecordDetails* details = &kNoDetails;

  [[nodiscard]] bool named() const { return !service.empty(); }

  // Returns true if the name is meant for people and is not the name of a service.
  [[nodiscard]] bool is_named_for_people() const {
    return layer == Layer::kCommon && source != kPracticeSource && source != kSiteSource;
  }
};

// Splits the aliases of a record into a list.
std::vector<absl::string_view> Aliases(const ServiceRecord& record);

// Returns the owner of a record without blanks around it; empty if it has none.
absl::string_view OwnerOf(const ServiceRecord& record);

// Returns the state that a record gives to its ports. A record with a name assigns
// them. Otherwise the description decides, if the layer is kIana: "any private mail
// system" assigns them, "Unassigned" frees them, anything else reserves them. A record
// without a name in another layer reserves its ports, whatever its description says.
AssignmentState StateOf(const ServiceRecord& record);

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_RECORD_H_
