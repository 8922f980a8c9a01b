#include "client/cli/display/printer.h"

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace portreg::cli {
namespace {

constexpr absl::string_view kText = "a\x1b[2J\tb\r\n\u009b\u202e\u00e4,\"c\nd\"\n";

std::string Printed(bool is_terminal) {
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(std::tmpfile(), std::fclose);
  const Printer printer(file.get(), is_terminal);
  printer.PutData(kText);
  printer.PutData("");
  printer.PutData("end");
  EXPECT_TRUE(printer.Flush());
  std::string text(static_cast<size_t>(std::ftell(file.get())), '\0');
  std::rewind(file.get());
  EXPECT_EQ(std::fread(text.data(), 1, text.size(), file.get()), text.size());
  return text;
}

TEST(PrinterTest, FileGetsDataAsItIs) { EXPECT_EQ(Printed(false), std::string(kText) + "end"); }

TEST(PrinterTest, TerminalGetsNoCommands) {
  EXPECT_EQ(Printed(true), "a\\x1b[2J\tb\\r\n\\u009b\\u202e\u00e4,\"c\nd\"\nend");
}

TEST(PrinterTest, FailedWriteIsNoticed) {
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> full(std::fopen("/dev/full", "w"),
                                                                std::fclose);
  ASSERT_NE(full, nullptr);
  const Printer printer(full.get());
  EXPECT_TRUE(printer.ok());
  printer.Put("text");
  EXPECT_FALSE(printer.Flush());
  EXPECT_FALSE(printer.ok());
  // A later flush does not set errno again.
  errno = 0;
  EXPECT_FALSE(printer.Flush());
  EXPECT_EQ(Printer::LastError(), ENOSPC);
}

}  // namespace
}  // namespace portreg::cli
