#!/usr/bin/env python3
"""Checks practice.csv; README.md says what its rows are.

    check_practice.py [FILE]

Prints each fault with its line and exits with 1 if there is one.
"""

import collections
import csv
import pathlib
import re
import sys
from typing import Iterable, Iterator

COLUMNS = ["Service Name", "Port Number", "Transport Protocol", "Aliases",
           "Description", "Reference"]
# RFC 6335 section 5.1, in lower case.
NAME = re.compile(r"(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*")
# Also the spellings of old services(5) files, such as krb5_prop.
ALIAS = re.compile(r"(?=.{1,20}$)(?=.*[a-z])[a-z0-9]+([-_][a-z0-9]+)*")
PORTS = re.compile(r"(0|[1-9]\d{0,4})(?:-([1-9]\d{0,4}))?")
TRANSPORTS = ("tcp", "udp", "sctp", "dccp")
REFERENCE = re.compile(r"https://[^\s/]+/\S*|RFC [1-9]\d*( section [\w.]+)?")
MAX_PORT = 65535
MAX_ROWS_PER_SLOT = 8
# A wide range would name ports that other software is known for.
MAX_WIDTH = 64
MAX_DESCRIPTION = 80


def ports_of(text: str) -> range | None:
    """The ports that a cell names; None if it names none."""
    match = PORTS.fullmatch(text)
    if not match:
        return None
    first, last = int(match[1]), int(match[2] or match[1])
    return range(first, last + 1) if first <= last <= MAX_PORT else None


def row_faults(row: dict[str, str]) -> Iterator[str]:
    """The faults of a row by itself."""
    if not NAME.fullmatch(name := row["Service Name"]):
        yield f"name {name!r} is not 1-15 of a-z, 0-9 and single hyphens"
    for alias in row["Aliases"].split():
        if not ALIAS.fullmatch(alias):
            yield (f"alias {alias!r} is not 1-20 of a-z, 0-9 and single hyphens "
                   "or underscores")
    ports = ports_of(row["Port Number"])
    if ports is None:
        yield f"port {row['Port Number']!r} is not a port or a range"
    elif len(ports) > MAX_WIDTH:
        yield f"{len(ports)} ports, at most {MAX_WIDTH} are allowed"
    transports = row["Transport Protocol"].split("/")
    if transports != [each for each in TRANSPORTS if each in transports]:
        yield f"transports {row['Transport Protocol']!r} are not such as tcp/udp"
    description = row["Description"]
    if (not description or len(description) > MAX_DESCRIPTION
            or description != " ".join(description.split())):
        yield f"description {description!r} is empty, long or has odd blanks"
    if not REFERENCE.fullmatch(row["Reference"]):
        yield f"reference {row['Reference']!r} is no https URL and no RFC section"


def faults(rows: Iterable[tuple[int, dict[str, str]]]) -> Iterator[str]:
    """The faults of a table, each with its line."""
    last_port = -1
    seen = set()
    rows_of_slot: collections.Counter = collections.Counter()
    for line, row in rows:
        if None in row or None in row.values():
            yield f"line {line}: not {len(COLUMNS)} fields"
            continue
        for fault in row_faults(row):
            yield f"line {line}: {fault}"
        ports = ports_of(row["Port Number"])
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


def main() -> int:
    """Checks the file that the command line names; returns the exit code."""
    path = pathlib.Path(sys.argv[1] if len(sys.argv) > 1
                        else pathlib.Path(__file__).with_name("practice.csv"))
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        if reader.fieldnames != COLUMNS:
            print(f"{path.name}: the columns are not {', '.join(COLUMNS)}")
            return 1
        found = list(faults((reader.line_num, row) for row in reader))
    for fault in found:
        print(f"{path.name}: {fault}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
