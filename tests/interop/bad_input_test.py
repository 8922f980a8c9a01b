"""Checks that any request gets an answer or a reason, and that the server survives it.

    PORTREGD=portregd python3 bad_input_test.py
"""

import pathlib
import random
import socket
import sys
import unittest

sys.path[:0] = [
    str(pathlib.Path(__file__).resolve().parents[1] / "integration")]

import grpc
import processes
from client import SERVERS_REASONS, Client, refusal
from portreg_proto import SERVICE, pb

REQUESTS = {
    "Lookup": pb.LookupRequest, "BatchLookup": pb.BatchLookupRequest,
    "Classify": pb.ClassifyRequest, "Check": pb.CheckRequest,
    "Suggest": pb.SuggestRequest, "ListRange": pb.ListRangeRequest,
    "Search": pb.SearchRequest, "Watch": pb.WatchRequest,
    "GetRegistryInfo": pb.GetRegistryInfoRequest}

GOOD = {
    "Lookup": pb.LookupRequest(service="https", transport=1, view=2),
    "BatchLookup": pb.BatchLookupRequest(requests=[
        pb.LookupRequest(port=80), pb.LookupRequest(service="ssh", view=2)]),
    "Classify": pb.ClassifyRequest(port=443, transport=2),
    "Check": pb.CheckRequest(claims=[
        pb.Claim(first_port=80, last_port=90, transports=[1, 2], service="web",
                 owner="shop", scope="eu/prod"),
        pb.Claim(first_port=443)]),
    "Suggest": pb.SuggestRequest(
        first_port=7000, last_port=7100, within_blocks=True, count=3,
        adjacent=True, transports=[1], service="web", owner="shop", scope="eu",
        accepted_kinds=[10, 12], key="checkout"),
    "ListRange": pb.ListRangeRequest(
        first_port=1, last_port=90, transport=1, layers=[2, 3], view=1,
        include_portless=False),
    "Search": pb.SearchRequest(
        query="web cpanel", transport=1, layers=[2, 3], view=1, max_results=9),
    "Watch": pb.WatchRequest(revision="an earlier one"),
    "GetRegistryInfo": pb.GetRegistryInfoRequest()}

INVALID_UTF8 = {
    "lone byte": b"\xff", "continuation byte": b"a\x80",
    "cut sequence": b"\xc3", "overlong": b"\xc0\x80",
    "surrogate": b"\xed\xa0\x80", "above U+10FFFF": b"\xf4\x90\x80\x80"}

# Further codes that a request may be refused with, by their reasons.
OTHER_CODES = {"SERVICE_NOT_FOUND": grpc.StatusCode.NOT_FOUND,
               "BATCH_REPLY_TOO_LARGE": grpc.StatusCode.RESOURCE_EXHAUSTED,
               "REVISION_CHANGED": grpc.StatusCode.ABORTED}
TOLERABLE = {
    (OTHER_CODES.get(reason, grpc.StatusCode.INVALID_ARGUMENT), reason)
    for reason in (name.removeprefix("ERROR_REASON_")
                   for name in pb.ErrorReason.keys())
    if reason not in {"UNSPECIFIED", *SERVERS_REASONS}}

RECEIVE_LIMIT = 256 * 1024
RANDOM_REQUESTS = 1500  # of each kind and method


def setUpModule():
    global SERVER, ASK
    SERVER = unittest.enterModuleContext(processes.Portregd())
    ASK = Client(SERVER.channel())
    unittest.addModuleCleanup(check_that_it_still_serves)


def check_that_it_still_serves():
    """Checks that the server still serves, on old and new connections."""
    for client in (ASK, Client(SERVER.channel())):
        names = [record.service for record in client.lookup(port=22).records]
        assert names[:2] == ["SSH", "ssh"], names


def field(number: int, value: bytes) -> bytes:
    """Returns a length-delimited field of less than 128 bytes on the wire."""
    return bytes([number << 3 | 2, len(value)]) + value


