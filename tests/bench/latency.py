"""Measures latency against load, up to saturation, by TCP, Unix socket and TLS.

Calls begin at random moments (a Poisson process), even if earlier ones have not
ended. Latency counts from the moment a call was due. So a stall of the server
counts for all calls that had to wait, and not for one call a connection.
"""

import dataclasses
import json
import os
import pathlib
import statistics
from collections.abc import Iterator

import programs
from rows import REPORTED, Row, Settings, interleave, ratios

CONNECTIONS = 8
IN_FLIGHT = 64
# The offered loads, as shares of the rate of TCP at saturation, where a call
# begins when another one ends. The load client's two threads share a processor,
# so beyond 0.65 its calls begin late.
SHARES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
MODERATE = 0.4
TITLES = {"tcp": "TCP", "unix": "Unix socket", "tls": "TLS"}
COLOURS = ("tab:blue", "tab:orange", "tab:green")
# Few rounds, because there are many points and their medians are steady enough.
MOST_ROUNDS = 5


@dataclasses.dataclass
class Point:
    """One transport under one load: medians of the rounds."""

    transport: str
    offered: float
    answered: float
    p50_us: float
    p99_us: float
    p999_us: float
    # Share of one processor that the server uses.
    server_busy: float


def _points(variants: dict[str, tuple[str, float]], results: dict[str, list[dict]]) -> list[Point]:
    points = []
    for name, (transport, offered) in variants.items():

        def median(key: str, rounds: list[dict] = results[name]) -> float:
            return statistics.median(each[key] for each in rounds)

        busy = median("server_us") * median("rate") / 1e6
        latencies = (median(f"{quantile}_us") for quantile in ("p50", "p99", "p999"))
        points.append(Point(transport, offered, median("rate"), *latencies, busy))
    return points


def rows(settings: Settings) -> Iterator[Row]:
    """Measures all points; writes latency.json and latency.svg; yields rows."""
    path = programs.scratch(settings, f"{os.getpid()}.sock")
    identity = programs.self_signed(settings)
    with (
        programs.portregd(settings, listen=f"127.0.0.1:0,unix:{path}") as tcp,
        programs.portregd(settings, **identity) as tls,
    ):
        servers = {"tcp": tcp, "unix": programs.Server(tcp.pid, f"unix:{path}"), "tls": tls}

        def ask(transport: str, **flags) -> dict:
            if transport == "tls":
                flags["ca_file"] = identity["tls_cert"]
            return programs.load(
                settings,
                "load_client",
                servers[transport],
                connections=CONNECTIONS,
                duration=f"{settings.seconds(0.4)}s",
                **flags,
            )

        rounds = min(settings.rounds, MOST_ROUNDS)
        saturated = interleave(
            ["tcp", "unix", "tls", "tcp'"],
            settings.rounds,
            lambda name: ask(name.rstrip("'"), in_flight=IN_FLIGHT),
        )
        most = statistics.median(each["rate"] for each in saturated["tcp"])
        variants = {
            f"{transport} {share}": (transport, share * most)
            for share in SHARES
            for transport in TITLES
        }
        results = interleave(
            list(variants),
            rounds,
            lambda name: ask(variants[name][0], rate=round(variants[name][1])),
        )
    path.unlink(missing_ok=True)
    points = _points(variants, results)
    file = programs.scratch(settings, "latency.json")
    file.write_text(json.dumps([dataclasses.asdict(point) for point in points], indent=1) + "\n")
    plot(points, programs.scratch(settings, "latency.svg"))
    for transport in ("unix", "tls"):
        yield from _rows(transport, saturated, results)


def _rows(
    transport: str, saturated: dict[str, list[dict]], results: dict[str, list[dict]]
) -> Iterator[Row]:
    """Compares a transport with TCP, at saturation and at a moderate load."""
    title = TITLES[transport]

    def row(
        what: str, key: str, unit: str, of: dict[str, list[dict]], suffix: str, note: str
    ) -> Row:
        values = {
            name: [each[key] for each in of[f"{name}{suffix}"]] for name in (transport, "tcp")
        }
        control = [each[key] for each in of["tcp'"]] if "tcp'" in of else None
        return Row(
            f"Lookup by {title} / TCP, {what}",
            REPORTED,
            "ratio",
            ratios(values[transport], values["tcp"]),
            control and ratios(control, values["tcp"]),
            {
                f"{unit} {title}": statistics.median(values[transport]),
                f"{unit} TCP": statistics.median(values["tcp"]),
            },
            note,
        )

    connections = f"{CONNECTIONS} connections"
    yield row("calls/s at saturation", "rate", "calls/s", saturated, "", connections)
    yield row("server CPU at saturation", "server_us", "µs", saturated, "", connections)
    yield row(
        f"median latency at {MODERATE:.0%} of saturation",
        "p50_us",
        "µs",
        results,
        f" {MODERATE}",
        "all loads: latency.svg, latency.json",
    )


def plot(points: list[Point], file: pathlib.Path) -> None:
    """Draws median and 99th percentile over the offered load."""
    # Imports it here, because only this group needs it and the import takes
    # long.
    import matplotlib  # pylint: disable=import-outside-toplevel

    matplotlib.use("svg")
    from matplotlib import pyplot  # pylint: disable=import-outside-toplevel

    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "portreg"})
    figure, axes = pyplot.subplots(figsize=(7, 4.2))
    for (transport, title), colour in zip(TITLES.items(), COLOURS, strict=True):
        mine = [point for point in points if point.transport == transport]
        offered = [point.offered / 1e3 for point in mine]
        for key, style, what in (("p50_us", "o-", "median"), ("p99_us", "s--", "99 %")):
            values = [getattr(point, key) for point in mine]
            axes.plot(offered, values, style, color=colour, label=f"{title}, {what}", markersize=4)
    axes.set_yscale("log")
    axes.set_xlim(left=0)
    axes.set_xlabel("lookups begun a second, in thousands")
    axes.set_ylabel("latency, µs")
    axes.grid(True, which="both", alpha=0.25)
    axes.legend()
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})
