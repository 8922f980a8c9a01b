// Makes the page that shows a registry in a browser.
#ifndef PORTREG_COMMON_PAGE_PAGE_H_
#define PORTREG_COMMON_PAGE_PAGE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "common/model/registry.h"

namespace portreg {

// Returns one HTML document in UTF-8 that holds the whole registry and needs no other
// resource: search, a page for each port (#443) and each name (#https), and a map of all
// ports. Registries of equal revision give equal documents. Records may have any text:
// the page shows it as text.
//
// Costs about a tenth of a second for the embedded registry, so keep the result.
// Thread-safe.
std::string MakePage(const Registry& registry);

// Returns the Content-Security-Policy that the document states in a <meta> element. It
// names the document's own script and style by their hashes, and forbids everything else.
// The same for all registries. A server sends it as a header, and may append
// "; frame-ancestors 'none'", which works in a header only.
absl::string_view PageContentSecurityPolicy();

}  // namespace portreg

#endif  // PORTREG_COMMON_PAGE_PAGE_H_
