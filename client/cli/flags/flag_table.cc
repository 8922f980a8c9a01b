#include "client/cli/flags/flag_table.h"

#include <array>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "client/cli/base/nearest.h"
#include "common/model/limits.h"
#include "common/model/port.h"
#include "common/model/range_rules.h"

namespace portreg::cli {
namespace {

template <typename... Verbs>
constexpr uint32_t For(Verbs... verbs) {
  return static_cast<uint32_t>(((1U << static_cast<unsigned>(verbs)) | ...));
}

constexpr uint32_t kRecordVerbs = For(Verb::kLookup, Verb::kList, Verb::kSearch);
constexpr uint32_t kRowVerbs = kRecordVerbs | For(Verb::kClassify, Verb::kInfo, Verb::kAudit);
constexpr uint32_t kClaimVerbs = For(Verb::kCheck, Verb::kSuggest);
constexpr uint32_t kAnswerVerbs = kRowVerbs | For(Verb::kWatch) | kClaimVerbs;
constexpr uint32_t kShortVerbs = kAnswerVerbs & ~For(Verb::kAudit, Verb::kCheck);
constexpr uint32_t kExportVerb = For(Verb::kExport);
constexpr uint32_t kImportVerb = For(Verb::kImport);
constexpr uint32_t kDiffVerb = For(Verb::kDiff);
constexpr uint32_t kAnnotateVerb = For(Verb::kAnnotate);
constexpr uint32_t kEveryVerb = kAnswerVerbs | kExportVerb | kDiffVerb | kAnnotateVerb;

constexpr std::array<FlagInfo, 50> kFlags = {{
    {Flag::kOutput, FlagSection::kOutput, "output", "o", "FORMAT", "", kAnswerVerbs | kDiffVerb,
     "one of the formats below; default: table"},
    {Flag::kShort, FlagSection::kOutput, "short", "", "", "", kShortVerbs,
     "a port's service, a service's port, for scripts"},
    {Flag::kLayer, FlagSection::kOutput, "layer", "", "LAYER,...", "",
     kRecordVerbs | kExportVerb | kDiffVerb | kAnnotateVerb | For(Verb::kWatch),
     "only these layers: iana, common, local"},
    {Flag::kScope, FlagSection::kOutput, "scope", "", "SCOPE", "",
     kRecordVerbs | kExportVerb | kAnnotateVerb | For(Verb::kAudit) | kClaimVerbs,
     "layer local: only what holds there, such as eu/prod"},
    {Flag::kDetails, FlagSection::kOutput, "details", "", "", "", kRecordVerbs,
     "json, ndjson: also owners, references, dates"},
    {Flag::kPortless, FlagSection::kOutput, "portless", "", "", "", For(Verb::kList, Verb::kExport),
     "list, export: also names without a port"},
    {Flag::kMap, FlagSection::kOutput, "map", "", "", "", For(Verb::kList),
     "list: draw a map of the ports, larger with -o wide"},
    {Flag::kLike, FlagSection::kOutput, "like", "", "", "", For(Verb::kLookup, Verb::kSearch),
     "portreg --like WORD... is portreg search WORD..."},
    {Flag::kMaxResults, FlagSection::kOutput, "max-results", "", "N", "", For(Verb::kSearch),
     "search: at most so many, 1-500; default: 50"},
    {Flag::kCount, FlagSection::kOutput, "count", "", "N", "", For(Verb::kWatch, Verb::kSuggest),
     "watch: end after so many revisions\nsuggest: so many ports, 1-100; default: 1"},
    {Flag::kDiff, FlagSection::kOutput, "diff", "", "", "", For(Verb::kWatch),
     "watch: also what each new revision changes"},
    {Flag::kFormat, FlagSection::kOutput, "format", "", "FORMAT", "", kExportVerb | kAnnotateVerb,
     "export: one of its formats below\nannotate: vpc, zeek, nfdump, eve, ndjson, csv, "
     "tsv;\ndefault: auto, recognised by the first line"},
    {Flag::kReserveOverHalf, FlagSection::kOutput, "reserve-over-half", "", "", "", kExportVerb,
     "export: sysctl-reserved may take more than half of\nLinux' ephemeral range, 32768-60999"},
    {Flag::kColumns, FlagSection::kOutput, "columns", "", "TITLE=COLUMN,...", "",
     kImportVerb | kExportVerb,
     "import: what columns hold, such as\n'App=Service Name'; - for nothing\nexport: columns of a "
     "lookup table, such as\nslot,service or Port=port,Service=service"},
    {Flag::kTransport, FlagSection::kOutput, "transport", "", "TRANSPORT", "",
     kImportVerb | For(Verb::kSuggest),
     "import: for tables that do not state transports\nsuggest: what ports are for, such as "
     "tcp/udp"},
    {Flag::kProtocol, FlagSection::kOutput, "protocol", "", "NAME=TRANSPORT", "", kImportVerb,
     "import: what an application protocol uses: HTTP=tcp"},
    {Flag::kEncoding, FlagSection::kOutput, "encoding", "", "NAME", "", kImportVerb,
     "import: utf-8, utf-16, utf-16le, utf-16be or\nwindows-1252; default: by byte order mark, or "
     "utf-8"},
    {Flag::kExpect, FlagSection::kOutput, "expect", "", "", "", For(Verb::kAudit),
     "audit: also local services that do not listen"},
    {Flag::kFile, FlagSection::kOutput, "file", "", "TABLE,...", "",
     For(Verb::kCheck, Verb::kExport),
     "check: the rows of own tables, files or folders\nexport: html --offline shows these as layer "
     "local"},
    {Flag::kService, FlagSection::kOutput, "service", "", "NAME", "", kClaimVerbs,
     "check, suggest: the service that ports are for"},
    {Flag::kOwner, FlagSection::kOutput, "owner", "", "OWNER", "", kClaimVerbs,
     "check, suggest: the person or team"},
    {Flag::kAllow, FlagSection::kOutput, "allow", "", "KIND,...", "", For(Verb::kCheck),
     "check: accept findings such as linux-ephemeral"},
    {Flag::kStrict, FlagSection::kOutput, "strict", "", "", "", For(Verb::kCheck),
     "check: warnings fail, as errors do"},
    {Flag::kAdjacent, FlagSection::kOutput, "adjacent", "", "", "", For(Verb::kSuggest),
     "suggest: neighbouring ports"},
    {Flag::kWithinBlocks, FlagSection::kOutput, "within-blocks", "", "", "", For(Verb::kSuggest),
     "suggest: only ports of blocks of --owner"},
    {Flag::kFor, FlagSection::kOutput, "for", "", "KEY", "", For(Verb::kSuggest),
     "suggest: any text, such as the name of a checkout,\nwhich keeps its port while that is free"},
    {Flag::kAccept, FlagSection::kOutput, "accept", "", "KIND,...", "", For(Verb::kSuggest),
     "suggest: also ports with such findings"},
    {Flag::kThisHost, FlagSection::kOutput, "this-host", "", "", "", For(Verb::kSuggest),
     "suggest: no port that listens on this machine now"},
    {Flag::kFields, FlagSection::kOutput, "fields", "", "NAME,...", "", kAnnotateVerb,
     "annotate: the columns of a log without a header"},
    {Flag::kSourcePortField, FlagSection::kOutput, "source-port-field", "", "NAME", "",
     kAnnotateVerb, "annotate: a column or a path, such as source.port"},
    {Flag::kDestinationPortField, FlagSection::kOutput, "destination-port-field", "", "NAME", "",
     kAnnotateVerb, "annotate: the same of the other port"},
    {Flag::kProtocolField, FlagSection::kOutput, "protocol-field", "", "NAME", "", kAnnotateVerb,
     "annotate: the same of the protocol"},
    {Flag::kPrefix, FlagSection::kOutput, "prefix", "", "TEXT", "", kAnnotateVerb,
     "annotate: begins the names of added fields;\ndefault: none, or portreg_ if there is such a "
     "field"},
    {Flag::kBoth, FlagSection::kOutput, "both", "", "", "", kAnnotateVerb,
     "annotate: also the name of each side"},
    {Flag::kFollow, FlagSection::kOutput, "follow", "", "", "", kAnnotateVerb,
     "annotate: read the file further as it grows"},
    {Flag::kThreads, FlagSection::kOutput, "threads", "", "N", "", kAnnotateVerb,
     "annotate: 1-64; default: one a processor, at most 8"},
    {Flag::kNoHeaders, FlagSection::kOutput, "no-headers", "", "", "", kRowVerbs,
     "no line of column titles"},
    {Flag::kColor, FlagSection::kOutput, "color", "", "WHEN", "", kAnswerVerbs | kDiffVerb,
     "auto, always or never; default: auto, on a terminal\nwithout NO_COLOR"},
    {Flag::kTarget, FlagSection::kServer, "target", "", "HOST:PORT", "PORTREG_TARGET", kEveryVerb,
     "the server; default: 127.0.0.1:6335"},
    {Flag::kOffline, FlagSection::kServer, "offline", "", "", "PORTREG_OFFLINE",
     kRowVerbs | kExportVerb | kClaimVerbs | kAnnotateVerb, "answer from the embedded registry"},
    {Flag::kTimeout, FlagSection::kServer, "timeout", "", "DURATION", "PORTREG_TIMEOUT", kEveryVerb,
     "for one call; default: 2s, and 30s for a listing"},
    {Flag::kHeader, FlagSection::kServer, "header", "", "NAME:VALUE,...", "", kEveryVerb,
     "metadata that is sent with each call"},
    {Flag::kPlaintext, FlagSection::kServer, "plaintext", "", "", "", kEveryVerb,
     "no TLS, which is the default"},
    {Flag::kTls, FlagSection::kServer, "tls", "", "", "", kEveryVerb,
     "TLS, with the system's authorities"},
    {Flag::kCacert, FlagSection::kServer, "cacert", "", "PEM", "PORTREG_CACERT", kEveryVerb,
     "TLS, with these authorities"},
    {Flag::kCert, FlagSection::kServer, "cert", "", "PEM", "PORTREG_CERT", kEveryVerb,
     "TLS: the client's certificate, for mutual TLS"},
    {Flag::kKey, FlagSection::kServer, "key", "", "PEM", "PORTREG_KEY", kEveryVerb,
     "TLS: the private key of --cert"},
    {Flag::kServerName, FlagSection::kServer, "server-name", "", "NAME", "PORTREG_SERVER_NAME",
     kEveryVerb, "TLS: the name that the server's certificate bears"},
    {Flag::kHelp, FlagSection::kOther, "help", "h", "", "", kEveryVerb,
     "this text; after a command, what it takes"},
    {Flag::kVersion, FlagSection::kOther, "version", "", "", "", kEveryVerb, "the version"},
}};

constexpr bool RowsStandInTheirOrder() {
  for (size_t i = 0; i < kFlags.size(); ++i) {
    if (static_cast<size_t>(kFlags[i].flag) != i) return false;
  }
  return true;
}
static_assert(RowsStandInTheirOrder());
// The help texts above state these numbers.
static_assert(kMaxSearchResults == 500 && kDefaultSearchResults == 50 && kMaxSuggestedPorts == 100);
static_assert(kDefaultAddress == "127.0.0.1:6335");
static_assert(kLinuxEphemeral.first == 32768 && kLinuxEphemeral.last == 60999);

}  // namespace

absl::Span<const FlagInfo> FlagTable() { return kFlags; }

const FlagInfo& InfoOf(Flag flag) { return kFlags[static_cast<size_t>(flag)]; }

std::string CommandsOf(const FlagInfo& info) {
  std::vector<absl::string_view> names;
  for (const VerbInfo& each : Verbs()) {
    if (info.is_for(each.verb)) names.push_back(each.name);
  }
  const absl::string_view last = names.back();
  names.pop_back();
  return absl::StrCat(absl::StrJoin(names, ", "), names.empty() ? "" : " and ", last);
}

const FlagInfo* FindFlag(absl::string_view name) {
  const std::string hyphened = absl::StrReplaceAll(name, {{"_", "-"}});
  if (hyphened.empty()) return nullptr;
  for (const FlagInfo& each : kFlags) {
    if (each.name == hyphened || each.letter == hyphened) return &each;
  }
  return nullptr;
}

const FlagInfo* FindNegatedFlag(absl::string_view name) {
  if (!absl::ConsumePrefix(&name, "no")) return nullptr;
  if (!absl::ConsumePrefix(&name, "-")) absl::ConsumePrefix(&name, "_");
  const FlagInfo* const info = FindFlag(name);
  return info != nullptr && info->is_switch() && info->section != FlagSection::kOther ? info
                                                                                      : nullptr;
}

std::string NearestFlag(absl::string_view name) {
  std::vector<absl::string_view> names;
  names.reserve(kFlags.size());
  for (const FlagInfo& each : kFlags) names.push_back(each.name);
  const std::string hyphened = absl::StrReplaceAll(name, {{"_", "-"}});
  std::string nearest = Nearest(hyphened, names);
  if (!nearest.empty() || hyphened.size() < 2) return nearest;
  for (const absl::string_view each : names) {
    if (absl::StartsWith(each, hyphened)) return std::string(each);
  }
  return {};
}

}  // namespace portreg::cli
