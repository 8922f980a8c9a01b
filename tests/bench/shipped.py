"""Measures portregd as it is shipped, beside a server in the simplest way."""

import itertools
import statistics
from collections.abc import Iterator

import programs
from rows import REPORTED, Goal, Row, Settings, interleave, ratios

# (connections, calls under way on each): the goal. Only the first load has one.
LOADS = {(1, 64): Goal("<=", 0.75), (50, 1): REPORTED}


def rows(settings: Settings) -> Iterator[Row]:
    """Yields server CPU times of a lookup by port."""
    with programs.portregd(settings) as ours, programs.plain_server(settings) as plain:
        servers = {"portregd": ours, "plain": plain, "portregd'": ours}
        for server in (ours, plain):
            # Checks every byte here, because the measurement checks only sizes.
            programs.load(settings, "load_client", server, workload="port", calls=5000)
        for load, goal in LOADS.items():
            # All variants of a round ask the same question.
            measured = itertools.count()

            def measure(
                variant: str, load: tuple[int, int] = load, measured: Iterator[int] = measured
            ) -> float:
                question = next(measured) // len(servers)
                return programs.saturate(settings, servers[variant], "port", question, *load)[
                    "server_us"
                ]

            costs = interleave(list(servers), settings.rounds, measure)
            yield Row(
                f"portregd / plain dynamic server, CPU a lookup, {load[0]} × {load[1]}",
                goal,
                "ratio",
                ratios(costs["portregd"], costs["plain"]),
                ratios(costs["portregd'"], costs["portregd"]),
                {
                    "µs portregd": statistics.median(costs["portregd"]),
                    "µs plain": statistics.median(costs["plain"]),
                },
                "connections × lookups under way on each",
            )
