"""Serves an official IANA file and compares every answer with the file.

    PORTREG_IANA_CSV=service-names-port-numbers.csv PORTREGD=portregd \\
        python3 official_file_test.py

Works with any official file of 2024 or later, and with
common/embedded/iana.csv.
"""

import os
import pathlib
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / directory)
                for directory in ("integration", "data")]

import expected
import processes
import registry_reader
from client import Client
from enum_names import DCCP, IANA, SCTP, TCP, UDP
from expected import Entry, entry_of_record, state_number
from portreg_proto import pb

FILE_VARIABLE = "PORTREG_IANA_CSV"
BATCH = 1000
SHOWN = 20  # differences that a failure prints

# (port, transport): the state, in any official file
STATES = {
    (0, TCP): "reserved", (0, UDP): "reserved", (0, SCTP): "reserved",
    (4, TCP): "unassigned", (4, UDP): "unassigned",
    (716, TCP): "reserved", (716, UDP): "assigned",
    (3325, TCP): "assigned", (3325, DCCP): "assigned",
    (7350, UDP): "assigned", (7775, TCP): "assigned",
    (49150, TCP): "assigned", (49150, UDP): "reserved",
    (49151, TCP): "reserved", (49152, TCP): "dynamic"}

# (port, transport): IANA's names, in order, in any official file
NAMES = {
    (80, TCP): ["http", "www", "www-http"],
    (465, TCP): ["urd", "submissions"], (465, UDP): ["igmpv3lite"],
    (514, TCP): ["shell"], (514, UDP): ["syslog"],
    (716, TCP): [], (716, UDP): ["pana"],
    (3325, TCP): ["active-net"], (3325, SCTP): ["active-net"],
    (7350, TCP): ["swx"], (7350, UDP): ["swx"],
    (7775, TCP): ["inetfs"], (4, TCP): [], (0, TCP): [], (50000, TCP): []}


def setUpModule():
    global FILE, ASK, RULES, WANTED
    FILE = os.environ.get(FILE_VARIABLE, "")
    if not os.path.isfile(FILE):
        raise RuntimeError(f"{FILE_VARIABLE} must name an IANA file, "
                           f"not {FILE!r}")
    server = unittest.enterModuleContext(
        processes.Portregd(f"--iana_file={FILE}"))
    ASK = Client(server.channel())
    RULES = registry_reader.load(FILE)
    WANTED = expected.LayeredRegistry({IANA: RULES})


def ask_all(questions: list[dict]) -> list:
    """Returns the result of each lookup, asked in batches."""
    results = []
    for start in range(0, len(questions), BATCH):
        results += ASK.batch([
            pb.LookupRequest(**question)
            for question in questions[start:start + BATCH]]).results
    return results


def iana_entries(response) -> list[Entry]:
    """Returns the entries of layer iana in a response."""
    return [entry_of_record(record) for record in response.records
            if record.layer == IANA]


class OfficialFileTest(unittest.TestCase):
    """Checks that every answer about an official file agrees with the file."""

    def assert_no_differences(self, differences: list[str], compared: int):
        """Fails with the first differences, if there are any."""
        if differences:
            self.fail(f"{len(differences)} of {compared} answers differ:\n"
                      + "\n".join(differences[:SHOWN]))

    def compare_ports(self, number: int, transport: str):
        """Compares records, order and state of all ports on one transport."""
        differences = []
        results = ask_all([{"port": port, "transport": number}
                           for port in range(65536)])
        self.assertEqual(len(results), 65536)
        for port, result in enumerate(results):
            found = (iana_entries(result.response), [
                (state.transport, state.state, state.taken_locally)
                for state in result.response.states])
            right = (WANTED.by_port(port, transport), [
                (number, state_number(RULES.state(port, transport)), False)])
            if found != right:
                differences.append(f"{port}/{transport}: {found}, not {right}")
        self.assert_no_differences(differences, len(results))

    def test_every_port_on_tcp(self):
        self.compare_ports(TCP, "tcp")

    def test_every_port_on_udp(self):
        self.compare_ports(UDP, "udp")

    def test_every_port_on_sctp(self):
        self.compare_ports(SCTP, "sctp")

    def test_every_port_on_dccp(self):
        self.compare_ports(DCCP, "dccp")

    def test_every_name_in_lower_and_upper_case(self):
        for change in (str.lower, str.upper):
            names = WANTED.names
            results = ask_all([{"service": change(name)} for name in names])
            differences = []
            for name, result in zip(names, results, strict=True):
                found = iana_entries(result.response)
                if found != WANTED.by_name(name):
                    differences.append(f"{change(name)}: {found}, "
                                       f"not {WANTED.by_name(name)}")
            self.assert_no_differences(differences, len(names))

    def test_every_name_without_a_port_is_found(self):
        names = [row.service for row in RULES.rows if not row.port]
        self.assertGreater(len(names), 500)
        for name, result in zip(names, ask_all(
                [{"service": name} for name in names]), strict=True):
            portless = [record for record in result.response.records
                        if not record.HasField("first_port")]
            self.assertGreater(len(portless), 0, name)

    def test_the_reader_and_the_server_agree_on_how_much_there_is(self):
        layer = next(layer for layer in ASK.info().layers
                     if layer.layer == IANA)
        self.assertEqual(layer.origin, os.path.basename(FILE))
        self.assertTrue(layer.HasField("modify_time"))
        self.assertEqual(
            (layer.record_count, layer.named_count, layer.portless_count,
             layer.set_aside_count),
            (len(RULES.rows), sum(bool(row.service) for row in RULES.rows),
             sum(not row.port for row in RULES.rows), 0))


class KnownAnswersTest(unittest.TestCase):
    """Checks answers, written by hand, that hold for any official file."""

    def names(self, port: int, transport: int) -> list[str]:
        """Returns IANA's names of a port on a transport."""
        answer = ASK.lookup(port=port, transport=transport)
        return [entry.service for entry in iana_entries(answer)
                if entry.service]

    def test_names(self):
        for (port, transport), names in NAMES.items():
            with self.subTest(port=port, transport=transport):
                self.assertEqual(self.names(port, transport), names)

    def test_states(self):
        for (port, transport), state in STATES.items():
            with self.subTest(port=port, transport=transport):
                self.assertEqual(
                    [each.state for each in ASK.lookup(
                        port=port, transport=transport).states],
                    [state_number(state)])

    def test_every_port_of_x11(self):
        for port in range(6000, 6064):
            with self.subTest(port=port):
                self.assertEqual(self.names(port, TCP), ["x11"])
                self.assertEqual(self.names(port, UDP), ["x11"])

    def test_inetfs_precedes_a_nameless_range_that_covers_its_port(self):
        found = iana_entries(ASK.lookup(port=7775))
        self.assertEqual(
            (found[0].service, found[0].transport), ("inetfs", "tcp"))
        self.assertEqual([entry.service for entry in found[1:]],
                         [""] * (len(found) - 1))
        widths = [entry.last_port - entry.first_port for entry in found[1:]]
        self.assertEqual(widths, sorted(widths))


if __name__ == "__main__":
    unittest.main()
