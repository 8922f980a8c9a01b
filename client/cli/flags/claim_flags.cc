#include "client/cli/flags/claim_flags.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/flags/flag_table.h"
#include "common/judgement/row_findings.h"
#include "common/model/limits.h"
#include "common/model/range_rules.h"
#include "common/model/service_name.h"
#include "common/text/quote.h"
#include "common/text/utf8.h"

namespace portreg::cli {
namespace {

// The flags that only these two commands have.
constexpr std::array<Flag, 10> kClaimFlags = {
    Flag::kFile,   Flag::kService,  Flag::kOwner,        Flag::kAllow, Flag::kStrict,
    Flag::kAccept, Flag::kAdjacent, Flag::kWithinBlocks, Flag::kFor,   Flag::kThisHost};

absl::Status CheckClaimFlagOwners(const Settings& settings, Verb verb) {
  for (const Flag flag : kClaimFlags) {
    const FlagInfo& info = InfoOf(flag);
    if (!settings.HasFlag(flag) || info.is_for(verb)) continue;
    if (flag == Flag::kFile) {
      return absl::InvalidArgumentError("--file belongs to check and to export --format=html");
    }
    return absl::InvalidArgumentError(
        absl::StrCat("--", info.name, " belongs to ", CommandsOf(info)));
  }
  if (verb != Verb::kCheck && verb != Verb::kSuggest) return absl::OkStatus();
  for (const FlagInfo& info : FlagTable()) {
    if (!settings.HasFlag(info.flag) || info.is_for(verb)) continue;
    const absl::string_view name = verb == Verb::kCheck ? "check" : "suggest";
    return absl::InvalidArgumentError(
        absl::StrCat("--", info.name, " does not belong to ", name, "; see ", name, " --help"));
  }
  return absl::OkStatus();
}

// Reads a flag's text of at most `most` bytes.
absl::Status ReadText(const Settings& settings, Flag flag, size_t most, std::string& text) {
  const absl::StatusOr<std::optional<Setting>> given = settings.Value(flag);
  if (!given.ok() || !*given) return given.status();
  const std::string& value = (*given)->value;
  const auto refuse = [&](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat((*given)->origin, "=", Quoted(value), why));
  };
  if (value.size() > most) {
    return refuse(absl::StrCat(" has ", value.size(), " bytes, at most ", most, " are allowed"));
  }
  if (!IsValidUtf8(value)) return refuse(" is not UTF-8");
  text = value;
  return absl::OkStatus();
}

// Returns "a, b or c".
std::string OneOf(const std::vector<absl::string_view>& names) {
  const std::vector<absl::string_view> first(names.begin(), names.end() - 1);
  return absl::StrCat(absl::StrJoin(first, ", "), " or ", names.back());
}

// Returns the rule of a kind that tables of range rules name: blocked-by-browsers for
// browsers. Returns any other name as it is.
absl::string_view RuleOfName(absl::string_view name) {
  for (const RangeRuleKind& known : kRangeRuleKinds) {
    if (known.name == name) return ToString(known.kind);
  }
  return name;
}

absl::Status ReadAllowedRules(const Settings& settings, ClaimOptions& claims) {
  const std::vector<absl::string_view> known = AcceptableRules();
  for (const std::string& name : settings.List(Flag::kAllow)) {
    const absl::string_view rule = RuleOfName(name);
    if (!absl::c_linear_search(known, rule)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--allow=", Quoted(name), " is not ", OneOf(known)));
    }
    claims.allowed_rules.emplace_back(rule);
  }
  return absl::OkStatus();
}

absl::Status ReadAcceptedKinds(const Settings& settings, ClaimOptions& claims) {
  for (const std::string& name : settings.List(Flag::kAccept)) {
    const std::optional<AdvisoryKind> kind = ParseAdvisoryKind(RuleOfName(name));
    if (kind && IsAcceptable(*kind)) {
      claims.accepted.set(static_cast<size_t>(*kind));
      continue;
    }
    std::vector<absl::string_view> known;
    for (const AdvisoryKind each : kAdvisoryKinds) {
      if (IsAcceptable(each)) known.push_back(ToString(each));
    }
    return absl::InvalidArgumentError(
        absl::StrCat("--accept=", Quoted(name), " is not ", OneOf(known)));
  }
  return absl::OkStatus();
}

absl::Status ReadWishedTransports(const Settings& settings, Verb verb, ClaimOptions& claims) {
  if (verb != Verb::kSuggest) return absl::OkStatus();
  const absl::StatusOr<std::optional<Setting>> given = settings.Value(Flag::kTransport);
  if (!given.ok() || !*given) return given.status();
  // Cannot fail, because import, which has the flag too, refuses unknown words.
  const absl::StatusOr<Transports> transports = TransportWords().Read((*given)->value);
  if (!transports.ok()) return transports.status();
  claims.transports = *transports;
  return absl::OkStatus();
}

// Checks that claims and tables exclude each other, and that one of them is given.
absl::Status CheckSubject(const Settings& settings, const Invocation& invocation) {
  const bool has_files = settings.HasFlag(Flag::kFile);
  if (!has_files && invocation.keys.empty()) {
    return absl::InvalidArgumentError(
        "check needs a claim, such as 7100/tcp, or --file=TABLE; see check --help");
  }
  if (!has_files) return absl::OkStatus();
  if (absl::c_all_of(invocation.claims.files, [](const auto& file) { return file.empty(); })) {
    return absl::InvalidArgumentError("--file names no table");
  }
  if (!invocation.keys.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("check takes claims or --file, not both: ", Quoted(invocation.keys.front()),
                     " is a claim; commas stand between tables"));
  }
  for (const Flag flag : {Flag::kService, Flag::kOwner, Flag::kScope}) {
    if (!settings.HasFlag(flag)) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "--", InfoOf(flag).name, " belongs to claims; the rows of --file have their own"));
  }
  return absl::OkStatus();
}

absl::Status CheckWish(const Invocation& invocation) {
  if (invocation.keys.size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("suggest takes one range; ", invocation.keys.size(), " are given"));
  }
  if (invocation.claims.within_blocks && invocation.claims.owner.empty()) {
    return absl::InvalidArgumentError("--within-blocks needs --owner, whose blocks they are");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadClaimFlags(const Settings& settings, Invocation& invocation) {
  ClaimOptions& claims = invocation.claims;
  claims.files = settings.List(Flag::kFile);
  claims.strict = settings.On(Flag::kStrict).value_or(false);
  claims.adjacent = settings.On(Flag::kAdjacent).value_or(false);
  claims.within_blocks = settings.On(Flag::kWithinBlocks).value_or(false);
  claims.this_host = settings.On(Flag::kThisHost).value_or(false);
  for (const absl::Status& status :
       {CheckClaimFlagOwners(settings, invocation.verb),
        ReadText(settings, Flag::kService, kMaxServiceNameBytes, claims.service),
        ReadText(settings, Flag::kOwner, kMaxOwnerBytes, claims.owner),
        ReadText(settings, Flag::kFor, kMaxSuggestKeyBytes, claims.key),
        ReadAllowedRules(settings, claims), ReadAcceptedKinds(settings, claims),
        ReadWishedTransports(settings, invocation.verb, claims)}) {
    if (!status.ok()) return status;
  }
  if (invocation.verb == Verb::kCheck) return CheckSubject(settings, invocation);
  if (invocation.verb == Verb::kSuggest) return CheckWish(invocation);
  return absl::OkStatus();
}

}  // namespace portreg::cli
