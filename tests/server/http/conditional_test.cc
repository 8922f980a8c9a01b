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

TEST(RevalidateTest, SeveralFieldsAreOneList) {
  HttpRequest request;
  request.fields = {{"If-None-Match", "\"b2\""}, {"if-none-match", "\"a1\""}};
  HttpResponse response;
  EXPECT_TRUE(Revalidate(request, "W/\"a1\"", response));
  EXPECT_EQ(response.status, 304);
  EXPECT_EQ(response.content_type, "");
}

TEST(RevalidateTest, AnotherAnswerIsSentWithItsTag) {
  HttpRequest request;
  for (const HttpFields& fields : {HttpFields(), HttpFields({{"If-None-Match", "\"b2\""}})}) {
    request.fields = fields;
    HttpResponse response;
    EXPECT_FALSE(Revalidate(request, "W/\"a1\"", response));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.fields, HttpFields({{"ETag", "W/\"a1\""}, {"Cache-Control", "no-cache"}}));
  }
}

}  // namespace
}  // namespace portreg::server
