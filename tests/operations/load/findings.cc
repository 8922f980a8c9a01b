#include "findings.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "nlohmann/json.hpp"

namespace portreg::load {

void Generation::Add(const v1::PortRecord& record) {
  if (record.layer() != v1::LAYER_LOCAL) return;
  ++records_;
  const std::vector<absl::string_view> words =
      absl::StrSplit(record.description(), absl::MaxSplits(' ', 2));
  const absl::string_view number = words.size() > 1 ? words[1] : "none";
  if (known_ && text_ != number) mixed_ = true;
  known_ = true;
  text_ = std::string(number);
}

void Findings::Count(absl::string_view kind) {
  const absl::MutexLock lock(&mutex_);
  ++calls_[std::string(kind)];
}

void Findings::Fail(absl::string_view kind, absl::string_view reason) {
  const absl::MutexLock lock(&mutex_);
  ++failures_[std::string(kind)];
  reasons_.emplace(kind, reason);
}

void Findings::Check(absl::string_view kind, const std::string& revision,
                     const Generation& generation) {
  if (!generation.one()) {
    Fail(kind, absl::StrCat("revision ", revision, ": ", generation.records(),
                            " local records, not of one generation"));
    return;
  }
  bool same = false;
  {
    const absl::MutexLock lock(&mutex_);
    const auto it = generation_of_.emplace(revision, generation.text()).first;
    same = it->second == generation.text();
  }
  if (same) {
    Count(kind);
  } else {
    Fail(kind, absl::StrCat("revision ", revision, " has had another generation than ",
                            generation.text()));
  }
}

std::string Findings::ToJson() const {
  const absl::MutexLock lock(&mutex_);
  nlohmann::json json;
  json["calls"] = calls_;
  json["failures"] = failures_;
  json["reasons"] = reasons_;
  json["generations"] = generation_of_.size();
  return json.dump();
}

}  // namespace portreg::load
