// Finds methods of the service by name, and the types of their messages.
#ifndef PORTREG_SERVER_WEB_PROTOCOL_METHODS_H_
#define PORTREG_SERVER_WEB_PROTOCOL_METHODS_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "server/service/method.h"

namespace portreg::server {

// Returns the method with a name such as "Lookup", or nullopt if there is none. Methods that
// stream are found too.
std::optional<Method> MethodByName(absl::string_view name);

// Return the types of a method's messages. The method must not be kOther.
const google::protobuf::Descriptor& RequestType(Method method);
const google::protobuf::Descriptor& ResponseType(Method method);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_WEB_PROTOCOL_METHODS_H_
