"""Reads services files as glibc does, and computes what such a file should contain."""

import collections
import functools
import pathlib
import re
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "data")]

import processes
from enum_names import COMMON, IANA, LOCAL
from expected import TRANSPORTS, Entry

# The layers in the order in which they name a port, and give a name its port.
NAMING_ORDER = (LOCAL, COMMON, IANA)
PORT_ORDER = (LOCAL, IANA, COMMON)


@functools.cache
def namespace(*flags: str) -> tuple[str, ...] | None:
    """Returns a command that runs another in namespaces of its own; None if impossible."""
    for more in ((), ("-r",)):
        command = ("unshare", *more, *flags)
        try:
            subprocess.run([*command, "true"], check=True, timeout=20,
                           stdin=subprocess.DEVNULL, capture_output=True)
            return command
        except (OSError, subprocess.CalledProcessError):
            continue
    print(f"no namespace by unshare {flags} here: read without one",
          file=sys.stderr)
    return None


def run(*command: str) -> str:
    """Returns the output of a command, which must exit with 0 without errors."""
    done = subprocess.run(command, check=True, timeout=60 * processes.PATIENCE,
                          stdin=subprocess.DEVNULL, capture_output=True)
    if done.stderr:
        raise AssertionError(done.stderr)
    return done.stdout.decode("utf-8")


def getent(file: pathlib.Path, *keys: str) -> list[tuple[str, str, list[str]]]:
    """Returns (name, port/transport, aliases) as glibc reads them from a file.

    With keys, returns only what they find.
    """
    inside = namespace("-m")
    if inside:
        text = run(*inside, "sh", "-ec",
                   'mount --bind "$1" /etc/services; shift; "$@"', "sh",
                   str(file), "getent", "services", *keys)
    else:
        text = by_ourselves(file.read_text("utf-8"), *keys)
    return [(name, slot, aliases) for name, slot, *aliases in (
        line.split() for line in text.splitlines())]


def by_ourselves(text: str, *keys: str) -> str:
    """Returns the output of getent, by the rules of services(5)."""
    lines = [line.split("#")[0] for line in text.splitlines()]
    lines = [line for line in lines if line.strip()]
    found = []
    for key in keys:
        wanted, _, transport = key.partition("/")
        found.append(next(line for line in lines if (
            line.split()[1] == key if wanted.isdigit() else
            wanted in (line.split()[0], *line.split()[2:])
            and line.split()[1].endswith(f"/{transport}"))))
    return "\n".join(found if keys else lines)


def slots(entry, first: int = 0, last: int = 65535):
    """Yields the port/transport pairs of a record, within a range."""
    if entry.first_port is None or not entry.service:
        return
    for port in range(max(first, entry.first_port),
                      min(last, entry.last_port) + 1):
        for transport in ([entry.transport] if entry.transport
                          else TRANSPORTS[1:]):
            yield f"{port}/{transport}"


def can_be_written(name: str) -> bool:
    return not re.search(r"[\s#]", name)


def services(all_entries: list[Entry]) -> dict[str, list[str]]:
    """Returns the names of each port/transport in /etc/services, the slot's own first.

    The records must be in their file's order.
    """
    usable = sorted(
        (entry for entry in all_entries
         if entry.service and entry.first_port is not None
         and can_be_written(entry.service)
         and (entry.layer != COMMON or entry.of_software)),
        key=lambda entry: (entry.layer, entry.last_port - entry.first_port,
                           TRANSPORTS.index(entry.transport),
                           entry.first_port))
    ports = ports_of_names(usable)
    covering: dict[str, list[Entry]] = collections.defaultdict(list)
    for entry in usable:
        for slot in slots(entry):
            covering[slot].append(entry)
    names = {}
    for slot, records_there in covering.items():
        port, transport = slot.split("/")
        own = min(records_there, key=lambda entry: (
            NAMING_ORDER.index(entry.layer), not entry.transport))
        names[slot] = list(dict.fromkeys(
            name for name in (
                own.service, *(entry.service for entry in records_there),
                *(alias for entry in records_there for alias in entry.aliases))
            if can_be_written(name)
            and ports[name.lower(), transport] == int(port)))
    return {slot: each for slot, each in names.items() if each}


def ports_of_names(ranked: list[Entry]) -> dict[tuple[str, str], int]:
    """Returns the one port of each name, in lower case, and transport."""
    ports = {}
    defaults = {
        (name.lower(), slot) for entry in ranked if entry.of_software
        for name in (entry.service, *entry.aliases) for slot in slots(entry)}
    for transport in TRANSPORTS[1:]:
        for entry, name in sorted(
                ((entry, name.lower()) for entry in ranked
                 if entry.transport in ("", transport)
                 for name in (entry.service, *entry.aliases)),
                key=lambda pair: (
                    PORT_ORDER.index(pair[0].layer),
                    pair[0].last_port > pair[0].first_port,
                    (pair[1], f"{pair[0].first_port}/{transport}")
                    not in defaults,
                    pair[0].first_port)):
            ports.setdefault((name, transport), entry.first_port)
    return ports
