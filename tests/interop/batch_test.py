"""Checks BatchLookup by a client that knows only the .proto.

    PORTREGD=portregd python3 batch_test.py
"""

import itertools
import pathlib
import random
import sys
import unittest

sys.path[:0] = [
    str(pathlib.Path(__file__).resolve().parents[1] / "integration")]

import grpc
import expected
import processes
from client import Client, refusal, refusal_of_details
from enum_names import SCTP, TCP, UDP
from expected import entries
from portreg_proto import pb, records

LIMIT = 1000
UNKNOWN_NAMES = ("no-such-service", "65536x", "HTTP/", "ünknown")


def setUpModule():
    global ASK, WANTED
    ASK = Client(unittest.enterModuleContext(processes.Portregd()).channel())
    WANTED = expected.embedded()


def codes(answer) -> list[int]:
    """Returns the code of each result of a batch; 0 for a response."""
    return [result.failure.code if result.HasField("failure") else 0
            for result in answer.results]


class BatchTest(unittest.TestCase):
    """Sends many lookups in one call."""

    def test_a_full_batch_of_ports_and_names_is_answered_in_order(self):
        mix = random.Random(6335)
        names = sorted(WANTED.names)
        requests = []
        for number in range(LIMIT):
            transport = mix.choice((0, 0, TCP, UDP, SCTP))
            if number % 10 == 9:
                requests.append(pb.LookupRequest(
                    service=mix.choice(UNKNOWN_NAMES)))
            elif number % 2:
                requests.append(pb.LookupRequest(
                    service=mix.choice(names).upper(), transport=transport))
            else:
                requests.append(pb.LookupRequest(
                    port=mix.randrange(65536), transport=transport))
        answer = ASK.batch(requests)
        self.assertEqual(len(answer.results), LIMIT)
        for number, (request, result) in enumerate(
                zip(requests, answer.results)):
            with self.subTest(number=number):
                self.assert_answers(request, result)
        self.assertGreaterEqual(codes(answer).count(5), 100)

    def assert_answers(self, request, result):
        """Checks one result of a batch against the layers' files."""
        transport = expected.TRANSPORTS[request.transport]
        by_port = request.WhichOneof("key") == "port"
        wanted = (WANTED.by_port(request.port, transport) if by_port
                  else WANTED.by_name(request.service, transport))
        if not by_port and not wanted:
            self.assertEqual(result.WhichOneof("result"), "failure")
            self.assertEqual(result.failure.code,
                             grpc.StatusCode.NOT_FOUND.value[0])
            return
        self.assertEqual(result.WhichOneof("result"), "response")
        self.assertEqual(entries(result.response), wanted)
        self.assertEqual(bool(result.response.states), by_port)

    def test_revision_stands_once_and_not_within_the_results(self):
        answer = ASK.batch([pb.LookupRequest(port=port)
                            for port in range(LIMIT)])
        self.assertEqual(answer.revision, ASK.info().revision)
        self.assertEqual(
            {result.response.revision for result in answer.results}, {""})

    def test_each_response_is_what_lookup_says_but_for_the_revision(self):
        keys = ({"port": 2082}, {"port": 50000}, {"service": "HTTPS"},
                {"port": 80, "transport": UDP})
        views = (records.RECORD_VIEW_BASIC, records.RECORD_VIEW_FULL)
        questions = [{**key, "view": view}
                     for key, view in itertools.product(keys, views)]
        answer = ASK.batch([pb.LookupRequest(**question)
                            for question in questions])
        for question, result in zip(questions, answer.results, strict=True):
            with self.subTest(question=question):
                alone = ASK.lookup(**question)
                alone.revision = ""
                self.assertEqual(result.response, alone)

    def test_each_failure_is_what_lookup_refuses_with(self):
        questions = (
            {}, {"port": -1}, {"port": 65536}, {"service": ""},
            {"service": "x" * 65}, {"service": "nope"}, {"port": 1, "view": 7},
            {"port": 1, "transport": 9})
        answer = ASK.batch([pb.LookupRequest(**question)
                            for question in questions])
        for question, result in zip(questions, answer.results, strict=True):
            with self.subTest(question=question):
                alone = refusal(lambda: ASK.lookup(**question))
                failure = result.failure
                self.assertEqual(failure.code, alone.code.value[0])
                self.assertEqual(
                    refusal_of_details(alone.code, failure.message,
                                       failure.details),
                    alone._replace(status=None))

    def test_bad_items_leave_the_others_answered(self):
        answer = ASK.batch([
            pb.LookupRequest(port=22), pb.LookupRequest(port=70000),
            pb.LookupRequest(service="ssh"), pb.LookupRequest(service="nope"),
            pb.LookupRequest(port=443)])
        self.assertEqual(codes(answer), [0, 3, 0, 5, 0])
        self.assertIn("70000", answer.results[1].failure.message)
        self.assertIn("nope", answer.results[3].failure.message)

    def test_equal_items_have_equal_results(self):
        answer = ASK.batch([pb.LookupRequest(port=443)] * 3)
        self.assertEqual(answer.results[0], answer.results[1])
        self.assertEqual(answer.results[0], answer.results[2])

    def test_an_empty_batch_has_no_results_but_a_revision(self):
        answer = ASK.batch([])
        self.assertEqual(len(answer.results), 0)
        self.assertEqual(answer.revision, ASK.info().revision)

    def test_one_lookup_too_many_is_refused(self):
        requests = [pb.LookupRequest(port=port) for port in range(LIMIT + 1)]
        self.assertEqual(len(ASK.batch(requests[:LIMIT]).results), LIMIT)
        error = refusal(lambda: ASK.batch(requests))
        self.assertEqual(
            (error.code, error.reason),
            (grpc.StatusCode.INVALID_ARGUMENT, "BATCH_TOO_LARGE"))
        self.assertIn(str(LIMIT + 1), error.message)
        self.assertIn(str(LIMIT), error.message)


if __name__ == "__main__":
    unittest.main()
