#include "common/model/port_class.h"

#include <algorithm>
#include <array>

namespace portreg {
namespace {

constexpr std::array<PortClassInfo, 3> kClasses = {{
    {PortClass::kWellKnown,
     {0, 1023},
     "Well-Known Ports",
     "Reserved for standard services and protocols, like HTTP (80), HTTPS (443), FTP (20-21), SSH "
     "(22), and SMTP (25). These ports are controlled and assigned by the Internet Assigned "
     "Numbers Authority (IANA)."},
    {PortClass::kRegistered,
     {1024, 49151},
     "Registered Ports",
     "These ports can be registered for proprietary applications, third-party software, or "
     "user-defined services. Many applications and games use these ports for communication."},
    {PortClass::kDynamic,
     {49152, 65535},
     "Dynamic / Private Ports",
     "Also known as ephemeral ports, these are generally used for temporary client-side "
     "connections. They are assigned dynamically when a client initiates a connection and are not "
     "associated with a fixed service."},
}};

}  // namespace

const PortClassInfo& ClassOf(Port port) {
  return *std::find_if(kClasses.begin(), kClasses.end(),
                       [port](const PortClassInfo& info) { return info.range.contains(port); });
}

absl::string_view ToString(PortClass port_class) {
  switch (port_class) {
    case PortClass::kWellKnown:
      return "well-known";
    case PortClass::kRegistered:
      return "registered";
    case PortClass::kDynamic:
      break;
  }
  return "dynamic";
}

}  // namespace portreg
