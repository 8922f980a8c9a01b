"""Sends compressed requests, which the server does not accept.

    PORTREGD=portregd python3 compression_test.py
"""

import pathlib
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / name)
                for name in ("integration", "operations", "faults")]

import grpc
import reflection
from client import STREAMING_METHODS
from portreg_proto import SERVICE
from processes import CALL_SECONDS
from service import Service, channel_to
import wire

ALGORITHMS = {"deflate": grpc.Compression.Deflate,
              "gzip": grpc.Compression.Gzip}
HEALTH = "grpc.health.v1.Health"
# A request that is long enough to be compressed.
LONG_REQUEST = b"\x0a\x7f" + b"x" * 127


def setUpModule():
    global SERVER
    SERVER = unittest.enterModuleContext(Service("--reflection"))


class PythonTest(unittest.TestCase):
    """Sends requests by grpcio."""

    def methods(self):
        """Yields address and path of the methods of both sides, and True if one streams."""
        for method in ("Lookup", "BatchLookup", "Classify", "Check", "Suggest",
                       "Search", "GetRegistryInfo", *STREAMING_METHODS):
            yield (SERVER.address, f"/{SERVICE}/{method}",
                   method in STREAMING_METHODS)
        for address in (SERVER.address, SERVER.admin_address):
            yield address, f"/{HEALTH}/Check", False
            yield address, f"/{HEALTH}/Watch", True
            yield address, reflection.METHOD, True

    def call(self, address: str, path: str, streams: bool, algorithm,
             ) -> grpc.Call:
        """Returns a call that has ended."""
        channel = channel_to(address)
        self.addCleanup(channel.close)
        how = {"timeout": CALL_SECONDS, "compression": algorithm}
        if path == reflection.METHOD:
            call = channel.stream_stream(path)(iter([LONG_REQUEST]), **how)
        elif streams:
            call = channel.unary_stream(path)(LONG_REQUEST, **how)
        else:
            call = channel.unary_unary(path).future(LONG_REQUEST, **how)
            call.exception()
            return call
        try:
            next(call)
        except grpc.RpcError:
            pass
        except StopIteration:
            pass
        return call

    def test_a_compressed_request_is_refused_by_the_name_of_its_encoding(self):
        for name, algorithm in ALGORITHMS.items():
            for address, path, streams in self.methods():
                with self.subTest(path=path, algorithm=name):
                    call = self.call(address, path, streams, algorithm)
                    self.assertEqual(
                        call.code(), grpc.StatusCode.UNIMPLEMENTED)
                    self.assertIn(name, call.details())

    def test_a_request_that_is_not_compressed_is_answered_on(self):
        for address, path, streams in self.methods():
            if streams:
                continue
            with self.subTest(path=path):
                call = self.call(address, path, streams,
                                 grpc.Compression.NoCompression)
                self.assertNotEqual(
                    call.code(), grpc.StatusCode.UNIMPLEMENTED)

    def test_identity_alone_is_advertised(self):
        # Asks by raw HTTP/2, because grpcio does not expose the header.
        for address, path in ((SERVER.address, f"/{SERVICE}/Lookup"),
                              (SERVER.admin_address, f"/{HEALTH}/Check")):
            service, _, method = path[1:].rpartition("/")
            with wire.Connection(address) as connection:
                connection.start()
                connection.send(wire.headers_frames(
                    wire.request_headers(method, service=service), 1)
                    + wire.data_frames(wire.message(b""), 1))
                headers = next(each.payload
                               for each in connection.frames(CALL_SECONDS)
                               if each.kind == wire.HEADERS)
            self.assertNotIn(b"gzip", headers)
            self.assertNotIn(b"deflate", headers)
            self.assertIn(b"application/grpc", headers)

    def test_an_encoding_that_nobody_knows_is_refused_too(self):
        with wire.Connection(SERVER.address) as connection:
            connection.start()
            connection.send(wire.headers_frames(wire.request_headers(
                "Lookup", (b"grpc-encoding", b"snappy")), 1)
                + wire.data_frames(wire.message(b"abc", compressed=1), 1))
            trailers = next(each.payload
                            for each in connection.frames(CALL_SECONDS)
                            if each.kind == wire.HEADERS
                            and each.flags & wire.END_STREAM)
        self.assertIn(b"grpc-status", trailers)
        self.assertNotIn(b"not a valid message", trailers)


if __name__ == "__main__":
    unittest.main()
