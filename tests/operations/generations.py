"""Provides local assignments in generations, and checks that answers are of one of them.

Every record of a generation holds its number, so an answer that mixes two
snapshots is recognised.
"""

import pathlib
import sys
import threading

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / name)
                for name in ("integration", "interop")]

import grpc
from portreg_proto import Stub, pb, records
from processes import CALL_SECONDS

HEADER = "Service Name,Port Number,Transport Protocol,Description\n"
# More ports than fit one message of a listing, so that there are several
# messages.
FIRST_PORT, LAST_PORT = 20000, 20999
BATCH_PORTS = range(FIRST_PORT, LAST_PORT, 37)


def file_of(generation: int) -> bytes:
    """Returns the local file of a generation."""
    rows = [f"local-{port},{port},,generation {generation} {'x' * 100}"
            for port in range(FIRST_PORT, LAST_PORT + 1)]
    return (HEADER + "\n".join(rows) + "\n").encode()


def generations_in(found) -> set[int]:
    """Returns the generations of records, without those of other layers."""
    return {int(record.description.split()[1]) for record in found
            if record.layer == records.LAYER_LOCAL}


class Answers:
    """Remembers which revision is which generation.

    Any number of threads may ask at once. Each function raises AssertionError
    for an answer that is not of one snapshot.
    """

    def __init__(self):
        self._lock = threading.Lock()
        self.generation_of: dict[str, int] = {}

    def _note(self, revisions: set[str], generations: set[int]):
        assert len(revisions) == 1 and len(generations) == 1, (
            revisions, generations)
        revision, generation = revisions.pop(), generations.pop()
        with self._lock:
            known = self.generation_of.setdefault(revision, generation)
        assert known == generation, (revision, known, generation)

    def lookup(self, channel: grpc.Channel):
        """Looks up one port, whose reply is stored, and one name with a filter, whose is not."""
        for request in (
                pb.LookupRequest(port=FIRST_PORT),
                pb.LookupRequest(service=f"local-{LAST_PORT}",
                                 transport=records.TRANSPORT_TCP,
                                 view=records.RECORD_VIEW_FULL)):
            answer = Stub(channel).Lookup(request, timeout=CALL_SECONDS)
            self._note({answer.revision}, generations_in(answer.records))

    def batch(self, channel: grpc.Channel):
        """Looks up ports in a batch; the handler answers every second one."""
        answer = Stub(channel).BatchLookup(pb.BatchLookupRequest(requests=[
            pb.LookupRequest(port=port, view=1 + port % 2)
            for port in BATCH_PORTS]), timeout=CALL_SECONDS)
        assert len(answer.results) == len(BATCH_PORTS), answer
        generations = set()
        for result in answer.results:
            found = generations_in(result.response.records)
            assert len(found) == 1, result
            generations |= found
        self._note({answer.revision}, generations)

    def listing(self, channel: grpc.Channel, view: int):
        """Lists a range in several messages; the full view is not stored."""
        revisions, generations, count = set(), set(), 0
        for message in Stub(channel).ListRange(pb.ListRangeRequest(
                first_port=FIRST_PORT, last_port=LAST_PORT,
                layers=[records.LAYER_LOCAL] if view else [],
                view=view), timeout=CALL_SECONDS):
            revisions.add(message.revision)
            generations |= generations_in(message.records)
            count += sum(record.layer == records.LAYER_LOCAL
                         for record in message.records)
        assert count == LAST_PORT - FIRST_PORT + 1, count
        self._note(revisions, generations)

    def search(self, channel: grpc.Channel):
        """Searches for words of every local record."""
        answer = Stub(channel).Search(pb.SearchRequest(
            query="generation", layers=[records.LAYER_LOCAL],
            max_results=500), timeout=CALL_SECONDS)
        self._note({answer.revision},
                   generations_in(match.record for match in answer.matches))
