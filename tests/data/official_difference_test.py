"""Compares the embedded IANA snapshot with IANA's official file.

    PORTREG_IANA_CSV=service-names-port-numbers.csv \\
        python3 -m unittest official_difference_test

The snapshot is compiled from packages (common/embedded/README.md), so it
differs from any official file, but only where time explains the difference.
Every difference belongs to a kind. The test prints how many there are of each
kind. It fails if a kind exceeds its bound or a difference belongs to no kind.
"""

import collections
import os
import pathlib
import unittest
from typing import Iterator, NamedTuple

import registry_reader
from registry_reader import FIRST_DYNAMIC_PORT, TRANSPORTS, Registry, Row

EMBEDDED_FILE = (pathlib.Path(__file__).resolve().parents[2]
                 / "common" / "embedded" / "iana.csv")
OFFICIAL_FILE_VARIABLE = "PORTREG_IANA_CSV"


class Kind(NamedTuple):
    """A kind of difference that time explains."""

    base: str  # the things that the differences are counted against, see count_bases()
    bound: float  # the largest share of the base, in percent, that time explains
    why: str


# The bounds fit an official file of 2024 to 2026. They are narrow enough that a
# recipe which drops ranges, aliases, details or port-less names fails.
KINDS = {
    "slot named only in the official file": Kind(
        "named slots", 0.3, "IANA removed the assignment since."),
    "slot named only in the snapshot": Kind(
        "named slots", 1, "IANA assigned it after the official file's date."),
    "slot renamed": Kind(
        "named slots", 0.5, "IANA gave the slot another name since."),
    "alias only in the official file": Kind(
        "slots of several names", 2, "Registered or removed after 2015: the "
        "current package keeps one name of a slot."),
    "alias only in the snapshot": Kind(
        "slots of several names", 2, "Removed after 2015, or after the "
        "official file's date."),
    "names in another order": Kind(
        "slots of several names", 2, "The order is that of 2015."),
    "named range only in one file": Kind(
        "named ranges and rows of any transport", 5,
        "The current package has none of them: they stand as in 2015."),
    "port-less name only in the official file": Kind(
        "port-less rows", 30, "Registered after 2015: the current package "
        "has no names without a port."),
    "port-less name only in the snapshot": Kind(
        "port-less rows", 1, "Removed after 2015."),
    "another description": Kind(
        "rows in both", 0.2, "Reworded since: current names are as of the "
        "snapshot, aliases and port-less names as of 2015."),
    "details only in the official file": Kind(
        "rows in both", 4, "The row is newer than 2015."),
    "details only in the snapshot": Kind(
        "rows in both", 0.2, "The row said so in 2015."),
    "other details": Kind(
        "rows in both", 3, "Assignee, contact, date, reference or notes "
        "changed after 2015."),
    "nameless slot only in the official file": Kind(
        "nameless slots", 2, "Assigned, or de-registered, since."),
    "nameless slot only in the snapshot": Kind(
        "nameless slots", 6, "Another transport of the port was assigned, or "
        "the name removed, since."),
    "nameless range only in the official file": Kind(
        "nameless ranges and rows of any transport", 8,
        "A later assignment splits a range, a removal widens one."),
    "nameless range only in the snapshot": Kind(
        "nameless ranges and rows of any transport", 8,
        "A later assignment splits a range, a removal widens one."),
    "state: assigned in the snapshot only": Kind(
        "states", 0.05, "Assigned after the official file's date."),
    "state: assigned in the official file only": Kind(
        "states", 0.03, "IANA removed the assignment since."),
    "state: reserved in the snapshot only": Kind(
        "states", 0.1, "Another transport of the port was assigned since, or "
        "IANA's Unassigned range runs over an assigned port."),
    "state: reserved in the official file only": Kind(
        "states", 0.02, "A nameless row of no transport newer than 2015."),
}

UNEXPLAINED = "fits no kind"

Difference = tuple[str, str]  # kind, example


def key(row: Row) -> tuple[str, str, str]:
    """Returns the fields that identify a row in both files."""
    return (row.service, row.port, row.transport)


def is_slot(row: Row) -> bool:
    """Returns True if the row is about one port on one transport."""
    return row.port.isdecimal() and row.transport != ""


