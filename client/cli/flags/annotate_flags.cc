#include "client/cli/flags/annotate_flags.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/cli/flags/flag_table.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

constexpr int kMaxThreads = 64;
constexpr size_t kMaxPrefixBytes = 64;

constexpr std::array<std::pair<absl::string_view, FlowFormat>, 8> kFlowFormats = {{
    {"auto", FlowFormat::kAuto},
    {"vpc", FlowFormat::kVpc},
    {"zeek", FlowFormat::kZeek},
    {"nfdump", FlowFormat::kNfdump},
    {"eve", FlowFormat::kEve},
    {"ndjson", FlowFormat::kNdjson},
    {"csv", FlowFormat::kCsv},
    {"tsv", FlowFormat::kTsv},
}};

// Checks that annotate is given only its own flags, and that other commands are given none of
// them.
absl::Status CheckAnnotateOwnership(const Settings& settings, const Invocation& invocation) {
  for (const FlagInfo& info : FlagTable()) {
    if (info.section == FlagSection::kOther || !settings.HasFlag(info.flag)) continue;
    if (info.is_for(invocation.verb)) continue;
    if (invocation.verb == Verb::kAnnotate) {
      return absl::InvalidArgumentError(
          absl::StrCat("--", info.name, " does not belong to annotate; see annotate --help"));
    }
    // ReadFormatFlags() checks --format, because export has it too.
    if (info.is_for(Verb::kAnnotate) && !info.is_for(Verb::kExport) &&
        !info.is_for(Verb::kLookup)) {
      return absl::InvalidArgumentError(absl::StrCat("--", info.name, " belongs to annotate"));
    }
  }
  return absl::OkStatus();
}

absl::Status ReadFlowFormat(const Settings& settings, AnnotateOptions& options) {
  const absl::StatusOr<std::optional<Setting>> given = settings.Value(Flag::kFormat);
  if (!given.ok() || !*given) return given.status();
  for (const auto& [name, format] : kFlowFormats) {
    if (name != (*given)->value) continue;
    options.format = format;
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--format=", (*given)->value,
                   " is not auto, vpc, zeek, nfdump, eve, ndjson, csv or tsv, which annotate has"));
}

// Reads the names of columns, separated by commas or blanks. Accepts Amazon's way of writing
// them: ${srcport}.
absl::Status ReadFields(const Settings& settings, AnnotateOptions& options) {
  for (const std::string& names : settings.List(Flag::kFields)) {
    for (absl::string_view name : absl::StrSplit(names, ' ', absl::SkipEmpty())) {
      if (absl::ConsumePrefix(&name, "${")) absl::ConsumeSuffix(&name, "}");
      options.fields.emplace_back(name);
    }
  }
  if (options.fields.empty()) return absl::OkStatus();
  switch (options.format) {
    case FlowFormat::kVpc:
    case FlowFormat::kNfdump:
    case FlowFormat::kCsv:
    case FlowFormat::kTsv:
      return absl::OkStatus();
    default:
      return absl::InvalidArgumentError("--fields needs --format=vpc, nfdump, csv or tsv");
  }
}

absl::Status ReadField(const Settings& settings, Flag flag, std::string& field) {
  const absl::StatusOr<std::optional<Setting>> given = settings.Value(flag);
  if (!given.ok() || !*given) return given.status();
  field = (*given)->value;
  return absl::OkStatus();
}

absl::Status ReadPrefix(const Settings& settings, AnnotateOptions& options) {
  const absl::StatusOr<std::optional<Setting>> given = settings.Value(Flag::kPrefix);
  if (!given.ok() || !*given) return given.status();
  const std::string& prefix = (*given)->value;
  const bool is_name = std::all_of(prefix.begin(), prefix.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.';
  });
  if (!is_name || prefix.size() > kMaxPrefixBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("--prefix=", Quoted(prefix), " is not at most ", kMaxPrefixBytes,
                     " letters, digits, hyphens, underscores and dots"));
  }
  options.prefix = prefix;
  return absl::OkStatus();
}

absl::Status ReadThreads(const Settings& settings, AnnotateOptions& options) {
  const absl::StatusOr<std::optional<int>> threads = settings.Number(Flag::kThreads);
  if (!threads.ok() || !*threads) return threads.status();
  if (**threads < 1 || **threads > kMaxThreads) {
    return absl::InvalidArgumentError(
        absl::StrCat("--threads=", **threads, " is out of range [1, ", kMaxThreads, "]"));
  }
  options.threads = **threads;
  return absl::OkStatus();
}

absl::Status CheckFollow(const Invocation& invocation) {
  if (!invocation.annotate.follow) return absl::OkStatus();
  if (invocation.keys.size() != 1 || invocation.keys.front() == "-") {
    return absl::InvalidArgumentError(absl::StrCat("--follow takes one file, and ",
                                                   invocation.keys.size(),
                                                   " are given; a pipe is followed without it"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadAnnotateFlags(const Settings& settings, Invocation& invocation) {
  if (absl::Status status = CheckAnnotateOwnership(settings, invocation); !status.ok())
    return status;
  if (invocation.verb != Verb::kAnnotate) return absl::OkStatus();
  AnnotateOptions& options = invocation.annotate;
  options.both = settings.On(Flag::kBoth).value_or(false);
  options.follow = settings.On(Flag::kFollow).value_or(false);
  for (const auto read : {ReadFlowFormat, ReadFields, ReadPrefix, ReadThreads}) {
    if (absl::Status status = read(settings, options); !status.ok()) return status;
  }
  for (const absl::Status& status :
       {ReadField(settings, Flag::kSourcePortField, options.source_port_field),
        ReadField(settings, Flag::kDestinationPortField, options.destination_port_field),
        ReadField(settings, Flag::kProtocolField, options.protocol_field),
        CheckFollow(invocation)}) {
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace portreg::cli
