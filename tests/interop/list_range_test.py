"""Checks ListRange by a client that knows only the .proto.

    PORTREGD=portregd python3 list_range_test.py
"""

import pathlib
import random
import sys
import unittest

sys.path[:0] = [
    str(pathlib.Path(__file__).resolve().parents[1] / "integration")]

import grpc
import expected
import registry_reader
import processes
from client import Client, refusal
from enum_names import COMMON, IANA, LOCAL, SCTP, TCP, UDP
from expected import EMBEDDED_DIR, entries
from portreg_proto import records

FULL = records.RECORD_VIEW_FULL
HAS_ALIASES = "aliases" in records.PortRecord.DESCRIPTOR.fields_by_name


def setUpModule():
    global ASK, WANTED
    ASK = Client(unittest.enterModuleContext(processes.Portregd()).channel())
    WANTED = expected.embedded()


def listed(messages) -> list[expected.Entry]:
    """Returns the entries of all messages of a listing."""
    return [entry for message in messages for entry in entries(message)]


def wanted(first_port=0, last_port=65535, transport=0, layers=(), view=0,
           include_portless=False) -> list[expected.Entry]:
    """Returns what ListRange must yield for a request of these fields."""
    return WANTED.listing(first_port, last_port,
                          expected.TRANSPORTS[transport], layers,
                          include_portless, view == FULL)


class ListingTest(unittest.TestCase):
    """Checks which records a listing yields, and in what order."""

    def assert_lists(self, **request):
        """Checks a listing against the layers' files; returns its messages."""
        messages = ASK.listing(**request)
        self.assertGreaterEqual(len(messages), 1)
        self.assertEqual({message.revision for message in messages},
                         {ASK.info().revision})
        self.assertEqual(listed(messages), wanted(**request))
        return messages

    def test_all_ports_are_every_record_with_a_port_once_and_in_order(self):
        for request in ({}, {"first_port": 0, "last_port": 65535}):
            with self.subTest(request=request):
                found = listed(self.assert_lists(**request))
                portless = sum(layer.portless_count
                               for layer in ASK.info().layers)
                total = sum(layer.record_count for layer in ASK.info().layers)
                self.assertGreater(portless, 0)
                self.assertEqual(len(found), total - portless)

    def test_full_view_holds_every_column_of_every_record(self):
        self.assert_lists(view=FULL, include_portless=True)

    def test_every_record_states_its_source(self):
        found = [record for message in ASK.listing(include_portless=True)
                 for record in message.records]
        self.assertEqual([record.source for record in found],
                         [entry.source for entry in wanted(
                             include_portless=True)])

    @unittest.skipUnless(HAS_ALIASES, "the first contract has no aliases")
    def test_records_state_their_aliases_and_others_none(self):
        found = [record for message in ASK.listing(include_portless=True)
                 for record in message.records]
        right = wanted(include_portless=True)
        self.assertEqual([tuple(record.aliases) for record in found],
                         [entry.aliases for entry in right])
        rows = registry_reader.load_practice(EMBEDDED_DIR / "practice.csv")
        self.assertEqual(sum(bool(record.aliases) for record in found),
                         sum(bool(row.aliases) for row in rows))

    @unittest.skipUnless(HAS_ALIASES, "the first contract has no owners")
    def test_owner_scope_and_status_are_for_local_records_alone(self):
        for message in ASK.listing(include_portless=True, view=FULL):
            for record in message.records:
                self.assertEqual((record.owner, record.scope, record.status),
                                 ("", "", 0))

    def test_basic_view_holds_no_details(self):
        for view in (records.RECORD_VIEW_UNSPECIFIED,
                     records.RECORD_VIEW_BASIC):
            for message in ASK.listing(view=view, last_port=1023):
                for record in message.records:
                    self.assertFalse(record.HasField("details"))

    def test_portless_records_come_last_and_only_on_request(self):
        self.assertNotIn(None, [entry.first_port
                                for entry in listed(ASK.listing())])
        ports = [entry.first_port for entry in listed(
            self.assert_lists(include_portless=True))]
        first_portless = ports.index(None)
        self.assertGreater(first_portless, 0)
        self.assertEqual(set(ports[first_portless:]), {None})

    def test_portless_records_follow_a_narrow_range_too(self):
        self.assert_lists(first_port=80, last_port=80, include_portless=True)
        self.assert_lists(first_port=60000, include_portless=True,
                          transport=UDP, layers=[IANA])

    def test_portless_records_have_no_ports_rather_than_zero(self):
        for message in ASK.listing(first_port=65535, include_portless=True):
            for record in message.records:
                self.assertFalse(record.HasField("first_port"))
                self.assertFalse(record.HasField("last_port"))

    def test_port_0_is_there_rather_than_absent(self):
        for record in ASK.listing(last_port=0)[0].records:
            self.assertTrue(record.HasField("first_port"))
            self.assertEqual(record.first_port, 0)

    def test_a_range_that_starts_before_the_interval_is_listed_once(self):
        for first, last in ((6000, 6000), (6001, 6001), (6030, 6040),
                            (6063, 6063), (6063, 7000), (0, 65535)):
            with self.subTest(first=first, last=last):
                x11 = [(entry.first_port, entry.last_port, entry.transport)
                       for entry in listed(ASK.listing(
                           first_port=first, last_port=last))
                       if entry.service == "x11" and entry.layer == IANA]
                self.assertEqual(
                    x11, [(6000, 6063, "tcp"), (6000, 6063, "udp")])

    def test_intervals(self):
        for first, last in ((0, 0), (20, 21), (21, 25), (138, 138), (443, 443),
                            (1023, 1024), (4299, 4300), (6064, 6064),
                            (7748, 7776), (49151, 49152), (65535, 65535)):
            with self.subTest(first=first, last=last):
                self.assert_lists(first_port=first, last_port=last)

    def test_random_questions(self):
        dice = random.Random(27009)
        for _ in range(150):
            first = dice.randrange(50000)
            request = {
                "first_port": first, "last_port": first + dice.choice(
                    (0, 1, 10, 500, 15000)),
                "transport": dice.randrange(5),
                "layers": dice.sample((LOCAL, COMMON, IANA), dice.randrange(4)),
                "view": dice.randrange(3),
                "include_portless": dice.random() < 0.2}
            with self.subTest(request=request):
                self.assert_lists(**request)

    def test_filter_by_transport_keeps_records_of_none(self):
        for transport in (TCP, UDP, SCTP):
            found = listed(self.assert_lists(transport=transport))
            self.assertEqual({entry.transport for entry in found},
                             {"", expected.TRANSPORTS[transport]})

    def test_filter_by_layers(self):
        table = {(): {COMMON, IANA}, (COMMON,): {COMMON}, (IANA,): {IANA},
                 (LOCAL,): set(), (IANA, COMMON, LOCAL): {COMMON, IANA},
                 (COMMON, COMMON): {COMMON}}
        for layers, kept in table.items():
            with self.subTest(layers=layers):
                found = listed(self.assert_lists(layers=layers))
                self.assertEqual({entry.layer for entry in found}, kept)

    def test_nothing_to_list_is_one_message_with_the_revision(self):
        for request in ({"first_port": 50000, "last_port": 60000,
                         "layers": [LOCAL, IANA]},
                        {"first_port": 50000, "transport": SCTP},
                        {"layers": [LOCAL]}, {"first_port": 65535},
                        {"first_port": 2, "last_port": 2, "layers": [COMMON]}):
            with self.subTest(request=request):
                messages = self.assert_lists(**request)
                self.assertEqual(len(messages), 1)
                self.assertEqual(len(messages[0].records), 0)

    def test_a_reversed_range_is_refused(self):
        for request in ({"first_port": 81, "last_port": 80},
                        {"first_port": 65535, "last_port": 0}):
            with self.subTest(request=request):
                error = refusal(lambda: ASK.listing(**request))
                self.assertEqual(
                    (error.code, error.reason),
                    (grpc.StatusCode.INVALID_ARGUMENT, "RANGE_REVERSED"))


