"""portreg export of lookup tables, read back as log pipelines read them.

    PORTREGD=portregd PORTREG=portreg python3 lookup_table_test.py

Each reader of lookup_readers.py follows what its program documents. ClickHouse
reads its table itself where it is installed.
"""

import collections
import csv
import io
import json
import pathlib
import sys
import tempfile
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "interop")]

import clickhouse
import lookup_readers as readers
import registry_files
import tool
import yaml
from enum_names import IANA, TCP
from processes import Portregd
from portreg_proto import pb, records

CASES_DIR = pathlib.Path(__file__).resolve().parent / "lookup_cases"
TRANSPORTS = {"tcp": 6, "udp": 17, "sctp": 132, "dccp": 33}
LAYERS = ("local", "common", "iana")
COLUMNS = (*registry_files.COLUMNS, "Owner", "Aliases", "Scope", "Status")


def row(name: str, ports: str, transport: str, owner: str = "", scope: str = "",
        status: str = "") -> tuple[str, ...]:
    return (name, ports, transport, "", *[""] * 8, owner, "", scope, status)


LOCAL_ROWS = [
    row("billing", "7100", "tcp", "pay, \"us\"@x"), row("audit", "7101-7103", ""),
    row("two words", "7104", "tcp"), row("say \"x\", \\", "7105", "udp", "#1"),
    row("no", "7106", "tcp", "~"), row("8080", "7107", "tcp"), row("ssh", "2222", "tcp"),
    row("gone", "22", "tcp", status="retired"), row("", "7200-7210", "tcp", "block@x"),
    row("\u6771\u4eac \U0001f600\u2028\u0085", "7108", "tcp", "\ufeff"), row("C#", "7109", "tcp"),
    row("west", "7300", "tcp", "a@x", "eu/west"), row("north", "7300", "tcp", "b@x", "eu/north"),
    row("portless", "", "tcp"), row("last", "65535", ""), row("first", "0", "dccp")]


def setUpModule():
    global SERVER, SLOTS, DIRECTORY
    DIRECTORY = pathlib.Path(unittest.enterModuleContext(tempfile.TemporaryDirectory()))
    local = DIRECTORY / "local.csv"
    local.write_text(registry_files.csv_text(LOCAL_ROWS, COLUMNS), "utf-8")
    SERVER = unittest.enterModuleContext(Portregd(f"--local_file={local}"))
    SLOTS = named_slots()


def named_slots(*flags: str) -> dict[str, str]:
    """The name of each slot that has one, as --short tells it."""
    keys = [f"{port}/{transport}" for port in range(65536) for transport in TRANSPORTS]
    outcome = tool.run(f"--target={SERVER.address}", "--short", *flags, "-",
                       seconds=6 * tool.RUN_SECONDS, typed="\n".join(keys).encode())
    names = outcome.stdout.splitlines()
    if outcome.code != 2 or len(names) != len(keys):  # most slots have no name
        raise AssertionError(f"exit code {outcome.code}, {len(names)} names")
    return {key: name for key, name in zip(keys, names, strict=True) if name != "-"}


def export(form: str, *arguments: str) -> str:
    """A table of SERVER."""
    return tool.ask(SERVER, "export", f"--format=lookup-{form}", *arguments).stdout


def csv_rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def shown(name: str) -> str:
    """A name as --short shows it, which escapes control characters."""
    return name.replace("\u2028", "\\u2028").replace("\u0085", "\\u0085")


