"""Checks the operator's own layer: how --local_file changes answers, and --check.

    PORTREGD=portregd python3 local_file_test.py
"""

import hashlib
import pathlib
import sys
import tempfile
import unittest

sys.path[:0] = [
    str(pathlib.Path(__file__).resolve().parents[1] / "interop")]

import processes
from client import Client
from enum_names import ANY, COMMON, DCCP, IANA, LOCAL, SCTP, TCP, UDP
from portreg_proto import pb, records
from processes import ANY_PORT, Portregd
from registry_files import COLUMNS, csv_text

REFUSAL_SECONDS = 2 * processes.PATIENCE
LOCAL_COLUMNS = COLUMNS + ("Owner",)
FULL = records.RECORD_VIEW_FULL
TRANSPORTS = (TCP, UDP, SCTP, DCCP)
TAKEN = pb.ADVISORY_KIND_TAKEN_LOCALLY


def row(name: str, port: str, transport: str = "", description: str = "",
        owner: str = "") -> list[str]:
    """Returns a row of a local file."""
    return [name, port, transport, description, *[""] * 8, owner]


LOCAL_ROWS = [
    row("panel", "2082", "tcp", "Our panel", "web team"),
    row("billing", "50000", "tcp", "Invoices", "finance"),
    row("cache", "7000-7010", "", "In-memory cache"),
    row("ssh", "2222", "tcp", "Jump host"),
    row("", "4", "tcp", "Reserved", "network team"),
    row("no-port", "", "tcp")]

# Ports, transports and other fields that no layer accepts, each with a part of
# the error.
UNUSABLE = {
    ("bad", "70000", "tcp"): "70000", ("bad", "-1", "tcp"): "-1",
    ("bad", "9-8", "tcp"): "9-8", ("bad", "80-", "tcp"): "80-",
    ("bad", "http", "tcp"): "http", ("bad", "1-2-3", "tcp"): "1-2-3",
    ("bad", "8 0", "tcp"): "8 0", ("bad", "80,90-", "tcp"): "90-",
    ("bad", "80,", "tcp"): '""', ("bad", "80", "icmp"): "icmp",
    ("bad", "80", "tcp/icmp"): "icmp", ("#bad", "80", "tcp"): "#bad",
    ("", "80", "tcp"): "Owner", ("", "", "tcp"): "nor a port"}

# Columns that only an organisation's own table has.
OWN_COLUMNS = COLUMNS[:4] + ("Owner", "Aliases", "Scope", "Status", "Since",
                             "Until", "Bind")
OWN_ROWS = [
    ("orders", "7300, 7310 - 7312", "TCP/UDP", "", "shop",
     "baskets till", "eu/prod", "Planned", "2026-01-31", "2027-12-31",
     "loopback"),
    ("ledger", "7400", "tcp, udp", "", "", "", "", "deprecated", "", "", ""),
    ("", "7500-7510", "", "", "shop", "", "", "", "", "", ""),
    ("", "", "", "", "", "", "", "", "", "", ""),
    ("typed", "7600", "udp", "", "", "", "eu", "ACTIVE", "", "", "Loopback")]
# Values of the columns from Owner on, each with a part of the error.
UNUSABLE_OWN = {
    "Scope": ("eu//prod", "eu prod", "s" * 65), "Status": ("old",),
    "Since": ("2026-02-30", "yesterday"), "Until": ("2026-1-1",),
    "Bind": ("0.0.0.0",), "Aliases": ("a" * 65,)}

# Rows that do not collide, and rows that do.
PEACEFUL = {
    "several transports": [row("a", "7000", "tcp"), row("b", "7000", "udp")],
    "neighbours": [row("a", "7000-7005", "tcp"), row("b", "7006", "tcp")],
    "one name twice": [row("a", "7000", "tcp"), row("a", "7000", "tcp")],
    "one name in two spellings": [row("a", "7000", "tcp"),
                                  row("A", "7000", "tcp")],
    "one name with a range": [row("a", "7000-7005", "tcp"),
                              row("a", "7002", "tcp")],
    "names without a port": [row("a", "", "tcp"), row("b", "", "tcp")],
    "a port of IANA's": [row("a", "443", "tcp")],
    "a port of the common table": [row("a", "2082", "tcp")]}
COLLIDING = {
    "one port": [row("a-1", "7000", "tcp"), row("b-2", "7000", "tcp")],
    "overlapping ranges": [row("a-1", "7000-7010", "tcp"),
                           row("b-2", "7010-7020", "tcp")],
    "a range around a port": [row("b-2", "7005", "udp"),
                              row("a-1", "7000-7010", "udp")],
    "no transport against one": [row("a-1", "7000"),
                                 row("b-2", "7000", "sctp")],
    "dynamic ports": [row("a-1", "50000", "tcp"), row("b-2", "50000", "tcp")],
    "other rows between": [row("a-1", "7000", "tcp"), row("c", "1", "tcp"),
                           row("d", "8000", "tcp"),
                           row("b-2", "7000", "tcp")]}