def folded(text: str) -> str:
    """Returns the text without its line breaks and indentation."""
    return " ".join(text.split())


def count_bases(official: Registry) -> dict[str, int]:
    """Returns how many things of each sort the official file has."""
    rows = official.rows
    return {
        "named slots": len(official.names_by_slot),
        "slots of several names": sum(
            len(names) > 1 for names in official.names_by_slot.values()),
        "named ranges and rows of any transport": sum(
            bool(row.service and row.port) and not is_slot(row)
            for row in rows),
        "port-less rows": sum(not row.port for row in rows),
        "rows in both": len(rows),
        "nameless slots": sum(
            not row.service and is_slot(row) for row in rows),
        "nameless ranges and rows of any transport": sum(
            not row.service and not is_slot(row) for row in rows),
        "states": FIRST_DYNAMIC_PORT * len(TRANSPORTS),
    }


def slot_differences(official: Registry,
                     snapshot: Registry) -> Iterator[Difference]:
    """Yields differences between the names of each port on each transport."""
    for slot in sorted(official.names_by_slot.keys()
                       | snapshot.names_by_slot.keys()):
        theirs = official.names_by_slot.get(slot, [])
        ours = snapshot.names_by_slot.get(slot, [])
        if theirs != ours:
            yield (kind_of_names(theirs, ours),
                   f"{slot[0]}/{slot[1]} {theirs} {ours}")


def kind_of_names(theirs: list[str], ours: list[str]) -> str:
    """Returns the kind of difference between two lists of names of one slot."""
    if not ours:
        return "slot named only in the official file"
    if not theirs:
        return "slot named only in the snapshot"
    if sorted(theirs) == sorted(ours):
        return "names in another order"
    if not set(theirs) & set(ours):
        return "slot renamed"
    if set(theirs) > set(ours):
        return "alias only in the official file"
    if set(theirs) < set(ours):
        return "alias only in the snapshot"
    return UNEXPLAINED


def row_differences(official: Registry,
                    snapshot: Registry) -> Iterator[Difference]:
    """Yields rows that only one file has, and other texts in rows of both."""
    files = []
    for registry in (official, snapshot):
        rows_by_key = collections.defaultdict(list)
        for row in registry.rows:
            rows_by_key[key(row)].append(row)
        files.append(rows_by_key)
    for row_key in sorted(files[0].keys() | files[1].keys()):
        theirs, ours = files[0][row_key], files[1][row_key]
        for their_row, our_row in zip(theirs, ours):
            yield from text_differences(their_row, our_row)
        for row in theirs[len(ours):]:
            yield from lonely_row(row, "the official file")
        for row in ours[len(theirs):]:
            yield from lonely_row(row, "the snapshot")


def lonely_row(row: Row, file: str) -> Iterator[Difference]:
    """Yields the difference that comes from a row that only one file has."""
    example = " ".join(filter(None, (*key(row), folded(row.description))))
    if not row.port:
        yield f"port-less name only in {file}", example
    elif not row.service:
        sort = "slot" if is_slot(row) else "range"
        yield f"nameless {sort} only in {file}", example
    elif not is_slot(row):
        yield "named range only in one file", f"{example} ({file})"
    # A named slot counts among the slot differences.


def text_differences(theirs: Row, ours: Row) -> Iterator[Difference]:
    """Yields differences between the texts of a row that both files have."""
    name = " ".join(filter(None, key(ours)))
    their_text, *their_details = map(folded, theirs[3:12])
    our_text, *our_details = map(folded, ours[3:12])
    if their_text != our_text:
        yield "another description", f"{name}: {their_text!r} {our_text!r}"
    if their_details != our_details:
        changed = [f"{column} {their_detail!r} {our_detail!r}"
                   for column, their_detail, our_detail in zip(
                       registry_reader.COLUMNS[4:], their_details, our_details)
                   if their_detail != our_detail]
        kind = ("details only in the official file" if not any(our_details)
                else "details only in the snapshot" if not any(their_details)
                else "other details")
        yield kind, f"{name}: {changed[0]}"


