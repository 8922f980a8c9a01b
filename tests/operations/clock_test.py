"""Sets the system's clock while portregd stops, which must not change any duration.

    PORTREGD=portregd SETTABLE_CLOCK=settable_clock.so python3 clock_test.py
"""

import datetime
import os
import pathlib
import signal
import sys
import tempfile
import time
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / name)
                for name in ("integration", "interop")]

import grpc
from portreg_proto import Stub, pb
from processes import CALL_SECONDS, Portregd
from service import eventually

HOUR = 3600
DRAIN_SECONDS = 2


class SteppedClockTest(unittest.TestCase):
    """Drains a server while a client is connected."""

    def setUp(self):
        directory = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory(prefix="portreg-clock-")))
        self.shift = directory / "shift"
        # A link, because the dynamic linker reads a blank as the end of a path.
        library = directory / "settable_clock.so"
        library.symlink_to(os.environ["SETTABLE_CLOCK"])
        self.set_clock(0)
        self.server = Portregd(
            f"--drain_delay={DRAIN_SECONDS}s", "--drain_grace=1s",
            variables={"LD_PRELOAD": str(library),
                       "SETTABLE_CLOCK": str(self.shift)})
        self.addCleanup(self.server.kill)
        self.watch = Stub(self.server.channel()).Watch(
            pb.WatchRequest(), timeout=CALL_SECONDS)
        next(self.watch)

    def set_clock(self, seconds: int):
        """Sets the server's clock this far from the machine's."""
        following = self.shift.with_suffix(".next")
        following.write_text(str(seconds))
        following.rename(self.shift)

    def logged_at(self, message: str) -> datetime.datetime:
        """Returns when the server logged a message, by its clock."""
        line = next(line for line in self.server.last_words.splitlines()
                    if message in line)
        return datetime.datetime.fromisoformat(
            line.split()[0].replace("Z", "+00:00"))

    def drain_while_the_clock_is_set(self, seconds: int) -> float:
        """Ends the server; returns the seconds that it takes."""
        start = time.monotonic()
        self.server.send(signal.SIGTERM)
        self.assertTrue(eventually(
            lambda: "draining" in self.server.stderr()))
        self.set_clock(seconds)
        with self.assertRaises(grpc.RpcError):
            for _ in self.watch:
                pass
        self.assertEqual(self.server.wait(), 0)
        taken = time.monotonic() - start
        self.server.kill()
        # The server has noticed the changed clock.
        step = self.logged_at("stopped") - self.logged_at("draining")
        self.assertAlmostEqual(step.total_seconds(), seconds, delta=HOUR / 2)
        return taken

    def test_a_step_back_does_not_prolong_the_drain(self):
        # Waits itself, because Server.wait() gives up long before an hour has
        # passed.
        self.drain_while_the_clock_is_set(-HOUR)

    def test_a_step_forward_does_not_cut_the_drain_short(self):
        self.assertGreaterEqual(
            self.drain_while_the_clock_is_set(HOUR), DRAIN_SECONDS)


if __name__ == "__main__":
    unittest.main(verbosity=2)
