#include "client/cli/formats/record_csv_writer.h"

#include <deque>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/answers/conversion.h"
#include "common/model/record.h"

namespace portreg::cli {

void RecordCsvWriter::Write(const v1::PortRecord& record) {
  if (!status().ok()) return;
  if (!LayerOf(record.layer())) {
    // The table does not name the layer, so a layer of a later server is no obstacle.
    v1::PortRecord local = record;
    local.set_layer(v1::LAYER_LOCAL);
    Write(local);
    return;
  }
  std::deque<std::string> kept;
  const absl::StatusOr<ServiceRecord> read = ToRecord(record, kept);
  Fail(read.ok() ? table_.Add(*read) : absl::InternalError(read.status().message()));
}

void RecordCsvWriter::Finish(const std::string& /*revision*/) { out_.PutData(table_.Text()); }

}  // namespace portreg::cli
