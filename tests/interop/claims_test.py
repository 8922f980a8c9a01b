"""Checks Check and Suggest by a client that knows only the .proto.

    PORTREGD=portregd python3 claims_test.py

The server has tests/data/claims_local.csv as its own table, and must find what
tests/data/claims.csv lists for each claim.
"""

import csv
import pathlib
import sys
import unittest

sys.path[:0] = [
    str(pathlib.Path(__file__).resolve().parents[1] / "integration")]

import processes
from client import Client
from portreg_proto import pb, records

DATA = processes.SOURCE_DIR / "tests" / "data"
LEAST_ROWS = 60
BASIS, PRIME = 0xcbf29ce484222325, 0x100000001b3
MIXERS = (0xff51afd7ed558ccd, 0xc4ceb9fe1a85ec53)
MASK = 2**64 - 1
# A range with ports of all kinds, most of them taken.
FIRST_PORT, LAST_PORT = 7000, 7999


def setUpModule():
    global ASK
    ASK = Client(unittest.enterModuleContext(processes.Portregd(
        f"--local_file={DATA / 'claims_local.csv'}")).channel())


def claim_of(row: dict[str, str]) -> pb.Claim:
    """Returns the claim of a row of the table."""
    first, _, last = row["Ports"].partition("-")
    claim = pb.Claim(
        first_port=int(first), service=row["Service"], owner=row["Owner"],
        scope=row["Scope"], transports=[
            records.Transport.Value(f"TRANSPORT_{name.upper()}")
            for name in filter(None, row["Transports"].split("/"))])
    if last:
        claim.last_port = int(last)
    return claim


def ports_of(message) -> tuple[int, int]:
    """Returns the first and the last port of a claim or a finding."""
    last = message.last_port if message.HasField("last_port") else message.first_port
    return message.first_port, last


def shown(finding: pb.Finding, claim: pb.Claim) -> str:
    """Returns a finding as the table has it: with its ports if they are not the claim's."""
    severity = pb.Severity.Name(finding.severity).removeprefix("SEVERITY_").lower()
    kind = pb.AdvisoryKind.Name(finding.kind).removeprefix("ADVISORY_KIND_")
    first, last = finding.first_port, finding.last_port
    if (first, last) == ports_of(claim):
        return f"{severity} {kind}"
    return f"{severity} {kind} " + (str(first) if first == last else f"{first}-{last}")


def findings_of(result: pb.ClaimResult, claim: pb.Claim) -> str:
    """Returns the findings about a claim as the table has them."""
    return "; ".join(shown(finding, claim) for finding in result.findings)


def is_free(claim: pb.Claim) -> bool:
    """Returns True if Check finds nothing of severity warning or error about a claim."""
    result, = ASK.check([claim]).results
    return all(finding.severity < pb.SEVERITY_WARNING
               for finding in result.findings)


def key_hash(key: str, port: int) -> int:
    """Returns the hash of key and port, as the contract defines it."""
    value = BASIS
    for byte in key.encode() + b"\0" + str(port).encode():
        value = (value ^ byte) * PRIME & MASK
    for mixer in MIXERS:
        value = (value ^ value >> 33) * mixer & MASK
    return value ^ value >> 33


