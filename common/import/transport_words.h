// Reads the words that tables use for transports.
#ifndef PORTREG_COMMON_IMPORT_TRANSPORT_WORDS_H_
#define PORTREG_COMMON_IMPORT_TRANSPORT_WORDS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/model/port.h"

namespace portreg {

// Some transports, in the order of the enum, each once. Empty: none is stated.
// {kNone}: any transport.
using Transports = std::vector<Transport>;

// Returns the transports as own tables write them: "tcp/udp"; empty for any.
std::string ToString(const Transports& transports);

// Adds `more` to `transports`. Any transport includes every other one.
void MergeTransports(Transports& transports, const Transports& more);

// Knows the words for transports, and the protocols that a user has assigned to them.
// Thread-safe after the last Add().
class TransportWords {
 public:
  // The most bytes of a protocol's name.
  static constexpr size_t kMaxProtocolBytes = 64;

  // Adds an application protocol, from a text such as "HTTP=tcp", "DNS=tcp/udp" or
  // "ANY=any". Returns INVALID_ARGUMENT, naming the form and the value, for any other
  // text, and for a protocol that already is a word for transports.
  absl::Status Add(absl::string_view protocol_and_transports);

  // Reads one word: tcp, udp, sctp, dccp, these with a 4 or 6 behind them, "any", "all",
  // "*", or an added protocol, ignoring case. Returns nullopt for any other word.
  [[nodiscard]] std::optional<Transports> Find(absl::string_view word) const;

  // Reads a cell: a number of IANA's protocol registry (6, 17, 33, 132), or words with
  // comma, slash, "+", "&", ";", "|", a blank, a line end or "and" between them. Empty for
  // an empty cell. Returns INVALID_ARGUMENT, naming the word and how to assign it, for an
  // unknown word.
  [[nodiscard]] absl::StatusOr<Transports> Read(absl::string_view cell) const;

 private:
  absl::flat_hash_map<std::string, Transports> protocols_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_IMPORT_TRANSPORT_WORDS_H_
