#include "common/data/record_csv.h"

#include <cstddef>
#include <string>
#include <vector>

#include "common/data/csv.h"
#include "common/data/iana_csv.h"
#include "common/model/port.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

ServiceRecord Billing() {
  ServiceRecord record;
  record.ports = PortRange{7100, 7100};
  record.transport = Transport::kTcp;
  record.layer = Layer::kLocal;
  record.service = "billing";
  record.description = "Billing, \"API\"";
  record.details = Kept({.owner = "pay"});
  return record;
}

std::string Text(RecordColumns columns, const std::vector<ServiceRecord>& records) {
  RecordCsv csv(columns);
  for (const ServiceRecord& record : records) EXPECT_TRUE(csv.Add(record).ok());
  return csv.Text();
}

TEST(RecordCsvTest, OwnColumnsComeFirst) {
  EXPECT_THAT(Text(RecordColumns::kOwn, {}),
              StartsWith("Service Name,Port Number,Transport Protocol,Description,Owner,Aliases,"
                         "Scope,Status"));
  ServiceRecord record = Billing();
  record.aliases = "bills b";
  record.scope = "eu/prod";
  record.status = RecordStatus::kPlanned;
  EXPECT_THAT(Text(RecordColumns::kOwn, {record}),
              HasSubstr("\nbilling,7100,tcp,\"Billing, \"\"API\"\"\",pay,bills b,eu/prod,planned"));
}

TEST(RecordCsvTest, FurtherColumnsAreWrittenWhereSomeRowHasThem) {
  ServiceRecord record = Billing();
  record.details = Kept({.assignee = "IESG", .reference = "[RFC1]", .owner = "pay"});
  const std::string text = Text(RecordColumns::kOwn, {Billing(), record, Billing()});
  EXPECT_THAT(text, HasSubstr(",Assignee,Reference\nbilling,"));
  EXPECT_THAT(text, HasSubstr(",,\nbilling,"));
  EXPECT_THAT(text, HasSubstr(",IESG,[RFC1]\nbilling,"));
  EXPECT_THAT(Text(RecordColumns::kOwn, {Billing()}), ::testing::Not(HasSubstr("Reference")));
  EXPECT_THAT(Text(RecordColumns::kIana, {}), HasSubstr(",Reference,"));
}

TEST(RecordCsvTest, PortlessAndNamelessRecordsHaveEmptyFields) {
  ServiceRecord portless = Billing();
  portless.ports.reset();
  portless.transport = Transport::kNone;
  ServiceRecord block = Billing();
  block.service = "";
  block.ports = PortRange{7000, 7099};
  const std::string text = Text(RecordColumns::kOwn, {portless, block});
  EXPECT_THAT(text, HasSubstr("\nbilling,,,\"Billing"));
  EXPECT_THAT(text, HasSubstr("\n,7000-7099,tcp,\"Billing"));
}

TEST(RecordCsvTest, WhatNoReaderAcceptsIsRefused) {
  const std::string most(CsvReader::kMaxFieldBytes, 'x');
  const std::string quotes = most.substr(1) + "\"";
  ServiceRecord record = Billing();
  record.description = most;
  RecordCsv csv(RecordColumns::kOwn);
  EXPECT_TRUE(csv.Add(record).ok());
  record.description = quotes;
  const absl::Status status = csv.Add(record);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()), HasSubstr("in the column Description"));
  RecordCsv rows(RecordColumns::kOwn);
  for (size_t i = 0; i < kMaxRows; ++i) ASSERT_TRUE(rows.Add(Billing()).ok());
  EXPECT_EQ(rows.Add(Billing()).code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace portreg
