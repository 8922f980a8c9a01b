"""Defines the floods: endless bytes that a hostile client sends on one connection.

Each function yields chunks that follow the preface. floods_test.py sends all
rows of the table FLOODS, proxy_floods_test.py some of them.
"""

import itertools
import os
import struct
from typing import Callable, Iterator, NamedTuple

import wire

BATCH = 400                     # frames, or calls, in one chunk
PING_FRAME = wire.frame(wire.PING, b"12345678")
BIG_VALUE = b"x" * 4000
CANCEL = 8
MIB = 1 << 20
DOSE = 64 << 10


def stream_numbers() -> Iterator[int]:
    """Returns the numbers that a client gives its streams."""
    return itertools.count(1, 2)


def reset(stream: int) -> bytes:
    """Returns RST_STREAM with CANCEL."""
    return wire.frame(wire.RST_STREAM, struct.pack(">I", CANCEL), stream=stream)


def many(numbers: Iterator[int], each: Callable[[int], bytes],
         count: int = BATCH) -> bytes:
    """Returns the bytes that `each` returns for the next `count` streams."""
    return b"".join(each(next(numbers)) for _ in range(count))


def calls(method: str, body: bytes, after: Callable[[int], bytes],
          ) -> Iterator[bytes]:
    """Yields calls, each followed by the bytes of `after`. Their headers take few bytes."""
    fields = ((b":method", b"POST"), (b":scheme", b"http"),
              (b":path", f"/{wire.SERVICE}/{method}".encode()),
              (b":authority", b"localhost"), (b"te", b"trailers"),
              (b"content-type", b"application/grpc"))
    first = b"".join(wire.literal(*field, indexed=True) for field in fields)
    # The newest entry of the dynamic table has number 62.
    again = bytes(0x80 | 62 + len(fields) - 1 - i for i in range(len(fields)))
    request = wire.message(body) if body else b""

    def a_call(block: bytes, stream: int) -> bytes:
        data = wire.data_frames(request, stream) if request else b""
        return wire.headers_frames(block, stream) + data + after(stream)

    numbers = stream_numbers()
    yield a_call(first, next(numbers))
    while True:
        yield many(numbers, lambda stream: a_call(again, stream))


def rapid_reset() -> Iterator[bytes]:
    """CVE-2023-44487: sends HEADERS and RST_STREAM."""
    return calls("Lookup", b"", reset)


def rapid_reset_of_requests() -> Iterator[bytes]:
    """Sends the request before RST_STREAM, so that it may reach a handler."""
    return calls("ListRange", b"\x10\xff\xff\x03", reset)


def endless_calls() -> Iterator[bytes]:
    """Opens more streams than allowed at once, and leaves all open."""
    return calls("Lookup", b"", lambda stream: b"")


def broken_streams() -> Iterator[bytes]:
    """CVE-2025-8671: makes the server reset streams, by a wrong window."""
    return calls("Lookup", b"",
                 lambda stream: wire.window_update(stream, 0))


def repeated(chunk: bytes) -> Callable[[], Iterator[bytes]]:
    """Sends the same chunk again and again."""
    return lambda: itertools.repeat(chunk)


def on_an_open_stream(chunk: bytes) -> Callable[[], Iterator[bytes]]:
    """Sends the same chunk again and again once stream 1 has its headers."""
    start = wire.headers_frames(wire.request_headers("Lookup"), 1)
    return lambda: itertools.chain([start], itertools.repeat(chunk))


