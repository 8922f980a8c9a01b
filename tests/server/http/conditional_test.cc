#include "server/http/conditional.h"

#include "gtest/gtest.h"

namespace portreg::server {
namespace {

TEST(ConditionalTest, TagsAreComparedWeakly) {
  for (const char* const value :
       {"W/\"a1\"", "\"a1\"", "*", "\"b2\", W/\"a1\"", "\"b2\",\"a1\"", " W/\"a1\" "}) {
    EXPECT_TRUE(NoneMatchContains(value, "W/\"a1\"")) << value;
  }
  for (const char* const value : {"", "a1", "\"a\"", "\"a11\"", "W/\"b2\"", "w/\"a1\"", "\"*\""}) {
    EXPECT_FALSE(NoneMatchContains(value, "W/\"a1\"")) << value;
  }
}

}  // namespace
}  // namespace portreg::server
