"""Starts portregd with files that it must refuse, and with files that it must accept.

    PORTREGD=portregd python3 data_files_test.py
"""

import os
import pathlib
import random
import sys
import tempfile
import unittest

sys.path[:0] = [
    str(pathlib.Path(__file__).resolve().parents[1] / "interop")]

import processes
from client import Client
from portreg_proto import pb, records
from processes import ANY_PORT, Portregd
from registry_files import (
    COLUMNS, EMBEDDED_IANA_FILE, HEADER, csv_text, read_rows)

REFUSAL_SECONDS = 2 * processes.PATIENCE
FLAGS = ("--local_file", "--iana_file")
GOOD_ROW = "ssh,22,tcp,The Secure Shell,,,,,,,,\n"
TWO_LINES = 'two-lines,23,tcp,"one\nanother",,,,,,,,\n'
HTML = "<!DOCTYPE html>\n<html><body><h1>404 Not Found</h1></body></html>\n"

# Contents that no layer accepts, each with texts of the error.
BROKEN = {
    "nothing at all": (b"", "empty"),
    "a web page": (HTML.encode(), "line 1, column 1"),
    "NUL bytes": (f"{HEADER}\n{GOOD_ROW}a,2\0,tcp{',' * 9}\n".encode(),
                  "line 3, column 4"),
    "UTF-16": ((HEADER + "\n" + GOOD_ROW).encode("utf-16"), "line 1"),
    "invalid UTF-8": (f"{HEADER}\n{GOOD_ROW}bad,5,tcp,ab".encode()
                      + b"\xff" + b"," * 8 + b"\n", "line 3, column 13"),
    "invalid UTF-8 after a line break in quotes": (
        f"{HEADER}\n{TWO_LINES}bad,5,tcp,".encode() + b"\xc3(" + b"," * 8,
        "line 4, column 11"),
    "invalid UTF-8 after CRLF": (
        f"{HEADER}\r\n{GOOD_ROW[:-1]}\r\nb".encode() + b"\xff", "line 3, column 2"),
    "a missing column": (
        csv_text([["ssh", "22"]], [name for name in COLUMNS
                                   if name != "Port Number"]).encode(),
        '"Port Number"'),
    "a column that occurs twice": (
        csv_text([], COLUMNS + ("Contact",)).encode(), '"Contact"'),
    "a row with too few fields": (
        f"{HEADER}\n{GOOD_ROW}ssh,22,udp\n{GOOD_ROW}".encode(), "line 3"),
    "a row with too many fields": (
        f"{HEADER}\n{GOOD_ROW[:-1]},\n".encode(), "line 2"),
    "an end within a record": (
        f"{HEADER}\n{GOOD_ROW}{TWO_LINES}ssh,22,t".encode(), "line 5"),
    "an end within quotes": (
        f'{HEADER}\n{GOOD_ROW}ssh,22,tcp,"The Sec\nure'.encode(),
        "line 3, column 12"),
    "text behind a closing quote": (
        f'{HEADER}\nssh,22,tcp,"The"x{"," * 8}\n'.encode(), "line 2"),
    "random bytes": (random.Random(0).randbytes(1 << 20), "line "),
    "a program": (pathlib.Path(sys.executable).read_bytes()[:1 << 20],
                  "line 1, column"),
    "zeros": (bytes(1 << 20), "line 1, column 1")}


# Removes root's privilege to read every file.
WITHOUT_PRIVILEGE = () if os.geteuid() != 0 else (
    "setpriv", "--bounding-set=-dac_override,-dac_read_search")


def setUpModule():
    global DIRECTORY, ROWS
    DIRECTORY = pathlib.Path(unittest.enterModuleContext(
        tempfile.TemporaryDirectory(prefix="portregd-")))
    ROWS = read_rows(EMBEDDED_IANA_FILE)


def write(content: bytes | str, name: str = "registry.csv") -> pathlib.Path:
    """Writes a file and returns its path."""
    path = DIRECTORY / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def with_unusable_rows(count: int) -> str:
    """Returns the embedded registry with some rows that no server can use."""
    rows = [list(row) for row in ROWS]
    faults = ((1, "70000"), (1, "9-8"), (1, "eighty"), (2, "icmp"))
    for number in range(count):
        column, value = faults[number % len(faults)]
        rows[3000 + number * 3][column] = value
    return csv_text(rows)


