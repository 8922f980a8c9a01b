// Walks a registry's records in listing order.
#ifndef PORTREG_COMMON_MODEL_RANGE_CURSOR_H_
#define PORTREG_COMMON_MODEL_RANGE_CURSOR_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "common/model/port.h"
#include "common/model/record.h"
#include "common/model/registry.h"

namespace portreg {

// Selects records of a range of ports.
struct RangeQuestion {
  PortRange ports = PortRange::All();
  // Records of this transport or of none. kNone: no filter.
  Transport transport = Transport::kNone;
  // Records of these layers. Empty: no filter.
  std::vector<Layer> layers;
  // Records of layer local whose scope overlaps this one. Other layers are not affected.
  // Empty: no filter.
  std::string scope = {};
  // True: the records without a port follow the others.
  bool include_portless = false;
};

// Records [first, second) of Registry::records().
using RecordRun = std::pair<RecordIndex, RecordIndex>;

// Returns the records that overlap the question's ports, in listing order and each
// once, even if a record starts below the range. If the question includes them, the
// records without a port follow. Ignores the question's transport, layers and
// scope, and leaves out records whose index is below `from`. No run is empty.
std::vector<RecordRun> RunsOf(const Registry& registry, const RangeQuestion& question,
                              RecordIndex from);

// Yields each record that overlaps a range once, in listing order, even if it starts
// below the range. Not thread-safe.
class RangeCursor {
 public:
  // Starts at the first selected record whose index is `from` or above. The registry
  // must outlive the cursor.
  RangeCursor(const Registry& registry, RangeQuestion question, RecordIndex from = 0);

  // Returns the next record, or nullptr at the end.
  const ServiceRecord* Next();

  // Returns the index from which a new cursor continues: that of the last record read
  // plus one, or `from` if no record was read.
  [[nodiscard]] RecordIndex position() const { return position_; }

 private:
  [[nodiscard]] bool Wanted(const ServiceRecord& record) const;

  const Registry& registry_;
  RangeQuestion question_;
  std::vector<RecordRun> runs_;
  // The index of the current run. The begin of that run moves on with each record.
  size_t run_ = 0;
  RecordIndex position_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_MODEL_RANGE_CURSOR_H_
