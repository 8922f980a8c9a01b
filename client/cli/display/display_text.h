// The contract's values in a person's words.
#ifndef PORTREG_CLIENT_CLI_DISPLAY_DISPLAY_TEXT_H_
#define PORTREG_CLIENT_CLI_DISPLAY_DISPLAY_TEXT_H_

#include <string>

#include "portreg/v1/port_record.pb.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::cli {

// "tcp"; empty for TRANSPORT_UNSPECIFIED. A value that this program does not
// know is shown as its number, here and below.
std::string TransportName(v1::Transport transport);

// "iana".
std::string LayerName(v1::Layer layer);

// "443/tcp", "6000-6063/udp", "2082" without a transport, "-" without a port.
std::string PortsOf(const v1::PortRecord& record);

// "reserved", or "tcp reserved, udp assigned" where transports differ.
std::string StatesOf(const v1::LookupResponse& response);

// Why a search found a record: "name", "name prefix", "word in name", "part of
// description". "word" and "part of word" if words of the query stand in both.
std::string ReasonOf(const v1::SearchMatch& match);

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_DISPLAY_DISPLAY_TEXT_H_
