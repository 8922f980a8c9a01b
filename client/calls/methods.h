// Lists the methods of the registry's service, and how each is called.
#ifndef PORTREG_CLIENT_CALLS_METHODS_H_
#define PORTREG_CLIENT_CALLS_METHODS_H_

#include <functional>

#include "absl/strings/string_view.h"
#include "grpcpp/grpcpp.h"
#include "portreg/v1/port_registry_service.grpc.pb.h"

namespace portreg::internal {

using Stub = v1::PortRegistryService::StubInterface;
using AsyncStub = Stub::async_interface;

// A method that answers a request with one message.
template <typename Request, typename Response>
struct UnaryMethod {
  const char* path;
  // The methods of a test's stub.
  grpc::Status (Stub::*blocking)(grpc::ClientContext*, const Request&, Response*);
  void (AsyncStub::*async)(grpc::ClientContext*, const Request*, Response*,
                           std::function<void(grpc::Status)>);
};

// A method that answers a request with a stream.
template <typename Request, typename Response>
struct StreamMethod {
  const char* path;
  // The method of a test's stub.
  void (AsyncStub::*async)(grpc::ClientContext*, const Request*,
                           grpc::ClientReadReactor<Response>*);
};

// Returns the method's name, the last part of its path.
inline absl::string_view NameOf(absl::string_view path) { return path.substr(path.rfind('/') + 1); }

inline constexpr UnaryMethod<v1::LookupRequest, v1::LookupResponse> kLookup = {
    "/portreg.v1.PortRegistryService/Lookup", &Stub::Lookup, &AsyncStub::Lookup};
inline constexpr UnaryMethod<v1::BatchLookupRequest, v1::BatchLookupResponse> kBatchLookup = {
    "/portreg.v1.PortRegistryService/BatchLookup", &Stub::BatchLookup, &AsyncStub::BatchLookup};
inline constexpr UnaryMethod<v1::ClassifyRequest, v1::ClassifyResponse> kClassify = {
    "/portreg.v1.PortRegistryService/Classify", &Stub::Classify, &AsyncStub::Classify};
inline constexpr UnaryMethod<v1::CheckRequest, v1::CheckResponse> kCheck = {
    "/portreg.v1.PortRegistryService/Check", &Stub::Check, &AsyncStub::Check};
inline constexpr UnaryMethod<v1::SuggestRequest, v1::SuggestResponse> kSuggest = {
    "/portreg.v1.PortRegistryService/Suggest", &Stub::Suggest, &AsyncStub::Suggest};
inline constexpr UnaryMethod<v1::SearchRequest, v1::SearchResponse> kSearch = {
    "/portreg.v1.PortRegistryService/Search", &Stub::Search, &AsyncStub::Search};
inline constexpr UnaryMethod<v1::GetRegistryInfoRequest, v1::GetRegistryInfoResponse>
    kGetRegistryInfo = {"/portreg.v1.PortRegistryService/GetRegistryInfo", &Stub::GetRegistryInfo,
                        &AsyncStub::GetRegistryInfo};
inline constexpr StreamMethod<v1::ListRangeRequest, v1::ListRangeResponse> kListRange = {
    "/portreg.v1.PortRegistryService/ListRange", &AsyncStub::ListRange};
inline constexpr StreamMethod<v1::WatchRequest, v1::WatchResponse> kWatch = {
    "/portreg.v1.PortRegistryService/Watch", &AsyncStub::Watch};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CALLS_METHODS_H_
