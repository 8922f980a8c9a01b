#include "server/web_protocol/methods.h"

#include <array>
#include <cstddef>
#include <string>

#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::server {
namespace {

const google::protobuf::MethodDescriptor& DescriptorOf(Method method) {
  using Descriptors = std::array<const google::protobuf::MethodDescriptor*, kMethods.size()>;
  static const Descriptors descriptors = [] {
    const google::protobuf::ServiceDescriptor& service =
        *v1::LookupRequest::descriptor()->file()->service(0);
    Descriptors all = {};
    for (const MethodInfo& info : kMethods) {
      all[static_cast<size_t>(info.method)] = service.FindMethodByName(std::string(info.name));
    }
    return all;
  }();
  return *descriptors[static_cast<size_t>(method)];
}

}  // namespace

std::optional<Method> MethodByName(absl::string_view name) {
  for (const MethodInfo& info : kMethods) {
    if (info.name == name && info.method != Method::kOther) return info.method;
  }
  return std::nullopt;
}

const google::protobuf::Descriptor& RequestType(Method method) {
  return *DescriptorOf(method).input_type();
}

const google::protobuf::Descriptor& ResponseType(Method method) {
  return *DescriptorOf(method).output_type();
}

}  // namespace portreg::server
