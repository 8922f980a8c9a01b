#include "client/cli/formats/map_writer.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "common/model/port_class.h"

namespace portreg::cli {
namespace {

// The columns of a row's first port, and of the blank behind it.
constexpr int kLabelColumns = 6;

struct Sign {
  absl::string_view character;
  absl::string_view style;
};

// By PortUse. Free ports have the least ink.
constexpr std::array<Sign, kPortUses.size()> kSigns = {{
    {"L", kRed},
    {"H", kYellow},
    {"S", kGreen},
    {"a", kCyan},
    {"-", ""},
    {".", ""},
    {"~", ""},
}};

const Sign& SignOf(PortUse use) { return kSigns[static_cast<size_t>(use)]; }

// The grid of a map. Its rows begin at multiples of their ports, so that the classes of
// ports begin at the same columns in every map.
class Grid {
 public:
  Grid(PortRange ports, MapSize size) : ports_(ports), columns_(size.columns) {
    while (last_row() - first_row() >= size.rows) ports_per_cell_ *= 2;
  }

  [[nodiscard]] int ports_per_cell() const { return ports_per_cell_; }
  [[nodiscard]] int ports_per_row() const { return ports_per_cell_ * columns_; }
  [[nodiscard]] int columns() const { return columns_; }
  [[nodiscard]] int first_row() const { return ports_.first / ports_per_row(); }
  [[nodiscard]] int last_row() const { return ports_.last / ports_per_row(); }

  // Returns the first port of a cell, which may be outside the map's ports.
  [[nodiscard]] int FirstPort(int row, int column) const {
    return row * ports_per_row() + column * ports_per_cell_;
  }

  // Returns the column of a line where a cell begins. There is a gap in the middle.
  [[nodiscard]] int Place(int column) const {
    return kLabelColumns + column + (column < columns_ / 2 ? 0 : 1);
  }

 private:
  const PortRange ports_;
  const int columns_;
  int ports_per_cell_ = 1;
};

bool BeginsClass(int port) {
  return port <= kMaxPort && ClassOf(static_cast<Port>(port)).range.first == port;
}

// Returns the titles of the classes that begin in a row, each above its first cell. The
// first row of a map names the class that it begins in. Returns an empty text if there is
// no title.
std::string TitlesOf(const Grid& grid, int row, bool is_first) {
  std::string line;
  for (int column = 0; column < grid.columns(); ++column) {
    const int port = grid.FirstPort(row, column);
    if (!BeginsClass(port) && !(is_first && column == 0)) continue;
    const PortClassInfo& info = ClassOf(static_cast<Port>(port));
    line.resize(std::max(line.size(), static_cast<size_t>(grid.Place(column))), ' ');
    absl::StrAppend(&line, info.title, ", ", ToString(info.range));
  }
  return line;
}

// Returns a row of cells, or an empty text in a cell without ports of the map.
std::string RowOf(const PortMap& map, PortRange ports, const Grid& grid, int row,
                  const Terminal& terminal) {
  StyledLine line;
  line.Append(absl::StrFormat("%*d ", kLabelColumns - 1, grid.FirstPort(row, 0)));
  for (int column = 0; column < grid.columns(); ++column) {
    const int first = grid.FirstPort(row, column);
    const int last = first + grid.ports_per_cell() - 1;
    if (first > ports.last) break;
    if (column == grid.columns() / 2) line.Append(BeginsClass(first) ? "|" : " ");
    if (last < ports.first) {
      line.Append(" ");
      continue;
    }
    const PortRange cell = {std::max(static_cast<Port>(first), ports.first),
                            std::min(static_cast<Port>(last), ports.last)};
    const Sign& sign = SignOf(DominantUse(map.Count(cell)));
    line.Append(sign.character, sign.style);
  }
  // Not cut to the terminal's width, because a cut map is no map.
  Terminal uncut = terminal;
  uncut.width = 0;
  return line.Shown(uncut);
}

std::string LegendOf(const PortMap& map, PortRange ports, int ports_per_cell,
                     const Terminal& terminal) {
  std::string text = ports_per_cell == 1
                         ? "One character is one port:\n"
                         : absl::StrCat("One character is ", ports_per_cell,
                                        " ports, and shows what most of them are. L and H show "
                                        "even a single port:\n");
  const UseCounts counts = map.Count(ports);
  for (const PortUse use : kPortUses) {
    const size_t count = counts[static_cast<size_t>(use)];
    if (count == 0) continue;
    const Sign& sign = SignOf(use);
    absl::StrAppendFormat(&text, "  %s  %-29s %6d\n", Styled(sign.character, sign.style, terminal),
                          TitleOf(use), count);
  }
  return text;
}

}  // namespace

int LineWidth(MapSize size) { return kLabelColumns + size.columns + 1; }

std::string DrawMap(const PortMap& map, PortRange ports, MapSize size, const Terminal& terminal) {
  const Grid grid(ports, size);
  std::string text;
  for (int row = grid.first_row(); row <= grid.last_row(); ++row) {
    const std::string titles = TitlesOf(grid, row, row == grid.first_row());
    if (!titles.empty()) absl::StrAppend(&text, Styled(titles, kBold, terminal), "\n");
    absl::StrAppend(&text, RowOf(map, ports, grid, row, terminal), "\n");
  }
  return absl::StrCat(text, "\n", LegendOf(map, ports, grid.ports_per_cell(), terminal));
}

}  // namespace portreg::cli
