#include "common/answers/requests.h"

#include <string>
#include <variant>

#include "absl/strings/str_cat.h"
#include "common/text/utf8.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"
#include "tests/common/test_messages.h"
#include "tests/common/test_status.h"

namespace portreg {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A request in text format, and its refusal.
struct Refusal {
  std::string request;
  const char* reason;
  const char* field;
  const char* message;
};

void ExpectRefused(const absl::Status& status, const Refusal& refusal) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << refusal.request;
  EXPECT_EQ(ReasonOf(status), refusal.reason) << refusal.request;
  EXPECT_EQ(FieldOf(status), refusal.field) << refusal.request;
  EXPECT_THAT(Message(status), HasSubstr(refusal.message)) << refusal.request;
}

constexpr struct {
  int32_t number;
  bool valid;
} kPorts[] = {{-2147483648, false}, {-1, false},    {0, true},          {1023, true},
              {1024, true},         {49151, true},  {49152, true},      {65535, true},
              {65536, false},       {70000, false}, {2147483647, false}};

TEST(RequestTest, LookupTakesPorts0To65535) {
  for (const auto& c : kPorts) {
    v1::LookupRequest request;
    request.set_port(c.number);
    const absl::StatusOr<LookupQuestion> question = Read(request);
    ASSERT_EQ(question.ok(), c.valid) << c.number;
    if (c.valid) {
      EXPECT_EQ(std::get<Port>(question->key), c.number);
    } else {
      ExpectRefused(question.status(), {request.ShortDebugString(), "PORT_OUT_OF_RANGE", "port",
                                        "is out of range [0, 65535]"});
      EXPECT_THAT(Message(question.status()), HasSubstr(absl::StrCat("port ", c.number, " ")));
    }
  }
}

TEST(RequestTest, LookupReadsEveryField) {
  const LookupQuestion plain = Read(Proto<v1::LookupRequest>("port: 0")).value();
  EXPECT_EQ(std::get<Port>(plain.key), 0);
  EXPECT_EQ(plain.transport, Transport::kNone);
  EXPECT_EQ(plain.with_details, WithDetails::kNo);

  const LookupQuestion named =
      Read(Proto<v1::LookupRequest>("service: 'HTTP' "
                                    "transport: TRANSPORT_DCCP scope: 'eu' "
                                    "view: RECORD_VIEW_FULL"))
          .value();
  EXPECT_EQ(std::get<std::string>(named.key), "HTTP");
  EXPECT_EQ(named.transport, Transport::kDccp);
  EXPECT_EQ(named.scope, "eu");
  EXPECT_EQ(named.with_details, WithDetails::kYes);

  const auto basic = Proto<v1::LookupRequest>("port: 1 view: RECORD_VIEW_BASIC");
  EXPECT_EQ(Read(basic).value().with_details, WithDetails::kNo);
}

TEST(RequestTest, LookupTakesNamesOf1To64Bytes) {
  for (const std::string& name : {std::string("a"), std::string(64, 'n'), std::string("\0", 1),
                                  std::string(62, 'n') + "\xC3\xA9", std::string("914c/g")}) {
    v1::LookupRequest request;
    request.set_service(name);
    EXPECT_EQ(std::get<std::string>(Read(request).value().key), name);
  }
}