class RefusalTest(unittest.TestCase):
    """Checks that --check and start refuse each file, in time and in one line."""

    def assert_refused(self, flag: str, path, *words: str, more=(),
                       wrapper=()):
        """Checks the file by --check and by a start."""
        for mode in ("--check", f"--listen={ANY_PORT}"):
            with self.subTest(file=str(path), flag=flag, mode=mode):
                done = processes.run(mode, f"{flag}={path}", *more,
                                     wrapper=wrapper)
                self.assertEqual(done.code, 1)
                self.assertLess(done.seconds, REFUSAL_SECONDS)
                self.assertNotIn("READY", done.stdout)
                self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
                self.assertIn(pathlib.Path(path).name, done.stderr)
                for word in words:
                    self.assertIn(word, done.stderr)

    def test_broken_contents(self):
        for kind, (content, words) in BROKEN.items():
            path = write(content)
            for flag in FLAGS:
                with self.subTest(kind=kind):
                    self.assert_refused(flag, path, words)

    def test_what_is_not_a_readable_file(self):
        fifo = DIRECTORY / "fifo"
        os.mkfifo(fifo)
        for flag in FLAGS:
            for path in (DIRECTORY, fifo, DIRECTORY / "none.csv",
                         "/dev/zero"):
                self.assert_refused(flag, path)

    def test_a_huge_file_is_not_read(self):
        path = DIRECTORY / "huge.csv"
        with open(path, "wb") as file:
            file.truncate(1 << 30)
        for flag in FLAGS:
            self.assert_refused(flag, path, str(1 << 30))

    def test_a_file_without_permission(self):
        path = write(f"{HEADER}\n{GOOD_ROW}", "secret.csv")
        path.chmod(0)
        for flag in FLAGS:
            self.assert_refused(flag, path, "ermission",
                                wrapper=WITHOUT_PRIVILEGE)

    def test_parts_of_a_real_file(self):
        whole = EMBEDDED_IANA_FILE.read_bytes()
        rows, last_line = csv_text(ROWS[:-1]), csv_text(ROWS[:-1]).count("\n")
        self.assert_refused("--iana_file", write(whole[:len(whole) // 2]),
                            "line ")
        self.assert_refused("--iana_file", write(csv_text([])))
        self.assert_refused("--iana_file", write(rows + "zzz,,tcp,Cut o"),
                            f"line {last_line + 1}")
        self.assert_refused("--iana_file", write(rows + 'zzz,,tcp,"Cut\no'),
                            f"line {last_line + 1}, column 10")

    def test_an_iana_file_with_fewer_rows_unless_told(self):
        fewer = write(csv_text(ROWS[:7000] + ROWS[8000:]))
        self.assert_refused("--iana_file", fewer, str(len(ROWS) - 1000))
        allowed = ("--allow_fewer_rows", f"--iana_file={fewer}")
        with Portregd(*allowed) as server:
            layer = Client(server.channel()).info().layers[-1]
            self.assertEqual(layer.record_count, len(ROWS) - 1000)
        done = processes.run("--check", f"--iana_file={fewer}", variables={
            "PORTREGD_ALLOW_FEWER_ROWS": "true"})
        self.assertEqual(done.code, 0)

    def test_an_iana_file_below_10000_rows_even_if_told(self):
        few = write(csv_text(ROWS[:5000] + ROWS[-4999:]))
        self.assert_refused("--iana_file", few, "10000",
                            more=("--allow_fewer_rows",))

    def test_an_iana_file_without_a_port_that_every_copy_has(self):
        for port in ("0", "22", "443", "49151"):
            path = write(csv_text(row for row in ROWS if row[1] != port))
            self.assert_refused("--iana_file", path, f"port {port}")


class UnusableRowsTest(unittest.TestCase):
    """Checks that unusable rows of an IANA file are set aside, up to 1 %."""

    def test_a_few_are_set_aside_counted_and_listed(self):
        path = write(with_unusable_rows(4))
        bad_rows = [3000, 3003, 3006, 3009]
        usable = [row for number, row in enumerate(ROWS)
                  if number not in bad_rows]
        done = processes.run("--check", f"--iana_file={path}")
        self.assertEqual((done.code, done.stderr), (0, ""))
        for row in bad_rows:
            line = csv_text(ROWS[:row]).count("\n") + 1
            self.assertIn(f"line {line}, column", done.stdout)
        for value in ("70000", "9-8", "eighty", "icmp"):
            self.assertIn(value, done.stdout)
        with (Portregd(f"--iana_file={path}") as server,
              Portregd(f"--iana_file={write(csv_text(usable))}") as other):
            layer = Client(server.channel()).info().layers[-1]
            self.assertEqual(layer.set_aside_count, 4)
            self.assertEqual(layer.record_count, len(usable))
            self.assertEqual(Client(server.channel()).info().revision,
                             Client(other.channel()).info().revision)

    def test_up_to_1_percent_is_taken_and_more_is_refused(self):
        for share, code in ((0.0098, 0), (0.0102, 1)):
            with self.subTest(share=share):
                count = int(len(ROWS) * share)
                path = write(with_unusable_rows(count))
                done = processes.run("--check", f"--iana_file={path}")
                self.assertEqual(done.code, code, done.stderr)
                self.assertIn(str(count), done.stdout + done.stderr)
                if code:
                    self.assertIn(path.name, done.stderr)
                    self.assertIn("line ", done.stderr)


class VariantTest(unittest.TestCase):
    """Checks that other ways to write the same registry give the same answers."""

    @classmethod
    def setUpClass(cls):
        cls.whole = pb.ListRangeRequest(
            view=records.RECORD_VIEW_FULL,
            include_portless=True).SerializeToString()
        server = cls.enterClassContext(Portregd())
        cls.wanted = Client(server.channel()).raw("ListRange", cls.whole)

    def variants(self) -> dict[str, str | bytes]:
        """Returns the embedded registry, written in each way."""
        old = tuple("Known Unauthorized Uses"
                    if name == "Unauthorized Use Reported" else name
                    for name in COLUMNS)
        crlf = csv_text(ROWS, line_end="\r\n")
        return {
            "LF": csv_text(ROWS), "CRLF": crlf,
            "no line end at the end": csv_text(ROWS)[:-1],
            "a byte order mark": b"\xef\xbb\xbf" + csv_text(ROWS).encode(),
            "all fields quoted": "\n".join(
                ",".join('"' + field.replace('"', '""') + '"'
                         for field in row)
                for row in [COLUMNS, *ROWS]) + "\n",
            "the header of before 2019": csv_text(ROWS, old),
            "columns in another order": csv_text(
                (reversed(row) for row in ROWS), COLUMNS[::-1]),
            "more columns": csv_text(
                (["x", *row, "y"] for row in ROWS),
                ("Extra", *COLUMNS, "Remarks")),
            "CRLF, byte order mark and old header": b"\xef\xbb\xbf" + csv_text(
                ROWS, old, line_end="\r\n").encode()}

    def test_every_variant_gives_the_same_records_and_revision(self):
        for kind, content in self.variants().items():
            with self.subTest(kind=kind):
                path = write(content)
                with Portregd(f"--iana_file={path}") as server:
                    found = Client(server.channel()).raw(
                        "ListRange", self.whole)
                    # Not assertEqual, because it would take minutes to print a
                    # difference.
                    self.assertTrue(found == self.wanted)

    def test_a_column_owner_counts_in_the_local_layer_alone(self):
        path = write(csv_text(([*row, "me"] for row in ROWS),
                              (*COLUMNS, "Owner")))
        with Portregd(f"--iana_file={path}") as server:
            answer = Client(server.channel()).lookup(
                port=22, view=records.RECORD_VIEW_FULL)
            self.assertEqual({record.details.owner
                              for record in answer.records}, {""})


if __name__ == "__main__":
    unittest.main()
