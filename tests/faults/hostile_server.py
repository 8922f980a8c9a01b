"""Runs a gRPC server that answers in any way, correct or not.

    def behave(call):
        yield Message(b"not a message")
        yield End(OK)

    with hostile_server.Server(behave) as server:
        tool.run(f"--server={server.address}", "443")

The server has its own code for HTTP/2, so that it can send bytes that no
correct server sends. hostile_behaviours.py defines the behaviours of the
matrix.
"""

import contextlib
import socket
import struct
import threading
from typing import Callable, Iterator, NamedTuple

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions
import h2.settings

# gRPC's status codes that behaviours end calls with.
OK, UNAVAILABLE, UNIMPLEMENTED = 0, 14, 12
MOST_FRAME_BYTES = 16384
ACCEPT_BACKLOG = 128


class Call(NamedTuple):
    """A call of a client."""

    method: str     # such as "Lookup"
    request: bytes  # the message
    number: int  # the number of calls before it, on any connection


class Headers(NamedTuple):
    """Sends the response's headers, which otherwise are sent before the first message."""

    encoding: str = ""   # grpc-encoding


class Message(NamedTuple):
    """Sends a message behind gRPC's prefix."""

    body: bytes
    compressed: int = 0
    length: int | None = None  # the length in the prefix, if it is not the true one


class Messages(NamedTuple):
    """Sends messages at once, which costs this server less than one after the other."""

    bodies: list[bytes]


class Data(NamedTuple):
    """Sends bytes as they are."""

    body: bytes


class End(NamedTuple):
    """Ends the call with trailers; with trailers only if nothing was sent before."""

    status: int = OK
    message: str = ""


class Reset(NamedTuple):
    """Ends the call with RST_STREAM."""

    code: int = h2.errors.ErrorCodes.INTERNAL_ERROR


class GoAway(NamedTuple):
    """Ends the connection with GOAWAY."""

    code: int = h2.errors.ErrorCodes.NO_ERROR


class Close(NamedTuple):
    """Closes the connection without a GOAWAY."""


class Wait(NamedTuple):
    """Does nothing until the client has ended the call or the connection."""


Step = Headers | Message | Messages | Data | End | Reset | GoAway | Close | Wait
Behaviour = Callable[[Call], Iterator[Step]]


def _prefix(length: int, compressed: int = 0) -> bytes:
    """Returns gRPC's prefix of a message."""
    return struct.pack(">BI", compressed, length)


class _Gone(Exception):
    """Reports that the client has ended the call or the connection."""


class _Stream:
    """One call on a connection."""

    def __init__(self, number: int, method: str):
        self.number = number
        self.method = method
        self.request = bytearray()
        self.gone = False
        self.has_headers = False


