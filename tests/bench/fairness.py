"""Measures the latency of lookups while connections of other clients are full of searches.

One client looks up ports at a steady rate, at random moments. Latency counts
from the moment a lookup was due. A row is the 99th percentile under the load of
others / the one without.
"""

import contextlib
import dataclasses
import os
import pathlib
import random
import re
import statistics
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import programs
from rows import REPORTED, Goal, Row, Settings, interleave, ratios

GOAL = Goal("<=", 3)
# Lookups a second of the client: few enough that they are no load themselves.
RATE = 500
SECONDS = 2.0
# Medians of few rounds are steady enough, and each round takes seconds.
MOST_ROUNDS = 7
STREAMS = 100
# The server's processor time that shows that a load has begun, and the limit
# for it.
BEGUN_SECONDS = 0.05
PATIENCE_SECONDS = 20
LOCAL_ROWS = 20_000
# The server's counters of ended searches, and of calls under way.
SEARCHES = r'grpc_server_handled_total\{[^}]*"Search"[^}]*\}'
UNDER_WAY = "portreg_calls_in_flight"
METHOD = "/portreg.v1.PortRegistryService/Search"


@dataclasses.dataclass(frozen=True)
class Load:
    """Searches on `connections` connections, with as many under way on each as allowed."""

    name: str
    query: str
    connections: int = 10
    most_results: int = 0
    local_rows: int = 0
    proxied: bool = False
    goal: Goal = GOAL


LOADS = (
    Load("10 connections × 100 searches for two words", "web server"),
    Load("10 connections × 100 near misses", "postgrsql"),
    Load("1 connection × 100 near misses, 20,000 local rows", "", 1, local_rows=LOCAL_ROWS),
    Load("10 connections × 100 searches, by HAProxy", "web server", proxied=True),
    Load("10 connections × 100 searches of 500 results", "e", most_results=500, goal=REPORTED),
)


def rows(settings: Settings) -> Iterator[Row]:
    """Yields a row for each load."""
    for load in LOADS:
        yield _row(settings, load)


def _row(settings: Settings, load: Load) -> Row:
    with contextlib.ExitStack() as stack:
        query, flags, answers = load.query, {}, {}
        if load.local_rows:
            flags["local_file"], query = _local_file(settings, load.local_rows)
            answers["servers_local_file"] = flags["local_file"]
        metrics = f"127.0.0.1:{programs.free_port()}"
        server = stack.enter_context(
            programs.portregd(settings, metrics_listen=metrics, **flags)
        )
        url = f"http://{server.address}{METHOD}"
        if load.proxied:
            url = f"https://{stack.enter_context(_haproxy(settings, server))}{METHOD}"
        request = _request(settings, query, load.most_results)

        def look_up() -> dict[str, Any]:
            return programs.load(
                settings,
                "load_client",
                server,
                rate=RATE,
                duration=f"{settings.seconds(SECONDS)}s",
                **answers,
            )

        def measure(variant: str) -> dict[str, float]:
            if variant != "loaded":
                return look_up()
            with _searching(server, url, request, load.connections):
                before, began = _metric(metrics, SEARCHES), time.monotonic()
                found = look_up()
                searches = _metric(metrics, SEARCHES) - before
                rate = searches / (time.monotonic() - began)
            _await(lambda: _metric(metrics, UNDER_WAY) == 0, "the load's calls end")
            return {**found, "searches": rate}

        results = interleave(
            ["quiet", "loaded", "quiet'"], min(settings.rounds, MOST_ROUNDS), measure
        )
    return _compare(load, results)


def _compare(load: Load, results: dict[str, list[dict[str, float]]]) -> Row:
    p99 = {name: [each["p99_us"] for each in rounds] for name, rounds in results.items()}

    def median(variant: str, key: str) -> float:
        return statistics.median(each[key] for each in results[variant])

    return Row(
        f"p99 of others' lookups: {load.name} / quiet",
        load.goal,
        "ratio",
        ratios(p99["loaded"], p99["quiet"]),
        ratios(p99["quiet'"], p99["quiet"]),
        {
            "µs p99 loaded": median("loaded", "p99_us"),
            "µs p99 quiet": median("quiet", "p99_us"),
            "µs p50 loaded": median("loaded", "p50_us"),
            "µs p50 quiet": median("quiet", "p50_us"),
            "searches/s": median("loaded", "searches"),
        },
    )


