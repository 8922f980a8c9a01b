"""Reads each file of portreg export by the program that it is made for.

    PORTREGD=portregd PORTREG=portreg python3 export_test.py

getent reads /etc/services and sysctl reads sysctl.d files, in namespaces of
their own. If namespaces are not available, this test reads the files itself,
and prints that.
"""

import collections
import csv
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / directory)
                for directory in ("data", "interop")]

from google.protobuf import json_format
import expected
import grpc
import processes
import registry_files
import services_file
import tool
from enum_names import COMMON, IANA, LOCAL
from expected import TRANSPORTS, Entry, entries
from portreg_proto import pb, records
from processes import Portregd

FORMATS = ("services", "sysctl-reserved", "iana-csv", "csv", "json", "lookup-csv",
           "lookup-json", "lookup-yaml")
EPHEMERAL = (32768, 60999)
RESERVED_PORTS = "/proc/sys/net/ipv4/ip_local_reserved_ports"
COLUMNS = (*registry_files.COLUMNS, "Owner")
LOCAL_ROWS = [
    ("billing", "7100", "tcp", "Billing,\n\"API\" # 1", *[""] * 8, "team@x"),
    ("audit", "7101-7103", "", "", *[""] * 8, "\u00fcs"),
    ("two words", "7104", "tcp", "cannot stand in /etc/services"),
    ("C#", "7104", "tcp", ""), ("https", "7105", "udp", "ours"),
    ("wide", "40000-40010", "udp", ""), ("narrow", "40005", "", ""),
    ("", "7106", "tcp", "no name", *[""] * 8, "block@x"),
    ("portless", "", "", "no port")]

# Further columns of an organisation's own table. Its ports do not ascend,
# because lookups keep the order of the file.
OWN_COLUMNS = (*registry_files.COLUMNS[:4], "Owner", "Aliases", "Status")
OWN_ROWS = [
    ("billing", "7100", "tcp", "Billing API", "", "bills postgresql", ""),
    ("billing", "7000", "tcp", "Billing API of old", "", "", ""),
    ("gone", "7200", "tcp", "", "", "was", "retired"),
    ("soon", "7201,7210-7212", "tcp/udp", "", "", "later", "planned"),
    ("", "7220-7225", "tcp", "", "team@x", "", ""),
    ("x" * 64, "7230", "", "Long name", "", f"{'y' * 64} z#", "deprecated"),
    ("many", "7240", "udp", "\u6771\u4eac" * 60, "",
     " ".join(f"n{number}" for number in range(90)), ""),
    ("POSTGRES", "7250", "udp", "In another case", "", "", "")]

# The alias z# cannot be written.
OWN_REMARK = r"portreg: 1 name is left out[^\n]+\n"


def setUpModule():
    global SERVER, OWN_SERVER, WANTED, LOCAL_FILE, DIRECTORY
    DIRECTORY = pathlib.Path(unittest.enterModuleContext(
        tempfile.TemporaryDirectory()))
    LOCAL_FILE = DIRECTORY / "local.csv"
    LOCAL_FILE.write_text(
        registry_files.csv_text(LOCAL_ROWS, COLUMNS), "utf-8")
    SERVER = unittest.enterModuleContext(
        Portregd(f"--local_file={LOCAL_FILE}"))
    OWN_FILE = DIRECTORY / "own.csv"
    OWN_FILE.write_text(registry_files.csv_text(OWN_ROWS, OWN_COLUMNS), "utf-8")
    OWN_SERVER = unittest.enterModuleContext(
        Portregd(f"--local_file={OWN_FILE}"))
    WANTED = expected.embedded(LOCAL_FILE)


def export(form: str, *arguments: str, remark: str = "",
           server: Portregd | None = None) -> str:
    """Returns the text of an export, which must exit with 0 and print only `remark`."""
    outcome = tool.run(f"--target={(server or SERVER).address}", "export",
                       f"--format={form}", *arguments)
    if outcome.code != 0 or not re.fullmatch(remark, outcome.stderr):
        raise AssertionError(f"{arguments}: {outcome}")
    return outcome.stdout


