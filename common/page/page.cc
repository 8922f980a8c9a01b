#include "common/page/page.h"

#include <cstddef>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/page/page_data.h"
#include "common/page/page_json.h"
#include "common/text/sha256.h"

// Defined in page_bytes.S.
extern "C" {
extern const char portreg_page_html_begin[];
extern const char portreg_page_html_end[];
extern const char portreg_page_css_begin[];
extern const char portreg_page_css_end[];
extern const char portreg_page_js_begin[];
extern const char portreg_page_js_end[];
}

namespace portreg {
namespace {

absl::string_view Bytes(const char* begin, const char* end) {
  return {begin, static_cast<size_t>(end - begin)};
}

absl::string_view Template() { return Bytes(portreg_page_html_begin, portreg_page_html_end); }
absl::string_view Style() { return Bytes(portreg_page_css_begin, portreg_page_css_end); }
absl::string_view Script() { return Bytes(portreg_page_js_begin, portreg_page_js_end); }

// Returns a source expression of a policy, such as 'sha256-...' (CSP Level 3, section 2.3.1).
std::string HashSource(absl::string_view text) {
  return absl::StrCat("'sha256-", absl::Base64Escape(absl::HexStringToBytes(Sha256Of(text))), "'");
}

}  // namespace

absl::string_view PageContentSecurityPolicy() {
  static const std::string* const policy = new std::string(
      absl::StrCat("default-src 'none'; script-src ", HashSource(Script()), "; style-src ",
                   HashSource(Style()), "; img-src data:; base-uri 'none'; form-action 'none'"));
  return *policy;
}

std::string MakePage(const Registry& registry) {
  return absl::StrReplaceAll(Template(), {{"{{policy}}", PageContentSecurityPolicy()},
                                          {"{{style}}", Style()},
                                          {"{{script}}", Script()},
                                          {"{{registry}}", ToScriptText(PageData(registry))}});
}

}  // namespace portreg
