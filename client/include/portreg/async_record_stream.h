// Reads a listing without blocking.
#ifndef PORTREG_ASYNC_RECORD_STREAM_H_
#define PORTREG_ASYNC_RECORD_STREAM_H_

#include <memory>
#include <optional>

#include "portreg/async.h"
#include "portreg/v1/port_registry_service.pb.h"

namespace portreg {

namespace internal {
class AsyncListing;
}  // namespace internal

// Reads the messages of a listing, each when the caller asks for it: the server
// sends no faster than the caller reads. A listing that breaks continues as
// RecordStream describes.
//
//   void Reader::Continue() {
//     stream_.Next([this](auto message) {
//       if (!message.ok()) return Fail(message.status());
//       if (!message->has_value()) return Finish();
//       for (const portreg::v1::PortRecord& record : (*message)->records()) Use(record);
//       Continue();
//     });
//   }
//
// Movable. Not thread-safe, except for Cancel().
class AsyncRecordStream {
 public:
  // For the library's use.
  explicit AsyncRecordStream(std::shared_ptr<internal::AsyncListing> listing);
  // The stream that was moved from is at its end.
  AsyncRecordStream(AsyncRecordStream&&) noexcept;
  // Cancels the listing that this stream had.
  AsyncRecordStream& operator=(AsyncRecordStream&&) noexcept;
  // Cancels a listing that has not been read to its end, and does not wait. A
  // callback that waits for a message still runs, perhaps later.
  ~AsyncRecordStream();

  // Reads the next message; the first call begins the listing. The callback gets
  // nullopt at the end. An error ends the listing, and every further call gets it
  // again. FAILED_PRECONDITION if the previous message has not arrived yet.
  void Next(Callback<std::optional<v1::ListRangeResponse>> callback);

  // Ends the listing with CANCELLED.
  void Cancel();

 private:
  std::shared_ptr<internal::AsyncListing> listing_;
};

}  // namespace portreg

#endif  // PORTREG_ASYNC_RECORD_STREAM_H_