class CheckTest(unittest.TestCase):
    """Checks the findings about claims."""

    def test_each_claim_of_the_table_has_its_findings(self):
        with (DATA / "claims.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertGreaterEqual(len(rows), LEAST_ROWS)
        for row in rows:
            with self.subTest(**row):
                claim = claim_of(row)
                answer = ASK.check([claim])
                result, = answer.results
                self.assertEqual(findings_of(result, claim), row["Findings"])
                self.assertEqual(result.total_count, len(result.findings))
                self.assertEqual(answer.revision, ASK.info().revision)

    def test_results_are_in_the_order_of_the_claims(self):
        claims = [pb.Claim(first_port=port, service="x") for port in range(5000, 6000)]
        together = ASK.check(claims).results
        self.assertEqual(len(together), len(claims))
        for place in (0, 1, 432, 999):
            alone, = ASK.check([claims[place]]).results
            self.assertEqual(together[place], alone)

    def test_claims_that_collide_name_each_other(self):
        claims = [pb.Claim(first_port=7888, last_port=7890, service="a", owner="x"),
                  pb.Claim(first_port=7880, service="b", owner="y"),
                  pb.Claim(first_port=7890, service="c", owner="z", scope="eu")]
        found = [[(finding.other_claim, finding.first_port, finding.last_port)
                  for finding in result.findings
                  if finding.kind == pb.ADVISORY_KIND_CLAIMS_COLLIDE]
                 for result in ASK.check(claims).results]
        self.assertEqual(found, [[(2, 7890, 7890)], [], [(0, 7890, 7890)]])

    def test_nothing_is_said_of_no_claims(self):
        answer = ASK.check([])
        self.assertEqual(list(answer.results), [])
        self.assertNotEqual(answer.revision, "")

    def test_a_claim_of_every_port_is_answered(self):
        result, = ASK.check([pb.Claim(first_port=0, last_port=65535, owner="x")]).results
        self.assertEqual(len(result.findings), 100)
        self.assertGreater(result.total_count, 10_000)
        self.assertEqual(result.findings[0].severity, pb.SEVERITY_ERROR)


class SuggestTest(unittest.TestCase):
    """Checks that nothing speaks against the suggested ports."""

    def test_suggestions_are_the_lowest_ports_that_check_finds_free(self):
        answer = ASK.suggest(first_port=28530, last_port=28670, count=100)
        free = [port for port in range(28530, 28671)
                if is_free(pb.Claim(first_port=port))]
        self.assertEqual(list(answer.ports), free[:100])
        self.assertEqual(answer.free_count, len(free))
        self.assertEqual(answer.candidate_count, 141)
        self.assertLess(len(free), 141)

    def test_a_key_orders_ports_by_the_hash_of_the_contract(self):
        self.assertEqual(key_hash("billing", 7000), 0x5e518d86f22c70ac)
        within = {"first_port": FIRST_PORT, "last_port": LAST_PORT, "count": 100}
        free = ASK.suggest(**within)
        self.assertGreater(free.free_count, len(free.ports))
        # Without adjacency, the suggestions are the free ports with the least
        # hashes.
        for key in ("billing", "checkout-42", "\u00fc"):
            with self.subTest(key=key):
                ports = list(ASK.suggest(key=key, **within).ports)
                hashes = [key_hash(key, port) for port in ports]
                self.assertEqual(hashes, sorted(hashes))
                refused = [port for port in range(FIRST_PORT, LAST_PORT + 1)
                           if port not in ports and key_hash(key, port) < hashes[-1]]
                claims = [pb.Claim(first_port=port) for port in refused]
                for port, result in zip(refused, ASK.check(claims).results, strict=True):
                    self.assertTrue(any(
                        finding.severity >= pb.SEVERITY_WARNING
                        for finding in result.findings), port)

    def test_blocks_of_an_owner_are_the_candidates(self):
        answer = ASK.suggest(within_blocks=True, owner="pay", service="new",
                             count=3, adjacent=True)
        self.assertEqual(list(answer.ports), [28542, 28543, 28544])
        self.assertEqual((answer.candidate_count, answer.free_count), (10, 9))

    def test_a_range_without_a_free_port_says_why(self):
        answer = ASK.suggest(first_port=28640, last_port=28649,
                             transports=[records.TRANSPORT_UDP])
        self.assertEqual(list(answer.ports), [])
        self.assertEqual((answer.candidate_count, answer.free_count), (10, 0))
        self.assertEqual([(each.kind, each.port_count) for each in answer.refusals],
                         [(pb.ADVISORY_KIND_TAKEN_LOCALLY, 10)])

    def test_kinds_can_be_accepted(self):
        node_ports = {"first_port": 30100, "last_port": 30110}
        self.assertEqual(list(ASK.suggest(**node_ports).ports), [])
        self.assertNotEqual(list(ASK.suggest(
            accepted_kinds=[pb.ADVISORY_KIND_KUBERNETES_NODE_PORT],
            **node_ports).ports), [])


class EqualAnswersTest(unittest.TestCase):
    """Checks that equal requests get equal bytes from every server with equal data."""

    def test_of_check_and_suggest(self):
        requests = {
            "Check": pb.CheckRequest(claims=[
                pb.Claim(first_port=port, last_port=port + 9, owner="x")
                for port in range(0, 60_000, 997)]),
            "Suggest": pb.SuggestRequest(count=50, key="checkout")}
        with processes.Portregd(
                f"--local_file={DATA / 'claims_local.csv'}") as other:
            for method, request in requests.items():
                with self.subTest(method=method):
                    sent = request.SerializeToString()
                    self.assertEqual(ASK.raw(method, sent),
                                     Client(other.channel()).raw(method, sent))


if __name__ == "__main__":
    unittest.main()