def setUpModule():
    global DIRECTORY
    DIRECTORY = pathlib.Path(unittest.enterModuleContext(
        tempfile.TemporaryDirectory(prefix="portregd-")))


def write(rows, columns=LOCAL_COLUMNS, name="local.csv", **options) -> pathlib.Path:
    """Writes a local file and returns its path."""
    path = DIRECTORY / name
    path.write_bytes(csv_text(rows, columns, **options).encode())
    return path


class AnswerTest(unittest.TestCase):
    """Checks answers with a local layer over the others."""

    @classmethod
    def setUpClass(cls):
        cls.path = write(LOCAL_ROWS)
        cls.digest = hashlib.sha256(cls.path.read_bytes()).hexdigest()
        cls.ask = Client(cls.enterClassContext(
            Portregd(f"--local_file={cls.path}")).channel())
        cls.plain = Client(cls.enterClassContext(Portregd()).channel())

    def test_local_records_come_first_in_every_answer(self):
        self.assertEqual(
            [(record.layer, record.service)
             for record in self.ask.lookup(port=2082).records],
            [(LOCAL, "panel"), (COMMON, "cPanel"), (IANA, "infowave"),
             (IANA, "infowave")])
        by_name = self.ask.lookup(service="SSH").records
        self.assertEqual([record.layer for record in by_name[:3]],
                         [LOCAL, COMMON, IANA])
        listed = self.ask.listing(first_port=2082, last_port=2082)
        self.assertEqual(listed[0].records[0].layer, LOCAL)

    def test_the_other_layers_answer_as_without_it(self):
        for port in (2082, 7000, 50000, 2222, 22):
            with self.subTest(port=port):
                self.assertEqual(
                    [record for record in self.ask.lookup(
                        port=port, view=FULL).records
                     if record.layer != LOCAL],
                    list(self.plain.lookup(port=port, view=FULL).records))

    def test_taken_locally_and_the_state_unchanged(self):
        table = {2082: {TCP}, 50000: {TCP}, 7000: set(TRANSPORTS),
                 7010: set(TRANSPORTS), 7011: set(), 443: set(), 2222: {TCP}}
        for port, taken in table.items():
            with self.subTest(port=port):
                states = self.ask.lookup(port=port).states
                self.assertEqual({state.transport for state in states
                                  if state.taken_locally}, taken)
                self.assertEqual(
                    [(state.transport, state.state) for state in states],
                    [(state.transport, state.state)
                     for state in self.plain.lookup(port=port).states])

    def test_taken_locally_within_a_filter_by_transport(self):
        for transport, taken in ((TCP, True), (UDP, False)):
            states = self.ask.lookup(port=50000, transport=transport).states
            self.assertEqual([state.taken_locally for state in states],
                             [taken])

    def test_classify_advises_against_a_port_taken_locally_first(self):
        for transport, taken in ((TCP, True), (UDP, False)):
            advisories = self.ask.classify(
                port=50000, transport=transport).advisories
            self.assertEqual(advisories[0].kind == TAKEN, taken)
        advisory = self.ask.classify(port=50000).advisories[0]
        self.assertEqual((advisory.kind, list(advisory.transports)),
                         (TAKEN, [TCP]))

    def test_the_owner_stands_in_the_details(self):
        for port, owner in ((2082, "web team"), (50000, "finance"),
                            (7000, "")):
            with self.subTest(port=port):
                for record in self.ask.lookup(port=port, view=FULL).records:
                    self.assertEqual(
                        record.details.owner,
                        owner if record.layer == LOCAL else "")

    def test_info_describes_the_layer(self):
        layer = self.ask.info().layers[0]
        self.assertEqual(
            (layer.layer, layer.origin, layer.sha256, layer.record_count,
             layer.named_count, layer.portless_count, layer.set_aside_count),
            (LOCAL, self.path.name, self.digest, 6, 5, 1, 0))
        self.assertEqual(layer.modify_time.ToDatetime().timestamp() > 0, True)
        self.assertEqual(layer.modify_time.seconds,
                         int(self.path.stat().st_mtime))
        self.assertEqual(layer.source,
                         self.ask.lookup(port=50000).records[0].source)

    def test_the_revision_is_another_one(self):
        self.assertNotEqual(self.ask.info().revision,
                            self.plain.info().revision)

    def test_the_column_owner_may_be_absent(self):
        # A file of its own, because the other tests' server reads local.csv
        # again when it changes.
        path = write([line[:-1] for line in LOCAL_ROWS if line[0]], COLUMNS,
                     "no-owner.csv")
        with Portregd(f"--local_file={path}") as server:
            record = Client(server.channel()).lookup(
                port=50000, view=FULL).records[0]
            self.assertEqual((record.service, record.details.owner),
                             ("billing", ""))


