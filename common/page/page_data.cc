#include "common/page/page_data.h"

#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "common/model/iana_states.h"
#include "common/model/port_class.h"
#include "common/model/port_map.h"
#include "common/model/record.h"
#include "common/page/page_advice.h"
#include "common/page/page_json.h"
#include "common/page/page_names.h"
#include "common/page/page_records.h"
#include "common/text/quote.h"
#include "common/text/version.h"

namespace portreg {
namespace {

using Json = nlohmann::ordered_json;

// Returns the sources of the records in the order of their layers. Counts the records,
// because a registry that was built from a listing does not know its files.
Json SourcesOf(const Registry& registry) {
  std::map<std::pair<Layer, std::string>, size_t> counts;
  for (const ServiceRecord* const record : registry.records()) {
    const absl::string_view source =
        record->source.empty() ? SourceOf(record->layer) : record->source;
    ++counts[{record->layer, Printable(source)}];
  }
  Json sources = Json::array();
  for (const auto& [key, count] : counts) {
    sources.push_back({{"source", key.second}, {"records", count}});
  }
  return sources;
}

Json Classes() {
  Json classes = Json::array();
  for (int port = 0; port <= kMaxPort;) {
    const PortClassInfo& info = ClassOf(static_cast<Port>(port));
    classes.push_back({{"first", info.range.first},
                       {"last", info.range.last},
                       {"title", std::string(info.title)},
                       {"description", std::string(info.description)}});
    port = info.range.last + 1;
  }
  return classes;
}

Json Uses(const PortMap& map) {
  const UseCounts counts = map.Count(PortRange::All());
  Json uses = Json::array();
  for (const PortUse use : kPortUses) {
    uses.push_back({{"name", std::string(ToString(use))},
                    {"title", std::string(TitleOf(use))},
                    {"ports", counts[static_cast<size_t>(use)]}});
  }
  return uses;
}

Json UseOfPorts(const PortMap& map) {
  Runs runs;
  for (int port = 0; port <= kMaxPort; ++port) {
    runs.Add(static_cast<int64_t>(map.At(static_cast<Port>(port))));
  }
  return std::move(runs).Take();
}

// Returns the states at IANA of each port on all transports: two bits a transport, tcp in
// the lowest, with the value of AssignmentState minus 1.
Json StatesOfPorts(const Registry& registry) {
  Runs runs;
  for (int port = 0; port <= kMaxPort; ++port) {
    int64_t states = 0;
    for (const Transport transport : kTransports) {
      const auto state = registry.iana_states().At(static_cast<Port>(port), transport);
      states |= (static_cast<int64_t>(state) - 1) << (2 * (static_cast<int>(transport) - 1));
    }
    runs.Add(states);
  }
  return std::move(runs).Take();
}

}  // namespace

nlohmann::ordered_json PageData(const Registry& registry) {
  const PageRecords records(registry);
  const PortMap map(registry);
  return {{"version", std::string(Version())},
          {"revision", registry.revision()},
          {"sources", SourcesOf(registry)},
          {"classes", Classes()},
          {"uses", Uses(map)},
          {"records", records.Columns()},
          {"use_of_port", UseOfPorts(map)},
          {"states_of_port", StatesOfPorts(registry)},
          {"names_of_port", NamesOfPorts(registry, records)},
          {"ports_of_name", PortsOfNames(registry, records)},
          {"advice", AdviceOnPorts(registry, records)}};
}

}  // namespace portreg
