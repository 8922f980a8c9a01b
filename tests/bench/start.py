"""Measures the time from exec of the programs, beside others that start in the same round.

Compares the server, until it serves, with a server of the same gRPC without a
service. Compares the tool, until it exits, with getent(1) on the same question,
and with its own --version.
"""

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Mapping

import programs
from rows import REPORTED, Row, Settings, interleave, ratios

REPETITIONS = 30
KEY = "443"
# The words of a line of the tool's answer to KEY.
ANSWER = ("443/tcp", "https", "iana")
# The words of the system's answer to the same question, from netbase's file.
SYSTEMS_ANSWER = ("https", "443/tcp")


class Program:
    """Runs a program and reads its standard output."""

    def __init__(self, command: list[str]) -> None:
        reading, writing = os.pipe()
        self.began = time.perf_counter()
        # Does not use subprocess, because it forks, which takes longer in a
        # larger process.
        self._pid = os.posix_spawn(
            command[0],
            command,
            _environment(),
            file_actions=[(os.POSIX_SPAWN_DUP2, writing, 1), (os.POSIX_SPAWN_CLOSE, reading)],
        )
        os.close(writing)
        self._output = os.fdopen(reading)

    def line(self) -> str:
        """Returns the next line that the program writes."""
        return self._output.readline()

    def finish(self, ending: int = 0) -> str:
        """Sends signal `ending`, unless it is 0, and waits. Returns the rest of the output.

        Raises if the program does not exit with 0, or by that signal.
        """
        if ending:
            os.kill(self._pid, ending)
        with self._output:
            said = self._output.read()
        _, status = os.waitpid(self._pid, 0)
        if os.waitstatus_to_exitcode(status) != -ending:
            raise RuntimeError(f"ended with status {os.waitstatus_to_exitcode(status)}: {said}")
        return said


def _environment() -> dict[str, str]:
    """Returns the environment without variables that change what the programs do."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PORTREG", "GRPC_"))
    }


def until_ready(command: list[str]) -> float:
    """Returns the seconds from exec until the server prints READY."""
    program = Program(command)
    line = program.line()
    elapsed = time.perf_counter() - program.began
    # Kills the server, because its shutdown is not measured.
    program.finish(signal.SIGKILL)
    if not line.startswith("READY 127.0.0.1:"):
        raise RuntimeError(f"{command[0]} is not ready but says {line!r}")
    return elapsed


def until_exit(command: list[str], answer: tuple[str, ...]) -> float:
    """Returns the seconds from exec until the program has exited.

    Raises unless one line that it printed holds the words of `answer`.
    """
    program = Program(command)
    said = program.finish()
    elapsed = time.perf_counter() - program.began
    if not any(all(word in line.split() for word in answer) for line in said.splitlines()):
        raise RuntimeError(f"{' '.join(command)} does not answer {' '.join(answer)} but {said!r}")
    return elapsed


def _measured(
    settings: Settings, variants: Mapping[str, Callable[[], float]], controls: list[str]
) -> dict[str, list[float]]:
    """Returns the seconds of each variant, interleaved; measures each control twice."""
    return interleave(
        [*variants, *(f"{control}'" for control in controls)],
        settings.repetitions(REPETITIONS),
        lambda variant: variants[variant.rstrip("'")](),
    )


def _row(title: str, control: str, measured: dict[str, list[float]], variant: str) -> Row:
    """Returns the row of the variant / the control, with the control / itself."""
    return Row(
        title,
        REPORTED,
        "ratio",
        ratios(measured[variant], measured[control]),
        ratios(measured[f"{control}'"], measured[control]),
        note=f"{len(measured[variant])} processes of each, one after the other, not pinned",
    )


def server_rows(settings: Settings) -> Iterator[Row]:
    """Yields the rows of READY, of portregd and of a server without a service."""
    portregd = [str(settings.binaries / "portregd"), "--listen=127.0.0.1:0"]
    bare = [str(settings.binaries / "bare_server"), "127.0.0.1:0"]
    measured = _measured(
        settings,
        {"portregd": lambda: until_ready(portregd), "bare": lambda: until_ready(bare)},
        ["bare"],
    )
    yield _row("portregd / bare gRPC server, exec to READY", "bare", measured, "portregd")


def tool_rows(settings: Settings, target: str) -> Iterator[Row]:
    """Yields rows of whole processes of the tool, with and without a server."""
    tool = str(settings.binaries / "portreg")
    getent = shutil.which("getent") or "getent"
    commands = {
        "portreg 443": ([tool, f"--target={target}", KEY], ANSWER),
        "portreg --offline 443": ([tool, "--offline", KEY], ANSWER),
        "getent services https": ([getent, "services", "https"], SYSTEMS_ANSWER),
        "portreg --version": ([tool, "--version"], ("portreg",)),
    }
    controls = ["getent services https", "portreg --version"]
    measured = _measured(
        settings,
        {
            name: lambda command=command, answer=answer: until_exit(command, answer)
            for name, (command, answer) in commands.items()
        },
        controls,
    )
    for variant in ("portreg 443", "portreg --offline 443"):
        for control in controls:
            yield _row(f"{variant} / {control}, exec to exit", control, measured, variant)


def rows(settings: Settings) -> Iterator[Row]:
    """Yields wall clock times, on all processors, of processes one after the other."""
    yield from server_rows(settings)
    with programs.portregd(settings) as server:
        yield from tool_rows(settings, server.address)
