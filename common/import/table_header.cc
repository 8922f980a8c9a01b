#include "common/import/table_header.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/model/detail_columns.h"
#include "common/text/quote.h"

namespace portreg {
namespace {

using Content = ForeignColumn::Content;

struct Synonyms {
  absl::string_view own;
  // In folded form, separated by blanks, the more exact ones first.
  absl::string_view titles;
};

constexpr std::array kSynonyms = {
    Synonyms{"Service Name",
             "service services name names servicenames application app applicationname appname "
             "program process component daemon software product"},
    Synonyms{"Port Number",
             "port ports portnumbers portno portnos portnum portrange portranges portmapping "
             "portmappings portprotocol portproto portsprotocols portsproto dport dstport "
             "destinationport destport localport serverport listenport listeningport hostport "
             "containerport"},
    Synonyms{"Transport Protocol",
             "transport protocol protocols transports transportprotocols proto protos l4 "
             "l4protocol l4proto layer4 transportlayer ipprotocol tcpudp udptcp type porttype"},
    Synonyms{"Description",
             "desc descriptions purpose usage use usedfor usedby function details notes note "
             "comment comments remarks remark info summary"},
    Synonyms{"Owner",
             "owners ownedby owningteam team teams responsible responsibleteam maintainer "
             "maintainers contact assignee group department squad"},
    Synonyms{"Aliases", "alias aka alsoknownas othernames"},
    Synonyms{"Scope",
             "scopes environment environments env envs region site location datacenter "
             "datacentre dc zone cluster namespace stage host hosts hostname server servers "
             "servername machine node device vm ipaddress ip"},
    Synonyms{"Status", "state lifecycle"},
    Synonyms{"Reference", "references ref refs link url"},
    Synonyms{"Unauthorized Use Reported", "knownunauthorizeduses"},
};

// Titles of IANA's columns that mean the owner in tables of other kinds.
constexpr std::array<absl::string_view, 2> kOwnersOutsideIana = {"Assignee", "Contact"};

constexpr std::array<std::pair<absl::string_view, Transport>, 4> kTransportTitles = {{
    {"tcp", Transport::kTcp},
    {"udp", Transport::kUdp},
    {"sctp", Transport::kSctp},
    {"dccp", Transport::kDccp},
}};

// Keeps letters and digits. Characters outside ASCII are letters, except for no-break
// spaces and marks without width.
std::string Folded(absl::string_view title) {
  std::string folded;
  for (size_t i = 0; i < title.size(); ++i) {
    const absl::string_view rest = title.substr(i);
    if (absl::StartsWith(rest, "\u00A0")) {
      i += 1;
    } else if (absl::StartsWith(rest, "\uFEFF") || absl::StartsWith(rest, "\u200B")) {
      i += 2;
    } else if (absl::ascii_isalnum(static_cast<unsigned char>(title[i])) ||
               static_cast<unsigned char>(title[i]) >= 0x80) {
      folded.push_back(absl::ascii_tolower(static_cast<unsigned char>(title[i])));
    }
  }
  return folded;
}

const std::vector<std::string>& FoldedOwnColumns() {
  static const auto* const kFolded = [] {
    auto* const folded = new std::vector<std::string>;
    for (const absl::string_view title : OwnColumns()) folded->push_back(Folded(title));
    return folded;
  }();
  return *kFolded;
}

// Returns the content of a title such as "TCP" or "UDP Ports".
std::optional<ForeignColumn> OfOneTransport(absl::string_view folded) {
  for (const auto& [name, transport] : kTransportTitles) {
    if (folded == name) return ForeignColumn{Content::kTick, 0, transport};
    if (folded == absl::StrCat(name, "port") || folded == absl::StrCat(name, "ports")) {
      return ForeignColumn{Content::kPortsOfTransport, 0, transport};
    }
  }
  return std::nullopt;
}

// Assigns the columns of one header.
class HeaderReader {
 public:
  HeaderReader(absl::Span<const absl::string_view> titles, absl::Span<const ColumnChoice> choices)
      : choices_(choices) {
    for (const absl::string_view title : titles) {
      header_.titles.emplace_back(absl::StripAsciiWhitespace(title));
      folded_.push_back(Folded(title));
    }
    header_.columns.resize(titles.size());
    decided_.resize(titles.size());
    chosen_.resize(titles.size());
    header_.is_own_table = true;
    for (size_t own = 0; own <= kDescriptionColumn; ++own) {
      const bool has = std::any_of(titles.begin(), titles.end(), [own](absl::string_view title) {
        return absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(title), OwnColumns()[own]);
      });
      header_.is_own_table = header_.is_own_table && has;
    }
  }

