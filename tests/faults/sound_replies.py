"""Answers calls as a sound server of a small registry does.

Ports 53, 80 and 443 have one record each, and one record has no port.
"""

import pathlib
import sys
from typing import Iterator

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "interop")]

from hostile_server import UNIMPLEMENTED, Call, End, Headers, Message, Step, Wait
from portreg_proto import pb, records

REVISION = "r1"
NAMES = {53: "domain", 80: "http", 443: "https"}
PORTLESS = "portless"
UNARY = ("Lookup", "BatchLookup", "Classify", "Check", "Suggest", "Search",
         "GetRegistryInfo")
STREAMS = ("ListRange", "Watch")
EVERY = (*UNARY, *STREAMS)
# The methods whose replies hold records.
WITH_RECORDS = ("Lookup", "BatchLookup", "Check", "Search", "ListRange")


def record(port: int | None, service: str, **fields) -> records.PortRecord:
    """Returns a record of IANA's layer on TCP."""
    made = records.PortRecord(
        transport=records.TRANSPORT_TCP, service=service, description=service,
        layer=records.LAYER_IANA, source="IANA registry", **fields)
    if port is not None:
        made.first_port = made.last_port = port
    return made


RECORDS = [record(port, name) for port, name in NAMES.items()]


def lookup(request: pb.LookupRequest) -> pb.LookupResponse:
    """Returns the sound answer to a lookup of a port or a name; perhaps no records."""
    found = [each for each in RECORDS
             if (each.first_port == request.port
                 if request.HasField("port")
                 else each.service == request.service.lower())]
    answer = pb.LookupResponse(records=found, revision=REVISION)
    if request.HasField("port"):
        answer.port_class = records.PORT_CLASS_WELL_KNOWN
        answer.states.add(transport=records.TRANSPORT_TCP,
                          state=records.ASSIGNMENT_STATE_ASSIGNED)
    return answer


def batch(request: pb.BatchLookupRequest) -> pb.BatchLookupResponse:
    """Returns the sound answer to a batch."""
    answer = pb.BatchLookupResponse(revision=REVISION)
    for each in request.requests:
        result = answer.results.add().response
        result.CopyFrom(lookup(each))
        result.ClearField("revision")
    return answer


def classify() -> pb.ClassifyResponse:
    """Returns a sound answer about a well-known port."""
    return pb.ClassifyResponse(
        port_class=records.PORT_CLASS_WELL_KNOWN, first_port=0, last_port=1023,
        title="Well-Known Ports", description="System Ports", revision=REVISION,
        advisories=[pb.Advisory(kind=pb.ADVISORY_KIND_IANA_ASSIGNED,
                                message="assigned",
                                transports=[records.TRANSPORT_TCP])])


def check(request: pb.CheckRequest) -> pb.CheckResponse:
    """Returns a sound answer: records hold all ports, and each claim collides with the first."""
    answer = pb.CheckResponse(revision=REVISION)
    for number, claim in enumerate(request.claims):
        result = answer.results.add()
        about = {"first_port": claim.first_port, "last_port": claim.first_port,
                 "transports": [records.TRANSPORT_TCP]}
        if number > 0:
            result.findings.add(
                severity=pb.SEVERITY_ERROR, message="both want it",
                kind=pb.ADVISORY_KIND_CLAIMS_COLLIDE, other_claim=0, **about)
        result.findings.add(
            severity=pb.SEVERITY_WARNING, message="assigned",
            kind=pb.ADVISORY_KIND_IANA_ASSIGNED, records=RECORDS[:1], **about)
        result.total_count = len(result.findings)
    return answer


def suggest(request: pb.SuggestRequest) -> pb.SuggestResponse:
    """Returns a sound answer: the first ports of the range, one after the other."""
    first = request.first_port if request.HasField("first_port") else 1024
    return pb.SuggestResponse(
        ports=range(first, first + max(request.count, 1)),
        candidate_count=1000, free_count=900, revision=REVISION,
        refusals=[pb.RefusalCount(kind=pb.ADVISORY_KIND_IANA_ASSIGNED,
                                  port_count=100)])


def search() -> pb.SearchResponse:
    """Returns a sound answer: every record matches."""
    return pb.SearchResponse(
        matches=[pb.SearchMatch(record=each, kind=pb.MATCH_KIND_NAME_PREFIX,
                                fields=[pb.MATCH_FIELD_SERVICE])
                 for each in RECORDS],
        total_count=len(RECORDS), revision=REVISION)


def layers() -> list[pb.LayerInfo]:
    """Returns the layers of the sound server."""
    return [pb.LayerInfo(layer=records.LAYER_IANA, source="IANA registry",
                         origin="embedded", sha256="0" * 64,
                         record_count=len(RECORDS) + 1,
                         named_count=len(RECORDS) + 1, portless_count=1)]


def info() -> pb.GetRegistryInfoResponse:
    """Returns the sound answer to GetRegistryInfo."""
    return pb.GetRegistryInfoResponse(
        revision=REVISION, server_version="0.0.0", layers=layers())


def listing(request: pb.ListRangeRequest) -> list[pb.ListRangeResponse]:
    """Returns a sound listing: a message for each record, and an empty last one.

    The records are of the first layer that was asked for.
    """
    last = request.last_port if request.HasField("last_port") else 65535
    listed = [each for each in RECORDS
              if request.first_port <= each.first_port <= last]
    if request.include_portless:
        listed.append(record(None, PORTLESS))
    messages = [pb.ListRangeResponse(records=[each]) for each in listed]
    if request.layers:
        for message in messages:
            message.records[0].layer = request.layers[0]
    messages.append(pb.ListRangeResponse())
    for number, message in enumerate(messages, 1):
        message.revision = REVISION
        message.resume_token = str(number)
    return messages[int(request.resume_token or 0):]


def watch(revision: str = REVISION) -> pb.WatchResponse:
    """Returns a message of a Watch."""
    return pb.WatchResponse(revision=revision, layers=layers())


def reply(call: Call):
    """Returns the sound reply to a unary call, as a message."""
    match call.method:
        case "Lookup":
            return lookup(pb.LookupRequest.FromString(call.request))
        case "BatchLookup":
            return batch(pb.BatchLookupRequest.FromString(call.request))
        case "Classify":
            return classify()
        case "Check":
            return check(pb.CheckRequest.FromString(call.request))
        case "Suggest":
            return suggest(pb.SuggestRequest.FromString(call.request))
        case "Search":
            return search()
        case "GetRegistryInfo":
            return info()
    return None


def messages_of(call: Call) -> list:
    """Returns the sound messages that answer a call."""
    if call.method == "ListRange":
        return listing(pb.ListRangeRequest.FromString(call.request))
    if call.method == "Watch":
        known = pb.WatchRequest.FromString(call.request).revision
        return [] if known == REVISION else [watch()]
    answer = reply(call)
    return [] if answer is None else [answer]


def sound(call: Call) -> Iterator[Step]:
    """Behaves like a sound server; answers unknown methods with UNIMPLEMENTED."""
    if call.method not in EVERY:
        yield End(UNIMPLEMENTED, "unknown method")
        return
    yield Headers()
    for message in messages_of(call):
        yield Message(message.SerializeToString())
    if call.method == "Watch":
        yield Wait()
    yield End()
