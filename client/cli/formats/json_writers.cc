#include "client/cli/formats/json_writers.h"

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/cli/formats/json.h"

namespace portreg::cli {
namespace {

constexpr absl::string_view kBegin = "{\"records\":[";

}  // namespace

void NdjsonWriter::PutLine(const google::protobuf::Message& message) {
  const absl::StatusOr<std::string> line = ToJson(message, JsonStyle::kOneLine);
  if (!line.ok()) return Fail(line.status());
  out_.PutData(absl::StrCat(key_ ? WithKey(*key_, *line, JsonStyle::kOneLine) : *line, "\n"));
}

void NdjsonWriter::WriteMiss(const v1::LookupResult& result) {
  v1::LookupResult miss;
  if (result.has_failure()) *miss.mutable_failure() = result.failure();
  PutLine(miss);
}

void JsonWriter::Write(const v1::PortRecord& record) {
  const absl::StatusOr<std::string> json = ToJson(record, JsonStyle::kOneLine);
  if (!json.ok()) return Fail(json.status());
  out_.PutData(absl::StrCat(first_ ? kBegin : ",", "\n", *json));
  first_ = false;
}

void JsonWriter::Finish(const std::string& revision) {
  v1::ListRangeResponse tail;
  tail.set_revision(revision);
  const absl::StatusOr<std::string> json = ToJson(tail, JsonStyle::kOneLine);
  if (!json.ok()) return Fail(json.status());
  // The fields after `records`, without their opening brace.
  const std::string fields = json->substr(1);
  out_.PutData(absl::StrCat(first_ ? kBegin : "", "\n]", fields == "}" ? "" : ",", fields, "\n"));
}

}  // namespace portreg::cli
