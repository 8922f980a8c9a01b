#include "common/import/transport_words.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg {
namespace {

using ::testing::HasSubstr;

// Returns the transports, "any" or "none", or the error's message.
std::string ReadWith(const TransportWords& words, absl::string_view cell) {
  const absl::StatusOr<Transports> read = words.Read(cell);
  if (!read.ok()) return std::string(read.status().message());
  if (read->empty()) return "none";
  return *read == Transports{Transport::kNone} ? "any" : ToString(*read);
}

TEST(TransportWordsTest, CellsAreRead) {
  const std::vector<std::pair<std::string, std::string>> cells = {{"tcp", "tcp"},
                                                                  {"TCP", "tcp"},
                                                                  {" udp ", "udp"},
                                                                  {"TCP/UDP", "tcp/udp"},
                                                                  {"udp, tcp", "tcp/udp"},
                                                                  {"TCP & UDP", "tcp/udp"},
                                                                  {"tcp+udp", "tcp/udp"},
                                                                  {"tcp and udp", "tcp/udp"},
                                                                  {"tcp\nudp", "tcp/udp"},
                                                                  {"tcp|tcp", "tcp"},
                                                                  {"sctp;dccp", "sctp/dccp"},
                                                                  {"tcp6", "tcp"},
                                                                  {"udp4", "udp"},
                                                                  {"6", "tcp"},
                                                                  {"17", "udp"},
                                                                  {"132", "sctp"},
                                                                  {"33", "dccp"},
                                                                  {"any", "any"},
                                                                  {"All", "any"},
                                                                  {"*", "any"},
                                                                  {"tcp/any", "any"},
                                                                  {"", "none"},
                                                                  {" / ", "none"}};
  for (const auto& [cell, expected] : cells) EXPECT_EQ(ReadWith({}, cell), expected) << cell;
}

TEST(TransportWordsTest, UnknownWordsAreNamedWithTheFlagThatAssignsThem) {
  EXPECT_EQ(ReadWith({}, "GRPC"),
            "protocol \"GRPC\" is not tcp, udp, sctp or dccp; --protocol GRPC=tcp says which it "
            "uses");
  EXPECT_EQ(ReadWith({}, "icmp"),
            "protocol \"icmp\" is not tcp, udp, sctp or dccp, which have ports");
  EXPECT_THAT(ReadWith({}, "tcp, HTTP"), HasSubstr("\"HTTP\""));
  EXPECT_EQ(ReadWith({}, "'x"), "protocol \"'x\" is not tcp, udp, sctp or dccp");
}

TEST(TransportWordsTest, AddedProtocolsAreRead) {
  TransportWords words;
  EXPECT_TRUE(words.Add("HTTP=tcp").ok());
  EXPECT_TRUE(words.Add(" dns = TCP/udp ").ok());
  EXPECT_TRUE(words.Add("Both=tcp/udp").ok());
  EXPECT_TRUE(words.Add("either=any").ok());
  EXPECT_TRUE(words.Add("HTTP/2=tcp").ok());
  EXPECT_EQ(ReadWith(words, "http"), "tcp");
  EXPECT_EQ(ReadWith(words, "DNS"), "tcp/udp");
  EXPECT_EQ(ReadWith(words, "both"), "tcp/udp");
  EXPECT_EQ(ReadWith(words, "HTTP/2"), "tcp");
  EXPECT_EQ(ReadWith(words, "HTTP, udp"), "tcp/udp");
  EXPECT_EQ(ReadWith(words, "EITHER"), "any");
}

TEST(TransportWordsTest, BadAdditionsAreRefusedWithWhatIsAllowed) {
  const std::vector<std::pair<std::string, std::string>> texts = {
      {"HTTP", "is not NAME=TRANSPORT, such as HTTP=tcp"},
      {"=tcp", "needs a name of 1 to 64 bytes"},
      {absl::StrCat(std::string(65, 'x'), "=tcp"), "needs a name of 1 to 64 bytes"},
      {"HTTP=", "allowed are tcp, udp, sctp, dccp"},
      {"HTTP=grpc", "allowed are tcp, udp, sctp, dccp"},
      {"tcp=udp", "already is a transport"},
      {"ANY=udp", "already is a transport"}};
  for (const auto& [text, why] : texts) {
    const absl::Status status = TransportWords().Add(text);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr(why)) << text;
  }
}

}  // namespace
}  // namespace portreg
