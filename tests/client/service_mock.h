// Includes gRPC's generated mock of the service once, because that header has no include guard.
#ifndef PORTREG_TESTS_CLIENT_SERVICE_MOCK_H_
#define PORTREG_TESTS_CLIENT_SERVICE_MOCK_H_

#include "portreg/v1/port_registry_service_mock.grpc.pb.h"

#endif  // PORTREG_TESTS_CLIENT_SERVICE_MOCK_H_
