// Reads the whole registry by ListRange, one listing after the other. Prints one JSON
// object (see window.h) in which a call is a listing.
//
//   list_reader --target=127.0.0.1:6335 --how=client --server_pid=PID
//
// Checks the first listing byte for byte, and the others by their size or by a sum over
// their records.
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/answers/answers.h"
#include "common/answers/list_range_answer.h"
#include "common/answers/requests.h"
#include "common/model/registry.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/grpcpp.h"
#include "portreg/client.h"
#include "server/reload/registry_files.h"
#include "sockets.h"
#include "window.h"

ABSL_FLAG(std::string, target, "", "the server: ADDRESS:PORT");
ABSL_FLAG(std::string, how, "raw",
          "raw: gRPC, bytes counted; generated: messages of the generated stub; client: records of "
          "portreg::Client; tcp: plain TCP from tcp_sender, bytes counted");
ABSL_FLAG(std::string, bytes, "",
          "a file: raw writes all messages' bytes into it, tcp expects those in it");
ABSL_FLAG(int, server_pid, 0, "the server's process, for its CPU time; 0: not measured");
ABSL_FLAG(uint64_t, listings, 50, "how many to measure");

namespace portreg::bench {
namespace {

// The number of listings to warm up with. The first of them is checked.
constexpr int kWarmUp = 3;

// Reads one listing. Appends its bytes to `seen`, to be checked, unless `seen` is null.
// Returns the number of bytes, or a sum over the records; 0 if the call failed.
using Reader = std::function<size_t(std::string* seen)>;

std::shared_ptr<grpc::Channel> MakeChannel() {
  return grpc::CreateChannel(absl::GetFlag(FLAGS_target), grpc::InsecureChannelCredentials());
}

// Receives messages without parsing them, to measure the time of gRPC alone.
class RawReader {
 public:
  RawReader() : stub_(MakeChannel()) {}

  size_t operator()(std::string* seen) {
    grpc::ClientContext context;
    const auto call =
        stub_.PrepareCall(&context, "/portreg.v1.PortRegistryService/ListRange", &queue_);
    call->StartCall(&queue_);
    if (!Next()) return 0;
    const grpc::Slice nothing;
    call->WriteLast(grpc::ByteBuffer(&nothing, 1), grpc::WriteOptions(), &queue_);
    if (!Next()) return 0;
    size_t size = 0;
    grpc::ByteBuffer message;
    for (call->Read(&message, &queue_); Next(); call->Read(&message, &queue_)) {
      size += message.Length();
      if (seen != nullptr) Append(message, *seen);
    }
    grpc::Status status;
    call->Finish(&status, &queue_);
    return Next() && status.ok() ? size : 0;
  }

 private:
  [[nodiscard]] bool Next() {
    void* tag = nullptr;
    bool ok = false;
    return queue_.Next(&tag, &ok) && ok;
  }

  static void Append(const grpc::ByteBuffer& message, std::string& seen) {
    std::vector<grpc::Slice> slices;
    if (!message.Dump(&slices).ok()) return;
    for (const grpc::Slice& slice : slices) {
      seen.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    }
  }

