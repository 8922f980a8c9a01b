"""Checks every reason that an error of the service can have, with all its details.

    PORTREGD=portregd python3 errors_test.py
"""

import functools
import pathlib
import sys
import tempfile
import unittest
from typing import Callable, NamedTuple

sys.path[:0] = [
    str(pathlib.Path(__file__).resolve().parents[1] / "integration")]

import grpc
import processes
import refusing_servers
from client import SERVERS_REASONS, Client, Refusal, refusal
from enum_names import UDP
from portreg_proto import pb, records
from registry_files import HEADER

INVALID = grpc.StatusCode.INVALID_ARGUMENT
REASON_PREFIX = "ERROR_REASON_"
METHODS = pb.DESCRIPTOR.services_by_name["PortRegistryService"].methods_by_name


class Case(NamedTuple):
    """A request that is refused, and the contents of the refusal."""

    method: str
    request: object                       # a message, or raw bytes
    words: tuple[str, ...]                # the value, and what is allowed
    fields: tuple[str, ...] | None = None  # None: not about one field
    code: grpc.StatusCode = INVALID
    # Sends the request, by method and bytes, to a special server. None: to a
    # server like any other.
    asked: Callable[[str, bytes], Refusal] | None = None


def lookup(words, fields=None, code=INVALID, **request) -> Case:
    """Returns a Lookup that is refused."""
    return Case("Lookup", pb.LookupRequest(**request), words, fields, code)


def classify(words, fields, **request) -> Case:
    """Returns a Classify that is refused."""
    return Case("Classify", pb.ClassifyRequest(**request), words, fields)


def listing(words, fields, **request) -> Case:
    """Returns a ListRange that is refused."""
    return Case("ListRange", pb.ListRangeRequest(**request), words, fields)


def search(words, fields, query="ssh", **request) -> Case:
    """Returns a Search that is refused."""
    return Case("Search", pb.SearchRequest(query=query, **request), words,
                fields)


def cases() -> dict[str, list[Case]]:
    """Returns, for every reason of the contract, requests that are refused with it."""
    table = cases_of_the_first_contract() | cases_of_servers()
    for more in ([cases_of_search()] if "Search" in METHODS else []) + (
            [cases_of_watch()] if "Watch" in METHODS else []) + (
            [cases_of_check(), cases_of_suggest()]
            if "Check" in METHODS else []) + (
            [cases_of_scope()]
            if "scope" in pb.LookupRequest.DESCRIPTOR.fields_by_name else []):
        for reason, rows in more.items():
            table.setdefault(reason, []).extend(rows)
    return table


def cases_of_servers() -> dict[str, list[Case]]:
    """Returns, for every reason that lies in the server, a call of each method.

    Clients of any contract can receive these reasons.
    """
    busy = str(refusing_servers.MOST_CALLS)
    return {
        "SERVER_BUSY": [
            Case(method, b"", (busy, "allows"),
                 code=grpc.StatusCode.RESOURCE_EXHAUSTED,
                 asked=refusing_servers.refused_by_a_busy_server)
            for method in METHODS],
        "SERVER_STOPPING": [
            Case(method, request, ("stop", "another replica"),
                 code=grpc.StatusCode.UNAVAILABLE,
                 asked=refusing_servers.refused_by_a_stopping_server)
            for method, request in (
                ("Watch", b""), ("ListRange", b"\x28\x02\x30\x01"))],
        "CLIENT_NOT_ALLOWED": [
            Case(method, b"", (refusing_servers.STRANGER, "not allowed"),
                 code=grpc.StatusCode.PERMISSION_DENIED,
                 asked=refusing_servers.refused_as_a_stranger)
            for method in METHODS]}


def cases_of_watch() -> dict[str, list[Case]]:
    """Returns, for every reason that Watch can be refused with, requests."""
    return {
        "MALFORMED_REQUEST": [Case("Watch", b"\x0a\x05", ("WatchRequest",))],
        "INVALID_UTF8": [Case("Watch", b"\x0a\x02\xc0\x80", ("UTF-8",),
                              ("revision",))]}


def cases_of_scope() -> dict[str, list[Case]]:
    """Returns, for every reason that a scope can be refused with, requests."""
    return {
        "SCOPE_INVALID": [
            lookup(("eu//prod", "64"), ("scope",), port=80, scope="eu//prod"),
            lookup(("\u00fc", "64"), ("scope",), service="ssh", scope="\u00fc"),
            listing(("eu/", "64"), ("scope",), scope="eu/"),
            search(("x" * 64, "64"), ("scope",), scope="x" * 65)],
        "INVALID_UTF8": [
            Case("Lookup", b"\x08\x50\x2a\x01\xff", ("UTF-8",), ("scope",))]}


