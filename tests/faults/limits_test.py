"""Checks that connections that keep a server waiting are closed at their limits.

    PORTREGD=portregd python3 limits_test.py

A good client's calls succeed meanwhile. The limits are seconds here. Each test
sets only its own limit, so that no other limit can close the connection.
"""

import contextlib
import ssl
import tempfile
import time
import unittest

import serving
import wire

# A limit of one second ends a connection within this time, but not at once.
CLOSED_SECONDS = 8 * serving.PATIENCE
DRIBBLE_SECONDS = 0.05
HANDSHAKE = "--handshake_timeout=1s"
IDLE = "--max_connection_idle=1s"
AGE = ("--max_connection_age=1s", "--max_connection_age_grace=1s")
ALL_PORTS = b"\x10\xff\xff\x03"         # ListRangeRequest{last_port: 65535}
# The head of a TLS ClientHello that announces 512 bytes.
HALF_HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"r" * 20


def dribbled_header(connection: wire.Connection):
    """Yields a header block byte by byte, without an end."""
    block = wire.request_headers("Lookup", (b"x", b"y" * 3000))
    yield wire.header(wire.HEADERS, len(block), wire.END_HEADERS, 1)
    yield from (block[i:i + 1] for i in range(len(block)))


def dribbled_continuation(connection: wire.Connection):
    """Yields HEADERS, and a CONTINUATION of one header again and again."""
    yield wire.frame(wire.HEADERS, wire.request_headers("Lookup"), stream=1)
    while True:
        yield wire.frame(wire.CONTINUATION, wire.literal(b"x", b"y"), stream=1)


def no_message(connection: wire.Connection):
    """Yields the headers of a call, and then only WINDOW_UPDATE frames."""
    yield wire.headers_frames(wire.request_headers("Lookup"), 1)
    while True:
        yield wire.window_update(1, 1)


def half_a_message(connection: wire.Connection):
    """Yields a DATA frame and a message whose lengths are larger than what is sent."""
    yield wire.headers_frames(wire.request_headers("Lookup"), 1)
    yield wire.header(wire.DATA, 16000, wire.END_STREAM, 1)
    yield wire.message(b"", length=15000)
    while True:
        yield b"x"


class LimitsTest(unittest.TestCase):
    """Runs each kind of slow client against the limit that is meant for it."""

    def serve(self, *flags: str) -> serving.Attacked:
        """Runs a server, and a good client until the test ends."""
        server = self.enterContext(serving.Attacked(*flags))
        caller = serving.SteadyCaller(server.fresh_channel())
        self.addCleanup(lambda: self.assertGreater(caller.answered, 20))
        self.addCleanup(caller.check)
        self.enterContext(caller)
        return server

    def connect(self, server: serving.Attacked, **how) -> wire.Connection:
        return self.enterContext(wire.Connection(server.address, **how))

    def assert_closed(self, connection: wire.Connection):
        self.assertTrue(connection.closed_within(CLOSED_SECONDS))

    def assert_closed_while_dribbling(self, server: serving.Attacked, dribble):
        connection = self.connect(server)
        connection.start()
        for chunk in dribble(connection):
            connection.send(chunk, reads=True)
            if connection.closed_within(DRIBBLE_SECONDS):
                return
            self.assertLess(self.elapsed(), CLOSED_SECONDS, "still open")

    def setUp(self):
        start = time.monotonic()
        self.elapsed = lambda: time.monotonic() - start

    def test_a_connection_that_says_nothing(self):
        server = self.serve(HANDSHAKE)
        self.assert_closed(self.connect(server))

    def test_half_a_preface(self):
        connection = self.connect(self.serve(HANDSHAKE))
        connection.send(wire.PREFACE[:10])
        self.assert_closed(connection)

    def test_a_preface_without_settings(self):
        connection = self.connect(self.serve(HANDSHAKE))
        connection.send(wire.PREFACE)
        self.assert_closed(connection)

    def test_a_connection_without_calls(self):
        connection = self.connect(self.serve(IDLE))
        connection.start()
        self.assert_closed(connection)

    def test_a_client_that_does_not_answer_pings(self):
        server = self.serve("--keepalive_time=1s", "--keepalive_timeout=1s")
        connection = self.connect(server)
        connection.start()
        connection.send(wire.headers_frames(wire.request_headers("Lookup"), 1))
        self.assert_closed(connection)

    def test_a_header_byte_by_byte(self):
        self.assert_closed_while_dribbling(self.serve(*AGE), dribbled_header)

    def test_continuation_without_end(self):
        self.assert_closed_while_dribbling(
            self.serve(*AGE), dribbled_continuation)

    def test_a_call_without_a_message(self):
        self.assert_closed_while_dribbling(self.serve(*AGE), no_message)

    def test_a_message_without_end(self):
        self.assert_closed_while_dribbling(self.serve(*AGE), half_a_message)

    def test_a_listing_that_nobody_reads(self):
        connection = self.connect(self.serve(*AGE), receive_buffer=4096)
        connection.start(initial_window_size=0)
        connection.send(wire.call("ListRange", ALL_PORTS, 1))
        self.assert_closed(connection)

    def test_a_watch_ends_by_itself(self):
        connection = self.connect(self.serve("--max_watch=1s"))
        connection.start()
        connection.send(wire.call("Watch", b"", 1))
        self.assertTrue(any(
            each.stream == 1 and each.kind == wire.HEADERS
            and each.flags & wire.END_STREAM
            for each in connection.frames(CLOSED_SECONDS)), "it goes on")


