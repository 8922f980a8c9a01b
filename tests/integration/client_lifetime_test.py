"""Destroys clients while their calls are under way, in a process of their own.

    PORTREGD=portregd LIFETIME_PROGRAM=lifetime_program python3 client_lifetime_test.py
"""

import os
import subprocess
import unittest

import processes

SECONDS = 60 * processes.PATIENCE


class ClientLifetimeTest(unittest.TestCase):
    """Checks that calls under way end well when the last reference to the client is released."""

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
