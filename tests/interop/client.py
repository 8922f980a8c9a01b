"""A small client of portreg.v1 for tests: every call has a deadline.

    client = Client(server.channel())
    client.lookup(port=443, transport=records.TRANSPORT_TCP)
    refusal(lambda: client.lookup(port=70000)).reason   # "PORT_OUT_OF_RANGE"
"""

import pathlib
import sys
from typing import Callable, NamedTuple

sys.path[:0] = [
    str(pathlib.Path(__file__).resolve().parents[1] / "integration")]

import grpc
from portreg_proto import SERVICE, Stub, errors, pb
from processes import CALL_SECONDS

DETAILS_KEY = "grpc-status-details-bin"
ERROR_INFO_URL = "type.googleapis.com/google.rpc.ErrorInfo"
BAD_REQUEST_URL = "type.googleapis.com/google.rpc.BadRequest"
STREAMING_METHODS = ("ListRange", "Watch")
# Streams that stay open after all their messages.
ENDLESS_METHODS = ("Watch",)
# Reasons that lie in the server that is asked, and not in the request.
SERVERS_REASONS = {"SERVER_BUSY", "SERVER_STOPPING", "CLIENT_NOT_ALLOWED"}


class Client:
    """The service's methods as functions of their request's fields."""

    def __init__(self, channel: grpc.Channel):
        self._channel = channel
        self._stub = Stub(channel)

    def lookup(self, **fields):
        """Calls Lookup."""
        return self._stub.Lookup(
            pb.LookupRequest(**fields), timeout=CALL_SECONDS)

    def batch(self, requests):
        """Calls BatchLookup with LookupRequest messages."""
        return self._stub.BatchLookup(
            pb.BatchLookupRequest(requests=requests), timeout=CALL_SECONDS)

    def classify(self, **fields):
        """Calls Classify."""
        return self._stub.Classify(
            pb.ClassifyRequest(**fields), timeout=CALL_SECONDS)

    def check(self, claims):
        """Calls Check with Claim messages."""
        return self._stub.Check(
            pb.CheckRequest(claims=claims), timeout=CALL_SECONDS)

    def suggest(self, **fields):
        """Calls Suggest."""
        return self._stub.Suggest(
            pb.SuggestRequest(**fields), timeout=CALL_SECONDS)

    def search(self, query: str, **fields):
        """Calls Search."""
        return self._stub.Search(
            pb.SearchRequest(query=query, **fields), timeout=CALL_SECONDS)

    def info(self):
        """Calls GetRegistryInfo."""
        return self._stub.GetRegistryInfo(
            pb.GetRegistryInfoRequest(), timeout=CALL_SECONDS)

    def open_listing(self, **fields):
        """Calls ListRange; returns the open call, to be iterated or cancelled."""
        return self._stub.ListRange(
            pb.ListRangeRequest(**fields), timeout=CALL_SECONDS)

    def listing(self, **fields) -> list:
        """Calls ListRange; returns all its messages."""
        return list(self.open_listing(**fields))

    def raw(self, method: str, request: bytes) -> bytes | list[bytes]:
        """Sends bytes as a request; returns the reply's bytes, or those of each message.

        If the method stays open, returns the first message and cancels the
        call.
        """
        if method not in STREAMING_METHODS:
            return self._channel.unary_unary(f"/{SERVICE}/{method}")(
                request, timeout=CALL_SECONDS)
        call = self.open(method, request)
        if method not in ENDLESS_METHODS:
            return list(call)
        try:
            return [next(call)]
        finally:
            call.cancel()

    def open(self, method: str, request: bytes, metadata=()):
        """Sends bytes to a method that streams; returns the open call."""
        return self._channel.unary_stream(f"/{SERVICE}/{method}")(
            request, metadata=metadata, timeout=CALL_SECONDS)


class Refusal(NamedTuple):
    """The error that a call ended with."""

    code: grpc.StatusCode
    message: str
    reason: str | None         # ErrorInfo's; None where there is no ErrorInfo
    domain: str | None
    fields: tuple[str, ...]    # paths of BadRequest's violations
    descriptions: tuple[str, ...]
    status: object | None      # the errordetails.v1.Status of the trailer


def refusal_of_details(code, message: str, details, status=None) -> Refusal:
    """Returns the Refusal that a code, a message and details describe."""
    info = violations = None
    for detail in details:
        if detail.type_url == ERROR_INFO_URL:
            info = errors.ErrorInfo.FromString(detail.value)
        elif detail.type_url == BAD_REQUEST_URL:
            violations = errors.BadRequest.FromString(
                detail.value).field_violations
        else:
            raise AssertionError(f"unexpected detail {detail.type_url}")
    return Refusal(
        code, message, info.reason if info else None,
        info.domain if info else None,
        tuple(violation.field for violation in violations or ()),
        tuple(violation.description for violation in violations or ()),
        status)


def refusal(call: Callable) -> Refusal:
    """Returns the error that call() ends with. Raises AssertionError if there is none."""
    try:
        answer = call()
    except grpc.RpcError as error:
        status = None
        for key, value in error.trailing_metadata() or ():
            if key == DETAILS_KEY:
                status = errors.Status.FromString(value)
        return refusal_of_details(
            error.code(), error.details(), status.details if status else (),
            status)
    raise AssertionError(f"not refused: {str(answer)[:200]}")
