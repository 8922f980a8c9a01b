#include "server/tls/client_names.h"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/answers/errors.h"
#include "gmock/gmock.h"
#include "grpc/grpc_security_constants.h"
#include "gtest/gtest.h"
#include "tests/common/certificates.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_status.h"
#include "tests/server/tls_server.h"

namespace portreg::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kUri[] = GRPC_PEER_URI_PROPERTY_NAME;
constexpr char kDns[] = GRPC_PEER_DNS_PROPERTY_NAME;
constexpr char kEmail[] = GRPC_PEER_EMAIL_PROPERTY_NAME;
constexpr char kIp[] = GRPC_PEER_IP_PROPERTY_NAME;

// A client with these names, which an authority would refuse to write.
class FakeClient final : public grpc::AuthContext {
 public:
  explicit FakeClient(std::multimap<std::string, std::string> names) : names_(std::move(names)) {}

  [[nodiscard]] std::vector<grpc::string_ref> FindPropertyValues(
      const std::string& kind) const override {
    std::vector<grpc::string_ref> values;
    const auto [begin, end] = names_.equal_range(kind);
    for (auto it = begin; it != end; ++it) {
      values.emplace_back(it->second.data(), it->second.size());
    }
    return values;
  }
  [[nodiscard]] bool IsPeerAuthenticated() const override { return true; }
  [[nodiscard]] std::vector<grpc::string_ref> GetPeerIdentity() const override { return {}; }
  [[nodiscard]] std::string GetPeerIdentityPropertyName() const override { return {}; }
  [[nodiscard]] grpc::AuthPropertyIterator begin() const override { return NoProperty(); }
  [[nodiscard]] grpc::AuthPropertyIterator end() const override { return NoProperty(); }
  void AddProperty(const std::string& /*key*/, const grpc::string_ref& /*value*/) override {}
  bool SetPeerIdentityPropertyName(const std::string& /*name*/) override { return false; }

 private:
  // Derives a type, because gRPC's own constructor is not public.
  struct NoProperty : grpc::AuthPropertyIterator {};

  std::multimap<std::string, std::string> names_;
};

// The same name in a certificate that a client of the web door shows.
CertificateNames OneName(absl::string_view kind, const std::string& name) {
  CertificateNames names;
  if (kind == kUri) names.uri = {name};
  if (kind == kDns) names.dns = {name};
  if (kind == kEmail) names.email = {name};
  if (kind == kIp) names.ip = {name};
  return names;
}

absl::Status Check(const std::string& pattern, const char* kind, const std::string& name) {
  const ClientNames names = *ClientNames::Create({pattern});
  absl::Status by_grpc = names.Check(FakeClient({{kind, name}}));
  EXPECT_EQ(names.Check(OneName(kind, name)), by_grpc) << name;
  return by_grpc;
}

bool Allowed(const std::string& pattern, const char* kind, const std::string& name) {
  return Check(pattern, kind, name).ok();
}

TEST(ClientNamesTest, NoPatternsAllowEveryClient) {
  EXPECT_TRUE(ClientNames().empty());
  EXPECT_EQ(ClientNames().Check(FakeClient({})), absl::OkStatus());
  EXPECT_EQ(ClientNames::Create({})->Check(FakeClient({})), absl::OkStatus());
}

TEST(ClientNamesTest, EachKindOfNameIsMatchedWhole) {
  EXPECT_TRUE(Allowed("spiffe://a.test/ns/x/sa/web", kUri, "spiffe://a.test/ns/x/sa/web"));
  EXPECT_TRUE(Allowed("client.test", kDns, "client.test"));
  EXPECT_TRUE(Allowed("ops@a.test", kEmail, "ops@a.test"));
  EXPECT_TRUE(Allowed("10.0.0.7", kIp, "10.0.0.7"));
  EXPECT_TRUE(Allowed("2001:db8::1", kIp, "2001:db8::1"));
  EXPECT_FALSE(Allowed("client.test", kDns, "client.test.evil"));
  EXPECT_FALSE(Allowed("client.test", kDns, "evil.client.test"));
  EXPECT_FALSE(Allowed("client.test", kDns, ""));
  // A subject's common name is not one of these names.
  EXPECT_FALSE(Allowed("client", GRPC_X509_CN_PROPERTY_NAME, "client"));
}

TEST(ClientNamesTest, StarStopsAtSlashes) {
  const char kPattern[] = "spiffe://a.test/ns/*/sa/web";
  EXPECT_TRUE(Allowed(kPattern, kUri, "spiffe://a.test/ns/x/sa/web"));
  EXPECT_FALSE(Allowed(kPattern, kUri, "spiffe://a.test/ns/x/sa/y/sa/web"));
  EXPECT_FALSE(Allowed("*", kUri, "spiffe://a.test/ns/x/sa/web"));
  EXPECT_TRUE(Allowed("*.clients.test", kDns, "a.b.clients.test"));
  EXPECT_FALSE(Allowed("*.clients.test", kDns, "clients.test"));
}

TEST(ClientNamesTest, CaseIsIgnoredInDnsNamesOnly) {
  EXPECT_TRUE(Allowed("client.test", kDns, "Client.TEST"));
  EXPECT_FALSE(Allowed("spiffe://a.test/web", kUri, "spiffe://a.test/Web"));
  EXPECT_FALSE(Allowed("ops@a.test", kEmail, "Ops@a.test"));
}

