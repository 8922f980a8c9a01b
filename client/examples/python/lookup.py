"""Asks a portreg server, from Python.

    python3 lookup.py [TARGET]

TARGET is a gRPC target, 127.0.0.1:6335 by default. README.md describes how
the modules of the package portreg are generated.
"""

import sys
import uuid
from typing import Iterator

import grpc
from portreg.errordetails.v1 import error_details_pb2
from portreg.v1 import port_record_pb2 as records
from portreg.v1 import port_registry_service_pb2 as pb
from portreg.v1 import port_registry_service_pb2_grpc as service

CALL_SECONDS = 2      # a call without a deadline may wait for ever
LISTING_SECONDS = 30
LISTING_ATTEMPTS = 3  # in a row without a message


def tracing() -> tuple[tuple[str, str], ...]:
    """Returns metadata that the server sends back, to join logs."""
    return (("x-request-id", str(uuid.uuid4())),)


def reason_of(error: grpc.RpcError) -> str:
    """Returns why a call failed: a name of ErrorReason without its prefix.

    Empty if gRPC itself ended the call, as it does for UNAVAILABLE.
    """
    for key, value in error.trailing_metadata() or ():
        if key != "grpc-status-details-bin":
            continue
        # These have the wire format of google.rpc.Status and
        # google.rpc.ErrorInfo in the package googleapis-common-protos.
        for detail in error_details_pb2.Status.FromString(value).details:
            if detail.type_url.endswith("/google.rpc.ErrorInfo"):
                return error_details_pb2.ErrorInfo.FromString(
                    detail.value).reason
    return ""


def text_of(error: grpc.RpcError) -> str:
    """Returns a failure for people: its code, reason if any, and message."""
    what = f"{error.code().name} {reason_of(error)}".strip()
    return f"{what}: {error.details()}"


def list_records(stub, request) -> Iterator[records.PortRecord]:
    """Yields each record of a ListRangeRequest once.

    If the stream breaks, continues with the resume token of the last message.
    ABORTED (REVISION_CHANGED) means that the registry has changed since: start
    again.
    """
    attempts = LISTING_ATTEMPTS
    while True:
        try:
            for message in stub.ListRange(
                    request, timeout=LISTING_SECONDS, metadata=tracing(),
                    wait_for_ready=bool(request.resume_token)):
                request.resume_token = message.resume_token
                attempts = LISTING_ATTEMPTS
                yield from message.records
            return
        except grpc.RpcError as error:
            attempts -= 1
            if error.code() != grpc.StatusCode.UNAVAILABLE or attempts == 0:
                raise


def line_of(record: records.PortRecord) -> str:
    """Returns a record for people."""
    ports = "-"  # a name without a port; 0 would be a port
    if record.HasField("first_port"):
        ports = str(record.first_port)
        if record.last_port != record.first_port:
            ports += f"-{record.last_port}"
    if record.transport != records.TRANSPORT_UNSPECIFIED:
        # A later server may know transports that this program does not.
        transport = records.Transport.DESCRIPTOR.values_by_number.get(
            record.transport)
        ports += "/" + (transport.name.removeprefix("TRANSPORT_").lower()
                        if transport else str(record.transport))
    return f"{ports} {record.service or '(no name)'}: {record.description}"


def show_lookups(stub):
    """Looks up a port and a name."""
    for key in ({"port": 2082}, {"service": "AirPlay"}):
        answer = stub.Lookup(pb.LookupRequest(**key), timeout=CALL_SECONDS,
                             metadata=tracing())
        for record in answer.records:
            print(line_of(record))


def show_refusal(stub):
    """Looks up an unknown name, and prints why there is no answer."""
    try:
        stub.Lookup(pb.LookupRequest(service="no-such-name"),
                    timeout=CALL_SECONDS, metadata=tracing())
    except grpc.RpcError as error:
        print(text_of(error))


def show_listing(stub):
    """Lists the common uses of ports."""
    listed = list(list_records(stub, pb.ListRangeRequest(
        layers=[records.LAYER_COMMON])))
    print(f"{len(listed)} records, from {line_of(listed[0])}")


def show_check(stub):
    """Says what speaks against two ports for a service."""
    claims = [pb.Claim(first_port=port, transports=[records.TRANSPORT_TCP],
                       service="ledger", owner="payments")
              for port in (6000, 7109)]
    answer = stub.Check(pb.CheckRequest(claims=claims), timeout=CALL_SECONDS,
                        metadata=tracing())
    for claim, result in zip(claims, answer.results):
        for finding in result.findings:
            # A later server may know severities that this program does not.
            severity = pb.Severity.DESCRIPTOR.values_by_number.get(
                finding.severity)
            name = (severity.name.removeprefix("SEVERITY_").lower()
                    if severity else finding.severity)
            print(f"{claim.first_port}: {name}: {finding.message}")


def show_suggestion(stub):
    """Asks for a port that nothing speaks against."""
    answer = stub.Suggest(
        pb.SuggestRequest(first_port=28500, last_port=28599, service="ledger",
                          owner="payments", key="ledger"),
        timeout=CALL_SECONDS, metadata=tracing())
    ports = ", ".join(str(port) for port in answer.ports) or "no port"
    print(f"use {ports}: {answer.free_count} of {answer.candidate_count} "
          "ports are free")


def show_search(stub):
    """Finds records by words, and names similar to a misspelt one."""
    answer = stub.Search(
        pb.SearchRequest(query="control panel", max_results=2),
        timeout=CALL_SECONDS, metadata=tracing())
    for match in answer.matches:
        print(line_of(match.record))
    print(f"{len(answer.matches)} of {answer.total_count} matches")
    answer = stub.Search(pb.SearchRequest(query="kerbberos"),
                         timeout=CALL_SECONDS, metadata=tracing())
    print("did you mean " + ", ".join(answer.similar_services) + "?")


def main(target: str = "127.0.0.1:6335"):
    """Asks the server at a target."""
    with grpc.insecure_channel(target) as channel:
        stub = service.PortRegistryServiceStub(channel)
        show_lookups(stub)
        show_refusal(stub)
        show_listing(stub)
        show_search(stub)
        show_check(stub)
        show_suggestion(stub)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:2])
    except grpc.RpcError as failure:
        sys.exit(text_of(failure))
