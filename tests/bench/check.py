"""Measures a check of a table in CI beside a script that a team would write for it."""

import pathlib
import re
import subprocess
import sys
import time
from collections.abc import Iterator

from rows import Goal, Row, Settings, interleave, ratios

ROWS = 10_000
FIRST_PORT = 20_000
# The rows of the table that collide: line by line.
COLLIDING = (2_000, 7_000)
COLUMNS = "Service Name,Port Number,Transport Protocol,Description,Owner\n"
DIRECTORY = pathlib.Path(__file__).resolve().parent
IANA = DIRECTORY.parents[1] / "common/embedded/iana.csv"
COLLISION = re.compile(r"^(?:\S+:)?(\d+): error claims-collide: ", re.MULTILINE)
# The script does less: it ignores the practice table, scopes and aliases.
GOAL = Goal("<=", 1)


def _write_table(path: pathlib.Path) -> set[int]:
    """Writes the table; returns the lines of rows that collide with an earlier row."""
    lines, colliding = [], set()
    for number in range(ROWS):
        port = FIRST_PORT + number
        if number in COLLIDING:
            port -= 1
            colliding.add(number + 2)
        lines.append(f"app-{number},{port},tcp,Service {number},team-{number}@example.net\n")
    path.write_text(COLUMNS + "".join(lines), "utf-8")
    return colliding


def rows(settings: Settings) -> Iterator[Row]:
    """Yields wall clock times of whole processes, one after the other, not pinned."""
    table = settings.output / "check.csv"
    colliding = _write_table(table)
    commands = {
        "portreg check": [str(settings.binaries / "portreg"), "check", "--offline",
                          f"--file={table}"],
        "script": [sys.executable, str(DIRECTORY / "check_by_script.py"), str(IANA), str(table)],
    }

    def measure(variant: str) -> float:
        begin = time.perf_counter()
        done = subprocess.run(commands[variant.rstrip("'")], capture_output=True, text=True,
                              check=False)
        elapsed = time.perf_counter() - begin
        found = {int(line) for line in COLLISION.findall(done.stdout)}
        if done.returncode != 3 or found != colliding:
            raise RuntimeError(f"{variant} exits with {done.returncode}, and finds collisions in "
                               f"lines {sorted(found)}, not {sorted(colliding)}: {done.stderr}")
        return elapsed

    measured = interleave([*commands, "script'"], settings.rounds, measure)
    yield Row(
        f"portreg check of {ROWS:,} rows / a script in Python",
        GOAL,
        "ratio",
        ratios(measured["portreg check"], measured["script"]),
        ratios(measured["script'"], measured["script"]),
        absolute={
            "portreg check s": sorted(measured["portreg check"])[settings.rounds // 2],
            "script s": sorted(measured["script"])[settings.rounds // 2],
        },
        note="a process each; both read the table and IANA's registry, and find the same collisions",
    )
