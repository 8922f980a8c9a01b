// Writes the advice on every port as data of the page.
#ifndef PORTREG_COMMON_PAGE_PAGE_ADVICE_H_
#define PORTREG_COMMON_PAGE_PAGE_ADVICE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/model/registry.h"
#include "common/page/page_records.h"
#include "nlohmann/json.hpp"

namespace portreg {

// A text that occurs in many messages: the name, the description or the owner of an
// entry at the port.
struct QuotedText {
  // The place of the entry among the entries at the port, from 0.
  uint8_t place;
  // 'n' for the name, 'd' for the description, 'o' for the owner.
  char column;
  std::string text;
};

// Replaces the texts in `message` by references, so that messages that differ only in these texts
// become equal. A reference is U+0001, a character for the place (U+0030 + place) and the
// column's letter. `message` must not contain U+0001.
std::string WithReferences(absl::string_view message, const std::vector<QuotedText>& texts);

// Returns the advice on all ports, as Classify gives it for all transports:
// {"messages": [...], "sets": [[severity, transports, message, ...], ...], "ports": runs},
// where `ports` is the number of each port's set.
nlohmann::ordered_json AdviceOnPorts(const Registry& registry, const PageRecords& records);

}  // namespace portreg

#endif  // PORTREG_COMMON_PAGE_PAGE_ADVICE_H_
