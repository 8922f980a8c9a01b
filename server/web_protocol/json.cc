#include "server/web_protocol/json.h"

#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/answers/errors.h"
#include "common/text/quote.h"
#include "common/text/utf8.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/type_resolver.h"
#include "google/protobuf/util/type_resolver_util.h"
#include "nlohmann/json.hpp"
#include "portreg/errordetails/v1/error_details.pb.h"

namespace portreg::server {
namespace {

constexpr char kTypePrefix[] = "type.googleapis.com";
// Most bytes of an error message of Protobuf that our error repeats.
constexpr size_t kMaxReasonBytes = 200;

// Resolves the contract's types, and the types of google.rpc that its errors contain on the wire.
// The program compiles the latter into another package (error_details.proto), so that the
// generated pool does not have them under their names on the wire.
class Types {
 public:
  Types() : pool_(google::protobuf::DescriptorPool::generated_pool()) {
    google::protobuf::FileDescriptorProto file;
    errordetails::v1::ErrorInfo::descriptor()->file()->CopyTo(&file);
    const std::string from = file.package();
    file.clear_options();
    google::protobuf::FileDescriptorProto renamed = file;
    renamed.set_name("google/rpc/error_details.proto");
    renamed.set_package("google.rpc");
    for (auto& message : *renamed.mutable_message_type()) Rename(from, message);
    pool_.BuildFile(renamed);
    resolver_.reset(google::protobuf::util::NewTypeResolverForDescriptorPool(kTypePrefix, &pool_));
  }

  [[nodiscard]] google::protobuf::util::TypeResolver* resolver() const { return resolver_.get(); }

 private:
  static void Rename(absl::string_view package, google::protobuf::DescriptorProto& message) {
    const std::string prefix = absl::StrCat(".", package, ".");
    for (auto& field : *message.mutable_field()) {
      if (!field.has_type_name()) continue;
      field.set_type_name(absl::StrReplaceAll(field.type_name(), {{prefix, ".google.rpc."}}));
    }
    for (auto& nested : *message.mutable_nested_type()) Rename(package, nested);
  }

  google::protobuf::DescriptorPool pool_;
  std::unique_ptr<google::protobuf::util::TypeResolver> resolver_;
};

google::protobuf::util::TypeResolver* Resolver() {
  // Never destroyed, because workers may use it until the process ends.
  static const Types* const types = new Types();
  return types->resolver();
}

std::string UrlOf(const google::protobuf::Descriptor& type) {
  return absl::StrCat(kTypePrefix, "/", type.full_name());
}

absl::Status Malformed(absl::string_view why) {
  return ErrorFor(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_MALFORMED_REQUEST,
                  absl::StrCat("the request is not the message as JSON: ", why));
}

}  // namespace

absl::StatusOr<std::string> ToJson(const google::protobuf::Descriptor& type,
                                   absl::string_view message) {
  std::string json;
  const auto status = google::protobuf::util::BinaryToJsonString(Resolver(), UrlOf(type),
                                                                 std::string(message), &json, {});
  if (status.ok()) return json;
  return absl::InternalError(
      absl::StrCat("the answer cannot be written as JSON: ",
                   absl::string_view(status.message().data(), status.message().size())));
}

absl::StatusOr<std::string> FromJson(const google::protobuf::Descriptor& type,
                                     absl::string_view json) {
  if (!IsValidUtf8(json)) return Malformed("it is not UTF-8");
  // Protobuf's parser also accepts other texts, such as {port: 443,}.
  if (!nlohmann::json::accept(json)) return Malformed("it is not JSON");
  std::string message;
  google::protobuf::util::JsonParseOptions options;
  const auto status = google::protobuf::util::JsonToBinaryString(
      Resolver(), UrlOf(type), {json.data(), json.size()}, &message, options);
  if (status.ok()) return message;
  const absl::string_view reason(status.message().data(), status.message().size());
  // Uses only the first line, because the others repeat the request.
  const std::vector<absl::string_view> lines = absl::StrSplit(reason, absl::MaxSplits('\n', 1));
  // An error of the whole message begins with an empty path.
  return Malformed(Quoted(absl::StripPrefix(lines.front(), ": "), kMaxReasonBytes));
}

}  // namespace portreg::server
