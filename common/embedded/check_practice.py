#!/usr/bin/env python3
"""Checks practice.csv; README.md explains its rows.

    check_practice.py [FILE]

Prints each fault with its line and exits with 1 if there is one.
"""

import collections
import re
import sys
from typing import Iterator

import checked_table
from checked_table import Rows

COLUMNS = ["Service Name", "Port Number", "Transport Protocol", "Aliases",
           "Description", "Reference"]
# RFC 6335 section 5.1, in lower case.
NAME = re.compile(r"(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*")
# Accepts also the spellings of old services(5) files, such as krb5_prop.
ALIAS = re.compile(r"(?=.{1,20}$)(?=.*[a-z])[a-z0-9]+([-_][a-z0-9]+)*")
MAX_ROWS_PER_SLOT = 8
# A wide range would name ports that other software is known for.
MAX_WIDTH = 64
MAX_DESCRIPTION = 80


def row_faults(row: dict[str, str]) -> Iterator[str]:
    """Yields the faults of a row by itself."""
    if not NAME.fullmatch(name := row["Service Name"]):
        yield f"name {name!r} is not 1-15 of a-z, 0-9 and single hyphens"
    for alias in row["Aliases"].split():
        if not ALIAS.fullmatch(alias):
            yield (f"alias {alias!r} is not 1-20 of a-z, 0-9 and single hyphens "
                   "or underscores")
    ports = checked_table.range_of(row["Port Number"])
    if ports is None:
        yield f"port {row['Port Number']!r} is not a port or a range"
    elif len(ports) > MAX_WIDTH:
        yield f"{len(ports)} ports, at most {MAX_WIDTH} are allowed"
    if row["Transport Protocol"]:
        yield from checked_table.transport_faults(row["Transport Protocol"])
    else:
        yield "no transport"
    yield from checked_table.text_faults("description", row["Description"], MAX_DESCRIPTION)
    yield from checked_table.reference_faults(row["Reference"])


def faults(rows: Rows) -> Iterator[str]:
    """Yields the faults of a table, each with its line."""
    last_port = -1
    seen = set()
    rows_of_slot: collections.Counter = collections.Counter()
    for line, row in rows:
        if not checked_table.has_all_fields(row):
            yield f"line {line}: not {len(COLUMNS)} fields"
            continue
        for fault in row_faults(row):
            yield f"line {line}: {fault}"
        ports = checked_table.range_of(row["Port Number"])
        if ports is None:
            continue
        if ports[0] < last_port:
            yield f"line {line}: port {ports[0]} after port {last_port}"
        last_port = ports[0]
        if (key := (row["Service Name"], row["Port Number"])) in seen:
            yield f"line {line}: {' '.join(key)} occurs twice"
        seen.add(key)
        for port in ports:
            for transport in row["Transport Protocol"].split("/"):
                rows_of_slot[port, transport] += 1
                if rows_of_slot[port, transport] == MAX_ROWS_PER_SLOT + 1:
                    yield (f"line {line}: more than {MAX_ROWS_PER_SLOT} rows of "
                           f"{port}/{transport}")


if __name__ == "__main__":
    sys.exit(checked_table.check("practice.csv", COLUMNS, faults))
