// Reads a message of a listing record by record.
#ifndef PORTREG_CLIENT_LISTINGS_LAZY_LIST_RESPONSE_H_
#define PORTREG_CLIENT_LISTINGS_LAZY_LIST_RESPONSE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "grpcpp/grpcpp.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg::internal {

// Parses plain records one after the other into the same memory. A record is plain if
// it has the fields of the BASIC view, each at most once and in order, with ASCII
// texts.
class PlainRecord {
 public:
  PlainRecord() = default;
  PlainRecord(const PlainRecord&) = delete;
  PlainRecord& operator=(const PlainRecord&) = delete;

  // Returns the record, which lives until the next call. nullptr if the bytes are not
  // a plain record.
  const v1::PortRecord* Parse(absl::string_view bytes);

 private:
  v1::PortRecord record_;
  // Fields of record_.
  std::string& service_ = *record_.mutable_service();
  std::string& description_ = *record_.mutable_description();
  std::string& source_ = *record_.mutable_source();
};

// Yields the records of a v1::ListRangeResponse. Parses each record when it is
// requested, into the same memory. If a record is not plain, the generated parser
// parses the whole message, and alone decides whether that is malformed.
class LazyListResponse {
 public:
  LazyListResponse() = default;
  LazyListResponse(const LazyListResponse&) = delete;
  LazyListResponse& operator=(const LazyListResponse&) = delete;

  // Takes the bytes of a message.
  void Parse(const grpc::ByteBuffer& bytes);

  // Takes a parsed message.
  void Set(v1::ListRangeResponse message);

  // Returns the next record, which lives until the next call of a method. nullptr
  // after the last record and for a malformed message.
  [[nodiscard]] const v1::PortRecord* Next();

  // Returns true if the bytes are malformed, as far as they have been read.
  [[nodiscard]] bool malformed() const { return malformed_; }

  // Returns true if all records have been yielded.
  [[nodiscard]] bool done() const { return next_ == size_; }

  // The message's other fields.
  [[nodiscard]] const v1::ListRangeResponse& rest() const { return message_; }

 private:
  // Finds the bytes of the records, and the other fields. Returns false if a
  // FieldReader does not understand the message.
  bool FindFields();
  // Parses the whole message.
  void ParseWhole();

  grpc::Slice bytes_;
  // Views of the records in bytes_.
  std::vector<absl::string_view> records_;
  PlainRecord record_;
  // Has its records only if whole_.
  v1::ListRangeResponse message_;
  bool whole_ = false;
  bool malformed_ = false;
  // The index of the next record, and the number of records.
  size_t next_ = 0;
  size_t size_ = 0;
};

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_LISTINGS_LAZY_LIST_RESPONSE_H_
