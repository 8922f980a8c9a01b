"""Makes load that must not notice changes to the servers.

    with Load(calls, threads=4) as load:
        ...                         # rotate, reload, drain
        load.await_calls(1000)      # so many more
    load.check()                    # not one has failed
"""

import threading
import time
from typing import Callable, Sequence

import grpc
from service import PATIENCE, eventually


def shown(error: BaseException) -> str:
    """Returns an error in one line."""
    if isinstance(error, grpc.RpcError):
        return f"{error.code().name}: {error.details()}"
    return f"{type(error).__name__}: {error}"


class Load:
    """Calls on and on, each function of `calls` on a thread of its own.

    A function is called again as soon as it returns; it raises what counts as a
    failure.
    """

    def __init__(self, calls: Sequence[Callable[[], None]]):
        self._ended = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(number, call), daemon=True)
            for number, call in enumerate(calls)]
        self._done = [0] * len(calls)
        self.failures: list[tuple[float, str]] = []
        self._start = time.monotonic()

    def _run(self, number: int, call: Callable[[], None]):
        while not self._ended.is_set():
            try:
                call()
                self._done[number] += 1
            except Exception as error:  # any error is a failure
                self.failures.append(
                    (round(time.monotonic() - self._start, 3), shown(error)))

    @property
    def done(self) -> int:
        """Returns the number of answered calls."""
        return sum(self._done)

    def await_calls(self, more: int, seconds: float = 30):
        """Waits until each thread has made a call and `more` calls were answered.

        Raises AssertionError as soon as a call has failed, or after `seconds`.
        """
        before = list(self._done)
        goal = self.done + more
        eventually(lambda: self.failures or self._gone_on(before, goal),
                   seconds)
        self.check()
        assert self._gone_on(before, goal), (before, goal, self._done)

    def _gone_on(self, before: list[int], goal: int) -> bool:
        return self.done >= goal and all(
            now > then for now, then in zip(self._done, before))

    def check(self):
        """Raises AssertionError if a call has failed."""
        if self.failures:
            raise AssertionError(
                f"{len(self.failures)} of {self.done} calls failed: "
                f"{self.failures[:5]}")

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind, value, traceback):
        self._ended.set()
        for thread in self._threads:
            thread.join(30 * PATIENCE)