  absl::StatusOr<TableHeader> Read() {
    TakeChoices();
    for (size_t own = 0; own < OwnColumns().size(); ++own) {
      if (header_.is_own_table || !IsOwnerOutsideIana(OwnColumns()[own])) {
        Take(FoldedOwnColumns()[own], own);
      }
    }
    for (const Synonyms& synonyms : kSynonyms) {
      const size_t own = OwnColumn(synonyms.own);
      for (const absl::string_view title : absl::StrSplit(synonyms.titles, ' ')) {
        if (!header_.PlaceOf(own) && !HasOtherMeaning(title)) Take(title, own);
      }
    }
    for (const absl::string_view title : kOwnersOutsideIana) Take(Folded(title), OwnColumn(title));
    TakeTransports();
    if (!status_.ok()) return status_;
    Remark();
    return header_;
  }

 private:
  static bool IsOwnerOutsideIana(absl::string_view title) {
    return std::find(kOwnersOutsideIana.begin(), kOwnersOutsideIana.end(), title) !=
           kOwnersOutsideIana.end();
  }

  // Returns true for a synonym that other titles of the table show to mean something else.
  [[nodiscard]] bool HasOtherMeaning(absl::string_view folded) const {
    if (folded == "contact" || folded == "assignee") return header_.is_own_table;
    if (folded != "type" && folded != "porttype") return false;
    return std::any_of(folded_.begin(), folded_.end(),
                       [](const std::string& each) { return OfOneTransport(each).has_value(); });
  }

  void Decide(size_t place, const ForeignColumn& column) {
    decided_[place] = true;
    header_.columns[place] = column;
  }

  // Uses the column with this title for the column `own`, unless another column is used
  // for it.
  void Take(absl::string_view folded, size_t own) {
    for (size_t i = 0; i < folded_.size(); ++i) {
      if (decided_[i] || folded_[i] != folded) continue;
      const std::optional<size_t> other = header_.PlaceOf(own);
      if (!other) {
        Decide(i, {.content = Content::kOwn, .own = own});
      } else if (folded_[*other] == folded) {
        Refuse(absl::StrCat("column ", Quoted(header_.titles[i]), " stands twice"));
      }
    }
  }

  void TakeChoices() {
    for (const ColumnChoice& choice : choices_) {
      const std::string folded = Folded(choice.title);
      for (size_t i = 0; i < folded_.size(); ++i) {
        if (decided_[i] || folded_[i] != folded) continue;
        chosen_[i] = true;
        if (!choice.own) {
          Decide(i, {});
        } else if (header_.PlaceOf(*choice.own)) {
          Refuse(absl::StrCat("two columns are chosen for ", OwnColumns()[*choice.own]));
        } else {
          Decide(i, {.content = Content::kOwn, .own = *choice.own});
        }
      }
    }
  }

  // A column "TCP" marks rows if another column has the ports.
  void TakeTransports() {
    const bool has_ports = header_.PlaceOf(kPortNumberColumn).has_value();
    for (size_t i = 0; i < folded_.size(); ++i) {
      std::optional<ForeignColumn> column = OfOneTransport(folded_[i]);
      if (decided_[i] || !column) continue;
      if (!has_ports) column->content = Content::kPortsOfTransport;
      for (const ForeignColumn& other : header_.columns) {
        if (other.content == column->content && other.transport == column->transport) {
          Refuse(absl::StrCat("column ", Quoted(header_.titles[i]), " stands twice"));
        }
      }
      Decide(i, *column);
    }
    if (header_.Has(Content::kTick) && header_.PlaceOf(kTransportColumn)) {
      Refuse(absl::StrCat("column ", Quoted(header_.titles[*header_.PlaceOf(kTransportColumn)]),
                          " and the columns of single transports both state the transport; "
                          "--columns TITLE=- leaves one out"));
    }
  }

  void Refuse(absl::string_view why) { status_.Update(absl::InvalidArgumentError(why)); }

