#include "common/answers/malformed_request.h"

#include <map>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/answers/errors.h"
#include "common/text/quote.h"
#include "common/text/utf8.h"
#include "google/protobuf/unknown_field_set.h"

namespace portreg {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

struct BadText {
  std::string path;
  std::string bytes;
};

// Finds the first string field that is not valid UTF-8. Reads the wire format without a
// schema, because parsing with the schema fails, and then looks its fields up in `descriptor`.
std::optional<BadText> FindBadText(const std::string& bytes, const Descriptor& descriptor,
                                   const std::string& prefix) {
  UnknownFieldSet fields;
  if (!fields.ParseFromString(bytes)) return std::nullopt;
  std::map<int, int> seen;
  for (int i = 0; i < fields.field_count(); ++i) {
    const UnknownField& field = fields.field(i);
    const int index = seen[field.number()]++;
    if (field.type() != UnknownField::TYPE_LENGTH_DELIMITED) continue;
    const FieldDescriptor* known = descriptor.FindFieldByNumber(field.number());
    if (known == nullptr) continue;

    std::string path = absl::StrCat(prefix, known->name());
    if (known->is_repeated()) absl::StrAppend(&path, "[", index, "]");
    if (known->type() == FieldDescriptor::TYPE_STRING && !IsValidUtf8(field.length_delimited())) {
      return BadText{path, field.length_delimited()};
    }
    if (known->type() == FieldDescriptor::TYPE_MESSAGE) {
      std::optional<BadText> bad =
          FindBadText(field.length_delimited(), *known->message_type(), absl::StrCat(path, "."));
      if (bad) return bad;
    }
  }
  return std::nullopt;
}

}  // namespace

absl::Status ExplainMalformed(absl::string_view bytes, const Descriptor& descriptor) {
  if (const std::optional<BadText> bad = FindBadText(std::string(bytes), descriptor, ""); bad) {
    return BadField(bad->path, v1::ERROR_REASON_INVALID_UTF8,
                    absl::StrCat(bad->path, " ", Quoted(bad->bytes), " is not valid UTF-8"));
  }
  return ErrorFor(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED_REQUEST,
                  absl::StrCat("request of ", bytes.size(), " bytes is not a valid ",
                               descriptor.full_name(), " message"));
}

}  // namespace portreg
