"""Provides descriptors of tests/interop/proto: public files that no Python package has.

    foreign_protos.add_to(pool, "google/rpc/status.proto")
"""

import functools
import pathlib
import subprocess

from google.protobuf import descriptor_pb2

PROTO_DIR = pathlib.Path(__file__).resolve().parent / "proto"


@functools.cache
def _files() -> dict[str, descriptor_pb2.FileDescriptorProto]:
    """Returns every file and what it imports, by name, imports first."""
    names = sorted(str(path.relative_to(PROTO_DIR))
                   for path in PROTO_DIR.rglob("*.proto"))
    output = subprocess.run(
        ["protoc", f"-I{PROTO_DIR}", "--include_imports",
         "--descriptor_set_out=/dev/stdout", *names],
        check=True, timeout=60, stdout=subprocess.PIPE).stdout
    found = descriptor_pb2.FileDescriptorSet.FromString(output)
    return {file.name: file for file in found.file}


def add_to(pool, *names: str):
    """Adds files to a descriptor pool, with the files that they import.

    Keeps a file that the pool already has.
    """
    for name in names:
        try:
            pool.FindFileByName(name)
        except KeyError:
            add_to(pool, *_files()[name].dependency)
            pool.AddSerializedFile(_files()[name].SerializeToString())
