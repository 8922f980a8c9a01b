"""Checks that clients that never read, and calls that never end, are bounded.

    PORTREGD=portregd python3 unread_test.py
"""

import contextlib
import unittest
from typing import Callable

import serving
import wire
from serving import MIB

import grpc
from client import Client, refusal
from portreg_proto import pb, records

UNREAD_LIMIT = 4 * MIB
# The reply to a whole batch in the full view takes over 300 KiB.
BATCH = pb.BatchLookupRequest(requests=[
    pb.LookupRequest(port=port, view=records.RECORD_VIEW_FULL)
    for port in range(1000)]).SerializeToString()
LISTING = pb.ListRangeRequest(view=records.RECORD_VIEW_FULL).SerializeToString()
STREAMS = 40
CONNECTIONS = 5
# The cost of a stream that waits for its reader, besides the reply: gRPC's
# call, its arena, and the allocator's rounding.
STREAM_KIB = 64
BUSY_SECONDS = 40
ANSWER_SECONDS = 10 * serving.PATIENCE
MAX_CALLS = 20
BUSY = (grpc.StatusCode.RESOURCE_EXHAUSTED, "SERVER_BUSY")


def outcome(call: Callable):
    """Returns the code and reason that a call ends with; None if it is answered."""
    # refusal() raises AssertionError for a call that is answered.
    with contextlib.suppress(AssertionError):
        told = refusal(call)
        return told.code, told.reason
    return None


def never_reading(server: serving.Attacked, held: contextlib.ExitStack,
                  method: str, request: bytes) -> wire.Connection:
    """Returns a connection with STREAMS calls and no window for their replies."""
    connection = held.enter_context(
        wire.Connection(server.address, receive_buffer=4096))
    connection.start(initial_window_size=0)
    assert connection.acknowledged(ANSWER_SECONDS)
    for i in range(STREAMS):
        # Sends the calls one after the other, because more at once may exceed
        # the server's window for requests, and the server would end the
        # connection.
        connection.send(wire.call(method, request, 2 * i + 1) + wire.settings(),
                        reads=True, keep=True)
        assert connection.acknowledged(ANSWER_SECONDS)
    return connection


class UnreadTest(unittest.TestCase):
    """Asks for replies that nobody reads, against --max_unread_bytes."""

    def setUp(self):
        self.server = self.enterContext(
            serving.Attacked(f"--max_unread_bytes={UNREAD_LIMIT}"))
        channel = self.server.fresh_channel()
        self.addCleanup(channel.close)
        self.client = Client(channel)
        self.client.raw("BatchLookup", BATCH)
        self.before = self.server.usage().resident_mib

    def batch_outcome(self):
        """Returns the outcome of another client's batch."""
        return outcome(lambda: self.client.raw("BatchLookup", BATCH))

    def test_batches_that_nobody_reads_make_the_server_busy_not_large(self):
        with contextlib.ExitStack() as held:
            for _ in range(CONNECTIONS):
                never_reading(self.server, held, "BatchLookup", BATCH)
            self.assertTrue(serving.eventually(
                lambda: self.batch_outcome() == BUSY, BUSY_SECONDS))
            # Calls that need no memory of their own are still answered.
            self.client.lookup(port=443)
            grown = self.server.usage().resident_mib - self.before
            self.assertLess(
                grown, UNREAD_LIMIT / MIB + 2
                + CONNECTIONS * STREAMS * (STREAM_KIB + len(BATCH) / 1024) / 1024)
        self.assertTrue(serving.eventually(
            lambda: self.batch_outcome() is None, BUSY_SECONDS))

    def test_listings_that_nobody_reads_take_no_memory_of_their_own(self):
        whole = sum(map(len, self.client.raw("ListRange", LISTING)))
        self.before = self.server.usage().resident_mib
        with contextlib.ExitStack() as held, serving.SteadyCaller(
                self.server.fresh_channel()) as caller:
            for _ in range(CONNECTIONS):
                never_reading(self.server, held, "ListRange", LISTING)
            before = caller.answered
            self.assertTrue(serving.eventually(
                lambda: caller.answered > before + 50, 10))
            grown = self.server.usage().resident_mib - self.before
            self.assertLess(
                grown, CONNECTIONS * STREAMS * STREAM_KIB / 1024
                + 2 * whole / MIB)
        caller.check()


class CallsTest(unittest.TestCase):
    """Makes calls that do not end, against --max_calls."""

    def test_calls_without_end_make_the_server_busy_until_they_are_gone(self):
        with serving.Attacked(f"--max_calls={MAX_CALLS}") as server:
            channel = server.fresh_channel()
            self.addCleanup(channel.close)
            client = Client(channel)
            client.lookup(port=443)
            with wire.Connection(server.address) as connection:
                connection.start()
                # Sends more than fit, because a lookup may occupy a watch's
                # place.
                connection.send(b"".join(
                    wire.call("Watch", b"", 2 * i + 1)
                    for i in range(2 * MAX_CALLS)))
                self.assertTrue(serving.eventually(
                    lambda: outcome(lambda: client.lookup(port=443)) == BUSY,
                    BUSY_SECONDS))
                serving.healthy(channel)
            self.assertTrue(serving.eventually(
                lambda: outcome(lambda: client.lookup(port=443)) is None,
                BUSY_SECONDS))

    def test_watches_keep_nothing_of_what_was_asked(self):
        request = pb.WatchRequest(revision="7" * 60_000).SerializeToString()
        # Allows fewer than are sent, because a lookup may occupy a watch's
        # place.
        watches = CONNECTIONS * STREAMS
        with serving.Attacked(f"--max_calls={watches * 9 // 10}") as server:
            channel = server.fresh_channel()
            self.addCleanup(channel.close)
            client = Client(channel)
            client.lookup(port=443)
            before = server.usage().resident_mib
            with contextlib.ExitStack() as held:
                for _ in range(CONNECTIONS):
                    never_reading(server, held, "Watch", request)
                # The most calls allowed are under way.
                self.assertTrue(serving.eventually(
                    lambda: outcome(lambda: client.lookup(port=443)) == BUSY,
                    BUSY_SECONDS))
                grown = server.usage().resident_mib - before
                self.assertLess(grown, watches * len(request) / MIB)


if __name__ == "__main__":
    unittest.main()
