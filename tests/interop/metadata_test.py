"""Checks the metadata that a server returns, so that calls can be traced.

    PORTREGD=portregd python3 metadata_test.py

The server returns x-request-id and traceparent in the initial metadata, each if
it is at most 128 bytes of printable ASCII.
"""

import contextlib
import pathlib
import socket
import struct
import sys
import unittest

sys.path[:0] = [
    str(pathlib.Path(__file__).resolve().parents[1] / "integration")]

import grpc
import processes
from client import ENDLESS_METHODS, STREAMING_METHODS, Client
from portreg_proto import SERVICE, pb

REQUEST_ID = "x-request-id"
TRACE = "traceparent"
NAMES = (REQUEST_ID, TRACE)
MOST_BYTES = 128
TRACE_VALUE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

# For every method: a request that is answered, and one that is refused.
REQUESTS = {
    "Lookup": (b"\x08\x50", b""),
    "BatchLookup": (b"", b"\x0a"),
    "Classify": (b"\x08\x50", b""),
    "Check": (b"\x0a\x02\x08\x50", b"\x0a\x00"),
    "Suggest": (b"", b"\x20\x7f"),        # count: 127
    "ListRange": (b"", b"\x28\x09"),      # view: 9
    "Search": (b"\x0a\x03ssh", b""),
    "Watch": (b"", b"\xff"),
    "GetRegistryInfo": (b"", b"\xff")}

# HTTP/2 (RFC 9113): frame types and flags.
DATA, HEADERS, SETTINGS = 0, 1, 4
END_STREAM, ACK, END_HEADERS = 1, 1, 4
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def setUpModule():
    global SERVER, CHANNEL
    SERVER = unittest.enterModuleContext(processes.Portregd())
    CHANNEL = SERVER.channel()


def sent_back(method: str, request: bytes, metadata) -> dict[str, str]:
    """Returns the values of NAMES in the initial metadata of a call."""
    if method in STREAMING_METHODS:
        call = Client(CHANNEL).open(method, request, metadata)
        with contextlib.suppress(grpc.RpcError):
            for _ in call:
                if method in ENDLESS_METHODS:
                    break
    else:
        call = CHANNEL.unary_unary(f"/{SERVICE}/{method}").future(
            request, metadata=metadata, timeout=processes.CALL_SECONDS)
        call.exception()
    found = {key: value for key, value in call.initial_metadata()
             if key in NAMES}
    call.cancel()
    return found


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """Returns an HTTP/2 frame."""
    return struct.pack(">I", len(payload))[1:] + bytes(
        [kind, flags]) + struct.pack(">I", stream) + payload


def header(name: bytes, value: bytes) -> bytes:
    """Returns a header as HPACK's literal without indexing, of less than 127 bytes."""
    return b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value


def raw_answer(request_id: bytes) -> bytes:
    """Returns the raw answer to a Lookup of port 80 with any bytes as x-request-id.

    The answer is all bytes of the connection to the end of the call. The bytes
    of a header's value are in it, because the server writes values without
    Huffman coding.
    """
    fields = {b":method": b"POST", b":scheme": b"http", b":authority": b"x",
              b":path": f"/{SERVICE}/Lookup".encode(), b"te": b"trailers",
              b"content-type": b"application/grpc",
              REQUEST_ID.encode(): request_id}
    message = pb.LookupRequest(port=80).SerializeToString()
    host, _, port = SERVER.address.rpartition(":")
    with socket.create_connection(
            (host, int(port)), processes.CALL_SECONDS) as connection:
        connection.sendall(
            PREFACE + frame(SETTINGS, 0, 0) + frame(SETTINGS, ACK, 0)
            + frame(HEADERS, END_HEADERS, 1, b"".join(
                header(*field) for field in fields.items()))
            + frame(DATA, END_STREAM, 1,
                    b"\0" + struct.pack(">I", len(message)) + message))
        received = b""
        with connection.makefile("rb") as stream:
            while start := stream.read(9):
                payload = stream.read(int.from_bytes(start[:3], "big"))
                received += payload
                ends = start[3] == HEADERS and start[4] & END_STREAM
                if ends or start[3] not in (DATA, HEADERS, SETTINGS, 6, 8):
                    break
        return received


