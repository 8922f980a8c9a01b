"""Makes CSV files with IANA's columns, correct and faulty ones, for tests."""

import csv
import io
import os
import pathlib
from typing import Iterable

SOURCE_DIR = pathlib.Path(os.environ.get(
    "PORTREG_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
EMBEDDED_IANA_FILE = SOURCE_DIR / "common" / "embedded" / "iana.csv"

COLUMNS = (
    "Service Name", "Port Number", "Transport Protocol", "Description",
    "Assignee", "Contact", "Registration Date", "Modification Date",
    "Reference", "Service Code", "Unauthorized Use Reported",
    "Assignment Notes")
HEADER = ",".join(COLUMNS)


def csv_text(rows: Iterable[Iterable[str]], columns=COLUMNS,
             line_end: str = "\n") -> str:
    """Returns CSV text of a header and rows; fills short rows with empty fields."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=line_end)
    writer.writerow(columns)
    for row in rows:
        row = tuple(row)
        writer.writerow(row + ("",) * (len(columns) - len(row)))
    return text.getvalue()


def read_rows(path) -> list[list[str]]:
    """Returns the fields of each row of a file, without its header."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]
