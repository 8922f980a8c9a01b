"""Runs the server under attack, measures its cost, and checks that it serves others.

    with serving.Attacked("--max_calls=10") as server:
        before = server.usage()
        with serving.SteadyCaller(server.channel()) as caller:
            ...                      # an attack
        caller.check()               # others were served all the time
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
from typing import Callable, NamedTuple

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / name)
                for name in ("integration", "interop")]

import grpc
import processes

MIB = 1 << 20
PATIENCE = processes.PATIENCE
# False with a sanitizer, because it keeps freed memory to notice its use.
MEMORY_COUNTS = PATIENCE == 1
LOOKUP = "/portreg.v1.PortRegistryService/Lookup"
PORT_443 = b"\x08\xbb\x03"      # LookupRequest{port: 443}
HEALTH = "/grpc.health.v1.Health/Check"
HEALTHY = b"\x08\x01"           # HealthCheckResponse{status: SERVING}
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")


class Usage(NamedTuple):
    """The resources that a process uses."""

    descriptors: int
    resident_mib: float
    cpu_seconds: float
    log_lines: int


class Attacked(processes.Portregd):
    """A server whose resources can be measured."""

    def usage(self) -> Usage:
        """Returns the resources held now, and those used since the start."""
        process = pathlib.Path("/proc", str(self.pid))
        pages = int((process / "statm").read_text().split()[1])
        resident = pages * PAGE_BYTES / MIB if MEMORY_COUNTS else 0.0
        fields = (process / "stat").read_text().rpartition(")")[2].split()
        return Usage(len(list((process / "fd").iterdir())),
                     resident,
                     (int(fields[11]) + int(fields[12])) / TICKS,
                     self.stderr().count("\n"))

    def fresh_channel(self, address: str | None = None,
                      credentials: grpc.ChannelCredentials | None = None,
                      ) -> grpc.Channel:
        """Returns a channel with a connection of its own, which the caller closes."""
        options = [("grpc.enable_http_proxy", 0),
                   ("grpc.use_local_subchannel_pool", 1),
                   ("grpc.ssl_target_name_override", "localhost"),
                   ("grpc.initial_reconnect_backoff_ms", 100)]
        target = processes.grpc_target(address or self.address)
        if credentials:
            return grpc.secure_channel(target, credentials, options)
        return grpc.insecure_channel(target, options)


def lookup(channel: grpc.Channel, seconds: float = 5 * PATIENCE):
    """Makes one call that must be answered. Raises grpc.RpcError, AssertionError."""
    answer = channel.unary_unary(LOOKUP)(PORT_443, timeout=seconds)
    assert b"https" in answer, answer


def healthy(channel: grpc.Channel, seconds: float = 1 * PATIENCE):
    """Checks that health is SERVING. Raises grpc.RpcError, AssertionError."""
    answer = channel.unary_unary(HEALTH)(b"", timeout=seconds)
    assert answer == HEALTHY, answer


def eventually(check: Callable[[], bool], seconds: float) -> bool:
    """Returns True if check() becomes true within `seconds`."""
    deadline = time.monotonic() + seconds * PATIENCE
    while not check():
        if time.monotonic() > deadline:
            return False
        threading.Event().wait(0.02)
    return True


class SteadyCaller:
    """Makes a hundred calls a second, on a thread of its own."""

    INTERVAL_SECONDS = 0.01

    def __init__(self, channel: grpc.Channel, seconds: float = 5 * PATIENCE):
        self._channel = channel
        self._seconds = seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.answered = 0
        self.failures: list[str] = []
        self.slowest_seconds = 0.0

    def _run(self):
        while not self._ended.wait(self.INTERVAL_SECONDS):
            start = time.monotonic()
            try:
                lookup(self._channel, self._seconds)
                self.answered += 1
            except (grpc.RpcError, AssertionError) as error:
                self.failures.append(
                    error.details() if isinstance(error, grpc.RpcError)
                    else str(error))
            self.slowest_seconds = max(
                self.slowest_seconds, time.monotonic() - start)

    def check(self):
        """Raises AssertionError unless every call was answered, and at least one was made."""
        assert self.answered > 0 and not self.failures, (
            self.answered, len(self.failures), self.failures[:3])

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, kind, value, traceback):
        self._ended.set()
        self._thread.join(2 * self._seconds)
        self._channel.close()


class Certificate(NamedTuple):
    """A self-signed certificate of localhost, valid for a day."""

    cert: str   # the file's path
    key: str

    def flags(self) -> tuple[str, str]:
        """Returns the server's flags."""
        return f"--tls_cert={self.cert}", f"--tls_key={self.key}"

    def credentials(self) -> grpc.ChannelCredentials:
        """Returns credentials of a client that trusts the certificate."""
        return grpc.ssl_channel_credentials(pathlib.Path(self.cert).read_bytes())


def make_certificate(directory: str | None = None) -> Certificate:
    """Makes a certificate. directory: an existing one, else a new one."""
    directory = directory or tempfile.mkdtemp(prefix="portreg-faults-")
    made = Certificate(f"{directory}/cert.pem", f"{directory}/key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-out", made.cert, "-keyout", made.key],
        check=True, capture_output=True, timeout=60)
    return made
