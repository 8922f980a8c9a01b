// Asks a portregd what port 443 is, and lists the ports 20-25.
//
//   quickstart [TARGET]    TARGET is the server; default: 127.0.0.1:6335
//
// Exit codes: 0 answered, 1 no answer.
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "portreg/client.h"
#include "portreg/error.h"

namespace {

constexpr int kPort = 443;
constexpr int kFirstPort = 20;
constexpr int kLastPort = 25;

// Returns "/tcp" for TRANSPORT_TCP, nothing for a record that states no transport.
std::string TransportSuffix(portreg::v1::Transport transport) {
  switch (transport) {
    case portreg::v1::TRANSPORT_TCP:
      return "/tcp";
    case portreg::v1::TRANSPORT_UDP:
      return "/udp";
    case portreg::v1::TRANSPORT_SCTP:
      return "/sctp";
    case portreg::v1::TRANSPORT_DCCP:
      return "/dccp";
    default:  // A later server may have more transports than this program knows.
      return "";
  }
}

// Returns "https/tcp". A reserved port has no name, only a description.
std::string NameOf(const portreg::v1::PortRecord& record) {
  const std::string& name = record.service().empty() ? record.description() : record.service();
  return name + TransportSuffix(record.transport());
}

std::string PortsOf(const portreg::v1::PortRecord& record) {
  std::string ports = std::to_string(record.first_port());
  if (record.last_port() != record.first_port()) ports += "-" + std::to_string(record.last_port());
  return ports;
}

absl::Status PrintPort(const portreg::Client& client) {
  const absl::StatusOr<portreg::v1::LookupResponse> answer = client.LookupPort(kPort);
  if (!answer.ok()) return answer.status();
  std::cout << "Port " << kPort << " is known as\n";
  for (const portreg::v1::PortRecord& record : answer->records()) {
    std::cout << "  " << NameOf(record) << "\n";
  }
  return absl::OkStatus();
}

absl::Status PrintRange(const portreg::Client& client) {
  portreg::v1::ListRangeRequest request;
  request.set_first_port(kFirstPort);
  request.set_last_port(kLastPort);
  std::cout << "Ports " << kFirstPort << "-" << kLastPort << " are known as\n";
  portreg::RecordStream records = client.ListRange(request);
  for (const portreg::v1::PortRecord& record : records) {
    std::cout << "  " << PortsOf(record) << " " << NameOf(record) << "\n";
  }
  return records.status();
}

int Fail(const absl::Status& status) {
  std::cerr << "quickstart: " << status.message();
  // Why a server refused the call; unspecified if none was reached.
  const portreg::v1::ErrorReason reason = portreg::ErrorReason(status);
  if (reason != portreg::v1::ERROR_REASON_UNSPECIFIED) {
    std::cerr << " (" << portreg::v1::ErrorReason_Name(reason) << ")";
  }
  std::cerr << "\n";
  if (absl::IsUnavailable(status)) {
    std::cerr << "quickstart: is portregd running? Start it, or name another: quickstart TARGET\n";
  }
  return EXIT_FAILURE;
}

}  // namespace

int main(int argc, char** argv) {
  portreg::ClientOptions options;
  if (argc > 1) options.target = argv[1];
  const absl::StatusOr<std::unique_ptr<portreg::Client>> client = portreg::Client::Create(options);
  if (!client.ok()) return Fail(client.status());
  if (const absl::Status status = PrintPort(**client); !status.ok()) return Fail(status);
  if (const absl::Status status = PrintRange(**client); !status.ok()) return Fail(status);
  return EXIT_SUCCESS;
}
