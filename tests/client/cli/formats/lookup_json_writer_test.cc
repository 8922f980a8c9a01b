#include "client/cli/formats/lookup_json_writer.h"

#include <cstdio>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "client/cli/base/limits.h"
#include "gtest/gtest.h"

namespace portreg::cli {
namespace {

std::string DocumentOf(const std::function<void(LookupJsonWriter&)>& use) {
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(std::tmpfile(), std::fclose);
  LookupJsonWriter writer{Printer(file.get())};
  use(writer);
  std::string text(static_cast<size_t>(std::ftell(file.get())), '\0');
  std::rewind(file.get());
  EXPECT_EQ(std::fread(text.data(), 1, text.size(), file.get()), text.size());
  return text;
}

v1::BatchLookupResponse FailureResult(const std::string& message) {
  v1::BatchLookupResponse batch;
  batch.add_results()->mutable_failure()->set_message(message);
  return batch;
}

TEST(LookupJsonWriterTest, BatchesAreOneDocument) {
  v1::BatchLookupResponse two = FailureResult("not there");
  two.add_results()->mutable_response();
  EXPECT_EQ(DocumentOf([&](LookupJsonWriter& writer) {
              EXPECT_TRUE(writer.Write({"a", "\"b\""}, two).ok());
              EXPECT_TRUE(writer.Write({"c"}, FailureResult("")).ok());
              writer.Finish("r");
            }),
            R"({
 "results": [
  {
   "key": "a",
   "failure": {
    "message": "not there"
   }
  },
  {
   "key": "\"b\"",
   "response": {}
  },
  {
   "key": "c",
   "failure": {}
  }
 ],
 "revision": "r"
}
)");
}

TEST(LookupJsonWriterTest, NoResultsAreAnEmptyArray) {
  EXPECT_EQ(DocumentOf([](LookupJsonWriter& writer) { writer.Finish(""); }),
            "{\n \"results\": []\n}\n");
}

TEST(LookupJsonWriterTest, NothingIsWrittenOfABatchThatIsTooLarge) {
  v1::BatchLookupResponse large;
  for (int i = 0; i < 3; ++i) {
    *large.add_results() = FailureResult(std::string(kMaxJsonBytes / 3, 'a')).results(0);
  }
  EXPECT_EQ(DocumentOf([&](LookupJsonWriter& writer) {
              EXPECT_EQ(writer.Write({"a", "b", "c"}, large).code(),
                        absl::StatusCode::kResourceExhausted);
            }),
            "");
}

}  // namespace
}  // namespace portreg::cli
