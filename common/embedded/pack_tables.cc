// Packs the tables of a folder for the programs that contain them. Runs at every build.
//
//   portreg_pack_tables FOLDER OUTPUT_FOLDER
//
// Writes iana.packed, common.packed and practice.packed.
#include <array>
#include <fstream>
#include <iostream>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/data/layer_file.h"
#include "common/data/packed_layer.h"
#include "common/model/record.h"

namespace {

struct Table {
  const char* name;
  portreg::Layer layer;
  portreg::LayerRules rules;
};

const std::array kTables = {
    Table{"iana", portreg::Layer::kIana, portreg::IanaFileRules()},
    Table{"common", portreg::Layer::kCommon, portreg::LayerRules()},
    Table{"practice",
          portreg::Layer::kCommon,
          {.is_own_table = true, .source = portreg::kPracticeSource}},
};

// Returns false, and prints the reason, if the table cannot be packed.
bool Pack(const Table& table, const std::string& folder, const std::string& output_folder) {
  const std::string path = absl::StrCat(folder, "/", table.name, ".csv");
  const absl::StatusOr<portreg::LayerData> layer =
      portreg::ReadLayerFile(table.layer, path, table.rules);
  if (!layer.ok()) {
    std::cerr << layer.status().message() << "\n";
    return false;
  }
  if (!layer->info.set_aside.empty()) {
    std::cerr << path << ":" << layer->info.set_aside.front().position.line << ": "
              << layer->info.set_aside.front().reason << "\n";
    return false;
  }
  const std::string packed_path = absl::StrCat(output_folder, "/", table.name, ".packed");
  std::ofstream packed(packed_path, std::ios::binary);
  packed << portreg::PackLayer(*layer);
  packed.close();
  if (!packed) std::cerr << packed_path << ": cannot be written\n";
  return static_cast<bool>(packed);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: portreg_pack_tables FOLDER OUTPUT_FOLDER\n";
    return 2;
  }
  for (const Table& table : kTables) {
    if (!Pack(table, argv[1], argv[2])) return 1;
  }
  return 0;
}
