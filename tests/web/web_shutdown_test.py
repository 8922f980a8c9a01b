"""Tests the end of a portregd with a web door.

    PORTREGD=portregd python3 web_shutdown_test.py
"""

import contextlib
import http.client
import signal
import socket
import time
import unittest

import web  # first: adds the folders of the modules below

import grpc

import serving
from processes import EXIT_SECONDS


def plug(server: web.Door, sent: bytes = b"") -> socket.socket:
    """Returns a connection on which `sent` was sent."""
    made = socket.create_connection(web.address(server.web), web.SECONDS)
    made.sendall(sent)
    return made


class ShutdownTest(unittest.TestCase):
    """Tests SIGTERM while clients of the door do various things."""

    def test_idle_and_slow_clients_do_not_hold_it(self):
        for sent in (b"", b"GET / HT", b"GET /v1/info HTTP/1.1\r\nHost: x\r\n\r\n",
                     b"GET /v1/ports?view=full HTTP/1.1\r\nHost: x\r\n\r\n" * 20):
            with (self.subTest(sent=sent[:20]),
                  web.Door("--drain_delay=0", "--drain_grace=200ms") as server):
                with contextlib.closing(plug(server, sent)):
                    began = time.monotonic()
                    self.assertEqual(server.stop(), 0)
                    self.assertLess(time.monotonic() - began, EXIT_SECONDS / 2)

    def test_calls_are_answered_while_it_drains_and_health_says_so(self):
        with web.Door("--drain_delay=30s") as server:
            through = web.connection(server.web)
            with contextlib.closing(through):
                self.assertEqual(web.ask(through, "GET", "/healthz").status, 200)
                server.send(signal.SIGTERM)
                end = time.monotonic() + web.SECONDS
                while web.ask(through, "GET", "/healthz").status == 200:
                    self.assertLess(time.monotonic(), end)
                answer = web.ask(through, "GET", "/healthz")
                self.assertEqual((answer.status, answer.body),
                                 (503, b"NOT_SERVING\n"))
                self.assertEqual(
                    web.ask(through, "GET", "/v1/ports/443").status, 200)
                server.send(signal.SIGTERM)
                self.assertEqual(server.wait(), 0)

    def test_a_reader_gets_the_rest_of_its_listing_or_a_broken_body(self):
        with web.Door("--drain_delay=0", "--drain_grace=5s") as server:
            through = web.connection(server.web)
            with contextlib.closing(through):
                whole = web.ask(through, "GET", "/v1/ports?view=full").body
                through.request("GET", "/v1/ports?view=full")
                response = through.getresponse()
                begin = response.read(1000)
                server.send(signal.SIGTERM)
                # Reading fails if the listing was cut off.
                with contextlib.suppress(http.client.IncompleteRead, ConnectionError):
                    self.assertEqual(begin + response.read(), whole)
                self.assertEqual(server.wait(), 0)

    def test_a_listing_that_nobody_reads_spoils_no_call_of_grpc(self):
        with web.Door("--drain_delay=0", "--drain_grace=3s") as server:
            listing = plug(server, b"GET /v1/ports?view=full HTTP/1.1\r\n"
                                   b"Host: x\r\n\r\n" * 20)
            channel = server.fresh_channel()
            with contextlib.closing(listing), contextlib.closing(channel):
                listing.recv(1)
                serving.lookup(channel)
                server.send(signal.SIGTERM)
                # Clients try again after UNAVAILABLE, but not after CANCELLED.
                with self.assertRaises(grpc.RpcError) as raised:
                    while True:
                        serving.lookup(channel)
                self.assertEqual(raised.exception.code(), grpc.StatusCode.UNAVAILABLE)
            self.assertEqual(server.wait(), 0)

    def answer_after_the_stop(self) -> web.Answer | None:
        """Stops a server and returns its first answer to a call that is not OK.

        Returns None if the server ended before.
        """
        refused = None
        with web.Door("--drain_delay=0", "--drain_grace=3s") as server:
            with contextlib.ExitStack() as held:
                # The server waits for a listing that its client does not read. More than
                # sockets hold, so that one is under way.
                listing = held.enter_context(contextlib.closing(plug(
                    server, b"GET /v1/ports?view=full HTTP/1.1\r\nHost: x\r\n\r\n" * 20)))
                listing.recv(1)
                # Many, because a connection has one response after the stop has begun.
                kept = [held.enter_context(contextlib.closing(
                    web.connection(server.web))) for _ in range(100)]
                for each in kept:
                    self.assertEqual(web.ask(each, "GET", "/healthz").status, 200)
                server.send(signal.SIGTERM)
                with contextlib.suppress(ConnectionError):
                    for each in kept:
                        answer = web.ask(each, "GET", "/v1/ports/443")
                        if answer.status != 200:
                            refused = answer
                            break
                        time.sleep(0.005)
            self.assertEqual(server.wait(), 0)
        return refused

    def test_a_call_after_the_stop_is_unavailable(self):
        # A listing that was about to be continued ends at the stop, and the server with it.
        for _ in range(20):
            if answer := self.answer_after_the_stop():
                break
        self.assertEqual((answer.status, answer.reason()), (503, "SERVER_STOPPING"))
        self.assertEqual(answer.headers["Connection"], "close")


if __name__ == "__main__":
    unittest.main()
