"""Puts the questions of questions.json by two clients that share no code.

    PORTREGD=portregd python3 table_test.py

One client has messages and stubs generated from the .proto. The other learns
the service from the server's reflection, and makes its messages from that.
"""

import os
import pathlib
import re
import sys
import unittest
from typing import NamedTuple

sys.path[:0] = [
    str(pathlib.Path(__file__).resolve().parents[1] / "integration")]

import foreign_protos
import grpc
import processes
import question_table
import reflection
from client import DETAILS_KEY, SERVERS_REASONS
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.json_format import MessageToDict, ParseDict
from portreg_proto import SERVICE, SOURCE_DIR, Stub, pb
from question_table import SERVER_FLAGS, Row

PROTO_VARIABLE = "PORTREG_PROTO_DIR"
METHODS = [method.name for method in pb.DESCRIPTOR.services_by_name[
    SERVICE.rpartition(".")[2]].methods]
LEAST_QUESTIONS = 120
DOMAIN = "portreg"
TYPE_PREFIX = "type.googleapis.com/google.rpc."
DETAILS_FILES = ("google/rpc/status.proto", "google/rpc/error_details.proto")


def setUpModule():
    global SERVER, OTHER_TOKEN, TABLE
    TABLE = question_table.load()
    SERVER = unittest.enterModuleContext(processes.Portregd(
        "--reflection", *SERVER_FLAGS))
    with processes.Portregd() as other:
        call = Stub(other.channel()).ListRange(
            pb.ListRangeRequest(), timeout=processes.CALL_SECONDS)
        OTHER_TOKEN = next(call).resume_token
        call.cancel()


class Outcome(NamedTuple):
    """The end of a call, as proto3 JSON."""

    code: str
    messages: list[dict]
    status: dict          # the trailer's google.rpc.Status


class Asker:
    """A client of the service, by the descriptors of a pool."""

    def __init__(self, pool: descriptor_pool.DescriptorPool):
        self._pool = pool
        self._factory = message_factory.MessageFactory(pool)
        self._channel = SERVER.channel()
        foreign_protos.add_to(pool, *DETAILS_FILES)
        self.methods = {method.name: method for method in
                        pool.FindServiceByName(SERVICE).methods}
        self.record_fields = set(pool.FindMessageTypeByName(
            "portreg.v1.PortRecord").fields_by_name)

    def can_ask(self, row: Row) -> bool:
        """Returns True if the client's contract has the method and its fields."""
        method = self.methods.get(row.method)
        return method is not None and set(row.data.get("request", ())) <= {
            field.camelcase_name for field in method.input_type.fields}

    def message_class(self, descriptor):
        """Returns the class of a message."""
        return self._factory.GetPrototype(descriptor)

    def _call(self, method, request: bytes) -> list:
        """Calls a method with bytes; returns all messages of its answer."""
        decode = self.message_class(method.output_type).FromString
        path = f"/{SERVICE}/{method.name}"
        if method.server_streaming:
            return list(self._channel.unary_stream(
                path, response_deserializer=decode)(
                    request, timeout=processes.CALL_SECONDS))
        return [self._channel.unary_unary(
            path, response_deserializer=decode)(
                request, timeout=processes.CALL_SECONDS)]

    def _call_with_message(self, method, request) -> list:
        """Like _call, with a message."""
        return self._call(method, request.SerializeToString())

    def ask(self, name: str, request: dict | bytes) -> Outcome:
        """Calls a method with proto3 JSON, or with bytes as they are."""
        method = self.methods[name]
        try:
            if isinstance(request, bytes):
                messages = self._call(method, request)
            else:
                messages = self._call_with_message(method, ParseDict(
                    request, self.message_class(method.input_type)(),
                    descriptor_pool=self._pool))
        except grpc.RpcError as error:
            return Outcome(error.code().name, [], self._status(error))
        return Outcome("OK", [MessageToDict(
            message, descriptor_pool=self._pool) for message in messages], {})

    def _status(self, error: grpc.RpcError) -> dict:
        """Returns the google.rpc.Status of a failure's trailer."""
        status = self.message_class(
            self._pool.FindMessageTypeByName("google.rpc.Status"))
        for key, value in error.trailing_metadata():
            if key == DETAILS_KEY:
                return MessageToDict(status.FromString(value),
                                     descriptor_pool=self._pool)
        return {}


class GeneratedAsker(Asker):
    """A client with messages and stubs that protoc has generated."""

    def __init__(self):
        super().__init__(descriptor_pool.Default())
        self._stub = Stub(self._channel)

    def message_class(self, descriptor):
        return getattr(pb, descriptor.name, None) or super().message_class(
            descriptor)

    def _call_with_message(self, method, request) -> list:
        answer = getattr(self._stub, method.name)(
            request, timeout=processes.CALL_SECONDS)
        return list(answer) if method.server_streaming else [answer]


class ReflectedAsker(Asker):
    """A client that knows only what the server's reflection reports."""

    def __init__(self):
        super().__init__(reflection.pool_of(SERVER.channel(), SERVICE))


