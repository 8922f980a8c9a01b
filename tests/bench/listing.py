"""Measures ListRange of the whole registry beside plain TCP and plain generated code."""

import statistics
from collections.abc import Iterator

import programs
from rows import Goal, Row, Settings, interleave, ratios


def rows(settings: Settings) -> Iterator[Row]:
    """Yields times from the request to the last byte, or to the last record."""
    file = programs.scratch(settings, "listing.bin")
    with programs.portregd(settings) as ours:
        first = programs.load(settings, "list_reader", ours, how="raw", bytes=file, listings=1)
        records = first["records"]
        with programs.serving([str(settings.binaries / "tcp_sender"), str(file)]) as sender:

            def measure(variant: str) -> float:
                how = variant.rstrip("'")
                flags = {"bytes": file} if how == "tcp" else {}
                result = programs.load(
                    settings,
                    "list_reader",
                    sender if how == "tcp" else ours,
                    how=how,
                    listings=settings.repetitions(100),
                    **flags,
                )
                return result["window"]["p50_us"]

            variants = ["raw", "tcp", "raw'", "client", "generated", "client'"]
            times = interleave(variants, settings.rounds, measure)
    medians = {name: statistics.median(values) for name, values in times.items()}
    yield Row(
        "ListRange 0–65535 received / plain TCP of the same bytes",
        Goal("<=", 1.3),
        "ratio",
        ratios(times["raw"], times["tcp"]),
        ratios(times["raw'"], times["raw"]),
        {"ms ListRange": medians["raw"] / 1e3, "ms plain TCP": medians["tcp"] / 1e3},
        f"{records:,} records, {file.stat().st_size:,} bytes, not parsed",
    )
    yield Row(
        "ListRange by the client library / by generated code, a record",
        Goal("<=", 0.7),
        "ratio",
        ratios(times["client"], times["generated"]),
        ratios(times["client'"], times["client"]),
        {
            "ns a record, library": medians["client"] * 1e3 / records,
            "ns a record, generated": medians["generated"] * 1e3 / records,
        },
    )
