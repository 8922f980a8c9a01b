"""Reads CSV files with IANA's columns, independently of the project's own parser.

Tests derive the right answers of the registry from it, so it shares no code
with the project's own parser and follows the rules of the domain word by word:

    registry = registry_reader.load("iana.csv")
    registry.names_by_slot[(80, "tcp")]   # ["http", "www", "www-http"]
    registry.state(716, "tcp")            # "reserved"
    registry.rows_by_name("HTTPS")        # every row named https
"""

import csv
from typing import Iterable, NamedTuple

TRANSPORTS = ("tcp", "udp", "sctp", "dccp")
FIRST_DYNAMIC_PORT = 49152
LAST_PORT = 65535

COLUMNS = (
    "Service Name", "Port Number", "Transport Protocol", "Description",
    "Assignee", "Contact", "Registration Date", "Modification Date",
    "Reference", "Service Code", "Unauthorized Use Reported",
    "Assignment Notes")

# The eleventh column's name in files before about 2019.
FORMER_COLUMN_NAMES = {"Known Unauthorized Uses": "Unauthorized Use Reported"}


class Row(NamedTuple):
    """One row of the file. An empty text means "not stated"."""

    service: str
    port: str
    transport: str
    description: str
    assignee: str = ""
    contact: str = ""
    registration_date: str = ""
    modification_date: str = ""
    reference: str = ""
    service_code: str = ""
    unauthorized_use: str = ""
    notes: str = ""
    # Other names, with blanks between them; only in tables of software.
    aliases: str = ""
    # True if the row is of a table of software, not of one for people.
    of_software: bool = False
    # Only in an organisation's own tables.
    owner: str = ""

    @property
    def first_port(self) -> int | None:
        """Returns the first port of the row; None for a name without a port."""
        return int(self.port.partition("-")[0]) if self.port else None

    @property
    def last_port(self) -> int | None:
        """Returns the last port of the row; None for a name without a port."""
        return int(self.port.rpartition("-")[2]) if self.port else None

    @property
    def width(self) -> int:
        """Returns how many ports the row covers; 0 for a name without a port."""
        if not self.port:
            return 0
        return self.last_port - self.first_port + 1

    def covers(self, transport: str) -> bool:
        """Returns True if the row covers the transport; a row of none covers all."""
        return self.transport in ("", transport)


class Registry:
    """All rows of one file, in its order, with answers about them."""

    def __init__(self, rows: Iterable[Row]):
        self.rows = list(rows)
        self.rows_by_port: dict[int, list[Row]] = {}
        for row in self.rows:
            if row.port:
                for port in range(row.first_port, row.last_port + 1):
                    self.rows_by_port.setdefault(port, []).append(row)
        self.names_by_slot = self._names_by_slot()
        self._rows_by_name: dict[str, list[Row]] = {}
        for row in self.rows:
            if row.service:
                key = row.service.lower()
                self._rows_by_name.setdefault(key, []).append(row)

    def _names_by_slot(self) -> dict[tuple[int, str], list[str]]:
        names: dict[tuple[int, str], list[str]] = {}
        for port, rows in self.rows_by_port.items():
            for row in rows:
                if row.service:
                    stated = (row.transport,) if row.transport else TRANSPORTS
                    for transport in stated:
                        names.setdefault((port, transport), []).append(
                            row.service)
        return names

    def rows_by_name(self, name: str) -> list[Row]:
        """Returns every row of that name, ignoring case, in the file's order."""
        return self._rows_by_name.get(name.lower(), [])

    def state(self, port: int, transport: str) -> str:
        """Returns the state of (port, transport) by the first rule that matches.

        The state is one of "dynamic", "assigned", "reserved", "unassigned".
        """
        if port >= FIRST_DYNAMIC_PORT:
            return "dynamic"
        rows = self.rows_by_port.get(port, ())
        matching = [row for row in rows if row.covers(transport)]
        if any(row.service for row in matching):
            return "assigned"
        if matching:
            return nameless_state(min(
                matching, key=lambda row: (row.width, row.transport == "")))
        if any(row.service or nameless_state(row) == "reserved"
               for row in rows):
            return "reserved"
        return "unassigned"


def nameless_state(row: Row) -> str:
    """Returns the state that a row without a name gives the ports it covers."""
    text = row.description.lower()
    if text.startswith("any private"):
        return "assigned"
    return "unassigned" if "unassigned" in text else "reserved"


def parse(lines: Iterable[str]) -> Registry:
    """Reads CSV text; finds columns by their names in the header.

    Raises ValueError if a column is missing or a row has another length.
    """
    reader = csv.reader(lines, strict=True)
    header = [FORMER_COLUMN_NAMES.get(name, name) for name in next(reader, [])]
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise ValueError(f"missing columns: {', '.join(missing)}")
    positions = [header.index(name) for name in COLUMNS]
    rows = []
    for fields in reader:
        if len(fields) != len(header):
            raise ValueError(f"line {reader.line_num}: {len(fields)} fields, "
                             f"{len(header)} wanted")
        rows.append(Row(*(fields[position] for position in positions)))
    return Registry(rows)


def load(path) -> Registry:
    """Reads the CSV file at path. Raises OSError or ValueError."""
    with open(path, encoding="utf-8", newline="") as file:
        return parse(file)


def load_practice(path) -> list[Row]:
    """Returns the rows of a table of software, each transport as a row of its own."""
    with open(path, encoding="utf-8", newline="") as file:
        return [Row(service=line["Service Name"], port=line["Port Number"],
                    transport=transport, description=line["Description"],
                    reference=line["Reference"], aliases=line["Aliases"],
                    of_software=True)
                for line in csv.DictReader(file, strict=True)
                for transport in line["Transport Protocol"].split("/")]
