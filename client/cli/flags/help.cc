#include "client/cli/flags/help.h"

#include <array>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "client/cli/base/formats.h"
#include "client/cli/flags/flag_table.h"
#include "common/text/version.h"

namespace portreg::cli {
namespace {

// A term and its meaning. Further lines of the meaning are printed below the first.
struct Item {
  absl::string_view term;
  absl::string_view meaning;
};

constexpr Item kKeys[] = {
    {"443  443/tcp  20-21", "ports"},
    {"U:53  22,80-90,https", "T: U: S: stand for tcp udp sctp"},
    {"tcp/443  [::]:8443  _https._tcp", "ports and names as other tools print them"},
    {"https  syslog/udp  \"socks proxy\"", "service names, in any case"},
    {"-", "keys on standard input; lookup, classify"},
};

constexpr std::array<Item, 5> kTableItems = {{
    {"ports.csv", "an own table, or IANA's CSV; also a folder of tables"},
    {"ports.json", "what export wrote as json, or list as json or ndjson"},
    {"-", "such a file on standard input"},
    {"server", "what the server serves; ./server is a file"},
    {"embedded", "the embedded registry"},
}};

constexpr std::array<Item, 11> kFormatItems = {{
    {"table", "columns, cut to the terminal's width"},
    {"wide",
     "more columns, uncut: owner or assignee, scope, status,\naliases, reference, dates, source"},
    {"json", "one document in proto3 JSON"},
    {"ndjson", "the same, one record a line"},
    {"csv", "RFC 4180"},
    {"tsv", "with tabs; \\t \\n \\r \\\\ stand for what a field must not hold"},
    {"services", "lines of /etc/services, by the names that libc asks for"},
    {"name", "service names, each once"},
    {"markdown", "diff: for a review comment, at most 65,000 characters"},
    {"github", "check: workflow commands, which annotate a change"},
    {"sarif", "check: SARIF 2.1.0, for code scanning"},
}};

constexpr std::array<Item, 9> kExportItems = {{
    {"services", "/etc/services: each name once for a transport, at its port"},
    {"sysctl-reserved",
     "a sysctl.d file: the ports of services that Linux shall not\nhand out to outgoing "
     "connections; 32768-60999, unless told"},
    {"iana-csv", "a file as IANA's, such as portregd --iana_file reads; layer\niana, unless told"},
    {"csv", "an own table, such as portregd --local_file reads; layer\nlocal, unless told"},
    {"json", "all records with their details, in proto3 JSON"},
    {"lookup-csv",
     "a table for log pipelines: a row for each slot, such as\n443/tcp, with its name; "
     "--key=number: port and protocol\nnumber for the slot; --key=port: a row for each port"},
    {"lookup-json", "the same as an object, whose members have the key as name"},
    {"lookup-yaml", "the same as a mapping; of one column, a dictionary of texts"},
    {"html", "one page for browsers: search, each port, a map of all ports"},
}};

constexpr std::array<Item, 7> kLogItems = {{
    {"vpc", "Amazon's VPC flow logs; default fields, or a line of names"},
    {"zeek", "Zeek's own format, such as conn.log"},
    {"nfdump", "what nfdump -o csv writes"},
    {"eve", "Suricata's EVE"},
    {"ndjson", "other JSON objects, one a line"},
    {"csv", "with a line of titles; also by semicolon, bar or tab"},
    {"tsv", "the same by tabs, without quotes"},
}};

constexpr std::array<Item, 4> kExitCodes = {{
    {"0", "all found"},
    {"1", "unusable command line or key, or output cannot be written"},
    {"2", "nothing found for a key; audit: a line cannot be read;\nsuggest: there are fewer ports"},
    {"3",
     "a file that would harm its host is not written; import:\nrows are left out; audit: the local "
     "table does not allow\nwhat listens; diff: the tables differ; check: there are errors"},
}};

constexpr char kExamples[] = R"(
Examples:
  portreg 5432
  portreg https 443/tcp 20-21
  portreg search web proxy
  portreg --short --layer=iana 443
  portreg list 8000-8100 -o csv
  portreg export --format=services > services
  portreg import ports.csv > local.csv
  portreg check --offline --file=local.csv
  portreg suggest --count=3 --transport=tcp 7100-7149
)";

// The note on suggestions in --help.
constexpr absl::string_view kSuggestNote =
    "\nA suggestion is no reservation: whoever asks next gets the same ports. Enter a\n"
    "port in your table, and check the table, before you use it.\n";

// Returns "  term   meaning", with the term padded to `column` columns.
std::string Line(absl::string_view term, absl::string_view meaning, int column) {
  std::string text;
  for (const absl::string_view line : absl::StrSplit(meaning, '\n')) {
    absl::StrAppendFormat(&text, "  %-*s %s\n", column, term, line);
    term = {};
  }
  return text;
}

constexpr int kFlagColumn = 26;
constexpr int kFormatColumn = 16;

std::string UsageOf(const VerbInfo& verb) {
  return absl::StrCat("portreg ", verb.name, verb.arguments.empty() ? "" : " ", verb.arguments);
}

std::string Term(const FlagInfo& flag) {
  if (!flag.letter.empty() && !flag.is_switch()) {
    return absl::StrCat("-", flag.letter, " ", flag.value, ", --", flag.name, "=", flag.value);
  }
  return absl::StrCat(flag.letter.empty() ? "" : absl::StrCat("-", flag.letter, ", "), "--",
                      flag.name, flag.is_switch() ? "" : "=", flag.value);
}

// Returns the flags of a section that `wanted` accepts, below a title. Returns an empty
// text if it accepts none.
std::string FlagsIn(FlagSection section, absl::string_view title,
                    absl::FunctionRef<bool(const FlagInfo&)> wanted) {
  std::string text;
  for (const FlagInfo& flag : FlagTable()) {
    if (flag.section != section || !wanted(flag)) continue;
    const std::string term = Term(flag);
    const bool fits = term.size() <= kFlagColumn;
    if (!fits) absl::StrAppend(&text, "  ", term, "\n");
    absl::StrAppend(&text, Line(fits ? term : "", flag.help, kFlagColumn));
  }
  return text.empty() ? "" : absl::StrCat("\n", title, ":\n", text);
}

std::string FormatsOf(absl::Span<const Item> items, absl::string_view title,
                      absl::FunctionRef<bool(absl::string_view)> wanted) {
  std::string text;
  for (const Item& item : items) {
    if (wanted(item.term)) absl::StrAppend(&text, Line(item.term, item.meaning, kFormatColumn));
  }
  return text.empty() ? "" : absl::StrCat("\n", title, ":\n", text);
}

// Returns the section on environment variables: those of flags, and others.
std::string Environment() {
  std::string text = "\nEnvironment:\n";
  for (const FlagInfo& flag : FlagTable()) {
    if (flag.variable.empty()) continue;
    absl::StrAppend(&text, Line(flag.variable, absl::StrCat("for --", flag.name), kFlagColumn));
  }
  return absl::StrCat(text, Line("NO_COLOR", "no colours", kFlagColumn),
                      Line("TRACEPARENT", "sent as traceparent (W3C Trace Context)", kFlagColumn));
}

std::string Keys() {
  std::string text = "\nKeys:\n";
  for (const Item& item : kKeys) absl::StrAppend(&text, Line(item.term, item.meaning, 34));
  return text;
}

std::string ExitCodes() {
  std::string text = "\nExit codes:\n";
  for (const Item& item : kExitCodes) absl::StrAppend(&text, Line(item.term, item.meaning, 6));
  return absl::StrCat(
      text, Line("64+", "and a gRPC code, such as 78: a server that cannot be reached", 6),
      Line("130", "interrupted", 6));
}

bool All(const FlagInfo& /*flag*/) { return true; }

}  // namespace

