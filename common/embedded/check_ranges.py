#!/usr/bin/env python3
"""Checks ranges.csv; README.md says what its rows are.

    check_ranges.py [FILE]

Prints each fault with its line and exits with 1 if there is one.
"""

import csv
import pathlib
import re
import sys
from typing import Iterable, Iterator

COLUMNS = ["Ports", "Transport Protocol", "Kind", "Severity", "Message", "Reference"]
# Every kind that the contract has a value for, with the ports that its rows cover.
KINDS = {
    "dynamic-class": 16384, "privileged": 1024, "experiments": 2,
    "linux-ephemeral": 28232, "kubernetes-node-port": 2768, "browsers": 83,
    "windows-dynamic": 16384, "exporters": 900}
PORTS = re.compile(r"(0|[1-9]\d{0,4})(?:-([1-9]\d{0,4}))?")
TRANSPORTS = ("tcp", "udp", "sctp", "dccp")
SEVERITIES = ("info", "warning", "error")
REFERENCE = re.compile(r"https://[^\s/]+/\S*|RFC [1-9]\d*( section [\w.]+)?")
MAX_PORT = 65535
MAX_MESSAGE = 120


def ports_of(text: str) -> list[int] | None:
    """The ports that a cell names, ascending; None if it is not such a list."""
    ports: list[int] = []
    for part in text.split(","):
        match = PORTS.fullmatch(part)
        if not match:
            return None
        first, last = int(match[1]), int(match[2] or match[1])
        if first > last or last > MAX_PORT or (ports and first <= ports[-1]):
            return None
        ports.extend(range(first, last + 1))
    return ports


def row_faults(row: dict[str, str]) -> Iterator[str]:
    """The faults of a row by itself."""
    if ports_of(row["Ports"]) is None:
        yield f"ports {row['Ports']!r} are not an ascending list of ports and ranges"
    transports = [each for each in row["Transport Protocol"].split("/") if each]
    if transports != [each for each in TRANSPORTS if each in transports]:
        yield f"transports {row['Transport Protocol']!r} are not such as tcp/udp"
    if row["Kind"] not in KINDS:
        yield f"kind {row['Kind']!r} is not one of {', '.join(KINDS)}"
    if row["Severity"] not in SEVERITIES:
        yield f"severity {row['Severity']!r} is not one of {', '.join(SEVERITIES)}"
    message = row["Message"]
    if not message or len(message) > MAX_MESSAGE or message != " ".join(message.split()):
        yield f"message {message!r} is empty, long or has odd blanks"
    if not REFERENCE.fullmatch(row["Reference"]):
        yield f"reference {row['Reference']!r} is no https URL and no RFC section"


def faults(rows: Iterable[tuple[int, dict[str, str]]]) -> Iterator[str]:
    """The faults of a table, each with its line if it has one."""
    covered: dict[str, set[int]] = {kind: set() for kind in KINDS}
    for line, row in rows:
        if None in row or None in row.values():
            yield f"line {line}: not {len(COLUMNS)} fields"
            continue
        found = list(row_faults(row))
        yield from (f"line {line}: {fault}" for fault in found)
        if found:
            continue
        ports = set(ports_of(row["Ports"]) or ())
        if ports & covered[row["Kind"]]:
            yield f"line {line}: a port stands twice in kind {row['Kind']}"
        covered[row["Kind"]] |= ports
    for kind, count in KINDS.items():
        if len(covered[kind]) != count:
            yield f"kind {kind} covers {len(covered[kind])} ports, not {count}"


def main() -> int:
    """Checks the file that the command line names; returns the exit code."""
    path = pathlib.Path(sys.argv[1] if len(sys.argv) > 1
                        else pathlib.Path(__file__).with_name("ranges.csv"))
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
