#include "common/model/range_rules.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace portreg {
namespace {

bool Covers(const RangeRule& rule, Port port) {
  return std::any_of(rule.ports.begin(), rule.ports.end(),
                     [port](PortRange range) { return range.contains(port); });
}

}  // namespace

AdvisoryKind RangeRule::kind() const {
  for (const RangeRuleKind& known : kRangeRuleKinds) {
    if (known.name == kind_name) return known.kind;
  }
  return AdvisoryKind::kRangeRule;
}

RangeRules::RangeRules(std::vector<RangeRule> rules) : rules_(std::move(rules)) {
  assert(rules_.size() <= 2 * kMaxRules);
  std::stable_sort(rules_.begin(), rules_.end(),
                   [](const RangeRule& a, const RangeRule& b) { return a.kind() < b.kind(); });
  IndexPorts();
}

RangeRules RangeRules::ReplacedBy(const RangeRules& site) const {
  absl::flat_hash_set<absl::string_view> replaced;
  for (const RangeRule& rule : site.rules_) replaced.insert(rule.kind_name);
  std::vector<RangeRule> effective;
  for (const RangeRule& rule : rules_) {
    if (!replaced.contains(rule.kind_name)) effective.push_back(rule);
  }
  for (const RangeRule& rule : site.rules_) {
    if (!rule.ports.empty()) effective.push_back(rule);
  }
  RangeRules result(std::move(effective));
  std::string canonical = result.Canonical();
  if (canonical != Canonical()) result.difference_ = std::move(canonical);
  return result;
}

std::vector<const RangeRule*> RangeRules::AtPort(Port port) const {
  std::vector<const RangeRule*> found;
  for (const uint16_t index : sets_[SetAt(port)]) found.push_back(&rules_[index]);
  return found;
}

size_t RangeRules::SetAt(Port port) const {
  const auto after = std::upper_bound(starts_.begin(), starts_.end(), port);
  return set_from_start_[static_cast<size_t>(after - starts_.begin()) - 1];
}

void RangeRules::IndexPorts() {
  starts_.push_back(0);
  for (const RangeRule& rule : rules_) {
    for (const PortRange range : rule.ports) {
      starts_.push_back(range.first);
      if (range.last < kMaxPort) starts_.push_back(static_cast<Port>(range.last + 1));
    }
  }
  std::sort(starts_.begin(), starts_.end());
  starts_.erase(std::unique(starts_.begin(), starts_.end()), starts_.end());
  std::map<std::vector<uint16_t>, size_t> numbers = {{{}, 0}};
  sets_.emplace_back();
  for (const Port start : starts_) {
    std::vector<uint16_t> set;
    for (size_t i = 0; i < rules_.size(); ++i) {
      if (Covers(rules_[i], start)) set.push_back(static_cast<uint16_t>(i));
    }
    const auto [number, is_new] = numbers.try_emplace(set, sets_.size());
    if (is_new) sets_.push_back(std::move(set));
    set_from_start_.push_back(number->second);
  }
}

// Texts of rules contain neither line feeds nor NUL bytes, so the result is unambiguous.
std::string RangeRules::Canonical() const {
  std::string text;
  for (const RangeRule& rule : rules_) {
    const auto range = [](std::string* out, PortRange r) { absl::StrAppend(out, ToString(r)); };
    const auto name = [](std::string* out, Transport t) { absl::StrAppend(out, ToString(t)); };
    absl::StrAppend(&text, absl::StrJoin(rule.ports, ",", range), "\n",
                    absl::StrJoin(rule.transports, "/", name), "\n", rule.kind_name, "\n",
                    ToString(rule.severity), "\n", rule.message, "\n", rule.reference, "\n");
  }
  return text;
}

size_t RangeRules::MemoryBytes() const {
  size_t bytes = difference_.capacity() + rules_.capacity() * sizeof(RangeRule) +
                 starts_.capacity() * sizeof(Port) + set_from_start_.capacity() * sizeof(size_t);
  for (const RangeRule& rule : rules_) {
    bytes += rule.ports.capacity() * sizeof(PortRange) + rule.message.capacity() +
             rule.reference.capacity();
  }
  for (const std::vector<uint16_t>& set : sets_) bytes += set.capacity() * sizeof(uint16_t);
  return bytes;
}

}  // namespace portreg
