"""Checks that portregd exits with 0 on SIGTERM and SIGINT, whatever it is doing.

    PORTREGD=portregd python3 shutdown_test.py
"""

import pathlib
import queue
import signal
import socket
import sys
import time
import unittest

sys.path[:0] = [
    str(pathlib.Path(__file__).resolve().parents[1] / "interop")]

import grpc
import processes
from client import Client
from portreg_proto import records
from processes import CALL_SECONDS, EXIT_SECONDS, Portregd

HEALTH_WATCH = "/grpc.health.v1.Health/Watch"
REFLECTION = ("/grpc.reflection.v1alpha.ServerReflection/"
              "ServerReflectionInfo")
LISTINGS = 50


def nothing(server: Portregd):
    """Connects no client."""


def idle_channel(server: Portregd):
    """Connects a client that asks nothing more."""
    Client(server.channel()).lookup(port=1)


def silent_connection(server: Portregd) -> socket.socket:
    """Connects a client that sends nothing at all."""
    host, _, port = server.address.rpartition(":")
    return socket.create_connection((host, int(port)), CALL_SECONDS)


def health_watch(server: Portregd):
    """Opens a stream that ends only when the server does."""
    call = server.channel().unary_stream(HEALTH_WATCH)(b"")
    next(call)
    return call


class HalfOpenStream:
    """Opens a stream on which the client could send more."""

    def __init__(self, server: Portregd):
        self._requests = queue.SimpleQueue()
        self._requests.put(b"\x3a\x00")
        call = server.channel().stream_stream(REFLECTION)(
            iter(self._requests.get, None))
        next(call)

    def close(self):
        """Ends the thread that sends the requests."""
        self._requests.put(None)


def unread_listings(server: Portregd) -> list:
    """Starts many listings whose clients stop reading."""
    client = Client(server.channel())
    return [(call, len(next(call).records)) for call in [
        client.open_listing(view=records.RECORD_VIEW_FULL,
                            include_portless=True)
        for _ in range(LISTINGS)]]


SITUATIONS = (nothing, idle_channel, silent_connection, health_watch,
              HalfOpenStream, unread_listings)


class ShutdownTest(unittest.TestCase):
    """Gives each situation a server of its own; all are ended together."""

    def assert_all_exit_0(self, number: int):
        """Ends a server in each situation with a signal."""
        servers = []
        for situation in SITUATIONS:
            server = Portregd("--reflection")
            self.addCleanup(server.kill)
            held = situation(server)
            if hasattr(held, "close"):
                self.addCleanup(held.close)
            servers.append((situation, server, held))
        for _, server, _ in servers:
            server.send(number)
        deadline = time.monotonic() + EXIT_SECONDS
        for situation, server, _ in servers:
            with self.subTest(situation=situation.__name__):
                self.assertEqual(
                    server.wait(max(0.1, deadline - time.monotonic())), 0)

    def test_sigterm(self):
        self.assert_all_exit_0(signal.SIGTERM)

    def test_sigint(self):
        self.assert_all_exit_0(signal.SIGINT)

    def test_further_signals_do_not_change_the_exit_code(self):
        server = Portregd()
        self.addCleanup(server.kill)
        call = health_watch(server)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGTERM):
            server.send(number)
        with self.assertRaises(grpc.RpcError):
            for _ in call:
                pass
        self.assertEqual(server.wait(), 0)

    def test_listings_under_way_end_whole_or_with_unavailable(self):
        server = Portregd()
        self.addCleanup(server.kill)
        everything = sum(layer.record_count for layer in Client(
            server.channel()).info().layers)
        calls = unread_listings(server)
        server.send(signal.SIGTERM)
        for call, found in calls:
            try:
                found += sum(len(message.records) for message in call)
                self.assertEqual(found, everything)
            except grpc.RpcError as error:
                self.assertEqual(error.code(), grpc.StatusCode.UNAVAILABLE)
        self.assertEqual(server.wait(), 0)


if __name__ == "__main__":
    unittest.main()
