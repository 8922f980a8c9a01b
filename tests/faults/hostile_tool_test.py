"""Runs portreg against every server of hostile_behaviours.

    PORTREG=portreg python3 hostile_tool_test.py

Whatever a server sends, each command ends by itself, within --timeout or soon
after. Its exit code names the failure, standard error has only lines of its
own, and it takes less than 300 MB.
"""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from concurrent import futures
from typing import NamedTuple

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / name)
                for name in ("integration", "interop")]

import grpc
import hostile_behaviours
import hostile_server
import processes
import tool

PEAK_MEMORY = pathlib.Path(__file__).with_name("peak_memory.py")
# A command may make two calls one after the other, and the machine is shared.
END_SECONDS = 60 * processes.PATIENCE
MOST_MIB = 300
# False with a sanitizer, because it keeps freed memory to notice its use.
MEMORY_COUNTS = processes.PATIENCE == 1
# A sanitizer's build takes minutes to parse millions of parts and write them as
# JSON.
SLOW_UNDER_A_SANITIZER = ("millions of parts", ("export", "--format=json"))
# The most bytes that one command may write, however much a server sends.
MOST_OUTPUT_BYTES = 1 << 30
TESTED_AT_ONCE = 3
# Commands that only wait for their deadline cost next to nothing.
WAITING_AT_ONCE = 8
UNSHOWABLE = ("\x1b", "\x9b", "\u202e", "\u2066")

SYSCTL = "--format=sysctl-reserved"
ONE_LAYER = {"--format=csv", "--format=iana-csv"}
# Commands by the call that they make.
COMMANDS = {
    "BatchLookup": [("443",), ("https", "80", "53", "-o", "json"),
                    ("--short", "443")],
    "ListRange": [("20-500",), ("list",), ("list", "-o", "json"),
                  ("list", "-o", "services"), ("list", "-o", "name"),
                  ("list", "--map"),
                  *(("export", f"--format={form}") for form in (
                      "services", "sysctl-reserved", "iana-csv", "csv", "json", "lookup-csv",
                      "lookup-json", "lookup-yaml", "html"))],
    "Classify": [("classify", "80"), ("classify", "80", "-o", "json"),
                 ("classify", "80", "-o", "csv")],
    "Search": [("search", "http"), ("search", "http", "-o", "json")],
    "GetRegistryInfo": [("info",), ("info", "-o", "json"),
                        ("info", "--short")],
    "Watch": [("watch", "--count=1"), ("watch", "-o", "json", "--count=1")],
}
# Behaviours that a command must withstand for longer.
MORE_COMMANDS = {"flood of revisions": [("watch", "--count=500")]}


class Ended(NamedTuple):
    """The end of a command."""

    code: int  # negative: the number of the signal that ended it
    stderr: str
    output_bytes: int
    mib: float  # the peak of its memory
    seconds: float


def run(*arguments: str) -> Ended:
    """Runs the tool to its end, or kills it after END_SECONDS."""
    with tempfile.TemporaryDirectory() as directory, \
            open(os.path.join(directory, "errors"), "w+b") as errors:
        report = pathlib.Path(directory, "report")
        begin = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-B", PEAK_MEMORY, report, tool.portreg_path(), *arguments],
            env=tool.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=errors, start_new_session=True)

        def end():
            os.killpg(process.pid, signal.SIGKILL)

        killer = threading.Timer(END_SECONDS, end)
        killer.start()
        written = 0
        with process.stdout as stdout:
            while part := stdout.read1(1 << 16):
                written += len(part)
                if written > MOST_OUTPUT_BYTES:
                    end()
        process.wait()
        killer.cancel()
        code, kib = (map(int, report.read_text().split()) if report.exists()
                     else (process.returncode, 0))
        errors.seek(0)
        return Ended(code, errors.read().decode("utf-8"), written, kib / 1024,
                     time.monotonic() - begin)


# The exit codes of the tool for answers that are correct by the contract, but
# hold nothing or failures.
EXIT_OK = {0, 2}
EXIT_CODES = {
    "sound": EXIT_OK,
    "failures of each item": {64 + grpc.StatusCode.UNAVAILABLE.value[0]},
    # The answer is too large for a JSON document, or takes a slow machine too long.
    "millions of parts": EXIT_OK | {64 + code.value[0] for code in (
        grpc.StatusCode.INTERNAL, grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.DEADLINE_EXCEEDED)}}


def exit_codes(name: str, row: hostile_behaviours.Row,
               command: tuple[str, ...]) -> set[int]:
    """Returns the exit codes that are right if a behaviour answers the call."""
    if name in EXIT_CODES:
        return EXIT_CODES[name]
    # The command asks for a layer, and an unknown one is another.
    if name == "unknown enum values" and ONE_LAYER.intersection(command):
        return {64 + grpc.StatusCode.INTERNAL.value[0]}
    # The command asks for ports without a record, so no record can be broken.
    untouched = SYSCTL in command and row.methods == hostile_behaviours.WITH_RECORDS
    return (EXIT_OK if untouched else set()) | {code for status in row.codes for code in (
        EXIT_OK if status == "OK"
        else {64 + grpc.StatusCode[status].value[0]})}


def faults_of(ended: Ended, codes: set[int], target: str) -> list[str]:
    """Returns what is wrong with the end of a command."""
    faults = []
    if ended.code < 0:
        faults.append("a signal ended it")
    elif ended.code not in codes:
        faults.append(f"the exit code is none of {sorted(codes)}")
    if not all(line.startswith("portreg: ")
               for line in ended.stderr.splitlines()):
        faults.append("a line is not the tool's own")
    if any(character in ended.stderr for character in UNSHOWABLE):
        faults.append("a line could command a terminal")
    if ended.code >= 64 and target not in ended.stderr:
        faults.append("no line names the server")
    if ended.seconds >= END_SECONDS:
        faults.append("it did not end")
    if MEMORY_COUNTS and ended.mib >= MOST_MIB:
        faults.append("it took too much memory")
    return faults


def check(name: str, row: hostile_behaviours.Row) -> list[str]:
    """Runs the commands that a behaviour applies to; returns what is wrong."""
    with hostile_server.Server(row.behave) as server, futures.ThreadPoolExecutor(
            WAITING_AT_ONCE if row.waits else 1) as pool:
        commands = [command
                    for method in row.methods or hostile_behaviours.EVERY
                    for command in COMMANDS.get(method, ())]
        commands += MORE_COMMANDS.get(name, [])
        if not MEMORY_COUNTS:
            commands = [command for command in commands
                        if (name, command) != SLOW_UNDER_A_SANITIZER]
        ends = pool.map(lambda command: run(
            *command, f"--target={server.address}",
            f"--timeout={row.seconds}s"), commands)
        return [f"{name}: {' '.join(command)}: {fault}: {ended}"
                for command, ended in zip(commands, ends)
                for fault in faults_of(
                    ended, exit_codes(name, row, command), server.address)]


class HostileServerTest(unittest.TestCase):

    def test_each_behaviour_is_reported_and_survived(self):
        with futures.ThreadPoolExecutor(TESTED_AT_ONCE) as pool:
            found = [fault for faults in pool.map(
                check, *zip(*hostile_behaviours.ALL.items()))
                for fault in faults]
        self.assertEqual(found, [], "\n".join(found))


if __name__ == "__main__":
    unittest.main()
