"""Checks portreg with answers that no correct server gives.

    PORTREGD=portregd PORTREG=portreg python3 portreg_broken_answers_test.py
"""

import pathlib
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "interop")]

import grpc
import tool
from enum_names import IANA
from portreg_proto import pb, records
from tool_case import ToolTestCase


class BrokenAnswerTest(ToolTestCase):
    """Checks answers that no correct server gives."""

    def lookup(self, *results: pb.LookupResult, keys=("443",), flags=()):
        with tool.fake_service(lambda *_: pb.BatchLookupResponse(
                results=results, revision="r")) as target:
            outcome = tool.run(*keys, *flags, f"--target={target}")
            return outcome, target

    def test_items_that_fail_are_failures_and_no_misses(self):
        for code in grpc.StatusCode:
            if code in (grpc.StatusCode.OK, grpc.StatusCode.NOT_FOUND):
                continue
            failure = pb.LookupFailure(code=code.value[0], message="because")
            for form in ("table", "json"):
                outcome, target = self.lookup(
                    pb.LookupResult(failure=failure), flags=("-o", form))
                with self.subTest(code=code, form=form):
                    self.assertEqual(outcome.code, 64 + code.value[0])
                    self.assertRegex(
                        outcome.stderr,
                        rf"\Aportreg: 443: .*{target}: because\n\Z")

    def test_a_failure_weighs_more_than_a_miss(self):
        missing = pb.LookupResult(failure=pb.LookupFailure(
            code=5, message="not there"))
        failing = pb.LookupResult(failure=pb.LookupFailure(
            code=14, message="busy"))
        found = pb.LookupResult(response=pb.LookupResponse(
            records=[records.PortRecord(first_port=443, last_port=443,
                                        service="https", layer=IANA)]))
        outcome, target = self.lookup(missing, failing, found,
                                      keys=("a", "b", "https"),
                                      flags=("-o", "name"))
        self.assertEqual((outcome.code, outcome.stdout), (78, "https\n"))
        self.assertEqual(outcome.stderr.splitlines(), [
            "portreg: a: not there",
            f"portreg: b: no answer from {target}: busy"])

    def test_values_beyond_a_byte_are_not_taken_for_known_ones(self):
        record = records.PortRecord(
            first_port=443, last_port=443, transport=257, layer=259,
            service="https")
        result = pb.LookupResult(response=pb.LookupResponse(records=[record]))
        outcome, _ = self.lookup(result, flags=("--layer=iana",))
        self.assertNotIn("https", outcome.stdout)
        self.assertNotEqual(outcome.code, 0)
        outcome, _ = self.lookup(result, flags=("-o", "services"))
        self.assertNotIn("https", outcome.stdout)

    def test_times_that_json_cannot_hold_are_an_error(self):
        for seconds in (-62135596801, 253402300800, 2**62):
            layer = pb.LayerInfo(layer=IANA, source="a", origin="b")
            layer.modify_time.seconds = seconds
            with tool.fake_service(lambda method, _, layer=layer: (
                    iter([pb.WatchResponse(revision="r", layers=[layer])])
                    if method == "Watch" else pb.GetRegistryInfoResponse(
                        revision="r", layers=[layer]))) as target:
                for command in (("info", "-o", "json"),
                                ("info", "-o", "ndjson"),
                                ("watch", "-o", "json", "--count=1")):
                    with self.subTest(seconds=seconds, command=command):
                        outcome = tool.run(*command, f"--target={target}")
                        self.assertEqual(outcome.code, 64 + 13)
                        self.assert_one_complaint(outcome, target)

    def test_a_classification_is_shown_within_bounds(self):
        transports = list(range(1, 100_001)) * 3
        with tool.fake_service(lambda *_: pb.ClassifyResponse(
                title="t", description="d", first_port=0, last_port=1023,
                revision="r",
                advisories=[pb.Advisory(message="m", transports=transports)]
                + [pb.Advisory(message="m")] * 10_000)) as target:
            outcome = tool.run("classify", "80", f"--target={target}",
                               "--timeout=30s")
        self.assertLess(len(outcome.stdout), 1 << 20)
        self.assertIn(outcome.code, (0, 64 + 13))


if __name__ == "__main__":
    unittest.main()