class MetadataTest(unittest.TestCase):
    """Checks the initial metadata of answers, refusals and streams."""

    def test_the_table_has_every_method(self):
        self.assertEqual(
            set(REQUESTS),
            {method.name for method in pb.DESCRIPTOR.services_by_name[
                SERVICE.rpartition(".")[2]].methods})

    def test_both_come_back_whether_a_call_is_answered_or_refused(self):
        for method, requests in REQUESTS.items():
            for request in requests:
                with self.subTest(method=method, request=request):
                    sent = {REQUEST_ID: f"{method}-1", TRACE: TRACE_VALUE}
                    self.assertEqual(
                        sent_back(method, request, tuple(sent.items())), sent)

    def test_a_watch_with_nothing_to_tell_sends_them_back_at_once(self):
        client = Client(CHANNEL)
        request = pb.WatchRequest(revision=client.info().revision)
        call = client.open("Watch", request.SerializeToString(),
                           ((REQUEST_ID, "abc"),))
        self.assertIn((REQUEST_ID, "abc"), call.initial_metadata())
        self.assertTrue(call.is_active())
        call.cancel()

    def test_each_comes_back_alone_and_nothing_without_either(self):
        for method in ("Lookup", "ListRange"):
            for name in NAMES:
                with self.subTest(method=method, name=name):
                    self.assertEqual(
                        sent_back(method, b"", ((name, "abc"),)),
                        {name: "abc"})
            self.assertEqual(sent_back(method, b"", ()), {})

    def test_no_other_metadata_comes_back(self):
        call = CHANNEL.unary_unary(f"/{SERVICE}/Lookup").future(
            b"\x08\x50", timeout=processes.CALL_SECONDS,
            metadata=(("x-other", "a"), ("authorization", "b"),
                      (REQUEST_ID, "c")))
        call.result()
        keys = {key for key, _ in call.initial_metadata()}
        self.assertIn(REQUEST_ID, keys)
        self.assertFalse({"x-other", "authorization"} & keys)

    def test_up_to_128_bytes_of_printable_ascii_come_back(self):
        printable = "".join(map(chr, range(0x21, 0x7F)))
        for name in NAMES:
            for value in ("a", "a b", printable, "x" * MOST_BYTES):
                with self.subTest(name=name, value=value):
                    self.assertEqual(
                        sent_back("Lookup", b"\x08\x50", ((name, value),)),
                        {name: value})
            for value in ("x" * (MOST_BYTES + 1), "x" * 2000):
                with self.subTest(name=name, size=len(value)):
                    self.assertEqual(
                        sent_back("Lookup", b"\x08\x50", ((name, value),)),
                        {})

    def test_a_value_that_is_too_long_does_not_keep_the_other_back(self):
        self.assertEqual(
            sent_back("ListRange", b"", ((REQUEST_ID, "x" * 129),
                                         (TRACE, TRACE_VALUE))),
            {TRACE: TRACE_VALUE})

    def test_what_is_not_printable_ascii_does_not_come_back(self):
        self.assertIn(b"seen-here", raw_answer(b"seen-here"))
        for bad in (b"\t", b"\x01", b"\n", b"\r\n", b"\x7f", b"\x80", b"\xff",
                    "ü".encode(), b"\0"):
            with self.subTest(bad=bad):
                received = raw_answer(b"seen" + bad + b"here")
                self.assertIn(b"application/grpc", received)
                self.assertNotIn(b"seen", received)
        self.assertEqual(sent_back("Lookup", b"\x08\x50", (
            (REQUEST_ID, "still served"),)), {REQUEST_ID: "still served"})


if __name__ == "__main__":
    unittest.main()
