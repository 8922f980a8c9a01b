"""Measures a lookup beside reading the same bytes from etcd."""

import statistics
from collections.abc import Iterator

import programs
from rows import REPORTED, Goal, Row, Settings, interleave, ratios

CONNECTIONS = 50


def rows(settings: Settings) -> Iterator[Row]:
    """Yields server CPU times of a call; 50 connections, one call under way on each."""
    with programs.portregd(settings) as ours, programs.etcd() as etcd:
        programs.load(settings, "load_client", etcd, workload="put", calls=1024)
        workloads = {
            "portregd": "port",
            "etcd": "range",
            "serializable": "serializable_range",
            "portregd'": "port",
        }

        def measure(variant: str) -> float:
            result = programs.load(
                settings,
                "load_client",
                ours if workloads[variant] == "port" else etcd,
                workload=workloads[variant],
                connections=CONNECTIONS,
                in_flight=CONNECTIONS,
                duration=f"{settings.seconds(0.4)}s",
            )
            return result["server_us"]

        costs = interleave(list(workloads), settings.rounds, measure)
    medians = {name: statistics.median(values) for name, values in costs.items()}
    control = ratios(costs["portregd'"], costs["portregd"])
    yield Row(
        "Lookup / etcd Range by gRPC, 50 connections, server CPU",
        Goal("<=", 0.25),
        "ratio",
        ratios(costs["portregd"], costs["etcd"]),
        control,
        {"µs Lookup": medians["portregd"], "µs Range": medians["etcd"]},
    )
    yield Row(
        "Lookup / etcd Range, serializable",
        REPORTED,
        "ratio",
        ratios(costs["portregd"], costs["serializable"]),
        control,
        {"µs Lookup": medians["portregd"], "µs Range": medians["serializable"]},
        "etcd's cheaper read, which may be stale in a cluster",
    )
