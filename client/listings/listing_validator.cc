#include "client/listings/listing_validator.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/replies/reply_check.h"
#include "common/model/limits.h"
#include "common/model/port.h"

namespace portreg::internal {
namespace {

// Smaller messages count as so many bytes, so that a listing of empty messages ends
// too.
constexpr size_t kLeastMessageBytes = 1 << 10;

// Returns a server's text for an error message.
std::string Shown(absl::string_view text) {
  constexpr size_t kMostShown = 64;
  return absl::StrCat("\"", absl::CHexEscape(text.substr(0, kMostShown)),
                      text.size() > kMostShown ? "...\"" : "\"");
}

}  // namespace

ListingValidator::ListingValidator(const v1::ListRangeRequest& request)
    : first_port_(request.has_first_port() ? request.first_port() : 0),
      last_port_(request.has_last_port() ? request.last_port() : kMaxPort),
      layers_(request.layers().begin(), request.layers().end()) {}

std::string ListingValidator::FaultOfMessage(const v1::ListRangeResponse& message, size_t bytes) {
  if (messages_++ == 0) {
    revision_ = message.revision();
  } else if (message.revision() != revision_) {
    return absl::StrCat("changes from revision ", Shown(revision_), " to ",
                        Shown(message.revision()));
  }
  bytes_ += std::max(bytes, kLeastMessageBytes);
  if (bytes_ <= kMaxListedBytes) return {};
  return absl::StrCat("has more than ", kMaxListedBytes, " bytes, the most that a registry lists");
}

std::string ListingValidator::FaultOfRecord(const v1::PortRecord& record) {
  if (std::string fault = FaultOf(record); !fault.empty()) return fault;
  if (std::string fault = FaultOfLayer(layers_, record.layer()); !fault.empty()) return fault;
  const bool has_port = record.has_first_port();
  const int32_t place = has_port ? record.first_port() : kMaxPort + 1;
  if (has_port && (record.last_port() < first_port_ || record.first_port() > last_port_)) {
    return absl::StrCat("has a record of ports ", record.first_port(), " to ", record.last_port(),
                        ", asked were ", first_port_, " to ", last_port_);
  }
  if (place < place_) {
    return absl::StrCat("has a record of port ", place, " after one ",
                        place_ > kMaxPort ? "without a port" : absl::StrCat("of port ", place_));
  }
  place_ = place;
  return {};
}

}  // namespace portreg::internal
