"""Changes own tables in several files while the server serves.

    PORTREGD=portregd python3 own_files_test.py
"""

import os
import pathlib
import sys
import tempfile
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / name)
                for name in ("integration", "interop")]

from client import Client
from enum_names import COMMON, LOCAL
from mounted import Mounted, replace
from service import Service, eventually

TABLES = pathlib.Path(__file__).resolve().parents[1] / "integration/own_tables"
HEADER = b"Service Name,Port Number,Transport Protocol,Description,Owner\n"
REGISTRY = "registry"
INTERVAL = "--reload_interval=50ms"


def table(*rows: str) -> bytes:
    """Returns the bytes of a table."""
    return HEADER + "".join(f"{row}\n" for row in rows).encode()


class OwnFilesTest(unittest.TestCase):
    """Serves a folder, to which tests add files."""

    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory(prefix="portreg-own-")))

    def serve(self, *flags: str) -> Service:
        """Starts the server, and a client of it."""
        self.server = self.enterContext(Service(INTERVAL, *flags))
        self.client = Client(self.server.channel())
        return self.server

    def served(self, layer: int = LOCAL) -> dict[str, int]:
        """Returns the files of a layer, with the numbers of their records."""
        return {info.origin: info.record_count
                for info in self.client.info().layers if info.layer == layer}

    def assert_becomes(self, wanted: dict[str, int]):
        """Waits until layer local has these files."""
        self.assertTrue(eventually(lambda: self.served() == wanted),
                        (self.served(), self.server.stderr()))

    def expect_refused(self, part: str):
        """Waits for a reload that fails with a message."""
        self.assertTrue(eventually(lambda: any(
            part in str(line.fields["error"])
            for line in self.server.log("reload failed"))),
            self.server.stderr())
        self.assertTrue(eventually(lambda: self.server.metric(
            "portreg_reload_failing", subject=REGISTRY) == 1))
        self.assertGreaterEqual(self.server.reloads(REGISTRY, "failure"), 1)


class FolderTest(OwnFilesTest):
    """Adds, removes and changes files in a folder."""

    def test_each_change_of_a_folder_is_noticed(self):
        folder = self.directory / "tables"
        folder.mkdir()
        (folder / "a.csv").write_bytes(table("a,7001,tcp,,x"))
        self.serve(f"--local_file={folder}")
        self.assert_becomes({"a.csv": 1})
        (folder / "notes.txt").write_bytes(b"not a table")
        replace(folder / "b.csv", table("b,7002,tcp,,x", "c,7003,tcp,,x"))
        self.assert_becomes({"a.csv": 1, "b.csv": 2})
        replace(folder / "b.csv", table("b,7002,tcp,,x"))
        self.assert_becomes({"a.csv": 1, "b.csv": 1})
        os.rename(folder / "b.csv", folder / "d.csv")
        self.assert_becomes({"a.csv": 1, "d.csv": 1})
        (folder / "a.csv").unlink()
        self.assert_becomes({"d.csv": 1})
        self.assertEqual(self.server.reloads(REGISTRY, "failure"), 0)

    def test_a_mounted_config_map_is_swapped_as_a_whole(self):
        files = Mounted(self.directory / "mounted", {
            "a.csv": table("a,7001,tcp,,x"), "b.csv": table("b,7002,tcp,,x")})
        self.serve(f"--local_file={self.directory / 'mounted'}")
        self.assert_becomes({"a.csv": 1, "b.csv": 1})
        files.swap({"a.csv": table("b,7002,tcp,,x"),
                    "b.csv": table("a,7001,tcp,,x", "c,7003,tcp,,x")})
        self.assert_becomes({"a.csv": 1, "b.csv": 2})

    def test_a_bad_file_among_good_ones_is_refused_by_its_name(self):
        folder = self.directory / "tables"
        folder.mkdir()
        for name in ("a", "b"):
            (folder / f"{name}.csv").write_bytes(table(f"{name},7001,tcp,,x"))
        self.serve(f"--local_file={folder}")
        replace(folder / "b.csv", table("b,7001,tcp,,x", "c,70000,tcp,,x"))
        self.expect_refused("b.csv")
        self.assertEqual(self.served(), {"a.csv": 1, "b.csv": 1})
        (folder / "b.csv").unlink()
        self.assert_becomes({"a.csv": 1})


