"""Runs portreg import on tables as people keep them, and portregd on the result.

    PORTREGD=portregd PORTREG=portreg python3 portreg_import_test.py

import_cases/ holds tables as spreadsheets, other tools and people write them,
with invented names.
"""

import csv
import io
import os
import pathlib
import subprocess
import tempfile
import unittest

import processes
import registry_files
import tool
from processes import Portregd
from tool_case import ToolTestCase

CASES = pathlib.Path(__file__).resolve().parent / "import_cases"
PROTOCOLS = "GRPC=tcp,HTTP=tcp,HBONE=tcp,DNS=tcp/udp"

# file: flags, exit code, the rows as name, ports, transport, owner or scope,
# and parts of standard error.
IMPORTED = {
    "two_hosts.csv": ((), 0, [
        "proxy-ui 80 tcp nas1", "dns-ui 80 tcp pi4", "wiki 8084 tcp nas1",
        "sensor-hub 8084 tcp pi4"], ['line 1: columns are read: "Host" as Scope']),
    "several_ports.csv": ((), 3, [
        "resolver 53 tcp", "resolver 53 udp", "cluster-meta 8005 tcp",
        "cluster-meta 8005 udp", "front 80 tcp", "front 443 tcp",
        "voice 35200-35220 udp", "relay 2379-2380 tcp"],
        ['line 7: left out: protocol "icmp"', "1 left out, 8 records written"]),
    "port_mappings.csv": ((), 0, [
        "resolver 53 tcp", "resolver 53 udp", "media 35200-35220 udp"], ['"port_mappings" as Port Number']),
    "services": ((), 3, [
        "blockgame 10001 tcp", "blockgame 10001 udp", "ssh-alt 1234 tcp",
        "indented 7300 tcp"],
        ['line 5: left out: protocol "divert"', 'line 6: left out: protocol "ddp"']),
    "tables.md": ((), 0, [
        "billing 7100 tcp", "front 80 tcp", "front 443 tcp"], []),
    "protocols.csv": ((), 3, ["sidecar-admin 15000 tcp", "sidecar-out 15001 tcp"], [
        f"line {line}: left out: protocol \"{word}\" is not tcp, udp, sctp or "
        f"dccp; --protocol {word}=tcp" for line, word in enumerate(
            ("HBONE", "GRPC", "HTTP", "DNS"), 4)]),
    "short_headers.csv": ((), 0, ["billing 7100 tcp"], ['"Assignee" as Owner']),
    "ticks.csv": ((), 0, ["billing 7100 tcp", "audit 7101 tcp", "audit 7101 udp"], []),
    "underscores.csv": ((), 0, ["billing 7100 tcp"], []),
    "bom_crlf.csv": ((), 0, ["billing 7100 tcp"], []),
    "semicolon.csv": ((), 0, ["billing 7100 tcp"], []),
    "separator_line.csv": ((), 0, ["billing 7100 tcp"], []),
    "trailing_commas.csv": ((), 0, ["billing 7100 tcp"], []),
    "utf16.csv": ((), 0, ["billing 7100 tcp"], []),
    "date.csv": ((), 3, [], ['line 2: left out: ports "12-Oct" cannot be used']),
    "footnotes.tsv": ((), 3, ["plain 7126 tcp"], [
        'line 2: left out: ports "7125 [1]" cannot be used',
        'line 3: left out: ports "9000+" cannot be used']),
    "psql.txt": ((), 0, ["pgapp 7100 tcp"], []),
    "float.csv": ((), 0, ["billing 7100 tcp", "name-only  tcp"],
                  ["line 2: port 7100.0 is read as 7100"]),
}


def run_import(path: pathlib.Path | str, *flags: str, stdin: bytes | None = None):
    """Returns the outcome of an import."""
    if stdin is None:
        return tool.run("import", str(path), *flags)
    done = subprocess.run(
        [tool.portreg_path(), "import", str(path), *flags], input=stdin,
        env=tool.environment(), capture_output=True, timeout=tool.RUN_SECONDS,
        check=False)
    return processes.Outcome(done.returncode, done.stdout.decode("utf-8"),
                             done.stderr.decode("utf-8"), 0)


