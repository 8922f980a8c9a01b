"""portreg: what its output looks like, to programs and on a terminal.

    PORTREGD=portregd PORTREG=portreg python3 portreg_output_test.py
"""

import csv
import io
import json
import pathlib
import re
import sys
import tempfile
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / directory)
                for directory in ("data", "interop")]

from google.protobuf import json_format
import expected
import processes
import registry_files
import tool
from enum_names import COMMON, IANA, LOCAL, REGISTERED, WELL_KNOWN
from expected import Entry, entries
from portreg_proto import pb, records
from processes import Portregd

REVISION = re.compile(r"\b[0-9a-f]{32,}\b")

ESC, CSI, OVERRIDE = "\x1b", "\x9b", "\u202e"
# C0, DEL, C1, line separators, and what changes a line's direction (UAX #9).
UNSHOWABLE = "".join(map(chr, [
    *range(1, 32), *range(0x7F, 0xA0), 0x061C, 0x200E, 0x200F,
    *range(0x2028, 0x202F), *range(0x2066, 0x206A)]))
NASTY_PORT, PLAIN_PORT, PORTS_WITH_QUOTES = 48001, 48002, 48003
NASTY = f"evil{ESC}]0;owned\x07{ESC}[2J{CSI}31m\n{OVERRIDE}cod.exe"
QUOTES = 'commas, "quotes", \'single\',\nline\r\nbreaks and ünïcode'
LOCAL_ROWS = [
    (NASTY, str(NASTY_PORT), "tcp", f"in{UNSHOWABLE}side"),
    ("plain", str(PLAIN_PORT), "udp", "a plain service"),
    ('a"b,c', str(PORTS_WITH_QUOTES), "", QUOTES),
    ("portless", "", "", "without a port")]
LOCAL_FILE = f"local{ESC}[31m.csv"


def setUpModule():
    global SERVER, LOCAL_SERVER, WANTED
    SERVER = unittest.enterModuleContext(Portregd())
    directory = unittest.enterModuleContext(tempfile.TemporaryDirectory())
    local_file = pathlib.Path(directory, LOCAL_FILE)
    local_file.write_bytes(registry_files.csv_text(LOCAL_ROWS).encode("utf-8"))
    LOCAL_SERVER = unittest.enterModuleContext(
        Portregd(f"--local_file={local_file}"))
    WANTED = expected.embedded()


def ask(*arguments: str, server=None, remark: str = "",
        **options) -> processes.Outcome:
    """Runs the tool, against SERVER if no server is given; it must exit 0.

    Standard error must be the remark.
    """
    outcome = tool.run(f"--target={(server or SERVER).address}", *arguments,
                       **options)
    if (outcome.code, outcome.stderr) != (0, remark):
        raise AssertionError(f"{arguments}: {outcome}")
    return outcome


def csv_rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


class ShortTest(unittest.TestCase):
    """--short."""

    def test_a_port_gives_the_service_of_its_first_named_record(self):
        for keys, lines in (
                (["443"], "HTTPS\n"), (["2082"], "cPanel\n"),
                (["--layer=iana", "2082"], "infowave\n"),
                (["--layer=iana", "80", "716/udp"], "http\npana\n"),
                (["T:514", "--layer=iana"], "shell\n")):
            with self.subTest(keys=keys):
                self.assertEqual(ask("--short", *keys).stdout, lines)

    def test_a_name_gives_the_port_of_its_first_record_that_has_one(self):
        for keys, lines in (
                (["https"], "443\n"), (["HTTPS", "9pfs"], "443\n564\n"),
                (["netbios"], "137-139\n"), (["smb"], "445\n")):
            with self.subTest(keys=keys):
                self.assertEqual(ask("--short", *keys).stdout, lines)

    def test_a_range_gives_each_service_once(self):
        self.assertEqual(ask("--short", "--layer=iana", "20-25").stdout,
                         "ftp-data\nftp\nssh\ntelnet\nsmtp\n")

    def test_a_miss_is_no_line_but_exit_2(self):
        outcome = tool.run(f"--target={SERVER.address}", "--short", "4",
                           "no-such", "49160-49161", "22")
        self.assertEqual((outcome.code, outcome.stdout), (2, "SSH\n"))
        self.assertEqual(len(outcome.stderr.splitlines()), 3)

    def test_classify_and_info_have_a_short_answer_too(self):
        revision = json.loads(ask("info", "-o", "json").stdout)["revision"]
        self.assertEqual(ask("info", "--short").stdout, f"{revision}\n")
        self.assertEqual(
            len(ask("classify", "--short", "80", "50000").stdout.split("\n")),
            3)


