"""Runs the tool portreg, and servers that misbehave, for tests.

    outcome = tool.run("--offline", "443/tcp", "-o", "csv")
    tool.entries_of_csv(outcome.stdout)

The environment variable PORTREG names the tool. Every wait has a timeout, and a
process that takes longer is ended.
"""

import contextlib
import csv
import fcntl
import io
import os
import pathlib
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import tty
from concurrent import futures
from typing import Callable, Iterator

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "interop")]

import grpc
import processes
from expected import SOFTWARE_SOURCE, TRANSPORTS, Entry
from portreg_proto import SERVICE, records
from processes import Outcome

RUN_SECONDS = 20 * processes.PATIENCE
CSV_COLUMNS = ["first_port", "last_port", "transport", "service", "layer",
               "source", "description"]
# Further columns, behind these and, for a search, behind the column "match".
OWN_COLUMNS = ["aliases", "owner", "scope", "status"]
STYLE = re.compile(r"\x1b\[[0-9;]*m")


def portreg_path() -> str:
    """Returns the tool. Raises RuntimeError if none is named."""
    path = os.environ.get("PORTREG", "")
    if not os.access(path, os.X_OK):
        raise RuntimeError(f"PORTREG must name the tool, not {path!r}")
    return path


def environment(variables: dict[str, str] | None = None) -> dict[str, str]:
    """Returns the environment without variables that change the output, plus variables."""
    kept = {name: value for name, value in processes.environment().items()
            if name != "NO_COLOR"}
    return {**kept, **(variables or {})}


def run(*arguments: str | bytes, variables: dict[str, str] | None = None,
        seconds: float = RUN_SECONDS, stdout=subprocess.PIPE,
        before: tuple[str, ...] = (), typed: bytes = b"") -> Outcome:
    """Runs the tool to its end, with `before` in front of its command line.

    Its standard input is `typed`.

    Its output must be UTF-8. Raises subprocess.TimeoutExpired, and ends the
    process, after `seconds`.
    """
    start = time.monotonic()
    done = subprocess.run(
        [*before, portreg_path(), *arguments], env=environment(variables),
        input=typed, stdout=stdout, stderr=subprocess.PIPE,
        timeout=seconds, check=False)
    return Outcome(done.returncode, (done.stdout or b"").decode("utf-8"),
                   done.stderr.decode("utf-8"), time.monotonic() - start)


def ask(server: processes.Portregd, *arguments: str, remark: str = "",
        **options) -> Outcome:
    """Runs the tool against a server; it must exit with 0.

    Standard error must equal `remark`.
    """
    outcome = run(f"--target={server.address}", *arguments, **options)
    if (outcome.code, outcome.stderr) != (0, remark):
        raise AssertionError(f"{arguments}: {outcome}")
    return outcome


def run_all(command_lines: list[tuple], **options) -> list[Outcome | Exception]:
    """Runs the tool once for each command line, at the same time.

    The outcome of one that does not end in time is subprocess.TimeoutExpired.
    """
    with futures.ThreadPoolExecutor(max_workers=16) as pool:
        running = [pool.submit(run, *line, **options)
                   for line in command_lines]
        return [each.exception() or each.result() for each in running]


def quickest(*arguments: str, runs: int = 3) -> Outcome:
    """Runs the tool several times, one after the other; returns the quickest run.

    Repeats a measurement for which many runs at once had kept the machine busy.
    """
    return min((run(*arguments) for _ in range(runs)),
               key=lambda outcome: outcome.seconds)


def start(*arguments: str) -> subprocess.Popen:
    """Starts the tool; the caller must end it."""
    return subprocess.Popen(
        [portreg_path(), *arguments], env=environment(),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)


def run_on_terminal(*arguments: str, columns: int,
                    variables: dict[str, str] | None = None,
                    seconds: float = RUN_SECONDS) -> Outcome:
    """Runs the tool to its end with a terminal as its standard output."""
    begin = time.monotonic()
    ours, theirs = pty.openpty()
    with open(ours, "rb", buffering=0) as screen, \
            tempfile.TemporaryFile() as errors:
        with open(theirs, "wb", buffering=0) as terminal:
            tty.setraw(terminal)
            fcntl.ioctl(terminal, termios.TIOCSWINSZ,
                        struct.pack("HHHH", 24, columns, 0, 0))
            process = subprocess.Popen(
                [portreg_path(), *arguments], env=environment(variables),
                stdin=subprocess.DEVNULL, stdout=terminal, stderr=errors)
        try:
            shown = _read_to_end(screen, begin + seconds)
            code = process.wait(timeout=seconds)
        finally:
            process.kill()
            process.wait()
        errors.seek(0)
        return Outcome(code, shown.decode("utf-8"),
                       errors.read().decode("utf-8"),
                       time.monotonic() - begin)


