"""Checks Lookup and GetRegistryInfo by a client that knows only the .proto.

    PORTREGD=portregd python3 questions_test.py
"""

import hashlib
import pathlib
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / directory)
                for directory in ("integration", "data")]

import grpc
import expected
import processes
import registry_reader
from client import Client, refusal
from common_table_test import TABLE_FILE, TABLE_LINE
from expected import DETAILS, EMBEDDED_DIR, NAME_SEPARATOR, Entry, entries
from portreg_proto import pb, records
from enum_names import (
    ANY, ASSIGNED, COMMON, DCCP, DYNAMIC, IANA, REGISTERED, RESERVED, SCTP,
    TCP, UDP, UNASSIGNED, WELL_KNOWN)

BOUNDARIES = {0: WELL_KNOWN, 1023: WELL_KNOWN, 1024: REGISTERED,
              49151: REGISTERED, 49152: records.PORT_CLASS_DYNAMIC,
              65535: records.PORT_CLASS_DYNAMIC}

BATCH = 1000

# (port, transport): state
STATES = {
    (80, TCP): ASSIGNED, (80, DCCP): RESERVED,   # http on the other three
    (716, TCP): RESERVED, (716, UDP): ASSIGNED,  # pana on udp alone
    (4, TCP): UNASSIGNED, (4, SCTP): UNASSIGNED,
    (24, TCP): ASSIGNED,                         # "any private mail system"
    (0, TCP): RESERVED, (0, SCTP): RESERVED,
    (49150, TCP): ASSIGNED, (49150, UDP): RESERVED,
    (49151, TCP): RESERVED, (49151, DCCP): RESERVED,
    (4200, DCCP): ASSIGNED,                      # vrml-multi-use, any transport
    (49152, TCP): DYNAMIC, (50000, TCP): DYNAMIC, (50000, UDP): DYNAMIC,
    (65535, SCTP): DYNAMIC}


def setUpModule():
    global SERVER, ASK, WANTED
    SERVER = unittest.enterModuleContext(processes.Portregd())
    ASK = Client(SERVER.channel())
    WANTED = expected.embedded()


class CommonTableTest(unittest.TestCase):
    """Checks that every row of port-numbers.md is found by each way of asking."""

    def setUp(self):
        self.rows = []
        for line in TABLE_LINE.finditer(TABLE_FILE.read_text("utf-8")):
            first, _, last = line["ports"].partition("-")
            self.rows.append(Entry(COMMON, int(first), int(last or first), "",
                                   line["service"], line["use"]))
        self.assertEqual(len(self.rows), 51)

    def test_each_row_is_found_by_every_port_of_its_range(self):
        for row in self.rows:
            for port in range(row.first_port, row.last_port + 1):
                with self.subTest(port=port):
                    self.assertIn(row, entries(ASK.lookup(port=port)))

    def test_each_row_is_found_by_name_in_any_case_and_by_its_parts(self):
        for row in self.rows:
            names = {row.service, *row.service.split(NAME_SEPARATOR)}
            for name in names:
                for spelling in (name, name.lower(), name.upper()):
                    with self.subTest(name=spelling):
                        self.assertIn(
                            row, entries(ASK.lookup(service=spelling)))

    def test_part_of_a_name_without_a_separator_finds_nothing(self):
        for name in ("SMTP over", "Oracle Data", "SMB /", "/", "Microsoft"):
            with self.subTest(name=name):
                self.assertEqual(
                    refusal(lambda: ASK.lookup(service=name)).code,
                    grpc.StatusCode.NOT_FOUND)


