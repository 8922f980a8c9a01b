#include "common/page/page_data.h"

#include <string>
#include <utility>

#include "common/model/iana_states.h"
#include "common/model/port_class.h"
#include "common/model/port_map.h"
#include "common/page/page_advice.h"
#include "common/page/page_json.h"
#include "common/page/page_names.h"
#include "common/page/page_records.h"
#include "common/text/quote.h"
#include "common/text/version.h"

namespace portreg {
namespace {

using Json = nlohmann::ordered_json;

Json LayersOf(const Registry& registry) {
  Json layers = Json::array();
  for (const LayerInfo& info : registry.layers()) {
    if (info.record_count == 0) continue;
    layers.push_back(
        {{"layer", std::string(ToString(info.layer))},
         {"source", Printable(info.source.empty() ? SourceOf(info.layer) : info.source)},
         {"origin", Printable(info.origin)},
         {"records", info.record_count}});
  }
  return layers;
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
          {"layers", LayersOf(registry)},
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
