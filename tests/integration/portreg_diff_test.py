"""Runs portreg diff and portreg watch --diff on tables of all kinds and on servers.

    PORTREGD=portregd PORTREG=portreg python3 portreg_diff_test.py
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "interop")]

import processes
import registry_files
import tool
from portreg_watch_test import watching
from tool_case import ToolTestCase

COLUMNS = (*registry_files.COLUMNS[:4], "Owner", "Aliases", "Scope", "Status",
           "Until")
OLD = [("billing", "7100-7199", "tcp", "Billing", "blue", "", "", "", ""),
       ("edited", "7300", "tcp", "One", "blue", "a b", "eu", "", ""),
       ("gone", "7301", "udp", "Gone", "", "", "", "", ""),
       ("", "7400-7499", "", "Held", "red", "", "", "", "")]
NEW = [("audit", "7100-7199", "tcp", "Audit", "blue", "", "", "", ""),
       ("edited", "7300", "tcp", "Two", "blue", "a b", "eu", "deprecated", ""),
       ("", "7400-7499", "", "Held", "red", "", "", "", ""),
       ("noport", "", "", "New", "", "", "", "", "")]
TABLE = """\
SLOT           BEFORE   AFTER
7100-7199/tcp  billing  audit
7301/udp       gone     -

   PORT           SERVICE  LAYER  OWNER  SCOPE  DESCRIPTION OR CHANGE
+  7100-7199/tcp  audit    local  blue          Audit
-  7100-7199/tcp  billing  local  blue          Billing
~  7300/tcp       edited   local  blue   eu     description: One -> Two
~  7300/tcp       edited   local  blue   eu     status: active -> deprecated
-  7301/udp       gone     local                Gone
+  -              noport   local                New

101 slots renamed; 2 records added, 2 removed, 1 changed
"""


def setUpModule():
    global DIRECTORY, OLD_FILE, NEW_FILE, SERVER
    DIRECTORY = pathlib.Path(unittest.enterModuleContext(
        tempfile.TemporaryDirectory(prefix="portreg-diff-")))
    OLD_FILE, NEW_FILE = write("old.csv", OLD), write("new.csv", NEW)
    SERVER = unittest.enterModuleContext(
        processes.Portregd(f"--local_file={OLD_FILE}"))


def write(name: str, rows=None, text: str | bytes | None = None,
          columns=COLUMNS) -> str:
    """Writes a file of rows, or of a text; returns its path."""
    path = DIRECTORY / name
    path.parent.mkdir(exist_ok=True)
    if text is None:
        text = registry_files.csv_text(rows, columns)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def diff(*arguments: str, **options):
    """Runs portreg diff with the module's server as its target."""
    return tool.run("diff", *arguments, f"--target={SERVER.address}", **options)


