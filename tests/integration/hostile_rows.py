"""Runs a server whose local layer has texts with control characters for terminals.

    with hostile_rows.server() as server:
        tool.ask(server, str(hostile_rows.NASTY_PORT))
"""

import contextlib
import pathlib
import tempfile
from typing import Iterator

import registry_files
from processes import Portregd

ESC, CSI, OVERRIDE = "\x1b", "\x9b", "\u202e"
# C0, DEL, C1, line separators, and characters that change a line's direction
# (UAX #9).
UNSHOWABLE = "".join(map(chr, [
    *range(1, 32), *range(0x7F, 0xA0), 0x061C, 0x200E, 0x200F,
    *range(0x2028, 0x202F), *range(0x2066, 0x206A)]))
NASTY_PORT, PLAIN_PORT, PORTS_WITH_QUOTES = 48001, 48002, 48003
NASTY = f"evil{ESC}]0;owned\x07{ESC}[2J{CSI}31m\n{OVERRIDE}cod.exe"
QUOTES = 'commas, "quotes", \'single\',\nline\r\nbreaks and ünïcode'
ROWS = [
    (NASTY, str(NASTY_PORT), "tcp", f"in{UNSHOWABLE}side"),
    ("plain", str(PLAIN_PORT), "udp", "a plain service"),
    ('a"b,c', str(PORTS_WITH_QUOTES), "", QUOTES),
    ("portless", "", "", "without a port")]
FILE_NAME = f"local{ESC}[31m.csv"


@contextlib.contextmanager
def server() -> Iterator[Portregd]:
    """Runs a server with ROWS as its local layer."""
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory, FILE_NAME)
        path.write_bytes(registry_files.csv_text(ROWS).encode("utf-8"))
        with Portregd(f"--local_file={path}") as running:
            yield running