class OwnTableTest(unittest.TestCase):
    """Checks tables with lists of ports and transports, and with columns of their own."""

    def records(self) -> list:
        """Returns the local records that a server has of OWN_ROWS."""
        path = write(OWN_ROWS, OWN_COLUMNS, "own.csv")
        with Portregd(f"--local_file={path}") as server:
            return [record for message in Client(server.channel()).listing(
                layers=[LOCAL], view=FULL) for record in message.records]

    def test_a_row_is_a_record_for_each_range_and_transport(self):
        self.assertEqual(
            [(record.service, record.first_port, record.last_port,
              record.transport) for record in self.records()],
            [("orders", 7300, 7300, TCP), ("orders", 7300, 7300, UDP),
             ("orders", 7310, 7312, TCP), ("orders", 7310, 7312, UDP),
             ("ledger", 7400, 7400, TCP), ("ledger", 7400, 7400, UDP),
             ("", 7500, 7510, ANY), ("typed", 7600, 7600, UDP)])

    def test_the_columns_stand_in_the_record(self):
        told = {(record.service, tuple(record.aliases), record.owner,
                 record.scope, record.status) for record in self.records()}
        self.assertEqual(told, {
            ("orders", ("baskets", "till"), "shop", "eu/prod",
             records.RECORD_STATUS_PLANNED),
            ("ledger", (), "", "", records.RECORD_STATUS_DEPRECATED),
            ("", (), "shop", "", records.RECORD_STATUS_UNSPECIFIED),
            ("typed", (), "", "eu", records.RECORD_STATUS_UNSPECIFIED)})

    def test_an_alias_finds_the_record(self):
        path = write(OWN_ROWS, OWN_COLUMNS, "aliases.csv")
        with Portregd(f"--local_file={path}") as server:
            ask = Client(server.channel())
            by_name = ask.lookup(service="orders").records
            self.assertEqual(len(by_name), 4)
            for alias in ("baskets", "TILL"):
                self.assertEqual(ask.lookup(service=alias).records, by_name)

    def test_a_scope_limits_every_answer(self):
        path = write(OWN_ROWS, OWN_COLUMNS, "scoped.csv")
        with Portregd(f"--local_file={path}") as server:
            ask = Client(server.channel())
            for scope, names in (("", ["orders", "ledger", "", "typed"]),
                                 ("eu", ["orders", "ledger", "", "typed"]),
                                 ("eu/prod/db", ["orders", "ledger", "",
                                                 "typed"]),
                                 ("eu/test", ["ledger", "", "typed"]),
                                 ("us", ["ledger", ""])):
                with self.subTest(scope=scope):
                    listed = [record.service for message in ask.listing(
                        layers=[LOCAL], scope=scope)
                        for record in message.records]
                    self.assertEqual(list(dict.fromkeys(listed)), names)
                    for port, name in ((7300, "orders"), (7600, "typed")):
                        answer = ask.lookup(port=port, transport=UDP,
                                            scope=scope)
                        taken = name in names
                        self.assertEqual(answer.states[0].taken_locally, taken)
                        self.assertEqual(
                            name in [record.service
                                     for record in answer.records], taken)
                    found = ask.search("orders", layers=[LOCAL],
                                       scope=scope)
                    self.assertEqual(bool(found.matches), "orders" in names)
                    results = ask.batch([
                        {"service": "orders", "scope": scope},
                        {"service": "orders"}]).results
                    self.assertEqual(
                        [result.WhichOneof("result") for result in results],
                        ["response" if "orders" in names else "failure",
                         "response"])

    def test_a_listing_of_a_scope_continues_by_its_tokens(self):
        rows = [(f"svc{number}", str(20000 + number), "tcp", "", "", "",
                 ("eu", "us")[number % 2], "", "", "", "")
                for number in range(300)]
        path = write(rows, OWN_COLUMNS, "many.csv")
        with Portregd(f"--local_file={path}") as server:
            ask = Client(server.channel())
            request = {"layers": [LOCAL], "scope": "eu/prod"}
            whole = ask.listing(**request)
            self.assertGreater(len(whole), 2)
            self.assertEqual(sum(len(message.records) for message in whole),
                             150)
            for number, message in enumerate(whole[:-1], start=1):
                rest = ask.listing(**request,
                                   resume_token=message.resume_token)
                self.assertEqual(
                    [record for part in rest for record in part.records],
                    [record for part in whole[number:]
                     for record in part.records])

    def test_unusable_values_are_refused_with_line_and_column(self):
        for name, values in UNUSABLE_OWN.items():
            for value in values:
                line = ["ok", "80", "tcp", "", *[""] * 7]
                line[OWN_COLUMNS.index(name)] = value
                done = processes.run("--check", f"--local_file="
                                     f"{write([line], OWN_COLUMNS, 'bad.csv')}")
                column = len(",".join(line[:OWN_COLUMNS.index(name)])) + 2
                with self.subTest(column=name, value=value):
                    self.assertEqual(done.code, 1)
                    self.assertIn(f"line 2, column {column}:", done.stderr)
                    self.assertIn(value[:64], done.stderr)


