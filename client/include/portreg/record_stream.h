// Reads the records of a listing.
#ifndef PORTREG_RECORD_STREAM_H_
#define PORTREG_RECORD_STREAM_H_

#include <cstddef>
#include <iterator>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg {

// Yields records as they arrive, and holds at most two messages of them in memory.
// The call begins when the first record is read. A stream that breaks with
// UNAVAILABLE after a message continues where it broke; it waits for the server
// until the listing's timeout is over. RetryOptions::max_attempts of 1 turns that
// off.
//
//   portreg::RecordStream records = client->ListRange(request);
//   for (const portreg::v1::PortRecord& record : records) Use(record);
//   if (!records.status().ok()) ...
//
// Movable. Not thread-safe. It may outlive its client.
class RecordStream {
 public:
  // Does the stream's work; defined in client/listings/blocking_listing.h.
  class BlockingListing;

  // Reads a stream in a range-based for loop. An input iterator: incrementing it
  // ends the life of the record before.
  class Iterator {
   public:
    // For std::iterator_traits.
    using iterator_category = std::input_iterator_tag;
    // For std::iterator_traits.
    using value_type = v1::PortRecord;
    // For std::iterator_traits.
    using difference_type = std::ptrdiff_t;
    // For std::iterator_traits.
    using pointer = const v1::PortRecord*;
    // For std::iterator_traits.
    using reference = const v1::PortRecord&;

    // Holds a copy of the record that an iterator referred to before `it++`.
    class Previous {
     public:
      // Copies the record.
      explicit Previous(reference record) : record_(record) {}
      // Returns the copy.
      reference operator*() const { return record_; }

     private:
      v1::PortRecord record_;
    };

    // The end of every stream.
    Iterator() = default;
    // Refers to `record`, which `stream` has yielded last; null is the end.
    Iterator(RecordStream* stream, pointer record) : stream_(stream), record_(record) {}

    // The record. Requires that this is not the end.
    reference operator*() const { return *record_; }
    // The record. Requires that this is not the end.
    pointer operator->() const { return record_; }
    // Reads the next record.
    Iterator& operator++() {
      record_ = stream_->Next();
      return *this;
    }
    // Reads the next record, and returns a copy of this one.
    Previous operator++(int) {
      Previous previous(*record_);
      ++*this;
      return previous;
    }

    // Returns true if both are at the end, or both at the same record.
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.record_ == b.record_; }
    // Returns true unless both are at the end, or both at the same record.
    friend bool operator!=(const Iterator& a, const Iterator& b) { return !(a == b); }

   private:
    RecordStream* stream_ = nullptr;
    pointer record_ = nullptr;
  };

  // For the library's use.
  explicit RecordStream(std::unique_ptr<BlockingListing> listing);
  // The stream that was moved from is at its end.
  RecordStream(RecordStream&& other) noexcept;
  // Cancels the listing that this stream had, as ~RecordStream does.
  RecordStream& operator=(RecordStream&& other) noexcept;
  // Cancels a listing that has not been read to its end, and waits until gRPC has
  // ended the call in this process. That takes no longer if the server or the
  // network is slow or gone, because nothing is awaited from them. Does not wait
  // if no record was asked for, or if the end was reached.
  ~RecordStream();

  // Reads the next record, which lives until the next call. nullptr at the end and
  // after an error; status() distinguishes them.
  [[nodiscard]] const v1::PortRecord* Next();

  // Reads the next record, and returns an iterator to it: a loop continues where
  // Next() or another loop stopped.
  [[nodiscard]] Iterator begin() { return {this, Next()}; }
  // Returns the end of every stream.
  [[nodiscard]] Iterator end() { return {}; }

  // Returns OK unless an error has occurred. ABORTED (REVISION_CHANGED) if the
  // registry has changed since the stream broke, or since the request's resume
  // token was issued: start again without a token. INTERNAL if a message is
  // malformed or breaks the contract: no message at all, another revision than
  // before, ports out of range or order, more bytes than a registry lists. Records
  // before the fault may have been yielded.
  [[nodiscard]] const absl::Status& status() const { return status_; }

  // The revision of the records. Empty before the first record is read.
  [[nodiscard]] const std::string& revision() const { return revision_; }

  // A token for a later request, which continues after the last message whose
  // records have all been yielded. Empty if there is no such message yet.
  [[nodiscard]] const std::string& resume_token() const { return resume_token_; }

 private:
  std::unique_ptr<BlockingListing> listing_;
  std::string revision_;
  std::string resume_token_;
  absl::Status status_;
};

}  // namespace portreg

#endif  // PORTREG_RECORD_STREAM_H_
