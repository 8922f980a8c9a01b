"""Starts the programs with closed descriptors, and without threads, memory or disk.

    PORTREGD=portregd PORTREG=portreg python3 start_test.py
"""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import unittest

import serving
from processes import EXIT_SECONDS, environment, run

TOOL = os.environ["PORTREG"]
# Closes descriptors of the command that it executes: sh -c 'exec ...' command
# arguments.
CLOSING = {0: "<&-", 1: ">&-", 2: "2>&-"}
# A user without other processes, because the limit counts all processes of a
# user, also those that an earlier test may have left.
ALONE = 100_000 + os.getpid()
NOBODY = ("setpriv", f"--reuid={ALONE}", f"--regid={ALONE}", "--clear-groups",
          "--") if os.getuid() == 0 else ()


def closing(*descriptors: int) -> tuple[str, ...]:
    """Returns a command that executes another one with these descriptors closed."""
    redirections = " ".join(CLOSING[fd] for fd in descriptors)
    return "sh", "-c", f'exec "$0" "$@" {redirections}'


def device_of(pid: int, descriptor: int) -> str:
    """Returns the file that a process has open as a descriptor; empty if it has none."""
    with contextlib.suppress(FileNotFoundError):
        return os.readlink(f"/proc/{pid}/fd/{descriptor}")
    return ""


class ClosedDescriptorsTest(unittest.TestCase):
    """Checks that descriptors 0 to 2 never become sockets."""

    def test_the_servers_input_and_error(self):
        with serving.Attacked(wrapper=closing(0, 2)) as server:
            for descriptor in (0, 2):
                self.assertEqual(
                    device_of(server.pid, descriptor), "/dev/null")
            with contextlib.closing(server.fresh_channel()) as channel:
                serving.lookup(channel)

    def test_the_servers_output(self):
        directory = self.enterContext(tempfile.TemporaryDirectory())
        path = pathlib.Path(directory, "socket")
        server = subprocess.Popen(
            [*closing(0, 1, 2), os.environ["PORTREGD"],
             f"--listen=unix:{path}"], env=environment())
        try:
            self.assertTrue(serving.eventually(path.is_socket, 15))
            for descriptor in CLOSING:
                self.assertEqual(
                    device_of(server.pid, descriptor), "/dev/null")
        finally:
            server.send_signal(signal.SIGTERM)
            self.assertEqual(server.wait(EXIT_SECONDS), 0)

    def test_the_tools_input_and_error(self):
        with serving.Attacked() as server:
            tool = subprocess.Popen(
                [*closing(0, 2), TOOL, f"--target={server.address}",
                 "--plaintext", "watch"],
                env=environment(), stdout=subprocess.PIPE)
            try:
                self.assertTrue(tool.stdout.readline())
                for descriptor in (0, 2):
                    self.assertEqual(
                        device_of(tool.pid, descriptor), "/dev/null")
            finally:
                tool.kill()
                tool.communicate(timeout=EXIT_SECONDS)

    def test_the_tools_answer_that_has_no_place_is_a_failure(self):
        done = subprocess.run(
            [*closing(1), TOOL, "--offline", "443"], env=environment(),
            stderr=subprocess.PIPE, timeout=EXIT_SECONDS, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(b"standard output cannot be written", done.stderr)


class LackTest(unittest.TestCase):
    """Checks that a lack of resources ends the start with exit code 1 and a line that names it."""

    def starts(self, limit: str) -> bool:
        """Returns True if a server starts under a limit of prlimit(1); else checks its error."""
        server = subprocess.Popen(
            ["prlimit", limit, "--", *NOBODY, os.environ["PORTREGD"],
             "--listen=127.0.0.1:0"], env=environment(),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            if server.stdout.readline().startswith("READY "):
                return True
            _, said = server.communicate(timeout=EXIT_SECONDS)
        finally:
            server.kill()
            server.communicate(timeout=EXIT_SECONDS)
        self.assertEqual(server.returncode, 1, (limit, said))
        self.assertIn("ulimit", said, limit)
        self.assertNotIn("terminate", said, limit)
        return False

    def test_few_threads(self):
        # The number of processors decides how many threads are enough.
        self.assertFalse(self.starts("--nproc=1"))
        for most in (2, 5, 9):
            self.starts(f"--nproc={most}")

    def test_little_memory(self):
        # A sanitizer reserves all address space.
        if serving.MEMORY_COUNTS:
            # With less, the program and its data do not fit, before main().
            for mib in (56, 59, 100, 150):
                self.assertFalse(self.starts(f"--as={mib << 20}"))

    def test_the_line_is_json_where_the_log_is(self):
        ended = run("--listen=127.0.0.1:0", "--log_format=json",
                    wrapper=("prlimit", "--nproc=1", "--", *NOBODY))
        self.assertEqual(ended.code, 1, ended)
        line = json.loads(ended.stderr.splitlines()[-1])
        self.assertEqual(line["severity"], "ERROR")
        self.assertIn("ulimit", line["see"])

    def test_a_file_that_may_not_grow_fails_the_tool(self):
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                ["prlimit", "--fsize=0", "--", TOOL, "--offline", "443"],
                env=environment(), stdout=output, stderr=subprocess.PIPE,
                timeout=EXIT_SECONDS, check=False)
        self.assertGreater(done.returncode, 0)
        self.assertIn(b"standard output cannot be written", done.stderr)

    def test_a_log_that_may_not_grow_ends_nothing(self):
        limit = ("prlimit", "--fsize=0", "--")
        with serving.Attacked("--access_log=1", wrapper=limit) as server:
            with contextlib.closing(server.fresh_channel()) as channel:
                for _ in range(5):
                    serving.lookup(channel)


if __name__ == "__main__":
    unittest.main()
