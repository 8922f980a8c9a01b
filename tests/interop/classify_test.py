"""Checks Classify by a client that knows only the .proto.

    PORTREGD=portregd python3 classify_test.py
"""

import pathlib
import sys
import unittest

sys.path[:0] = [
    str(pathlib.Path(__file__).resolve().parents[1] / "integration")]

import grpc
import processes
from client import Client, refusal
from enum_names import ANY, DCCP, REGISTERED, SCTP, TCP, UDP, WELL_KNOWN
from portreg_proto import pb, records

# class: first port, last port
CLASSES = {
    WELL_KNOWN: (0, 1023),
    REGISTERED: (1024, 49151),
    records.PORT_CLASS_DYNAMIC: (49152, 65535)}

PRIVILEGE = pb.ADVISORY_KIND_NEEDS_PRIVILEGE
ASSIGNED = pb.ADVISORY_KIND_IANA_ASSIGNED
RESERVED = pb.ADVISORY_KIND_IANA_RESERVED
UNASSIGNED = pb.ADVISORY_KIND_IANA_UNASSIGNED
DYNAMIC = pb.ADVISORY_KIND_DYNAMIC
COMMON = pb.ADVISORY_KIND_COMMONLY_USED
EXPERIMENTS = pb.ADVISORY_KIND_EXPERIMENTS_ONLY
EPHEMERAL = pb.ADVISORY_KIND_LINUX_EPHEMERAL
NODE_PORT = pb.ADVISORY_KIND_KUBERNETES_NODE_PORT
BLOCKED = pb.ADVISORY_KIND_BLOCKED_BY_BROWSERS
# Numbers, because clients of the first contract have no names for these.
WINDOWS = 12
REPORTED = 15

# (port, transport): all advisories, in order
ADVISORIES = {
    (0, TCP): [RESERVED, PRIVILEGE, BLOCKED],
    (4, TCP): [UNASSIGNED, PRIVILEGE],
    (22, TCP): [ASSIGNED, COMMON, PRIVILEGE, BLOCKED],
    (80, TCP): [ASSIGNED, COMMON, PRIVILEGE],
    (80, DCCP): [RESERVED, COMMON, PRIVILEGE],
    (716, TCP): [RESERVED, PRIVILEGE],
    (1020, TCP): [RESERVED, PRIVILEGE],
    (1021, UDP): [ASSIGNED, PRIVILEGE, EXPERIMENTS],
    (1022, TCP): [ASSIGNED, PRIVILEGE, EXPERIMENTS],
    (1023, TCP): [RESERVED, PRIVILEGE],
    (1024, TCP): [RESERVED],
    (2082, TCP): [ASSIGNED, COMMON],
    (6000, UDP): [ASSIGNED, REPORTED],
    (6000, TCP): [ASSIGNED, BLOCKED, REPORTED],
    (6001, TCP): [ASSIGNED, COMMON, REPORTED],  # by soketi
    (6335, TCP): [UNASSIGNED, COMMON],  # by qdrant
    (6335, UDP): [UNASSIGNED],
    (29998, TCP): [UNASSIGNED],
    (29999, TCP): [ASSIGNED, COMMON],
    (30000, TCP): [ASSIGNED, COMMON, NODE_PORT],
    (30000, SCTP): [RESERVED, NODE_PORT],
    (32767, TCP): [ASSIGNED, NODE_PORT],
    (32768, TCP): [ASSIGNED, EPHEMERAL],
    (49151, TCP): [RESERVED, EPHEMERAL],
    (49152, TCP): [DYNAMIC, COMMON, EPHEMERAL, WINDOWS],
    (49152, UDP): [DYNAMIC, EPHEMERAL, WINDOWS],
    (60999, UDP): [DYNAMIC, EPHEMERAL, WINDOWS],
    (61000, UDP): [DYNAMIC, WINDOWS],
    (65535, SCTP): [DYNAMIC]}