std::string HelpText() {
  std::string text =
      absl::StrCat("portreg ", Version(), ", tells what a port number is\n\nUsage:\n",
                   Line("portreg KEY...", "what is on a port, what a service uses", kFlagColumn));
  for (const VerbInfo& verb : Verbs()) {
    const bool lookup = verb.verb == Verb::kLookup;
    const std::string usage = UsageOf(verb);
    const bool fits = usage.size() <= kFlagColumn;
    if (!fits) absl::StrAppend(&text, "  ", usage, "\n");
    absl::StrAppend(&text, Line(fits ? usage : "",
                                lookup ? "the same, also for names such as \"list\"" : verb.summary,
                                kFlagColumn));
  }
  const auto all = [](absl::string_view) { return true; };
  absl::StrAppend(
      &text, Keys(), FlagsIn(FlagSection::kOutput, "Output", All),
      FormatsOf(kFormatItems,
                "Formats; audit, classify and info have table, json, ndjson, csv and tsv, watch,\n"
                "suggest, diff and check the first three; with watch, json is the same as ndjson",
                all),
      FormatsOf(kExportItems, "Formats of export", all),
      FlagsIn(FlagSection::kServer, "Server", All), FlagsIn(FlagSection::kOther, "Other", All),
      Environment(), ExitCodes(), kExamples);
  return text;
}

std::string HelpTextOf(Verb verb) {
  const absl::Span<const VerbInfo> verbs = Verbs();
  const VerbInfo& info =
      *absl::c_find_if(verbs, [verb](const VerbInfo& each) { return each.verb == verb; });
  const auto its = [verb](const FlagInfo& flag) { return flag.is_for(verb); };
  std::string text = absl::StrCat(UsageOf(info), ": ", info.summary, "\n");
  const bool takes_keys = verb == Verb::kLookup || verb == Verb::kList || verb == Verb::kClassify ||
                          verb == Verb::kExport;
  if (verb == Verb::kSuggest) absl::StrAppend(&text, kSuggestNote);
  if (takes_keys) absl::StrAppend(&text, Keys());
  if (verb == Verb::kDiff) {
    absl::StrAppend(&text,
                    FormatsOf(kTableItems, "Tables", [](absl::string_view) { return true; }));
  }
  absl::StrAppend(&text, FlagsIn(FlagSection::kOutput, "Output", its));
  if (verb == Verb::kExport) {
    absl::StrAppend(&text,
                    FormatsOf(kExportItems, "Formats", [](absl::string_view) { return true; }));
  } else if (verb == Verb::kAnnotate) {
    absl::StrAppend(&text, FormatsOf(kLogItems, "Formats; files may be in gzip or zstd",
                                     [](absl::string_view) { return true; }));
  } else if (verb != Verb::kHelp && verb != Verb::kImport) {
    absl::StrAppend(&text, FormatsOf(kFormatItems, "Formats", [verb](absl::string_view name) {
      return ReadFormat(name, verb).ok();
    }));
  }
  absl::StrAppend(&text, FlagsIn(FlagSection::kServer, "Server", its));
  return absl::StrCat(text, "\nportreg --help has the rest: variables, exit codes, examples.\n");
}

std::string VersionText() { return absl::StrCat("portreg ", Version(), "\n"); }

}  // namespace portreg::cli