class GuardTest(OwnFilesTest):
    """Makes careless edits that lose rows."""

    def test_a_table_that_loses_many_or_all_rows_is_refused(self):
        rows = (TABLES / "rows.csv").read_bytes()
        count = rows.count(b"\n") - 1
        for flag, layer, origin in (
                ("--local_file", LOCAL, "ports.csv"),
                ("--common_file", COMMON, "ports.csv")):
            for name in ("rows-cut", "header-only"):
                content = (TABLES / f"{name}.csv").read_bytes()
                lost = count - (content.count(b"\n") - 1)
                with self.subTest(flag=flag, table=name):
                    path = self.directory / origin
                    path.write_bytes(rows)
                    self.serve(f"{flag}={path}")
                    self.assertEqual(self.served(layer)[origin], count)
                    replace(path, content)
                    self.expect_refused(
                        f"{flag}: {lost} of the {count} rows being served")
                    self.expect_refused("--allow_fewer_rows")
                    self.assertEqual(self.served(layer)[origin], count)
                    replace(path, rows + b"more,9999,tcp,,x\n")
                    self.assertTrue(eventually(
                        lambda: self.served(layer)[origin] == count + 1))
                    self.assertTrue(eventually(lambda: self.server.metric(
                        "portreg_reload_failing", subject=REGISTRY) == 0))

    def test_allow_fewer_rows_takes_it(self):
        path = self.directory / "ports.csv"
        path.write_bytes((TABLES / "rows.csv").read_bytes())
        self.serve(f"--local_file={path}", "--allow_fewer_rows")
        replace(path, (TABLES / "header-only.csv").read_bytes())
        self.assert_becomes({"ports.csv": 0})

    def test_a_block_does_not_keep_the_services_within_it(self):
        path = self.directory / "ports.csv"
        rows = (TABLES / "rows.csv").read_bytes()
        header, *services = rows.splitlines(True)
        block = b",9300-9399,,Held for exporters,obs@example.net\n"
        path.write_bytes(rows + block)
        self.serve(f"--local_file={path}")
        replace(path, header + block)
        self.expect_refused(
            f"{len(services)} of the {len(services) + 1} rows being served")
        retired = b"".join(row.replace(b"\n", b",retired\n") for row in services)
        replace(path, header.replace(b"\n", b",Status\n") + retired)
        self.expect_refused(
            f"{len(services) + 1} of the {len(services) + 1} rows being served "
            "are missing or retired")
        self.assertEqual(self.served(), {"ports.csv": len(services) + 1})

    def test_rows_may_move_between_files(self):
        header, *rows = (TABLES / "rows.csv").read_bytes().splitlines(True)
        files = Mounted(self.directory / "mounted", {
            "a.csv": b"".join([header, *rows]), "b.csv": header})
        self.serve(f"--local_file={self.directory / 'mounted'}")
        self.assert_becomes({"a.csv": len(rows), "b.csv": 0})
        files.swap({"a.csv": header, "b.csv": b"".join([header, *rows])})
        self.assert_becomes({"a.csv": 0, "b.csv": len(rows)})


class LogTest(OwnFilesTest):
    """Checks the log's lines about changed data."""

    def test_a_reload_names_what_came_went_and_changed(self):
        path = self.directory / "ports.csv"
        path.write_bytes(table(*(f"kept-{i},{7200 + i},tcp,,x" for i in range(9)),
                               "gone,7001,udp,,x", "edited,7002,,old,x"))
        self.serve(f"--local_file={path}")
        replace(path, table(*(f"kept-{i},{7200 + i},tcp,,x" for i in range(9)),
                            "edited,7002,,new,x",
                            *(f"new-{i},{7100 + i},tcp,,x" for i in range(7))))
        self.assertTrue(eventually(
            lambda: len(self.server.log("records changed")) == 1))
        fields = self.server.log("records changed")[0].fields
        self.assertEqual(
            {name: str(value) for name, value in fields.items()},
            {"layer": "local", "added": "7", "removed": "1", "changed": "1",
             "first_added": ", ".join(
                 f"new-{i} {7100 + i}/tcp" for i in range(5)) + ", ...",
             "first_removed": "gone 7001/udp", "first_changed": "edited 7002"})

    def test_columns_that_are_not_read_are_logged(self):
        path = self.directory / "ports.csv"
        rows = table("a,7001,tcp,,x")
        path.write_bytes(rows.replace(b"\n", b",Untill\n", 1).replace(b",x\n", b",x,\n"))
        self.serve(f"--local_file={path}")
        self.assertTrue(eventually(
            lambda: len(self.server.log("column not read")) == 1))
        line, = self.server.log("column not read")
        self.assertEqual((line.severity, line.fields["layer"], line.fields["file"]),
                         ("WARNING", "local", "ports.csv"))
        self.assertIn('"Untill" is not read; did you mean Until?', line.fields["reason"])
        replace(path, table("a,7001,tcp,,x", "b,7002,tcp,,x"))
        self.assert_becomes({"ports.csv": 2})
        self.assertEqual(len(self.server.log("column not read")), 1)

    def test_collisions_are_logged_at_start_and_at_each_reload(self):
        path = self.directory / "ports.csv"
        pairs = [f"{name}-{i},{7100 + i},tcp,,{name}"
                 for i in range(11) for name in "ab"]
        path.write_bytes(table("a,7001,tcp,,x", "b,7001,tcp,,y"))
        self.serve(f"--local_file={path}")
        self.assertTrue(eventually(
            lambda: len(self.server.log("rows collide")) == 1))
        line, = self.server.log("rows collide")
        self.assertEqual(line.severity, "WARNING")
        self.assertEqual(line.fields["layer"], "local")
        self.assertEqual(
            line.fields["rows"],
            "line 2 (a) and line 3 (b) both claim port 7001/tcp")
        replace(path, table("a,7001,tcp,,x", *pairs))
        # The log has ten more lines, and one that reports further collisions.
        self.assertTrue(eventually(
            lambda: len(self.server.log("rows collide")) == 12),
            self.server.stderr())
        self.assertIn("--check", self.server.log("rows collide")[-1].fields["rows"])


if __name__ == "__main__":
    unittest.main()
