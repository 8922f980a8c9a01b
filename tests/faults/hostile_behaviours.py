"""Defines the behaviours of hostile and broken servers: the rows of the matrix.

    for name, behaviour in hostile_behaviours.ALL.items():
        with hostile_server.Server(behaviour.behave) as server:
            ...

Each behaviour deviates from sound(call): a registry of four records. Ports 53,
80 and 443 have one record each, and one record has no port.
"""

import functools
import itertools
import pathlib
import random
import sys
import zlib
from typing import Callable, Iterator, NamedTuple

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / name)
                for name in ("integration", "interop")]

import processes
from hostile_server import (MOST_FRAME_BYTES, Behaviour, Call, Close, Data, End, GoAway,
                            Headers, Message, Messages, Reset, Step, Wait)
from portreg_proto import pb, records
from sound_replies import (EVERY, PORTLESS, RECORDS, REVISION, STREAMS, UNARY,
                           WITH_RECORDS, layers, lookup, messages_of, record,
                           reply, sound)

MIB = 1 << 20


class Row(NamedTuple):
    """A way to misbehave.

    methods: the calls that are answered badly; others get sound answers.
    codes: the codes with which a client may end those calls. OK: the client
    returns the message as it is.
    item_codes: further codes of lookups that share a batch.
    """

    behave: Behaviour
    methods: tuple[str, ...] = EVERY
    codes: tuple[str, ...] = ("INTERNAL",)
    item_codes: tuple[str, ...] = ()

    @property
    def waits(self) -> bool:
        """True if a call ends only at its deadline."""
        return self.codes == ("DEADLINE_EXCEEDED",)

    @property
    def seconds(self) -> float:
        """The time limit of a call: short if the limit may end the call, else long."""
        if self.waits:
            return 2
        return 3 if "DEADLINE_EXCEEDED" in self.codes else 20 * processes.PATIENCE


def _only(methods: tuple[str, ...], behave: Behaviour) -> Behaviour:
    def either(call: Call) -> Iterator[Step]:
        return behave(call) if call.method in methods else sound(call)
    return either


def _bytes(change: Callable[[bytes], bytes], opens: bool = False) -> Behaviour:
    """Sends each message with its bytes changed. opens: then stays silent."""
    def behave(call: Call) -> Iterator[Step]:
        for message in messages_of(call):
            yield Message(change(message.SerializeToString()))
        if opens or call.method == "Watch":
            yield Wait()
        yield End()
    return behave


def _changed(change: Callable) -> Behaviour:
    """Sends each message after `change` was applied to it."""
    def behave(call: Call) -> Iterator[Step]:
        for message in messages_of(call):
            change(message)
            yield Message(message.SerializeToString())
        if call.method == "Watch":
            yield Wait()
        yield End()
    return behave


def _steps(*steps: Step) -> Behaviour:
    """Does the same for every call."""
    def behave(_: Call) -> Iterator[Step]:
        return iter(steps)
    return behave


def _findings_in(message: pb.CheckResponse) -> list[pb.Finding]:
    return [each for result in message.results for each in result.findings]


def _records_in(message) -> list[records.PortRecord]:
    if isinstance(message, (pb.LookupResponse, pb.ListRangeResponse)):
        return list(message.records)
    if isinstance(message, pb.BatchLookupResponse):
        return [each for result in message.results
                for each in result.response.records]
    if isinstance(message, pb.CheckResponse):
        return [each for finding in _findings_in(message)
                for each in finding.records]
    return [match.record for match in message.matches]


def _with_ports(first: int | None, last: int | None) -> Behaviour:
    def change(message):
        for each in _records_in(message):
            each.ClearField("first_port")
            each.ClearField("last_port")
            if first is not None:
                each.first_port = first
            if last is not None:
                each.last_port = last
    return _changed(change)


def _of_others(message):
    """Answers about another port and name than those asked for."""
    for each in _records_in(message):
        each.first_port += 1
        each.last_port += 1
        each.service = "other"


def _class_of_others(message: pb.ClassifyResponse):
    message.first_port, message.last_port = 1024, 49151