class ServicesTest(unittest.TestCase):

    def read(self, text: str, *keys: str):
        file = DIRECTORY / "services"
        file.write_text(text, "utf-8")
        return services_file.getent(file, *keys)

    def read_slots(self, text: str) -> dict[str, list[str]]:
        """Returns the names of each port/transport, those of several lines joined."""
        names: dict[str, list[str]] = {}
        for name, slot, aliases in self.read(text):
            names.setdefault(slot, []).extend([name, *aliases])
        return names

    def entries(self, layers=()) -> list[Entry]:
        """Returns the records of SERVER, those of each layer in its file's order."""
        return WANTED.listing(layers=layers)

    def own_entries(self) -> list[Entry]:
        """Returns the records of OWN_SERVER that are not retired."""
        own = [Entry(LOCAL, int(first), int(last or first), transport,
                     name, description, None, tuple(aliases.split()))
               for name, ports, transports, description, _, aliases, status
               in OWN_ROWS if status != "retired"
               for transport in transports.split("/")
               for part in ports.split(",")
               for first, _, last in [part.partition("-")]]
        return [*own, *WANTED.listing(layers=(COMMON, IANA))]

    def test_glibc_reads_every_name_port_and_transport(self):
        for server, flags, all_entries, remark in (
                (SERVER, (), self.entries(), "portreg: 2 names are left out.+\n"),
                (SERVER, ("--layer=local,iana",), self.entries((LOCAL, IANA)),
                 "portreg: 2 names are left out.+\n"),
                (SERVER, ("--layer=common",), self.entries((COMMON,)), ""),
                (OWN_SERVER, (), self.own_entries(), OWN_REMARK)):
            with self.subTest(flags=flags, own=server is OWN_SERVER):
                found = self.read_slots(export(
                    "services", *flags, remark=remark, server=server))
                wanted = services_file.services(all_entries)
                self.assertEqual(
                    {slot: (found.get(slot), wanted.get(slot))
                     for slot in {*found, *wanted}
                     if found.get(slot) != wanted.get(slot)}, {})

    def test_no_name_is_written_twice_for_a_transport(self):
        for server, remark in ((SERVER, ".+\n"), (OWN_SERVER, OWN_REMARK)):
            found = collections.Counter(
                (name, slot.split("/")[1]) for slot, names in self.read_slots(
                    export("services", remark=remark, server=server)).items()
                for name in names)
            self.assertEqual(set(found.values()), {1})

    def test_lines_are_short_for_readers_with_little_room(self):
        for server, remark in ((SERVER, ".+\n"), (OWN_SERVER, OWN_REMARK)):
            _, _, *lines = export(
                "services", remark=remark, server=server).splitlines()
            for line in lines:
                _, _, *aliases = line.partition("#")[0].split()
                self.assertLessEqual(len(aliases), 35)
                self.assertLessEqual(len(line.encode()), 127)

    def test_a_comment_describes_the_first_name_of_its_line(self):
        described = collections.defaultdict(list)
        for entry in self.own_entries():
            text = re.sub("\\s", " ", entry.description)
            for name in (entry.service, *entry.aliases):
                for slot in services_file.slots(entry):
                    described[name, slot].append(text)
        _, _, *lines = export("services", server=OWN_SERVER, remark=OWN_REMARK).splitlines()
        wrong = []
        for line in lines:
            names, _, comment = line.partition("  # ")
            name, slot, *_ = names.split()
            text = comment.replace("\\n", " ").replace("\\t", " ")
            if not any(each.startswith(text) for each in described[name, slot]):
                wrong.append(line)
        self.assertEqual(wrong, [])

    def test_ports_ascend_and_transports_have_their_order(self):
        found = [slot.split("/") for _, slot, _ in self.read(
            export("services", remark=".+\n"))]
        keys = [(int(port), TRANSPORTS.index(transport))
                for port, transport in found]
        self.assertEqual(keys, sorted(keys))

    def test_glibc_finds_ports_names_and_aliases(self):
        text = export("services", remark=".+\n")
        for key, name, slot in (
                ("443/tcp", "https", "443/tcp"),
                ("https/tcp", "https", "443/tcp"),
                ("https/udp", "https", "7105/udp"),
                ("7100/tcp", "billing", "7100/tcp"),
                ("audit/dccp", "audit", "7101/dccp"),
                ("7101/sctp", "audit", "7101/sctp"),
                ("urd/tcp", "submissions", "465/tcp"),
                ("smtps/tcp", "submissions", "465/tcp"),
                ("postgresql/tcp", "postgres", "5432/tcp"),
                ("x11/udp", "x11", "6000/udp"),
                ("wide/udp", "wide", "40000/udp"),
                ("40005/udp", "narrow", "40005/udp")):
            with self.subTest(key=key):
                self.assertEqual(self.read(text, key)[0][:2], (name, slot))

    def test_a_name_has_the_port_that_short_says(self):
        text = export("services", server=OWN_SERVER, remark=OWN_REMARK)
        for key in ("billing/tcp", "bills/tcp", "soon/udp", "later/tcp",
                    "n89/udp", "postgres/udp", "postgres/tcp",
                    "postgresql/tcp", "postgresql/udp"):
            with self.subTest(key=key):
                said = tool.ask(OWN_SERVER, "--short", key).stdout.strip()
                name = key if key != "postgres/udp" else "POSTGRES/udp"
                self.assertEqual(self.read(text, name)[0][1],
                                 f"{said}/{key.split('/')[1]}")

    def test_what_glibc_cannot_hold_is_left_out_and_counted(self):
        text = export("services", "7100-7106", "--layer=local",
                      remark=r"portreg: 2 names are left out[^\n]+\n")
        self.assertNotIn("C#", text)
        self.assertNotIn("7104", text.split("\n", 2)[2])
        self.assertEqual(
            [slot for _, slot, _ in self.read(text)],
            ["7100/tcp", *(f"7101/{transport}" for transport in TRANSPORTS[1:]),
             "7105/udp"])

    def test_ranges_are_kept_to(self):
        self.assertEqual(
            [slot for _, slot, _ in self.read(export(
                "services", "6000-6011/tcp", "U:53", "7101-7102",
                "--layer=local,iana"))],
            # A range is named at its first port.
            ["53/udp", "6000/tcp", "7101/tcp", "7101/udp", "7101/sctp",
             "7101/dccp"])

    def test_ranges_that_overlap_are_one(self):
        self.assertEqual(
            self.read(export("services", "6000-6011/tcp", "6000/tcp")),
            self.read(export("services", "6000-6011/tcp")))

    def test_the_heading_states_the_revision(self):
        revision = tool.run(f"--target={SERVER.address}", "info",
                            "--short").stdout.strip()
        for form in ("services", "sysctl-reserved"):
            lines = export(form, "20-21").splitlines()
            self.assertIn(f"# Revision {revision}", lines)
            self.assertTrue(any("20-21" in line for line in lines[:4]))