class ShapeTest(unittest.TestCase):
    """The shapes that people asked for."""

    def offline(self, *arguments: str) -> str:
        outcome = tool.run("--offline", "export", *arguments)
        self.assertEqual((outcome.code, outcome.stderr), (0, ""))
        return outcome.stdout

    def test_of_ports_and_transports_under_titles_of_flow_logs(self):
        self.assertEqual(
            self.offline("--format=lookup-csv",
                         "--columns=dstport=port,protocol=transport,tag=service",
                         *(f"{port}/{transport}" for port in (443, 514)
                           for transport in ("tcp", "udp"))),
            (CASES_DIR / "key.csv").read_text("utf-8"))

    def test_of_two_columns(self):
        text = (CASES_DIR / "two_columns.csv").read_text("utf-8")
        self.assertEqual(
            csv_rows(self.offline("--format=lookup-csv", "--key=port",
                                  "--columns=Port=port,Service=service",
                                  "--layer=iana", "443", "514/udp", "6000-6001")), csv_rows(text))

    def test_of_a_dictionary(self):
        self.assertEqual(
            self.offline("--format=lookup-yaml", "--columns=service", "443/tcp", "514/tcp",
                         "514/udp"),
            (CASES_DIR / "dictionary.yaml").read_text("utf-8"))


class RowsTest(unittest.TestCase):
    """Which rows there are, whatever the format."""

    def test_each_slot_has_the_name_that_short_says_and_comes_once(self):
        rows = csv_rows(export("csv"))
        self.assertGreater(len(rows), 12_000)
        self.assertEqual([each["slot"] for each in rows], list(SLOTS))
        self.assertEqual({each["slot"]: shown(each["service"]) for each in rows}, SLOTS)

    def test_owner_layer_and_class_are_those_of_the_naming_record(self):
        rows = {each["slot"]: each for each in csv_rows(export("csv"))}
        for slot, layer, port_class, owner in (
                ("7100/tcp", "local", "registered", "pay, \"us\"@x"),
                ("9092/tcp", "common", "registered", ""), ("22/tcp", "iana", "well-known", ""),
                ("65535/sctp", "local", "dynamic", ""), ("0/dccp", "local", "well-known", "")):
            found = rows[slot]
            self.assertEqual((found["layer"], found["class"], found["owner"]),
                             (layer, port_class, owner), slot)
        self.assertEqual({each["layer"] for each in rows.values()}, set(LAYERS))

    def test_numbers_of_protocols_are_ianas(self):
        by_slot = csv_rows(export("csv"))
        by_number = csv_rows(export("csv", "--key=number"))
        self.assertEqual(list(by_number[0]),
                         ["port", "protocol", "service", "layer", "class", "owner"])
        self.assertEqual(
            [(each["port"], int(each["protocol"]), *list(each.values())[2:])
             for each in by_number],
            [(port, TRANSPORTS[transport], *list(each.values())[1:])
             for each in by_slot for port, transport in [each["slot"].split("/")]])

    def test_a_port_has_one_row_and_tcp_precedes_udp(self):
        names = {}
        for slot, name in SLOTS.items():  # the transports of a port are in order
            names.setdefault(slot.partition("/")[0], name)
        self.assertEqual({each["port"]: shown(each["service"])
                          for each in csv_rows(export("csv", "--key=port"))}, names)
        self.assertEqual(names["514"], "shell")

    def test_ranges_and_transports_select_slots(self):
        for keys, slots in (
                (("443/tcp",), ["443/tcp"]), (("U:53", "53/udp", "50-60/udp"), None),
                (("6000-6001/udp", "5999/tcp"), ["5999/tcp", "6000/udp", "6001/udp"]),
                (("7102-7103",), [f"{port}/{transport}" for port in (7102, 7103)
                                  for transport in TRANSPORTS]), (("7200-7210",), None)):
            wanted = slots if slots is not None else [
                slot for slot in SLOTS if (slot.endswith("/udp") and 50 <= int(slot[:-4]) <= 60
                                           if keys[0] == "U:53" else
                                           7200 <= int(slot.partition("/")[0]) <= 7210)]
            for form in ("csv", "json", "yaml"):
                text = export(form, "--columns=slot,service", *keys)
                found = ([each["slot"] for each in csv_rows(text)] if form == "csv" else
                         list(yaml.safe_load(text)))
                self.assertEqual(found, wanted, (form, keys))

    def test_layers_are_kept_to(self):
        for flag in ("--layer=iana", "--layer=local,common"):
            rows = csv_rows(export("csv", flag, "1-10000"))
            wanted = {slot: name for slot, name in named_slots(flag).items()
                      if 1 <= int(slot.partition("/")[0]) <= 10000}
            self.assertEqual({each["slot"]: shown(each["service"]) for each in rows}, wanted)
            self.assertLessEqual({each["layer"] for each in rows}, set(flag[8:].split(",")))

    def test_the_scope_chooses_among_local_rows(self):
        for scope, name in (("eu/north", "north"), ("eu/west/1", "west"), ("us", None)):
            rows = csv_rows(export("csv", "--layer=local", f"--scope={scope}", "7300/tcp"))
            self.assertEqual([each["service"] for each in rows], [name] if name else [])

    def test_a_table_without_rows_is_whole(self):
        self.assertEqual(export("csv", "7205"), "slot,service,layer,class,owner\n")
        self.assertEqual(json.loads(export("json", "7205")), {})
        self.assertEqual(yaml.safe_load(export("yaml", "7205")), {})

    def test_all_ranges_are_one_answer_of_one_revision(self):
        calls = []

        def answer(method, _):
            calls.append(method)
            return iter([pb.ListRangeResponse(records=[records.PortRecord(
                first_port=1, last_port=3, transport=TCP, service="some", layer=IANA)],
                                         revision="0" * 32)])

        with tool.fake_service(answer) as target:
            outcome = tool.run(f"--target={target}", "export", "--format=lookup-csv",
                               "--columns=slot", "2-3", "3", "500")
        self.assertEqual((outcome.code, outcome.stdout, outcome.stderr),
                         (0, "slot\n2/tcp\n3/tcp\n", ""))
        self.assertEqual(calls, ["ListRange"])


