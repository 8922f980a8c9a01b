#include "client/cli/formats/services_writer.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/cli/display/clipped_record.h"
#include "client/cli/display/terminal.h"
#include "common/answers/conversion.h"
#include "common/model/service_name.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

// The most different names that are counted as left out.
constexpr size_t kMaxLeftOut = 1'000;

// Names are set apart by blanks, and comments begin with "#".
bool CanBeWritten(absl::string_view name) {
  return name.size() <= kMaxServiceNameBytes &&
         std::none_of(name.begin(), name.end(),
                      [](char c) { return absl::ascii_isspace(c) || c == '#'; }) &&
         Printable(name) == name;
}

}  // namespace

void ServicesWriter::Write(const v1::PortRecord& record) {
  if (!status().ok()) return;
  const std::optional<PortRange> ports = RangeOf(record);
  const std::optional<Transport> transport = TransportOf(record.transport());
  if (!ports || record.service().empty()) return;
  if (!CanBeWritten(record.service()) || !transport) {
    if (left_out_.size() < kMaxLeftOut) {
      left_out_.insert(record.service().substr(0, kMaxServiceNameBytes));
    }
    return;
  }
  const Entry& entry = entries_.emplace_back(
      Entry{record.service(), Truncated(Printable(record.description()), kMaxDescriptionWidth),
            *ports, *transport, record.layer()});
  held_bytes_ += sizeof(Entry) + entry.name.size() + entry.description.size();
  if (held_bytes_ > kMaxHeldBytes) {
    Fail(absl::ResourceExhaustedError(
        absl::StrCat("the records take more than ", kMaxHeldBytes,
                     " bytes of memory; ask for fewer layers or ranges")));
  }
}

void ServicesWriter::Finish(const std::string& revision) {
  Fail(CheckCoverage());
  if (!status().ok()) return;
  if (!heading_.empty()) {
    out_.Put(absl::StrCat("# ", Printable(heading_), "\n# Revision ", Printable(revision), "\n"));
  }
  // Places in the order of precedence, by the ports at which they begin.
  const std::vector<uint32_t> ranked = ByPrecedence();
  std::vector<uint32_t> by_port(ranked.size());
  std::iota(by_port.begin(), by_port.end(), 0);
  const auto first = [&](uint32_t place) { return entries_[ranked[place]].ports.first; };
  std::stable_sort(by_port.begin(), by_port.end(),
                   [&](uint32_t a, uint32_t b) { return first(a) < first(b); });

  std::vector<uint32_t> covering;
  auto next = by_port.begin();
  for (int port = 0; port <= kMaxPort; ++port) {
    covering.erase(
        std::remove_if(covering.begin(), covering.end(),
                       [&](uint32_t place) { return entries_[ranked[place]].ports.last < port; }),
        covering.end());
    for (; next != by_port.end() && first(*next) == port; ++next) {
      covering.insert(std::lower_bound(covering.begin(), covering.end(), *next), *next);
    }
    std::vector<uint32_t> entries;
    entries.reserve(covering.size());
    for (const uint32_t place : covering) entries.push_back(ranked[place]);
    for (const Transport transport : kTransports) {
      PutLine(static_cast<Port>(port), transport, entries);
    }
  }
}

absl::Status ServicesWriter::CheckCoverage() const {
  std::array<int64_t, kPortCount + 1> begins_less_ends = {};
  for (const Entry& entry : entries_) {
    ++begins_less_ends[entry.ports.first];
    --begins_less_ends[entry.ports.last + size_t{1}];
  }
  int64_t covering = 0;
  for (size_t port = 0; port < kPortCount; ++port) {
    covering += begins_less_ends[port];
    if (covering > static_cast<int64_t>(kMaxCovering)) {
      return absl::InternalError(absl::StrCat("port ", port, " has ", covering,
                                              " records, a registry has at most ",
                                              Registry::kMaxRecordsPerKey));
    }
  }
  return absl::OkStatus();
}

std::vector<uint32_t> ServicesWriter::ByPrecedence() const {
  // As Registry orders the records of one port.
  const auto precedence = [this](uint32_t index) {
    const Entry& entry = entries_[index];
    return std::make_tuple(entry.layer, entry.ports.width(), entry.transport);
  };
  std::vector<uint32_t> ranked(entries_.size());
  std::iota(ranked.begin(), ranked.end(), 0);
  std::stable_sort(ranked.begin(), ranked.end(),
                   [&](uint32_t a, uint32_t b) { return precedence(a) < precedence(b); });
  return ranked;
}

void ServicesWriter::PutLine(Port port, Transport transport, absl::Span<const uint32_t> covering) {
  const Entry* primary = nullptr;
  std::vector<absl::string_view> aliases;
  for (const uint32_t index : covering) {
    const Entry& entry = entries_[index];
    if (!Answers(entry.transport, transport)) continue;
    if (primary == nullptr) {
      primary = &entry;
    } else if (entry.name == primary->name ||
               std::find(aliases.begin(), aliases.end(), entry.name) != aliases.end()) {
      continue;
    } else if (aliases.size() == kMaxAliases) {
      ++left_out_aliases_;
    } else {
      aliases.emplace_back(entry.name);
    }
  }
  if (primary == nullptr) return;
  std::string line =
      absl::StrFormat("%-15s  %-10s", primary->name, absl::StrCat(port, "/", ToString(transport)));
  if (!aliases.empty()) absl::StrAppend(&line, "  ", absl::StrJoin(aliases, " "));
  if (!primary->description.empty()) absl::StrAppend(&line, "  # ", primary->description);
  absl::StripTrailingAsciiWhitespace(&line);
  out_.Put(absl::StrCat(line, "\n"));
}

std::string ServicesWriter::Remark() const {
  std::string remark;
  if (left_out_aliases_ > 0) {
    remark =
        absl::StrCat(left_out_aliases_, " aliases are left out, a line has at most ", kMaxAliases);
  }
  if (left_out_.empty()) return remark;
  const bool one = left_out_.size() == 1;
  return absl::StrCat(remark, remark.empty() ? "" : "; ",
                      left_out_.size() == kMaxLeftOut ? "at least " : "", left_out_.size(),
                      one ? " name is" : " names are",
                      " left out, since /etc/services cannot hold blanks, \"#\" or control "
                      "characters in a name: ",
                      Quoted(*left_out_.begin()), one ? "" : " and others");
}

}  // namespace portreg::cli