def check(words, field, **claim) -> Case:
    """Returns a Check that is refused for a field of its second claim."""
    return Case("Check", pb.CheckRequest(
        claims=[pb.Claim(first_port=80), pb.Claim(**claim)]), words,
        (f"claims[1].{field}",))


def suggest(words, field, **request) -> Case:
    """Returns a Suggest that is refused for a field."""
    return Case("Suggest", pb.SuggestRequest(**request), words, (field,))


def cases_of_check() -> dict[str, list[Case]]:
    """Returns, for every reason that Check can be refused with, requests."""
    wide = pb.Claim(first_port=0, last_port=65535, owner="wide")
    return {
        "MALFORMED_REQUEST": [Case("Check", b"\x0a\x05", ("CheckRequest",))],
        "INVALID_UTF8": [
            Case("Check", b"\x0a\x00\x0a\x03\x22\x01\xff", ("UTF-8",),
                 ("claims[1].service",))],
        "TOO_MANY_CLAIMS": [
            Case("Check", pb.CheckRequest(
                claims=[pb.Claim(first_port=1)] * 1001), ("1001", "1000"),
                ("claims",))],
        "CLAIMS_TOO_WIDE": [
            Case("Check", pb.CheckRequest(
                claims=[wide] * 4 + [pb.Claim(first_port=1)]),
                ("262145", "262144"), ("claims",))],
        "PORT_MISSING": [check(("0-65535",), "first_port", last_port=1)],
        "PORT_OUT_OF_RANGE": [
            check(("-1", "65535"), "first_port", first_port=-1),
            check(("65536", "65535"), "last_port", first_port=1,
                  last_port=65536)],
        "RANGE_REVERSED": [
            check(("90", "80"), "first_port", first_port=90, last_port=80)],
        "TRANSPORT_UNKNOWN": [
            check(("0",), "transports[1]", first_port=1, transports=[1, 0]),
            check(("5",), "transports[0]", first_port=1, transports=[5])],
        "SERVICE_TOO_LONG": [
            check(("65", "64"), "service", first_port=1, service="x" * 65)],
        "OWNER_TOO_LONG": [
            check(("257", "256"), "owner", first_port=1, owner="x" * 257)],
        "SCOPE_INVALID": [
            check(("eu//prod", "64"), "scope", first_port=1,
                  scope="eu//prod")],
        "BATCH_REPLY_TOO_LARGE": [
            Case("Check", pb.CheckRequest(claims=[
                pb.Claim(first_port=7888, service=f"svc-{number}")
                for number in range(1000)]), ("1000", "3145728"),
                code=grpc.StatusCode.RESOURCE_EXHAUSTED)]}


def cases_of_suggest() -> dict[str, list[Case]]:
    """Returns, for every reason that Suggest can be refused with, requests."""
    return {
        "MALFORMED_REQUEST": [
            Case("Suggest", b"\x5a\x05", ("SuggestRequest",))],
        "INVALID_UTF8": [
            Case("Suggest", b"\x5a\x02\xc0\x80", ("UTF-8",), ("key",))],
        "PORT_OUT_OF_RANGE": [
            suggest(("-1", "65535"), "first_port", first_port=-1),
            suggest(("65536", "65535"), "last_port", last_port=65536)],
        "RANGE_REVERSED": [
            suggest(("1024", "80"), "first_port", last_port=80),
            suggest(("49152", "49151"), "first_port", first_port=49152)],
        "COUNT_OUT_OF_RANGE": [
            suggest(("-1", "100"), "count", count=-1),
            suggest(("101", "100"), "count", count=101)],
        "BLOCK_OWNER_MISSING": [
            suggest(("owner", "within_blocks"), "owner", within_blocks=True),
            suggest(("owner", "within_blocks"), "owner", within_blocks=True,
                    owner="  ")],
        "TRANSPORT_UNKNOWN": [suggest(("7",), "transports[0]", transports=[7])],
        "SERVICE_TOO_LONG": [
            suggest(("66", "64"), "service", service="\u00fc" * 33)],
        "OWNER_TOO_LONG": [
            suggest(("257", "256"), "owner", owner="x" * 257)],
        "SCOPE_INVALID": [suggest(("a b", "64"), "scope", scope="a b")],
        "ACCEPTED_KIND_INVALID": [
            suggest((str(kind), "2 to 18"), "accepted_kinds[1]",
                    accepted_kinds=[10, kind]) for kind in (0, 1, 19, 20, 99)],
        "SUGGEST_KEY_TOO_LONG": [
            suggest(("257", "256"), "key", key="x" * 257)]}


