// Walks a registry's records in listing order.
#ifndef PORTREG_COMMON_RANGE_CURSOR_H_
#define PORTREG_COMMON_RANGE_CURSOR_H_

#include <cstddef>
#include <vector>

#include "common/port.h"
#include "common/record.h"
#include "common/registry.h"

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
  // Records that start below the range and reach into it.
  std::vector<RecordIndex> reaching_in_;
  size_t next_reaching_in_ = 0;
  // The records that start within the range, then those without a port.
  RecordIndex next_;
  RecordIndex end_;
  RecordIndex next_portless_;
  RecordIndex end_portless_;
  RecordIndex position_;
};

}  // namespace portreg

#endif  // PORTREG_COMMON_RANGE_CURSOR_H_
