// Ends the waits for input when a run is stopped.
#ifndef PORTREG_CLIENT_CLI_STREAMS_STOP_SIGNAL_H_
#define PORTREG_CLIENT_CLI_STREAMS_STOP_SIGNAL_H_

namespace portreg::cli {

// Tells readers to stop, because the output failed or the user interrupts.
// Thread-safe.
class StopSignal {
 public:
  StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  ~StopSignal();

  // May be called by a signal's handler.
  void Stop() const;

  [[nodiscard]] bool stopped() const;

  // Waits until `descriptor` can be read or is at its end, for at most `timeout_ms`
  // milliseconds; -1: without a limit. A negative descriptor is ignored. Returns early if
  // the run is stopped.
  void Wait(int descriptor, int timeout_ms) const;

 private:
  // An eventfd, readable once Stop() was called.
  const int event_;
};

}  // namespace portreg::cli

#endif  // PORTREG_CLIENT_CLI_STREAMS_STOP_SIGNAL_H_
