"""Runs portregd as a platform team does: with an admin side and with metrics.

    with Service("--local_file=mine.csv") as service:
        before = service.metrics()
        ...
        service.metrics().value("portreg_reloads_total",
                                subject="registry", result="success")

Every wait has a timeout.
"""

import json
import pathlib
import re
import sys
import threading
import time
import urllib.request
from typing import Callable, NamedTuple

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / name)
                for name in ("integration", "interop")]

import grpc
import processes
from processes import CALL_SECONDS, PATIENCE

HEALTH = "/grpc.health.v1.Health/Check"
SERVING = b"\x08\x01"           # HealthCheckResponse{status: SERVING}
NOT_SERVING = b"\x08\x02"
# Options of a client with its own connections, which reconnects soon.
CHANNEL_OPTIONS = (("grpc.enable_http_proxy", 0),
                   ("grpc.use_local_subchannel_pool", 1),
                   ("grpc.initial_reconnect_backoff_ms", 100),
                   ("grpc.max_reconnect_backoff_ms", 500))


def eventually(check: Callable[[], bool], seconds: float = 10) -> bool:
    """Returns True if check() becomes true within `seconds`. Asks repeatedly."""
    deadline = time.monotonic() + seconds * PATIENCE
    while not check():
        if time.monotonic() > deadline:
            return False
        threading.Event().wait(0.02)
    return True


def channel_to(address: str, credentials=None, *options) -> grpc.Channel:
    """Returns a channel with connections of its own, to be closed by the caller."""
    target = processes.grpc_target(address)
    return open_channel(target, credentials, *options)


def open_channel(target: str, credentials=None, *options) -> grpc.Channel:
    """Like channel_to, for a target that may name several addresses."""
    if credentials is None:
        return grpc.insecure_channel(target, (*CHANNEL_OPTIONS, *options))
    return grpc.secure_channel(
        target, credentials, (*CHANNEL_OPTIONS, *options))


def health_of(channel: grpc.Channel, service: str = "") -> bytes:
    """Returns the bytes of HealthCheckResponse for a service."""
    name = service.encode()
    request = b"\x0a" + bytes([len(name)]) + name if name else b""
    return channel.unary_unary(HEALTH)(request, timeout=CALL_SECONDS)


class Metrics:
    """The contents of /metrics at one time."""

    _LINE = re.compile(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)")
    _LABEL = re.compile(r'(\w+)="((?:[^"\\\n]|\\.)*)"(?:,|$)')

    def __init__(self, text: str):
        self.text = text
        # The series by name: their labels and values.
        self.series: dict[str, list[tuple[dict[str, str], float]]] = {}
        for line in text.splitlines():
            if not line or line.startswith("#"):
                continue
            match = self._LINE.fullmatch(line)
            assert match, line
            labels = dict(self._LABEL.findall(match[2] or ""))
            self.series.setdefault(match[1], []).append(
                (labels, float(match[3])))

    def values(self, name: str, **labels: str) -> list[float]:
        """Returns the values of all series of that name which have these labels."""
        return [value for found, value in self.series.get(name, ())
                if labels.items() <= found.items()]

    def value(self, name: str, **labels: str) -> float:
        """Returns the value of the one series that has these labels."""
        values = self.values(name, **labels)
        assert len(values) == 1, (name, labels, values)
        return values[0]

    def labels(self, name: str) -> set[tuple[tuple[str, str], ...]]:
        """Returns the label sets of a name."""
        return {tuple(sorted(labels.items()))
                for labels, _ in self.series.get(name, ())}


class LogLine(NamedTuple):
    """A line of portregd's log."""

    time: str
    severity: str
    message: str
    fields: dict[str, object]


_TEXT_LINE = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (INFO|WARNING|ERROR) "
    r'([^="\\]*?)((?: [a-z_]+=(?:[!#-<>-\[\]-~]+|"(?:[^"\\]|\\.)*"))*)')
_TEXT_FIELD = re.compile(
    r' ([a-z_]+)=(?:([!#-<>-\[\]-~]+)|"((?:[^"\\]|\\.)*)")')


def text_line(line: str) -> LogLine:
    """Reads a line of --log_format=text. Raises AssertionError for another."""
    match = _TEXT_LINE.fullmatch(line)
    assert match and line.isprintable(), ascii(line)
    fields = {}
    for name, bare, quoted in _TEXT_FIELD.findall(match[4]):
        assert name not in fields, ascii(line)
        fields[name] = bare or quoted.encode().decode("unicode_escape")
    return LogLine(match[1], match[2], match[3], fields)


def json_line(line: str) -> LogLine:
    """Reads a line of --log_format=json. Raises ValueError, AssertionError."""
    def unique(pairs):
        assert len(dict(pairs)) == len(pairs), ascii(line)
        return dict(pairs)
    assert line.isascii() and line.isprintable(), ascii(line)
    fields = json.loads(line, object_pairs_hook=unique)
    return LogLine(fields.pop("time"), fields.pop("severity"),
                   fields.pop("message"), fields)


class Service(processes.Portregd):
    """A server with an admin side and metrics."""

    def __init__(self, *flags: str, **options):
        self._json = "--log_format=json" in flags
        super().__init__("--admin_listen=127.0.0.1:0",
                         "--metrics_listen=127.0.0.1:0", *flags, **options)

    @property
    def admin_address(self) -> str:
        """Returns the address of health, reflection and channelz."""
        return self.announced["ADMIN"][0]

    def metrics(self) -> Metrics:
        """Returns the present contents of /metrics."""
        url = f"http://{self.announced['METRICS'][0]}/metrics"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=CALL_SECONDS) as reply:
            assert reply.status == 200, reply.status
            return Metrics(reply.read().decode("ascii"))

    def metric(self, name: str, **labels: str) -> float:
        """Returns one value of metrics()."""
        return self.metrics().value(name, **labels)

    def reloads(self, subject: str, result: str) -> float:
        """Returns how many reloads of a subject had this result."""
        return self.metric("portreg_reloads_total", subject=subject,
                           result=result)

    def log(self, message: str | None = None) -> list[LogLine]:
        """Returns the log's whole lines so far, or those of one message."""
        read = json_line if self._json else text_line
        whole, _, _ = self.stderr().rpartition("\n")
        lines = [read(line) for line in whole.split("\n") if line]
        return [line for line in lines
                if message is None or line.message == message]
