"""Asks by a client without generated code, which knows only portreg.binpb.

    PORTREGD=portregd PORTREG_DESCRIPTOR_SET=portreg.binpb \\
        python3 descriptor_set_test.py

The build makes the descriptor set, and installs it. It holds the whole contract
and its imports.
"""

import os
import pathlib
import sys
import unittest

sys.path[:0] = [
    str(pathlib.Path(__file__).resolve().parents[1] / "integration")]

import grpc
import processes
from google.protobuf import (
    descriptor_pb2, descriptor_pool, message_factory)

SERVICE = "portreg.v1.PortRegistryService"
ERRORS = "portreg.errordetails.v1"
DETAILS_KEY = "grpc-status-details-bin"
# The field numbers of FileDescriptorProto.service and
# ServiceDescriptorProto.method, which the paths of SourceCodeInfo consist of.
SERVICE_PATH, METHOD_PATH = 6, 2


def setUpModule():
    global SERVER, FILES, CLIENT
    SERVER = unittest.enterModuleContext(processes.Portregd())
    FILES = descriptor_pb2.FileDescriptorSet.FromString(
        pathlib.Path(os.environ["PORTREG_DESCRIPTOR_SET"]).read_bytes()).file
    CLIENT = DynamicClient(SERVER.channel())


class DynamicClient:
    """Calls methods by name, with messages made from the descriptor set."""

    def __init__(self, channel: grpc.Channel):
        self._channel = channel
        # A new pool, because the default one already has google.protobuf's files.
        self._pool = descriptor_pool.DescriptorPool()
        for file in FILES:
            self._pool.Add(file)
        self._factory = message_factory.MessageFactory(self._pool)
        self.methods = {
            method.name: method for file in FILES for service in file.service
            if f"{file.package}.{service.name}" == SERVICE
            for method in service.method}

    def message(self, name: str):
        """Returns the class of a message."""
        return self._factory.GetPrototype(
            self._pool.FindMessageTypeByName(name.removeprefix(".")))

    def value(self, enum: str, name: str) -> int:
        """Returns a value of an enum."""
        return self._pool.FindEnumTypeByName(enum).values_by_name[name].number

    def call(self, name: str, **fields):
        """Returns the answer of a method; an open call if it streams."""
        method = self.methods[name]
        kind = (self._channel.unary_stream if method.server_streaming
                else self._channel.unary_unary)
        return kind(
            f"/{SERVICE}/{name}",
            request_serializer=self.message(
                method.input_type).SerializeToString,
            response_deserializer=self.message(
                method.output_type).FromString)(
                    self.message(method.input_type)(**fields),
                    timeout=processes.CALL_SECONDS)


class DescriptorSetTest(unittest.TestCase):
    """Checks the contents of the file."""

    def test_each_file_comes_after_what_it_imports(self):
        seen = set()
        for file in FILES:
            self.assertLessEqual(set(file.dependency), seen, file.name)
            seen.add(file.name)
        self.assertLessEqual({"portreg/v1/port_registry_service.proto",
                              "portreg/errordetails/v1/error_details.proto"},
                             seen)

    def test_each_method_has_its_comment(self):
        (file,) = (file for file in FILES if file.service)
        comments = {tuple(location.path): location.leading_comments
                    for location in file.source_code_info.location}
        for i, method in enumerate(file.service[0].method):
            with self.subTest(method=method.name):
                self.assertIn("Errors: ", comments[
                    SERVICE_PATH, 0, METHOD_PATH, i])


class DynamicClientTest(unittest.TestCase):
    """Calls the real server."""

    def test_lookup(self):
        tcp = CLIENT.value("portreg.v1.Transport", "TRANSPORT_TCP")
        answer = CLIENT.call("Lookup", port=443, transport=tcp)
        self.assertIn(("https", tcp), [
            (record.service, record.transport) for record in answer.records])
        self.assertEqual(answer.port_class, CLIENT.value(
            "portreg.v1.PortClass", "PORT_CLASS_WELL_KNOWN"))

    def test_batch_lookup(self):
        answer = CLIENT.call("BatchLookup", requests=[
            {"service": "ssh"}, {"port": 70000}])
        first, second = answer.results
        self.assertIn(22, [record.first_port
                           for record in first.response.records])
        self.assertEqual(second.failure.code,
                         grpc.StatusCode.INVALID_ARGUMENT.value[0])

    def test_stream(self):
        names = {record.service
                 for part in CLIENT.call("ListRange", first_port=20,
                                         last_port=25)
                 for record in part.records}
        self.assertLessEqual({"ftp", "ssh", "telnet", "smtp"}, names)

    def test_every_other_method(self):
        for name, fields in (("Classify", {"port": 6000}),
                             ("Check", {"claims": [{"first_port": 6000}]}),
                             ("Suggest", {"count": 2}),
                             ("Search", {"query": "web"}),
                             ("GetRegistryInfo", {})):
            with self.subTest(method=name):
                self.assertNotEqual(CLIENT.call(name, **fields).revision, "")
        watch = CLIENT.call("Watch")
        self.assertNotEqual(next(watch).revision, "")
        watch.cancel()

    def test_error_details(self):
        with self.assertRaises(grpc.RpcError) as raised:
            CLIENT.call("Lookup", port=70000)
        error = raised.exception
        self.assertEqual(error.code(), grpc.StatusCode.INVALID_ARGUMENT)
        (trailer,) = (value for key, value in error.trailing_metadata()
                      if key == DETAILS_KEY)
        details = {detail.type_url.rpartition(".")[2]: detail.value
                   for detail in CLIENT.message(f"{ERRORS}.Status").FromString(
                       trailer).details}
        info = CLIENT.message(f"{ERRORS}.ErrorInfo").FromString(
            details["ErrorInfo"])
        self.assertEqual((info.domain, info.reason),
                         ("portreg", "PORT_OUT_OF_RANGE"))
        violation, = CLIENT.message(f"{ERRORS}.BadRequest").FromString(
            details["BadRequest"]).field_violations
        self.assertEqual(violation.field, "port")


if __name__ == "__main__":
    unittest.main()