class _Connection:
    """A client's connection: a thread that reads, and one for each call."""

    def __init__(self, sock: socket.socket, server: "Server"):
        self._socket = sock
        self._server = server
        self._http = h2.connection.H2Connection(h2.config.H2Configuration(
            client_side=False, header_encoding="utf-8",
            validate_outbound_headers=False))
        self._changed = threading.Condition()
        self._streams: dict[int, _Stream] = {}
        self._open = True

    def serve(self):
        """Reads until either side ends the connection."""
        with contextlib.suppress(OSError, h2.exceptions.ProtocolError):
            with self._changed:
                self._http.initiate_connection()
                self._flush()
            while data := self._socket.recv(1 << 16):
                with self._changed:
                    for event in self._http.receive_data(data):
                        self._take(event)
                    self._flush()
                    self._changed.notify_all()
        self.close()

    def close(self):
        """Ends the connection, and all calls on it."""
        with self._changed:
            self._open = False
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
            self._changed.notify_all()

    def _flush(self):
        self._socket.sendall(self._http.data_to_send())

    def _take(self, event: h2.events.Event):
        stream = self._streams.get(getattr(event, "stream_id", 0))
        if isinstance(event, h2.events.RequestReceived):
            path = dict(event.headers)[":path"]
            self._streams[event.stream_id] = _Stream(
                event.stream_id, path.rpartition("/")[2])
        elif isinstance(event, h2.events.DataReceived) and stream:
            stream.request += event.data
            self._http.acknowledge_received_data(
                event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.StreamReset) and stream:
            stream.gone = True
        elif isinstance(event, h2.events.StreamEnded) and stream:
            threading.Thread(target=self._answer, args=(stream,),
                             daemon=True).start()

    def _answer(self, stream: _Stream):
        call = Call(stream.method, bytes(stream.request[5:]),
                    self._server.count(stream.method))
        steps = self._server.behave(call)
        with contextlib.suppress(_Gone, OSError, h2.exceptions.ProtocolError):
            for step in steps:
                self._make(stream, step)

    def _make(self, stream: _Stream, step: Step):
        match step:
            case Headers(encoding):
                self._send_headers(stream, encoding)
            case Message(body, compressed, length):
                self._send(stream, _prefix(
                    len(body) if length is None else length, compressed) + body)
            case Messages(bodies):
                self._send(stream, b"".join(
                    part for body in bodies for part in (_prefix(len(body)), body)))
            case Data(body):
                self._send(stream, body)
            case Wait():
                with self._changed:
                    self._changed.wait_for(
                        lambda: stream.gone or not self._open)
            case Close():
                self.close()
            case _:
                with self._changed:
                    self._check(stream)
                    self._end(stream, step)
                    self._flush()

    def _end(self, stream: _Stream, step: End | Reset | GoAway):
        if isinstance(step, Reset):
            self._http.reset_stream(stream.number, step.code)
        elif isinstance(step, GoAway):
            self._http.close_connection(step.code)
        else:
            first = [] if stream.has_headers else [
                (":status", "200"), ("content-type", "application/grpc")]
            self._http.send_headers(
                stream.number,
                [*first, ("grpc-status", str(step.status)),
                 ("grpc-message", step.message)], end_stream=True)

    def _check(self, stream: _Stream):
        if stream.gone or not self._open:
            raise _Gone

    def _send_headers(self, stream: _Stream, encoding: str = ""):
        if stream.has_headers:
            return
        stream.has_headers = True
        fields = [(":status", "200"), ("content-type", "application/grpc")]
        if encoding:
            fields.append(("grpc-encoding", encoding))
        with self._changed:
            self._check(stream)
            self._http.send_headers(stream.number, fields)
            self._flush()

    def _send(self, stream: _Stream, body: bytes):
        """Sends bytes as the client's windows allow it."""
        self._send_headers(stream)
        rest = memoryview(body)
        while rest:
            with self._changed:
                self._changed.wait_for(
                    lambda: stream.gone or not self._open
                    or self._http.local_flow_control_window(stream.number) > 0)
                self._check(stream)
                size = min(len(rest), MOST_FRAME_BYTES,
                           self._http.local_flow_control_window(stream.number))
                self._http.send_data(stream.number, bytes(rest[:size]))
                self._flush()
            rest = rest[size:]


class Server:
    """Listens on a port of 127.0.0.1, and answers calls by `behave`.

    behave: called for each call, on a thread of its own; may be replaced while
    the server runs. calls: the number of calls of each method.
    """

    def __init__(self, behave: Behaviour):
        self.behave = behave
        self.calls: dict[str, int] = {}
        self._lock = threading.Lock()
        self._connections: list[_Connection] = []
        self._listener = socket.create_server(
            ("127.0.0.1", 0), backlog=ACCEPT_BACKLOG)
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Returns the address as host:port."""
        host, port = self._listener.getsockname()
        return f"{host}:{port}"

    def count(self, method: str) -> int:
        """Counts a call; returns how many came before it."""
        with self._lock:
            before = sum(self.calls.values())
            self.calls[method] = self.calls.get(method, 0) + 1
            return before

    def _accept(self):
        while True:
            try:
                sock = self._listener.accept()[0]
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = _Connection(sock, self)
            with self._lock:
                self._connections.append(connection)
            threading.Thread(target=connection.serve, daemon=True).start()

    def close(self):
        """Ends all connections, and accepts no more."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            connection.close()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        self.close()
