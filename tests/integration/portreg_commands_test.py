"""Checks portreg's list, classify, info and --layer.

    PORTREGD=portregd PORTREG=portreg python3 portreg_commands_test.py
"""

import csv
import io
import json
import pathlib
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / directory)
                for directory in ("data", "interop")]

from google.protobuf import json_format
import expected
import hostile_rows
import processes
import registry_files
import tool
from enum_names import COMMON, IANA, LOCAL, REGISTERED, WELL_KNOWN
from expected import Entry
from hostile_rows import NASTY, NASTY_PORT, PLAIN_PORT
from portreg_proto import pb, records
from processes import Portregd


def setUpModule():
    global SERVER, LOCAL_SERVER, WANTED
    SERVER = unittest.enterModuleContext(Portregd())
    LOCAL_SERVER = unittest.enterModuleContext(hostile_rows.server())
    WANTED = expected.embedded()


def ask(*arguments: str, server=None, **options) -> processes.Outcome:
    """Runs the tool, against SERVER if no server is given; it must exit 0."""
    return tool.ask(server or SERVER, *arguments, **options)


def csv_rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


class LayerTest(unittest.TestCase):
    """Checks --layer."""

    def test_only_records_of_the_layers_asked_for_are_shown(self):
        for flag, layers in (("iana", {IANA}), ("common", {COMMON}),
                             ("common,iana", {COMMON, IANA}),
                             ("iana,common", {COMMON, IANA}),
                             ("local,common,iana", {COMMON, IANA})):
            for command in (["2082"], ["cpanel", "infowave"], ["2080-2085"],
                            ["list", "2080-2085"]):
                with self.subTest(layers=flag, command=command):
                    outcome = tool.run(f"--target={SERVER.address}",
                                       f"--layer={flag}", "-o", "csv", *command)
                    found = tool.entries_of_csv(outcome.stdout)
                    self.assertEqual({entry.layer for entry in found}, layers)

    def test_a_key_that_only_other_layers_name_is_a_miss(self):
        for key in ("443", "https", "440-450"):
            with self.subTest(key=key):
                outcome = tool.run(f"--target={SERVER.address}",
                                   "--layer=local", "--short", key)
                self.assertEqual((outcome.code, outcome.stdout),
                                 (2, "-\n"))
                self.assertIn(key, outcome.stderr)

    def test_the_local_layer_comes_first(self):
        found = tool.entries_of_csv(ask(
            str(PLAIN_PORT), "-o", "csv", server=LOCAL_SERVER).stdout)
        self.assertEqual(found[0].layer, LOCAL)
        self.assertEqual(
            ask("--short", str(PLAIN_PORT), server=LOCAL_SERVER).stdout,
            "plain\n")


class ListTest(unittest.TestCase):

    def assert_lists(self, arguments: tuple[str, ...], wanted: list[Entry]):
        outcome = ask("list", "-o", "csv", *arguments, remark="" if wanted else
                      f"portreg: no record in {', '.join(arguments)}\n")
        self.assertEqual(tool.entries_of_csv(outcome.stdout), wanted)

    def test_without_a_range_it_is_every_record_that_has_a_port(self):
        self.assert_lists((), WANTED.listing())
        rows = registry_files.read_rows(registry_files.EMBEDDED_IANA_FILE)
        self.assertEqual(
            len(csv_rows(ask("list", "--layer=iana", "-o", "csv").stdout)),
            sum(row[1] != "" for row in rows))

    def test_portless_adds_the_others_at_the_end(self):
        self.assert_lists(("--portless",), WANTED.listing(portless=True))
        self.assert_lists(("--portless", "20-21/udp", "--layer=iana"),
                          WANTED.listing(20, 21, "udp", [IANA], portless=True))

    def test_ranges_and_transports(self):
        for key, question in {
                "0-1023": (0, 1023), "443": (443, 443), "6010": (6010, 6010),
                "20-21/tcp": (20, 21, "tcp"), "U:53": (53, 53, "udp"),
                "0-65535/sctp": (0, 65535, "sctp"), "49160": (49160, 49160),
                "65535": (65535, 65535)}.items():
            with self.subTest(key=key):
                self.assert_lists((key,), WANTED.listing(*question))

    def test_several_ranges_follow_each_other(self):
        wanted = [*WANTED.listing(443, 443), *WANTED.listing(20, 21)]
        self.assert_lists(("443", "20-21"), wanted)
        self.assert_lists(("443,20-21",), wanted)

    def test_portless_records_come_once_and_last_after_several_ranges(self):
        portless = [entry for entry in WANTED.listing(portless=True)
                    if entry.first_port is None]
        self.assert_lists(
            ("443", "20-21", "--portless"),
            [*WANTED.listing(443, 443), *WANTED.listing(20, 21), *portless])