def windows_made_small_and_large() -> Iterator[bytes]:
    """Similar to CVE-2019-9514: each SETTINGS changes the window of every stream."""
    yield many(stream_numbers(), lambda stream: wire.headers_frames(
        wire.request_headers("ListRange"), stream), 50)
    yield from itertools.repeat(b"".join(
        wire.settings(initial_window_size=size)
        for size in (1, wire.MOST_WINDOW // 2)) * (BATCH // 2))


def priorities() -> Iterator[bytes]:
    """CVE-2019-9513: sends PRIORITY frames that reverse the tree."""
    yield from itertools.repeat(b"".join(
        wire.frame(wire.PRIORITY, struct.pack(">IB", on, 255), stream=stream)
        for stream, on in ((1, 3), (3, 5), (5, 1))) * (BATCH // 3))


def random_streams() -> Iterator[bytes]:
    """Sends frames of every type, with random flags, streams and payloads."""
    while True:
        kinds, flags, streams = (os.urandom(BATCH) for _ in range(3))
        yield b"".join(
            wire.frame(kind % 12, os.urandom(kind % 16), flag, stream)
            for kind, flag, stream in zip(kinds, flags, streams))


def bad_metadata() -> Iterator[bytes]:
    """Sends invalid base64 in a binary header: gRPC ends the connection, and logs."""
    numbers = stream_numbers()
    block = wire.request_headers("Lookup", (b"x-bin", b"!\x01\n*** forged"))
    while True:
        yield many(numbers, lambda stream: wire.headers_frames(block, stream))


def long_headers() -> Iterator[bytes]:
    """Sends calls with one header of 60 KiB each."""
    numbers = stream_numbers()
    block = wire.request_headers("Lookup", (b"long", b"x" * 60_000))
    while True:
        yield many(numbers,
                   lambda stream: wire.headers_frames(block, stream), 10)


def many_headers() -> Iterator[bytes]:
    """Sends calls with 2,000 small headers each."""
    numbers = stream_numbers()
    block = wire.request_headers(
        "Lookup", *((b"x-%d" % i, b"y") for i in range(2000)))
    while True:
        yield many(numbers,
                   lambda stream: wire.headers_frames(block, stream), 10)


def indexed_header_bomb() -> Iterator[bytes]:
    """Sends a header of 4,000 bytes, and then one byte for each repetition."""
    yield wire.headers_frames(
        wire.request_headers("Lookup")
        + wire.literal(b"big", BIG_VALUE, indexed=True), 1)
    numbers = stream_numbers()
    next(numbers)
    block = wire.request_headers("Lookup") + b"\xbe" * 4000
    while True:
        yield many(numbers,
                   lambda stream: wire.headers_frames(block, stream), 10)


def table_size_updates() -> Iterator[bytes]:
    """Sends header blocks that only change the dynamic table's size."""
    numbers = stream_numbers()
    block = (wire.integer(0, 5, 0x20) + wire.integer(4096, 5, 0x20)) * 2000
    while True:
        yield many(numbers,
                   lambda stream: wire.headers_frames(block, stream), 10)


def endless_header() -> Iterator[bytes]:
    """CVE-2023-33953: sends one header, a name of 32 MiB, in CONTINUATION."""
    part = b"x" * wire.MOST_FRAME_BYTES
    start = b"\0" + wire.integer(32 << 20, 7) + part
    yield wire.frame(wire.HEADERS, start[:wire.MOST_FRAME_BYTES], stream=1)
    yield from itertools.repeat(
        wire.frame(wire.CONTINUATION, part, stream=1), 2047)


def endless_continuation() -> Iterator[bytes]:
    """CVE-2024-27316: sends header after header, and never END_HEADERS."""
    part = b"".join(wire.literal(b"x-%d" % i, b"y" * 100) for i in range(100))
    yield wire.frame(wire.HEADERS, wire.request_headers("Lookup"), stream=1)
    yield from itertools.repeat(
        wire.frame(wire.CONTINUATION, part, stream=1))


def empty_continuation() -> Iterator[bytes]:
    """Sends CONTINUATION frames without a byte of header."""
    yield wire.frame(wire.HEADERS, wire.request_headers("Lookup"), stream=1)
    yield from itertools.repeat(
        wire.frame(wire.CONTINUATION, stream=1) * BATCH)


def messages_too_long(length: int) -> Callable[[], Iterator[bytes]]:
    """Sends calls whose message announces `length` bytes, and has 16 KiB."""
    def make() -> Iterator[bytes]:
        numbers = stream_numbers()
        start = wire.message(b"x" * 16000, length=length)
        block = wire.request_headers("BatchLookup")
        while True:
            yield many(numbers, lambda stream: wire.headers_frames(
                block, stream) + wire.data_frames(start, stream, 0), 20)
    return make


class Flood(NamedTuple):
    """A flood, and its special properties."""

    chunks: Callable[[], Iterator[bytes]]
    reads: bool = True  # True if the attacker reads the answers
    acknowledges: bool = True  # True if it acknowledges the server's SETTINGS


FLOODS = {
    "resets by the server": Flood(broken_streams),
    "pings": Flood(repeated(PING_FRAME * BATCH)),
    "pings, nothing read": Flood(repeated(PING_FRAME * BATCH), reads=False),
    "settings": Flood(repeated(wire.settings(header_table_size=4096) * BATCH)),
    "settings, nothing read": Flood(
        repeated(wire.settings(header_table_size=4096) * BATCH), reads=False),
    "windows small and large": Flood(windows_made_small_and_large),
    "window updates": Flood(repeated(wire.window_update(0, 1) * BATCH)),
    "window beyond its limit": Flood(
        repeated(wire.window_update(0, wire.MOST_WINDOW) * BATCH)),
    "window updates of a stream": Flood(
        on_an_open_stream(wire.window_update(1, 1) * BATCH)),
    "priorities": Flood(priorities),
    "empty data": Flood(
        on_an_open_stream(wire.frame(wire.DATA, stream=1) * BATCH)),
    "padding alone": Flood(on_an_open_stream(
        wire.frame(wire.DATA, b"\0", wire.PADDED, 1) * BATCH)),
    "empty messages": Flood(on_an_open_stream(
        wire.frame(wire.DATA, wire.message(b""), stream=1) * BATCH)),
    "unknown frames": Flood(
        repeated(wire.frame(0xfa, b"12345678") * BATCH)),
    "random frames": Flood(random_streams),
    "metadata that is no base64": Flood(bad_metadata),
    "long headers": Flood(long_headers),
    "table size updates": Flood(table_size_updates),
    "empty continuation": Flood(empty_continuation),
    "messages of 4 GiB": Flood(messages_too_long(2**32 - 1)),
    "messages of 300 KiB, never whole": Flood(messages_too_long(300 << 10)),
    "messages of 256 KiB, never whole": Flood(messages_too_long(256 << 10)),
}

# Floods that keep other clients waiting if they run on as many connections as
# gRPC has threads, because a thread reads from a connection as long as bytes
# arrive.
STARVING = ("settings", "window updates", "empty data", "empty continuation")

# Floods that this gRPC cannot withstand by itself (see the operator's guide),
# with a dose in bytes that shows it and does no lasting harm.
BEHIND_A_PROXY_ONLY = {
    "rapid reset": (Flood(rapid_reset), DOSE),
    "rapid reset of requests": (Flood(rapid_reset_of_requests), DOSE),
    "rapid reset, nothing read":
        (Flood(rapid_reset_of_requests, reads=False), DOSE),
    "streams beyond the limit": (Flood(endless_calls), DOSE),
    "streams beyond a limit not acknowledged":
        (Flood(endless_calls, acknowledges=False), DOSE),
    "indexed header bomb": (Flood(indexed_header_bomb), DOSE),
    "many headers": (Flood(many_headers), MIB),
    "a header without end": (Flood(endless_header), 4 * MIB),
    "headers without end": (Flood(endless_continuation), 4 * MIB),
}
