"""Serves own tables as people keep them: from spreadsheets, in several files, in folders.

    PORTREGD=portregd python3 own_tables_test.py

The inputs are in own_tables.
"""

import pathlib
import sys
import tempfile
import unittest

sys.path[:0] = [
    str(pathlib.Path(__file__).resolve().parents[1] / "interop")]

import processes
from client import Client
from enum_names import COMMON, LOCAL, TCP, UDP
from portreg_proto import pb, records
from processes import Portregd
from registry_files import COLUMNS, csv_text

TABLES = pathlib.Path(__file__).resolve().parent / "own_tables"
OWNED = COLUMNS[:4] + ("Owner", "Since", "Until", "Bind")
FULL = records.RECORD_VIEW_FULL
SITE_SOURCE = "site defaults"

# The parts of the message about each refused table.
REFUSED = {
    "lists": ("line 7, column 13", 'transport "icmp"', "tcp, udp, sctp"),
    "cp1252": ("line 2, column 26", "0xe4", "Windows-1252", "UTF-8"),
    "excel-date": ("line 2, column 7", "12-Oct", "spreadsheet"),
    "pandas-float": ("line 2, column 9", "7100.0", "decimals"),
    "semicolon": ("line 1", 'separator is ";"', "commas"),
    "sep-line": ("line 1", "sep=", "remove the line"),
    "utf16": ("UTF-16", "UTF-8")}
# Tables that are accepted, with their records.
ACCEPTED = {
    "bom-crlf": ["billing 7100-7100"],
    "trailing-commas": ["billing 7100-7100"],
    "block-named": ["team-blue 7000-7099", "billing 7042-7042"],
    "block-nameless": [" 7000-7099", "billing 7042-7042"],
    "header-only": []}


def setUpModule():
    global DIRECTORY
    DIRECTORY = pathlib.Path(unittest.enterModuleContext(
        tempfile.TemporaryDirectory(prefix="portregd-")))


def write(name: str, rows, columns=OWNED) -> pathlib.Path:
    """Writes a table and returns its path."""
    path = DIRECTORY / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(csv_text(rows, columns), "utf-8")
    return path


def local_records(client: Client) -> list:
    """Returns all records of layer local in full."""
    return [record for message in client.listing(layers=[LOCAL], view=FULL)
            for record in message.records]


class SpreadsheetTest(unittest.TestCase):
    """Serves tables that other programs have written."""

    def test_refused_tables_name_place_value_and_cause(self):
        for name, parts in REFUSED.items():
            with self.subTest(table=name):
                done = processes.run(
                    "--check", f"--local_file={TABLES / name}.csv")
                self.assertEqual(done.code, 1)
                for part in (f"{name}.csv", *parts):
                    self.assertIn(part, done.stderr)

    def test_the_row_of_an_unknown_transport_is_the_only_fault_of_its_table(self):
        text = (TABLES / "lists.csv").read_text("utf-8")
        path = DIRECTORY / "lists.csv"
        path.write_text("".join(
            line for line in text.splitlines(True) if "icmp" not in line), "utf-8")
        with Portregd(f"--local_file={path}") as server:
            self.assertEqual(
                [(record.service, record.first_port, record.last_port,
                  record.transport)
                 for record in local_records(Client(server.channel()))],
                [("resolver", 53, 53, TCP), ("resolver", 53, 53, UDP),
                 ("front", 80, 80, TCP), ("front", 443, 443, TCP),
                 ("relay", 2379, 2380, TCP),
                 ("cluster-meta", 8005, 8005, TCP),
                 ("cluster-meta", 8005, 8005, UDP),
                 ("voice", 35200, 35220, UDP)])

    def test_accepted_tables_have_their_records_and_no_collision(self):
        for name, wanted in ACCEPTED.items():
            with self.subTest(table=name):
                flag = f"--local_file={TABLES / name}.csv"
                done = processes.run("--check", flag)
                self.assertEqual((done.code, done.stderr), (0, ""))
                with Portregd(flag) as server:
                    self.assertEqual(
                        [f"{record.service} {record.first_port}-{record.last_port}"
                         for record in local_records(Client(server.channel()))],
                        wanted)

    def test_a_block_counts_as_held_on_every_port_of_it(self):
        for name in ("block-named", "block-nameless"):
            with Portregd(f"--local_file={TABLES / name}.csv") as server:
                client = Client(server.channel())
                for port, held in {6999: False, 7000: True, 7041: True,
                                   7042: True, 7099: True, 7100: False}.items():
                    with self.subTest(table=name, port=port):
                        state, = client.lookup(port=port, transport=TCP).states
                        self.assertEqual(state.taken_locally, held)


