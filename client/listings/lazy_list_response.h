// A message of a listing, read record by record.
#ifndef PORTREG_CLIENT_LISTINGS_LAZY_LIST_RESPONSE_H_
#define PORTREG_CLIENT_LISTINGS_LAZY_LIST_RESPONSE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "grpcpp/grpcpp.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::internal {

// The record that was parsed last, of those that are plain: what a server sends
// in the BASIC view, each field once at most, in order, texts in ASCII.
class PlainRecord {
 public:
  PlainRecord() = default;
  PlainRecord(const PlainRecord&) = delete;
  PlainRecord& operator=(const PlainRecord&) = delete;

  // The record, which lives until the next call. nullptr if the bytes are
  // anything else, be it a record or not.
  const v1::PortRecord* Parse(absl::string_view bytes);

 private:
  v1::PortRecord record_;
  // Of record_.
  std::string& service_ = *record_.mutable_service();
  std::string& description_ = *record_.mutable_description();
  std::string& source_ = *record_.mutable_source();
};

// Yields the records of a v1::ListRangeResponse, each parsed when it is asked
// for, into the same memory. As soon as one is not plain, the generated parser
// takes the whole message: it alone says what is malformed.
class LazyListResponse {
 public:
  LazyListResponse() = default;
  LazyListResponse(const LazyListResponse&) = delete;
  LazyListResponse& operator=(const LazyListResponse&) = delete;

  // Takes a message as gRPC received it.
  void Parse(const grpc::ByteBuffer& bytes);

  // Takes a message that others parsed.
  void Set(v1::ListRangeResponse message);

  // The next record, which lives until the next call of any of these. nullptr
  // after the last one and in a malformed message.
  [[nodiscard]] const v1::PortRecord* Next();

  // Whether the bytes are no such message, as far as they have been read.
  [[nodiscard]] bool malformed() const { return malformed_; }

  // Whether all records have been yielded.
  [[nodiscard]] bool done() const { return next_ == size_; }

  // The message's other fields.
  [[nodiscard]] const v1::ListRangeResponse& rest() const { return message_; }

 private:
  // Finds the records' bytes and the other fields. False if that takes more than
  // a FieldReader.
  bool FindFields();
  // Parses the whole message.
  void ParseWhole();

  grpc::Slice bytes_;
  // Views of bytes_, one for each record.
  std::vector<absl::string_view> records_;
  PlainRecord record_;
  // With records only if it is whole.
  v1::ListRangeResponse message_;
  bool whole_ = false;
  bool malformed_ = false;
  // Of the records: the next one, and how many there are.
  size_t next_ = 0;
  size_t size_ = 0;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_LISTINGS_LAZY_LIST_RESPONSE_H_
