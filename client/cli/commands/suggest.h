// Proposes names in place of those that the registry does not have.
#ifndef PORTREG_CLIENT_CLI_COMMANDS_SUGGEST_H_
#define PORTREG_CLIENT_CLI_COMMANDS_SUGGEST_H_

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "client/cli/sources/source.h"
#include "common/model/query.h"
#include "common/model/record.h"

namespace portreg::cli {

// "; did you mean a, b?"; empty without names. At most four are shown, each as far
// as a name may be long.
std::string DidYouMean(absl::Span<const std::string> names);

// Asks a source what may have been meant.
class Suggester {
 public:
  // Names of `layers` only; of all if there are none. The source must outlive
  // the suggester.
  Suggester(std::vector<Layer> layers, Source& source)
      : layers_(std::move(layers)), source_(source) {}

  // At most three names, ignoring case, that may have been meant by a name that
  // is not in the registry: those that resemble it, then those that begin with
  // it. None for ports and for what Search does not take; and after three
  // names, or one failure such as that of a server without Search, none for the
  // sake of a quick answer.
  std::vector<std::string> Suggest(const Query& missing);

 private:
  const std::vector<Layer> layers_;
  Source& source_;
  int questions_left_ = 3;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_COMMANDS_SUGGEST_H_