class TableFileTest(unittest.TestCase):
    """Checks the table itself, and the contract that the clients have."""

    def test_the_contract_is_the_one_that_the_environment_names(self):
        named = pathlib.Path(os.environ.get(PROTO_VARIABLE)
                             or SOURCE_DIR / "proto")
        text = (named / pb.DESCRIPTOR.name).read_text("utf-8")
        self.assertEqual(re.findall(r"^  rpc (\w+)\(", text, re.MULTILINE),
                         list(METHODS))

    def test_it_has_many_questions_each_with_a_name_of_its_own(self):
        names = [row.name for row in TABLE]
        self.assertGreaterEqual(len(names), LEAST_QUESTIONS)
        self.assertEqual(len(names), len(set(names)))

    def test_it_asks_for_every_method_and_every_reason_of_the_contract(self):
        self.assertLessEqual(set(METHODS), {row.method for row in TABLE})
        # errors_test checks the other reasons, because they lie in the server.
        wanted = {name.removeprefix("ERROR_REASON_")
                  for name in pb.ErrorReason.keys()}
        self.assertLessEqual(
            wanted - {"UNSPECIFIED", *SERVERS_REASONS},
            {row.data["reason"] for row in TABLE if "reason" in row.data})

    def test_a_row_without_later_fields_wants_all_others(self):
        wanted = {"records": [{"service": "x", "owner": "o", "aliases": None,
                               "details": {"owner": "o"}}]}
        row = Row("", "", "OK", {"code": "OK", "contains": wanted})
        self.assertEqual(row.without(()), row)
        self.assertEqual(
            row.without({"owner", "aliases"}).data["contains"],
            {"records": [{"service": "x", "details": {"owner": "o"}}]})

    def test_a_wrong_answer_differs(self):
        wanted = {"a": 1, "b": None, "c": [{"d": "x"}],
                  "e": {"$matches": "^x+$"}}
        right = {"a": 1, "c": [{"d": "x", "more": 0}], "e": "xx", "more": 0}
        self.assertEqual(question_table.differences(right, wanted), [])
        for change in ({"a": 2}, {"a": True}, {"a": "1"}, {"b": 0}, {"c": []},
                       {"c": [{}]}, {"c": [{"d": "x"}] * 2}, {"c": {}},
                       {"e": "xy"}, {"e": 7}, {"a": {}}):
            with self.subTest(change=change):
                self.assertEqual(len(question_table.differences(
                    {**right, **change}, wanted)), 1)


class TableTest(unittest.TestCase):
    """Puts each row by each client."""

    def ask_the_table(self, asker: Asker):
        """Puts each question that the client's contract has."""
        self.revision = asker.ask(
            "GetRegistryInfo", {}).messages[0]["revision"]
        self.assertNotEqual(self.revision, "")
        unknown = set(question_table.LATER_FIELDS) - asker.record_fields
        for row in TABLE:
            if asker.can_ask(row):
                with self.subTest(row=row.name):
                    self.check(asker, row.without(unknown))

    def test_with_messages_generated_from_the_proto(self):
        self.ask_the_table(GeneratedAsker())

    def test_with_messages_made_from_reflection(self):
        asker = ReflectedAsker()
        self.assertEqual({row.method for row in TABLE}, set(asker.methods))
        self.assertTrue(all(map(asker.can_ask, TABLE)))
        self.assertLessEqual(set(question_table.LATER_FIELDS),
                             asker.record_fields)
        self.ask_the_table(asker)

    def test_reflection_lists_the_service(self):
        with reflection.ReflectionCall(SERVER.channel()) as call:
            self.assertIn(SERVICE, call.services())
            with self.assertRaises(LookupError):
                call.files(file_containing_symbol="portreg.v1.NoSuchService")

    def check(self, asker: Asker, row: Row):
        """Puts one question and checks how the call ends."""
        request = row.request_bytes()
        if request is None:
            request = row.request()
            if "resumeFrom" in row.data:
                request["resumeToken"] = OTHER_TOKEN
            if "sendRevision" in row.data:
                request["revision"] = self.revision
        outcome = asker.ask(row.method, request)
        self.assertEqual(outcome.code, row.code, outcome.status)
        if row.code != "OK":
            self.check_refusal(outcome, row)
            return
        answer = self.answer_of(outcome.messages, row)
        self.assertEqual(row.differences(answer), [])
        if row.data.get("rereadEachMessage"):
            self.reread(asker, row, outcome.messages)

    def check_refusal(self, outcome: Outcome, row: Row):
        """Checks the details of a failure."""
        details = {detail.pop("@type").removeprefix(TYPE_PREFIX): detail
                   for detail in outcome.status["details"]}
        self.assertEqual(details["ErrorInfo"], {
            "reason": row.data["reason"], "domain": DOMAIN})
        violations = details.get("BadRequest", {}).get("fieldViolations", [])
        self.assertEqual([violation["field"] for violation in violations],
                         row.data["fields"])

    def answer_of(self, messages: list[dict], row: Row) -> dict:
        """Returns the answer that a row describes: all messages in one."""
        for message in messages:
            self.assertEqual(message.get("revision"), self.revision)
        if row.method == "ListRange":
            self.assertTrue(all(message.get("resumeToken")
                                for message in messages))
            return {"records": [record for message in messages
                                for record in message.get("records", [])]}
        if row.method == "Watch":
            return {"messages": [
                {key: value for key, value in message.items()
                 if key != "revision"} for message in messages]}
        return {key: value for key, value in messages[0].items()
                if key != "revision"}

    def reread(self, asker: Asker, row: Row, messages: list[dict]):
        """Continues a listing after each of its messages."""
        self.assertGreater(len(messages), 1)
        for number, message in enumerate(messages, start=1):
            rest = asker.ask(row.method, {
                **row.request(), "resumeToken": message["resumeToken"]})
            self.assertEqual(self.answer_of(rest.messages, row),
                             self.answer_of(messages[number:], row))


if __name__ == "__main__":
    unittest.main()
