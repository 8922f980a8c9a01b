#include "client/cli/audit/proc_net.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Returns texts such as "tcp 127.0.0.1:443 inode 4711".
std::vector<std::string> KernelTexts(const std::vector<KernelSocket>& sockets) {
  std::vector<std::string> texts;
  for (const KernelSocket& each : sockets) {
    texts.push_back(absl::StrCat(ToString(each.socket), " inode ", each.inode));
  }
  return texts;
}

// The file was recorded on a machine with little-endian words.
constexpr char kTcpFile[] =
    R"(  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 173727 1 0000000000000000 100 0 0 10 0
   1: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 173726 1 0000000000000000 100 0 0 10 0
   2: 0100007F:8D78 0100007F:1CE8 01 00000000:00000000 00:00000000 00000000     0        0 312792 1 0000000000000000 20 0 0 10 -1
)";
constexpr char kTcp6File[] =
    R"(  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:1F92 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 173728 1 0000000000000000 100 0 0 10 0
   1: 00000000000000000000000001000000:1F93 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 173729 1 0000000000000000 100 0 0 10 0
   2: 0000000000000000FFFF00000100007F:2328 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 312791 1 0000000000000000 100 0 0 10 0
)";
constexpr char kUdpFile[] =
    R"(   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  281: 00000000:14E9 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 173730 2 0000000000000000 0
  282: 0A0200C0:BCC3 0A0200C0:0035 01 00000000:00000000 00:00000000 00000000     0        0 312793 2 0000000000000000 0
  283: 00000000:0000 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 312799 2 0000000000000000 0
)";
constexpr char kSctpFile[] =
    R"( ENDPT     SOCK   STY SST HBKT LPORT   UID INODE LADDRS
ffff8a0c4d5e1000 ffff8a0c4d5e2000 2   10  29   36412     0 21517 192.0.2.10 198.51.100.10 
ffff8a0c4d5e3000 ffff8a0c4d5e4000 0   7   30   9001      0 21518 0.0.0.0 
ffff8a0c4d5e5000 ffff8a0c4d5e6000 0   10  31   9002      0 21519 0000:0000:0000:0000:0000:0000:0000:0001 
)";

TEST(ParseProcNetTest, ListeningSocketsAreRead) {
  EXPECT_THAT(KernelTexts(ParseProcNet(kTcpFile, Transport::kTcp)),
              ElementsAre("tcp 127.0.0.1:8081 inode 173727", "tcp 0.0.0.0:8080 inode 173726"));
  EXPECT_THAT(KernelTexts(ParseProcNet(kTcp6File, Transport::kTcp)),
              ElementsAre("tcp [::]:8082 inode 173728", "tcp [::1]:8083 inode 173729",
                          "tcp [::ffff:127.0.0.1]:9000 inode 312791"));
}

TEST(ParseProcNetTest, UnconnectedBoundSocketsOfUdpAreRead) {
  EXPECT_THAT(KernelTexts(ParseProcNet(kUdpFile, Transport::kUdp)),
              ElementsAre("udp 0.0.0.0:5353 inode 173730"));
}

TEST(ParseProcNetTest, OtherLinesAreSkipped) {
  for (const char* text :
       {"", "\n", "a b c d e f g h i j k l", "0: 0100007F:1F91 0:0 0A 0 0 0 0 0 x",
        "0: 0100007:1F91 0:0 0A 0 0 0 0 0 1", "0: 0100007F 0:0 0A 0 0 0 0 0 1",
        "0: 0100007F:1FFFF 0:0 0A 0 0 0 0 0 1", "0: 0100007F:1F91 0:0 0A 0 0 0 0 0"}) {
    EXPECT_THAT(ParseProcNet(text, Transport::kTcp), IsEmpty()) << text;
    EXPECT_THAT(ParseSctpEndpoints(text), IsEmpty()) << text;
  }
}

TEST(ParseSctpEndpointsTest, EachAddressOfAListeningEndpointIsASocket) {
  EXPECT_THAT(KernelTexts(ParseSctpEndpoints(kSctpFile)),
              ElementsAre("sctp 192.0.2.10:36412 inode 21517",
                          "sctp 198.51.100.10:36412 inode 21517", "sctp [::1]:9002 inode 21519"));
}

}  // namespace
}  // namespace portreg::cli