class ReaderTest(unittest.TestCase):
    """Each table as the program reads it that it is for."""

    def names(self) -> dict[str, str]:
        """The exact name of each slot."""
        names = {each["slot"]: each["service"] for each in csv_rows(export("csv"))}
        self.assertIn("say \"x\", \\", names.values())
        return names

    def test_opentelemetry_reads_csv_and_yaml(self):
        names = self.names()
        text = export("csv")
        self.assertEqual(readers.opentelemetry_csv(text, "slot", "service"), names)
        self.assertEqual(readers.opentelemetry_csv(text, "slot")["7100/tcp"],
                         {"slot": "7100/tcp", "service": "billing", "layer": "local",
                          "class": "registered", "owner": "pay, \"us\"@x"})
        self.assertEqual(readers.opentelemetry_yaml(export("yaml", "--columns=service")), names)
        details = readers.opentelemetry_yaml(export("yaml"))
        self.assertEqual({slot: each["service"] for slot, each in details.items()}, names)
        self.assertEqual(details["7106/tcp"], {"service": "no", "layer": "local",
                                               "class": "registered", "owner": "~"})

    def test_vector_finds_one_row_by_port_and_protocol(self):
        table = readers.VectorTable(export("csv", "--key=number"))
        self.assertEqual(table.record(port="514", protocol="17")["service"], "syslog")
        self.assertEqual(table.record(port="7105", protocol="17")["service"], "say \"x\", \\")
        self.assertEqual(table.most_rows_of("port", "protocol"), 1)

    def test_logstash_reads_a_dictionary(self):
        names = self.names()
        self.assertEqual(readers.logstash_yaml(export("yaml", "--columns=service")), names)
        self.assertEqual(readers.logstash_json(export("json", "--columns=service")), names)
        ports = readers.logstash_yaml(export("yaml", "--key=port"))
        self.assertEqual(ports["443"], "https")
        numbers = readers.logstash_yaml(export("yaml", "--key=number", "--columns=service"))
        self.assertEqual((numbers["514/6"], numbers["514/17"]), ("shell", "syslog"))

    def test_telegraf_reads_json_and_csv(self):
        names = self.names()
        self.assertEqual({key: tags["service"] for key, tags in
                          readers.telegraf_json(export("json")).items()}, names)
        tags = readers.telegraf_csv_key_values(export("csv"))
        self.assertEqual({key: each["service"] for key, each in tags.items()}, names)
        self.assertNotIn("owner", tags["443/tcp"])
        self.assertEqual(readers.telegraf_json(export("json", "--key=number"))["443/6"]["layer"],
                         "iana")

    def test_graylog_reads_two_columns(self):
        text = export("csv", "--key=port", "--columns=Port=port,Service=service")
        table = readers.graylog_csv(text, "Port", "Service")
        self.assertEqual((table["443"], table["514"], table["6000"]), ("https", "shell", "x11"))
        self.assertEqual(readers.graylog_csv(export("csv"), "slot", "service")["514/udp"],
                         "syslog")

    def test_clickhouse_reads_csv_with_names(self):
        text = export("csv", "--key=number")
        names = {(int(each["port"]), int(each["protocol"])): each["service"]
                 for each in csv_rows(text)}
        table = readers.clickhouse_csv_with_names(text)
        self.assertEqual(table, names)
        self.assertEqual((table[514, 6], table[514, 17]), ("shell", "syslog"))

    @unittest.skipUnless(clickhouse.SERVER, "clickhouse-server is not installed")
    def test_clickhouse_itself_has_a_dictionary_of_it(self):
        text = export("csv", "--key=number")
        with clickhouse.Server(text) as server:
            self.assertEqual(
                server.query("SELECT dictGetString('portreg', 'service', tuple(toUInt16(514), "
                             "toUInt8(17))), dictGetString('portreg', 'owner', "
                             "tuple(toUInt16(7100), toUInt8(6)))"),
                "syslog\tpay, \"us\"@x\n")
            self.assertEqual(
                server.query("SELECT element_count FROM system.dictionaries"),
                f"{len(csv_rows(text))}\n")

    def test_readers_refuse_what_their_programs_refuse(self):
        for reader, text in (
                (readers.telegraf_json, '{"443/tcp": "https"}'),
                (readers.telegraf_json, '{"443/tcp": {"port": 443}}'),
                (readers.telegraf_csv_key_values, "slot,service\n443/tcp,https,x\n"),
                (readers.logstash_yaml, "443: https\n"),
                (readers.opentelemetry_yaml, "443: https\n"),
                (readers.opentelemetry_yaml, "- a\n"),
                (lambda text: readers.graylog_csv(text, "a", "b"), "a,b\n1,x\n1,y\n"),
                (lambda text: readers.graylog_csv(text, "a", "c"), "a,b\n1,x\n"),
                (readers.clickhouse_csv_with_names, "port,protocol,service\n70000,6,x\n"),
                (readers.clickhouse_csv_with_names, "port,service\n443,x\n")):
            with self.assertRaises(readers.Refused, msg=text):
                reader(text)
        twice = readers.VectorTable("port,service\n1,a\n1,b\n")
        self.assertRaises(readers.Refused, twice.record, port="1")


class RefusalTest(unittest.TestCase):

    def test_wrong_keys_and_columns_are_named(self):
        for arguments, said in (
                (("--columns=slot,nam",), "slot, port, transport, protocol, service, layer, class "
                                          "or owner"),
                (("--key=name",), "is not slot, number or port"),
                (("--columns=service",), "needs slot, or port with transport or protocol")):
            outcome = tool.run("--offline", "export", "--format=lookup-csv", *arguments)
            self.assertEqual((outcome.code, outcome.stdout), (1, ""))
            self.assertIn(said, outcome.stderr)

    def test_titles_are_counted_once(self):
        counts = collections.Counter(export("csv").split("\n", 1)[0].split(","))
        self.assertEqual(set(counts.values()), {1})


if __name__ == "__main__":
    unittest.main()
