"""Floods the admin side and /metrics with clients, and checks that probes still get answers.

    PORTREGD=portregd python3 side_doors_test.py
"""

import contextlib
import http.client
import pathlib
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / name)
                for name in ("operations",)]

import serving
import wire
from service import Metrics

HALF_REQUESTS = 300
# More connections than the admin side accepts.
WATCHERS = 400
OTHER_PEER = "127.0.0.2"


def watch_health(address: str, source: str | None = None) -> wire.Connection:
    """Returns a connection that watches health, and reads nothing."""
    connection = wire.Connection(address, source=source)
    connection.start()
    connection.send(
        wire.headers_frames(wire.request_headers(
            "Watch", service="grpc.health.v1.Health"), 1)
        + wire.data_frames(wire.message(b""), 1))
    return connection


class AdminTest(unittest.TestCase):
    """Checks that a probe gets an answer, whoever else is connected."""

    def setUp(self):
        self.server = self.enterContext(
            serving.Attacked("--admin_listen=127.0.0.1:0"))
        self.admin = self.server.announced["ADMIN"][0]

    def probe(self):
        with contextlib.closing(
                self.server.fresh_channel(self.admin)) as channel:
            serving.healthy(channel, 10 * serving.PATIENCE)

    def test_a_probe_gets_in_beside_connections_that_watch_health(self):
        with contextlib.ExitStack() as held:
            for _ in range(WATCHERS):
                held.enter_context(watch_health(self.admin))
            for _ in range(5):
                self.probe()

    def test_who_comes_does_not_evict_another_peers_connection(self):
        channel = self.server.fresh_channel(self.admin)
        self.addCleanup(channel.close)
        watch = channel.unary_stream("/grpc.health.v1.Health/Watch")(
            b"", timeout=60 * serving.PATIENCE)
        self.assertEqual(next(watch), serving.HEALTHY)
        with contextlib.ExitStack() as held:
            for _ in range(WATCHERS):
                held.enter_context(watch_health(self.admin, OTHER_PEER))
            self.probe()
            self.assertTrue(watch.is_active())
        watch.cancel()


class MetricsTest(unittest.TestCase):
    """Asks /metrics by correct and broken HTTP clients."""

    def setUp(self):
        self.server = self.enterContext(
            serving.Attacked("--metrics_listen=127.0.0.1:0"))
        self.address = self.server.announced["METRICS"][0]

    def ask(self, method: str, path: str = "/metrics",
            ) -> tuple[http.client.HTTPResponse, bytes]:
        """Returns the answer and its body."""
        connection = http.client.HTTPConnection(
            self.address, timeout=10 * serving.PATIENCE)
        with contextlib.closing(connection):
            connection.request(method, path)
            response = connection.getresponse()
            return response, response.read()

    def test_a_scrape_gets_through_beside_half_requests(self):
        with contextlib.ExitStack() as held:
            for _ in range(HALF_REQUESTS):
                connection = held.enter_context(
                    contextlib.closing(wire.dial(self.address)))
                with contextlib.suppress(ConnectionError):
                    connection.sendall(b"GET /metrics HTTP/1.1\r\nHost:")
            for _ in range(5):
                response, body = self.ask("GET")
                self.assertEqual(response.status, 200)
                self.assertIn(b"portreg_build_info", body)

    def test_head_has_the_headers_of_get_and_no_body(self):
        got, body = self.ask("GET")
        head, nothing = self.ask("HEAD")
        self.assertEqual((head.status, nothing), (200, b""))
        self.assertEqual(head.headers["Content-Type"],
                         got.headers["Content-Type"])
        self.assertEqual(int(got.headers["Content-Length"]), len(body))
        self.assertGreater(int(head.headers["Content-Length"]), 1000)
        self.assertEqual(Metrics(body.decode("ascii")).value(
            "portreg_draining"), 0)

    def test_other_methods_and_paths_are_refused(self):
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
            response, _ = self.ask(method)
            self.assertEqual(
                (response.status, response.headers["Allow"]),
                (405, "GET, HEAD"), method)
        for path in ("/", "/metrics/", "/metricsx", "//metrics"):
            for method in ("GET", "HEAD"):
                self.assertEqual(self.ask(method, path)[0].status, 404, path)
        self.assertEqual(self.ask("GET", "/metrics?a=b")[0].status, 200)


if __name__ == "__main__":
    unittest.main()
