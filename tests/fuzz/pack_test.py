"""Tests the archives of fuzzers' inputs, and the program that packs them.

    python3 pack_test.py
"""

import pathlib
import tempfile
import unittest

import pack


class ArchivesTest(unittest.TestCase):
    """Checks the archives in the tree."""

    def test_packing_their_inputs_again_gives_the_same_bytes(self):
        archives = sorted(pack.CORPUS_DIR.glob("*.zip"))
        self.assertEqual(
            [archive.stem for archive in archives],
            sorted(source.name.removesuffix("_fuzz.cc") for source in
                   pack.CORPUS_DIR.parent.glob("*_fuzz.cc")))
        with tempfile.TemporaryDirectory() as directory:
            again = pathlib.Path(directory, "again.zip")
            for archive in archives:
                with self.subTest(archive=archive.name):
                    inputs = pack.read(archive)
                    self.assertEqual(len(set(inputs.values())), len(inputs))
                    pack.write(again, inputs)
                    self.assertEqual(again.read_bytes(), archive.read_bytes())


class PackTest(unittest.TestCase):
    """Packs, unpacks and adds inputs."""

    INPUTS = {"b": b"\0\xff\n", "a": b"", "found": b"one" * 1000}

    def setUp(self):
        self.directory = pathlib.Path(
            self.enterContext(tempfile.TemporaryDirectory()))
        self.archive = self.directory / "name.zip"

    def test_unpacked_files_are_the_inputs(self):
        pack.write(self.archive, self.INPUTS)
        pack.unpack(self.archive, self.directory / "out")
        self.assertEqual(pack.files_of(self.directory / "out"), self.INPUTS)

    def test_neither_order_nor_time_changes_the_archive(self):
        pack.write(self.archive, self.INPUTS)
        first = self.archive.read_bytes()
        pack.write(self.archive, dict(reversed(self.INPUTS.items())))
        self.assertEqual(self.archive.read_bytes(), first)

    def test_an_added_input_is_named_after_its_sha1_and_kept_once(self):
        crash = self.directory / "crash"
        crash.write_bytes(b"abc")
        pack.write(self.archive, self.INPUTS)
        for _ in range(2):
            pack.add(self.archive, [crash])
        self.assertEqual(pack.read(self.archive), self.INPUTS | {
            "a9993e364706816aba3e25717850c26c9cd0d89d": b"abc"})


if __name__ == "__main__":
    unittest.main()