class PortTest(unittest.TestCase):
    """Checks Lookup by port."""

    def test_boundaries_have_their_class_and_an_answer(self):
        for port, port_class in BOUNDARIES.items():
            with self.subTest(port=port):
                answer = ASK.lookup(port=port)
                self.assertEqual(answer.port_class, port_class)
                self.assertEqual([state.transport for state in answer.states],
                                 [TCP, UDP, SCTP, DCCP])
                self.assertEqual(entries(answer), WANTED.by_port(port))

    def test_port_outside_the_range_is_refused_by_its_value(self):
        for port in (-1, 65536, -2**31, 2**31 - 1):
            with self.subTest(port=port):
                error = refusal(lambda: ASK.lookup(port=port))
                self.assertEqual(error.code,
                                 grpc.StatusCode.INVALID_ARGUMENT)
                self.assertIn(str(port), error.message)

    def test_states(self):
        for (port, transport), state in STATES.items():
            with self.subTest(port=port, transport=transport):
                found = {each.transport: each
                         for each in ASK.lookup(port=port).states}
                self.assertEqual(found[transport].state, state)
                self.assertFalse(found[transport].taken_locally)

    def test_2082_is_cpanel_in_practice_and_infowave_by_registration(self):
        answer = ASK.lookup(port=2082)
        self.assertEqual(
            [(record.layer, record.service, record.source)
             for record in answer.records],
            [(COMMON, "cPanel", "table of common ports"),
             (IANA, "infowave", "IANA registry"),
             (IANA, "infowave", "IANA registry")])

    def test_sources_are_those_that_the_info_names(self):
        answer = ASK.lookup(port=465)
        self.assertEqual(
            {(record.layer, record.source) for record in answer.records},
            {(layer.layer, layer.source) for layer in ASK.info().layers})

    def test_people_s_name_precedes_those_of_software_on_the_same_port(self):
        self.assertEqual(
            [(record.service, record.transport, record.source)
             for record in ASK.lookup(port=135, transport=TCP).records
             if record.layer == COMMON],
            [("Microsoft RPC / DCOM", ANY, "table of common ports"),
             ("msrpc", TCP, "software defaults")])

    def test_services_of_ports_with_several_names_or_transports(self):
        table = {
            (465, TCP): ["SMTP over SSL", "submissions", "urd",
                         "submissions"],
            (514, TCP): ["Syslog", "shell", "syslog", "shell"],
            (514, UDP): ["Syslog", "syslog"],
            (80, SCTP): ["HTTP", "http"],
            (49152, TCP): ["gluster-brick"],
            (50000, UDP): ["ms-teams"], (65535, ANY): []}
        for (port, transport), services in table.items():
            with self.subTest(port=port, transport=transport):
                answer = ASK.lookup(port=port, transport=transport)
                self.assertEqual(
                    [record.service for record in answer.records], services)

    def test_every_port_of_x11_is_the_whole_range_of_x11(self):
        for port in range(6000, 6064):
            with self.subTest(port=port):
                found = entries(ASK.lookup(port=port))
                self.assertEqual(found, WANTED.by_port(port))
                self.assertEqual(
                    [(entry.first_port, entry.last_port, entry.transport,
                      entry.service) for entry in found
                     if entry.layer == IANA],
                    [(6000, 6063, "tcp", "x11"), (6000, 6063, "udp", "x11")])
        for port in (5999, 6064):
            self.assertNotIn("x11", [record.service for record in
                                     ASK.lookup(port=port).records])

    def test_transport_filter_keeps_that_transport_and_records_of_none(self):
        for port in (20, 80, 443, 465, 514, 716, 2082, 4200, 50000):
            for number, name in enumerate(expected.TRANSPORTS):
                with self.subTest(port=port, transport=name):
                    answer = ASK.lookup(port=port, transport=number)
                    self.assertEqual(
                        entries(answer), WANTED.by_port(port, name))
                    self.assertEqual(
                        [state.transport for state in answer.states],
                        [number] if number else [TCP, UDP, SCTP, DCCP])


class NameTest(unittest.TestCase):
    """Checks Lookup by service name."""

    def test_names_give_all_their_records_in_order(self):
        for name in ("http", "https", "HTTP-alt", "ssh", "msp", "x11", "smb",
                     "914c/g", "whois++", "z39.50", "3com-tsmux", "domain"):
            for number, transport in enumerate(expected.TRANSPORTS):
                wanted = WANTED.by_name(name, transport)
                if not wanted:
                    continue
                with self.subTest(name=name, transport=transport):
                    answer = ASK.lookup(service=name, transport=number)
                    self.assertEqual(entries(answer), wanted)
                    self.assertEqual(
                        answer.port_class, records.PORT_CLASS_UNSPECIFIED)
                    self.assertEqual(len(answer.states), 0)

    def test_several_layers_and_transports_keep_the_order(self):
        self.assertEqual(
            [(entry.layer, entry.first_port, entry.transport)
             for entry in entries(ASK.lookup(service="HTTPS"))],
            [(COMMON, 443, ""), (IANA, 443, "tcp"), (IANA, 443, "udp"),
             (IANA, 443, "sctp"), (IANA, None, "tcp")])

    def test_name_without_a_port_has_no_port_rather_than_zero(self):
        for name in ("airplay", "zigbee-bridge"):
            with self.subTest(name=name):
                registered = [
                    record for record in ASK.lookup(service=name).records
                    if record.layer == IANA]
                self.assertGreater(len(registered), 0)
                for record in registered:
                    self.assertFalse(record.HasField("first_port"))
                    self.assertFalse(record.HasField("last_port"))

    def test_an_alias_finds_the_record_in_any_case(self):
        rows = registry_reader.load_practice(EMBEDDED_DIR / "practice.csv")
        aliases = sorted({alias for row in rows
                          for alias in row.aliases.split()})
        self.assertGreater(len(aliases), 500)
        for spell in (str, str.upper):
            for first in range(0, len(aliases), BATCH):
                some = aliases[first:first + BATCH]
                answer = ASK.batch([pb.LookupRequest(service=spell(alias))
                                    for alias in some])
                for alias, result in zip(some, answer.results, strict=True):
                    with self.subTest(alias=spell(alias)):
                        self.assertEqual(entries(result.response),
                                         WANTED.by_name(alias))

    def test_a_part_of_an_alias_finds_nothing(self):
        for name in ("opc-cla", "opc-", "x-opc-classic", "krb5 kdc",
                     "modbus tcp"):
            with self.subTest(name=name):
                self.assertEqual(
                    refusal(lambda: ASK.lookup(service=name)).code,
                    grpc.StatusCode.NOT_FOUND)

    def test_name_missing_on_the_transport_asked_for_is_not_found(self):
        self.assertEqual(
            [entry.transport for entry in entries(
                ASK.lookup(service="shell"))], ["tcp", "tcp"])
        error = refusal(lambda: ASK.lookup(service="shell", transport=UDP))
        self.assertEqual(error.code, grpc.StatusCode.NOT_FOUND)


