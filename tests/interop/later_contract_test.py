"""Asks the present server by a client of a later contract.

    PORTREGD=portregd python3 later_contract_test.py

The later contract is the present one with a further field in every message, a
further value in every enum, and a further RPC.
"""

import pathlib
import sys
import unittest

sys.path[:0] = [
    str(pathlib.Path(__file__).resolve().parents[1] / "integration")]

import grpc
import processes
from client import STREAMING_METHODS, Client, refusal
from google.protobuf import (
    descriptor_pb2, descriptor_pool, message_factory)
from portreg_proto import SERVICE, pb, records

SERVICE_PACKAGE = SERVICE.rpartition(".")[0]
LATER_FIELD = "said_later"
LATER_NUMBER = 100
LATER_TEXT = "what the server does not know"
FieldDescriptor = descriptor_pb2.FieldDescriptorProto


def setUpModule():
    global SERVER, ASK, POOL
    SERVER = unittest.enterModuleContext(processes.Portregd())
    ASK = Client(SERVER.channel())
    POOL = later_pool()


def later_pool() -> descriptor_pool.DescriptorPool:
    """Returns the descriptors of the later contract."""
    pool = descriptor_pool.DescriptorPool()
    for name in ("google/protobuf/any.proto",
                 "google/protobuf/timestamp.proto"):
        pool.AddSerializedFile(descriptor_pool.Default().FindFileByName(
            name).serialized_pb)
    for file in (records.DESCRIPTOR, pb.DESCRIPTOR):
        later = descriptor_pb2.FileDescriptorProto()
        file.CopyToProto(later)
        for message in later.message_type:
            message.field.add(
                name=LATER_FIELD, number=LATER_NUMBER,
                type=FieldDescriptor.TYPE_STRING,
                label=FieldDescriptor.LABEL_OPTIONAL)
        for enum in later.enum_type:
            last = max(value.number for value in enum.value)
            enum.value.add(name=f"{enum.name}_LATER", number=last + 1)
        for service in later.service:
            service.method.add(
                name="Reserve", input_type=f".{SERVICE_PACKAGE}.LookupRequest",
                output_type=f".{SERVICE_PACKAGE}.LookupResponse")
        pool.AddSerializedFile(later.SerializeToString())
    return pool


def message(name: str, **fields):
    """Returns a message of the later contract."""
    descriptor = POOL.FindMessageTypeByName(f"{SERVICE_PACKAGE}.{name}")
    return message_factory.MessageFactory(POOL).GetPrototype(descriptor)(
        **fields)


def value(enum: str) -> int:
    """Returns the value that an enum has only in the later contract."""
    return POOL.FindEnumTypeByName(
        f"{SERVICE_PACKAGE}.{enum}").values_by_name[f"{enum}_LATER"].number


class LaterContractTest(unittest.TestCase):
    """Sends requests of a client that knows more than the server."""

    # Requests in which every message gets a field that the server does not
    # know.
    REQUESTS = {
        "Lookup": {"port": 2082, "transport": 1},
        "BatchLookup": {"requests": [{"port": 22}, {"service": "smb"}, {}]},
        "Classify": {"port": 6000},
        "Check": {"claims": [{"first_port": 80}, {"first_port": 7100}]},
        "Suggest": {"count": 2, "key": "checkout"},
        "ListRange": {"first_port": 20, "last_port": 21, "layers": [2, 3]},
        "Search": {"query": "cpanel over", "max_results": 3},
        "Watch": {"revision": "an earlier one"},
        "GetRegistryInfo": {}}

    def test_the_table_has_every_method(self):
        self.assertEqual(
            set(self.REQUESTS),
            {method.name for method in pb.DESCRIPTOR.services_by_name[
                SERVICE.rpartition(".")[2]].methods})

    def test_unknown_fields_are_ignored_and_answers_are_understood(self):
        for method, fields in self.REQUESTS.items():
            with self.subTest(method=method):
                request = message(f"{method}Request", **fields)
                plain = request.SerializeToString()
                setattr(request, LATER_FIELD, LATER_TEXT)
                for item in (*getattr(request, "requests", ()),
                             *getattr(request, "claims", ())):
                    setattr(item, LATER_FIELD, LATER_TEXT)
                later = request.SerializeToString()
                self.assertGreater(len(later), len(plain) + len(LATER_TEXT))
                answer = ASK.raw(method, later)
                self.assertEqual(answer, ASK.raw(method, plain))
                if method in STREAMING_METHODS:
                    answer = b"".join(answer)
                understood = message(f"{method}Response")
                understood.ParseFromString(answer)
                self.assertNotEqual(understood.revision, "")
                self.assertEqual(getattr(understood, LATER_FIELD), "")

    def test_unknown_enum_values_are_refused_with_their_reason(self):
        transport, layer, view = (
            value(enum) for enum in ("Transport", "Layer", "RecordView"))
        table = {
            "TRANSPORT_UNKNOWN": [
                ("Lookup", {"port": 80, "transport": transport}),
                ("Classify", {"port": 80, "transport": transport}),
                ("Check", {"claims": [{"first_port": 80,
                                       "transports": [1, transport]}]}),
                ("Suggest", {"transports": [transport]}),
                ("ListRange", {"transport": transport}),
                ("Search", {"query": "ssh", "transport": transport})],
            "LAYER_UNKNOWN": [
                ("ListRange", {"layers": [1, layer]}),
                ("Search", {"query": "ssh", "layers": [layer]})],
            "ACCEPTED_KIND_INVALID": [
                ("Suggest", {"accepted_kinds": [10, value("AdvisoryKind")]})],
            "VIEW_UNKNOWN": [
                ("Lookup", {"service": "ssh", "view": view}),
                ("ListRange", {"view": view}),
                ("Search", {"query": "ssh", "view": view})]}
        for reason, questions in table.items():
            for method, fields in questions:
                with self.subTest(reason=reason, method=method):
                    request = message(f"{method}Request", **fields)
                    error = refusal(lambda: ASK.raw(
                        method, request.SerializeToString()))
                    self.assertEqual(
                        (error.code, error.reason),
                        (grpc.StatusCode.INVALID_ARGUMENT, reason))

    def test_an_unknown_enum_value_in_a_batch_fails_that_item_alone(self):
        request = message("BatchLookupRequest", requests=[
            {"port": 22}, {"port": 22, "view": value("RecordView")}])
        answer = message("BatchLookupResponse")
        answer.ParseFromString(
            ASK.raw("BatchLookup", request.SerializeToString()))
        self.assertEqual([result.WhichOneof("result")
                          for result in answer.results],
                         ["response", "failure"])

    def test_an_unknown_method_is_unimplemented_without_a_reason(self):
        error = refusal(lambda: ASK.raw(
            "Reserve", message("LookupRequest", port=1).SerializeToString()))
        self.assertEqual((error.code, error.reason),
                         (grpc.StatusCode.UNIMPLEMENTED, None))


if __name__ == "__main__":
    unittest.main()
