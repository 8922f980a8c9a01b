"""Sends bytes that are not correct HTTP/2, HPACK, gRPC or Protobuf.

    PORTREGD=portregd python3 hostile_bytes_test.py

Each row is sent on connections of its own, some of them cut at every byte or at
random ones. A good client is served all the time. Afterwards the server holds
no more than before.
"""

import contextlib
import gzip
import os
import random
import struct
import unittest
import zlib

import serving
import wire
from serving import MIB

import grpc

SECONDS = 5 * serving.PATIENCE
REPEATS = 20
# The growth that the allocator explains. A bomb that is decompressed takes 64
# MiB.
MOST_GROWTH_MIB = 32
MOST_LOG_LINES = 100
HEADERS = wire.request_headers("Lookup")
CALL = wire.call("Lookup", serving.PORT_443, 1)
# Blocks in which an index of the dynamic table, a string or an integer does not
# exist or does not end.
BROKEN_BLOCKS = {
    "index 0": b"\x80", "index beyond the table": b"\xff\xff\x03",
    "endless integer": b"\xff" + b"\xff" * 50,
    "string cut": b"\0\x7f\xff\xff\x03x",
    "Huffman code of padding": b"\0\x84\xff\xff\xff\xff\x01x",
    "table larger than allowed": b"\x3f\xff\xff\xff\x07",
    "a field with a line break": HEADERS + wire.literal(b"x", b"a\r\nb: c"),
    "a name with a line break": HEADERS + wire.literal(b"x\r\ny", b"z"),
    "an empty name": HEADERS + wire.literal(b"", b"z"),
    "upper case": HEADERS + wire.literal(b"X-Y", b"z"),
    "no pseudo headers": wire.literal(b"x", b"y"),
    "a pseudo header that does not exist":
        wire.literal(b":x", b"y") + HEADERS,
    "two paths": HEADERS + wire.literal(b":path", b"/other"),
    "connection": HEADERS + wire.literal(b"connection", b"close"),
    "a timeout without a unit": HEADERS + wire.literal(b"grpc-timeout", b"1"),
    "an endless timeout": HEADERS
        + wire.literal(b"grpc-timeout", b"9" * 100 + b"H"),
    "an unknown encoding": HEADERS + wire.literal(b"grpc-encoding", b"brr")}

# Names of metadata that gRPC reads or writes itself.
OWN_NAMES = (
    b"te", b"content-type", b"user-agent", b"host", b"lb-token",
    b"lb-cost-bin", b"endpoint-load-metrics-bin", b"grpclb_client_stats",
    *(b"grpc-" + name for name in (
        b"encoding", b"accept-encoding", b"internal-encoding-request",
        b"status", b"timeout", b"previous-rpc-attempts", b"retry-pushback-ms",
        b"message", b"server-stats-bin", b"trace-bin", b"tags-bin")))

# Bytes that are sent instead of an HTTP/2 connection.
OTHER_PROTOCOLS = {
    "HTTP/1.1": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "HTTP/1.1 upgrade": b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, "
                        b"HTTP2-Settings\r\nUpgrade: h2c\r\n"
                        b"HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
    "TLS": b"\x16\x03\x01\x00\x40\x01\x00\x00\x3c\x03\x03" + b"r" * 57,
    "wrong preface": wire.PREFACE.replace(b"2.0", b"3.0"),
    "no preface": wire.settings() + CALL,
    "SSH": b"SSH-2.0-OpenSSH_9.2\r\n", "zeros": b"\0" * 4096,
    "PROXY protocol": b"PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n" + wire.PREFACE}

