"""Sets up HTTP/2 connections that then do nothing."""

import contextlib
import resource
import socket
import struct
from collections.abc import Iterator

# RFC 9113: sections 3.4, 4.1 and 6.5.
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS = 4
ACK = 1
HEADER_BYTES = 9
PATIENCE_SECONDS = 20


def _frame(flags: int) -> bytes:
    """Returns a SETTINGS frame without settings."""
    return struct.pack(">BHBBL", 0, 0, SETTINGS, flags, 0)


def _receive(connection: socket.socket, count: int) -> bytes:
    received = b""
    while len(received) < count:
        part = connection.recv(count - len(received))
        if not part:
            raise ConnectionError("the server closed a connection that was being set up")
        received += part
    return received


def connect(address: str) -> socket.socket:
    """Returns a connection on which both sides have sent and acknowledged their settings."""
    host, _, port = address.rpartition(":")
    connection = socket.create_connection((host, int(port)), PATIENCE_SECONDS)
    connection.sendall(PREFACE + _frame(0))
    awaited = {0, ACK}
    while awaited:
        header = _receive(connection, HEADER_BYTES)
        length = int.from_bytes(header[:3], "big")
        kind, flags = header[3:5]
        _receive(connection, length)
        if kind == SETTINGS:
            awaited.discard(flags)
            if flags == 0:
                connection.sendall(_frame(ACK))
    return connection


def allow(connections: int) -> None:
    """Raises the limit of open files of this process and its later children for the connections."""
    needed = connections + 1_000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= needed:
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, max(needed, hard)))


@contextlib.contextmanager
def connections(address: str, count: int) -> Iterator[None]:
    """Holds `count` connections until the block ends."""
    with contextlib.ExitStack() as held:
        for _ in range(count):
            held.enter_context(connect(address))
        yield
