"""Counts the instructions that a call costs the server, by callgrind.

Time varies by far more than the difference between a lookup and an empty call.
Instructions vary by 0.5 %, because threads get in each other's way.
"""

import pathlib
import re
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from typing import Any

import programs
from rows import REPORTED, Goal, Row, Settings, interleave, ratios

# The sizes of two loads. Only their difference counts, so connections cancel
# out.
SMALL = 500
LARGE = 4_500
# A few rounds are enough for a steady median, and each takes seconds.
ROUNDS = 5

TITLES = {"port": "Lookup by port", "name": "Lookup by name", "classify": "Classify"}
GOAL = Goal("<=", 1.05)


class _Callgrind:
    """A server within callgrind."""

    def __init__(self, server: programs.Server, output: pathlib.Path) -> None:
        self.server = server
        self._output = output
        self._dumps = 0

    @staticmethod
    def command(output: pathlib.Path, command: list[str]) -> list[str]:
        """Returns the command that runs `command` within callgrind."""
        return ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}", *command]

    def take(self) -> int:
        """Returns the number of instructions since the last call, or since the start."""
        subprocess.run(
            ["callgrind_control", "--dump=load", str(self.server.pid)],
            check=True,
            capture_output=True,
            timeout=programs.PATIENCE_SECONDS,
        )
        self._dumps += 1
        dump = self._output.with_name(f"{self._output.name}.{self._dumps}")
        total = re.search(r"^(?:summary|totals): (\d+)$", dump.read_text(), re.MULTILINE)
        if total is None:
            raise RuntimeError(f"callgrind's dump {dump} has no total")
        dump.unlink()
        return int(total[1])


def per_call(settings: Settings, variants: list[str], rounds: int) -> dict[str, list[float]]:
    """Returns instructions a call, round by round: workloads of load_client, 64 calls in flight.

    A name with an apostrophe is a control: the same workload once more.
    """
    small, large = (100, 300) if settings.quick else (SMALL, LARGE)
    with tempfile.TemporaryDirectory() as directory:
        output = pathlib.Path(directory) / "callgrind"
        command = [str(settings.binaries / "bench_server"), "--listen=127.0.0.1:0"]
        with programs.serving(_Callgrind.command(output, command)) as server:
            callgrind = _Callgrind(server, output)

            def load(workload: str, calls: int) -> int:
                flags: dict[str, Any] = {"workload": workload, "calls": calls}
                programs.load(settings, "load_client", server, **flags)
                return callgrind.take()

            def measure(variant: str) -> float:
                workload = variant.rstrip("'")
                return (load(workload, large) - load(workload, small)) / (large - small)

            for variant in variants:
                load(variant.rstrip("'"), small)
            return interleave(variants, rounds, measure)


def rows(settings: Settings) -> Iterator[Row]:
    """Yields instructions of each call / of the empty call to the same process."""
    rounds = settings.repetitions(ROUNDS)
    counts = per_call(settings, ["empty", *TITLES, "empty'"], rounds)
    for workload, title in TITLES.items():
        yield Row(
            f"{title} / empty call, instructions",
            GOAL if workload == "port" else REPORTED,
            "ratio",
            ratios(counts[workload], counts["empty"]),
            ratios(counts["empty'"], counts["empty"]),
            {
                "a call": statistics.median(counts[workload]),
                "an empty call": statistics.median(counts["empty"]),
            },
        )
