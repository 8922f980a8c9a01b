#include "server/web_protocol/get_paths.h"

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "common/answers/errors.h"
#include "common/answers/requests.h"
#include "common/text/quote.h"
#include "google/protobuf/message.h"
#include "portreg/v1/port_registry_service.pb.h"
#include "server/http/url.h"
#include "server/web_protocol/methods.h"

namespace portreg::server {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// A parameter of a path or of its query, the field that it sets, and the reason of the error for
// a value that is not of the field's type.
struct Parameter {
  absl::string_view name;
  absl::string_view field;
  v1::ErrorReason reason = v1::ERROR_REASON_MALFORMED_REQUEST;
  // The greatest value of a number. The smallest is 0.
  int max = kMaxPort;
};

struct Path {
  absl::string_view name;
  Method method;
  // The parameter after the name. Its field is empty if there is none.
  Parameter key;
  std::vector<Parameter> query;
};

const std::vector<Path>& Paths() {
  static const auto* const paths = [] {
    const Parameter port = {"port", "port", v1::ERROR_REASON_PORT_OUT_OF_RANGE};
    const Parameter transport = {"transport", "transport", v1::ERROR_REASON_TRANSPORT_UNKNOWN};
    const Parameter layer = {"layer", "layers", v1::ERROR_REASON_LAYER_UNKNOWN};
    const Parameter view = {"view", "view", v1::ERROR_REASON_VIEW_UNKNOWN};
    const Parameter scope = {"scope", "scope"};
    return new std::vector<Path>{
        {"ports", Method::kLookup, port, {transport, view, scope}},
        {"services", Method::kLookup, {"name", "service"}, {transport, view, scope}},
        {"ports",
         Method::kListRange,
         {},
         {{"first", "first_port", v1::ERROR_REASON_PORT_OUT_OF_RANGE},
          {"last", "last_port", v1::ERROR_REASON_PORT_OUT_OF_RANGE},
          transport,
          layer,
          view,
          scope,
          {"include_portless", "include_portless"},
          {"resume_token", "resume_token"}}},
        {"search",
         Method::kSearch,
         {},
         {{"q", "query"},
          transport,
          layer,
          view,
          scope,
          {"max_results", "max_results", v1::ERROR_REASON_MAX_RESULTS_OUT_OF_RANGE,
           kMaxSearchResults}}},
        {"classify", Method::kClassify, port, {transport}},
        {"info", Method::kGetRegistryInfo, {}, {}},
    };
  }();
  return *paths;
}

// Returns the common beginning of the names of an enum's values, such as "TRANSPORT_".
absl::string_view PrefixOf(const EnumDescriptor& type) {
  return absl::StripSuffix(type.value(0)->name(), "UNSPECIFIED");
}

const EnumValueDescriptor* FindValue(const EnumDescriptor& type, absl::string_view text) {
  for (int i = 0; i < type.value_count(); ++i) {
    const absl::string_view name = type.value(i)->name();
    if (absl::EqualsIgnoreCase(name, text) ||
        absl::EqualsIgnoreCase(absl::StripPrefix(name, PrefixOf(type)), text)) {
      return type.value(i);
    }
  }
  return nullptr;
}

std::string AllowedValues(const EnumDescriptor& type) {
  std::vector<std::string> names;
  for (int i = 1; i < type.value_count(); ++i) {
    names.push_back(
        absl::AsciiStrToLower(absl::StripPrefix(type.value(i)->name(), PrefixOf(type))));
  }
  return absl::StrJoin(names, ", ");
}

absl::Status Wrong(const Parameter& parameter, absl::string_view value, absl::string_view allowed) {
  return BadField(parameter.field, parameter.reason,
                  absl::StrCat(parameter.name, " ", Quoted(value), " is not ", allowed));
}

absl::Status SetEnum(const Parameter& parameter, const FieldDescriptor& field,
                     absl::string_view text, Message& message) {
  const EnumValueDescriptor* const value = FindValue(*field.enum_type(), text);
  // A list must not contain the value "unspecified", which stands for no value.
  if (value == nullptr || (field.is_repeated() && value->number() == 0)) {
    return Wrong(parameter, text, absl::StrCat("one of ", AllowedValues(*field.enum_type())));
  }
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  if (field.is_repeated()) {
    reflection.AddEnum(&message, &field, value);
  } else {
    reflection.SetEnum(&message, &field, value);
  }
  return absl::OkStatus();
}

// Sets the field of a parameter.
absl::Status Set(const Parameter& parameter, const std::string& text, Message& message) {
  const FieldDescriptor& field =
      *message.GetDescriptor()->FindFieldByName(std::string(parameter.field));
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    reflection.SetString(&message, &field, text);
    return absl::OkStatus();
  }
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    return SetEnum(parameter, field, text, message);
  }
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
    if (text != "true" && text != "false") return Wrong(parameter, text, "true or false");
    reflection.SetBool(&message, &field, text == "true");
    return absl::OkStatus();
  }
  int32_t number = 0;
  if (!absl::SimpleAtoi(text, &number)) {
    return Wrong(parameter, text, absl::StrCat("a whole number in [0, ", parameter.max, "]"));
  }
  // Accepts one spelling of each number: no blanks, no plus sign, no leading zeros.
  if (absl::StrCat(number) != text) {
    return Wrong(parameter, text, absl::StrCat("the shortest spelling, write ", number));
  }
  reflection.SetInt32(&message, &field, number);
  return absl::OkStatus();
}

