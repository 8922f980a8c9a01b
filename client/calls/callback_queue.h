// Keeps gRPC's callback queue alive.
#ifndef PORTREG_CLIENT_CALLS_CALLBACK_QUEUE_H_
#define PORTREG_CLIENT_CALLS_CALLBACK_QUEUE_H_

namespace portreg::internal {

// From now on the queue that runs this process's callbacks lives as long as the
// process. gRPC 1.51 ends it with the last channel or server that uses it; and
// where that one goes from within a callback, as a client's may, the queue's
// thread would wait for itself, and gRPC ends the process.
void KeepCallbackQueue();

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CALLS_CALLBACK_QUEUE_H_