# Bytes that follow a preface, and must end the connection.
CONNECTION_ERRORS = {
    "a frame larger than allowed": wire.header(wire.DATA, 2**24 - 1, 0, 1),
    "headers larger than a frame": wire.header(wire.HEADERS, 2**24 - 1, 4, 1),
    "SETTINGS cut": wire.frame(wire.SETTINGS, b"12345"),
    "SETTINGS of a stream": wire.frame(wire.SETTINGS, stream=1),
    "an acknowledgement with settings":
        wire.frame(wire.SETTINGS, b"123456", wire.ACK),
    "a window of 2^32-1": wire.settings(initial_window_size=2**32 - 1),
    "PING of 7 bytes": wire.frame(wire.PING, b"1234567"),
    "RST_STREAM of 5 bytes": wire.frame(wire.RST_STREAM, b"12345", stream=1),
    "WINDOW_UPDATE of 3 bytes": wire.frame(wire.WINDOW_UPDATE, b"123"),
    "CONTINUATION alone": wire.frame(
        wire.CONTINUATION, HEADERS, wire.END_HEADERS, 1),
    "PING within a header": wire.frame(wire.HEADERS, HEADERS, stream=1)
        + wire.frame(wire.PING, b"12345678"),
    "padding beyond the frame": wire.frame(
        wire.HEADERS, b"\xff" + HEADERS[:100],
        wire.PADDED | wire.END_HEADERS, 1),
    "invalid base64 in a binary header": wire.headers_frames(
        HEADERS + wire.literal(b"x-bin", b"!"), 1)}

# Bytes that follow a preface, and may be answered, refused or ignored.
ODD_FRAMES = {
    "DATA on stream 0": wire.frame(wire.DATA, b"x"),
    "DATA on a stream that is not open": wire.frame(wire.DATA, b"x", stream=5),
    "HEADERS on stream 0": wire.frame(
        wire.HEADERS, HEADERS, wire.END_HEADERS, 0),
    "RST_STREAM on stream 0": wire.frame(wire.RST_STREAM, b"\0\0\0\x08"),
    "RST_STREAM of a stream that is not open":
        wire.frame(wire.RST_STREAM, b"\0\0\0\x08", stream=99),
    "an even stream": wire.call("Lookup", serving.PORT_443, 2),
    "a stream again": CALL + CALL,
    "a lower stream": wire.call("Lookup", b"", 9) + CALL,
    "the highest stream": wire.call("Lookup", b"", 2**31 - 1),
    "trailers twice": CALL + wire.headers_frames(HEADERS, 1, wire.END_STREAM),
    "PUSH_PROMISE": wire.frame(
        wire.PUSH_PROMISE, b"\0\0\0\2" + HEADERS, wire.END_HEADERS, 1),
    "GOAWAY": wire.frame(wire.GOAWAY, b"\xff" * 8) * 100,
    "priority of itself": wire.frame(
        wire.PRIORITY, struct.pack(">IB", 1, 0), stream=1),
    "unknown types": b"".join(
        wire.frame(kind, os.urandom(9), 0xff, 1) for kind in range(10, 256)),
    "unknown settings": wire.frame(wire.SETTINGS, b"".join(
        struct.pack(">HI", number, 2**32 - 1) for number in range(7, 2000))),
    **{f"header block: {name}": wire.headers_frames(block, 1, wire.END_STREAM)
       for name, block in BROKEN_BLOCKS.items()}}

# Bytes that are sent as the DATA of a correct call.
ZEROS = bytes(64 * MIB)
MESSAGES = {
    "nothing": b"", "half a prefix": b"\0\0",
    "4 GiB": wire.message(b"x", length=2**32 - 1),
    "one byte too many": wire.message(b"\0" * (256 * 1024 + 1)),
    "the reserved flags": wire.message(serving.PORT_443, compressed=0xfe),
    "flag of compression without an encoding":
        wire.message(gzip.compress(serving.PORT_443), compressed=1)}
BOMBS = {b"gzip": gzip.compress(ZEROS), b"deflate": zlib.compress(ZEROS),
         b"identity": b"\0" * 1000, b"br": b"\0" * 1000}
NOT_OK = {str(code.value[0]).encode() for code in grpc.StatusCode} - {b"0"}


def setUpModule():
    global SERVER
    SERVER = unittest.enterModuleContext(serving.Attacked())


