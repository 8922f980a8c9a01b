"""Starts servers on one unix socket, one after the other or all at once.

    PORTREGD=portregd python3 unix_socket_test.py

SLOW_LISTEN names a library that makes listen(2) slow if it is preloaded.
"""

import concurrent.futures
import contextlib
import os
import pathlib
import signal
import tempfile
import unittest

import serving
from processes import run

SLOW_LISTEN = os.environ.get("SLOW_LISTEN", "")
STARTS = 3
ROUNDS = 2


class UnixSocketTest(unittest.TestCase):
    """Gives each test a path of its own."""

    def setUp(self):
        directory = self.enterContext(tempfile.TemporaryDirectory())
        self.path = pathlib.Path(directory, "socket")
        self.listen = f"unix:{self.path}"

    def serve(self, **options) -> serving.Attacked:
        return serving.Attacked(listen=self.listen, **options)

    def assert_reachable(self, server: serving.Attacked):
        with contextlib.closing(server.fresh_channel()) as channel:
            serving.lookup(channel)

    def test_who_was_replaced_leaves_the_successors_socket(self):
        first = self.enterContext(contextlib.ExitStack())
        first.enter_context(self.serve())
        for _ in range(3):
            self.path.unlink()
            with contextlib.ExitStack() as starting:
                second = starting.enter_context(self.serve())
                first.close()  # ends the first one, which exits with 0
                self.assert_reachable(second)
                first = starting.pop_all()
        first.close()
        self.assertFalse(self.path.exists())

    def test_the_socket_of_a_server_that_was_killed_is_taken_over(self):
        with self.serve() as killed:
            killed.send(signal.SIGKILL)
            self.assertEqual(killed.wait(), -signal.SIGKILL)
            self.assertTrue(self.path.is_socket())
            with self.serve() as server:
                self.assert_reachable(server)

    def test_a_second_server_is_refused(self):
        with self.serve() as server:
            refused = run(f"--listen={self.listen}")
            self.assertEqual(refused.code, 1)
            self.assertIn(f"{self.listen}: Address already in use",
                          refused.stderr)
            self.assert_reachable(server)

    def test_a_foreign_file_is_left_before_and_after(self):
        self.path.write_text("text")
        refused = run(f"--listen={self.listen}")
        self.assertEqual(refused.code, 1)
        self.assertIn("the file is no socket", refused.stderr)
        self.assertEqual(self.path.read_text(), "text")
        self.path.unlink()
        with self.serve():
            self.path.unlink()
            self.path.write_text("text")
        self.assertEqual(self.path.read_text(), "text")

    def start(self, **options) -> serving.Attacked | None:
        """Returns a server, or None if it is refused."""
        try:
            return self.serve(**options)
        except RuntimeError as refused:
            self.assertIn("Address already in use", str(refused))
            return None

    def check_starts_at_once(self, **options):
        """Starts several servers at once on the socket of a killed one: one of them serves."""
        with concurrent.futures.ThreadPoolExecutor(STARTS) as threads:
            for _ in range(ROUNDS):
                started = list(filter(None, threads.map(
                    lambda _: self.start(**options), range(STARTS))))
                for server in started:
                    self.addCleanup(server.kill)
                self.assertEqual(len(started), 1)
                self.assert_reachable(started[0])
                started[0].kill()

    def test_of_several_at_once_one_serves(self):
        self.check_starts_at_once()

    def test_of_several_at_once_one_serves_where_listen_is_slow(self):
        preload = {"LD_PRELOAD": SLOW_LISTEN} if SLOW_LISTEN else {}
        self.check_starts_at_once(variables=preload)


if __name__ == "__main__":
    unittest.main()
