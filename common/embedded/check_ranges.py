#!/usr/bin/env python3
"""Checks ranges.csv; README.md explains its rows.

    check_ranges.py [FILE]

Prints each fault with its line and exits with 1 if there is one.
"""

import sys
from typing import Iterator

import checked_table
from checked_table import Rows

COLUMNS = ["Ports", "Transport Protocol", "Kind", "Severity", "Message", "Reference"]
# Each kind that has a value in the contract, with the number of ports that its
# rows cover.
KINDS = {
    "dynamic-class": 16384, "privileged": 1024, "experiments": 2,
    "linux-ephemeral": 28232, "kubernetes-node-port": 2768, "browsers": 83,
    "windows-dynamic": 16384, "exporters": 900}
SEVERITIES = ("info", "warning", "error")
MAX_MESSAGE = 120


def ports_of(text: str) -> list[int] | None:
    """Returns the ports that a cell names, ascending; None if it is not such a list."""
    ports: list[int] = []
    for part in text.split(","):
        found = checked_table.range_of(part)
        if found is None or (ports and found[0] <= ports[-1]):
            return None
        ports.extend(found)
    return ports


def row_faults(row: dict[str, str]) -> Iterator[str]:
    """Yields the faults of a row by itself."""
    if ports_of(row["Ports"]) is None:
        yield f"ports {row['Ports']!r} are not an ascending list of ports and ranges"
    yield from checked_table.transport_faults(row["Transport Protocol"])
    if row["Kind"] not in KINDS:
        yield f"kind {row['Kind']!r} is not one of {', '.join(KINDS)}"
    if row["Severity"] not in SEVERITIES:
        yield f"severity {row['Severity']!r} is not one of {', '.join(SEVERITIES)}"
    yield from checked_table.text_faults("message", row["Message"], MAX_MESSAGE)
    yield from checked_table.reference_faults(row["Reference"])


def faults(rows: Rows) -> Iterator[str]:
    """Yields the faults of a table, each with its line if it has one."""
    covered: dict[str, set[int]] = {kind: set() for kind in KINDS}
    for line, row in rows:
        if not checked_table.has_all_fields(row):
            yield f"line {line}: not {len(COLUMNS)} fields"
            continue
        found = list(row_faults(row))
        yield from (f"line {line}: {fault}" for fault in found)
        if found:
            continue
        ports = set(ports_of(row["Ports"]) or ())
        if ports & covered[row["Kind"]]:
            yield f"line {line}: a port occurs twice in kind {row['Kind']}"
        covered[row["Kind"]] |= ports
    for kind, count in KINDS.items():
        if len(covered[kind]) != count:
            yield f"kind {kind} covers {len(covered[kind])} ports, not {count}"


if __name__ == "__main__":
    sys.exit(checked_table.check("ranges.csv", COLUMNS, faults))
