"""Generates the messages and stubs of portreg.v1 when a test starts.

A foreign client has nothing but the .proto files. This module has no more: it
runs protoc into a temporary directory, once for each process.

    from portreg_proto import pb, records, errors, Stub
    Stub(channel).Lookup(pb.LookupRequest(port=443)).records

pb holds port_registry_service.proto, records port_record.proto, errors
error_details.proto. The files are those of /proto, or of the directory that
PORTREG_PROTO_DIR names: with tests/contract, tests are clients of the contract
as it was first published.
"""

import atexit
import importlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SOURCE_DIR = pathlib.Path(os.environ.get(
    "PORTREG_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
PROTO_DIR = pathlib.Path(
    os.environ.get("PORTREG_PROTO_DIR") or SOURCE_DIR / "proto")
SERVICE = "portreg.v1.PortRegistryService"


def _generate() -> str:
    """Generates the Python modules and returns the directory they are in."""
    plugin = shutil.which("grpc_python_plugin")
    if plugin is None:
        raise RuntimeError("grpc_python_plugin is not on PATH")
    directory = tempfile.mkdtemp(prefix="portreg-proto-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    files = sorted(str(path.relative_to(PROTO_DIR))
                   for path in PROTO_DIR.rglob("*.proto"))
    subprocess.run(
        ["protoc", f"-I{PROTO_DIR}", f"--python_out={directory}",
         f"--grpc_out={directory}", f"--plugin=protoc-gen-grpc={plugin}",
         *files],
        check=True, timeout=60)
    return directory


sys.path.insert(0, _generate())
pb = importlib.import_module("portreg.v1.port_registry_service_pb2")
records = importlib.import_module("portreg.v1.port_record_pb2")
errors = importlib.import_module("portreg.errordetails.v1.error_details_pb2")
Stub = importlib.import_module(
    "portreg.v1.port_registry_service_pb2_grpc").PortRegistryServiceStub
