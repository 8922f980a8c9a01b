// Suggests names in place of those that the registry does not have.
#ifndef PORTREG_CLIENT_CLI_COMMANDS_SUGGEST_H_
#define PORTREG_CLIENT_CLI_COMMANDS_SUGGEST_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "client/cli/sources/source.h"
#include "common/model/query.h"
#include "common/model/record.h"

namespace portreg::cli {

// Returns "; did you mean a, b?", or an empty text if there are no names. Shows at most
// four names, each cut to the longest valid length.
std::string DidYouMean(absl::Span<const std::string> names);

// Returns the hint "; a transport follows ..." for a key such as the second one of
// "443/tcp,udp", which is the name of a transport; otherwise an empty text.
std::string TransportHint(const Query& missing);

// Asks a source for suggestions. Not thread-safe.
class Suggester {
 public:
  // Suggests names of `layers` only, and those of layer local that hold in `scope`. Empty:
  // no filter. The source must outlive the suggester.
  Suggester(std::vector<Layer> layers, std::string scope, Source& source)
      : layers_(std::move(layers)), scope_(std::move(scope)), source_(source) {}

  // Returns at most three names that may have been meant by a name that is not in the
  // registry: first names that resemble it, then names that begin with it. Names that
  // differ in case only count as one.
  //
  // Returns none for ports and for queries that Search does not accept. Also returns none
  // after three names were asked about, because further searches would delay the answer,
  // or after a failure such as that of a server without Search.
  std::vector<std::string> Suggest(const Query& missing);

 private:
  const std::vector<Layer> layers_;
  const std::string scope_;
  Source& source_;
  int questions_left_ = 3;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_COMMANDS_SUGGEST_H_
