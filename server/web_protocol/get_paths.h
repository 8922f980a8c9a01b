// Reads the questions that paths under /v1 ask.
#ifndef PORTREG_SERVER_WEB_PROTOCOL_GET_PATHS_H_
#define PORTREG_SERVER_WEB_PROTOCOL_GET_PATHS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "server/web_protocol/web_question.h"

namespace portreg::server {

// Reads the question of a path below /v1, such as {"ports", "443"}, and of its query:
//
//   ports/{port}     Lookup           transport, view, scope
//   services/{name}  Lookup           transport, view, scope
//   ports            ListRange        first, last, transport, layer, view, scope,
//                                     include_portless, resume_token
//   search           Search           q, transport, layer, view, scope, max_results
//   classify/{port}  Classify         transport
//   info             GetRegistryInfo
//
// The value of an enum is its name in the contract, with or without the prefix of the enum, in
// any case: "TRANSPORT_TCP" or "tcp". `layer` may be given several times. Returns nullopt for
// any other path. Refuses unknown parameters and those that are given twice, with reason
// MALFORMED_REQUEST; and values that are not of the field's type, with the reason that the
// contract has for a bad value of the field; and bounds of a listing that are out of range or
// reversed, because the parameters and the fields have different names. common/answers checks all
// else.
std::optional<QuestionOrRefusal> ReadGetPath(absl::Span<const std::string> path,
                                             absl::string_view query);

}  // namespace portreg::server

#endif  // PORTREG_SERVER_WEB_PROTOCOL_GET_PATHS_H_