class MetadataTest(unittest.TestCase):
    """Checks --max_metadata_bytes, and clients that never acknowledge SETTINGS."""

    def setUp(self):
        self.server = self.enterContext(serving.Attacked())

    def status_of(self, method: str, *more: tuple[bytes, bytes]) -> bytes:
        """Returns the trailers' block of a call on a connection that acknowledges no SETTINGS."""
        with wire.Connection(self.server.address) as connection:
            connection.start(acknowledge=False)
            connection.send(wire.call(method, serving.PORT_443, 1, *more))
            for each in connection.frames(CLOSED_SECONDS):
                if each.kind == wire.HEADERS and each.flags & wire.END_STREAM:
                    return each.payload
        return b""

    def test_metadata_beyond_the_limit_are_refused_in_any_case(self):
        large = ((b"x", b"y" * 100_000),)
        many = tuple((b"x%d" % i, b"y" * 100) for i in range(80))
        for method in ("Lookup", "ListRange", "Watch"):
            for metadata in (large, many):
                self.assertIn(b"at most 8192 are allowed",
                              self.status_of(method, *metadata), method)

    def test_metadata_within_the_limit_are_taken(self):
        self.assertNotIn(b"allowed", self.status_of(
            "Lookup", (b"x", b"y" * 7_000)))


class HandshakeTest(unittest.TestCase):
    """Repeats the checks with TLS."""

    def setUp(self):
        made = serving.make_certificate(
            self.enterContext(tempfile.TemporaryDirectory()))
        self.server = self.enterContext(
            serving.Attacked(HANDSHAKE, *made.flags()))
        self.caller = serving.SteadyCaller(
            self.server.fresh_channel(credentials=made.credentials()))

    def assert_closed_while_others_are_served(self, first: bytes):
        with self.caller, contextlib.ExitStack() as held:
            for connection in [held.enter_context(wire.Connection(
                    self.server.address)) for _ in range(20)]:
                connection.send(first)
                self.assertTrue(connection.closed_within(CLOSED_SECONDS))
        self.caller.check()

    def test_a_connection_that_says_nothing(self):
        self.assert_closed_while_others_are_served(b"")

    def test_half_a_client_hello(self):
        self.assert_closed_while_others_are_served(HALF_HELLO)

    def test_a_handshake_and_then_nothing(self):
        trusting = ssl.create_default_context()
        trusting.check_hostname = False
        trusting.verify_mode = ssl.CERT_NONE
        trusting.set_alpn_protocols(["h2"])
        with self.caller, wire.Connection(
                self.server.address, tls=trusting) as connection:
            self.assertTrue(connection.closed_within(CLOSED_SECONDS))
        self.caller.check()


if __name__ == "__main__":
    unittest.main()