class HostileBytesTest(unittest.TestCase):
    """Sends row by row, while a good client is served."""

    def setUp(self):
        with contextlib.closing(SERVER.fresh_channel()) as channel:
            serving.lookup(channel)
        before = SERVER.usage()
        caller = serving.SteadyCaller(SERVER.fresh_channel())
        # The last cleanup added runs first.
        self.addCleanup(self.check_aftermath, before, caller)
        self.enterContext(caller)
        self.assertTrue(serving.eventually(lambda: caller.answered > 0, 10))

    def check_aftermath(self, before: serving.Usage,
                        caller: serving.SteadyCaller):
        with contextlib.closing(SERVER.fresh_channel()) as channel:
            serving.healthy(channel)
        self.assertTrue(serving.eventually(
            lambda: SERVER.usage().descriptors <= before.descriptors + 2, 10))
        after = SERVER.usage()
        self.assertLess(after.resident_mib - before.resident_mib, MOST_GROWTH_MIB)
        self.assertLess(after.log_lines - before.log_lines, MOST_LOG_LINES,
                        SERVER.stderr()[-2000:])
        caller.check()

    def send(self, data: bytes, preface: bool = True) -> wire.Connection:
        connection = self.enterContext(wire.Connection(SERVER.address))
        if preface:
            connection.start()
        connection.send(data, SECONDS, reads=True)
        return connection

    def test_other_protocols_are_hung_up_on(self):
        for name, data in OTHER_PROTOCOLS.items():
            with self.subTest(name):
                self.assertTrue(
                    self.send(data, preface=False).closed_within(SECONDS))

    def test_errors_of_a_connection_end_it(self):
        for name, data in CONNECTION_ERRORS.items():
            with self.subTest(name):
                self.assertTrue(self.send(data).closed_within(SECONDS))

    def test_odd_frames_do_no_harm(self):
        for name, data in ODD_FRAMES.items():
            with self.subTest(name):
                for _ in range(REPEATS):
                    with self.send(data):
                        pass
                self.assertTrue(SERVER.running())

    def test_names_of_grpcs_own_metadata_do_no_harm(self):
        for name in OWN_NAMES:
            for value in (b"", b"x", b"7", b"AAAA", b"trailers"):
                sent = wire.call("Lookup", serving.PORT_443, 1, (name, value))
                with self.subTest(name=name, value=value):
                    with self.send(sent):
                        pass
                    self.assertTrue(SERVER.running())

    def test_random_bytes_do_no_harm(self):
        chance = random.Random(5)
        for preface in (False, True):
            for _ in range(300):
                size = chance.choice((1, 9, 24, 200, 5000))
                with self.send(chance.randbytes(size), preface):
                    pass

    def test_a_sound_call_cut_anywhere_does_no_harm(self):
        whole = wire.PREFACE + wire.settings() + CALL
        for end in range(len(whole)):
            with self.send(whole[:end], preface=False):
                pass

    def test_a_sound_call_with_bits_turned_does_no_harm(self):
        chance = random.Random(6)
        for _ in range(500):
            spoilt = bytearray(CALL * 2)
            for _ in range(chance.randrange(1, 4)):
                spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
            with self.send(bytes(spoilt)):
                pass

    def outcome(self, data: bytes, *headers: tuple[bytes, bytes]) -> bytes:
        """Returns grpc-status of a call with this DATA; empty if the call was reset."""
        connection = self.send(
            wire.headers_frames(wire.request_headers("Lookup", *headers), 1)
            + wire.data_frames(data, 1))
        marker = b"grpc-status"
        with connection:
            for each in connection.frames(SECONDS):
                if each.kind == wire.HEADERS and marker in each.payload:
                    tail = each.payload.partition(marker)[2]
                    return tail[1:1 + tail[0]]
                if each.kind in (wire.RST_STREAM, wire.GOAWAY):
                    return b""
        raise AssertionError("no answer")

    def test_messages_that_are_none_are_refused(self):
        self.assertEqual(self.outcome(wire.message(serving.PORT_443)), b"0")
        for name, data in MESSAGES.items():
            with self.subTest(name):
                self.assertIn(self.outcome(data), NOT_OK | {b""})

    def test_compressed_requests_are_refused_and_not_unfolded(self):
        for encoding, body in BOMBS.items():
            with self.subTest(encoding):
                self.assertIn(self.outcome(
                    wire.message(body, compressed=1),
                    (b"grpc-encoding", encoding)), NOT_OK | {b""})


if __name__ == "__main__":
    unittest.main()
