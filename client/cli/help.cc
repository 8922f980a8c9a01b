#include "client/cli/help.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/limits.h"
#include "common/port.h"
#include "common/version.h"

namespace portreg::cli {
namespace {

constexpr char kHelp[] = R"(portreg %s, tells what a port number is

Usage:
  portreg KEY...             what is on a port, what a service uses
  portreg lookup KEY...      the same, also for names such as "list" or "search"
  portreg search WORD...     records whose names or descriptions hold the words
  portreg classify PORT...   is it a good choice?
  portreg list [RANGE]...    the records of a range, or of all ports
  portreg info               which registry answers
  portreg export --format=FORMAT [RANGE]...
                             the registry as a file for other programs
  portreg watch              tell when the registry changes, until Ctrl-C

Keys:
  443  443/tcp  20-21  U:53  22,80-90,https    ports (T: U: S: for tcp udp sctp)
  https  syslog/udp  "socks proxy"             service names, in any case

Output:
  -o FORMAT                  one of the formats below; default: table
  --short                    a port's service, a service's port, for scripts
  --layer=iana,common,local  only these layers
  --details                  json, ndjson: also owners, references, dates
  --portless                 list, export: also names without a port
  --like                     portreg --like WORD... is portreg search WORD...
  --max-results=N            search: at most so many, 1-%d; default: %d
  --count=N                  watch: end after so many revisions
  --no-headers               no line of column titles
  --color=auto|always|never  default: auto, on a terminal without NO_COLOR

Formats; classify and info have table, json, ndjson, csv and tsv, and watch the
first three, where json is the same as ndjson:
  table     columns, cut to the terminal's width
  wide      more columns, uncut: owner or assignee, reference, dates, source
  json      one document in proto3 JSON
  ndjson    the same, one record a line
  csv       RFC 4180
  tsv       with tabs; \t \n \r \\ stand for what a field must not hold
  services  lines of /etc/services; layers local and iana, unless told
  name      service names, each once

Formats of export:
  services         /etc/services; layers local and iana, unless told
  sysctl-reserved  a sysctl.d file: the ports of services that Linux shall not
                   hand out to outgoing connections; 32768-60999, unless told
  iana-csv         a file as IANA's, such as portregd --iana_file reads; layer
                   iana, unless told
  json             all records with their details, in proto3 JSON

Server:
  --target=HOST:PORT         default: PORTREG_TARGET, else %s
  --offline                  answer from the embedded registry
  --timeout=DURATION         for one call; default: 2s, and 30s for a listing
  --header=NAME:VALUE,...    metadata that is sent with each call
  --plaintext                no TLS, which is the default
  --tls  --cacert=PEM        TLS: the system's authorities, or these
  --cert=PEM --key=PEM       the client's certificate, for mutual TLS
  --server-name=NAME         TLS: the name that the server's certificate bears

Environment:
  PORTREG_TARGET             the server
  NO_COLOR                   no colours
  TRACEPARENT                sent as traceparent (W3C Trace Context)

Exit codes:
  0 all found   1 usage   2 nothing found for a key   130 interrupted
  64 + code for a gRPC error, such as 78 for a server that cannot be reached

Examples:
  portreg 5432
  portreg https 443/tcp 20-21
  portreg search web proxy
  portreg --short --layer=iana 443
  portreg list 8000-8100 -o csv
  portreg export --format=services > services
)";

}  // namespace

std::string HelpText() {
  return absl::StrFormat(kHelp, Version(), kMaxSearchResults, kDefaultSearchResults,
                         kDefaultAddress);
}

std::string VersionText() { return absl::StrCat("portreg ", Version(), "\n"); }

}  // namespace portreg::cli
