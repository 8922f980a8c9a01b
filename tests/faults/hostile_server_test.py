"""Runs the library against servers that break the contract in every way.

    EVERY_CALL=every_call python3 hostile_server_test.py

Each row of the matrix is a server that misbehaves; every_call makes every kind
of call to it. A call of a method that is answered badly must end with a status
that the row allows. Other calls must be answered. The program must survive, and
its memory must stay within MOST_MIB.
"""

import concurrent.futures
import os
import pathlib
import subprocess
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "integration")]

import hostile_behaviours
import hostile_server
import processes

MOST_MIB = 300
RUN_SECONDS = 100 * processes.PATIENCE
RUN_AT_ONCE = 4
# Runs that only wait for their deadlines cost next to nothing.
WAITING_AT_ONCE = 8

# For each kind of call: the sound answer, and the methods that the kind may
# use.
NAMES = "domain,http,https"
SOUND = {
    "lookup": ("https r1", {"Lookup"}),
    "lookup_async": ("https r1", {"Lookup"}),
    "batch": (f"{NAMES} r1", {"BatchLookup"}),
    "batch_async": (f"{NAMES} r1", {"BatchLookup"}),
    "classify": ("0-1023 r1", {"Classify"}),
    "classify_async": ("0-1023 r1", {"Classify"}),
    "check": ("1,2 r1", {"Check"}),
    "check_async": ("1,2 r1", {"Check"}),
    "suggest": ("7000,7001,7002 r1", {"Suggest"}),
    "suggest_async": ("7000,7001,7002 r1", {"Suggest"}),
    "search": (f"{NAMES} of 3 r1", {"Search"}),
    "search_async": (f"{NAMES} of 3 r1", {"Search"}),
    "info": ("r1", {"GetRegistryInfo"}),
    "info_async": ("r1", {"GetRegistryInfo"}),
    "list": (f"{NAMES},portless r1", {"ListRange"}),
    "list_async": (f"{NAMES},portless r1", {"ListRange"}),
    "watch": ("r1", {"Watch"}),
    "mirror": (f"{NAMES} r1", {"ListRange"}),
    # If a batch fails, its lookups may be repeated singly.
    "coalesced": (NAMES, {"Lookup", "BatchLookup"})}
# The kind that checks if a mirror with a snapshot reports the failures of its
# watch.
FOLLOWS = "mirror_follows"


class Run:
    """The output of every_call for one server."""

    def __init__(self, name: str, row: hostile_behaviours.Row):
        self.name, self.row = name, row
        kinds = list(SOUND)
        if row.methods == ("Watch",):
            kinds.append(FOLLOWS)
        with hostile_server.Server(row.behave) as server:
            done = subprocess.run(
                [os.environ["EVERY_CALL"], server.address,
                 str(round(1000 * row.seconds)), *kinds],
                # Detects no leaks, because gRPC's threads may still hold a
                # received message when the program ends.
                env=processes.environment({"ASAN_OPTIONS": ":".join(
                    [*filter(None, [os.environ.get("ASAN_OPTIONS")]), "detect_leaks=0"])}),
                stdin=subprocess.DEVNULL,
                capture_output=True, timeout=RUN_SECONDS, check=False)
            self.calls = dict(server.calls)
        self.code = done.returncode
        self.stderr = done.stderr.decode("utf-8", "replace")
        self.outcomes: dict[str, tuple[str, str]] = {}
        self.peak_mib = 0.0
        for line in done.stdout.decode("utf-8").splitlines():
            kind, _, rest = line.partition(" ")
            if kind == "memory":
                self.peak_mib = int(rest) / 1024
            else:
                code, _, text = rest.partition(" ")
                self.outcomes[kind] = code, text


def run_all() -> list[Run]:
    """Runs every row, some at the same time."""
    with concurrent.futures.ThreadPoolExecutor(RUN_AT_ONCE) as pool, \
            concurrent.futures.ThreadPoolExecutor(WAITING_AT_ONCE) as waiting:
        runs = [(waiting if row.waits else pool).submit(Run, name, row)
                for name, row in hostile_behaviours.ALL.items()]
        return [run.result() for run in runs]


class HostileServerTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.runs = run_all()

    def test_program_lives_and_makes_every_call(self):
        for run in self.runs:
            with self.subTest(server=run.name):
                self.assertEqual(run.code, 0, run.stderr[-2000:])
                self.assertLessEqual(set(SOUND), set(run.outcomes))

    def test_calls_that_are_answered_badly_fail(self):
        for run in self.runs:
            for kind, (sound, methods) in SOUND.items():
                if not methods & set(run.row.methods):
                    continue
                code, text = run.outcomes.get(kind, ("", ""))
                with self.subTest(server=run.name, kind=kind):
                    if kind == "coalesced" and code == "OK":
                        self.assertEqual(text, sound)
                    elif kind == "coalesced":
                        self.assertIn(code, run.row.codes + run.row.item_codes, text)
                    else:
                        self.assertIn(code, run.row.codes, text)

    def test_other_calls_are_answered(self):
        for run in self.runs:
            for kind, (sound, methods) in SOUND.items():
                if methods & set(run.row.methods):
                    continue
                with self.subTest(server=run.name, kind=kind):
                    self.assertEqual(run.outcomes.get(kind), ("OK", sound))

    def test_mirror_reports_what_its_watch_meets_and_keeps_its_snapshot(self):
        for run in self.runs:
            if FOLLOWS not in run.outcomes:
                continue
            with self.subTest(server=run.name):
                code, text = run.outcomes[FOLLOWS]
                # A flood announces revisions that the server does not list.
                wanted = ("ABORTED",) if run.row.codes == ("OK",
                    ) else run.row.codes
                self.assertIn(code, wanted, text)

    @unittest.skipIf(processes.PATIENCE > 1,
                     "a sanitizer keeps what was freed: memory tells nothing")
    def test_memory_stays_bounded(self):
        for run in self.runs:
            with self.subTest(server=run.name):
                self.assertGreater(run.peak_mib, 0)
                self.assertLess(run.peak_mib, MOST_MIB)


if __name__ == "__main__":
    unittest.main()
