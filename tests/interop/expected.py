"""Derives the right answers of the registry from the layers' CSV files.

Follows the words of the contract on top of registry_reader, and shares nothing
with the server. An answer is a list of Entry. entries() converts records that
came from a server, so that both compare with assertEqual.
"""

import csv
import pathlib
import sys
from typing import Callable, Iterable, NamedTuple

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "data")]

import registry_reader
from portreg_proto import SOURCE_DIR, records
from registry_reader import Registry, Row

EMBEDDED_DIR = SOURCE_DIR / "common" / "embedded"
TRANSPORTS = ("",) + registry_reader.TRANSPORTS  # by number in the contract
NAME_SEPARATOR = " / "
SOURCES = {records.LAYER_LOCAL: "local assignments",
           records.LAYER_COMMON: "table of common ports",
           records.LAYER_IANA: "IANA registry"}
SOFTWARE_SOURCE = "software defaults"  # of layer common too
COMPARED_FIELDS = 7  # of Entry
DETAILS = {
    "assignee": "assignee", "contact": "contact",
    "registration_date": "registration_date",
    "modification_date": "modification_date", "reference": "reference",
    "service_code": "service_code",
    "unauthorized_use_reported": "unauthorized_use",
    "assignment_notes": "notes"}


class Entry(NamedTuple):
    """One record of an answer, from a server or from the files.

    Comparison ignores aliases and the fields behind it, because neither the
    first contract nor the tool's CSV has them; list_range_test compares aliases
    and of_software.
    """

    layer: int
    first_port: int | None
    last_port: int | None
    transport: str
    service: str
    description: str
    details: tuple[str, ...] | None = None
    aliases: tuple[str, ...] = ()
    of_software: bool = False
    owner: str = ""
    assignee: str = ""

    def __eq__(self, other) -> bool:
        return self[:COMPARED_FIELDS] == other[:COMPARED_FIELDS]

    def __ne__(self, other) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self[:COMPARED_FIELDS])

    @property
    def source(self) -> str:
        """Returns the source that the record must state."""
        return SOFTWARE_SOURCE if self.of_software else SOURCES[self.layer]


def entry_of_record(record) -> Entry:
    """Returns the Entry of a PortRecord, with details if it holds any."""
    has_port = record.HasField("first_port")
    if record.HasField("last_port") != has_port:
        raise AssertionError(f"only one end of the range is there: {record}")
    return Entry(
        record.layer, record.first_port if has_port else None,
        record.last_port if has_port else None, TRANSPORTS[record.transport],
        record.service, record.description,
        tuple(getattr(record.details, name) for name in DETAILS)
        if record.HasField("details") else None,
        tuple(getattr(record, "aliases", ())),
        record.source == SOFTWARE_SOURCE)


def entries(answer) -> list[Entry]:
    """Returns the entries of a message that holds records."""
    return [entry_of_record(record) for record in answer.records]


def state_number(state: str) -> int:
    """Returns the enum value of a state's name in registry_reader."""
    return records.AssignmentState.Value(f"ASSIGNMENT_STATE_{state.upper()}")


class LayeredRegistry:
    """The layers that a server serves, each read from its file.

        LayeredRegistry({records.LAYER_IANA: registry_reader.load(path)})
    """

    def __init__(self, layers: dict[int, Registry]):
        self._layers = sorted(layers.items())
        self._by_name: dict[str, list[tuple[int, Row]]] = {}
        for layer, registry in self._layers:
            for row in registry.rows:
                for name in names_of(layer, row):
                    self._by_name.setdefault(name, []).append((layer, row))

    @property
    def names(self) -> list[str]:
        """Returns every name that finds a record, in lower case."""
        return list(self._by_name)

    def by_port(self, port: int, transport: str = "") -> list[Entry]:
        """Returns the records of Lookup by port, in its order."""
        return _answer(
            ((layer, row) for layer, registry in self._layers
             for row in registry.rows_by_port.get(port, ())),
            transport, _lookup_key)

    def by_name(self, name: str, transport: str = "") -> list[Entry]:
        """Returns the records of Lookup by service, in its order."""
        return _answer(self._by_name.get(name.lower(), ()), transport,
                       _lookup_key)

    def listing(self, first: int = 0, last: int = registry_reader.LAST_PORT,
                transport: str = "", layers: Iterable[int] = (),
                portless: bool = False, full: bool = False) -> list[Entry]:
        """Returns the records of ListRange, in its order."""
        layers = tuple(layers)
        return _answer(
            ((layer, row) for layer, registry in self._layers
             if not layers or layer in layers
             for row in registry.rows
             if (row.first_port <= last and row.last_port >= first
                 if row.port else portless)),
            transport, _listing_key, full)


def names_of(layer: int, row: Row) -> set[str]:
    """Returns the names that find a row, in lower case; none for a nameless row."""
    if not row.service:
        return set()
    names = {row.service, *row.aliases.split()}
    if layer == records.LAYER_COMMON and not row.of_software:
        names.update(row.service.split(NAME_SEPARATOR))
    return {name.lower() for name in names}


def _lookup_key(layer: int, row: Row) -> tuple:
    """Returns the sort key of Lookup; sorting keeps the file's order of equal keys."""
    return (layer, not row.port, not row.service, row.width,
            TRANSPORTS.index(row.transport))


def _listing_key(layer: int, row: Row) -> tuple:
    """Returns the sort key of ListRange; sorting keeps the file's order of equal keys."""
    return (not row.port, row.first_port or 0, *_lookup_key(layer, row))


def _answer(rows: Iterable[tuple[int, Row]], transport: str,
            key: Callable, full: bool = False) -> list[Entry]:
    """Filters and orders rows, and converts them to entries."""
    kept = [(layer, row) for layer, row in rows
            if not transport or row.covers(transport)]
    kept.sort(key=lambda layer_and_row: key(*layer_and_row))
    return [Entry(layer, row.first_port, row.last_port, row.transport,
                  row.service, row.description,
                  tuple(getattr(row, name) for name in DETAILS.values())
                  if full else None, tuple(row.aliases.split()),
                  row.of_software, row.owner, row.assignee)
            for layer, row in kept]


def local_layer(path) -> Registry:
    """Returns the rows of a local file of the four required columns."""
    with open(path, encoding="utf-8", newline="") as file:
        return Registry(
            Row(line["Service Name"], line["Port Number"],
                line["Transport Protocol"], line["Description"],
                owner=line.get("Owner", ""))
            for line in csv.DictReader(file))


def common_layer() -> Registry:
    """Returns the rows of the embedded files of layer common, in their order."""
    return Registry([
        *registry_reader.load(EMBEDDED_DIR / "common.csv").rows,
        *registry_reader.load_practice(EMBEDDED_DIR / "practice.csv")])


def embedded(local_file=None) -> LayeredRegistry:
    """Returns what a server serves without configuration, or with a local file."""
    local = {} if local_file is None else {
        records.LAYER_LOCAL: local_layer(local_file)}
    return LayeredRegistry({
        **local,
        records.LAYER_COMMON: common_layer(),
        records.LAYER_IANA: registry_reader.load(EMBEDDED_DIR / "iana.csv")})