  // Adds remarks on unused columns, and on columns whose title differs much from that of
  // an own table.
  void Remark() {
    std::vector<std::string> read;
    std::vector<std::string> unused;
    for (size_t i = 0; i < folded_.size(); ++i) {
      const ForeignColumn& column = header_.columns[i];
      if (column.content == Content::kUnused && !decided_[i] && !folded_[i].empty()) {
        unused.push_back(Quoted(header_.titles[i]));
      }
      if (column.content != Content::kOwn || chosen_[i]) continue;
      const absl::string_view own = OwnColumns()[column.own];
      // "Port" and "Ports" obviously mean Port Number.
      if (absl::StrContains(FoldedOwnColumns()[column.own], absl::StripSuffix(folded_[i], "s")))
        continue;
      read.push_back(absl::StrCat(Quoted(header_.titles[i]), " as ", own));
    }
    if (!read.empty()) {
      header_.remarks.push_back(absl::StrCat("columns are read: ", absl::StrJoin(read, ", ")));
    }
    if (!unused.empty()) {
      header_.remarks.push_back(
          absl::StrCat("columns are not used: ", absl::StrJoin(unused, ", ")));
    }
  }

  const absl::Span<const ColumnChoice> choices_;
  std::vector<std::string> folded_;
  std::vector<bool> decided_;
  // The columns that a choice decided, which need no remark.
  std::vector<bool> chosen_;
  TableHeader header_;
  absl::Status status_;
};

}  // namespace

const std::vector<absl::string_view>& OwnColumns() {
  static const auto* const kColumns = [] {
    auto* const columns = new std::vector<absl::string_view>{"Service Name", "Port Number",
                                                             "Transport Protocol", "Description"};
    for (const DetailColumn& column : kDetailColumns) columns->push_back(column.header);
    for (const absl::string_view title : {"Aliases", "Scope", "Status", "Since", "Until", "Bind"}) {
      if (std::find(columns->begin(), columns->end(), title) == columns->end()) {
        columns->push_back(title);
      }
    }
    return columns;
  }();
  return *kColumns;
}

size_t OwnColumn(absl::string_view title) {
  const std::vector<absl::string_view>& columns = OwnColumns();
  return static_cast<size_t>(std::find(columns.begin(), columns.end(), title) - columns.begin());
}

absl::StatusOr<ColumnChoice> ReadColumnChoice(absl::string_view text) {
  const size_t equals = text.rfind('=');
  const absl::string_view title = absl::StripAsciiWhitespace(text.substr(0, equals));
  if (equals == absl::string_view::npos || title.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "column ", Quoted(text), " is not TITLE=COLUMN, such as \"App=Service Name\""));
  }
  const absl::string_view own = absl::StripAsciiWhitespace(text.substr(equals + 1));
  if (own == "-") return ColumnChoice{std::string(title), std::nullopt};
  for (size_t i = 0; i < OwnColumns().size(); ++i) {
    if (Folded(own) == FoldedOwnColumns()[i]) return ColumnChoice{std::string(title), i};
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "column ", Quoted(own), " is not ", absl::StrJoin(OwnColumns(), ", "), " or \"-\" for none"));
}

std::optional<size_t> TableHeader::PlaceOf(size_t own) const {
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].content == Content::kOwn && columns[i].own == own) return i;
  }
  return std::nullopt;
}

bool TableHeader::Has(ForeignColumn::Content content) const {
  return std::any_of(columns.begin(), columns.end(),
                     [content](const ForeignColumn& column) { return column.content == content; });
}

bool TableHeader::IsOfPorts() const {
  return (PlaceOf(kPortNumberColumn) || Has(Content::kPortsOfTransport)) &&
         (PlaceOf(kServiceNameColumn) || PlaceOf(OwnColumn("Owner")));
}

size_t TableHeader::UsedCount() const {
  return static_cast<size_t>(std::count_if(
      columns.begin(), columns.end(),
      [](const ForeignColumn& column) { return column.content != Content::kUnused; }));
}

absl::StatusOr<TableHeader> ReadTableHeader(absl::Span<const absl::string_view> titles,
                                            absl::Span<const ColumnChoice> choices) {
  return HeaderReader(titles, choices).Read();
}

bool IsTitleOf(const ColumnChoice& choice, absl::string_view title) {
  return Folded(choice.title) == Folded(title);
}

}  // namespace portreg
