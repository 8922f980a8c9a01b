"""Measures the server's memory: the registry, idle connections, calls and snapshots.

Megabytes are 10^6 bytes, kilobytes 10^3.
"""

import contextlib
import os
import pathlib
import re
import signal
import statistics
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import idle
import programs
from rows import Goal, Row, Settings, interleave, ratios

FEW = 1_000
MANY = 5_000
# A few fresh servers are enough, because memory differs little between them.
SERVERS = 5
# The growth that counts as none, because the housekeeping of the allocator
# alone makes memory vary.
FLAT = Goal("<=", 1.05)
CALLS = {"port": 400_000, "name": 300_000, "classify": 300_000}
CALLS_BEFORE = 100_000
# Counts the reloads that have replaced the registry.
RELOADS = r'portreg_reloads_total{subject="registry",result="success"} (\d+)'
SWAPS_BEFORE = 100
SWAPS = 900


def memory(pid: int) -> dict[str, float]:
    """Returns bytes of a process: resident, its share of them (PSS), and private."""
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    sizes = {name: int(size) * 1024.0 for name, size in re.findall(r"(\w+): +(\d+) kB", text)}
    return {
        "resident": sizes["Rss"],
        "PSS": sizes["Pss"],
        "private": sizes["Private_Clean"] + sizes["Private_Dirty"],
    }


def _load(settings: Settings, server: programs.Server, **flags: Any) -> dict[str, Any]:
    return programs.load(settings, "load_client", server, **flags)


def _warm(settings: Settings, server: programs.Server) -> None:
    """Makes the server allocate what it allocates once for the first calls."""
    _load(settings, server, workload="port", duration=f"{settings.seconds(0.3)}s")


def idle_rows(settings: Settings) -> Iterator[Row]:
    """Yields the memory after load, and the part that each idle connection adds."""
    loaded: list[dict[str, float]] = []
    added: dict[int, list[float]] = {FEW: [], MANY: []}
    for _ in range(settings.repetitions(SERVERS)):
        with programs.portregd(settings) as server, contextlib.ExitStack() as held:
            loaded.append(memory(server.pid))
            _warm(settings, server)
            before = memory(server.pid)["resident"]
            open_now = 0
            for count, bytes_each in added.items():
                held.enter_context(idle.connections(server.address, count - open_now))
                open_now = count
                bytes_each.append((memory(server.pid)["resident"] - before) / count)
    yield Row(
        "portregd, resident after load",
        Goal("<=", 40),
        "MB",
        [sizes["resident"] / 1e6 for sizes in loaded],
        absolute={
            f"{kind} MB": statistics.median(sizes[kind] for sizes in loaded) / 1e6
            for kind in ("PSS", "private")
        },
    )
    for count, bytes_each in added.items():
        yield Row(
            f"portregd, each of {count:,} idle plaintext connections",
            Goal("<=", 16),
            "kB",
            [each / 1e3 for each in bytes_each],
            note="resident memory of the process; the kernel's own for sockets is not in it",
        )


def active_row(settings: Settings) -> Row:
    """Compares the cost of a call with many idle connections and without."""
    with programs.portregd(settings) as crowded, programs.portregd(settings) as alone:
        with idle.connections(crowded.address, MANY):

            def measure(variant: str) -> float:
                server = crowded if variant == "crowded" else alone
                length = f"{settings.seconds(0.4)}s"
                return _load(settings, server, workload="port", duration=length)["server_us"]

            costs = interleave(["crowded", "alone", "alone'"], settings.rounds, measure)
    return Row(
        f"Lookup with {MANY:,} idle connections / with none, server CPU",
        Goal("<=", 1.25),
        "ratio",
        ratios(costs["crowded"], costs["alone"]),
        ratios(costs["alone'"], costs["alone"]),
        {"µs with": statistics.median(costs["crowded"]),
         "µs without": statistics.median(costs["alone"])},
    )


def _flat_row(name: str, before: float, after: float, note: str) -> Row:
    absolute = {"MB before": before / 1e6, "MB after": after / 1e6}
    return Row(name, FLAT, "ratio", [after / before], absolute=absolute, note=note)