class SysctlTest(unittest.TestCase):

    def read(self, text: str) -> set[int]:
        """Returns the ports that Linux reserves by a sysctl.d file."""
        inside = services_file.namespace("-n")
        value = re.search(
            r"^net\.ipv4\.ip_local_reserved_ports = (.*)$", text, re.M)[1]
        if inside:
            file = DIRECTORY / "reserved.conf"
            file.write_text(text, "utf-8")
            try:
                value = services_file.run(*inside, "sh", "-ec",
                            'sysctl -q -p "$1"; cat "$2"', "sh", str(file),
                            RESERVED_PORTS)
            except subprocess.CalledProcessError as error:
                if b"not found" not in error.stderr:
                    raise AssertionError(error.stderr) from error
                print("there is no sysctl here: read without it",
                      file=sys.stderr)
        return {port for part in value.split(",") if part.strip()
                for first, _, last in [part.partition("-")]
                for port in range(int(first), int(last or first) + 1)}

    def wanted(self, first: int, last: int, transport: str = "",
               layers=()) -> set[int]:
        return {int(slot.split("/")[0])
                for entry in WANTED.listing(first, last, transport, layers)
                for slot in services_file.slots(entry, first, last)}

    def test_linux_reserves_the_ports_of_services(self):
        for arguments, question in (
                ((), EPHEMERAL),
                (("--layer=local",), (*EPHEMERAL, "", (LOCAL,))),
                (("50000-50100",), (50000, 50100)),
                (("40000-41000/tcp",), (40000, 41000, "tcp")),
                (("1-1100",), (1, 1100))):
            with self.subTest(arguments=arguments):
                self.assertEqual(
                    self.read(export("sysctl-reserved", *arguments)),
                    self.wanted(*question))
        self.assertIn(40003, self.wanted(*EPHEMERAL))

    def test_several_ranges_are_merged(self):
        self.assertEqual(
            self.read(export("sysctl-reserved", "7100-7101", "7101-7103",
                             "22")), {22, 7100, 7101, 7102, 7103})
        self.assertIn(" = 22,7100-7103\n", export(
            "sysctl-reserved", "7100-7101", "7101-7103", "22"))

    def test_a_value_beyond_a_page_is_remarked_on(self):
        text = export("sysctl-reserved", "1-65535",
                      remark=r"portreg: the value has \d{4,5} bytes[^\n]+\n")
        self.assertGreater(len(text), 4095)

    def test_more_than_half_of_the_ephemeral_ports_is_refused(self):
        file = DIRECTORY / "wide.csv"
        file.write_text(registry_files.csv_text(
            [("apps", "32768-60999", "tcp", "ours")]), "utf-8")
        with Portregd(f"--local_file={file}") as server:
            command = (f"--target={server.address}", "export",
                       "--format=sysctl-reserved")
            for ranges in ((), ("1-65535",), ("32768-46884",)):
                outcome = tool.run(*command, *ranges)
                self.assertEqual((outcome.code, outcome.stdout), (3, ""))
                self.assertRegex(
                    outcome.stderr,
                    r"\Aportreg: \d+ of the 28232 ports in 32768-60999 "
                    r"[^\n]+at most 14116[^\n]+--reserve-over-half[^\n]*\n\Z")
                self.assertIn("-60999" if not ranges else "\n", tool.run(
                    *command, *ranges, "--reserve-over-half").stdout)
            outcome = tool.run(*command, "32768-46883")
            self.assertEqual((outcome.code, outcome.stderr), (0, ""))
            self.assertEqual(self.read(outcome.stdout),
                             set(range(32768, 46884)))

    def test_it_says_what_it_is_for(self):
        *comments, setting = export("sysctl-reserved").splitlines()
        self.assertTrue(setting.startswith("net.ipv4.ip_local_reserved_ports"))
        self.assertGreater(len(comments), 2)
        for line in comments:
            self.assertRegex(line, r"\A# .{1,78}\Z")