def _read_to_end(screen, deadline: float) -> bytes:
    """Reads a terminal until its last writer has closed it."""
    shown = bytearray()
    while select.select([screen], [], [],
                        max(0, deadline - time.monotonic()))[0]:
        try:
            part = screen.read(65536)
        except OSError:  # EIO: no process has the terminal open for writing
            return bytes(shown)
        if not part:
            return bytes(shown)
        shown += part
    raise TimeoutError(f"the tool did not end: {bytes(shown[-200:])!r}")


def entries_of_csv(text: str) -> list[Entry]:
    """Returns the records of the tool's CSV output, which must have its header.

    The source distinguishes the records of layer common.
    """
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    if header not in ([*CSV_COLUMNS, *OWN_COLUMNS],
                      [*CSV_COLUMNS, *OWN_COLUMNS, "key"]):
        raise AssertionError(f"the columns are {header}")
    return [Entry(records.Layer.Value(f"LAYER_{layer.upper()}"),
                  int(first) if first else None, int(last) if last else None,
                  TRANSPORTS[TRANSPORTS.index(transport)], service, description,
                  of_software=source == SOFTWARE_SOURCE)
            for first, last, transport, service, layer, source, description, *_
            in rows]


def address_of(sock: socket.socket) -> str:
    """Returns a bound IPv4 socket's address in the form of --target."""
    host, port = sock.getsockname()
    return f"{host}:{port}"


@contextlib.contextmanager
def closed_port() -> Iterator[str]:
    """Yields an address that refuses connections, and that nobody else can bind."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield address_of(sock)


@contextlib.contextmanager
def silent_server() -> Iterator[socket.socket]:
    """Yields a listening socket that accepts connections and answers nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        listener.settimeout(RUN_SECONDS)
        yield listener


@contextlib.contextmanager
def black_hole() -> Iterator[str]:
    """Yields an address where a connection is neither made nor refused.

    A listener whose queue is full drops further connection requests.
    """
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            client = stack.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        yield address_of(listener)


@contextlib.contextmanager
def babbling_server(reply: bytes) -> Iterator[str]:
    """Runs a server that sends `reply` to each client, and closes the connection."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:  # the listener is closed
                return
            with connection, contextlib.suppress(OSError):
                connection.settimeout(RUN_SECONDS)
                if reply:
                    connection.recv(4096)
                    connection.sendall(reply)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    try:
        yield address_of(listener)
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(RUN_SECONDS)


@contextlib.contextmanager
def fake_service(answer: Callable, without: tuple[str, ...] = ()
                 ) -> Iterator[str]:
    """Runs a gRPC server: answer(method, context) returns the reply of each call.

    A stream's reply is a list, or a generator. Replies are messages. Methods in
    `without` are UNIMPLEMENTED, as in an older server.
    """
    def handler(method: str, streams: bool):
        def call(_, context):
            return answer(method, context)
        make = (grpc.unary_stream_rpc_method_handler if streams
                else grpc.unary_unary_rpc_method_handler)
        return make(call, response_serializer=lambda message:
                    message.SerializeToString())

    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(
        SERVICE, {method: handler(method, method in ("ListRange", "Watch"))
                  for method in ("BatchLookup", "Check", "Classify", "GetRegistryInfo",
                                 "ListRange", "Lookup", "Search", "Suggest", "Watch")
                  if method not in without})])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None).wait(RUN_SECONDS)


def interrupt(process: subprocess.Popen) -> Outcome:
    """Sends SIGINT to a process from start(), and waits for its end."""
    begin = time.monotonic()
    process.send_signal(signal.SIGINT)
    try:
        stdout, stderr = process.communicate(timeout=RUN_SECONDS)
    finally:
        process.kill()
        process.wait()
    return Outcome(process.returncode, stdout.decode("utf-8"),
                   stderr.decode("utf-8"), time.monotonic() - begin)
