// Tests gRPC's log in a process for each test, because the log belongs to the whole
// process.
#include "server/process/grpc_log.h"

#include <cstdlib>

#include "gmock/gmock.h"
#include "grpc/support/log.h"
#include "gtest/gtest.h"
#include "server/process/log.h"

namespace portreg::server {
namespace {

using ::testing::AllOf;
using ::testing::ExitedWithCode;
using ::testing::HasSubstr;
using ::testing::Not;

class GrpcLogDeathTest : public ::testing::Test {
 protected:
  GrpcLogDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(GrpcLogDeathTest, AnErrorIsOnePrintableLine) {
  EXPECT_EXIT(
      {
        gpr_set_log_verbosity(GPR_LOG_SEVERITY_DEBUG);
        TameGrpcLog();
        gpr_log(GPR_ERROR, "value=%s", "x\x1B[31m\nforged: line");
        FlushLog();
        std::exit(0);
      },
      ExitedWithCode(0),
      AllOf(HasSubstr(" ERROR gRPC text=\"value=x\\x1b[31m\\nforged: line\" left_out=0\n"),
            Not(HasSubstr("\x1B"))));
}

TEST_F(GrpcLogDeathTest, AFloodOfErrorsIsHeldBack) {
  EXPECT_EXIT(
      {
        gpr_set_log_verbosity(GPR_LOG_SEVERITY_DEBUG);
        TameGrpcLog();
        gpr_log(GPR_ERROR, "the first");
        for (int i = 0; i < 100; ++i) gpr_log(GPR_ERROR, "flood");
        FlushLog();
        std::exit(0);
      },
      ExitedWithCode(0), AllOf(HasSubstr("the first"), Not(HasSubstr("flood"))));
}

TEST_F(GrpcLogDeathTest, LesserMessagesAreDropped) {
  EXPECT_EXIT(
      {
        gpr_set_log_verbosity(GPR_LOG_SEVERITY_DEBUG);
        TameGrpcLog();
        gpr_log(GPR_INFO, "an info");
        gpr_log(GPR_DEBUG, "a detail");
        gpr_log(GPR_ERROR, "an error");
        FlushLog();
        std::exit(0);
      },
      ExitedWithCode(0),
      AllOf(HasSubstr("an error"), Not(HasSubstr("an info")), Not(HasSubstr("a detail"))));
}

}  // namespace
}  // namespace portreg::server
