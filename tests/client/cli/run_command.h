// Runs a command of the tool with a source, and captures what it writes.
#ifndef PORTREG_TESTS_CLIENT_CLI_RUN_COMMAND_H_
#define PORTREG_TESTS_CLIENT_CLI_RUN_COMMAND_H_

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/base/invocation.h"
#include "client/cli/commands/commands.h"
#include "client/cli/display/printer.h"
#include "client/cli/flags/flags.h"
#include "client/cli/sources/source.h"
#include "gtest/gtest.h"

namespace portreg::cli {

struct CommandOutcome {
  int code = -1;
  std::string out;
  std::string err;
};

// Runs the command line `arguments`, which must be usable, without the program's name.
inline CommandOutcome RunCommand(std::vector<std::string> arguments, Source& source) {
  arguments.insert(arguments.begin(), "portreg");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  const absl::StatusOr<Invocation> invocation =
      ReadInvocation(static_cast<int>(argv.size()), argv.data());
  if (!invocation.ok()) {
    ADD_FAILURE() << invocation.status();
    return {};
  }
  const auto make = [] {
    return std::unique_ptr<std::FILE, int (*)(std::FILE*)>(std::tmpfile(), std::fclose);
  };
  const auto out = make();
  const auto err = make();
  CommandOutcome outcome;
  outcome.code = Run(*invocation, source, Output{{}, Printer(out.get()), err.get()});
  for (const auto& [file, text] :
       {std::pair(out.get(), &outcome.out), std::pair(err.get(), &outcome.err)}) {
    text->resize(static_cast<size_t>(std::ftell(file)));
    std::rewind(file);
    EXPECT_EQ(std::fread(text->data(), 1, text->size(), file), text->size());
  }
  return outcome;
}

}  // namespace portreg::cli

#endif  // PORTREG_TESTS_CLIENT_CLI_RUN_COMMAND_H_
