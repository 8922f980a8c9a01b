// Walks a registry's records in listing order.
#ifndef PORTREG_COMMON_MODEL_RANGE_CURSOR_H_
#define PORTREG_COMMON_MODEL_RANGE_CURSOR_H_

#include <cstddef>
#include <utility>
#include <vector>

#include "common/model/port.h"
#include "common/model/record.h"
#include "common/model/registry.h"

namespace portreg {

// Which records of a range are wanted.
struct RangeQuestion {
  PortRange ports = PortRange::All();
  // Records of this transport or of none. kNone: no filter.
  Transport transport = Transport::kNone;
  // Records of these layers. Empty: no filter.
  std::vector<Layer> layers;
  // Whether the records without a port follow the others.
  bool include_portless = false;
};

// Records [first, second) of Registry::records().
using RecordRun = std::pair<RecordIndex, RecordIndex>;

// The records that a question is about but for its transport and its layers, in
// listing order: each that overlaps the range once, even where it starts below
// it, then perhaps those without a port. Without those below index `from`. No
// run is empty.
std::vector<RecordRun> RunsOf(const Registry& registry, const RangeQuestion& question,
                              RecordIndex from);

// Yields each record that overlaps a range once, in listing order, even where
// it starts below the range. Not for use by several threads at once.
class RangeCursor {
 public:
  // Starts at the first wanted record whose index is `from` or above. The
  // registry must outlive the cursor.
  RangeCursor(const Registry& registry, RangeQuestion question, RecordIndex from = 0);

  // The next record; nullptr at the end.
  const ServiceRecord* Next();

  // Continuing from here yields what has not been yielded: the index of the
  // last record plus one, or `from`.
  [[nodiscard]] RecordIndex position() const { return position_; }

 private:
  [[nodiscard]] bool Wanted(const ServiceRecord& record) const;

  const Registry& registry_;
  RangeQuestion question_;
  std::vector<RecordRun> runs_;
  // The run that is being walked, from its first record on.
  size_t run_ = 0;
  RecordIndex position_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_RANGE_CURSOR_H_