@contextlib.contextmanager
def _searching(
    server: programs.Server, url: str, request: pathlib.Path, connections: int
) -> Iterator[None]:
    """Keeps searches under way until the block ends.

    h2load shares the processor of the measured client, at a lower priority.
    """
    command = ["nice", "-n", "19", "h2load", "-D", "600", "-c", str(connections)]
    command += ["-m", str(STREAMS), "-d", str(request)]
    command += ["-H", "content-type: application/grpc", "-H", "te: trailers", url]
    used = programs.cpu_seconds(server.pid)
    process = subprocess.Popen(
        programs.pinned(programs.LOAD_CPU, command),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(
            lambda: programs.cpu_seconds(server.pid) - used > BEGUN_SECONDS,
            f"{' '.join(command)} loads the server",
        )
        yield
    finally:
        process.kill()
        process.wait()


def _await(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"not within {PATIENCE_SECONDS} s: {what}")
        time.sleep(0.01)


def _metric(metrics: str, series: str) -> float:
    """Returns the sum of the server's series that match a pattern."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://{metrics}/metrics", timeout=PATIENCE_SECONDS) as reply:
        text = reply.read().decode()
    return sum(map(float, re.findall(rf"^{series} (\S+)", text, re.M)))


def _request(settings: Settings, query: str, most_results: int) -> pathlib.Path:
    """Writes a SearchRequest as HTTP/2 carries it, with its prefix of five bytes."""
    text = query.encode()
    message = b"\x0a" + bytes([len(text)]) + text
    if most_results:
        message += b"\x28" + bytes([most_results & 0x7F | 0x80, most_results >> 7])
    file = programs.scratch(settings, "search.bin")
    file.write_bytes(b"\0" + len(message).to_bytes(4, "big") + message)
    return file


def _local_file(settings: Settings, count: int) -> tuple[pathlib.Path, str]:
    """Writes a file of `count` assignments; returns it, and a near miss of one of their names."""
    draw = random.Random(1)
    names = ["".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=12)) for _ in range(count)]
    lines = [f"{name},{1 + i % 65535},tcp,Service {i}" for i, name in enumerate(names)]
    file = programs.scratch(settings, "local.csv")
    file.write_text(
        "\n".join(["Service Name,Port Number,Transport Protocol,Description", *lines, ""])
    )
    return file, names[count // 2][:-1] + "0"


@contextlib.contextmanager
def _haproxy(settings: Settings, server: programs.Server) -> Iterator[str]:
    """Runs HAProxy before the server as deploy/proxy configures it; yields its address.

    HAProxy shares the processor of the measured client, at a lower priority.
    """
    files = programs.self_signed(settings)
    both = programs.scratch(settings, "proxy.pem")
    both.write_text(files["tls_cert"].read_text() + files["tls_key"].read_text())
    address = f"127.0.0.1:{programs.free_port()}"
    configuration = pathlib.Path(__file__).parents[2] / "deploy/proxy/haproxy.cfg"
    process = subprocess.Popen(
        programs.pinned(
            programs.LOAD_CPU, ["nice", "-n", "10", "haproxy", "-db", "-f", str(configuration)]
        ),
        env={
            **os.environ,
            "PATH": f"{os.environ['PATH']}:/usr/sbin",
            "PORTREG_PROXY_LISTEN": address,
            "PORTREG_PROXY_CERT": str(both),
            "PORTREG_PROXY_STATS": f"127.0.0.1:{programs.free_port()}",
            "PORTREGD_1": server.address,
            "PORTREGD_2": server.address,
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield address
    finally:
        process.kill()
        process.wait()