class IanaCsvTest(unittest.TestCase):

    def revision(self, *flags: str) -> str:
        with Portregd(*flags) as server:
            return tool.run(f"--target={server.address}", "info",
                            "--short").stdout

    def test_pythons_csv_reads_ianas_columns_and_rows(self):
        header, *rows = csv.reader(io.StringIO(
            export("iana-csv"), newline=""))
        self.assertEqual(header, list(registry_files.COLUMNS))
        # The snapshot writes a few single ports as ranges.
        self.assertEqual(sorted(rows), sorted(
            [name, re.sub(r"^(\d+)-\1$", r"\1", ports), *others]
            for name, ports, *others in registry_files.read_rows(
                registry_files.EMBEDDED_IANA_FILE)))

    def test_portregd_serves_it_at_the_same_revision(self):
        file = DIRECTORY / "exported.csv"
        with Portregd() as server:
            file.write_text(export("iana-csv", server=server), "utf-8")
        checked = processes.run("--check", f"--iana_file={file}")
        self.assertEqual(checked.code, 0, checked.stderr)
        self.assertEqual(self.revision(f"--iana_file={file}"),
                         self.revision())

    def test_the_local_layer_comes_back_with_its_owners(self):
        text = export("iana-csv", "--layer=local")
        header, *rows = csv.reader(io.StringIO(text, newline=""))
        self.assertEqual(header, [*COLUMNS, "Since", "Until", "Bind",
                                  "Aliases", "Scope", "Status"])
        self.assertEqual(
            sorted(rows),
            sorted([*row, *[""] * 6] for row in registry_files.read_rows(LOCAL_FILE)))
        file = DIRECTORY / "exported_local.csv"
        file.write_bytes(text.encode("utf-8"))
        self.assertEqual(self.revision(f"--local_file={file}"),
                         self.revision(f"--local_file={LOCAL_FILE}"))

    def test_ranges_leave_out_what_has_no_port(self):
        for arguments, count in ((("7100-7103", "7102-7104", "7101"), 4),
                                 (("7100", "--portless"), 2),
                                 (("7102/tcp", "7104/udp"), 1)):
            rows = list(csv.reader(io.StringIO(export(
                "iana-csv", "--layer=local", *arguments), newline="")))[1:]
            self.assertEqual(len(rows), count, arguments)