def cases_of_search() -> dict[str, list[Case]]:
    """Returns, for every reason that Search can be refused with, requests."""
    words = ("q " * 17).strip()
    return {
        "MALFORMED_REQUEST": [Case("Search", b"\x0a\x05",
                                   ("SearchRequest",))],
        "INVALID_UTF8": [Case("Search", b"\x0a\x02\xc0\x80", ("UTF-8",),
                              ("query",))],
        "QUERY_EMPTY": [search(("1 to 16",), ("query",), ""),
                        search(("1 to 16",), ("query",), "  ")],
        "QUERY_TOO_LONG": [search(("257", "256"), ("query",), "x" * 257),
                           search(("258", "256"), ("query",), "\u00fc" * 129),
                           search(("17", "16"), ("query",), words)],
        "MAX_RESULTS_OUT_OF_RANGE": [
            search(("-1", "500"), ("max_results",), max_results=-1),
            search(("501", "500"), ("max_results",), max_results=501)],
        "TRANSPORT_UNKNOWN": [search(("5",), ("transport",), transport=5)],
        "LAYER_UNKNOWN": [
            search(("0",), ("layers[0]",), layers=[0]),
            search(("4",), ("layers[2]",), layers=[1, 2, 4])],
        "VIEW_UNKNOWN": [search(("3",), ("view",), view=3)]}


def cases_of_the_first_contract() -> dict[str, list[Case]]:
    """Returns, for every reason of the first contract, requests that are refused with it."""
    full = records.RECORD_VIEW_FULL
    return {
        "MALFORMED_REQUEST": [
            Case("Lookup", b"\x08", ("LookupRequest",)),
            Case("BatchLookup", b"\x0a\x05", ("BatchLookupRequest",)),
            Case("Classify", b"\x08\xff", ("ClassifyRequest",)),
            Case("ListRange", b"\x3a\x7f", ("ListRangeRequest",)),
            Case("GetRegistryInfo", b"\xff", ("GetRegistryInfoRequest",))],
        "INVALID_UTF8": [
            Case("Lookup", b"\x12\x02a\xff", ("UTF-8",), ("service",)),
            Case("BatchLookup", b"\x0a\x02\x08\x50\x0a\x04\x12\x02\xc0\x80",
                 ("UTF-8",), ("requests[1].service",)),
            Case("ListRange", b"\x3a\x03\xed\xa0\x80", ("UTF-8",),
                 ("resume_token",))],
        "KEY_MISSING": [
            lookup(("port", "service"), ("key",)),
            lookup(("port", "service"), ("key",), transport=UDP, view=full)],
        "PORT_MISSING": [classify(("port", "0-65535"), ("port",))],
        "PORT_OUT_OF_RANGE": [
            lookup(("-1", "65535"), ("port",), port=-1),
            lookup(("65536", "65535"), ("port",), port=65536),
            classify(("-7", "65535"), ("port",), port=-7),
            classify(("2147483647", "65535"), ("port",), port=2**31 - 1),
            listing(("-2", "65535"), ("first_port",), first_port=-2),
            listing(("70000", "65535"), ("last_port",), last_port=70000)],
        "RANGE_REVERSED": [
            listing(("90", "80"), ("first_port",), first_port=90,
                    last_port=80)],
        "SERVICE_EMPTY": [lookup(("64",), ("service",), service="")],
        "SERVICE_TOO_LONG": [
            lookup(("65", "64"), ("service",), service="x" * 65),
            lookup(("66", "64"), ("service",), service="ü" * 33),
            lookup(("100000", "64"), ("service",), service="x" * 100_000)],
        "TRANSPORT_UNKNOWN": [
            lookup(("77",), ("transport",), port=80, transport=77),
            lookup(("-1",), ("transport",), port=80, transport=-1),
            classify(("5",), ("transport",), port=80, transport=5),
            listing(("6",), ("transport",), transport=6)],
        "LAYER_UNKNOWN": [
            listing(("0",), ("layers[0]",), layers=[0]),
            listing(("9",), ("layers[1]",), layers=[3, 9])],
        "VIEW_UNKNOWN": [
            lookup(("3",), ("view",), port=80, view=3),
            lookup(("44",), ("view",), service="ssh", view=44),
            listing(("-3",), ("view",), view=-3)],
        "BATCH_TOO_LARGE": [
            Case("BatchLookup", pb.BatchLookupRequest(
                requests=[pb.LookupRequest()] * 1001),
                ("1001", "1000"), ("requests",))],
        "RESUME_TOKEN_INVALID": [
            listing(("gaga",), ("resume_token",), resume_token="gaga")],
        "SERVICE_NOT_FOUND": [
            lookup(("no-such-name",), code=grpc.StatusCode.NOT_FOUND,
                   service="no-such-name"),
            lookup(("shell", "udp"), code=grpc.StatusCode.NOT_FOUND,
                   service="shell", transport=UDP)],
        "BATCH_REPLY_TOO_LARGE": [
            Case("BatchLookup", pb.BatchLookupRequest(
                requests=[pb.LookupRequest(port=80, view=full)] * 1000),
                ("1000", "3145728"),
                code=grpc.StatusCode.RESOURCE_EXHAUSTED)],
        "REVISION_CHANGED": [
            Case("ListRange", pb.ListRangeRequest(resume_token=token),
                 (REVISION, OTHER_REVISION), code=grpc.StatusCode.ABORTED)
            for token in OTHER_TOKENS]}


