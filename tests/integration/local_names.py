"""Runs a server whose local layer has names that read like commands or like ports.

    with local_names.server() as server:
        tool.run(f"--target={server.address}", "lookup", "classify")

wanted() holds the records of the right answers.
"""

import contextlib
import pathlib
import sys
import tempfile
from typing import Iterator

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / directory)
                for directory in ("data", "interop")]

import registry_files
import registry_reader
from expected import common_layer, EMBEDDED_DIR, LayeredRegistry
from portreg_proto import records
from processes import Portregd

ROWS = [(name, str(port), "tcp", "ours") for port, name in enumerate(
    ("3com", "classify", "help", "info", "list", "lookup", "portreg", "0x50",
     "search", "export", "wacth", "tcp/8443", "8443:8444", "*:8443",
     "_shop._tcp"), start=30001)]


@contextlib.contextmanager
def _local_file() -> Iterator[pathlib.Path]:
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory, "local.csv")
        path.write_text(registry_files.csv_text(ROWS), "utf-8")
        yield path


@contextlib.contextmanager
def server() -> Iterator[Portregd]:
    """Runs a server with ROWS as its local layer."""
    with _local_file() as path, Portregd(f"--local_file={path}") as running:
        yield running


def wanted() -> LayeredRegistry:
    """Returns the right answers, by an independent reader of the server's data."""
    with _local_file() as path:
        return LayeredRegistry({
            records.LAYER_LOCAL: registry_reader.load(path),
            records.LAYER_COMMON: common_layer(),
            records.LAYER_IANA: registry_reader.load(
                EMBEDDED_DIR / "iana.csv")})