class QuotingTest(unittest.TestCase):
    """Checks that quoted fields are returned unchanged."""

    TEXTS = ("a, b", 'says "hello"', '"', '""', "two\nlines", "\n", ",",
             "a\r\nb", "Zürich – 東京", "tab\there", "# no comment", "x" * 1500)

    def test_every_text_in_every_free_column(self):
        lines = []
        for number, text in enumerate(self.TEXTS):
            line = row("quoted", str(50000 + number), "tcp", text, text)
            for column in (4, 5, 8, 11):
                line[column] = text
            lines.append(line)
        for line_end in ("\n", "\r\n"):
            path = write(lines, line_end=line_end)
            with Portregd(f"--local_file={path}") as server:
                found = [record for message in Client(
                    server.channel()).listing(layers=[LOCAL], view=FULL)
                    for record in message.records]
            for record, text in zip(found, self.TEXTS, strict=True):
                with self.subTest(text=text, line_end=line_end):
                    details = record.details
                    self.assertEqual(
                        {record.description, details.assignee, details.contact,
                         details.reference, details.assignment_notes,
                         details.owner}, {text})


class CheckTest(unittest.TestCase):
    """Checks the output of --check about a local file."""

    def test_an_unusable_row_refuses_the_file_with_line_and_column(self):
        for bad, word in UNUSABLE.items():
            path = write([row("ok", "50000", "tcp", "two\nlines"), row(*bad)])
            culprit = 0 if word in bad[0] else 2 if word in bad[2] else 1
            column = 1 + sum(len(field) + (3 if "," in field else 1)
                             for field in bad[:culprit])
            for mode in ("--check", f"--listen={ANY_PORT}"):
                with self.subTest(row=bad, mode=mode):
                    done = processes.run(mode, f"--local_file={path}")
                    self.assertEqual(done.code, 1)
                    self.assertLess(done.seconds, REFUSAL_SECONDS)
                    self.assertNotIn("READY", done.stdout)
                    for part in (path.name, f"line 4, column {column}", word):
                        self.assertIn(part, done.stderr)

    def test_rows_that_do_not_collide_pass(self):
        for kind, rows in PEACEFUL.items():
            with self.subTest(kind=kind):
                done = processes.run("--check", f"--local_file={write(rows)}")
                self.assertEqual((done.code, done.stderr), (0, ""))

    def assert_collide(self, rows, pairs):
        """Checks exit 1, and one line of output for each pair of names."""
        done = processes.run("--check", f"--local_file={write(rows)}")
        self.assertEqual(done.code, 1)
        lines = {line[0]: f"line {number}"
                 for number, line in enumerate(rows, start=2)}
        told = (done.stdout + done.stderr).splitlines()
        for one, other in pairs:
            self.assertTrue(
                any(all(part in line for part in (
                    one, other, lines[one], lines[other])) for line in told),
                f"{one} and {other} are not reported: {done.stdout}")

    def test_rows_that_collide_fail_with_their_lines_and_names(self):
        for kind, rows in COLLIDING.items():
            with self.subTest(kind=kind):
                self.assert_collide(rows, [("a-1", "b-2")])

    def test_each_pair_of_rows_that_collide_is_reported(self):
        names = ("a-1", "b-2", "c-3")
        for ports in (("7000", "7000", "7000"),
                      ("7000-7005", "7002", "7002-7003")):
            with self.subTest(ports=ports):
                self.assert_collide(
                    [row(name, port, "tcp")
                     for name, port in zip(names, ports)],
                    [("a-1", "b-2"), ("a-1", "c-3"), ("b-2", "c-3")])

    def test_a_collision_does_not_keep_the_server_from_starting(self):
        path = write(COLLIDING["one port"])
        with Portregd(f"--local_file={path}") as server:
            self.assertEqual(
                [record.service for record in Client(server.channel()).lookup(
                    port=7000).records][:2], ["a-1", "b-2"])


if __name__ == "__main__":
    unittest.main()
