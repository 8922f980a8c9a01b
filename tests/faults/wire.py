"""Writes HTTP/2 by hand (RFC 9113), to send what no correct client would send.

    with wire.Connection(server.address) as connection:
        connection.start()
        connection.send(wire.frame(wire.PING, b"12345678"))
        assert connection.closed_within(5)

Header blocks use neither Huffman codes nor the dynamic table, so equal requests
are equal bytes, and a flood can be made beforehand.
"""

import math
import select
import socket
import ssl
import struct
import time
from typing import Iterable, Iterator, NamedTuple

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

# Types of frames.
(DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY,
 WINDOW_UPDATE, CONTINUATION) = range(10)
# Flags of frames.
END_STREAM, ACK, END_HEADERS, PADDED = 1, 1, 4, 8
# Settings.
HEADER_TABLE_SIZE, INITIAL_WINDOW_SIZE = 1, 4

MOST_FRAME_BYTES = 16384  # the most bytes of a payload, unless the peer allows more
MOST_WINDOW = 2**31 - 1
CONNECT_SECONDS = 10
SERVICE = "portreg.v1.PortRegistryService"


class Frame(NamedTuple):
    """A received frame."""

    kind: int
    flags: int
    stream: int
    payload: bytes


def header(kind: int, length: int, flags: int = 0, stream: int = 0) -> bytes:
    """Returns the nine bytes before a payload; `length` need not be true."""
    return struct.pack(">I", length)[1:] + struct.pack(
        ">BBI", kind, flags, stream)


def frame(kind: int, payload: bytes = b"", flags: int = 0,
          stream: int = 0) -> bytes:
    """Returns a whole frame."""
    return header(kind, len(payload), flags, stream) + payload


def settings(**values: int) -> bytes:
    """Returns a SETTINGS frame, by the names above in lower case."""
    return frame(SETTINGS, b"".join(
        struct.pack(">HI", globals()[name.upper()], value)
        for name, value in values.items()))


def window_update(stream: int, increment: int) -> bytes:
    """Returns a WINDOW_UPDATE frame."""
    return frame(WINDOW_UPDATE, struct.pack(">I", increment), stream=stream)


