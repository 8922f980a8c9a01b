#include "client/cli/audit/process_names.h"

#include <utility>

#include "gtest/gtest.h"

namespace portreg::cli {
namespace {

using NamePair = std::pair<const char*, const char*>;

TEST(IsProcessOfTest, CommonSpellingsMatch) {
  for (const auto& [process, service] :
       {NamePair{"billing", "billing"}, NamePair{"Billing", "bILLING"}, NamePair{"sshd", "ssh"},
        NamePair{"ssh", "sshd"}, NamePair{"redis-server", "redis"},
        NamePair{"redis", "redis-server"}, NamePair{"etcd", "etcd"},
        NamePair{"etcd", "etcd-server"}, NamePair{"node_exporter", "node-exporter"},
        NamePair{"my.app", "myapp"}, NamePair{"avahi-daemon", "avahi"}, NamePair{"httpd", "http"},
        // The kernel cuts these names to 15 bytes.
        NamePair{"prometheus-node", "prometheus-node-exporter"},
        NamePair{"systemd-resolve", "systemd-resolved"}}) {
    EXPECT_TRUE(IsProcessOf(process, service)) << process << " of " << service;
  }
}

TEST(IsProcessOfTest, OtherNamesDoNot) {
  for (const auto& [process, service] :
       {NamePair{"java", "billing"}, NamePair{"ssh", "ssl"}, NamePair{"", ""}, NamePair{"d", ""},
        NamePair{"", "ssh"}, NamePair{"server", ""}, NamePair{"-", "-"},
        NamePair{"billing", "billing2"}, NamePair{"prometheus", "prom"},
        // A name of 14 bytes is not cut by the kernel.
        NamePair{"prometheus-nod", "prometheus-node-exporter"}}) {
    EXPECT_FALSE(IsProcessOf(process, service)) << process << " of " << service;
  }
}

TEST(IsProcessOfTest, AnAliasIsEnough) {
  ServiceRecord record;
  record.service = "billing";
  record.aliases = "invoices java";
  EXPECT_TRUE(IsProcessOf("java", record));
  EXPECT_TRUE(IsProcessOf("invoicesd", record));
  EXPECT_FALSE(IsProcessOf("python3", record));
}

TEST(ListensForOthersTest, HasSystemdAndProxies) {
  EXPECT_TRUE(ListensForOthers("systemd"));
  EXPECT_TRUE(ListensForOthers("docker-proxy"));
  EXPECT_FALSE(ListensForOthers("systemd-resolve"));
  EXPECT_FALSE(ListensForOthers(""));
}

}  // namespace
}  // namespace portreg::cli
