#include "client/cli/json_writers.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/cli/json.h"

namespace portreg::cli {
namespace {

constexpr absl::string_view kBegin = "{\"records\":[";

}  // namespace

void NdjsonWriter::Write(const v1::PortRecord& record) {
  Put(absl::StrCat(ToJson(record, JsonStyle::kOneLine), "\n"), out_);
}

void NdjsonWriter::WriteMatch(const v1::SearchMatch& match) {
  Put(absl::StrCat(ToJson(match, JsonStyle::kOneLine), "\n"), out_);
}

void JsonWriter::Write(const v1::PortRecord& record) {
  Put(absl::StrCat(first_ ? kBegin : ",", "\n", ToJson(record, JsonStyle::kOneLine)), out_);
  first_ = false;
}

void JsonWriter::Finish(const std::string& revision) {
  v1::ListRangeResponse tail;
  tail.set_revision(revision);
  // The other fields, without the brace that would open them.
  const std::string fields = ToJson(tail, JsonStyle::kOneLine).substr(1);
  Put(absl::StrCat(first_ ? kBegin : "", "\n]", fields == "}" ? "" : ",", fields, "\n"), out_);
}

}  // namespace portreg::cli
