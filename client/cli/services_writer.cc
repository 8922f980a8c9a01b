#include "client/cli/services_writer.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/cli/clip.h"
#include "common/quote.h"

namespace portreg::cli {
namespace {

// Names are set apart by blanks, and comments begin with "#".
bool CanBeWritten(absl::string_view name) {
  return std::none_of(name.begin(), name.end(),
                      [](char c) { return absl::ascii_isspace(c) || c == '#'; }) &&
         Printable(name) == name;
}

}  // namespace

void ServicesWriter::Write(const v1::PortRecord& record) {
  const std::optional<PortRange> ports = RangeOf(record);
  if (!ports || record.service().empty()) return;
  if (!CanBeWritten(record.service()) || !v1::Transport_IsValid(record.transport())) {
    left_out_.insert(record.service());
    return;
  }
  entries_.push_back({record.service(), record.description(), *ports,
                      static_cast<Transport>(record.transport()),
                      static_cast<Layer>(record.layer())});
}

void ServicesWriter::Finish(const std::string& revision) {
  if (!heading_.empty()) {
    Put(absl::StrCat("# ", Printable(heading_), "\n# Revision ", Printable(revision), "\n"), out_);
  }
  // As Registry orders the records of one port.
  const auto precedence = [](const Entry& entry) {
    return std::make_tuple(entry.layer, entry.ports.width(), entry.transport);
  };
  std::stable_sort(entries_.begin(), entries_.end(),
                   [&](const Entry& a, const Entry& b) { return precedence(a) < precedence(b); });
  std::vector<size_t> by_port(entries_.size());
  for (size_t i = 0; i < by_port.size(); ++i) by_port[i] = i;
  std::stable_sort(by_port.begin(), by_port.end(), [this](size_t a, size_t b) {
    return entries_[a].ports.first < entries_[b].ports.first;
  });

  std::vector<size_t> covering;
  auto next = by_port.begin();
  for (int port = 0; port <= kMaxPort; ++port) {
    covering.erase(std::remove_if(covering.begin(), covering.end(),
                                  [&](size_t i) { return entries_[i].ports.last < port; }),
                   covering.end());
    for (; next != by_port.end() && entries_[*next].ports.first == port; ++next) {
      covering.insert(std::lower_bound(covering.begin(), covering.end(), *next), *next);
    }
    for (const Transport transport : kTransports) {
      PutLine(static_cast<Port>(port), transport, covering);
    }
  }
}

void ServicesWriter::PutLine(Port port, Transport transport,
                             absl::Span<const size_t> covering) const {
  const Entry* primary = nullptr;
  std::vector<absl::string_view> aliases;
  for (const size_t index : covering) {
    const Entry& entry = entries_[index];
    if (!Answers(entry.transport, transport)) continue;
    if (primary == nullptr) {
      primary = &entry;
    } else if (entry.name != primary->name &&
               std::find(aliases.begin(), aliases.end(), entry.name) == aliases.end()) {
      aliases.emplace_back(entry.name);
    }
  }
  if (primary == nullptr) return;
  std::string line =
      absl::StrFormat("%-15s  %-10s", primary->name, absl::StrCat(port, "/", ToString(transport)));
  if (!aliases.empty()) absl::StrAppend(&line, "  ", absl::StrJoin(aliases, " "));
  if (!primary->description.empty()) {
    absl::StrAppend(&line, "  # ", Printable(primary->description));
  }
  absl::StripTrailingAsciiWhitespace(&line);
  Put(absl::StrCat(line, "\n"), out_);
}

std::string ServicesWriter::Remark() const {
  if (left_out_.empty()) return {};
  return absl::StrCat(left_out_.size(), left_out_.size() == 1 ? " name is" : " names are",
                      " left out, since /etc/services cannot hold blanks, \"#\" or control "
                      "characters in a name: ",
                      Quoted(*left_out_.begin()), left_out_.size() == 1 ? "" : " and others");
}

}  // namespace portreg::cli
