"""Floods on the server's own port: it lives, answers, and gives all back.

    PORTREGD=portregd python3 floods_test.py

PORTREG_FLOOD_SECONDS says how long each flood lasts. What gRPC 1.51 cannot
withstand is shown in a small dose here; proxy_floods_test.py has it in full,
behind a proxy.
"""

import contextlib
import math
import os
import threading
import time
import unittest
from typing import Callable

import floods
import serving
import wire

import grpc

FLOOD_SECONDS = float(os.environ.get("PORTREG_FLOOD_SECONDS", "0.5"))
ATTACKERS = 2
HEALTHY_SECONDS = 1
# Within this time what the attackers held must be free again; the allocator
# gives pages back some seconds after they are free.
BACK_SECONDS = 20
# What may stay: pages in the allocator's and the threads' caches.
MOST_GROWTH_MIB = 40
MORE_DESCRIPTORS = 2
# In all, however long and hard the flood: a log that can be flooded fills disks.
MOST_LOG_LINES = 30 + 10 * FLOOD_SECONDS
# A small dose keeps the server busy for about this long at most.
DOSE_SECONDS = 30


def attack(address: str, flood: floods.Flood, seconds: float,
           most_bytes: float = math.inf, **how):
    """One attacker: comes back, as wire.Connection says, when it is hung up on."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0 and most_bytes > 0:
        with contextlib.suppress(OSError), \
                wire.Connection(address, **how) as connection:
            connection.start(flood.acknowledges)
            most_bytes -= max(1, connection.pour(
                flood.chunks(), left, flood.reads, most_bytes))
            # A sound reader's end: the rest of what was asked for.
            if most_bytes < math.inf:
                connection.closed_within(0.2)


class FloodsTest(unittest.TestCase):
    """Every row of the tables, each with a server of its own."""

    @contextlib.contextmanager
    def serve(self):
        """A server that has begun to serve; it must end well."""
        with serving.Attacked() as self.server:
            with contextlib.closing(self.server.fresh_channel()) as channel:
                serving.lookup(channel)
                serving.healthy(channel)
            self.at_start = self.server.usage()
            yield
            self.assertTrue(self.server.running())

    def run_attackers(self, flood: floods.Flood, seconds: float, **how):
        attackers = [threading.Thread(
            target=attack, args=(self.server.address, flood, seconds),
            kwargs=how) for _ in range(ATTACKERS)]
        for each in attackers:
            each.start()
        for each in attackers:
            each.join()

    def assert_all_came_back(self):
        def back() -> bool:
            now = self.server.usage()
            return (now.descriptors - self.at_start.descriptors
                    <= MORE_DESCRIPTORS and
                    now.resident_mib - self.at_start.resident_mib
                    <= MOST_GROWTH_MIB)
        self.assertTrue(serving.eventually(back, BACK_SECONDS),
                        (self.at_start, self.server.usage()))
        self.assertLessEqual(
            self.server.usage().log_lines - self.at_start.log_lines,
            MOST_LOG_LINES, self.server.stderr()[-1000:])

    def succeeds(self, ask: Callable[[grpc.Channel], None]) -> bool:
        """Whether a call on a new connection does."""
        with contextlib.closing(self.server.fresh_channel()) as channel:
            try:
                ask(channel)
            except grpc.RpcError:
                return False
        return True

    def assert_healthy(self, seconds: float):
        """Health answers within that time; and calls, once the calls that the
        flood began are over."""
        self.assertTrue(serving.eventually(
            lambda: self.succeeds(serving.healthy), seconds))
        self.assertTrue(serving.eventually(
            lambda: self.succeeds(serving.lookup), BACK_SECONDS))

    def test_what_is_withstood(self):
        for name, flood in floods.FLOODS.items():
            with self.subTest(name), self.serve():
                self.run_attackers(flood, FLOOD_SECONDS)
                self.assert_healthy(HEALTHY_SECONDS)
                self.assert_all_came_back()

    def test_a_small_dose_of_what_is_not_withstood(self):
        for name, (flood, dose) in floods.BEHIND_A_PROXY_ONLY.items():
            with self.subTest(name), self.serve():
                self.run_attackers(flood, FLOOD_SECONDS, most_bytes=dose)
                self.assert_healthy(DOSE_SECONDS)
                self.assert_all_came_back()


if __name__ == "__main__":
    unittest.main()