class TablesTest(ToolTestCase):
    """Compares all kinds of tables."""

    def assert_equal_tables(self, *arguments: str, **options):
        self.assertEqual(diff(*arguments, **options)[:3], (0, "", ""))

    def test_two_files(self):
        self.assertEqual(diff(OLD_FILE, NEW_FILE)[:3], (3, TABLE, ""))
        self.assert_equal_tables(OLD_FILE, OLD_FILE)
        self.assert_equal_tables(OLD_FILE, write("moved.csv", OLD[::-1]))

    def test_server_and_file_compare_the_layer_local(self):
        self.assertEqual(diff("server", NEW_FILE)[:3], (3, TABLE, ""))
        self.assert_equal_tables("server", OLD_FILE)
        self.assert_equal_tables(OLD_FILE, "server")

    def test_exports_hold_what_the_server_has(self):
        for name, arguments in {
                "all.json": ("export", "--format=json"),
                "list.json": ("list", "--portless", "--details", "-o", "json"),
                "list.ndjson": ("list", "--portless", "--details", "-o",
                                "ndjson")}.items():
            with self.subTest(name=name):
                path = write(name, text=tool.ask(SERVER, *arguments).stdout)
                self.assert_equal_tables("server", path)
                self.assert_equal_tables(OLD_FILE, path)
                done = diff("embedded", path, "-o", "json")
                self.assertEqual(done.code, 3)
                self.assertEqual(
                    {each["after"]["layer"]
                     for each in json.loads(done.stdout)["changes"]
                     if each["kind"] == "record"}, {"LAYER_LOCAL"})
        own = write("own.csv", text=tool.ask(
            SERVER, "export", "--format=iana-csv", "--layer=local").stdout)
        self.assert_equal_tables("server", own)
        self.assert_equal_tables(OLD_FILE, own)

    def test_ianas_csv_compares_the_layer_iana(self):
        text = tool.ask(SERVER, "export", "--format=iana-csv").stdout
        path = write("iana.csv", text=text)
        self.assert_equal_tables("server", path)
        self.assert_equal_tables("embedded", path)
        official = os.environ.get("PORTREG_IANA_CSV")
        if official:
            self.assertIn(diff(official, path, "-o", "ndjson").code, (0, 3))
        changed = text.replace("ssh,22,tcp,", "shell,22,tcp,", 1)
        self.assertNotEqual(changed, text)
        done = diff(path, write("changed.csv", text=changed))
        self.assertIn("22/tcp  ssh     shell\n", done.stdout)
        self.assertEqual(done.code, 3)

    def test_a_layer_decides_what_a_csv_is(self):
        rows = [("a", "1", "tcp", "x", *[""] * 8)]
        path = write("twelve.csv", rows, columns=registry_files.COLUMNS)
        for arguments, layer in (((), "iana"), (("--layer=local",), "local"),
                                 (("--layer=common",), "common")):
            empty = write("empty.csv", [], columns=registry_files.COLUMNS)
            done = diff(empty, path, *arguments)
            self.assertIn(f"+  1/tcp  a        {layer}", done.stdout)
        # One own table makes the other CSV one as well.
        done = diff(OLD_FILE, path)
        self.assertIn("+  1/tcp          a        local", done.stdout)

    def test_the_source_is_not_compared_with_a_csv(self):
        path = write("common.csv", text=tool.run(
            "export", "--offline", "--format=csv", "--layer=common").stdout)
        for arguments in ((path, "embedded"), ("embedded", path)):
            self.assert_equal_tables(*arguments, "--layer=common")

    def test_layers_are_chosen(self):
        self.assertEqual(diff("server", "embedded", "--layer=iana,common")[:3],
                         (0, "", ""))
        self.assertEqual(diff("server", "embedded").code, 3)

    def test_a_folder_is_one_table(self):
        for number, row in enumerate(OLD):
            write(f"folder/{number}.csv", [row])
        self.assert_equal_tables("server", str(DIRECTORY / "folder"))

    def test_standard_input_and_pipes(self):
        text = pathlib.Path(NEW_FILE).read_bytes()
        self.assertEqual(diff(OLD_FILE, "-", typed=text)[:3], (3, TABLE, ""))
        self.assert_equal_tables("-", NEW_FILE, typed=text)
        done = subprocess.run(
            ["bash", "-c", '"$0" diff "$1" <(cat "$2")', tool.portreg_path(),
             OLD_FILE, NEW_FILE], env=tool.environment(), capture_output=True,
            text=True, timeout=tool.RUN_SECONDS, check=False)
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (3, TABLE, ""))

    def test_files_need_no_server(self):
        with tool.closed_port() as closed:
            for arguments in ((OLD_FILE, NEW_FILE), ("embedded", NEW_FILE)):
                done = tool.run("diff", *arguments, f"--target={closed}")
                self.assertEqual((done.code, done.stderr), (3, ""))
            done = tool.run("diff", "server", NEW_FILE, f"--target={closed}")
            self.assertEqual(done.code, 78)
            self.assert_one_complaint(done, closed)


