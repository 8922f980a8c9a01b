#include "server/service/watch_stream.h"

#include <memory>
#include <utility>

#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/answers/answers.h"
#include "common/answers/requests.h"
#include "server/replies/grpc_conversion.h"

namespace portreg::server {
namespace {

// Returns `longest` less up to a tenth, chosen at random, so that clients that called at the same
// time do not all call again at the same time.
absl::Duration Jittered(absl::Duration longest) {
  absl::InsecureBitGen random;
  return longest * absl::Uniform(random, 0.9, 1.0);
}

}  // namespace

WatchStream::WatchStream(Calls& calls, grpc::CallbackServerContext& context,
                         const Publication& publication)
    : Stream(calls, Method::kWatch, context), publication_(publication) {}

void WatchStream::Go(const grpc::ByteBuffer& request) {
  v1::WatchRequest message;
  if (absl::Status status = TakeRequest(request, message); !status.ok()) {
    End(ToGrpcStatus(status));
    return;
  }
  {
    const MutexLock lock(revision_mutex_);
    revision_ = Read(message);
  }
  const std::shared_ptr<WatchStream> self =
      std::static_pointer_cast<WatchStream>(shared_from_this());
  const std::weak_ptr<WatchStream> weak = self;
  alarm_.Set(After(Jittered(calls().options().max_watch)), [weak](bool rang) {
    const std::shared_ptr<WatchStream> stream = weak.lock();
    if (rang && stream != nullptr) stream->End(grpc::Status::OK);
  });
  publication_.Add(self);
  // Tells the client that its call was accepted, because there may be no message
  // for a long time.
  StartSendInitialMetadata();
  SendRevision();
}

void WatchStream::OnPublish() { SendRevision(); }

void WatchStream::OnWriteDone(bool ok) {
  if (!ok) {
    End(grpc::Status::CANCELLED);
    return;
  }
  {
    const MutexLock lock(revision_mutex_);
    sending_ = false;
  }
  SendRevision();
}

void WatchStream::OnCancel() { End(grpc::Status::CANCELLED); }

void WatchStream::SendRevision() {
  const MutexLock lock(revision_mutex_);
  if (sending_) return;
  const std::shared_ptr<const Snapshot> snapshot = publication_.Current();
  if (snapshot->registry.revision() == revision_) return;
  revision_ = snapshot->registry.revision();
  grpc::ByteBuffer message;
  Put({ToSlice(WatchMessage(snapshot->registry).SerializeAsString())}, message);
  sending_ = true;
  Send(message);
}

}  // namespace portreg::server
