"""Floods the server's own port: it survives, answers, and frees all resources.

    PORTREGD=portregd python3 floods_test.py

PORTREG_FLOOD_SECONDS is the length of each flood in seconds. Floods that gRPC
1.51 cannot withstand are sent here in a small dose; proxy_floods_test.py sends
them in full, behind a proxy.
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
# The attackers' resources must be free again within this time, because the
# allocator returns pages some seconds after they are free.
BACK_SECONDS = 20
# The growth that may stay: pages in the allocator's and the threads' caches.
MOST_GROWTH_MIB = 40
MORE_DESCRIPTORS = 2
# Independent of the flood, because a log that can be flooded fills disks.
MOST_LOG_LINES = 30 + 10 * FLOOD_SECONDS
# A small dose keeps the server busy for at most about this long.
DOSE_SECONDS = 30


def attack(address: str, flood: floods.Flood, seconds: float,
           most_bytes: float = math.inf, **how):
    """Runs one attacker, which connects again when the server closes its connection."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0 and most_bytes > 0:
        with contextlib.suppress(OSError), \
                wire.Connection(address, **how) as connection:
            connection.start(flood.acknowledges)
            most_bytes -= max(1, connection.pour(
                flood.chunks(), left, flood.reads, most_bytes))
            # Reads the rest of the answers, as a correct reader would.
            if most_bytes < math.inf:
                connection.closed_within(0.2)


class FloodsTest(unittest.TestCase):
    """Sends every row of the tables, each to a server of its own."""

    @contextlib.contextmanager
    def serve(self):
        """Runs a server that serves, and checks that it exits with 0."""
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
        """Returns True if a call on a new connection succeeds."""
        with contextlib.closing(self.server.fresh_channel()) as channel:
            try:
                ask(channel)
            except grpc.RpcError:
                return False
        return True

    def assert_healthy(self, seconds: float):
        """Checks that health answers within `seconds`, and calls after the flood."""
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