class ColumnsTest(unittest.TestCase):
    """Checks columns that only own tables have."""

    def test_since_until_and_bind_are_in_the_details(self):
        path = write("columns.csv", [
            ("billing", "7100", "tcp", "", "pay", "2026-01-31", "2027-12-31",
             "Loopback"), ("audit", "7101", "tcp")])
        with Portregd(f"--local_file={path}") as server:
            client = Client(server.channel())
            self.assertEqual(
                [(record.details.since, record.details.until,
                  record.details.bind) for record in local_records(client)],
                [("2026-01-31", "2027-12-31", "loopback"), ("", "", "")])
            self.assertFalse(
                client.lookup(port=7100).records[0].HasField("details"))

    def test_a_description_does_not_free_a_port(self):
        path = write("unassigned.csv", [
            ("", "7100", "tcp", "unassigned, ask us", "pay"),
            ("spare", "7101", "tcp", "Unassigned", "pay")])
        with Portregd(f"--local_file={path}") as server:
            client = Client(server.channel())
            for port, name in ((7100, "pay"), (7101, "spare")):
                with self.subTest(port=port):
                    state, = client.lookup(port=port, transport=TCP).states
                    self.assertTrue(state.taken_locally)
                    advisory = client.classify(
                        port=port, transport=TCP).advisories[0]
                    self.assertEqual(advisory.kind,
                                     pb.ADVISORY_KIND_TAKEN_LOCALLY)
                    self.assertIn(name, advisory.message)


class SeveralFilesTest(unittest.TestCase):
    """Serves tables in several files and folders."""

    @classmethod
    def setUpClass(cls):
        cls.one = write("one.csv", [("one", "7001", "tcp")])
        write("teams/b.csv", [("b", "7003", "tcp")])
        write("teams/a.csv", [("a", "7002", "tcp"), ("same", "7003", "tcp")])
        write("teams/.hidden.csv", [("hidden", "7004", "tcp")])
        cls.folder = DIRECTORY / "teams"

    def served(self, *flags, **options):
        """Returns the names of the local files, and of the local records."""
        with Portregd(*flags, **options) as server:
            client = Client(server.channel())
            return ([layer.origin for layer in client.info().layers
                     if layer.layer == LOCAL],
                    sorted(record.service for record in local_records(client)))

    def test_flags_and_variable_take_lists(self):
        wanted = (["one.csv", "a.csv", "b.csv"], ["a", "b", "one", "same"])
        both = f"{self.one},{self.folder}"
        for flags, options in (
                ((f"--local_file={both}",), {}),
                ((f"--local_file={self.one}", f"--local-file={self.folder}/"), {}),
                (("--local_file", str(self.one), "--local_file",
                  str(self.folder)), {}),
                ((), {"variables": {"PORTREGD_LOCAL_FILE": both}})):
            with self.subTest(flags=flags, options=options):
                self.assertEqual(self.served(*flags, **options), wanted)

    def test_collisions_of_different_files_name_the_files(self):
        done = processes.run("--check", f"--local_file={self.folder}")
        self.assertEqual(done.code, 1)
        self.assertIn("a.csv, line 3 (same) and b.csv, line 2 (b) both claim "
                      "port 7003/tcp", done.stdout)

    def test_a_missing_path_and_an_empty_folder_are_errors(self):
        empty = DIRECTORY / "empty"
        empty.mkdir()
        for path, part in ((DIRECTORY / "missing", "cannot be opened"),
                           (empty, "without a file whose name ends with .csv")):
            for flag in ("--local_file", "--common_file"):
                with self.subTest(path=path, flag=flag):
                    done = processes.run(
                        "--listen=127.0.0.1:0", f"{flag}={self.one},{path}")
                    self.assertEqual(done.code, 1)
                    self.assertIn(f"{path}: ", done.stderr)
                    self.assertIn(part, done.stderr)

    def test_repetitions_are_warnings(self):
        path = write("repeated.csv", [("a", "7000", "tcp", "", "x"),
                                      ("A", "7000", "", "", "x")])
        done = processes.run("--check", f"--local_file={path}")
        self.assertEqual(done.code, 0)
        self.assertIn("warning: local, line 2 (a) and line 3 (A) both claim "
                      "port 7000/tcp for one service and owner", done.stdout)
        with Portregd(f"--local_file={path}") as server:
            local_records(Client(server.channel()))
        self.assertIn("rows repeat a service and owner", server.last_words)


class CommonFileTest(unittest.TestCase):
    """Checks rows that a site adds to layer common."""

    @classmethod
    def setUpClass(cls):
        path = write("site.csv", [
            ("our-cache", "6379", "tcp", "Our fork", "ignored"),
            ("our-new", "7999", "tcp", "Ours alone")])
        cls.ask = Client(cls.enterClassContext(
            Portregd(f"--common_file={path}")).channel())

    def test_the_rows_come_between_the_users_table_and_practice(self):
        found = [(record.service, record.source, record.details.owner)
                 for record in self.ask.lookup(
                     port=6379, transport=TCP, view=FULL).records
                 if record.layer == COMMON]
        self.assertEqual(
            [record for record in found if record[0] in ("our-cache", "redis")],
            [("our-cache", SITE_SOURCE, ""),
             ("redis", "software defaults", "")])
        sources = [layer.source for layer in self.ask.info().layers]
        self.assertEqual(sources, ["table of common ports", SITE_SOURCE,
                                   "software defaults", "IANA registry"])
        self.assertEqual(self.ask.info().layers[1].origin, "site.csv")

    def test_advice_and_lookups_by_name_include_them(self):
        self.assertTrue(any(
            "our-new" in advisory.message for advisory in self.ask.classify(
                port=7999, transport=TCP).advisories))
        record, = self.ask.lookup(service="OUR-NEW").records
        self.assertEqual((record.first_port, record.layer), (7999, COMMON))


if __name__ == "__main__":
    unittest.main()
