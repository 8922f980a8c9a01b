"""Checks a table of ports as a team's own script in CI does. check.py compares portreg with it.

    check_by_script.py IANA_CSV TABLE

Prints a line for each finding: rows that cannot be read, rows that share a port
and a transport with another owner or service, ports that IANA has assigned to
another service, dynamic, ephemeral and NodePort ports, and names that break RFC
6335. Exit code 3 if rows collide or cannot be read, or ports are dynamic.
"""

import csv
import re
import sys

TRANSPORTS = ("tcp", "udp", "sctp", "dccp")
NAME = re.compile(r"(?=.*[a-z])(?!.*--)[a-z0-9](?:[a-z0-9-]{0,13}[a-z0-9])?", re.IGNORECASE)


def ports_of(text: str) -> list[int]:
    """Returns the ports of a cell such as "80,443" or "35200-35220"."""
    ports = []
    for part in filter(None, text.split(",")):
        first, _, last = part.strip().partition("-")
        numbers = range(int(first), int(last or first) + 1)
        if not numbers or numbers[0] < 0 or numbers[-1] > 65535:
            raise ValueError(f"{part} is no port or range")
        ports.extend(numbers)
    return ports


def transports_of(text: str) -> tuple[str, ...]:
    """Returns the transports of a cell such as "tcp/udp"."""
    words = tuple(word.lower() for word in re.split("[,/ ]+", text) if word)
    if not set(words) <= set(TRANSPORTS):
        raise ValueError(f"{text} is no transport")
    return words or TRANSPORTS


def assigned(path: str) -> dict[tuple[int, str], set[str]]:
    """Returns the services that IANA has assigned each slot to."""
    services: dict[tuple[int, str], set[str]] = {}
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if not row["Service Name"] or not row["Port Number"]:
                continue
            for port in ports_of(row["Port Number"]):
                for transport in transports_of(row["Transport Protocol"]):
                    services.setdefault((port, transport), set()).add(row["Service Name"].lower())
    return services


def main() -> int:
    """Checks the table; returns the exit code."""
    iana = assigned(sys.argv[1])
    holders: dict[tuple[int, str], tuple[int, str, str]] = {}
    failed = False
    with open(sys.argv[2], encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            line = reader.line_num
            name, owner = row["Service Name"], row["Owner"].strip()
            try:
                ports = ports_of(row["Port Number"])
                transports = transports_of(row["Transport Protocol"])
            except ValueError as error:
                print(f"{line}: error unusable-row: {error}")
                failed = True
                continue
            if name and not NAME.fullmatch(name):
                print(f"{line}: error service-name-invalid: {name}")
                failed = True
            for port in ports:
                for transport in transports:
                    slot = (port, transport)
                    other = holders.setdefault(slot, (line, name, owner))
                    if other[1:] != (name, owner) and (other[2] != owner or not owner):
                        print(f"{line}: error claims-collide: {port}/{transport} with line {other[0]}")
                        failed = True
                    if iana.get(slot, {name.lower()}).isdisjoint({name.lower()}):
                        print(f"{line}: warning iana-assigned: {port}/{transport}")
                if port >= 49152:
                    print(f"{line}: error dynamic: {port}")
                    failed = True
                if 32768 <= port <= 60999:
                    print(f"{line}: warning linux-ephemeral: {port}")
                if 30000 <= port <= 32767:
                    print(f"{line}: warning kubernetes-node-port: {port}")
    return 3 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
