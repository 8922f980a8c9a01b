// Formats the values of the API's messages as text for people.
#ifndef PORTREG_CLIENT_CLI_DISPLAY_DISPLAY_TEXT_H_
#define PORTREG_CLIENT_CLI_DISPLAY_DISPLAY_TEXT_H_

#include <string>

#include "portreg/v1/port_record.pb.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::cli {

// Returns a transport's name: "tcp"; empty for TRANSPORT_UNSPECIFIED. These functions
// return a number in place of a name for a value that this program does not know.
std::string TransportName(v1::Transport transport);

// Returns a layer's name: "iana".
std::string LayerName(v1::Layer layer);

// Returns a status's name: "planned"; empty for RECORD_STATUS_UNSPECIFIED, which is that of
// most records.
std::string StatusName(v1::RecordStatus status);

// Returns a record's aliases, with blanks between them.
std::string AliasesOf(const v1::PortRecord& record);

// Returns a record's ports and transport: "443/tcp", "6000-6063/udp"; "2082" without a
// transport, "-" without a port.
std::string PortsOf(const v1::PortRecord& record);

// Returns the states of a port: "reserved" if all transports agree, else "tcp reserved,
// udp assigned".
std::string StatesOf(const v1::LookupResponse& response);

// Returns why a search found a record: "name", "name prefix", "word in name", "part of
// owner". Returns "word" or "part of word" if the query's words occur in several fields.
std::string ReasonOf(const v1::SearchMatch& match);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_DISPLAY_DISPLAY_TEXT_H_
