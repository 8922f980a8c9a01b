"""Measures Lookup and Classify beside an empty call to the same process."""

import itertools
import statistics
from collections.abc import Iterator

import programs
from rows import Goal, Row, Settings, interleave, ratios

TITLES = {"port": "Lookup by port", "name": "Lookup by name", "classify": "Classify"}
GOAL = Goal("<=", 0.05, above_control=True)


def rows(settings: Settings) -> Iterator[Row]:
    """Yields server CPU times of each call / of the empty call; 1 connection, 64 calls."""
    with programs.portregd(settings, "bench_server") as server:
        for workload in TITLES:
            # Checks every byte here, because the measurement checks only sizes.
            programs.load(settings, "load_client", server, workload=workload, calls=5000)
        index = itertools.count()

        def measure(variant: str) -> float:
            workload = variant.rstrip("'")
            return programs.saturate(settings, server, workload, next(index))["server_us"]

        costs = interleave(["empty", *TITLES, "empty'"], settings.rounds, measure)
    control = ratios(costs["empty'"], costs["empty"])
    for workload, title in TITLES.items():
        yield Row(
            f"{title} / empty call, server CPU",
            GOAL,
            "ratio",
            ratios(costs[workload], costs["empty"]),
            control,
            {
                "µs a call": statistics.median(costs[workload]),
                "µs an empty call": statistics.median(costs["empty"]),
            },
        )
