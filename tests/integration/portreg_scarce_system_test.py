"""Runs portreg on a system that grants too little for a call.

    PORTREGD=portregd PORTREG=portreg python3 portreg_scarce_system_test.py
"""

import os
import shutil
import unittest

import tool
from processes import Portregd
from tool_case import ToolTestCase


def setUpModule():
    global SERVER
    SERVER = unittest.enterModuleContext(Portregd())


def alone() -> tuple[str, ...] | None:
    """Returns a command that runs another one as a user without other processes.

    Returns None if there is no such user, or if that user may not run the tool.
    """
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        return None
    user = str(1_000_000 + os.getpid())
    before = ("setpriv", f"--reuid={user}", f"--regid={user}",
              "--clear-groups", "--")
    return before if tool.run("--version", before=before).code == 0 else None


class ScarceSystemTest(ToolTestCase):
    """Limits descriptors and threads."""

    def test_too_few_descriptors_are_one_line(self):
        for limit in (5, 10, 15):
            outcome = tool.run(
                f"--target={SERVER.address}", "443",
                before=("prlimit", f"--nofile={limit}:{limit}", "--"))
            with self.subTest(limit=limit):
                self.assertEqual(outcome.code, 72)
                self.assert_one_complaint(outcome, "file descriptors",
                                          "ulimit -n")

    def test_enough_descriptors_are_enough(self):
        outcome = tool.run(
            f"--target={SERVER.address}", "443",
            before=("prlimit", "--nofile=24:24", "--"))
        self.assertEqual((outcome.code, outcome.stderr), (0, ""))

    def test_too_few_threads_are_one_line(self):
        before = alone()
        if before is None:
            self.skipTest("root alone can become a user without processes")
        for limit in (1, 4, 8):
            outcome = tool.run(
                f"--target={SERVER.address}", "443",
                before=(*before, "prlimit", f"--nproc={limit}:{limit}", "--"))
            with self.subTest(limit=limit):
                self.assertEqual(outcome.code, 72)
                self.assert_one_complaint(outcome, "threads", "ulimit -u")
        outcome = tool.run("--offline", "443", before=(
            *before, "prlimit", "--nproc=1:1", "--"))
        self.assertEqual(outcome.code, 0)


if __name__ == "__main__":
    unittest.main()
