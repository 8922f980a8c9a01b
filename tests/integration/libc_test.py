"""Reads the services(5) file that portreg exports by glibc and by musl.

    PORTREG=portreg python3 libc_test.py

The exported file replaces /etc/services in a mount namespace. If namespaces are
not available, it is the /etc/services of a root directory of its own, which
needs root. A small C program asks each libc there.
"""

import csv
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from typing import Iterator, NamedTuple

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "interop")]

import processes
import tool

HERE = pathlib.Path(__file__).resolve().parent
SYSTEM_FILE = pathlib.Path("/etc/services")
EXCEPTIONS_FILE = HERE / "libc" / "exceptions.csv"
COMPILERS = {"glibc": ("cc",), "musl": ("musl-gcc", "-static")}
# The protocols for which musl's getservbyname finds services.
MUSL_PROTOCOLS = ("tcp", "udp")
MOST_EXCEPTIONS = 20
# The longest line, because musl reads lines into a buffer of 128 bytes.
MOST_LINE_BYTES = 127
COMMAND_SECONDS = 200 * processes.PATIENCE


class Name(NamedTuple):
    """A name of a service on one protocol."""

    name: str
    protocol: str


def names_of(path: pathlib.Path) -> Iterator[tuple[Name, int]]:
    """Yields the names and aliases of a services(5) file, with their ports."""
    for line in path.read_text("utf-8").splitlines():
        fields = line.partition("#")[0].split()
        if not fields:
            continue
        name, slot, *aliases = fields
        port, _, protocol = slot.partition("/")
        for each in (name, *aliases):
            yield Name(each, protocol), int(port)


def exceptions() -> dict[Name, dict[str, str]]:
    """Returns the names with another port in the exported file than in the system's."""
    with EXCEPTIONS_FILE.open(encoding="utf-8", newline="") as file:
        return {Name(row["Name"], row["Protocol"]): row
                for row in csv.DictReader(file)}


def own_namespace() -> tuple[str, ...]:
    """Returns the command that runs another in a mount namespace of its own.

    Empty if that is impossible, as in a root directory that is no mount.
    """
    for command in (("unshare", "-m"), ("unshare", "-r", "-m")):
        if subprocess.run([*command, "true"], capture_output=True, timeout=20,
                          check=False).returncode == 0:
            return command
    return ()


def make_root(libc: str) -> pathlib.Path:
    """Makes a root directory with the exported file, the program and its libraries."""
    root = pathlib.Path(unittest.enterModuleContext(
        tempfile.TemporaryDirectory()))
    # A static program has no libraries.
    listed = subprocess.run(["ldd", ASK[libc]], capture_output=True, text=True,
                            timeout=COMMAND_SECONDS, check=False).stdout
    for path in re.findall(r"(/\S+) \(", listed):
        (root / path[1:]).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, root / path[1:])
    (root / "etc").mkdir(exist_ok=True)
    shutil.copy(EXPORTED, root / "etc/services")
    shutil.copy(ASK[libc], root / "ask")
    return root


def setUpModule():
    global ASK, EXPORTED
    directory = pathlib.Path(unittest.enterModuleContext(
        tempfile.TemporaryDirectory()))
    ASK = {}
    for libc, compiler in COMPILERS.items():
        ASK[libc] = directory / libc
        subprocess.run([*compiler, "-o", ASK[libc],
                        HERE / "libc" / "ask_services.c"],
                       check=True, timeout=COMMAND_SECONDS)
    EXPORTED = directory / "services"
    exported = tool.run("--offline", "export", "--format=services")
    if exported.code != 0:
        raise AssertionError(exported.stderr)
    EXPORTED.write_text(exported.stdout, "utf-8")