class LayerTest(unittest.TestCase):
    """--layer."""

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
                self.assertEqual((outcome.code, outcome.stdout), (2, ""))
                self.assertIn(key, outcome.stderr)

    def test_the_local_layer_comes_first(self):
        found = tool.entries_of_csv(ask(
            str(PLAIN_PORT), "-o", "csv", server=LOCAL_SERVER).stdout)
        self.assertEqual(found[0].layer, LOCAL)
        self.assertEqual(
            ask("--short", str(PLAIN_PORT), server=LOCAL_SERVER).stdout,
            "plain\n")


class FormatTest(unittest.TestCase):
    """-o: each format holds the same records."""

    KEYS = ("443", "20-21", "smb", "9/dccp", "2082")

    def setUp(self):
        self.wanted = [
            *WANTED.by_port(443), *WANTED.listing(20, 21),
            *WANTED.by_name("smb"), *WANTED.by_port(9, "dccp"),
            *WANTED.by_port(2082)]

    def test_json_lookup_is_a_batch_lookup_response(self):
        answer = json_format.Parse(ask(*self.KEYS, "-o", "json").stdout,
                                   pb.BatchLookupResponse())
        self.assertEqual(len(answer.results), len(self.KEYS))
        self.assertEqual(
            [entry for result in answer.results
             for entry in entries(result.response)], self.wanted)
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
                         [LOCAL, COMMON, IANA])
        self.assertEqual(info.layers[0].record_count, len(LOCAL_ROWS))
        self.assertEqual(info.layers[0].origin, LOCAL_FILE)

    def test_json_classify_is_an_array_of_classify_responses(self):
        answers = [json_format.ParseDict(each, pb.ClassifyResponse())
                   for each in json.loads(
                       ask("classify", "80", "50000", "-o", "json").stdout)]
        self.assertEqual([answer.port_class for answer in answers],
                         [WELL_KNOWN, records.PORT_CLASS_DYNAMIC])

    def test_ndjson_is_a_record_a_line(self):
        for command, wanted in ((self.KEYS, self.wanted),
                                (("list",), WANTED.listing())):
            lines = ask(*command, "-o", "ndjson").stdout.splitlines()
            self.assertEqual(
                [expected.entry_of_record(
                    json_format.Parse(line, records.PortRecord()))
                 for line in lines], wanted)

    def test_csv_is_read_back_as_it_was(self):
        self.assertEqual(
            tool.entries_of_csv(ask(*self.KEYS, "-o", "csv").stdout),
            self.wanted)
        found = tool.entries_of_csv(ask(
            "list", "--layer=local", "--portless", "-o", "csv",
            server=LOCAL_SERVER).stdout)
        self.assertEqual(
            [(entry.service, entry.description) for entry in found],
            [(row[0], row[3]) for row in LOCAL_ROWS])

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
        self.assertEqual({len(row) for row in rows}, {len(tool.CSV_COLUMNS)})

    def test_names_are_distinct(self):
        self.assertEqual(
            ask("20-22", "ssh", "SSH", "-o", "name").stdout,
            "FTP\nftp-data\nSSH\n")
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
                 for record in found], [(row[0], row[3]) for row in LOCAL_ROWS])
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
        # Columns may be narrower without their titles.
        whole, bare = ([line.split() for line in outcome.stdout.splitlines()]
                       for outcome in (ask(*command), ask(*command, flag)))
        self.assertEqual(bare, whole[1:])

    def test_headers_can_be_left_out(self):
        for command in (("443",), ("443", "-o", "csv"), ("list", "20-21"),
                        ("443", "-o", "wide"), ("list", "-o", "tsv"),
                        ("search", "sql", "-o", "csv"), ("info", "-o", "tsv"),
                        ("list", "-o", "csv"), ("info", "-o", "csv"),
                        ("classify", "80", "-o", "csv")):
            with self.subTest(command=command):
                self.assert_left_out("--no_headers", command)

    def test_no_headers_is_also_written_with_a_hyphen(self):
        self.assert_left_out("--no-headers", ("443",))


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

    def test_csv_is_a_layer_a_row(self):
        rows = csv_rows(ask("info", "-o", "csv", server=LOCAL_SERVER).stdout)
        self.assertEqual([row["layer"] for row in rows],
                         ["local", "common", "iana"])
        self.assertEqual(rows[0]["records"], str(len(LOCAL_ROWS)))


