"""Checks the formats of portreg's output, and failures of its standard output.

    PORTREGD=portregd PORTREG=portreg python3 portreg_output_test.py
"""

import csv
import io
import json
import pathlib
import re
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / directory)
                for directory in ("data", "interop")]

from google.protobuf import json_format
import expected
import hostile_rows
import processes
import registry_reader
import tool
from enum_names import COMMON, IANA, LOCAL, WELL_KNOWN
from expected import TRANSPORTS, entries
from hostile_rows import ESC
from portreg_proto import pb, records
from processes import Portregd

REVISION = re.compile(r"\b[0-9a-f]{32,}\b")


def setUpModule():
    global SERVER, LOCAL_SERVER, WANTED
    SERVER = unittest.enterModuleContext(Portregd())
    LOCAL_SERVER = unittest.enterModuleContext(hostile_rows.server())
    WANTED = expected.embedded()


def ask(*arguments: str, server=None, **options) -> processes.Outcome:
    """Runs the tool, against SERVER if no server is given; it must exit 0."""
    return tool.ask(server or SERVER, *arguments, **options)


class ShortTest(unittest.TestCase):
    """Checks --short."""

    def test_a_port_gives_its_name(self):
        for keys, lines in (
                (["443"], "https\n"), (["2082"], "infowave\n"),
                (["U:53", "53/tcp"], "domain\ndomain\n"),
                (["465/tcp", "5432"], "submissions\npostgres\n"),
                (["--layer=common", "443", "5432"], "HTTPS\npostgres\n"),
                (["--layer=iana", "5432"], "postgresql\n"),
                (["--layer=iana", "2082"], "infowave\n"),
                (["--layer=iana", "80", "716/udp"], "http\npana\n"),
                (["T:514", "--layer=iana"], "shell\n")):
            with self.subTest(keys=keys):
                self.assertEqual(ask("--short", *keys).stdout, lines)

    def test_the_layers_name_a_port_in_their_order(self):
        ranks = {LOCAL: 0, IANA: 2}
        rows = [(ranks.get(layer, 1 if row.of_software else 3),
                 row.width, TRANSPORTS.index(row.transport), row)
                for layer, registry in (
                    (COMMON, expected.common_layer()),
                    (IANA, registry_reader.load(
                        expected.EMBEDDED_DIR / "iana.csv")))
                for row in registry.rows if row.port and row.service]
        names = {}
        for *_, row in sorted(rows, key=lambda each: each[:3]):
            for port in range(row.first_port, row.last_port + 1):
                names.setdefault(port, row.service)
        ports = sorted(names)[::5]
        self.assertEqual(
            ask("--short", ",".join(map(str, ports))).stdout.splitlines(),
            [names[port] for port in ports])

    def test_a_name_gives_its_port(self):
        for keys, lines in (
                (["postgresql", "pgsql", "postgresql/udp"],
                 "5432\n5432\n5432\n"), (["ssmtp"], "465\n"),
                (["x11/udp", "--layer=iana"], "6000-6063\n"),
                (["https"], "443\n"), (["HTTPS", "9pfs"], "443\n564\n"),
                (["netbios"], "137-139\n"), (["smb"], "445\n")):
            with self.subTest(keys=keys):
                self.assertEqual(ask("--short", *keys).stdout, lines)

    def test_a_range_gives_each_service_once_in_one_line(self):
        self.assertEqual(
            ask("--short", "--layer=iana", "20-25", "21-22", "443").stdout,
            "ftp-data,ftp,ssh,telnet,smtp\nftp,ssh\nhttps\n")

    def test_a_miss_is_a_hyphen_and_exit_2(self):
        outcome = tool.run(f"--target={SERVER.address}", "--short", "4",
                           "no-such", "49160-49161", "22")
        self.assertEqual((outcome.code, outcome.stdout), (2, "-\n-\n-\nssh\n"))
        self.assertEqual(len(outcome.stderr.splitlines()), 3)

    def test_a_name_without_a_port_is_a_hyphen(self):
        self.assertEqual(
            ask("--short", "portless", "plain", server=LOCAL_SERVER).stdout,
            f"-\n{hostile_rows.PLAIN_PORT}\n")

    def test_classify_and_info_have_a_short_answer_too(self):
        revision = json.loads(ask("info", "-o", "json").stdout)["revision"]
        self.assertEqual(ask("info", "--short").stdout, f"{revision}\n")
        self.assertEqual(
            len(ask("classify", "--short", "80", "50000").stdout.split("\n")),
            3)