def calls_row(settings: Settings) -> Row:
    """Compares memory before and after a million calls."""
    share = 0.001 if settings.quick else 1.0
    with programs.portregd(settings) as server:
        for workload in CALLS:
            _load(settings, server, workload=workload, calls=int(CALLS_BEFORE * share))
        before = memory(server.pid)["resident"]
        for workload, calls in CALLS.items():
            _load(settings, server, workload=workload, calls=int(calls * share))
        after = memory(server.pid)["resident"]
    return _flat_row(
        f"portregd, resident after {sum(CALLS.values()) * share:,.0f} calls / before",
        before,
        after,
        "by port, by name, Classify; 64 in flight; after as many as warm it up",
    )


class _Swapping:
    """Makes a server reload its data again and again."""

    def __init__(self, server: programs.Server, metrics: str, file: pathlib.Path) -> None:
        self._server = server
        self._metrics = f"http://{metrics}/metrics"
        self._file = file

    def _swaps(self) -> int:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(self._metrics, timeout=programs.PATIENCE_SECONDS) as page:
            found = re.search(RELOADS, page.read().decode("ascii"))
        return int(found[1]) if found else 0

    def swap(self, times: int) -> None:
        """Reloads `times` times; returns when that is done."""
        done = self._swaps()
        for wanted in range(done + 1, done + 1 + times):
            # A new time alone makes the file count as changed.
            os.utime(self._file, (wanted, wanted))
            os.kill(self._server.pid, signal.SIGHUP)
            give_up = time.monotonic() + programs.PATIENCE_SECONDS
            while self._swaps() < wanted:
                if time.monotonic() > give_up:
                    raise RuntimeError(f"no reload {wanted}")
                time.sleep(0.005)


@contextlib.contextmanager
def _called(settings: Settings, server: programs.Server) -> Iterator[list[int]]:
    """Calls the server until the block ends; yields how many calls each part had."""
    counts: list[int] = []
    failures: list[Exception] = []
    over = threading.Event()

    def call() -> None:
        try:
            while not over.is_set():
                counts.append(_load(settings, server, workload="port", duration="1s")["calls"])
        except (RuntimeError, OSError, subprocess.SubprocessError) as error:
            failures.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    try:
        yield counts
    finally:
        over.set()
        thread.join()
    if failures:
        raise failures[0]


def settled(pid: int) -> float:
    """Returns the least resident memory within three seconds.

    The allocator returns freed memory within one second (malloc_conf in
    server/daemon/main.cc). The memory of the last snapshot before that is more
    than the growth that this measures.
    """
    readings = []
    for _ in range(60):
        readings.append(memory(pid)["resident"])
        time.sleep(0.05)
    return min(readings)


def swaps_row(settings: Settings) -> Row:
    """Compares memory after a thousand swaps of the snapshot and after a hundred, under calls."""
    share = 0.02 if settings.quick else 1.0
    before_swaps, swaps = int(SWAPS_BEFORE * share), int(SWAPS * share)
    # The layer has no records, so the answers stay those that the load client
    # expects.
    file = programs.scratch(settings, "local.csv")
    file.write_text("Service Name,Port Number,Transport Protocol,Description\n", encoding="ascii")
    metrics = f"127.0.0.1:{programs.free_port()}"
    flags = {"local_file": file, "reload_interval": "0", "metrics_listen": metrics}
    with programs.portregd(settings, **flags) as server:
        swapping = _Swapping(server, metrics, file)
        with _called(settings, server) as counts:
            swapping.swap(before_swaps)
            before = settled(server.pid)
            swapping.swap(swaps)
            after = settled(server.pid)
    return _flat_row(
        f"resident after {before_swaps + swaps:,} swaps of the snapshot / after {before_swaps}",
        before,
        after,
        f"reloads upon SIGHUP, while it answered {sum(counts):,} calls",
    )


def rows(settings: Settings) -> Iterator[Row]:
    """Yields rows of resident memory, and of the cost of idle connections."""
    idle.allow(MANY)
    yield from idle_rows(settings)
    yield active_row(settings)
    yield calls_row(settings)
    yield swaps_row(settings)