def rows(text: str) -> list[dict[str, str]]:
    """Returns the rows of a table by the titles of its columns."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


def shown(row: dict[str, str]) -> str:
    """Returns the columns of a row that IMPORTED names."""
    scope = f" {row['Scope']}" if row["Scope"] else ""
    return (f"{row['Service Name']} {row['Port Number']} "
            f"{row['Transport Protocol']}{scope}")


def export(server: Portregd, *arguments: str) -> str:
    """Returns the own table that the server's records make."""
    outcome = tool.run(f"--target={server.address}", "export", "--format=csv",
                       *arguments)
    if outcome[:1] != (0,) or outcome.stderr:
        raise AssertionError(outcome)
    return outcome.stdout


class ImportTest(ToolTestCase):

    maxDiff = None

    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory()))

    def assert_portregd_reads(self, table: str):
        """Checks that portregd accepts a table as it is."""
        file = self.directory / "local.csv"
        file.write_text(table, "utf-8", newline="")
        done = processes.run("--check", f"--local_file={file}")
        self.assertEqual(done.code, 0, done)

    def test_cases_are_imported(self):
        for name, (flags, code, expected, messages) in IMPORTED.items():
            with self.subTest(case=name):
                outcome = run_import(CASES / name, *flags)
                self.assertEqual(outcome.code, code, outcome)
                self.assertEqual([shown(row) for row in rows(outcome.stdout)],
                                 expected)
                for message in messages:
                    self.assertIn(message, outcome.stderr)
                if not messages:
                    self.assertEqual(outcome.stderr, "")
                self.assert_portregd_reads(outcome.stdout)

    def test_there_is_no_other_case(self):
        self.assertEqual({file.name for file in CASES.iterdir()},
                         {*IMPORTED, "windows_1252.csv"})

    def test_protocols_are_assigned_by_flag(self):
        outcome = run_import(CASES / "protocols.csv", "--protocol", PROTOCOLS)
        self.assertEqual((outcome.code, outcome.stderr), (0, ""))
        self.assertEqual([shown(row) for row in rows(outcome.stdout)][2:], [
            "tunnel 15008 tcp", "xds 15010 tcp", "health 15021 tcp",
            "dns-capture 15053 tcp", "dns-capture 15053 udp"])

    def test_windows_1252_needs_its_flag(self):
        self.assert_one_complaint(run_import(CASES / "windows_1252.csv"),
                                  "line 2", "--encoding=windows-1252")
        outcome = run_import(CASES / "windows_1252.csv",
                             "--encoding=windows-1252")
        self.assertEqual(outcome.code, 0)
        self.assertEqual(rows(outcome.stdout)[0]["Description"],
                         "Essenspl\u00e4ne f\u00fcr alle")

    def test_columns_and_transport_are_given_by_flag(self):
        outcome = run_import(
            "-", "--columns", "Nr=Port Number,Dienst=Service Name",
            "--transport=tcp", stdin=b"Nr;Dienst\r7100;billing\r")
        self.assertEqual((outcome.code, outcome.stderr), (0, ""))
        self.assertEqual([shown(row) for row in rows(outcome.stdout)],
                         ["billing 7100 tcp"])

    def test_pipes_are_read(self):
        read, write = os.pipe()
        os.write(write, b"Port,Name,Protocol\n1,a,tcp\n")
        os.close(write)
        done = subprocess.run(
            [tool.portreg_path(), "import", f"/dev/fd/{read}"],
            env=tool.environment(), pass_fds=(read,), capture_output=True,
            timeout=tool.RUN_SECONDS, check=False)
        os.close(read)
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"\na,1,tcp,", done.stdout)

    def test_unusable_files_exit_1_and_write_nothing(self):
        missing = self.directory / "missing.csv"
        empty = self.directory / "empty.csv"
        empty.touch()
        text = self.directory / "text.txt"
        text.write_text("no table\n")
        large = self.directory / "large.csv"
        large.touch()
        os.truncate(large, (32 << 20) + 1)
        for path, naming in ((missing, "cannot be opened"),
                             (self.directory, "cannot be read"),
                             (empty, "file is empty"),
                             (text, "no table of ports"),
                             (large, "larger than")):
            with self.subTest(path=path.name):
                outcome = run_import(path)
                self.assertEqual(outcome.code, 1)
                self.assert_one_complaint(outcome, naming, str(path))

    def test_bad_flags_exit_1_and_name_what_is_allowed(self):
        case = str(CASES / "underscores.csv")
        for arguments, naming in (
                ((), "one file"), ((case, case), "one file"),
                ((case, "--columns=App"), "TITLE=COLUMN"),
                ((case, "--columns=App=Nix"), "Transport Protocol"),
                ((case, "--columns=App=Owner"), '"Service_Name"'),
                ((case, "--protocol=HTTP"), "NAME=TRANSPORT"),
                ((case, "--transport=http"), "tcp/udp"),
                ((case, "--encoding=ascii"), "windows-1252"),
                ((case, "--offline"), "--offline")):
            with self.subTest(arguments=arguments):
                outcome = tool.run("import", *arguments)
                self.assertEqual(outcome.code, 1)
                self.assert_one_complaint(outcome, naming)

    def test_no_server_is_asked(self):
        with tool.closed_port() as target:
            outcome = tool.run("import", str(CASES / "underscores.csv"),
                               variables={"PORTREG_TARGET": target,
                                          "PORTREG_CACERT": "/missing"})
        self.assertEqual((outcome.code, outcome.stderr), (0, ""))

    def test_a_full_device_is_an_error(self):
        with open("/dev/full", "wb") as full:
            outcome = tool.run("import", str(CASES / "underscores.csv"),
                               stdout=full)
        self.assertEqual(outcome.code, 1)

    def test_import_of_an_export_is_the_identity(self):
        columns = ("Service Name", "Port Number", "Transport Protocol",
                   "Description", "Owner", "Aliases", "Scope", "Status",
                   "Reference")
        table = [
            ("billing", "7100,7110", "tcp", 'A "quoted", text\nof two lines',
             "pay@x", "bills b", "eu/prod", "planned", "[RFC1]"),
            ("two words", "7101 - 7103", "TCP/UDP", " ; | \t", "", "", "", "", ""),
            ("", "7200-7299", "", "Block", "blue", "", "", "", ""),
            ("portless", "", "udp", "\u6771\u4eac \U0001f600", "", "", "", "", ""),
            ("gone", "7300", "sctp", "", "", "", "", "retired", "")]
        file = self.directory / "own.csv"
        file.write_text(registry_files.csv_text(table, columns), "utf-8",
                        newline="")
        with Portregd(f"--local_file={file}") as server:
            exported = export(server)
            records = tool.run(f"--target={server.address}", "list",
                               "--portless", "--layer=local", "--details",
                               "-o", "ndjson").stdout
        self.assertEqual(len(rows(exported)), 7)
        again = self.directory / "again.csv"
        again.write_text(exported, "utf-8", newline="")
        outcome = run_import(again)
        self.assertEqual((outcome.code, outcome.stderr), (0, ""))
        self.assertEqual(outcome.stdout, exported)
        with Portregd(f"--local_file={again}") as server:
            self.assertEqual(export(server), exported)
            self.assertEqual(tool.run(
                f"--target={server.address}", "list", "--portless",
                "--layer=local", "--details", "-o", "ndjson").stdout, records)