def ask(libc: str, questions: list[str]) -> list[str]:
    """Returns a libc's answers to the lines that ask_services.c describes."""
    if namespace := own_namespace():
        command = [*namespace, "sh", "-ec",
                   'mount --bind "$1" /etc/services; exec "$2"', "sh",
                   EXPORTED, ASK[libc]]
    else:
        command = ["chroot", make_root(libc), "/ask"]
    done = subprocess.run(
        command, input="".join(f"{line}\n" for line in questions), text=True,
        stdout=subprocess.PIPE, timeout=COMMAND_SECONDS, check=True)
    return done.stdout.splitlines()


def short_answers(keys: list[str]) -> list[str]:
    """Returns the answer of portreg --short to each key."""
    outcome = tool.run("--offline", "--short", *keys)
    return outcome.stdout.splitlines()


class LibcTest(unittest.TestCase):
    """Checks the answers to programs once the exported file is /etc/services."""

    def names_asked(self, libc: str, names: list[Name]) -> list[Name]:
        """Returns the names that a libc can know."""
        return [each for each in names
                if libc == "glibc" or each.protocol in MUSL_PROTOCOLS]

    def test_every_name_of_the_systems_file_keeps_its_port(self):
        wanted = dict(reversed(list(names_of(SYSTEM_FILE))))
        self.assertGreater(len(wanted), 300)
        for libc in COMPILERS:
            names = self.names_asked(libc, list(wanted))
            answers = ask(libc, [f"name {each.name} {each.protocol}"
                                 for each in names])
            other = {each for each, port in zip(names, answers, strict=True)
                     if port != str(wanted[each])}
            allowed = set(self.names_asked(libc, list(exceptions())))
            self.assertEqual(other, allowed & set(names), libc)

    def test_exceptions_are_few_and_have_reasons(self):
        rows = exceptions()
        self.assertLessEqual(len(rows), MOST_EXCEPTIONS)
        for name, row in rows.items():
            self.assertRegex(row["Reason"], r"\w+ \w+", name)
            self.assertRegex(row["Source"], r"https://|RFC \d+", name)

    def test_names_resolve_to_the_port_that_portreg_says(self):
        names = sorted({each for each, _ in names_of(EXPORTED)})
        said = short_answers([f"{each.name}/{each.protocol}"
                              for each in names])
        self.assertGreater(len(names), 10_000)
        said_of = dict(zip(names, said, strict=True))
        for libc in COMPILERS:
            asked = self.names_asked(libc, names)
            answers = ask(libc, [f"name {each.name} {each.protocol}"
                                 for each in asked])
            wrong = {each: (port, said_of[each])
                     for each, port in zip(asked, answers, strict=True)
                     if port != said_of[each].partition("-")[0]}
            self.assertEqual(wrong, {}, libc)

    def test_ports_have_the_name_that_portreg_says(self):
        first: dict[tuple[int, str], str] = {}
        for name, port in names_of(EXPORTED):
            first.setdefault((port, name.protocol), name.name)
        slots = sorted(first)
        said = dict(zip(slots, short_answers(
            [f"{port}/{protocol}" for port, protocol in slots]), strict=True))
        ports = {name: port for name, port in names_of(EXPORTED)}
        # Leaves out slots whose name has another port, because the file lists
        # such a slot by a name that has this port.
        said = {slot: name for slot, name in said.items()
                if ports.get(Name(name, slot[1])) == slot[0]}
        self.assertGreater(len(said), 10_000)
        for libc in COMPILERS:
            asked = [slot for slot in said
                     if libc == "glibc" or slot[1] in MUSL_PROTOCOLS]
            answers = ask(libc, [f"port {port} {protocol}"
                                 for port, protocol in asked])
            wrong = {slot: (name, said[slot])
                     for slot, name in zip(asked, answers, strict=True)
                     if name != said[slot]}
            self.assertEqual(wrong, {}, libc)

    def test_lines_fit_musls_buffer(self):
        lines = EXPORTED.read_bytes().splitlines()
        self.assertEqual(
            [line for line in lines if len(line) > MOST_LINE_BYTES], [])


if __name__ == "__main__":
    unittest.main()
