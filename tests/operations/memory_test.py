"""Refuses data that takes more memory than is allowed, or than exists.

    PORTREGD=portregd python3 memory_test.py
"""

import pathlib
import re
import resource
import signal
import sys
import tempfile
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / name)
                for name in ("integration", "interop")]

from client import Client
from mounted import replace
from processes import PATIENCE, run
from service import Service, eventually

HEADER = "Service Name,Port Number,Transport Protocol,Description\n"
REGISTRY = "registry"
MEBIBYTE = 1 << 20
# False with a sanitizer, because its build reserves terabytes of addresses.
LIMITS_HOLD = PATIENCE == 1


def file_of(rows: int, description: int) -> bytes:
    """Returns a local file with descriptions of so many bytes."""
    text = "x" * description
    return (HEADER + "".join(
        f"local-{i},{i % 65536},tcp,{i} {text}\n"
        for i in range(rows))).encode()


class RegistryBytesTest(unittest.TestCase):
    """Checks --max_registry_bytes."""

    def setUp(self):
        directory = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory(prefix="portreg-memory-")))
        self.path = directory / "local.csv"
        self.flag = f"--local_file={self.path}"

    def test_a_start_with_more_fails_and_says_what_is_allowed(self):
        self.path.write_bytes(file_of(20_000, 1_000))
        for command in ((), ("--check",)):
            done = run(self.flag, "--max_registry_bytes=20000000", *command)
            self.assertEqual(done.code, 1, done.stderr)
            self.assertRegex(
                done.stderr, r"^portregd: the data takes \d+ bytes of memory, "
                r"at most 20000000 are allowed \(--max_registry_bytes\)\n$")

    def test_a_reload_with_more_is_refused_and_the_old_data_served(self):
        self.path.write_bytes(file_of(10, 10))
        with Service(self.flag, "--reload_interval=100ms",
                     "--max_registry_bytes=40000000") as server:
            client = Client(server.channel())
            before = client.info()
            published = server.metric(
                "portreg_registry_published_timestamp_seconds")
            self.assertLess(server.metric("portreg_registry_bytes"), 40e6)
            # The first is too large by its rows, the second only with its index
            # and replies.
            for rows, description in ((30_000, 1_000), (60_000, 100)):
                failures = server.reloads(REGISTRY, "failure")
                replace(self.path, file_of(rows, description))
                self.assertTrue(eventually(lambda: server.reloads(
                    REGISTRY, "failure") > failures, 60), server.stderr())
                self.assertEqual(client.info(), before)
            self.assertEqual(server.metric(
                "portreg_reload_failing", subject=REGISTRY), 1)
            self.assertEqual(server.metric(
                "portreg_registry_published_timestamp_seconds"), published)
            self.assertEqual(server.reloads(REGISTRY, "success"), 0)
            self.assertEqual(server.log("registry reloaded"), [])
            errors = [str(line.fields["error"])
                      for line in server.log("reload failed")]
            for error in errors:
                self.assertRegex(error, "--max_registry_bytes")
            replace(self.path, file_of(20, 10))
            self.assertTrue(eventually(
                lambda: client.info().revision != before.revision, 60))
            self.assertTrue(eventually(lambda: server.metric(
                "portreg_reload_failing", subject=REGISTRY) == 0))


@unittest.skipUnless(LIMITS_HOLD, "a sanitizer's build has no such limit")
class NoMemoryTest(unittest.TestCase):
    """Runs a process that gets no more memory, as under ulimit -v."""

    def setUp(self):
        directory = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory(prefix="portreg-memory-")))
        self.path = directory / "local.csv"
        self.path.write_bytes(file_of(10, 10))
        self.server = Service(
            f"--local_file={self.path}", "--reload_interval=0",
            "--max_registry_bytes=1000000000")
        self.addCleanup(self.server.kill)

    def addresses(self) -> int:
        """Returns the size of the server's address space in bytes."""
        status = pathlib.Path(f"/proc/{self.server.pid}/status").read_text()
        return 1024 * int(re.search(r"VmSize:\s+(\d+)", status)[1])

    def limit_memory(self, limit: int):
        resource.prlimit(self.server.pid, resource.RLIMIT_AS,
                         (limit, resource.RLIM_INFINITY))

    def test_a_reload_that_cannot_allocate_is_refused(self):
        client = Client(self.server.channel())
        before = client.info()
        self.limit_memory(self.addresses() + 64 * MEBIBYTE)
        for attempt, rows in enumerate((30_000, 31_000), 1):
            replace(self.path, file_of(rows, 1_000))
            self.server.send(signal.SIGHUP)
            # Asks the server nothing meanwhile, because other code than the
            # reload may lack memory too. jemalloc then writes lines that do not
            # belong to the log.
            self.assertTrue(eventually(
                lambda: self.server.stderr().count(
                    'error="not enough memory for the data"') == attempt, 60),
                self.server.stderr())
            self.assertEqual(client.info(), before)
        self.assertTrue(eventually(lambda: self.server.reloads(
            REGISTRY, "failure") == 2))
        self.assertEqual(self.server.metric(
            "portreg_reload_failing", subject=REGISTRY), 1)
        # Once memory is free again, the server accepts data again.
        self.limit_memory(resource.RLIM_INFINITY)
        replace(self.path, file_of(20, 10))
        self.server.send(signal.SIGHUP)
        self.assertTrue(eventually(
            lambda: client.info().revision != before.revision, 60),
            self.server.stderr())

    def test_a_start_that_cannot_allocate_says_so(self):
        self.path.write_bytes(file_of(30_000, 1_000))
        # Less than the file of 30 MB needs, and more than a start needs.
        done = run(f"--local_file={self.path}", "--listen=127.0.0.1:0",
                   "--max_registry_bytes=1000000000", seconds=60 * PATIENCE,
                   wrapper=("prlimit", f"--as={192 * MEBIBYTE}"))
        self.assertEqual(done.code, 1, done.stderr)
        self.assertRegex(
            done.stderr, "not enough memory for the data|the system has no")


if __name__ == "__main__":
    unittest.main(verbosity=2)