class ViewTest(unittest.TestCase):
    """Checks RecordView."""

    def test_only_the_full_view_has_details(self):
        rows = {(row.transport, row.service): row for row in
                expected.registry_reader.load(
                    EMBEDDED_DIR / "iana.csv").rows_by_port[80]}
        full = ASK.lookup(port=80, view=records.RECORD_VIEW_FULL)
        for record in full.records:
            self.assertTrue(record.HasField("details"))
            if record.layer == IANA:
                row = rows[expected.TRANSPORTS[record.transport],
                           record.service]
                for field, column in DETAILS.items():
                    self.assertEqual(getattr(record.details, field),
                                     getattr(row, column))
        self.assertIn("TXT keys", full.records[1].details.assignment_notes)
        for record in full.records:
            record.ClearField("details")
        for view in (records.RECORD_VIEW_UNSPECIFIED,
                     records.RECORD_VIEW_BASIC):
            self.assertEqual(ASK.lookup(port=80, view=view), full)


class RevisionTest(unittest.TestCase):
    """Checks that equal data has an equal revision, and that equal answers are equal bytes."""

    REQUESTS = [
        ("Lookup", pb.LookupRequest(port=2082)),
        ("Lookup", pb.LookupRequest(service="HTTPS", view=2)),
        ("BatchLookup", pb.BatchLookupRequest(
            requests=[pb.LookupRequest(port=22), pb.LookupRequest()])),
        ("Classify", pb.ClassifyRequest(port=6000)),
        ("ListRange", pb.ListRangeRequest(include_portless=True)),
        ("GetRegistryInfo", pb.GetRegistryInfoRequest())]

    def test_every_answer_states_the_same_revision(self):
        revision = ASK.info().revision
        self.assertNotEqual(revision, "")
        answers = [ASK.lookup(port=80), ASK.lookup(service="ssh"),
                   ASK.batch([pb.LookupRequest(port=1)]), ASK.batch([]),
                   ASK.classify(port=1), *ASK.listing(last_port=4000)]
        self.assertEqual({answer.revision for answer in answers}, {revision})

    def test_equal_questions_have_equal_bytes_on_every_server(self):
        with processes.Portregd() as other:
            other_client = Client(other.channel())
            for method, request in self.REQUESTS:
                with self.subTest(method=method):
                    sent = request.SerializeToString()
                    first = ASK.raw(method, sent)
                    self.assertEqual(ASK.raw(method, sent), first)
                    self.assertEqual(other_client.raw(method, sent), first)

    def test_info_describes_the_embedded_layers(self):
        info = ASK.info()
        self.assertRegex(info.server_version, r"^\d+\.\d+\.\d+")
        files = {"common.csv": COMMON, "practice.csv": COMMON, "iana.csv": IANA}
        rows = {
            "common.csv": registry_reader.load(
                EMBEDDED_DIR / "common.csv").rows,
            "practice.csv": registry_reader.load_practice(
                EMBEDDED_DIR / "practice.csv"),
            "iana.csv": registry_reader.load(EMBEDDED_DIR / "iana.csv").rows}
        self.assertEqual([layer.layer for layer in info.layers],
                         list(files.values()))
        self.assertEqual(len({layer.source for layer in info.layers}), 3)
        for layer, name in zip(info.layers, files):
            data = (EMBEDDED_DIR / name).read_bytes()
            self.assertEqual(layer.origin, "embedded")
            self.assertEqual(layer.sha256, hashlib.sha256(data).hexdigest())
            self.assertFalse(layer.HasField("modify_time"))
            self.assertEqual(
                (layer.record_count, layer.named_count, layer.portless_count,
                 layer.set_aside_count),
                (len(rows[name]),
                 sum(bool(row.service) for row in rows[name]),
                 sum(row.first_port is None for row in rows[name]), 0))


if __name__ == "__main__":
    unittest.main()