class PipeTest(unittest.TestCase):
    """Standard output that is cut short, or cannot be written."""

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
                self.assertRegex(outcome.stderr, r"\A[^\n]+\n\Z")


class TerminalTest(unittest.TestCase):
    """Width, colour, and text that would command the terminal."""

    def show(self, *arguments: str, columns: int = 80, server=None,
             **variables: str) -> processes.Outcome:
        return tool.run_on_terminal(
            f"--target={(server or SERVER).address}", *arguments,
            columns=columns, variables=variables)

    def test_no_line_is_wider_than_the_terminal(self):
        for columns in (80, 40, 132):
            for command in (("list",), ("list", "--portless", "--no_headers"),
                            ("443", "https", "2082", "8080", "8443"),
                            ("lookup", "smb", "5985", "137-139"),
                            ("classify", "6000", "50000", "443", "1021",
                             "2049", "30000", "33000")):
                with self.subTest(columns=columns, command=command):
                    lines = tool.STYLE.sub("", self.show(
                        *command, columns=columns).stdout).splitlines()
                    long = [line for line in lines if len(line) > columns]
                    self.assertFalse(
                        long[:3], f"{len(long)} of {len(lines)} lines")

    def test_a_wide_terminal_cuts_nothing(self):
        for command in (("443", "8080", "8443"), ("list",)):
            self.assertEqual(
                tool.STYLE.sub("", self.show(*command, columns=1000).stdout),
                ask(*command).stdout)

    def test_the_header_is_bold_on_a_terminal_only(self):
        for command in (("443",), ("list", "22"), ("classify", "22")):
            with self.subTest(command=command):
                plain = ask(*command).stdout
                header = plain.splitlines()[0]
                self.assertNotIn(ESC, plain)
                shown = self.show(*command).stdout
                self.assertTrue(
                    shown.startswith(f"{ESC}[1m{header}{ESC}[0m\n"), shown)
                self.assertEqual(
                    self.show(*command, NO_COLOR="").stdout, shown)
                self.assertEqual(
                    self.show(*command, NO_COLOR="1").stdout, plain)

    def test_color_says_when(self):
        for command in (("443",), ("list", "22"), ("classify", "22"),
                        ("search", "ssh", "-o", "wide")):
            with self.subTest(command=command):
                plain, shown = ask(*command).stdout, self.show(
                    *command, columns=1000).stdout
                for settings in ({}, {"NO_COLOR": "1"}, {"TERM": "dumb"}):
                    self.assertEqual(self.show(
                        *command, "--color=always", columns=1000,
                        **settings).stdout, shown)
                    self.assertEqual(ask(
                        *command, "--color=always",
                        variables=settings).stdout, shown)
                self.assertEqual(self.show(
                    *command, "--color=never", columns=1000).stdout, plain)
                self.assertEqual(
                    ask(*command, "--color=auto").stdout, plain)
                self.assertEqual(self.show(
                    *command, columns=1000, TERM="dumb").stdout, plain)

    def test_control_characters_are_escaped(self):
        port = str(NASTY_PORT)
        for command in ((port,), ("list", "--layer=local"), (NASTY,),
                        (f"{port}-{PLAIN_PORT}",), ("--short", port),
                        (port, "-o", "wide"), (port, "-o", "name"),
                        ("search", "evil"), ("search", f"a{ESC}[2J"),
                        (port, "-o", "services"),
                        ("export", "--format=services", port),
                        ("--short", f"{port}-{PLAIN_PORT}"),
                        ("classify", port), ("info",),
                        (f"miss{ESC}[2J{CSI}{OVERRIDE}",),
                        (f"refused{UNSHOWABLE}",), ("-o", f"x{ESC}[2J", port)):
            outcomes = (
                self.show(*command, columns=1000, server=LOCAL_SERVER),
                tool.run(f"--target={LOCAL_SERVER.address}", *command))
            with self.subTest(command=command):
                for outcome in outcomes:
                    text = tool.STYLE.sub("", outcome.stdout) + outcome.stderr
                    self.assertEqual(
                        [f"U+{ord(character):04X}" for character in UNSHOWABLE
                         if character in text and character != "\n"], [])
                    self.assertIn(outcome.code, (0, 1, 2))
                    self.assertRegex(text, r"\\(x1b|033)")

    def test_no_format_commands_a_terminal(self):
        port = str(NASTY_PORT)
        commands = [(*command, "-o", form)
                    for command in ((port,), ("list", "--layer=local"),
                                    ("search", "evil"))
                    for form in ("table", "wide", "json", "ndjson", "csv",
                                 "tsv", "services", "name")]
        commands += [(command, *keys, "-o", form)
                     for command, *keys in (("classify", port), ("info",))
                     for form in ("table", "json", "ndjson", "csv", "tsv")]
        commands += [("export", f"--format={form}", "--layer=local",
                      *(("--portless",) if form == "json" else ()))
                     for form in ("services", "iana-csv", "json")]
        for command in commands:
            outcome = self.show(*command, "--color=never", columns=1000,
                                server=LOCAL_SERVER)
            with self.subTest(command=command):
                self.assertEqual(outcome.code, 0)
                self.assertEqual(
                    [f"U+{ord(character):04X}" for character in UNSHOWABLE
                     if character in outcome.stdout
                     and character not in "\n\t"], [])

    def test_a_pipe_gets_csv_as_it_is(self):
        found = tool.entries_of_csv(ask(
            str(NASTY_PORT), "-o", "csv", "--layer=local",
            server=LOCAL_SERVER).stdout)
        self.assertEqual([entry.service for entry in found], [NASTY])

    def test_a_revision_cannot_command_a_terminal(self):
        with tool.fake_service(lambda *_: pb.GetRegistryInfoResponse(
                revision=f"r{ESC}[2J{CSI}{OVERRIDE}")) as target:
            for form in (("--short",), (), ("-o", "csv"), ("-o", "json")):
                outcome = tool.run_on_terminal(
                    "info", *form, f"--target={target}", columns=80)
                with self.subTest(form=form):
                    shown = tool.STYLE.sub("", outcome.stdout)
                    for character in (ESC, CSI, OVERRIDE):
                        self.assertNotIn(character, shown)
            piped = tool.run("info", "--short", f"--target={target}")
            self.assertNotIn(ESC, piped.stdout)

    def test_an_escaped_record_stays_on_its_line(self):
        lines = ask(str(NASTY_PORT), "--layer=local", "--no_headers",
                    server=LOCAL_SERVER).stdout.split("\n")
        self.assertEqual(len(lines), 2)
        self.assertIn(r"evil\x1b]0;owned\x07\x1b[2J\u009b31m\n\u202ecod.exe",
                      lines[0])


if __name__ == "__main__":
    unittest.main()