def state_differences(official: Registry,
                      snapshot: Registry) -> Iterator[Difference]:
    """Yields differences between the states of every port on every transport."""
    for port in range(FIRST_DYNAMIC_PORT):
        for transport in TRANSPORTS:
            theirs = official.state(port, transport)
            ours = snapshot.state(port, transport)
            if theirs == ours:
                continue
            state = "assigned" if "assigned" in (theirs, ours) else "reserved"
            file = "the snapshot" if ours == state else "the official file"
            yield (f"state: {state} in {file} only",
                   f"{port}/{transport} {theirs} {ours}")


def load_official() -> Registry:
    """Returns the official file; raises AssertionError if it is not given."""
    path = os.environ.get(OFFICIAL_FILE_VARIABLE, "")
    if not path:
        raise AssertionError(f"{OFFICIAL_FILE_VARIABLE} is unset: it must name "
                             "IANA's service-names-port-numbers.csv")
    if not os.path.isfile(path):
        raise AssertionError(f"{OFFICIAL_FILE_VARIABLE} names no file: {path}")
    return registry_reader.load(path)


def table(found: dict[str, list[str]], bases: dict[str, int]) -> str:
    """Returns the differences by kind, for people."""
    lines = ["Differences, official file first:"]
    for title, kind in KINDS.items():
        examples, base = found.get(title, []), bases[kind.base]
        lines.append(f"{len(examples):5} {title} "
                     f"({100 * len(examples) / base:.2f} % of {base} "
                     f"{kind.base}, at most {kind.bound:g} %)")
        if examples:
            lines.append(f"      {kind.why}")
            middle = examples[len(examples) // 2]
            for example in dict.fromkeys((examples[0], middle, examples[-1])):
                lines.append(f"        {example[:150]}")
    return "\n".join(lines)


class OfficialDifferenceTest(unittest.TestCase):
    """Compares the snapshot with the official file."""

    def test_time_explains_every_difference(self):
        official = load_official()
        snapshot = registry_reader.load(EMBEDDED_FILE)
        found = collections.defaultdict(list)
        for compare in (slot_differences, row_differences, state_differences):
            for kind, example in compare(official, snapshot):
                found[kind].append(example)
        bases = count_bases(official)
        print("\n" + table(found, bases))
        self.assertEqual(
            {title: found[title][:5] for title in found.keys() - KINDS.keys()},
            {}, "differences that fit no kind")
        for title, kind in KINDS.items():
            with self.subTest(kind=title):
                share = 100 * len(found[title]) / bases[kind.base]
                self.assertLessEqual(share, kind.bound, found[title][:5])


class LandmarkTest(unittest.TestCase):
    """Checks the rows that a wrong recipe would lose first."""

    @classmethod
    def setUpClass(cls):
        cls.snapshot = registry_reader.load(EMBEDDED_FILE)

    def test_named_ranges_cover_all_their_ports(self):
        for ports, transports, name in (
                (range(6000, 6064), ("tcp", "udp"), "x11"),
                (range(6665, 6670), ("tcp",), "ircu"),
                (range(3322, 3326), TRANSPORTS, "active-net"),
                (range(7300, 7360), TRANSPORTS, "swx")):
            for port in ports:
                for transport in transports:
                    with self.subTest(port=port, transport=transport):
                        self.assertEqual(
                            self.snapshot.names_by_slot.get((port, transport)),
                            [name])

    def test_slots_have_all_their_names_in_order(self):
        for port, transport, names in (
                (42, "tcp", ["name", "nameserver"]),
                (80, "tcp", ["http", "www", "www-http"]),
                (465, "tcp", ["urd", "submissions"]),
                (514, "tcp", ["shell"]),
                (514, "udp", ["syslog"]),
                (631, "tcp", ["ipp", "ipps"]),
                (631, "udp", ["ipp"]),
                (2049, "tcp", ["shilp", "nfs"]),
                (7775, "tcp", ["inetfs"])):
            with self.subTest(port=port, transport=transport):
                self.assertEqual(
                    self.snapshot.names_by_slot.get((port, transport)), names)

    def test_first_and_last_port_are_reserved(self):
        for port, transports in ((0, ("tcp", "udp")), (49151, TRANSPORTS)):
            for transport in transports:
                with self.subTest(port=port, transport=transport):
                    self.assertEqual(self.snapshot.state(port, transport),
                                     "reserved")


if __name__ == "__main__":
    unittest.main()