class BadInputTest(unittest.TestCase):
    """Sends requests that no correct client sends."""

    def assert_malformed(self, method: str, request: bytes):
        error = refusal(lambda: ASK.raw(method, request))
        self.assertEqual(
            (error.code, error.reason),
            (grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_REQUEST"))

    def assert_tolerable(self, method: str, request: bytes) -> bool:
        """Checks that a request is answered or refused; returns True if it is answered."""
        try:
            ASK.raw(method, request)
            return True
        except grpc.RpcError:
            error = refusal(lambda: ASK.raw(method, request))
            self.assertIn((error.code, error.reason), TOLERABLE,
                          (method, request, error.message))
            return False

    def test_the_tables_have_every_method_of_the_contract(self):
        methods = [method.name for method in pb.DESCRIPTOR.services_by_name[
            SERVICE.rpartition(".")[2]].methods]
        self.assertEqual(sorted(REQUESTS), sorted(methods))
        self.assertEqual(sorted(GOOD), sorted(methods))

    def test_a_broken_value_of_every_field_is_malformed(self):
        for method, request in REQUESTS.items():
            for number in request.DESCRIPTOR.fields_by_number:
                for broken in (bytes([number << 3]),             # no value
                               bytes([number << 3]) + b"\xff" * 10 + b"\x01",
                               bytes([number << 3 | 1]) + b"\0" * 7,
                               bytes([number << 3 | 2, 9]) + b"short",
                               bytes([number << 3 | 4]),         # end of group
                               bytes([number << 3 | 7])):        # no such type
                    with self.subTest(method=method, broken=broken):
                        self.assert_malformed(method, broken)

    def test_a_request_cut_anywhere_is_answered_or_refused(self):
        for method, message in GOOD.items():
            whole = message.SerializeToString()
            refused = 0
            for end in range(len(whole)):
                with self.subTest(method=method, end=end):
                    refused += not self.assert_tolerable(method, whole[:end])
            self.assertGreater(refused, 0 if whole else -1)

    def test_invalid_utf8_is_refused_by_its_path(self):
        for kind, text in INVALID_UTF8.items():
            bad_lookup = field(2, text)
            table = {
                ("Lookup", "service"): bad_lookup,
                ("BatchLookup", "requests[0].service"): field(1, bad_lookup),
                ("BatchLookup", "requests[2].service"):
                    field(1, b"\x08\x50") * 2 + field(1, bad_lookup),
                ("ListRange", "resume_token"): field(7, text),
                ("Check", "claims[0].service"): field(1, field(4, text)),
                ("Check", "claims[1].owner"):
                    field(1, b"\x08\x50") + field(1, field(5, text)),
                ("Check", "claims[0].scope"): field(1, field(6, text)),
                ("Suggest", "service"): field(7, text),
                ("Suggest", "owner"): field(8, text),
                ("Suggest", "scope"): field(9, text),
                ("Suggest", "key"): field(11, text),
                ("Search", "query"): field(1, text),
                ("Watch", "revision"): field(1, text)}
            for (method, path), request in table.items():
                with self.subTest(kind=kind, method=method, path=path):
                    error = refusal(lambda: ASK.raw(method, request))
                    self.assertEqual(
                        (error.code, error.reason, error.fields),
                        (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_UTF8",
                         (path,)))

    def test_a_name_may_have_1_to_64_bytes(self):
        table = {"": "SERVICE_EMPTY", "x" * 64: "SERVICE_NOT_FOUND",
                 "ü" * 32: "SERVICE_NOT_FOUND", "\0": "SERVICE_NOT_FOUND",
                 "x" * 65: "SERVICE_TOO_LONG", "ü" * 32 + "x":
                 "SERVICE_TOO_LONG"}
        for name, reason in table.items():
            with self.subTest(name=name):
                self.assertEqual(
                    refusal(lambda: ASK.lookup(service=name)).reason, reason)

    def test_deep_nesting_is_malformed(self):
        depth = 100_000
        for method in REQUESTS:
            for request in (b"\x7b" * depth, b"\x7b" * depth + b"\x7c" * depth):
                with self.subTest(method=method, size=len(request)):
                    self.assert_malformed(method, request)

    def test_fields_of_a_later_contract_are_ignored(self):
        later = b"\xa2\x3f\x03new" + b"\xa8\x3f\x01" + b"\xa2\x3f\x01\xff"
        for method, message in GOOD.items():
            with self.subTest(method=method):
                request = message.SerializeToString()
                self.assertEqual(ASK.raw(method, request + later),
                                 ASK.raw(method, request))

    def test_a_request_above_256_kib_is_refused_by_grpc_itself(self):
        fits = field(1, b"") * (RECEIVE_LIMIT // 2)
        self.assertEqual(refusal(lambda: ASK.raw("BatchLookup", fits)).reason,
                         "BATCH_TOO_LARGE")
        for method in REQUESTS:
            with self.subTest(method=method):
                error = refusal(lambda: ASK.raw(method, fits + b"\0"))
                self.assertEqual(
                    (error.code, error.reason),
                    (grpc.StatusCode.RESOURCE_EXHAUSTED, None))

    def test_forged_resume_tokens_are_refused(self):
        token = ASK.listing(last_port=100)[0].resume_token
        for forged in (token + "x", "x" + token, token + "." + token,
                       token[:5], token[::-1], "\0", " " + token,
                       token + "9" * 30, "x" * 100_000):
            with self.subTest(forged=forged[:80]):
                error = refusal(lambda: ASK.listing(resume_token=forged))
                self.assertIn((error.code, error.reason), {
                    (grpc.StatusCode.INVALID_ARGUMENT, "RESUME_TOKEN_INVALID"),
                    (grpc.StatusCode.ABORTED, "REVISION_CHANGED")})

    def test_random_bytes_are_answered_or_refused(self):
        dice = random.Random(2082)
        for method in REQUESTS:
            for _ in range(RANDOM_REQUESTS):
                self.assert_tolerable(method, dice.randbytes(
                    dice.randrange(1, 40)))

    def test_changed_requests_are_answered_or_refused(self):
        dice = random.Random(6335)
        for method, message in GOOD.items():
            whole = message.SerializeToString() or b"\x08\x01"
            for _ in range(RANDOM_REQUESTS):
                changed = bytearray(whole)
                for _ in range(dice.randrange(1, 4)):
                    position = dice.randrange(len(changed))
                    changed[position:position + dice.randrange(2)] = (
                        dice.randbytes(dice.randrange(3)) or b"\0")
                self.assert_tolerable(method, bytes(changed))

    def test_an_unknown_method_is_unimplemented(self):
        call = SERVER.channel().unary_unary(f"/{SERVICE}/Delete")
        self.assertEqual(
            refusal(lambda: call(b"", timeout=processes.CALL_SECONDS)).code,
            grpc.StatusCode.UNIMPLEMENTED)

    def test_a_connection_that_does_not_speak_http2_is_closed(self):
        host, _, port = SERVER.address.rpartition(":")
        for words in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\0" * 9000,
                      b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 9000):
            with self.subTest(words=words[:20]), socket.create_connection(
                    (host, int(port)), processes.CALL_SECONDS) as connection:
                connection.settimeout(processes.CALL_SECONDS)
                try:
                    connection.sendall(words)
                    while connection.recv(4096):
                        pass
                except ConnectionError:
                    pass


if __name__ == "__main__":
    unittest.main()
