// One row of a source, and the layer it belongs to.
#ifndef PORTREG_COMMON_MODEL_RECORD_H_
#define PORTREG_COMMON_MODEL_RECORD_H_

#include <array>
#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "common/model/port.h"

namespace portreg {

// Who says so. Answers list layers in this order. Values are the protocol's.
enum class Layer : uint8_t { kLocal = 1, kCommon = 2, kIana = 3 };

inline constexpr std::array<Layer, 3> kLayers = {Layer::kLocal, Layer::kCommon, Layer::kIana};

// "local", "common", "iana".
absl::string_view ToString(Layer layer);

// Reads a layer's name, ignoring case; nothing for any other text.
std::optional<Layer> ParseLayer(absl::string_view text);

// The source of a layer's records, to be shown to a person: "IANA registry".
absl::string_view SourceOf(Layer layer);

// The remaining columns of the source, as the source has them. detail_columns.h
// lists them for those who handle all of them alike.
struct RecordDetails {
  absl::string_view assignee;
  absl::string_view contact;
  absl::string_view registration_date;
  absl::string_view modification_date;
  absl::string_view reference;
  absl::string_view service_code;
  absl::string_view unauthorized_use_reported;
  absl::string_view assignment_notes;
  absl::string_view owner;  // layer local only
};

// A range of ports (mostly one port), a transport and a service name. Texts
// are views: they live as long as the LayerData or Registry that holds the
// record.
struct ServiceRecord {
  // Nothing: the record registers a name without a port.
  std::optional<PortRange> ports;
  Transport transport = Transport::kNone;
  Layer layer = Layer::kIana;
  // Line of the source on which the row starts, counted from 1.
  uint32_t line = 0;
  // As the source spells it. Empty: "Reserved", "Unassigned" or the like.
  absl::string_view service;
  absl::string_view description;
  // The record's source, to be shown to a person. Empty: SourceOf(layer).
  absl::string_view source = {};
  RecordDetails details;

  [[nodiscard]] bool named() const { return !service.empty(); }
};

// What a record says of the ports it covers: a named one assigns them; the
// description of a nameless one decides ("any private mail system" assigns,
// "Unassigned" frees, anything else reserves).
AssignmentState StateOf(const ServiceRecord& record);

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_RECORD_H_