class ExportTest(unittest.TestCase):

    def test_an_export_has_the_same_revision_if_its_source_is_in_order(self):
        """The revision depends on the order of records of one width, and listings sort by port."""
        with tempfile.TemporaryDirectory() as name:
            directory = pathlib.Path(name)
            file = directory / "own.csv"
            file.write_text(registry_files.csv_text(
                [("a", "7100,7105", "tcp", "", "x"),
                 ("", "7200-7299", "", "", "y")],
                ("Service Name", "Port Number", "Transport Protocol",
                 "Description", "Owner")), "utf-8")
            again = directory / "again.csv"
            with Portregd(f"--local_file={file}") as server:
                again.write_text(export(server), "utf-8")
                revision = tool.run(f"--target={server.address}", "info",
                                    "--short").stdout
            with Portregd(f"--local_file={again}") as server:
                self.assertEqual(tool.run(f"--target={server.address}", "info",
                                          "--short").stdout, revision)

    def test_ranges_and_layers_are_chosen(self):
        text = tool.run("--offline", "export", "--format=csv", "--layer=iana",
                        "22/tcp").stdout
        self.assertEqual(len(rows(text)), 1)
        self.assertEqual(shown(rows(text)[0]), "ssh 22 tcp")
        self.assertIn("Reference", rows(text)[0])
        self.assertEqual(rows(tool.run("--offline", "export",
                                       "--format=csv").stdout), [])


if __name__ == "__main__":
    unittest.main()
