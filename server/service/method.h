// Lists the methods of the service, as metrics and logs name them.
#ifndef PORTREG_SERVER_SERVICE_METHOD_H_
#define PORTREG_SERVER_SERVICE_METHOD_H_

#include <array>
#include <cstddef>

#include "absl/strings/string_view.h"

namespace portreg::server {

enum class Method {
  kLookup,
  kBatchLookup,
  kClassify,
  kCheck,
  kSuggest,
  kListRange,
  kSearch,
  kWatch,
  kGetRegistryInfo,
  // Every unknown method. They share one name, because clients could otherwise
  // fill the memory of a program that counts by name.
  kOther,
};

struct MethodInfo {
  Method method;
  absl::string_view service;
  absl::string_view name;
  // True if it answers with a stream of messages.
  bool streams;
};

inline constexpr absl::string_view kServiceName = "portreg.v1.PortRegistryService";

// In the enum's order.
inline constexpr std::array<MethodInfo, 10> kMethods = {{
    {Method::kLookup, kServiceName, "Lookup", false},
    {Method::kBatchLookup, kServiceName, "BatchLookup", false},
    {Method::kClassify, kServiceName, "Classify", false},
    {Method::kCheck, kServiceName, "Check", false},
    {Method::kSuggest, kServiceName, "Suggest", false},
    {Method::kListRange, kServiceName, "ListRange", true},
    {Method::kSearch, kServiceName, "Search", false},
    {Method::kWatch, kServiceName, "Watch", true},
    {Method::kGetRegistryInfo, kServiceName, "GetRegistryInfo", false},
    {Method::kOther, "other", "other", false},
}};

inline constexpr const MethodInfo& InfoOf(Method method) {
  return kMethods[static_cast<size_t>(method)];
}

}  // namespace portreg::server

#endif  // PORTREG_SERVER_SERVICE_METHOD_H_
