"""How long the programs take from exec: the server until it serves, the tool in all."""

import os
import signal
import statistics
import time
from collections.abc import Iterator

import programs
from rows import Goal, Row, Settings

REPETITIONS = 30
KEY = "443"
# A line of what the tool answers to KEY.
ANSWER = ("443/tcp", "https", "iana")


class Program:
    """A program that has been started, with its standard output."""

    def __init__(self, command: list[str]) -> None:
        reading, writing = os.pipe()
        self.began = time.perf_counter()
        # Not subprocess: it forks, which takes the longer the larger this process is.
        self._pid = os.posix_spawn(
            command[0],
            command,
            _environment(),
            file_actions=[(os.POSIX_SPAWN_DUP2, writing, 1), (os.POSIX_SPAWN_CLOSE, reading)],
        )
        os.close(writing)
        self._output = os.fdopen(reading)

    def line(self) -> str:
        """The next line that the program writes."""
        return self._output.readline()

    def finish(self, ending: int = 0) -> str:
        """Waits for the end, what is left of the output; sends signal `ending` first, if any.

        Raises if the program does not exit with 0.
        """
        if ending:
            os.kill(self._pid, ending)
        with self._output:
            said = self._output.read()
        _, status = os.waitpid(self._pid, 0)
        if status != 0:
            raise RuntimeError(f"ended with status {os.waitstatus_to_exitcode(status)}: {said}")
        return said


def _environment() -> dict[str, str]:
    """Without what would make the programs do something else."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PORTREG", "GRPC_"))
    }


def until_ready(command: list[str]) -> float:
    """Milliseconds from exec until the server has said READY."""
    program = Program(command)
    line = program.line()
    elapsed = time.perf_counter() - program.began
    program.finish(signal.SIGTERM)
    if not line.startswith("READY 127.0.0.1:"):
        raise RuntimeError(f"{command[0]} is not ready but says {line!r}")
    return elapsed * 1e3


def until_exit(command: list[str]) -> tuple[float, str]:
    """Milliseconds from exec until the program is gone, and its output."""
    program = Program(command)
    said = program.finish()
    return (time.perf_counter() - program.began) * 1e3, said


def _row(name: str, bound: float, values: list[float], note: str) -> Row:
    return Row(
        name,
        Goal("<=", bound, statistic="best"),
        "ms",
        values,
        absolute={"median ms": statistics.median(values)},
        note=f"best of {len(values)}, {note}not pinned",
    )


def rows(settings: Settings) -> Iterator[Row]:
    """Wall clock, on all processors, of processes one after the other."""
    repetitions = settings.repetitions(REPETITIONS)
    portregd = [str(settings.binaries / "portregd"), "--listen=127.0.0.1:0"]
    yield _row(
        "portregd, exec to READY, embedded registry",
        40,
        [until_ready(portregd) for _ in range(repetitions)],
        "",
    )
    tool = str(settings.binaries / "portreg")
    with programs.portregd(settings) as server:
        variants = {
            "portreg 443, whole process, of a server": (20, [f"--target={server.address}"]),
            "portreg --offline 443, whole process": (10, ["--offline"]),
        }
        answers = set()
        for name, (bound, flags) in variants.items():
            times = []
            for _ in range(repetitions):
                elapsed, said = until_exit([tool, *flags, KEY])
                times.append(elapsed)
                answers.add(said)
            yield _row(name, bound, times, "answers checked, ")
    if len(answers) != 1:
        raise RuntimeError(f"server and --offline differ: {answers}")
    if not any(all(word in line.split() for word in ANSWER) for line in answers.pop().splitlines()):
        raise RuntimeError(f"the answer to {KEY} does not hold {' '.join(ANSWER)}")
