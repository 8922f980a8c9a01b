"""Learns a service's descriptors from a server by gRPC's server reflection.

    pool = reflection.pool_of(channel, "portreg.v1.PortRegistryService")
    pool.FindServiceByName("portreg.v1.PortRegistryService")

Knows nothing of the service but its name.
"""

import queue

import foreign_protos
import grpc
from google.protobuf import (
    descriptor_pb2, descriptor_pool, message_factory)
from processes import CALL_SECONDS

PACKAGE = "grpc.reflection.v1alpha"
METHOD = f"/{PACKAGE}.ServerReflection/ServerReflectionInfo"


class ReflectionCall:
    """One stream of questions to a server's reflection."""

    def __init__(self, channel: grpc.Channel):
        pool = descriptor_pool.DescriptorPool()
        foreign_protos.add_to(
            pool, f"{PACKAGE.replace('.', '/')}/reflection.proto")
        factory = message_factory.MessageFactory(pool)
        self._request, response = (
            factory.GetPrototype(pool.FindMessageTypeByName(
                f"{PACKAGE}.ServerReflection{kind}"))
            for kind in ("Request", "Response"))
        self._questions: queue.Queue = queue.Queue()
        self._answers = channel.stream_stream(
            METHOD, request_serializer=self._request.SerializeToString,
            response_deserializer=response.FromString)(
                iter(self._questions.get, None), timeout=CALL_SECONDS)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        self._questions.put(None)
        self._answers.cancel()

    def _ask(self, **question):
        self._questions.put(self._request(**question))
        answer = next(self._answers)
        if answer.HasField("error_response"):
            raise LookupError(f"{question}: {answer.error_response}")
        return answer

    def services(self) -> list[str]:
        """Returns the full names of all services of the server."""
        answer = self._ask(list_services="*").list_services_response
        return [service.name for service in answer.service]

    def files(self, **question) -> list[descriptor_pb2.FileDescriptorProto]:
        """Returns the files that a server sends for a symbol or a file's name."""
        answer = self._ask(**question).file_descriptor_response
        return [descriptor_pb2.FileDescriptorProto.FromString(file)
                for file in answer.file_descriptor_proto]


def pool_of(channel: grpc.Channel,
            service: str) -> descriptor_pool.DescriptorPool:
    """Returns a pool of the file that declares a service, and of all its imports.

    Raises LookupError if the server does not know the service, and
    grpc.RpcError if the server has no reflection.
    """
    pool = descriptor_pool.DescriptorPool()
    with ReflectionCall(channel) as call:
        found = {}
        wanted = [{"file_containing_symbol": service}]
        while wanted:
            for file in call.files(**wanted.pop()):
                found[file.name] = file
            imported = {name for file in found.values()
                        for name in file.dependency}
            wanted = [{"file_by_filename": name}
                      for name in sorted(imported - set(found))]
    while found:
        ready = [file for file in found.values()
                 if not set(file.dependency) & set(found)]
        for file in ready:
            pool.AddSerializedFile(found.pop(file.name).SerializeToString())
    return pool
