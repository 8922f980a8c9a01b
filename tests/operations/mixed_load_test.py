"""Makes all kinds of calls at once, with a reload each second: no error, no growth.

    ctest --preset release -R mixed_load_test                         # 24 seconds
    /usr/bin/python3 -B tests/operations/mixed_load_test.py --seconds 300

load/mixed_load.cc makes the load: lookups, batches, listings, searches, checks
and suggestions as fast as they are answered, watches, slow readers and
cancelled calls. It checks that each answer is of one generation of the data.
Another client's lookups are timed before the load and beside it. Their ratio is
printed, but not judged, because the benchmark measures it on a quiet machine.

PORTREGD and MIXED_LOAD name the programs. Default: those of build/release.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from typing import NamedTuple

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / name)
                for name in ("integration", "interop")]

from generations import file_of
from mounted import replace
from processes import PATIENCE, environment
from service import Service, eventually

BUILT = pathlib.Path(__file__).resolve().parents[2] / "build/release/bin"
RELOAD_SECONDS = 1.0
QUIET_SHARE = 0.1
WARM_UP_SHARE = 0.34
MIB = 1 << 20
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
KINDS = {"lookups", "coalesced lookups", "batches", "searches", "checks",
         "suggestions", "cancelled", "watches", "listings", "slow readers"}
# The growth from the warm-up to the end that counts as none: files that a
# reload has open, and the memory that the allocator holds for one further
# reload.
MORE_DESCRIPTORS = 8
MORE_THREADS = 2
MORE_MEMORY_SHARE = 0.1
MORE_MEMORY_MIB = 16
SECONDS = 24.0
# Long, because hundreds of searches wait for each other on a busy machine.
CALL_SECONDS = 120 * PATIENCE


class Use(NamedTuple):
    """The resources that a process holds at one moment."""

    memory_mib: float
    descriptors: int
    threads: int

    @classmethod
    def of(cls, pid: int) -> "Use":
        """Reads the resources of a running process."""
        process = pathlib.Path("/proc", str(pid))
        pages = int((process / "statm").read_text().split()[1])
        return cls(pages * PAGE_BYTES / MIB,
                   len(list((process / "fd").iterdir())),
                   len(list((process / "task").iterdir())))


class Repeating:
    """Calls a function again and again, at an interval, on a thread."""

    def __init__(self, seconds: float, work):
        self._seconds = seconds
        self._work = work
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        while not self._ended.wait(self._seconds):
            self._work()

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, kind, value, traceback):
        self._ended.set()
        self._thread.join()


def processors(*numbers: int) -> list[str]:
    """Returns the beginning of a command that runs on these of two processors, if they exist."""
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2 or PATIENCE > 1:
        return []
    chosen = ",".join(str(allowed[number]) for number in numbers)
    return ["taskset", "--cpu-list", chosen]


class Program:
    """A run of mixed_load, which is ended when its block ends."""

    def __init__(self, address: str, seconds: float, *flags: str,
                 wrapper: tuple = ()):
        self._patience = seconds + 150 * PATIENCE
        self._process = subprocess.Popen(
            [*processors(1), *wrapper, os.environ["MIXED_LOAD"],
             f"--target={address}", f"--seconds={seconds}",
             f"--call_seconds={CALL_SECONDS}", *flags],
            env=environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    @property
    def pid(self) -> int:
        return self._process.pid

    def result(self) -> dict:
        """Waits for the end; returns the program's output."""
        stdout, stderr = self._process.communicate(timeout=self._patience)
        assert self._process.returncode == 0, (
            self._process.returncode, stderr)
        return json.loads(stdout)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()
        self._process.stderr.close()


class MixedLoadTest(unittest.TestCase):
    """Runs one server under one load."""

    def setUp(self):
        directory = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory(prefix="portreg-load-")))
        self.file = directory / "local.csv"
        self.generation = 0
        self.renew()
        self.server = self.enterContext(Service(
            f"--local_file={self.file}", "--reload_interval=200ms",
            wrapper=tuple(processors(0))))

    def renew(self):
        """Replaces the data by its next generation."""
        self.generation += 1
        replace(self.file, file_of(self.generation))

    def run_program(self, *arguments, **options) -> Program:
        """Runs mixed_load against the server."""
        return self.enterContext(
            Program(self.server.address, *arguments, **options))

    def test_everything_at_once(self):
        quiet = self.run_program(QUIET_SHARE * SECONDS, "--probe").result()
        uses: dict[int, list[Use]] = {}
        with Repeating(RELOAD_SECONDS, self.renew):
            load = self.run_program(SECONDS, wrapper=("nice", "-n", "10"))
            probe = self.run_program(SECONDS, "--probe")

            def look():
                for pid in (self.server.pid, load.pid):
                    uses.setdefault(pid, []).append(Use.of(pid))

            # Ends before the load does.
            with Repeating(SECONDS / 48, look):
                time.sleep(0.98 * SECONDS)
            loaded, found = probe.result(), load.result()
        print(json.dumps({
            "quiet": quiet, "loaded": loaded,
            "p99 ratio": round(loaded["p99_us"] / quiet["p99_us"], 2),
            "load": found,
            "server": [tuple(each) for each in uses[self.server.pid][::8]],
            "client": [tuple(each) for each in uses[load.pid][::8]]}))
        self.assertEqual(found["failures"], {}, found["reasons"])
        self.assertEqual(set(found["calls"]), KINDS)
        self.assertGreater(found["generations"], 2)
        for pid, name in ((self.server.pid, "server"), (load.pid, "client")):
            with self.subTest(name):
                self.assert_no_growth(uses[pid])
        self.assert_all_is_over()

    def assert_no_growth(self, uses: list[Use]):
        """Compares the quarter after the warm-up with the last one."""
        warm = uses[int(len(uses) * WARM_UP_SHARE):]
        quarter = len(warm) // 4
        first, last = warm[:quarter], warm[-quarter:]
        self.assertLessEqual(
            max(use.descriptors for use in last),
            max(use.descriptors for use in first) + MORE_DESCRIPTORS, uses)
        self.assertLessEqual(
            max(use.threads for use in last),
            max(use.threads for use in first) + MORE_THREADS, uses)
        if PATIENCE > 1:
            return      # a sanitizer keeps what was freed
        before = statistics.median(use.memory_mib for use in first)
        after = statistics.median(use.memory_mib for use in last)
        self.assertLessEqual(
            after, before * (1 + MORE_MEMORY_SHARE) + MORE_MEMORY_MIB, uses)

    def assert_all_is_over(self):
        """Checks that no call is left, and that nothing went wrong."""
        for name in ("portreg_calls_in_flight", "portreg_queued_calls",
                     "portreg_unread_reply_bytes", "portreg_connections"):
            self.assertTrue(eventually(
                lambda name=name: self.server.metric(name) == 0), name)
        metrics = self.server.metrics()
        self.assertGreater(metrics.value(
            "portreg_reloads_total", subject="registry", result="success"), 2)
        for reason in ("calls", "queue", "unread_bytes"):
            self.assertEqual(metrics.value(
                "portreg_calls_refused_total", reason=reason), 0, reason)
        self.assertEqual(
            [line for line in self.server.log() if line.severity == "ERROR"], [])


if __name__ == "__main__":
    os.environ.setdefault("PORTREGD", str(BUILT / "portregd"))
    os.environ.setdefault("MIXED_LOAD", str(BUILT / "mixed_load"))
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=SECONDS)
    arguments, rest = parser.parse_known_args()
    SECONDS = arguments.seconds
    unittest.main(argv=[sys.argv[0], *rest])
