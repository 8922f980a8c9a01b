"""Measures lookups that the client library gathers into batches, beside single ones."""

import statistics
from collections.abc import Iterator
from typing import Any

import programs
from rows import REPORTED, Goal, Row, Settings, interleave, ratios

PIPELINE = 64


def rows(settings: Settings) -> Iterator[Row]:
    """Compares 64 asynchronous lookups under way, parsed, with 64 GETs, not parsed."""
    with programs.portregd(settings) as ours, programs.redis() as redis:

        def measure(variant: str) -> dict[str, Any]:
            duration = f"{settings.seconds(0.4)}s"
            if variant == "redis":
                return programs.load(
                    settings, "redis_client", redis, port=redis.address, duration=duration
                )
            return programs.load(
                settings,
                "lookup_client",
                ours,
                coalesce=variant != "single",
                in_flight=64,
                duration=duration,
            )

        variants = ["coalesced", "single", "redis", "coalesced'"]
        results = interleave(variants, settings.rounds, measure)
    rates = {name: [result["rate"] for result in each] for name, each in results.items()}
    rates["redis"] = [rate * PIPELINE for rate in rates["redis"]]
    latencies = {name: [result["p50_us"] for result in each] for name, each in results.items()}
    medians = {name: statistics.median(values) for name, values in rates.items()}
    control = ratios(rates["coalesced'"], rates["coalesced"])
    yield Row(
        "coalesced Lookup / single, lookups/s",
        Goal(">=", 4),
        "ratio",
        ratios(rates["coalesced"], rates["single"]),
        control,
        {"coalesced/s": medians["coalesced"], "single/s": medians["single"]},
    )
    yield Row(
        "coalesced Lookup / single, median latency",
        Goal("<=", 0.25),
        "ratio",
        ratios(latencies["coalesced"], latencies["single"]),
        ratios(latencies["coalesced'"], latencies["coalesced"]),
        {
            "µs coalesced": statistics.median(latencies["coalesced"]),
            "µs single": statistics.median(latencies["single"]),
        },
    )
    yield Row(
        "coalesced Lookup / Redis GET, 64 in a pipeline",
        REPORTED,
        "ratio",
        ratios(rates["coalesced"], rates["redis"]),
        control,
        {"coalesced/s": medians["coalesced"], "Redis/s": medians["redis"]},
        "the library's answers are parsed, Redis' are not",
    )
