"""Checks that common.csv is the table of port-numbers.md, word for word.

    python3 -m unittest common_table_test
"""

import hashlib
import pathlib
import re
import subprocess
import sys
import unittest

import registry_reader
from registry_reader import Row

EMBEDDED = (pathlib.Path(__file__).resolve().parents[2]
            / "common" / "embedded")
TABLE_FILE = EMBEDDED / "port-numbers.md"
TABLE_SHA256 = (
    "5b922bf4c6ae8ef644c4609393a44f16ad01a0137d8baadbe33c1628fd877e3b")

TABLE_LINE = re.compile(
    r"^\| *(?P<ports>\d+(?:-\d+)?) *\| *(?P<service>[^|]*[^| ]) *"
    r"\| *(?P<use>[^|]*[^| ]) *\|$", re.MULTILINE)


class CommonTableTest(unittest.TestCase):
    """Compares common.csv with port-numbers.md, by a reader of its own."""

    def test_the_table_is_the_one_that_was_given(self):
        digest = hashlib.sha256(TABLE_FILE.read_bytes()).hexdigest()
        self.assertEqual(digest, TABLE_SHA256)

    def test_every_row_stands_in_order_with_its_wording(self):
        lines = TABLE_LINE.finditer(TABLE_FILE.read_text("utf-8"))
        wanted = [Row(line["service"], line["ports"], "", line["use"])
                  for line in lines]
        self.assertEqual(len(wanted), 51)
        self.assertEqual(
            registry_reader.load(EMBEDDED / "common.csv").rows, wanted)

    def test_known_rows(self):
        rows = registry_reader.load(EMBEDDED / "common.csv").rows
        self.assertEqual(rows[0], Row(
            "FTP", "20-21", "",
            "File Transfer Protocol, data & control ports"))
        self.assertEqual(rows[18], Row(
            "SMB / Microsoft-DS", "445", "", "File and printer sharing"))
        self.assertEqual(rows[50], Row(
            "HTTPS Alternate / Admin Console", "8443", "",
            "Web administration / secure alternative HTTPS"))

    def test_the_script_writes_the_same_file_again(self):
        check = subprocess.run(
            [sys.executable, EMBEDDED / "compile.py", "common", "--check"],
            capture_output=True, text=True, timeout=60)
        self.assertEqual((check.returncode, check.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