def _unknown_enums(message):
    """Sets values that a later contract may have; 8 bits of them are known ones."""
    if isinstance(message, pb.ClassifyResponse):
        message.port_class = 0x101
        message.advisories[0].kind = 0x102
        message.advisories[0].transports[0] = 0x101
        return
    if isinstance(message, (pb.WatchResponse, pb.GetRegistryInfoResponse)):
        message.layers[0].layer = 0x103
        return
    if isinstance(message, pb.SuggestResponse):
        message.refusals[0].kind = 0x102
        return
    if isinstance(message, pb.CheckResponse):
        for finding in _findings_in(message):
            finding.severity = 0x101
            finding.kind = 0x102
            finding.transports[0] = 0x101
    for each in _records_in(message):
        each.layer = 0x103
        each.transport = 0x101
    if isinstance(message, pb.SearchResponse):
        for match in message.matches:
            match.kind = 0x101
            match.fields[0] = 0x101
    answers = {pb.LookupResponse: lambda: [message],
               pb.BatchLookupResponse:
                   lambda: [each.response for each in message.results]}
    for answer in answers.get(type(message), list)():
        if answer.states:
            answer.port_class = 0x101
            answer.states[0].transport = 0x101
            answer.states[0].state = 0x103


def _result_counts(change: Callable[[int], int]) -> Behaviour:
    """Answers a batch with another number of results."""
    def behave(call: Call) -> Iterator[Step]:
        answer = reply(call)
        wanted = change(len(answer.results))
        results = list(answer.results) * 2 + [pb.LookupResult(
            response=lookup(pb.LookupRequest(port=443)))] * 2
        yield Message(pb.BatchLookupResponse(
            results=results[:wanted], revision=REVISION).SerializeToString())
        yield End()
    return behave


def _claim_counts(change: Callable[[int], int]) -> Behaviour:
    """Answers a Check with another number of results."""
    def behave(call: Call) -> Iterator[Step]:
        results = list(reply(call).results)
        results = (results * 2)[:change(len(results))]
        yield Message(pb.CheckResponse(
            results=results, revision=REVISION).SerializeToString())
        yield End()
    return behave


def _findings(**fields) -> Behaviour:
    """Answers a Check with these fields in each finding. None: the field is cleared."""
    def change(message):
        for finding in _findings_in(message):
            for name, value in fields.items():
                if value is None:
                    finding.ClearField(name)
                else:
                    setattr(finding, name, value)
    return _changed(change)


def _few_counted(message):
    message.results[0].total_count = 0


def _suggests(*ports: int, **fields) -> Behaviour:
    """Answers a Suggest with these ports and fields. None: the sound ones."""
    def change(message):
        if ports:
            message.ports[:] = ports
        for name, value in fields.items():
            setattr(message, name, value)
    return _changed(change)


def _refuses(count: int, kind: int = pb.ADVISORY_KIND_IANA_ASSIGNED) -> Behaviour:
    """Answers a Suggest with this refusal."""
    def change(message):
        message.refusals[0].port_count = count
        message.refusals[0].kind = kind
    return _changed(change)


def _shifted(call: Call) -> Iterator[Step]:
    """Sends one result too few, then one too many, so that the sum is right."""
    change = (lambda n: n - 1) if call.number % 2 == 0 else (lambda n: n + 1)
    return _result_counts(change)(call)


def _without_outcome(message):
    message.results[0].Clear()


def _failure_ok(message):
    message.results[0].failure.code = 0


def _failing_items(message):
    for result in message.results:
        result.failure.code = 14
        result.failure.message = "busy"


def _random(body: bytes) -> bytes:
    """Returns bytes of the same length that do not begin with a valid tag."""
    return b"\x07" + random.Random(len(body)).randbytes(max(len(body), 1))


def _not_utf8(body: bytes) -> bytes:
    return body.replace(REVISION.encode(), b"\xff\xfe")


# The size of a compressed bomb after decompression.
UNFOLDED_BYTES = 512 * MIB


