#include "client/cli/formats/record_csv_writer.h"

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
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
  LayerText kept;
  const absl::StatusOr<ServiceRecord> read = ToRecord(record, kept);
  if (read.ok()) {
    Fail(table_.Add(*read));
  } else {
    ++left_out_;
  }
}

void RecordCsvWriter::Finish(const std::string& /*revision*/) { out_.PutData(table_.Text()); }

std::string RecordCsvWriter::Remark() const {
  if (left_out_ == 0) return "";
  return absl::StrCat(left_out_, " records are left out: this version does not know their ",
                      "transports or ports");
}

}  // namespace portreg::cli
