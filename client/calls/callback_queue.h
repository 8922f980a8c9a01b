// Keeps gRPC's callback queue alive.
#ifndef PORTREG_CLIENT_CALLS_CALLBACK_QUEUE_H_
#define PORTREG_CLIENT_CALLS_CALLBACK_QUEUE_H_

namespace portreg::internal {

// Makes the queue that runs this process's callbacks live as long as the process.
// gRPC 1.51 destroys it with the last channel or server that uses it. If a callback
// destroys that one, as a client's callback may, then the queue's thread would wait
// for itself, and gRPC would end the process.
void KeepCallbackQueue();

}  // namespace portreg::internal

#endif  // PORTREG_CLIENT_CALLS_CALLBACK_QUEUE_H_
