"""Starts with closed descriptors, and without threads, memory or disk.

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
# Closes descriptors of what it executes: sh -c 'exec ...' command arguments.
CLOSING = {0: "<&-", 1: ">&-", 2: "2>&-"}
# A user of whom no other process runs, since the limit counts all of them, also
# those that a test before this one may have left.
ALONE = 100_000 + os.getpid()
NOBODY = ("setpriv", f"--reuid={ALONE}", f"--regid={ALONE}", "--clear-groups",
          "--") if os.getuid() == 0 else ()


def closing(*descriptors: int) -> tuple[str, ...]:
    """A command that executes another with these descriptors closed."""
    redirections = " ".join(CLOSING[fd] for fd in descriptors)
    return "sh", "-c", f'exec "$0" "$@" {redirections}'


def device_of(pid: int, descriptor: int) -> str:
    """What a process has open as a descriptor; empty if nothing."""
    with contextlib.suppress(FileNotFoundError):
        return os.readlink(f"/proc/{pid}/fd/{descriptor}")
    return ""


class ClosedDescriptorsTest(unittest.TestCase):
    """Descriptors 0 to 2 are never a socket's."""

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
    """Exit code 1 and a line that says what is lacking, or a server."""

    def starts(self, limit: str) -> bool:
        """Whether a server under a limit of prlimit(1) starts; if not, it must
        say why."""
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
        # How many are enough depends on the number of processors.
        self.assertFalse(self.starts("--nproc=1"))
        for most in (2, 5, 9):
            self.starts(f"--nproc={most}")

    def test_little_memory(self):
        # A sanitizer takes all address space that there is.
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
