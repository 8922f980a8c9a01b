"""Runs check_ranges.py over sound and faulty tables, and serves a site's rules.

    PORTREGD=portregd python3 range_table_test.py
"""

import pathlib
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "integration"), str(HERE.parent / "interop")]

import processes
from client import Client
from portreg_proto import Stub, pb
from processes import CALL_SECONDS, Portregd
import table_checker

RANGES = HERE.parents[1] / "common/embedded/ranges.csv"
HEADER = "Ports,Transport Protocol,Kind,Severity,Message,Reference\n"


class CheckerTest(unittest.TestCase):

    def faults(self, text: str) -> str:
        return table_checker.faults("check_ranges.py", text)

    def test_the_embedded_table_passes(self):
        self.assertEqual(self.faults(RANGES.read_text(encoding="utf-8")), "")

    def test_each_fault_is_named(self):
        table = {
            "80-70,,browsers,info,m,https://a.b/": "ports '80-70'",
            '"9,8",,browsers,info,m,https://a.b/': "ports '9,8'",
            "80,udp/tcp,browsers,info,m,https://a.b/": "transports 'udp/tcp'",
            "80,,own,info,m,https://a.b/": "kind 'own'",
            "80,,browsers,high,m,https://a.b/": "severity 'high'",
            "80,,browsers,info,,https://a.b/": "message ''",
            "80,,browsers,info,m,http://a.b/": "reference 'http://a.b/'",
            "80,,browsers,info,m": "not 6 fields"}
        for row, fault in table.items():
            with self.subTest(row=row):
                self.assertIn(f"line 2: {fault}", self.faults(HEADER + row + "\n"))
        self.assertIn("line 3: a port occurs twice in kind browsers", self.faults(
            HEADER + 2 * "80,tcp,browsers,info,m,https://a.b/\n"))
        self.assertIn("kind exporters covers 0 ports, not 900", self.faults(HEADER))
        self.assertIn("the columns are not", self.faults("a,b\n"))


class SiteTest(unittest.TestCase):
    """Runs a server with --ranges_file."""

    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.file = self.directory / "ranges.csv"

    def write(self, rows: str) -> None:
        written = self.directory / "written"
        written.write_text(HEADER + rows, encoding="utf-8")
        written.rename(self.file)

    def test_a_site_replaces_rules_and_a_reload_takes_new_ones(self):
        self.write("15000-20000,,linux-ephemeral,warning,ours,\n")
        kind = pb.ADVISORY_KIND_LINUX_EPHEMERAL
        with Portregd(f"--ranges_file={self.file}") as server, server.channel() as channel:
            client = Client(channel)
            self.assertEqual(self.messages(client, 15000, kind), ["ours"])
            self.assertEqual(self.messages(client, 40000, kind), [])
            before = client.info().revision
            watch = Stub(channel).Watch(
                pb.WatchRequest(revision=before), timeout=CALL_SECONDS)
            self.write("7000,tcp,legacy,error,old,\n")
            self.assertNotEqual(next(watch).revision, before)
            watch.cancel()
            self.assertEqual(self.messages(client, 15000, kind), [])
            self.assertEqual(len(self.messages(client, 40000, kind)), 1)
            self.assertEqual(self.messages(client, 7000, pb.ADVISORY_KIND_RANGE_RULE), ["old"])

    def messages(self, client: Client, port: int, kind: int) -> list[str]:
        return [advisory.message for advisory in client.classify(port=port).advisories
                if advisory.kind == kind]

    def test_a_bad_file_is_refused_with_its_place(self):
        self.write("15000-20000,,linux-ephemeral,fatal,ours,\n")
        for check in ((), ("--check",)):
            outcome = processes.run(f"--ranges_file={self.file}", *check)
            self.assertEqual(outcome.code, 1)
            self.assertIn(f"{self.file}: line 2, column 30: severity", outcome.stderr)

    def test_check_reports_the_rules(self):
        self.write(",,exporters,,,\n7000,tcp,legacy,error,old,\n")
        report = processes.run("--check", f"--ranges_file={self.file}")
        self.assertEqual(report.code, 0)
        self.assertIn("legacy (a kind of its own), error: 7000\n", report.stdout)
        self.assertIn("linux-ephemeral, warning: 32768-60999\n", report.stdout)
        self.assertNotIn("exporters", report.stdout)
        self.assertNotIn("linux-ephemeral", processes.run("--check").stdout)


if __name__ == "__main__":
    unittest.main()
