"""Clients that go while their calls are under way, in a process of their own.

    PORTREGD=portregd LIFETIME_PROGRAM=lifetime_program python3 client_lifetime_test.py
"""

import os
import subprocess
import unittest

import processes

SECONDS = 60 * processes.PATIENCE


class ClientLifetimeTest(unittest.TestCase):
    """What is under way ends well, whoever lets go of the client last."""

    def test_a_client_may_go_at_any_moment(self):
        with processes.Portregd() as server:
            done = subprocess.run(
                [os.environ["LIFETIME_PROGRAM"], server.address],
                env=processes.environment(), capture_output=True, text=True,
                timeout=SECONDS, check=False)
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (0, "all callbacks ran\n", ""))


if __name__ == "__main__":
    unittest.main()
