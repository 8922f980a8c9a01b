"""Restarts a server during a listing, which continues at the new server.

    PORTREGD=portregd PORTREG=portreg python3 resumption_test.py
"""

import contextlib
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "interop")]

import processes
import tool
from processes import Portregd


@contextlib.contextmanager
def listing(address: str, *flags: str):
    """Runs the tool in the middle of a listing; yields the process and its first line.

    The tool waits until its output is read, and the server waits for the tool.
    """
    process = subprocess.Popen(
        [tool.portreg_path(), f"--target={address}", "list", "-o", "ndjson",
         *flags],
        env=tool.environment(), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        yield process, process.stdout.readline()
    finally:
        process.kill()
        process.communicate()


def large_file() -> pathlib.Path:
    """Writes local assignments; returns their path.

    Their listing of 24 MB fits no connection's buffers, so a server that is
    killed in its middle has not sent its end.
    """
    rows = ["Service Name,Port Number,Transport Protocol,Description"]
    rows += [f"s{port},{port},tcp,{'x' * 8000}" for port in range(3000)]
    path = pathlib.Path(unittest.enterModuleContext(
        tempfile.TemporaryDirectory(prefix="portreg-")), "local.csv")
    path.write_text("\n".join(rows))
    return path


def setUpModule():
    global LOCAL_FILE
    LOCAL_FILE = f"--local_file={large_file()}"


def restarted(address: str) -> Portregd:
    """Starts another server on an address that has just become free."""
    deadline = time.monotonic() + processes.READY_SECONDS
    while True:
        try:
            return Portregd(LOCAL_FILE, listen=address)
        except RuntimeError:
            if time.monotonic() > deadline:
                raise


class ResumptionTest(unittest.TestCase):

    def setUp(self):
        self.server = Portregd(LOCAL_FILE)
        self.address = self.server.address
        self.addCleanup(self.server.kill)
        with listing(self.address) as (process, first):
            self.expected = first + process.communicate(
                timeout=tool.RUN_SECONDS)[0]

    def test_a_listing_goes_on_at_a_server_that_is_started_anew(self):
        with listing(self.address) as (process, first):
            self.server.kill()
            with restarted(self.address):
                rest, complaints = process.communicate(
                    timeout=tool.RUN_SECONDS)
        self.assertEqual(complaints, b"")
        self.assertEqual(process.returncode, 0)
        self.assertEqual(first + rest, self.expected)

    def test_a_listing_whose_server_stays_away_fails(self):
        with listing(self.address, "--timeout=2s") as (process, first):
            self.server.kill()
            rest, complaints = process.communicate(timeout=tool.RUN_SECONDS)
        self.assertEqual(process.returncode, 78)
        self.assertIn(self.address.encode(), complaints)
        self.assertTrue(self.expected.startswith(first + rest))
        self.assertLess(len(first + rest), len(self.expected))


if __name__ == "__main__":
    unittest.main()
