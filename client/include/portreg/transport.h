// Converts between the contract's transports and IANA's protocol numbers.
#ifndef PORTREG_TRANSPORT_H_
#define PORTREG_TRANSPORT_H_

#include <optional>

#include "portreg/v1/port_record.pb.h"

namespace portreg {

// Returns the transport with a number of IANA's registry of protocol numbers, as flow
// records have it: 6 is tcp, 17 is udp, 33 is dccp, 132 is sctp. std::nullopt for any
// other number.
//
//   request.set_transport(
//       portreg::TransportFromProtocolNumber(flow.proto).value_or(v1::TRANSPORT_UNSPECIFIED));
//
// A cast instead would be wrong: v1::TRANSPORT_TCP is 1, which is ICMP's protocol number.
inline std::optional<v1::Transport> TransportFromProtocolNumber(int number) {
  switch (number) {
    case 6:
      return v1::TRANSPORT_TCP;
    case 17:
      return v1::TRANSPORT_UDP;
    case 33:
      return v1::TRANSPORT_DCCP;
    case 132:
      return v1::TRANSPORT_SCTP;
    default:
      return std::nullopt;
  }
}

// Returns the number of a transport in IANA's registry of protocol numbers. std::nullopt
// for TRANSPORT_UNSPECIFIED and for values that this version does not know.
inline std::optional<int> ProtocolNumberFromTransport(v1::Transport transport) {
  switch (transport) {
    case v1::TRANSPORT_TCP:
      return 6;
    case v1::TRANSPORT_UDP:
      return 17;
    case v1::TRANSPORT_SCTP:
      return 132;
    case v1::TRANSPORT_DCCP:
      return 33;
    default:
      return std::nullopt;
  }
}

}  // namespace portreg

#endif  // PORTREG_TRANSPORT_H_
