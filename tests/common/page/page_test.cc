#include "common/page/page.h"

#include <cstddef>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/text/sha256.h"
#include "common/text/utf8.h"
#include "gtest/gtest.h"
#include "tests/common/test_layers.h"

namespace portreg {
namespace {

// Returns the text between two texts that occur once each.
std::string Between(absl::string_view text, absl::string_view begin, absl::string_view end) {
  const size_t from = text.find(begin);
  EXPECT_NE(from, absl::string_view::npos) << begin;
  EXPECT_EQ(text.find(begin, from + 1), absl::string_view::npos) << begin;
  const absl::string_view rest = text.substr(from + begin.size());
  return std::string(rest.substr(0, rest.find(end)));
}

std::string HashOf(absl::string_view text) {
  return absl::StrCat("'sha256-", absl::Base64Escape(absl::HexStringToBytes(Sha256Of(text))), "'");
}

TEST(PageTest, EqualRegistriesGiveEqualPages) {
  const auto make = [] {
    return MakePage(Registry::Create(EmbeddedLayers(), EmbeddedRangeRules()).value());
  };
  EXPECT_EQ(make(), make());
}

TEST(PageTest, PolicyNamesScriptAndStyleByTheirHashes) {
  const std::string page = MakePage(MakeRegistry({.iana = "web,80,tcp,\n"}));
  const absl::string_view policy = PageContentSecurityPolicy();
  EXPECT_TRUE(absl::StrContains(
      page, absl::StrCat("http-equiv=\"Content-Security-Policy\" content=\"", policy, "\"")));
  EXPECT_TRUE(absl::StrContains(policy, "default-src 'none'"));
  EXPECT_FALSE(absl::StrContains(policy, "unsafe"));
  EXPECT_TRUE(
      absl::StrContains(policy, HashOf(Between(page, "<script type=\"module\">", "</script>"))));
  EXPECT_TRUE(absl::StrContains(policy, HashOf(Between(page, "<style>", "</style>"))));
  EXPECT_FALSE(absl::StrContains(page, "{{"));
}

TEST(PageTest, RecordsCannotEscapeTheirScriptElement) {
  const Registry registry =
      MakeRegistry({.local = "</script><script>alert(1)</script>,80,tcp,<!--<script>\n"
                             "<img src=x onerror=alert(1)>,81,tcp,\"{{script}} {{style}}\"\n"
                             "\xe2\x80\xae\xe2\x80\xa8,82,tcp,\xd7\xa9\n"});
  const std::string page = MakePage(registry);
  const std::string data =
      Between(page, "<script type=\"application/json\" id=\"registry\">", "</script>");
  EXPECT_FALSE(absl::StrContains(data, "<"));
  EXPECT_TRUE(absl::StrContains(data, "onerror=alert(1)"));
  EXPECT_TRUE(absl::StrContains(data, "{{script}}"));
  EXPECT_TRUE(absl::StrContains(data, "\xd7\xa9"));
  EXPECT_FALSE(absl::StrContains(page, "\xe2\x80\xae"));
  EXPECT_FALSE(absl::StrContains(page, "\xe2\x80\xa8"));
  EXPECT_TRUE(absl::StrContains(page.substr(page.size() - 40), "</html>"));
}

TEST(PageTest, IsUtf8WhateverTheRecordsHave) {
  EXPECT_TRUE(IsValidUtf8(MakePage(EmbeddedRegistry())));
}

}  // namespace
}  // namespace portreg