class FormatTest(unittest.TestCase):
    """Checks the formats other than the table."""

    def test_json_and_ndjson_have_the_same_changes(self):
        lines = diff(OLD_FILE, NEW_FILE, "-o", "ndjson")
        document = diff(OLD_FILE, NEW_FILE, "-o", "json")
        self.assertEqual((lines.code, document.code), (3, 3))
        changes = [json.loads(line) for line in lines.stdout.splitlines()]
        self.assertEqual(json.loads(document.stdout), {
            "before": OLD_FILE, "after": NEW_FILE, "changes": changes})
        self.assertEqual(changes[0], {
            "kind": "slot", "change": "changed", "firstPort": 7100,
            "lastPort": 7199, "transport": "TRANSPORT_TCP",
            "before": "billing", "after": "audit"})
        edited, = [each for each in changes if each.get("fields")]
        self.assertEqual(edited["fields"], ["description", "status"])
        self.assertEqual(edited["before"]["description"], "One")
        self.assertEqual(edited["after"]["status"], "RECORD_STATUS_DEPRECATED")

    def test_markdown_fits_a_comment(self):
        done = diff(OLD_FILE, NEW_FILE, "-o", "markdown")
        self.assertEqual(done.code, 3)
        self.assertIn("| 7100-7199/tcp | `billing` | `audit` |\n", done.stdout)
        done = diff("embedded", OLD_FILE, "--layer=iana,common,local", "-o",
                    "markdown")
        self.assertLessEqual(len(done.stdout), 65000)
        self.assertRegex(done.stdout, r"\n\d+ more rows of records are left out")
        done = diff(OLD_FILE, OLD_FILE, "-o", "markdown")
        self.assertEqual(done.code, 0)
        self.assertIn("no difference", done.stdout)


class RefusalTest(ToolTestCase):
    """Checks that tables that cannot be compared are refused."""

    def test_bad_files_are_named_with_line_and_column(self):
        for name, text, parts in (
                ("port.csv", registry_files.csv_text(
                    [("a", "70000", "tcp", "", *[""] * 5)], COLUMNS),
                 ("line 2, column 3", "70000")),
                ("header.csv", "Name;Port\n", ("line 1", 'is ";"')),
                ("empty.csv", "", ("empty",)),
                ("bytes.csv", b"Service Name,\xff\n", ("0xff",)),
                ("cut.json", '{"records":[\n{"layer":"LAYER_IANA"},',
                 ("line 2, column 24", "ends")),
                ("port.json", '{"records":[\n{"layer":"LAYER_IANA",'
                 '"firstPort":70000,"lastPort":70000}]}',
                 ("line 2, column 1", "first_port 70000")),
                ("other.json", '{"results":[]}',
                 ("line 1, column 1", "not a record"))):
            with self.subTest(name=name):
                path = write(name, text=text)
                for operands in ((path, OLD_FILE), (OLD_FILE, path)):
                    done = diff(*operands)
                    self.assertEqual((done.code, done.stdout), (1, ""))
                    self.assertTrue(done.stderr.startswith(f"portreg: {path}: "),
                                    done.stderr)
                    for part in parts:
                        self.assertIn(part, done.stderr)

    def test_missing_files_and_folders_without_tables(self):
        (DIRECTORY / "bare").mkdir()
        for operand, part in (("/nonexistent.csv", "No such file"),
                              (str(DIRECTORY / "bare"), "folder without")):
            done = diff(OLD_FILE, operand)
            self.assertEqual(done.code, 1)
            self.assert_one_complaint(done, operand, part)

    def test_too_much_standard_input(self):
        done = diff(OLD_FILE, "-", typed=b"x" * (33 << 20))
        self.assertEqual(done.code, 1)
        self.assert_one_complaint(done, "standard input", "33554432")

    def test_command_lines(self):
        for arguments, part in (
                ((), "0 are given"), (("a",), "1 is given"),
                (("a", "b", "c"), "3 are given"), (("-", "-"), "only one"),
                (("a", ""), "empty"),
                (("a", "b", "-o", "csv"), "markdown, which diff has"),
                (("a", "b", "--short"), "--short"),
                (("a", "b", "--details"), "--details"),
                (("server", "b", "--offline"), '"embedded"')):
            done = tool.run("diff", *arguments)
            self.assertEqual(done.code, 1, arguments)
            self.assert_one_complaint(done, part)
        for arguments, part in (
                (("443", "--diff"), "belongs to watch"),
                (("watch", "--diff", "--short"), "exclude each other"),
                (("watch", "--layer=local"), "--diff"),
                (("watch", "--diff", "-o", "markdown"), "which suggest and watch have")):
            done = tool.run(*arguments)
            self.assertEqual(done.code, 1, arguments)
            self.assert_one_complaint(done, part)