  grpc::GenericStub stub_;
  grpc::CompletionQueue queue_;
};

// Reads a few fields of a record, as a user would. Returns their sum.
size_t Use(const v1::PortRecord& record, std::string* seen) {
  if (seen != nullptr) absl::StrAppend(seen, record.SerializeAsString());
  return record.service().size() + static_cast<size_t>(record.first_port());
}

Reader GeneratedReader() {
  const std::shared_ptr<v1::PortRegistryService::Stub> stub =
      v1::PortRegistryService::NewStub(MakeChannel());
  return [stub](std::string* seen) {
    grpc::ClientContext context;
    const auto reader = stub->ListRange(&context, {});
    size_t sum = 0;
    v1::ListRangeResponse message;
    while (reader->Read(&message)) {
      for (const v1::PortRecord& record : message.records()) sum += Use(record, seen);
    }
    return reader->Finish().ok() ? sum : 0;
  };
}

Reader ClientReader() {
  ClientOptions options;
  options.target = absl::GetFlag(FLAGS_target);
  const std::shared_ptr<const Client> client = Client::Create(options).value();
  return [client](std::string* seen) {
    size_t sum = 0;
    RecordStream stream = client->ListRange({});
    while (const v1::PortRecord* record = stream.Next()) sum += Use(*record, seen);
    return stream.status().ok() ? sum : 0;
  };
}

Reader TcpReader(size_t size) {
  int port = 0;
  const std::string target = absl::GetFlag(FLAGS_target);
  if (!absl::SimpleAtoi(target.substr(target.rfind(':') + 1), &port)) return nullptr;
  const auto socket = std::make_shared<Socket>(Socket::Connect(static_cast<uint16_t>(port)));
  return [socket, size, buffer = std::vector<char>(64 << 10)](std::string* seen) mutable {
    socket->Send("?");
    size_t received = 0;
    while (received < size) {
      const size_t part = socket->Receive(buffer.data(), buffer.size());
      if (part == 0) return size_t{0};
      received += part;
      if (seen != nullptr) seen->append(buffer.data(), part);
    }
    return received;
  };
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Returns all records as bytes, each as its message has it. Sets `count` to their number.
std::string Records(const Registry& registry, size_t& count) {
  std::string bytes;
  count = 0;
  ListRangeAnswer listing = ListRange(registry, Read(v1::ListRangeRequest(), registry).value());
  v1::ListRangeResponse message;
  bool last = false;
  while (!last) {
    last = listing.Next(message);
    count += message.records_size();
    for (const v1::PortRecord& record : message.records()) {
      absl::StrAppend(&bytes, record.SerializeAsString());
    }
  }
  return bytes;
}

// Returns the records within a listing's bytes. Concatenated messages parse as one.
std::string RecordsWithin(const std::string& listing) {
  std::string bytes;
  v1::ListRangeResponse all;
  if (!all.ParseFromString(listing)) return bytes;
  for (const v1::PortRecord& record : all.records()) {
    absl::StrAppend(&bytes, record.SerializeAsString());
  }
  return bytes;
}

int Fail(const std::string& reason) {
  std::cerr << "list_reader: " << reason << "\n";
  return EXIT_FAILURE;
}

int Run() {
  const std::string how = absl::GetFlag(FLAGS_how);
  const std::string file = absl::GetFlag(FLAGS_bytes);
  Reader read;
  if (how == "raw")
    read = [reader = std::make_shared<RawReader>()](auto* s) { return (*reader)(s); };
  if (how == "generated") read = GeneratedReader();
  if (how == "client") read = ClientReader();
  if (how == "tcp") read = TcpReader(ReadFile(file).size());
  if (read == nullptr) return Fail("no such way: " + how);

  std::string seen;
  const size_t size = read(&seen);
  if (how == "raw" && !file.empty()) std::ofstream(file, std::ios::binary) << seen;
  const std::string records = how == "raw" || how == "tcp" ? RecordsWithin(seen) : seen;
  const absl::StatusOr<Registry> registry = server::LoadRegistry({});
  size_t count = 0;
  if (!registry.ok() || records != Records(*registry, count))
    return Fail("the listing is not right");
  for (int i = 1; i < kWarmUp; ++i) {
    if (read(nullptr) != size) return Fail("a listing is not whole");
  }

  Window::Limits limits;
  limits.server = absl::GetFlag(FLAGS_server_pid);
  limits.calls = absl::GetFlag(FLAGS_listings);
  Window window(limits);
  while (!window.over()) {
    const Clock::time_point began = Clock::now();
    const size_t got = read(nullptr);
    window.Add(began, Clock::now(), got == size);
  }
  std::cout << R"({"records": )" << count << R"(, "window": )" << window.ToJson() << "}\n";
  return window.wrong() == 0 ? EXIT_SUCCESS : Fail("a listing was not whole");
}

}  // namespace
}  // namespace portreg::bench

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  return portreg::bench::Run();
}