class JsonTest(unittest.TestCase):

    def test_it_is_a_list_range_response_of_everything(self):
        answer = json_format.Parse(export("json"), pb.ListRangeResponse())
        self.assertEqual(entries(answer),
                         WANTED.listing(portless=True, full=True))
        self.assertEqual(
            [(entry.aliases, entry.of_software) for entry in entries(answer)],
            [(entry.aliases, entry.of_software)
             for entry in WANTED.listing(portless=True)])
        self.assertEqual(
            {record.owner for record in answer.records},
            {record.details.owner for record in answer.records})
        self.assertEqual(
            {record.details.owner for record in answer.records},
            {"", *(row[-1] for row in LOCAL_ROWS if len(row) == len(COLUMNS))})
        self.assertRegex(answer.revision, r"\A[0-9a-f]{32}\Z")

    def test_records_of_several_ranges_come_once_and_in_order(self):
        answer = json_format.Parse(
            export("json", "6020-6030", "6010-6021", "443/tcp"),
            pb.ListRangeResponse())
        self.assertEqual(entries(answer), [
            *WANTED.listing(443, 443, "tcp", full=True),
            *WANTED.listing(6010, 6030, full=True)])


class FailureTest(unittest.TestCase):
    """Checks that a failed export leaves no file that looks complete."""

    def test_a_listing_that_breaks_off_leaves_no_file(self):
        for form in FORMATS:
            # An own table has layer local only.
            layer = LOCAL if form == "csv" else IANA

            def answer(_, context):
                yield pb.ListRangeResponse(records=[records.PortRecord(
                    first_port=40000, last_port=40000, service="some", layer=layer)])
                context.abort(grpc.StatusCode.INTERNAL, "broken")

            with tool.fake_service(answer) as target:
                outcome = tool.run("export", f"--format={form}",
                                   f"--target={target}")
                self.assertEqual(outcome.code, 64 + 13)
                self.assertIn("broken", outcome.stderr)
                if form == "json":
                    self.assertRaises(ValueError, json.loads, outcome.stdout)
                else:
                    self.assertEqual(outcome.stdout, "")

    def test_an_unreachable_server_is_exit_78(self):
        with tool.closed_port() as target:
            for form in FORMATS:
                outcome = tool.run("export", f"--format={form}",
                                   f"--target={target}")
                self.assertEqual((outcome.code, outcome.stdout), (78, ""))
                self.assertRegex(outcome.stderr, rf"\A[^\n]*{target}.*\n\Z")

    def test_a_full_device_is_an_error(self):
        for form in (*FORMATS, "html"):
            with open("/dev/full", "wb") as full:
                outcome = tool.run("--offline", "export", f"--format={form}",
                                   stdout=full)
            self.assertEqual(outcome.code, 1)

    def test_offline_exports_equal_the_servers(self):
        with Portregd() as server:
            for form in (*FORMATS, "html"):
                online = tool.run(f"--target={server.address}", "export",
                                  f"--format={form}")
                offline = tool.run("--offline", "export", f"--format={form}")
                self.assertEqual(offline[:3], online[:3])

    def test_unusable_command_lines_exit_1_and_name_the_culprit(self):
        for arguments, naming in (
                ((), "iana-csv"), (("--format=",), "sysctl-reserved"),
                (("--format=xml",), "xml"), (("--format=CSV",), "iana-csv"),
                (("--format=json", "-o", "json"), "-o"),
                (("--format=json", "--short"), "--short"),
                (("--format=iana-csv", "--no-headers"), "--no-headers"),
                (("--format=json", "--details"), "--details"),
                (("--format=json", "https"), '"https"'),
                (("--format=html", "443"), '"443"'),
                (("--format=json", "--file=some.csv"), "--format=html"),
                (("--format=json", "90-80"), '"90-80"')):
            with self.subTest(arguments=arguments):
                outcome = tool.run("--offline", "export", *arguments)
                self.assertEqual((outcome.code, outcome.stdout), (1, ""))
                self.assertRegex(outcome.stderr, r"\A[^\n]+\n\Z")
                self.assertIn(naming, outcome.stderr)
        self.assertEqual(
            tool.run("--offline", "443", "--format=json").code, 1)


if __name__ == "__main__":
    unittest.main()