// Checks the bounds of a listing, because an error of common/answers would name the fields
// first_port and last_port, not the parameters.
absl::Status CheckBounds(const v1::ListRangeRequest& message) {
  const struct {
    absl::string_view name;
    absl::string_view field;
    int32_t port;
  } bounds[] = {{"first", "first_port", message.first_port()},
                {"last", "last_port", message.last_port()}};
  for (const auto& [name, field, port] : bounds) {
    if (port >= 0 && port <= kMaxPort) continue;
    return BadField(field, v1::ERROR_REASON_PORT_OUT_OF_RANGE,
                    absl::StrCat(name, " ", port, " is out of range [0, ", kMaxPort, "]"));
  }
  if (!message.has_last_port() || message.first_port() <= message.last_port()) {
    return absl::OkStatus();
  }
  return BadField("first_port", v1::ERROR_REASON_RANGE_REVERSED,
                  absl::StrCat("first ", message.first_port(), " is above last ",
                               message.last_port(), ", it must not be"));
}

absl::Status BadQuery(absl::string_view why) {
  return ErrorFor(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED_REQUEST, why);
}

absl::Status Unknown(absl::string_view name, const Path& path) {
  if (path.query.empty()) {
    return BadQuery(absl::StrCat("parameter ", Quoted(name), " is unknown, none is allowed"));
  }
  const std::string allowed = absl::StrJoin(
      path.query, ", ",
      [](std::string* out, const Parameter& parameter) { absl::StrAppend(out, parameter.name); });
  return BadQuery(absl::StrCat("parameter ", Quoted(name), " is unknown, allowed are ", allowed));
}

absl::Status SetQuery(const Path& path, absl::string_view query, Message& message) {
  const absl::StatusOr<QueryParameters> parameters = SplitQuery(query);
  if (!parameters.ok()) return BadQuery(parameters.status().message());
  std::vector<absl::string_view> seen;
  for (const auto& [name, value] : *parameters) {
    const Parameter* found = nullptr;
    for (const Parameter& each : path.query) {
      if (each.name == name) found = &each;
    }
    if (found == nullptr) return Unknown(name, path);
    const bool repeatable = found->field == "layers";
    for (const absl::string_view earlier : seen) {
      if (earlier == name && !repeatable) {
        return BadQuery(absl::StrCat("parameter ", name, " is given twice"));
      }
    }
    seen.push_back(found->name);
    if (absl::Status status = Set(*found, value, message); !status.ok()) return status;
  }
  return absl::OkStatus();
}

QuestionOrRefusal ReadPath(const Path& path, const std::string& key, absl::string_view query) {
  const std::unique_ptr<Message> message(google::protobuf::MessageFactory::generated_factory()
                                             ->GetPrototype(&RequestType(path.method))
                                             ->New());
  if (!path.key.field.empty()) {
    if (absl::Status status = Set(path.key, key, *message); !status.ok()) {
      return WebRefusal{.error = status, .method = path.method};
    }
  }
  if (absl::Status status = SetQuery(path, query, *message); !status.ok()) {
    return WebRefusal{.error = status, .method = path.method};
  }
  if (path.method == Method::kListRange) {
    const absl::Status status = CheckBounds(static_cast<const v1::ListRangeRequest&>(*message));
    if (!status.ok()) return WebRefusal{.error = status, .method = path.method};
  }
  return WebQuestion{.method = path.method, .request = message->SerializeAsString()};
}

}  // namespace

std::optional<QuestionOrRefusal> ReadGetPath(absl::Span<const std::string> path,
                                             absl::string_view query) {
  if (path.empty()) return std::nullopt;
  for (const Path& each : Paths()) {
    const size_t parts = each.key.field.empty() ? 1 : 2;
    if (path.front() == each.name && path.size() == parts) {
      return ReadPath(each, path.back(), query);
    }
  }
  return std::nullopt;
}

}  // namespace portreg::server
