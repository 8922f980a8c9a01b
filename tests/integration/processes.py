"""Starts the project's programs as real processes, for tests.

    with processes.Portregd("--local_file=mine.csv") as server:
        channel = server.channel()
        ...
    # leaving the block ends the server and checks that it exits 0

The environment variable PORTREGD names the program. Every wait has a timeout,
and every process is ended at the end, whatever the test does.
"""

import os
import pathlib
import queue
import signal
import subprocess
import tempfile
import threading
import time
from typing import NamedTuple

import grpc

SOURCE_DIR = pathlib.Path(os.environ.get(
    "PORTREG_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
ANY_PORT = "127.0.0.1:0"

# Multiplies every limit of time, such as by 5 for a slow build with a
# sanitizer.
PATIENCE = float(os.environ.get("PORTREG_TEST_PATIENCE", "1"))
READY_SECONDS = 15 * PATIENCE
EXIT_SECONDS = 15 * PATIENCE
CALL_SECONDS = 15 * PATIENCE


def portregd_path() -> str:
    """Returns the server program. Raises RuntimeError if none is named."""
    path = os.environ.get("PORTREGD", "")
    if not os.access(path, os.X_OK):
        raise RuntimeError(
            f"PORTREGD must name the server program, not {path!r}")
    return path


def environment(variables: dict[str, str] | None = None) -> dict[str, str]:
    """Returns the environment without settings of portreg, gRPC and proxies, plus variables."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("PORTREG", "GRPC_"))
            and not name.lower().endswith("_proxy")}
    return {**kept, **(variables or {})}


class Outcome(NamedTuple):
    """The outcome of a program that was run to its end."""

    code: int
    stdout: str
    stderr: str
    seconds: float


def run(*flags: str, variables: dict[str, str] | None = None,
        seconds: float = EXIT_SECONDS, wrapper: tuple = ()) -> Outcome:
    """Runs portregd, by the command `wrapper` if any, until it exits by itself.

    Raises subprocess.TimeoutExpired, and ends the process, after `seconds`.
    """
    start = time.monotonic()
    done = subprocess.run(
        [*wrapper, portregd_path(), *flags], env=environment(variables),
        stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds,
        check=False)
    return Outcome(done.returncode, done.stdout.decode("utf-8", "replace"),
                   done.stderr.decode("utf-8", "replace"),
                   time.monotonic() - start)


class Portregd:
    """A running server; ready once constructed.

    addresses holds the addresses of its READY lines, in their order; announced
    those of the lines before, by their first word (ADMIN, METRICS). wrapper: a
    command that executes the server, such as prlimit(1).
    """

    def __init__(self, *flags: str, listen: str | None = ANY_PORT,
                 listeners: int = 1, variables: dict[str, str] | None = None,
                 wrapper: tuple = ()):
        if listen is not None:
            flags = (f"--listen={listen}", *flags)
        command = [*wrapper, portregd_path(), *flags]
        self._channels: list[grpc.Channel] = []
        self._stderr = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            command, env=environment(variables),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=self._stderr)
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read_lines, daemon=True)
        self._reader.start()
        self.addresses: list[str] = []
        self.announced: dict[str, list[str]] = {}
        try:
            self._wait_until_ready(listeners)
        except BaseException:
            self.kill()
            raise

    def _read_lines(self):
        with self._process.stdout as stdout:
            for line in stdout:
                self._lines.put(line.decode("utf-8", "replace").rstrip("\n"))
        self._lines.put(None)

    def _wait_until_ready(self, listeners: int):
        deadline = time.monotonic() + READY_SECONDS
        while len(self.addresses) < listeners:
            try:
                line = self._lines.get(
                    timeout=max(0.01, deadline - time.monotonic()))
            except queue.Empty:
                raise TimeoutError(
                    f"portregd was not ready in time: {self.stderr()}"
                ) from None
            if line is None:
                raise RuntimeError(f"portregd ended early: {self.stderr()}")
            kind, _, address = line.partition(" ")
            if kind == "READY":
                self.addresses.append(address)
            else:
                self.announced.setdefault(kind, []).append(address)

    @property
    def address(self) -> str:
        """Returns the address of the first listener."""
        return self.addresses[0]

    @property
    def pid(self) -> int:
        """Returns the number of the process; the server's if the wrapper executes it."""
        return self._process.pid

    def channel(self, address: str | None = None,
                options: tuple = ()) -> grpc.Channel:
        """Returns a new plaintext channel; it is closed when the server is stopped."""
        channel = grpc.insecure_channel(
            grpc_target(address or self.address),
            options=[("grpc.enable_http_proxy", 0),
                     ("grpc.enable_retries", 0),
                     ("grpc.use_local_subchannel_pool", 1), *options])
        self._channels.append(channel)
        return channel

    def stderr(self) -> str:
        """Returns what the server has written to its standard error so far."""
        size = os.fstat(self._stderr.fileno()).st_size
        return os.pread(self._stderr.fileno(), size, 0).decode(
            "utf-8", "replace")

    def running(self) -> bool:
        """Returns True if the process has not ended."""
        return self._process.poll() is None

    def send(self, number: int):
        """Sends a signal to the process."""
        self._process.send_signal(number)

    def wait(self, seconds: float = EXIT_SECONDS) -> int:
        """Waits for the end and returns the exit code.

        The code of a process that a signal has ended is that signal's negative
        number. Raises subprocess.TimeoutExpired if the process does not end.
        """
        return self._process.wait(timeout=seconds)

    def stop(self, number: int = signal.SIGTERM,
             seconds: float = EXIT_SECONDS) -> int:
        """Closes the channels, sends a signal, and returns the exit code."""
        for channel in self._channels:
            channel.close()
        self.send(number)
        try:
            return self.wait(seconds)
        finally:
            self.kill()

    def kill(self):
        """Ends the process at once, if it has not ended, and removes its resources."""
        for channel in self._channels:
            channel.close()
        self._channels.clear()
        self._process.kill()
        self._process.wait(timeout=EXIT_SECONDS)
        self._reader.join(timeout=EXIT_SECONDS)
        if not self._stderr.closed:
            self.last_words = self.stderr()
            self._stderr.close()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        if kind is not None or not self.running():
            self.kill()
            return
        code = self.stop()
        if code != 0:
            raise AssertionError(
                f"portregd exited {code} on SIGTERM: {self.last_words}")


def grpc_target(address: str) -> str:
    """Returns the gRPC target of an address as a READY line has it."""
    if address.startswith("unix:"):
        return address
    host, _, port = address.rpartition(":")
    scheme = "ipv6" if host.startswith("[") else "ipv4"
    return f"{scheme}:{host}:{port}"