def setUpModule():
    global ASK, REVISION, OTHER_REVISION, OTHER_TOKENS
    ASK = Client(unittest.enterModuleContext(processes.Portregd()).channel())
    REVISION = ASK.info().revision
    directory = unittest.enterModuleContext(tempfile.TemporaryDirectory())
    local_file = pathlib.Path(directory, "local.csv")
    local_file.write_text(f"{HEADER}\nbilling,50000,tcp,Invoices,,,,,,,,\n")
    with processes.Portregd(f"--local_file={local_file}") as other:
        messages = Client(other.channel()).listing()
        OTHER_REVISION = messages[0].revision
        OTHER_TOKENS = [message.resume_token for message in messages]


def refused(case: Case) -> Refusal:
    """Sends a case's request and returns the refusal."""
    request = case.request
    if not isinstance(request, bytes):
        request = request.SerializeToString()
    if case.asked:
        return once(case.asked, case.method, request)
    return refusal(lambda: ASK.raw(case.method, request))


@functools.cache
def once(asked, method: str, request: bytes) -> Refusal:
    """Caches refusals, because a call may start a server."""
    return asked(method, request)


class ReasonTest(unittest.TestCase):
    """Checks the table of reasons, and that it is complete."""

    def test_the_table_has_every_reason_of_the_contract(self):
        contract = {reason.removeprefix(REASON_PREFIX)
                    for reason in pb.ErrorReason.keys()} - {"UNSPECIFIED"}
        self.assertEqual({reason for reason, rows in cases().items() if rows},
                         contract | SERVERS_REASONS)

    def each_refusal(self, check: Callable[[str, Case, Refusal], None]):
        """Runs a check on the refusal of every case of the table."""
        for reason, rows in cases().items():
            for number, case in enumerate(rows):
                with self.subTest(reason=reason, number=number):
                    check(reason, case, refused(case))

    def test_code_and_error_info(self):
        self.each_refusal(lambda reason, case, error: self.assertEqual(
            (error.code, error.reason, error.domain),
            (case.code, reason, "portreg")))

    def test_bad_request_names_the_field(self):
        self.each_refusal(lambda reason, case, error: self.assertEqual(
            error.fields, case.fields or ()))

    def test_message_and_description_name_the_value_and_what_is_allowed(self):
        def check(reason, case, error):
            for text in (error.message, *error.descriptions):
                for word in case.words:
                    self.assertIn(word, text)
        self.each_refusal(check)

    def test_message_is_one_short_line_of_lower_case_without_a_full_stop(self):
        def check(reason, case, error):
            self.assertRegex(error.message, r"\A[^A-Z\s][^\x00-\x1f\x7f]{,398}[^.]\Z")
        self.each_refusal(check)

    def test_trailer_repeats_code_and_message(self):
        def check(reason, case, error):
            self.assertEqual((error.status.code, error.status.message),
                             (error.code.value[0], error.message))
        self.each_refusal(check)


if __name__ == "__main__":
    unittest.main()