@functools.cache
def bomb() -> bytes:
    """Returns half a gigabyte of zeros, compressed."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    zeros = bytes(MIB)
    parts = [compressor.compress(zeros)
             for _ in range(UNFOLDED_BYTES // MIB)]
    return b"".join(parts) + compressor.flush()


def _bomb(_: Call) -> Iterator[Step]:
    # Made before the headers, because a client may end the call when it reads them.
    message = Message(bomb(), compressed=1)
    yield Headers(encoding="gzip")
    yield message
    yield End()


# The number of the repeated message that each reply begins with.
PARTS = {"Lookup": 1, "BatchLookup": 1, "Classify": 6, "Check": 1,
         "Suggest": 4, "Search": 1, "GetRegistryInfo": 3, "ListRange": 1, "Watch": 2}


def _many_parts(call: Call) -> Iterator[Step]:
    """Sends a message of nearly 4 MiB that has millions of parts, each empty."""
    part = bytes([PARTS[call.method] << 3 | 2, 0])
    yield Message(part * (4 * MIB // 2 - 8))
    if call.method == "Watch":
        yield Wait()
    yield End()


def _endless_message(_: Call) -> Iterator[Step]:
    """Sends 4 GiB as one message, as far as the client receives them."""
    yield Message(b"", length=2**32 - 1)
    while True:
        yield Data(bytes(MIB))


def _endless(body_of: Callable[[int], bytes]) -> Behaviour:
    """Sends a listing without an end, as many messages at a time as fill a frame."""
    def behave(_: Call) -> Iterator[Step]:
        bodies: list[bytes] = []
        total_bytes = 0
        for number in itertools.count():
            bodies.append(body_of(number))
            total_bytes += len(bodies[-1])
            if total_bytes >= MOST_FRAME_BYTES:
                yield Messages(bodies)
                bodies, total_bytes = [], 0
    return behave


def _listing_body(listed: list[records.PortRecord], revision: str = REVISION) -> bytes:
    return pb.ListRangeResponse(
        records=listed, revision=revision, resume_token="1").SerializeToString()


@functools.cache
def _portless_body(count: int) -> bytes:
    return _listing_body([record(None, PORTLESS)] * count)


@functools.cache
def _upwards_body(number: int) -> bytes:
    return _listing_body([record(min(number, 65535), "x", details=records.RecordDetails(
        assignment_notes="n" * 1000))] * 100)


def _repeating_body(number: int) -> bytes:
    return _listing_body([RECORDS[number % len(RECORDS)]])


def _changing_body(number: int) -> bytes:
    return _listing_body([record(number, "x")], f"r{number}")


def _flood(call: Call) -> Iterator[Step]:
    """Sends revisions without an end, and serves none of them."""
    number = 0
    while True:
        yield Message(pb.WatchResponse(
            revision=f"{call.number}-{number}").SerializeToString())
        number += 1


def _empty_revisions(_: Call) -> Iterator[Step]:
    while True:
        yield Message(pb.WatchResponse(layers=layers()).SerializeToString())


def _broken_then_silent(_: Call) -> Iterator[Step]:
    yield Message(b"\x07\xff")
    yield Wait()


# Codes of calls that a limit ends: of time, of bytes, or of a mirror's memory.
LIMITED = ("DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "INTERNAL")

ALL = {
    "sound": Row(sound, ()),
    "random bytes": Row(_bytes(_random)),
    "bytes cut off": Row(_bytes(lambda body: body[:-1])),
    "not UTF-8": Row(_bytes(_not_utf8)),
    "no bytes": Row(_steps(Message(b""), End()), ("Watch",)),
    "too few results": Row(
        _result_counts(lambda count: count - 1), ("BatchLookup",)),
    "too many results": Row(
        _result_counts(lambda count: count + 1), ("BatchLookup",)),
    "no results": Row(_result_counts(lambda count: 0), ("BatchLookup",)),
    "results shifted over two batches": Row(_shifted, ("BatchLookup",)),
    "a result without an outcome": Row(
        _changed(_without_outcome), ("BatchLookup",)),
    "a failure that says OK": Row(_changed(_failure_ok), ("BatchLookup",)),
    "failures of each item": Row(
        _changed(_failing_items), ("BatchLookup",), ("OK",), ("UNAVAILABLE",)),
    "a result too few for the claims": Row(
        _claim_counts(lambda count: count - 1), ("Check",)),
    "a result too many for the claims": Row(
        _claim_counts(lambda count: count + 1), ("Check",)),
    "no results for claims": Row(_claim_counts(lambda count: 0), ("Check",)),
    "fewer findings counted than told": Row(
        _changed(_few_counted), ("Check",)),
    "findings of other ports than the claim's": Row(
        _findings(first_port=1, last_port=1), ("Check",)),
    "findings of ports reversed": Row(_findings(last_port=0), ("Check",)),
    "findings up to ports above 65535": Row(
        _findings(last_port=70000), ("Check",)),
    "findings without a severity": Row(_findings(severity=None), ("Check",)),
    "findings without a kind": Row(_findings(kind=None), ("Check",)),
    "a collision with no other claim": Row(
        _findings(other_claim=None), ("Check",)),
    "a collision with the claim itself": Row(
        _findings(other_claim=1), ("Check",)),
    "a collision with a claim below 0": Row(
        _findings(other_claim=-1), ("Check",)),
    "a collision with a claim that there is not": Row(
        _findings(other_claim=2**31 - 1), ("Check",)),
    "more ports than asked for": Row(
        _suggests(7000, 7001, 7002, 7003), ("Suggest",)),
    "a suggestion outside the range": Row(
        _suggests(6999, 7000, 7001), ("Suggest",)),
    "a suggestion above 65535": Row(
        _suggests(7000, 7001, 70000), ("Suggest",)),
    "a suggestion below 0": Row(_suggests(-1, 0, 1), ("Suggest",)),
    "a port suggested twice": Row(_suggests(7000, 7000), ("Suggest",)),
    "suggestions that are no neighbours": Row(
        _suggests(7000, 7002, 7003), ("Suggest",)),
    "fewer free ports than suggested": Row(
        _suggests(free_count=2), ("Suggest",)),
    "fewer candidates than free ports": Row(
        _suggests(candidate_count=899), ("Suggest",)),
    "more refusals than candidates": Row(_refuses(1001), ("Suggest",)),
    "fewer refusals than none": Row(_refuses(-1), ("Suggest",)),
    "a refusal without a kind": Row(_refuses(1, 0), ("Suggest",)),
    "a port above 65535": Row(_with_ports(443, 70000), WITH_RECORDS),
    "a port below 0": Row(_with_ports(-1, 443), WITH_RECORDS),
    "ports reversed": Row(_with_ports(443, 80), WITH_RECORDS),
    "half a range": Row(_with_ports(None, 443), WITH_RECORDS),
    "records of others": Row(_changed(_of_others), ("Lookup", "BatchLookup")),
    "the class of others": Row(_changed(_class_of_others), ("Classify",)),
    "unknown enum values": Row(_changed(_unknown_enums), EVERY, ("OK",)),
    "no message": Row(_steps(Headers(), End()), (*UNARY, "ListRange")),
    "trailers only": Row(_steps(End()), (*UNARY, "ListRange")),
    "message larger than allowed": Row(
        _steps(Message(bytes(4 * MIB + 1)), End()), EVERY,
        ("RESOURCE_EXHAUSTED",)),
    "message that claims 4 GiB": Row(
        _steps(Message(b"x", length=2**32 - 1), Wait()), EVERY,
        ("DEADLINE_EXCEEDED",)),
    "message without an end": Row(_endless_message, EVERY, LIMITED),
    # A blocking listing reads one record after the other.
    "millions of parts": Row(_many_parts, EVERY, ("OK", "INTERNAL")),
    "compressed bomb": Row(_bomb),
    "compressed without an encoding": Row(
        _steps(Message(b"\x1f\x8b", compressed=1), End())),
    "silence": Row(_steps(Wait()), EVERY, ("DEADLINE_EXCEEDED",)),
    "silence after headers": Row(
        _steps(Headers(), Wait()), EVERY, ("DEADLINE_EXCEEDED",)),
    "silence within a message": Row(
        _steps(Message(b"x", length=9), Wait()), EVERY, ("DEADLINE_EXCEEDED",)),
    "reset at once": Row(_steps(Reset())),
    "reset after headers": Row(_steps(Headers(), Reset())),
    "reset within a message": Row(_steps(Message(b"x", length=9), Reset())),
    "GOAWAY at once": Row(_steps(GoAway(), Close()), EVERY, ("UNAVAILABLE",)),
    "GOAWAY after headers": Row(
        _steps(Headers(), GoAway(), Close()), EVERY, ("UNAVAILABLE",)),
    "closed at once": Row(_steps(Close()), EVERY, ("UNAVAILABLE",)),
    "closed after headers": Row(
        _steps(Headers(), Close()), EVERY, ("UNAVAILABLE",)),
    "closed within a message": Row(
        _steps(Message(b"x", length=9), Close()), EVERY, ("UNAVAILABLE",)),
    "endless listing of records without a port": Row(
        _endless(lambda number: _portless_body(1000)), ("ListRange",),
        LIMITED),
    "endless listing upwards": Row(
        _endless(_upwards_body), ("ListRange",), LIMITED),
    "endless listing without records": Row(
        _endless(lambda number: _portless_body(0)), ("ListRange",),
        LIMITED),
    "repeating listing": Row(_endless(_repeating_body), ("ListRange",)),
    "revision changes in a listing": Row(_endless(_changing_body), ("ListRange",)),
    "flood of revisions": Row(_flood, ("Watch",), ("OK",)),
    "empty revisions": Row(_empty_revisions, ("Watch",)),
    "watch that ends at once": Row(_steps(End()), ("Watch",), ("UNAVAILABLE",)),
    "broken message on a stream that stays open": Row(
        _broken_then_silent, STREAMS),
    "broken message on a watch that stays open": Row(
        _broken_then_silent, ("Watch",))}
ALL = {name: row._replace(behave=_only(row.methods, row.behave))
       for name, row in ALL.items()}
