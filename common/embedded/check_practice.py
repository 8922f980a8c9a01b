#!/usr/bin/env python3
"""Checks practice.csv; README.md explains its rows.

    check_practice.py [FILE]

Prints each fault with its line and exits with 1 if there is one.
"""

import collections
import csv
import pathlib
import re
import sys
from typing import Iterator

import checked_table
from checked_table import Rows

COLUMNS = ["Service Name", "Port Number", "Transport Protocol", "Aliases",
           "Description", "Reference"]
# RFC 6335 section 5.1, in lower case.
NAME = re.compile(r"(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*")
# Also accepts the spellings of old services(5) files, such as krb5_prop.
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


def registered_ports() -> dict[tuple[str, str], set[int]]:
    """Returns the ports that IANA gave to each name on each transport."""
    ports_of = collections.defaultdict(set)
    path = pathlib.Path(__file__).with_name("iana.csv")
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if (ports := checked_table.range_of(row["Port Number"])) is None:
                continue
            for transport in [row["Transport Protocol"]] if row["Transport Protocol"] \
                    else checked_table.TRANSPORTS:
                ports_of[row["Service Name"].lower(), transport].update(ports)
    return ports_of


def slots_of(row: dict[str, str], column: str) -> Iterator[tuple[str, str]]:
    """Yields each word of a cell with each transport of the row."""
    for word in row[column].split():
        for transport in row["Transport Protocol"].split("/"):
            yield word, transport


def name_faults(rows: list[tuple[int, dict[str, str]]]) -> Iterator[str]:
    """Yields names that IANA gave to other ports, and names or aliases given twice.

    On one transport a name must find one port, in the tool as in services(5).
    """
    registered = registered_ports()
    line_of_name: dict[tuple[str, str], int] = {}
    for line, row in rows:
        ports = checked_table.range_of(row["Port Number"])
        for slot in slots_of(row, "Service Name"):
            word = "/".join(slot)
            if (first := line_of_name.setdefault(slot, line)) != line:
                yield f"line {line}: name {word} is that of line {first}"
            theirs = registered.get(slot)
            if theirs and ports and theirs.isdisjoint(ports):
                yield (f"line {line}: name {word} is that of port {min(theirs)} "
                       "in IANA's registry")
    line_of_alias: dict[tuple[str, str], int] = {}
    for line, row in rows:
        for slot in slots_of(row, "Aliases"):
            word = "/".join(slot)
            if slot in line_of_name:
                yield f"line {line}: alias {word} is the name of line {line_of_name[slot]}"
            if slot in line_of_alias:
                yield f"line {line}: alias {word} is that of line {line_of_alias[slot]}"
            line_of_alias.setdefault(slot, line)


def slot_faults(rows: list[tuple[int, dict[str, str]]]) -> Iterator[str]:
    """Yields the rows out of order, and slots with too many rows."""
    last_port = -1
    rows_of_slot: collections.Counter = collections.Counter()
    for line, row in rows:
        if (ports := checked_table.range_of(row["Port Number"])) is None:
            continue
        if ports[0] < last_port:
            yield f"line {line}: port {ports[0]} after port {last_port}"
        last_port = ports[0]
        for port in ports:
            for transport in row["Transport Protocol"].split("/"):
                rows_of_slot[port, transport] += 1
                if rows_of_slot[port, transport] == MAX_ROWS_PER_SLOT + 1:
                    yield (f"line {line}: more than {MAX_ROWS_PER_SLOT} rows of "
                           f"{port}/{transport}")


def faults(rows: Rows) -> Iterator[str]:
    """Yields the faults of a table, each with its line."""
    whole = []
    for line, row in rows:
        if not checked_table.has_all_fields(row):
            yield f"line {line}: not {len(COLUMNS)} fields"
            continue
        whole.append((line, row))
        for fault in row_faults(row):
            yield f"line {line}: {fault}"
    yield from slot_faults(whole)
    yield from name_faults(whole)


if __name__ == "__main__":
    sys.exit(checked_table.check("practice.csv", COLUMNS, faults))