def integer(value: int, prefix_bits: int, pattern: int = 0) -> bytes:
    """Returns HPACK's integer (RFC 7541 §5.1) after a pattern of bits."""
    most = (1 << prefix_bits) - 1
    if value < most:
        return bytes([pattern | value])
    encoded = bytearray([pattern | most])
    value -= most
    while value >= 0x80:
        encoded.append(value & 0x7f | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def text(value: bytes) -> bytes:
    """Returns HPACK's string literal, without Huffman codes."""
    return integer(len(value), 7) + value


def literal(name: bytes, value: bytes, indexed: bool = False) -> bytes:
    """Returns a header of a block. indexed: adds it to the dynamic table."""
    return (b"\x40" if indexed else b"\0") + text(name) + text(value)


def request_headers(method: str, *more: tuple[bytes, bytes],
                    service: str = SERVICE) -> bytes:
    """Returns the header block of a call."""
    fields = ((b":method", b"POST"), (b":scheme", b"http"),
              (b":path", f"/{service}/{method}".encode()),
              (b":authority", b"localhost"), (b"te", b"trailers"),
              (b"content-type", b"application/grpc"), *more)
    return b"".join(literal(name, value) for name, value in fields)


def headers_frames(block: bytes, stream: int, flags: int = 0) -> bytes:
    """Returns HEADERS, and CONTINUATION frames if the block needs them."""
    parts = [block[i:i + MOST_FRAME_BYTES]
             for i in range(0, len(block), MOST_FRAME_BYTES)] or [b""]
    kinds = [HEADERS] + [CONTINUATION] * (len(parts) - 1)
    ends = [0] * (len(parts) - 1) + [END_HEADERS]
    return b"".join(
        frame(kind, part, end | (flags if kind == HEADERS else 0), stream)
        for kind, part, end in zip(kinds, parts, ends))


def message(body: bytes, compressed: int = 0,
            length: int | None = None) -> bytes:
    """Returns gRPC's prefix and a message; `length` need not be true."""
    return struct.pack(
        ">BI", compressed, len(body) if length is None else length) + body


def data_frames(body: bytes, stream: int, flags: int = END_STREAM) -> bytes:
    """Returns DATA frames of at most 16 KiB, the last one with `flags`."""
    parts = [body[i:i + MOST_FRAME_BYTES]
             for i in range(0, len(body), MOST_FRAME_BYTES)] or [b""]
    return b"".join(frame(DATA, part, stream=stream) for part in parts[:-1]
                    ) + frame(DATA, parts[-1], flags, stream)


def call(method: str, request: bytes, stream: int,
         *more: tuple[bytes, bytes], flags: int = END_STREAM) -> bytes:
    """Returns a whole call, as a correct client would send it."""
    return headers_frames(request_headers(method, *more), stream) + data_frames(
        message(request), stream, flags)


def dial(address: str, source: str | None = None,
         receive_buffer: int | None = None) -> socket.socket:
    """Connects to an address of the form in a READY line, from IP `source`."""
    if address.startswith("unix:"):
        sock = socket.socket(socket.AF_UNIX)
        target = address.removeprefix("unix:")
    else:
        sock = socket.socket()
        host, _, port = address.rpartition(":")
        target = (host, int(port))
        if source:
            sock.bind((source, 0))
    if receive_buffer:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    sock.settimeout(CONNECT_SECONDS)
    try:
        sock.connect(target)
    except BaseException:
        sock.close()
        raise
    return sock


class Connection:
    """A connection whose bytes the caller chooses; the peer may end it any time.

    tls: the context of a handshake, which begins at once.
    """

    def __init__(self, address: str, tls: ssl.SSLContext | None = None,
                 source: str | None = None, receive_buffer: int | None = None):
        self.socket = dial(address, source, receive_buffer)
        self.open = True
        self._received = b""
        if tls:
            self.socket = tls.wrap_socket(
                self.socket, server_hostname="localhost")
        self.socket.setblocking(False)

    def start(self, acknowledge: bool = True, **values: int):
        """Sends the preface and SETTINGS, and acknowledges the server's unless told otherwise."""
        self.send(PREFACE + settings(**values) +
                  (frame(SETTINGS, flags=ACK) if acknowledge else b""))

    def send(self, data: bytes, seconds: float = 10, reads: bool = False,
             keep: bool = False) -> int:
        """Sends while the peer accepts bytes; returns how many it accepted.

        reads: receives meanwhile, and discards the received bytes unless keep
        is true.
        """
        deadline = time.monotonic() + seconds
        rest = memoryview(data)
        while rest and self.open and time.monotonic() < deadline:
            readable, writable, _ = select.select(
                [self.socket] if reads else [], [self.socket], [], 0.05)
            if readable:
                self._receive(keep)
            if writable and self.open:
                rest = rest[self._send_some(rest):]
        return len(data) - len(rest)

    def pour(self, chunks: Iterable[bytes], seconds: float,
             reads: bool = True, most_bytes: float = math.inf) -> int:
        """Sends chunk after chunk for `seconds`; returns the number of bytes sent.

        Begins no chunk once `most_bytes` are sent.
        """
        deadline = time.monotonic() + seconds
        taken = 0
        for chunk in chunks:
            left = deadline - time.monotonic()
            if left <= 0 or not self.open or taken >= most_bytes:
                break
            taken += self.send(chunk, left, reads)
        return taken

    def _send_some(self, data: memoryview) -> int:
        try:
            return self.socket.send(data)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError, BlockingIOError):
            return 0
        except (OSError, ssl.SSLError):
            self.open = False
            return 0

    def _receive(self, keep: bool = True):
        try:
            received = self.socket.recv(1 << 16)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError, BlockingIOError):
            return
        except (OSError, ssl.SSLError):
            received = b""
        self.open = bool(received)
        if keep:
            self._received += received

    def frames(self, seconds: float) -> Iterator[Frame]:
        """Yields received frames, until the peer closes or `seconds` are over."""
        deadline = time.monotonic() + seconds
        while True:
            while len(self._received) >= 9:
                length = int.from_bytes(self._received[:3], "big")
                if len(self._received) < 9 + length:
                    break
                kind, flags, stream = struct.unpack(
                    ">BBI", self._received[3:9])
                payload = self._received[9:9 + length]
                self._received = self._received[9 + length:]
                yield Frame(kind, flags, stream, payload)
            left = deadline - time.monotonic()
            if not self.open or left <= 0:
                return
            if select.select([self.socket], [], [], left)[0]:
                self._receive()

    def acknowledged(self, seconds: float) -> bool:
        """Returns True if the peer acknowledges SETTINGS, and so has read what was sent before."""
        return any(each.kind == SETTINGS and each.flags & ACK
                   for each in self.frames(seconds))

    def closed_within(self, seconds: float) -> bool:
        """Reads and discards, until the peer closes or `seconds` are over."""
        deadline = time.monotonic() + seconds
        while self.open and (left := deadline - time.monotonic()) > 0:
            if select.select([self.socket], [], [], left)[0]:
                self._receive(keep=False)
        return not self.open

    def close(self):
        """Closes the connection from this side."""
        self.open = False
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        self.close()
