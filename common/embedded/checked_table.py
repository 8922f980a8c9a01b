"""Parts of the checkers of embedded tables: cells that tables share, and main()."""

import csv
import pathlib
import re
import sys
from typing import Callable, Iterable, Iterator

TRANSPORTS = ("tcp", "udp", "sctp", "dccp")
MAX_PORT = 65535
PORTS = re.compile(r"(0|[1-9]\d{0,4})(?:-([1-9]\d{0,4}))?")
REFERENCE = re.compile(r"https://[^\s/]+/\S*|RFC [1-9]\d*( section [\w.]+)?")

Rows = Iterable[tuple[int, dict[str, str]]]


def has_all_fields(row: dict[str, str]) -> bool:
    """Returns False if the row has fewer or more fields than the table has columns."""
    return None not in row and None not in row.values()


def range_of(text: str) -> range | None:
    """Returns the ports of 80 or 80-90; None if the text is neither."""
    match = PORTS.fullmatch(text)
    if not match:
        return None
    first, last = int(match[1]), int(match[2] or match[1])
    return range(first, last + 1) if first <= last <= MAX_PORT else None


def transport_faults(text: str) -> Iterator[str]:
    """Yields the fault of a cell of transports, if it has one; an empty cell has none."""
    transports = text.split("/") if text else []
    if transports != [each for each in TRANSPORTS if each in transports]:
        yield f"transports {text!r} are not such as tcp/udp"


def text_faults(name: str, text: str, limit: int) -> Iterator[str]:
    """Yields the fault of a cell of text for people, if it has one."""
    if not text or len(text) > limit or text != " ".join(text.split()):
        yield f"{name} {text!r} is empty, longer than {limit} or has odd blanks"


def reference_faults(text: str) -> Iterator[str]:
    """Yields the fault of a cell that names a source, if it has one."""
    if not REFERENCE.fullmatch(text):
        yield f"reference {text!r} is no https URL and no RFC section"


def check(default: str, columns: list[str], faults: Callable[[Rows], Iterator[str]]) -> int:
    """Checks the file that the command line names, or `default` in this directory.

    Prints each fault. Returns the exit code.
    """
    path = pathlib.Path(sys.argv[1] if len(sys.argv) > 1
                        else pathlib.Path(__file__).with_name(default))
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        if reader.fieldnames != columns:
            print(f"{path.name}: the columns are not {', '.join(columns)}")
            return 1
        found = list(faults((reader.line_num, row) for row in reader))
    for fault in found:
        print(f"{path.name}: {fault}")
    return 1 if found else 0
