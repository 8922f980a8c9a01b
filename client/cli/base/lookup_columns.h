// Names the keys and the columns of lookup tables.
#ifndef PORTREG_CLIENT_CLI_BASE_LOOKUP_COLUMNS_H_
#define PORTREG_CLIENT_CLI_BASE_LOOKUP_COLUMNS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace portreg::cli {

// The key that a lookup table is searched by.
enum class LookupKey : uint8_t {
  // A slot, such as 443/tcp.
  kSlot,
  // A port and IANA's number of the protocol: 443 and 6.
  kNumber,
  // A port alone. The table has one row for each port.
  kPort,
};

enum class LookupColumn : uint8_t {
  // The slot, such as 443/tcp.
  kSlot,
  kPort,
  // "tcp", "udp", "sctp" or "dccp".
  kTransport,
  // IANA's number of the protocol: 6, 17, 132 or 33.
  kProtocol,
  kService,
  // The layer of the record that names the slot.
  kLayer,
  // The class of the port: "well-known", "registered" or "dynamic".
  kClass,
  kOwner,
};

// A column and the title that the table gives it.
struct TitledColumn {
  std::string title;
  LookupColumn column;
};

// The options of a lookup table.
struct LookupTableOptions {
  LookupKey key = LookupKey::kSlot;
  // The columns in their order.
  std::vector<TitledColumn> columns;
};

// Parses "slot", "number" or "port". Returns nullopt for any other text.
std::optional<LookupKey> ParseLookupKey(absl::string_view text);

// Returns true if the column is the key of the table or a part of it.
bool IsKeyColumn(LookupKey key, LookupColumn column);

// Returns the columns of a table for which none are chosen: those of the key, service,
// layer, class and owner. A table of LookupKey::kPort has port and service alone.
std::vector<TitledColumn> DefaultLookupColumns(LookupKey key);

// Reads the chosen columns, each COLUMN or TITLE=COLUMN. Returns INVALID_ARGUMENT, naming
// what is allowed, for a column that a table with this key cannot have, and for a title
// that is empty, given twice, above 64 bytes or not UTF-8.
absl::StatusOr<std::vector<TitledColumn>> ReadLookupColumns(absl::Span<const std::string> texts,
                                                            LookupKey key);

// Returns true if `columns` tell the rows of a table with this key apart.
bool IdentifyRows(LookupKey key, absl::Span<const TitledColumn> columns);

// Returns those of `columns` that are no part of the key.
std::vector<TitledColumn> ValueColumns(const LookupTableOptions& options);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_BASE_LOOKUP_COLUMNS_H_