class FormatTest(unittest.TestCase):
    """Checks -o: each format holds the same records."""

    KEYS = ("443", "20-21", "smb", "9/dccp", "2082", "pgsql")

    def setUp(self):
        self.wanted = [
            *WANTED.by_port(443), *WANTED.listing(20, 21),
            *WANTED.by_name("smb"), *WANTED.by_port(9, "dccp"),
            *WANTED.by_port(2082), *WANTED.by_name("pgsql")]

    def test_json_lookup_is_a_batch_lookup_response(self):
        text = ask(*self.KEYS, "-o", "json").stdout
        answer = json_format.Parse(text, pb.BatchLookupResponse(),
                                   ignore_unknown_fields=True)
        self.assertEqual([each["key"] for each in json.loads(text)["results"]],
                         list(self.KEYS))
        self.assertEqual(
            [entry for result in answer.results
             for entry in entries(result.response)], self.wanted)
        self.assertEqual(
            [entry.aliases for result in answer.results
             for entry in entries(result.response)],
            [entry.aliases for entry in self.wanted])
        self.assertEqual(answer.results[0].response.port_class, WELL_KNOWN)
        self.assertEqual(len(answer.results[0].response.states), 4)
        self.assertEqual(len(answer.results[3].response.states), 1)
        self.assertRegex(answer.revision, REVISION)

    def test_json_listing_is_a_list_range_response(self):
        for arguments, question in ((("20-21",), (20, 21)), ((), ()),
                                    (("49160",), (49160, 49160))):
            wanted = WANTED.listing(*question)
            answer = json_format.Parse(
                ask("list", *arguments, "-o", "json", remark="" if wanted else
                    f"portreg: no record in {', '.join(arguments)}\n").stdout,
                pb.ListRangeResponse())
            self.assertEqual(entries(answer), wanted)

    def test_json_info_is_a_get_registry_info_response(self):
        info = json_format.Parse(
            ask("info", "-o", "json", server=LOCAL_SERVER).stdout,
            pb.GetRegistryInfoResponse())
        self.assertEqual([layer.layer for layer in info.layers],
                         [LOCAL, COMMON, COMMON, IANA])
        self.assertEqual(
            [layer.source for layer in info.layers],
            ["local assignments", "table of common ports",
             "software defaults", "IANA registry"])
        self.assertEqual(info.layers[0].record_count, len(hostile_rows.ROWS))
        self.assertEqual(info.layers[0].origin, hostile_rows.FILE_NAME)

    def test_json_classify_is_an_array_of_classify_responses(self):
        found = json.loads(
            ask("classify", "80", "50000/udp", "-o", "json").stdout)
        self.assertEqual([each.pop("key") for each in found],
                         ["80", "50000/udp"])
        answers = [json_format.ParseDict(each, pb.ClassifyResponse())
                   for each in found]
        self.assertEqual([answer.port_class for answer in answers],
                         [WELL_KNOWN, records.PORT_CLASS_DYNAMIC])

    def test_ndjson_is_a_record_a_line(self):
        for command, wanted in ((self.KEYS, self.wanted),
                                (("list",), WANTED.listing())):
            lines = ask(*command, "-o", "ndjson").stdout.splitlines()
            found = [json.loads(line) for line in lines]
            keys = [each.pop("key", None) for each in found]
            self.assertEqual(list(dict.fromkeys(keys)),
                             [None] if command == ("list",) else list(command))
            self.assertEqual(
                [expected.entry_of_record(
                    json_format.ParseDict(each, records.PortRecord()))
                 for each in found], wanted)

    def test_keys_without_a_record_are_paired_too(self):
        keys = ("no-such", "443/tcp", "49160", "49161-49162", "x y/udp", "22")
        lines = [json.loads(line) for line in tool.run(
            f"--target={SERVER.address}", *keys, "-o", "ndjson"
        ).stdout.splitlines()]
        self.assertEqual(list(dict.fromkeys(line["key"] for line in lines)),
                         list(keys))
        by_key = {line["key"]: line for line in lines}
        self.assertEqual(by_key["no-such"]["failure"]["code"], 5)
        self.assertIn('"x y"', by_key["x y/udp"]["failure"]["message"])
        for key in ("49160", "49161-49162"):
            self.assertEqual(by_key[key], {"key": key})
        results = json.loads(tool.run(
            f"--target={SERVER.address}", *keys, "-o", "json").stdout)["results"]
        self.assertEqual([each["key"] for each in results], list(keys))
        self.assertEqual([("response" in each, "failure" in each)
                          for each in results],
                         [(False, True), (True, False), (True, False),
                          (True, False), (False, True), (True, False)])

    def test_the_last_column_of_a_lookup_is_the_key(self):
        rows = list(csv.reader(io.StringIO(
            ask("ssh", "443/tcp,20-21", "-o", "csv").stdout)))
        self.assertEqual(rows[0][-1], "key")
        self.assertEqual(list(dict.fromkeys(row[-1] for row in rows[1:])),
                         ["ssh", "443/tcp", "20-21"])
        self.assertEqual(
            [line.split("\t")[-1] for line in ask(
                "22/sctp", "-o", "tsv", "--no-headers",
                "--layer=iana").stdout.splitlines()], ["22/sctp"])

    def test_csv_is_read_back_as_it_was(self):
        self.assertEqual(
            tool.entries_of_csv(ask(*self.KEYS, "-o", "csv").stdout),
            self.wanted)
        found = tool.entries_of_csv(ask(
            "list", "--layer=local", "--portless", "-o", "csv",
            server=LOCAL_SERVER).stdout)
        self.assertEqual(
            [(entry.service, entry.description) for entry in found],
            [(row[0], row[3]) for row in hostile_rows.ROWS])

    def test_tsv_is_read_back_as_it_was(self):
        escapes = {r"\t": "\t", r"\n": "\n", r"\r": "\r", r"\\": "\\"}
        text = ask("list", "--portless", "-o", "tsv",
                   server=LOCAL_SERVER).stdout
        rows = [[re.sub(r"\\[tnr\\]", lambda it: escapes[it[0]], field)
                 for field in line.split("\t")]
                for line in text.removesuffix("\n").split("\n")]
        self.assertEqual(rows, list(csv.reader(io.StringIO(
            ask("list", "--portless", "-o", "csv",
                server=LOCAL_SERVER).stdout, newline=""))))
        self.assertEqual({len(row) for row in rows}, {
            len(tool.CSV_COLUMNS) + len(tool.OWN_COLUMNS)})

    def test_names_are_distinct(self):
        self.assertEqual(
            ask("20-22", "ssh", "SSH", "-o", "name").stdout,
            "FTP\nftp-data\nfsp\nSSH\n")
        names = ask("list", "-o", "name").stdout.splitlines()
        self.assertEqual(
            sorted(name.lower() for name in names),
            sorted({entry.service.lower() for entry in WANTED.listing()
                    if entry.service}))

    def test_json_keeps_every_character_and_writes_none_raw(self):
        for form in ("json", "ndjson"):
            text = ask("list", "--layer=local", "--portless", "-o", form,
                       server=LOCAL_SERVER).stdout
            found = (json.loads(text)["records"] if form == "json" else
                     [json.loads(line) for line in text.splitlines()])
            self.assertEqual(
                [(record["service"], record["description"])
                 for record in found], [(row[0], row[3]) for row in hostile_rows.ROWS])
            self.assertNotIn(ESC, text)

    def test_table_shows_the_port_name_layer_and_description(self):
        title, *lines = ask(*self.KEYS).stdout.splitlines()
        self.assertEqual(title.split(),
                         ["PORT", "SERVICE", "LAYER", "DESCRIPTION"])
        self.assertEqual(len(lines), len(self.wanted))
        columns = [title.index(word) for word in title.split()]
        for line, entry in zip(lines, self.wanted):
            cells = [line[start:end].rstrip() for start, end in zip(
                columns, [*columns[1:], None])]
            self.assertEqual(cells[1], entry.service or "-")
            self.assertEqual(cells[2], "iana" if entry.layer == IANA
                             else "common")
            self.assertEqual(cells[3], entry.description)
            self.assertTrue(cells[0].startswith(
                "-" if entry.first_port is None else str(entry.first_port)))
            self.assertTrue(cells[0].endswith(entry.transport))

    def test_o_and_output_are_the_same(self):
        for form in ("table", "wide", "json", "ndjson", "csv", "tsv",
                     "services", "name"):
            outputs = {ask("443", *flags).stdout for flags in (
                ("-o", form), (f"-o={form}",), (f"--output={form}",),
                ("--output", form))}
            self.assertEqual(len(outputs), 1)

    def assert_left_out(self, flag: str, command: tuple[str, ...]):
        # Compares words, because columns may be narrower without their titles.
        whole, bare = ([line.split() for line in outcome.stdout.splitlines()]
                       for outcome in (ask(*command), ask(*command, flag)))
        self.assertEqual(bare, whole[1:])

    def test_headers_can_be_left_out(self):
        for command in (("443",), ("443", "-o", "csv"), ("list", "20-21"),
                        ("443", "-o", "wide"), ("list", "-o", "tsv"),
                        ("search", "cups", "-o", "csv"), ("info", "-o", "tsv"),
                        ("list", "-o", "csv"), ("info", "-o", "csv"),
                        ("classify", "80", "-o", "csv")):
            with self.subTest(command=command):
                self.assert_left_out("--no_headers", command)

    def test_no_headers_is_also_written_with_a_hyphen(self):
        self.assert_left_out("--no-headers", ("443",))


class PipeTest(unittest.TestCase):
    """Closes standard output early, or makes it fail."""

    COMMANDS = (("list",), ("list", "-o", "csv"), ("list", "-o", "json"),
                ("list", "-o", "ndjson"), ("0-65535", "-o", "json"),
                ("0-65535",), ("443", "-o", "json"))

    def test_head_is_quiet(self):
        for command in self.COMMANDS:
            outcome = ask(*command,
                          before=("sh", "-c", '"$@" | head -n 1', "sh"))
            self.assertEqual(len(outcome.stdout.splitlines()), 1)

    def test_a_full_device_is_an_error(self):
        for command in (*self.COMMANDS, ("info",), ("classify", "80"),
                        ("--short", "443"), ("--help",), ("--version",)):
            with self.subTest(command=command), open("/dev/full", "wb") as full:
                outcome = tool.run(f"--target={SERVER.address}", *command,
                                   stdout=full)
                self.assertNotEqual(outcome.code, 0)
                self.assertRegex(outcome.stderr, r"\A[^\n]+: No space left on device\n\Z")


if __name__ == "__main__":
    unittest.main()