TEST(RequestTest, LookupRefusals) {
  const Refusal refusals[] = {
      {"", "KEY_MISSING", "key", "set either port (0-65535) or service (1 to 64 bytes)"},
      {"transport: TRANSPORT_TCP", "KEY_MISSING", "key", "key is missing"},
      {"service: ''", "SERVICE_EMPTY", "service", "1 to 64 bytes"},
      {absl::StrCat("service: '", std::string(65, 'n'), "'"), "SERVICE_TOO_LONG", "service",
       "has 65 bytes, at most 64 are allowed"},
      {absl::StrCat("service: '", std::string(63, 'n'), "\xC3\xA9'"), "SERVICE_TOO_LONG", "service",
       "has 65 bytes, at most 64 are allowed"},
      {absl::StrCat("service: '", std::string(100'000, 'n'), "'"), "SERVICE_TOO_LONG", "service",
       "n...\" has 100000 bytes"},
      {"port: 1 transport: 5", "TRANSPORT_UNKNOWN", "transport",
       "transport 5 is unknown, allowed are 0 (any), 1 (tcp), 2 (udp), 3 (sctp) and 4 (dccp)"},
      {"port: 1 transport: -1", "TRANSPORT_UNKNOWN", "transport", "transport -1 is unknown"},
      {"port: 1 transport: 257", "TRANSPORT_UNKNOWN", "transport", "transport 257 is unknown"},
      {"service: 'a' view: 3", "VIEW_UNKNOWN", "view", "view 3 is unknown"},
      {"port: 1 view: -1", "VIEW_UNKNOWN", "view", "view -1 is unknown"},
      {"port: 1 scope: 'eu//prod'", "SCOPE_INVALID", "scope",
       "scope \"eu//prod\" is not labels with \"/\" between them"},
      {"service: 'a' scope: ' '", "SCOPE_INVALID", "scope", "scope \" \" is not labels"},
      {absl::StrCat("port: 1 scope: '", std::string(65, 's'), "'"), "SCOPE_INVALID", "scope",
       "of at most 64 bytes"},
  };
  for (const Refusal& refusal : refusals) {
    ExpectRefused(Read(Proto<v1::LookupRequest>(refusal.request)).status(), refusal);
  }
}

TEST(RequestTest, AMessageStaysUtf8AndShortWhereverATextIsCut) {
  // One of the two texts has a character across any place where it may be cut.
  for (const char* begin : {"", "x"}) {
    std::string text = begin;
    for (int i = 0; i < 200; ++i) text += "\xC3\xA9";
    v1::LookupRequest lookup;
    lookup.set_service(text);
    v1::ListRangeRequest list;
    list.set_resume_token(text);
    v1::SearchRequest search;
    search.set_query(text);
    for (const absl::Status& status :
         {Read(lookup).status(), Read(search).status(), Read(list, EmbeddedRegistry()).status()}) {
      EXPECT_FALSE(status.ok());
      EXPECT_TRUE(IsValidUtf8(status.message())) << status;
      EXPECT_LT(status.message().size(), 300) << status;
    }
  }
}

TEST(RequestTest, ControlCharactersAreNotRepeatedInMessages) {
  v1::LookupRequest lookup;
  lookup.set_service("\x1B[31m\n" + std::string(64, 'n'));
  v1::ListRangeRequest list;
  list.set_resume_token("\x1B[31m\n");
  v1::SearchRequest search;
  search.set_query("\x1B[31m\n" + std::string(256, 'n'));
  for (const absl::Status& status :
       {Read(lookup).status(), Read(search).status(), Read(list, EmbeddedRegistry()).status()}) {
    EXPECT_FALSE(status.ok());
    EXPECT_EQ(Message(status).find_first_of("\x1B\n"), std::string::npos) << status;
  }
}

TEST(RequestTest, ClassifyNeedsAPort) {
  for (const auto& c : kPorts) {
    v1::ClassifyRequest request;
    request.set_port(c.number);
    const absl::StatusOr<ClassifyQuestion> question = Read(request);
    ASSERT_EQ(question.ok(), c.valid) << c.number;
    if (c.valid) {
      EXPECT_EQ(question->port, c.number);
      EXPECT_EQ(question->transport, Transport::kNone);
    }
  }
  const auto full = Proto<v1::ClassifyRequest>("port: 0 transport: TRANSPORT_SCTP");
  EXPECT_EQ(Read(full).value().port, 0);
  EXPECT_EQ(Read(full).value().transport, Transport::kSctp);

  const Refusal refusals[] = {
      {"", "PORT_MISSING", "port", "port is missing, set it to 0-65535"},
      {"transport: TRANSPORT_TCP", "PORT_MISSING", "port", "port is missing"},
      {"port: -1", "PORT_OUT_OF_RANGE", "port", "port -1 is out of range [0, 65535]"},
      {"port: 65536", "PORT_OUT_OF_RANGE", "port", "port 65536 is out of range [0, 65535]"},
      {"port: 1 transport: 5", "TRANSPORT_UNKNOWN", "transport", "transport 5 is unknown"},
  };
  for (const Refusal& refusal : refusals) {
    ExpectRefused(Read(Proto<v1::ClassifyRequest>(refusal.request)).status(), refusal);
  }
}

TEST(RequestTest, ABatchHoldsAtMost1000Lookups) {
  v1::BatchLookupRequest request;
  EXPECT_TRUE(CheckBatch(request).ok());
  for (int i = 0; i < 1000; ++i) request.add_requests();
  EXPECT_TRUE(CheckBatch(request).ok());
  request.add_requests();
  ExpectRefused(CheckBatch(request), {"1,001 lookups", "BATCH_TOO_LARGE", "requests",
                                      "requests holds 1001 lookups, at most 1000 are allowed"});
}

TEST(RequestTest, ListRangeReadsEveryField) {
  const auto read = [](const char* text) {
    return Read(Proto<v1::ListRangeRequest>(text), EmbeddedRegistry()).value();
  };
  const ListRangeQuestion plain = read("");
  EXPECT_EQ(plain.range.ports, PortRange::All());
  EXPECT_EQ(plain.range.transport, Transport::kNone);
  EXPECT_THAT(plain.range.layers, IsEmpty());
  EXPECT_FALSE(plain.range.include_portless);
  EXPECT_EQ(plain.with_details, WithDetails::kNo);
  EXPECT_EQ(plain.from, 0);

  const ListRangeQuestion full = read(
      "first_port: 20 last_port: 21 transport: TRANSPORT_UDP layers: LAYER_IANA "
      "layers: LAYER_LOCAL view: RECORD_VIEW_FULL include_portless: true "
      "scope: 'eu/prod'");
  EXPECT_EQ(full.range.ports, (PortRange{20, 21}));
  EXPECT_EQ(full.range.transport, Transport::kUdp);
  EXPECT_THAT(full.range.layers, ElementsAre(Layer::kIana, Layer::kLocal));
  EXPECT_TRUE(full.range.include_portless);
  EXPECT_EQ(full.range.scope, "eu/prod");
  EXPECT_EQ(full.with_details, WithDetails::kYes);

  EXPECT_EQ(read("first_port: 65535").range.ports, (PortRange{65535, 65535}));
  EXPECT_EQ(read("last_port: 0").range.ports, (PortRange{0, 0}));
  EXPECT_EQ(read("first_port: 7 last_port: 7").range.ports, (PortRange{7, 7}));
  EXPECT_THAT(read("layers: [3, 3, 2, 3]").range.layers, ElementsAre(Layer::kIana, Layer::kCommon));
}

TEST(RequestTest, ListRangeTakesPorts0To65535) {
  for (const auto& c : kPorts) {
    v1::ListRangeRequest first;
    first.set_first_port(c.number);
    EXPECT_EQ(Read(first, EmbeddedRegistry()).ok(), c.valid) << c.number;
    v1::ListRangeRequest last;
    last.set_last_port(c.number);
    EXPECT_EQ(Read(last, EmbeddedRegistry()).ok(), c.valid) << c.number;
  }
}

TEST(RequestTest, AWatcherHasARevisionOrNone) {
  v1::WatchRequest request;
  EXPECT_EQ(Read(request), "");
  request.set_revision(std::string(Registry::kRevisionDigits, '7'));
  EXPECT_EQ(Read(request), request.revision());
  // Stored nowhere, because a stranger may have made it up.
  request.set_revision(std::string(200'000, '7'));
  EXPECT_EQ(Read(request), "");
}

TEST(RequestTest, ListRangeRefusals) {
  const Refusal refusals[] = {
      {"first_port: -1", "PORT_OUT_OF_RANGE", "first_port", "first_port -1 is out of range"},
      {"first_port: 65536", "PORT_OUT_OF_RANGE", "first_port", "first_port 65536 is out of range"},
      {"last_port: -1", "PORT_OUT_OF_RANGE", "last_port", "last_port -1 is out of range"},
      {"last_port: 65536", "PORT_OUT_OF_RANGE", "last_port", "last_port 65536 is out of range"},
      {"first_port: 21 last_port: 20", "RANGE_REVERSED", "first_port",
       "first_port 21 is above last_port 20"},
      {"first_port: 1 last_port: 0", "RANGE_REVERSED", "first_port", "first_port 1 is above"},
      {"transport: 5", "TRANSPORT_UNKNOWN", "transport", "transport 5 is unknown"},
      {"layers: LAYER_UNSPECIFIED", "LAYER_UNKNOWN", "layers[0]", "layers[0] 0 is unknown"},
      {"layers: [1, 4]", "LAYER_UNKNOWN", "layers[1]",
       "layers[1] 4 is unknown, allowed are 1 (local), 2 (common) and 3 (iana)"},
      {"layers: [1, 2, -1]", "LAYER_UNKNOWN", "layers[2]", "layers[2] -1 is unknown"},
      {"view: 3", "VIEW_UNKNOWN", "view", "view 3 is unknown"},
      {"scope: '/'", "SCOPE_INVALID", "scope", "scope \"/\" is not labels"},
  };
  for (const Refusal& refusal : refusals) {
    ExpectRefused(Read(Proto<v1::ListRangeRequest>(refusal.request), EmbeddedRegistry()).status(),
                  refusal);
  }
}

TEST(RequestTest, SearchReadsEveryField) {
  const auto read = [](const char* text) { return Read(Proto<v1::SearchRequest>(text)).value(); };
  const SearchRequestQuestion plain = read("query: 'web'");
  EXPECT_EQ(plain.search.query, "web");
  EXPECT_EQ(plain.search.transport, Transport::kNone);
  EXPECT_THAT(plain.search.layers, IsEmpty());
  EXPECT_EQ(plain.search.max_results, 50);
  EXPECT_EQ(plain.with_details, WithDetails::kNo);

  const SearchRequestQuestion full = read(
      "query: ' Web  server' transport: TRANSPORT_UDP layers: [3, 1, 3] view: RECORD_VIEW_FULL "
      "max_results: 7 scope: 'us'");
  EXPECT_THAT(QueryWords(full.search.query), ElementsAre("Web", "server"));
  EXPECT_EQ(full.search.transport, Transport::kUdp);
  EXPECT_THAT(full.search.layers, ElementsAre(Layer::kIana, Layer::kLocal));
  EXPECT_EQ(full.search.max_results, 7);
  EXPECT_EQ(full.search.scope, "us");
  EXPECT_EQ(full.with_details, WithDetails::kYes);
  EXPECT_EQ(read("query: 'a' view: RECORD_VIEW_BASIC").with_details, WithDetails::kNo);
}

TEST(RequestTest, SearchTakes1To256BytesAndUpTo16Words) {
  const std::string queries[] = {
      "a",
      std::string(256, 'n'),
      std::string(254, 'n') + "\xC3\xA9",
      "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16",
      " a" + std::string(254, ' '),
      "+",
  };
  for (const std::string& query : queries) {
    v1::SearchRequest request;
    request.set_query(query);
    EXPECT_TRUE(Read(request).ok()) << query;
  }
}

TEST(RequestTest, SearchTakes0To500Results) {
  const struct {
    int32_t number;
    size_t meant;  // 0: refused
  } cases[] = {{-2147483648, 0}, {-1, 0},    {0, 50},  {1, 1},         {50, 50},
               {499, 499},       {500, 500}, {501, 0}, {2147483647, 0}};
  for (const auto& c : cases) {
    v1::SearchRequest request;
    request.set_query("a");
    request.set_max_results(c.number);
    const absl::StatusOr<SearchRequestQuestion> question = Read(request);
    ASSERT_EQ(question.ok(), c.meant != 0) << c.number;
    if (question.ok()) {
      EXPECT_EQ(question->search.max_results, c.meant);
    } else {
      ExpectRefused(question.status(), {request.ShortDebugString(), "MAX_RESULTS_OUT_OF_RANGE",
                                        "max_results", "is out of range [0, 500]"});
      EXPECT_THAT(Message(question.status()), HasSubstr(absl::StrCat("max_results ", c.number)));
    }
  }
}

TEST(RequestTest, SearchRefusals) {
  const Refusal refusals[] = {
      {"", "QUERY_EMPTY", "query", "query \"\" holds no word"},
      {"query: ' '", "QUERY_EMPTY", "query", "holds no word"},
      {"query: '\\t\\n\\v\\f\\r'", "QUERY_EMPTY", "query", "holds no word"},
      {"query: '\\000'", "QUERY_EMPTY", "query", "holds no word"},
      {absl::StrCat("query: '", std::string(257, ' '), "'"), "QUERY_EMPTY", "query", "no word"},
      {absl::StrCat("query: '", std::string(257, 'n'), "'"), "QUERY_TOO_LONG", "query",
       "has 257 bytes"},
      {absl::StrCat("query: '", std::string(255, 'n'), "\xC3\xA9'"), "QUERY_TOO_LONG", "query",
       "at most 256"},
      {"query: '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17'", "QUERY_TOO_LONG", "query", "17 words"},
      {absl::StrCat("query: '", std::string(100'000, 'n'), "'"), "QUERY_TOO_LONG", "query",
       "n...\" has 100000 bytes"},
      {"query: 'a' transport: 5", "TRANSPORT_UNKNOWN", "transport", "transport 5 is unknown"},
      {"query: 'a' transport: -1", "TRANSPORT_UNKNOWN", "transport", "transport -1 is unknown"},
      {"query: 'a' layers: LAYER_UNSPECIFIED", "LAYER_UNKNOWN", "layers[0]", "layers[0] 0"},
      {"query: 'a' layers: [1, 4]", "LAYER_UNKNOWN", "layers[1]", "layers[1] 4 is unknown"},
      {"query: 'a' view: 3", "VIEW_UNKNOWN", "view", "view 3 is unknown"},
      {"query: 'a' scope: 'eu/'", "SCOPE_INVALID", "scope", "scope \"eu/\" is not labels"},
  };
  for (const Refusal& refusal : refusals) {
    ExpectRefused(Read(Proto<v1::SearchRequest>(refusal.request)).status(), refusal);
  }
}

TEST(RequestTest, AResumeTokenLeadsBackToItsPosition) {
  const Registry& registry = EmbeddedRegistry();
  const auto count = static_cast<RecordIndex>(registry.records().size());
  for (const RecordIndex position : {RecordIndex{0}, RecordIndex{1}, count - 1, count}) {
    v1::ListRangeRequest request;
    request.set_resume_token(ResumeToken(registry, position));
    const absl::StatusOr<ListRangeQuestion> question = Read(request, registry);
    ASSERT_TRUE(question.ok()) << question.status();
    EXPECT_EQ(question->from, position);
  }
}

TEST(RequestTest, ATokenThatWasNotGivenOutIsRefused) {
  const Registry registry = MakeRegistry({.iana = "a,1,tcp,\nb,2,tcp,\n"});
  const std::string& revision = registry.revision();
  const std::string tokens[] = {
      "x",
      ".",
      "1",
      revision,
      revision + ".",
      revision + "1",
      revision + ".x",
      revision + ".-1",
      revision + ".1.1",
      revision + ".01",
      revision + ".+1",
      revision + ". 1",
      revision + ".3",  // the registry has two records
      revision + ".4294967296",
      revision + ".99999999999999999999",
      "." + revision,
      revision.substr(1) + ".1",
      "0" + revision + ".1",
      std::string(32, 'g') + ".1",
      std::string(31, '0') + "\n.1",
      std::string(10'000, 'x'),
  };
  for (const std::string& token : tokens) {
    v1::ListRangeRequest request;
    request.set_resume_token(token);
    ExpectRefused(Read(request, registry).status(),
                  {token, "RESUME_TOKEN_INVALID", "resume_token", "not one that ListRange gave"});
  }
}

TEST(RequestTest, ATokenOfAnotherRevisionIsAborted) {
  const Registry former = MakeRegistry({.iana = "a,1,tcp,\nb,2,tcp,\n"});
  const Registry current = MakeRegistry({.iana = "a,1,tcp,\n"});
  for (const RecordIndex position : {0, 1, 2, 1'000'000}) {
    v1::ListRangeRequest request;
    request.set_resume_token(ResumeToken(former, position));
    const absl::Status status = Read(request, current).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kAborted) << position;
    EXPECT_EQ(ReasonOf(status), "REVISION_CHANGED") << position;
    EXPECT_THAT(Message(status),
                AllOf(HasSubstr(former.revision()), HasSubstr(current.revision())));
  }
}

TEST(RequestTest, TheRestOfARequestIsCheckedEvenWithAToken) {
  v1::ListRangeRequest request;
  request.set_resume_token(ResumeToken(EmbeddedRegistry(), 1));
  request.set_first_port(70000);
  EXPECT_EQ(ReasonOf(Read(request, EmbeddedRegistry()).status()), "PORT_OUT_OF_RANGE");
}

TEST(RequestTest, BytesAreParsed) {
  const auto sent = Proto<v1::LookupRequest>("service: 'http' transport: TRANSPORT_UDP");
  v1::LookupRequest received;
  ASSERT_TRUE(ParseRequest(sent.SerializeAsString(), received).ok());
  EXPECT_EQ(received.SerializeAsString(), sent.SerializeAsString());

  v1::ClassifyRequest empty;
  ASSERT_TRUE(ParseRequest("", empty).ok());
  EXPECT_FALSE(empty.has_port());
}

TEST(RequestTest, UnknownFieldsAndEnumValuesAreParsed) {
  // Field 15 and transport 99 are of a later contract.
  v1::LookupRequest request;
  ASSERT_TRUE(ParseRequest("\x08\x50\x18\x63\x7A\x02xy", request).ok());
  EXPECT_EQ(request.port(), 80);
  EXPECT_EQ(static_cast<int>(request.transport()), 99);
}

TEST(RequestTest, BytesThatAreNoMessageAreExplained) {
  v1::LookupRequest request;
  EXPECT_EQ(ReasonOf(ParseRequest("\x12\x7Fhttp", request)), "MALFORMED_REQUEST");
  for (const char* text : {"\xFF", "caf\xE9", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                           "\xF8\x88\x80\x80\x80", "ok then \xC3"}) {
    const std::string bytes =
        std::string("\x12") + static_cast<char>(std::string(text).size()) + text;
    const absl::Status status = ParseRequest(bytes, request);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ReasonOf(status), "INVALID_UTF8") << status;
    EXPECT_EQ(FieldOf(status), "service");
  }
}

}  // namespace
}  // namespace portreg