class ResumeTest(unittest.TestCase):
    """Checks resume tokens, and streams that are not read to their end."""

    REQUESTS = (
        {}, {"include_portless": True, "view": FULL},
        {"transport": UDP, "include_portless": True},
        {"layers": [IANA], "first_port": 6030, "last_port": 9000},
        {"transport": SCTP}, {"layers": [COMMON]}, {"first_port": 50000})

    def test_a_listing_continues_after_each_of_its_messages(self):
        for request in self.REQUESTS:
            messages = ASK.listing(**request)
            everything = listed(messages)
            seen = 0
            for number, message in enumerate(messages):
                seen += len(message.records)
                with self.subTest(request=request, number=number):
                    rest = ASK.listing(
                        resume_token=message.resume_token, **request)
                    self.assertEqual(listed(rest), everything[seen:])
                    self.assertEqual({each.revision for each in rest},
                                     {message.revision})

    def test_some_listings_have_several_messages(self):
        self.assertGreater(len(ASK.listing()), 2)
        self.assertGreater(len(ASK.listing(transport=UDP)), 2)

    def test_a_listing_read_one_message_per_call_is_whole(self):
        for request in self.REQUESTS:
            with self.subTest(request=request):
                found, token, more = [], "", True
                while more:
                    call = ASK.open_listing(resume_token=token, **request)
                    message, more = next(call), next(call, None)
                    call.cancel()
                    found += entries(message)
                    self.assertNotEqual(message.resume_token, token)
                    token = message.resume_token
                self.assertEqual(found, wanted(**request))

    def test_tokens_of_a_listing_are_not_empty(self):
        for message in ASK.listing():
            self.assertNotEqual(message.resume_token, "")

    def test_the_token_of_another_server_with_equal_data_continues(self):
        messages = ASK.listing()
        with processes.Portregd() as other:
            rest = Client(other.channel()).listing(
                resume_token=messages[0].resume_token)
            self.assertEqual(listed(rest), listed(messages[1:]))

    def test_listings_that_are_cancelled_do_no_harm(self):
        for read in (0, 1, 2) * 30:
            call = ASK.open_listing(view=FULL)
            for _ in range(read):
                next(call)
            call.cancel()
            with self.assertRaises((grpc.RpcError, grpc.FutureCancelledError)):
                for _ in call:
                    pass
            self.assertEqual(call.code(), grpc.StatusCode.CANCELLED)
        self.assertEqual(listed(ASK.listing(last_port=100)),
                         wanted(last_port=100))

    def test_many_listings_at_once_are_each_whole(self):
        calls = [ASK.open_listing() for _ in range(20)]
        first = [next(call) for call in calls]
        for call, message in zip(calls, first):
            self.assertEqual(listed([message, *call]), wanted())


if __name__ == "__main__":
    unittest.main()
