#include "common/model/port_class.h"

#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portreg {
namespace {

using ::testing::HasSubstr;

TEST(PortClassTest, ClassesMeetAtTheirBoundaries) {
  const struct {
    Port port;
    PortClass port_class;
    PortRange range;
  } cases[] = {
      {0, PortClass::kWellKnown, {0, 1023}},         {1023, PortClass::kWellKnown, {0, 1023}},
      {1024, PortClass::kRegistered, {1024, 49151}}, {49151, PortClass::kRegistered, {1024, 49151}},
      {49152, PortClass::kDynamic, {49152, 65535}},  {65535, PortClass::kDynamic, {49152, 65535}},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(ClassOf(c.port).port_class, c.port_class) << c.port;
    EXPECT_EQ(ClassOf(c.port).range, c.range) << c.port;
  }
}

TEST(PortClassTest, ClassesHaveNamesForPrograms) {
  EXPECT_EQ(ToString(ClassOf(1023).port_class), "well-known");
  EXPECT_EQ(ToString(ClassOf(1024).port_class), "registered");
  EXPECT_EQ(ToString(ClassOf(49152).port_class), "dynamic");
}

TEST(PortClassTest, ClassesAreWordedAsInPortNumbersMd) {
  std::ifstream file(PORTREG_SOURCE_DIR "/common/embedded/port-numbers.md");
  std::stringstream text;
  text << file.rdbuf();
  const Port ports[] = {0, 1024, 49152};
  for (int i = 0; i < 3; ++i) {
    const PortClassInfo& info = ClassOf(ports[i]);
    const std::string line =
        absl::StrCat("\n", i + 1, ". **", info.title, " (", info.range.first, "\u2013",
                     info.range.last, "):** ", info.description, "\n");
    EXPECT_THAT(text.str(), HasSubstr(line));
  }
}

}  // namespace
}  // namespace portreg