TEST(ClientNamesTest, NoKindOfNamePassesForAnother) {
  const std::pair<const char*, const char*> names[] = {{kUri, "spiffe://a.test/web"},
                                                       {kEmail, "ops@a.test"},
                                                       {kIp, "2001:db8::1"},
                                                       {kIp, "10.0.0.7"},
                                                       {kDns, "client.test"}};
  for (const auto& [kind, name] : names) {
    for (const char* other : {kUri, kEmail, kIp, kDns}) {
      EXPECT_EQ(Allowed(name, other, name), other == std::string(kind)) << name << " as " << other;
    }
  }
  EXPECT_TRUE(Allowed("10.0.0.*", kIp, "10.0.0.7"));
  EXPECT_FALSE(Allowed("10.0.0.*", kDns, "10.0.0.evil"));
  EXPECT_TRUE(Allowed("10.0.0.*.test", kDns, "10.0.0.x.test"));
  EXPECT_FALSE(Allowed("*.clients.test", kUri, "x:evil.clients.test"));
  EXPECT_TRUE(Allowed("*.clients.test", kDns, "x.clients.test"));
  EXPECT_FALSE(Allowed("*.clients.test", kEmail, "evil@x.clients.test"));
  EXPECT_TRUE(Allowed("*@clients.test", kEmail, "ops@clients.test"));
}

TEST(ClientNamesTest, NameThatHidesItsEndIsNotAllowed) {
  EXPECT_FALSE(Allowed("client.test", kDns, std::string("client.test\0.evil", 17)));
  EXPECT_FALSE(Allowed("client*", kDns, "client\n.test"));
  EXPECT_TRUE(Allowed("a*", kDns, std::string(2048, 'a')));
  EXPECT_FALSE(Allowed("a*", kDns, std::string(2049, 'a')));
}

TEST(ClientNamesTest, OnePatternAndOneNameAreEnough) {
  const auto names = ClientNames::Create({"other.test", "spiffe://a.test/*"});
  EXPECT_FALSE(names->empty());
  EXPECT_EQ(names->Check(FakeClient({{kDns, "x.test"}, {kUri, "spiffe://a.test/web"}})),
            absl::OkStatus());
}

TEST(ClientNamesTest, RefusalSaysWhoAndWhy) {
  const absl::Status status = Check("client.test", kDns, "evil\n.test");
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Message(status), R"(client "evil\n.test" is not allowed to call)");
  EXPECT_THAT(DetailsBytes(status), HasSubstr("CLIENT_NOT_ALLOWED"));
  const auto names = ClientNames::Create({"client.test"});
  EXPECT_EQ(Message(names->Check(FakeClient({}))),
            "a client without a name in its certificate is not allowed to call");
  EXPECT_EQ(Message(names->Check(
                FakeClient({{kDns, "1"}, {kDns, "2"}, {kDns, "3"}, {kDns, "4"}, {kDns, "5"}}))),
            R"(client "1", "2", "3" and 2 more is not allowed to call)");
  EXPECT_LT(Message(Check("client.test", kDns, std::string(100'000, 'x'))).size(), 200);
}

TEST(ClientNamesTest, UnusablePatternIsRefused) {
  for (const char* const pattern : {"", "a b", "a\n", "caf\xc3\xa9"}) {
    const absl::Status status = ClientNames::Create({"good", pattern}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << pattern;
    EXPECT_THAT(Message(status), HasSubstr("pattern of allowed clients")) << pattern;
  }
}

// Matches names that gRPC has read from real certificates.
TEST(ClientNamesTest, NamesOfCertificatesAreMatched) {
  const TempDirectory directory;
  const Authority authority("portreg test authority");
  const Identity identity = authority.Issue("IP:127.0.0.1");
  const auto certificates =
      ServingCertificates::Load({.cert = directory.Write("tls.crt", identity.certificate),
                                 .key = directory.Write("tls.key", identity.key),
                                 .client_ca = directory.Write("ca.crt", authority.certificate()),
                                 .allowed_clients = {}});
  ASSERT_TRUE(certificates.ok()) << certificates.status();
  const auto names = ClientNames::Create(
      {"spiffe://a.test/web", "*.clients.test", "ops@a.test", "10.0.0.*", "2001:db8::1"});
  const TlsServer server(**certificates,
                         [&](const grpc::AuthContext& client) { return names->Check(client); });
  const auto call = [&](const std::string& alternative_names) {
    return CallTls(TlsChannel(server.target(), authority, authority.Issue(alternative_names)))
        .status;
  };
  for (const char* const allowed :
       {"URI:spiffe://a.test/web", "DNS:x.CLIENTS.test", "email:ops@a.test", "IP:10.0.0.7",
        "IP:2001:db8:0::1", "DNS:other.test,URI:spiffe://a.test/web"}) {
    EXPECT_EQ(call(allowed).error_code(), kGotThrough) << allowed;
  }
  for (const char* const refused : {"URI:spiffe://a.test/web/x", "DNS:clients.test",
                                    "email:x@a.test", "IP:10.0.1.7", "DNS:spiffe\\://a.test/web"}) {
    const grpc::Status status = call(refused);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED) << refused;
    EXPECT_THAT(status.error_message(), HasSubstr("is not allowed to call"));
    EXPECT_THAT(status.error_message(), Not(HasSubstr("without a name"))) << refused;
  }
  // The certificate's subject has a common name.
  EXPECT_THAT(call("").error_message(), HasSubstr("a client without a name"));
}

}  // namespace
}  // namespace portreg::server