class WatchTest(unittest.TestCase):
    """Runs portreg watch --diff with a server that reloads."""

    def serve(self, rows) -> tuple[processes.Portregd, pathlib.Path]:
        path = pathlib.Path(write(f"{self.id()}.csv", rows))
        server = processes.Portregd(f"--local_file={path}")
        self.addCleanup(server.kill)
        return server, path

    @staticmethod
    def replace(path: pathlib.Path, rows):
        """Replaces a table at once."""
        other = path.with_suffix(".new")
        other.write_text(registry_files.csv_text(rows, COLUMNS), "utf-8")
        other.rename(path)

    def test_each_reload_prints_its_changes(self):
        server, path = self.serve(OLD)
        with watching(f"--target={server.address}", "--diff",
                      "--layer=local") as watch:
            self.assertIn("local 4", watch.line())
            self.replace(path, NEW)
            self.assertIn("local 4", watch.line())
            self.assertEqual(
                "".join(watch.line() for _ in TABLE.splitlines()), TABLE)
            self.replace(path, NEW[1:])
            self.assertIn("local 3", watch.line())
            self.assertEqual(watch.line(), "SLOT           BEFORE  AFTER\n")
            self.assertEqual(watch.line(), "7100-7199/tcp  audit   -\n")

    def test_ndjson_has_the_revision_and_each_change(self):
        server, path = self.serve(OLD)
        with watching(f"--target={server.address}", "--diff", "-o", "ndjson",
                      "--count=2", "--layer=local") as watch:
            first = json.loads(watch.line())
            self.replace(path, NEW)
            second = json.loads(watch.line())
            self.assertNotEqual(first["revision"], second["revision"])
            kinds = []
            while line := watch.line():
                kinds.append(json.loads(line)["kind"])
            self.assertEqual(kinds, ["slot"] * 2 + ["record"] * 5)
            self.assertEqual(watch.process.wait(tool.RUN_SECONDS), 0)

    def test_a_restarted_server_is_compared_with_before(self):
        path = pathlib.Path(write("restart.csv", OLD))
        listen = f"unix:{DIRECTORY}/socket"
        flags = (f"--local_file={path}",)
        server = processes.Portregd(*flags, listen=listen)
        try:
            with watching(f"--target={listen}", "--diff", "-o", "ndjson",
                          "--count=2", "--layer=local") as watch:
                watch.line()
                server.stop()
                self.assertIn("trying again", watch.line("stderr"))
                self.replace(path, OLD[1:])
                server = processes.Portregd(*flags, listen=listen)
                self.assertIn("revision", json.loads(watch.line()))
                changes = []
                while line := watch.line():
                    changes.append(json.loads(line))
                self.assertEqual(
                    [(each["kind"], each["change"]) for each in changes],
                    [("slot", "removed"), ("record", "removed")])
        finally:
            server.kill()


if __name__ == "__main__":
    unittest.main()
