"""Measures BatchLookup beside single lookups, and beside Redis' MGET."""

import statistics
from collections.abc import Iterator

import programs
from rows import Goal, Row, Settings, interleave, ratios

KEYS = 1000
# Batches, or MGETs, under way at once on one connection.
IN_FLIGHT = 4


def rows(settings: Settings) -> Iterator[Row]:
    """Yields lookups a second; every answer is compared, none is parsed."""
    with programs.portregd(settings) as ours, programs.redis() as redis:

        def measure(variant: str) -> float:
            duration = f"{settings.seconds(0.4)}s"
            if variant == "unary":
                return programs.load(
                    settings, "load_client", ours, workload="port", duration=duration
                )["rate"]
            if variant == "redis":
                result = programs.load(
                    settings,
                    "redis_client",
                    redis,
                    port=redis.address,
                    how="mget",
                    in_flight=IN_FLIGHT,
                    duration=duration,
                )
            else:
                result = programs.load(
                    settings,
                    "load_client",
                    ours,
                    workload="batch",
                    in_flight=IN_FLIGHT,
                    duration=duration,
                )
            return result["rate"] * KEYS

        rates = interleave(["batch", "unary", "redis", "batch'"], settings.rounds, measure)
    medians = {variant: statistics.median(values) / 1e6 for variant, values in rates.items()}
    control = ratios(rates["batch'"], rates["batch"])
    yield Row(
        "BatchLookup of 1,000 / single Lookup, lookups/s",
        Goal(">=", 150),
        "ratio",
        ratios(rates["batch"], rates["unary"]),
        control,
        {"million/s in batches": medians["batch"], "million/s single": medians["unary"]},
        "4 batches, 64 single calls in flight",
    )
    yield Row(
        "BatchLookup of 1,000 / Redis MGET of 1,000, lookups/s",
        Goal(">=", 2),
        "ratio",
        ratios(rates["batch"], rates["redis"]),
        control,
        {"million/s in batches": medians["batch"], "million/s Redis": medians["redis"]},
        "4 of either in flight on one connection",
    )