# "Bad port" of the WHATWG's Fetch standard, as of 2026.
BAD_PORTS = {
    0, 1, 7, 9, 11, 13, 15, 17, *range(19, 24), 25, 37, 42, 43, 53, 69, 77,
    79, 87, 95, *range(101, 105), *range(109, 112), 113, 115, 117, 119, 123,
    135, 137, 139, 143, 161, 179, 389, 427, 465, *range(512, 516), 526,
    *range(530, 533), 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993,
    995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566,
    *range(6665, 6670), 6679, 6697, 10080}


def setUpModule():
    global ASK
    ASK = Client(unittest.enterModuleContext(processes.Portregd()).channel())


def kinds(answer) -> list[int]:
    """Returns the kinds of an answer's advisories."""
    return [advisory.kind for advisory in answer.advisories]


class ClassifyTest(unittest.TestCase):
    """Checks a port's class and the advice on choosing the port."""

    def test_boundaries_belong_to_their_class(self):
        titles = set()
        for port_class, (first, last) in CLASSES.items():
            for port in (first, last):
                with self.subTest(port=port):
                    answer = ASK.classify(port=port)
                    self.assertEqual(
                        (answer.port_class, answer.first_port,
                         answer.last_port), (port_class, first, last))
                    self.assertNotEqual(answer.description, "")
                    titles.add(answer.title)
        self.assertEqual(len(titles), len(CLASSES))
        self.assertIn("Well-Known Ports", titles)

    def test_port_outside_the_range_is_refused_by_its_value(self):
        for port in (-1, 65536):
            with self.subTest(port=port):
                error = refusal(lambda: ASK.classify(port=port))
                self.assertEqual(error.code,
                                 grpc.StatusCode.INVALID_ARGUMENT)
                self.assertIn(str(port), error.message)

    def test_port_0_is_a_port_and_no_port_is_none(self):
        self.assertEqual(ASK.classify(port=0).port_class, WELL_KNOWN)
        self.assertEqual(refusal(ASK.classify).reason, "PORT_MISSING")

    def test_advisories(self):
        for (port, transport), wanted in ADVISORIES.items():
            with self.subTest(port=port, transport=transport):
                answer = ASK.classify(port=port, transport=transport)
                self.assertEqual(kinds(answer), wanted)
                for advisory in answer.advisories:
                    self.assertNotEqual(advisory.message, "")

    def test_advisories_name_the_transports_that_they_hold_for(self):
        answer = ASK.classify(port=716, transport=ANY)
        found = {advisory.kind: list(advisory.transports)
                 for advisory in answer.advisories}
        self.assertEqual(found, {ASSIGNED: [UDP], RESERVED: [TCP, SCTP, DCCP],
                                 PRIVILEGE: []})

    def test_what_software_uses_holds_for_the_transports_of_the_software(self):
        for port, transports in ((49152, [TCP]), (6335, [TCP]),
                                 (6881, [TCP, UDP])):
            with self.subTest(port=port):
                answer = ASK.classify(port=port, transport=ANY)
                self.assertEqual(
                    [list(advisory.transports)
                     for advisory in answer.advisories
                     if advisory.kind == COMMON], [transports])

    def test_the_ports_that_browsers_block_and_no_others_are_blocked(self):
        neighbours = {port + step for port in BAD_PORTS for step in (-1, 0, 1)}
        for port in sorted(neighbours - {-1}):
            with self.subTest(port=port):
                self.assertEqual(BLOCKED in kinds(ASK.classify(port=port)),
                                 port in BAD_PORTS)

    def test_a_common_range_counts_at_both_ends_and_not_beside_them(self):
        for port, common in ((136, False), (137, True), (139, True),
                             (140, False), (1811, False), (1813, True)):
            with self.subTest(port=port):
                self.assertEqual(COMMON in kinds(ASK.classify(port=port)),
                                 common)


if __name__ == "__main__":
    unittest.main()