class ClassifyTest(unittest.TestCase):

    CLASSES = {
        0: (WELL_KNOWN, 0, 1023), 1023: (WELL_KNOWN, 0, 1023),
        1024: (REGISTERED, 1024, 49151), 49151: (REGISTERED, 1024, 49151),
        49152: (records.PORT_CLASS_DYNAMIC, 49152, 65535),
        65535: (records.PORT_CLASS_DYNAMIC, 49152, 65535)}

    def test_boundaries(self):
        answers = json.loads(
            ask("classify", *map(str, self.CLASSES), "-o", "json").stdout)
        self.assertEqual(len(answers), len(self.CLASSES))
        for port, each in zip(self.CLASSES, answers):
            self.assertEqual(each.pop("key"), str(port))
            answer = json_format.ParseDict(each, pb.ClassifyResponse())
            text = ask("classify", str(port)).stdout
            with self.subTest(port=port):
                self.assertEqual(
                    (answer.port_class, answer.first_port, answer.last_port),
                    self.CLASSES[port])
                self.assertEqual(
                    text.splitlines()[0], f"{port}: {answer.title} "
                    f"({answer.first_port}-{answer.last_port})")
                for advisory in answer.advisories:
                    self.assertIn(advisory.message, " ".join(text.split()))

    def test_a_transport_keeps_its_advice(self):
        kinds = [row["kind"] for row in csv_rows(
            ask("classify", "716/tcp", "-o", "csv").stdout)]
        self.assertIn("ADVISORY_KIND_IANA_RESERVED", kinds)
        self.assertNotIn("ADVISORY_KIND_IANA_ASSIGNED", kinds)

    def test_csv_is_an_advisory_a_row(self):
        rows = csv_rows(ask("classify", "6000", "U:53", str(NASTY_PORT), "-o",
                            "csv", server=LOCAL_SERVER).stdout)
        self.assertEqual({row["port"] for row in rows},
                         {"6000", "U:53", str(NASTY_PORT)})
        self.assertTrue(any(NASTY in row["message"] for row in rows), rows)


class InfoTest(unittest.TestCase):

    def test_it_names_the_server_the_revision_and_each_layers_data(self):
        info = json.loads(ask("info", "-o", "json").stdout)
        text = ask("info").stdout
        for part in (SERVER.address, info["serverVersion"], info["revision"]):
            self.assertIn(part, text)
        for layer in info["layers"]:
            self.assertIn(layer["sha256"], text)
            self.assertIn(str(layer["recordCount"]), text)

    def test_csv_is_a_file_a_row(self):
        rows = csv_rows(ask("info", "-o", "csv", server=LOCAL_SERVER).stdout)
        self.assertEqual([row["layer"] for row in rows],
                         ["local", "common", "common", "iana"])
        common = expected.common_layer().rows
        of_software = sum(row.of_software for row in common)
        self.assertEqual(
            [row["records"] for row in rows[:3]],
            [str(len(hostile_rows.ROWS)), str(len(common) - of_software),
             str(of_software)])


if __name__ == "__main__":
    unittest.main()
