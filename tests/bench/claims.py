"""Measures Check beside Classify, and Suggest beside Lookup."""

import statistics
from collections.abc import Iterator

import programs
from rows import REPORTED, Row, Settings, interleave, ratios

CLAIMS = 1000
# Checks under way at once on one connection.
IN_FLIGHT = 4
SECONDS = 0.4


def rows(settings: Settings) -> Iterator[Row]:
    """Yields claims, ports and calls a second; every answer is compared, none is parsed."""
    with programs.portregd(settings) as server:

        def rate(workload: str, in_flight: int) -> float:
            return programs.load(
                settings,
                "load_client",
                server,
                workload=workload,
                in_flight=in_flight,
                duration=f"{settings.seconds(SECONDS)}s",
            )["rate"]

        def measure(variant: str) -> float:
            name = variant.rstrip("'")
            if name == "check":
                return rate(name, IN_FLIGHT) * CLAIMS
            return rate(name, 64)

        rates = interleave(
            ["check", "classify", "suggest", "port", "check'", "suggest'"],
            settings.rounds,
            measure,
        )
    medians = {variant: statistics.median(values) for variant, values in rates.items()}
    yield Row(
        "Check of 1,000 claims / 1,000 calls of Classify, claims/s",
        REPORTED,
        "ratio",
        ratios(rates["check"], rates["classify"]),
        ratios(rates["check'"], rates["check"]),
        {"claims/s": medians["check"], "calls/s of Classify": medians["classify"]},
        "4 checks, 64 calls of Classify in flight",
    )
    yield Row(
        "Lookup by port / Suggest in 1024-4999, of which most is taken, calls/s",
        REPORTED,
        "ratio",
        ratios(rates["port"], rates["suggest"]),
        ratios(rates["suggest'"], rates["suggest"]),
        {"calls/s of Suggest": medians["suggest"], "calls/s of Lookup": medians["port"]},
        "64 of either in flight",
    )
