"""portreg: what its output looks like on a terminal.

    PORTREGD=portregd PORTREG=portreg python3 portreg_terminal_test.py
"""

import pathlib
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "interop")]

import hostile_rows
import processes
import tool
from hostile_rows import (
    CSI, ESC, NASTY, NASTY_PORT, OVERRIDE, PLAIN_PORT, UNSHOWABLE)
from portreg_proto import pb
from processes import Portregd


def setUpModule():
    global SERVER, LOCAL_SERVER
    SERVER = unittest.enterModuleContext(Portregd())
    LOCAL_SERVER = unittest.enterModuleContext(hostile_rows.server())


def ask(*arguments: str, server=None, **options) -> processes.Outcome:
    """Runs the tool, against SERVER if no server is given; it must exit 0."""
    return tool.ask(server or SERVER, *arguments, **options)


class TerminalTest(unittest.TestCase):
    """Width, colour, and text that would command the terminal."""

    def show(self, *arguments: str, columns: int = 80, server=None,
             **variables: str) -> processes.Outcome:
        return tool.run_on_terminal(
            f"--target={(server or SERVER).address}", *arguments,
            columns=columns, variables=variables)

    def test_no_line_is_wider_than_the_terminal(self):
        for columns in (80, 40, 132):
            for command in (("list",), ("list", "--portless", "--no_headers"),
                            ("443", "https", "2082", "8080", "8443"),
                            ("lookup", "smb", "5985", "137-139"),
                            ("classify", "6000", "50000", "443", "1021",
                             "2049", "30000", "33000")):
                with self.subTest(columns=columns, command=command):
                    lines = tool.STYLE.sub("", self.show(
                        *command, columns=columns).stdout).splitlines()
                    long = [line for line in lines if len(line) > columns]
                    self.assertFalse(
                        long[:3], f"{len(long)} of {len(lines)} lines")

    def test_the_map_is_as_large_as_the_terminal_permits(self):
        for columns, width, rows in ((80, 71, 32), (134, 71, 32), (135, 135, 64),
                                     (300, 135, 64)):
            with self.subTest(columns=columns):
                lines = tool.STYLE.sub("", self.show(
                    "list", "--map", columns=columns).stdout).splitlines()
                drawn = [line for line in lines if line[:5].strip().isdigit()]
                self.assertEqual({len(line) for line in drawn}, {width})
                self.assertEqual(len(drawn), rows)

    def test_a_wide_terminal_cuts_nothing(self):
        for command in (("443", "8080", "8443"), ("list",)):
            self.assertEqual(
                tool.STYLE.sub("", self.show(*command, columns=1000).stdout),
                ask(*command).stdout)

    def test_the_header_is_bold_on_a_terminal_only(self):
        for command in (("443",), ("list", "22"), ("classify", "22")):
            with self.subTest(command=command):
                plain = ask(*command).stdout
                header = plain.splitlines()[0]
                self.assertNotIn(ESC, plain)
                shown = self.show(*command).stdout
                self.assertTrue(
                    shown.startswith(f"{ESC}[1m{header}{ESC}[0m\n"), shown)
                self.assertEqual(
                    self.show(*command, NO_COLOR="").stdout, shown)
                self.assertEqual(
                    self.show(*command, NO_COLOR="1").stdout, plain)

    def test_color_says_when(self):
        for command in (("443",), ("list", "22"), ("classify", "22"),
                        ("search", "ssh", "-o", "wide")):
            with self.subTest(command=command):
                plain, shown = ask(*command).stdout, self.show(
                    *command, columns=1000).stdout
                for settings in ({}, {"NO_COLOR": "1"}, {"TERM": "dumb"}):
                    self.assertEqual(self.show(
                        *command, "--color=always", columns=1000,
                        **settings).stdout, shown)
                    self.assertEqual(ask(
                        *command, "--color=always",
                        variables=settings).stdout, shown)
                self.assertEqual(self.show(
                    *command, "--color=never", columns=1000).stdout, plain)
                self.assertEqual(
                    ask(*command, "--color=auto").stdout, plain)
                self.assertEqual(self.show(
                    *command, columns=1000, TERM="dumb").stdout, plain)

    def test_control_characters_are_escaped(self):
        port = str(NASTY_PORT)
        for command in ((port,), ("list", "--layer=local"), (NASTY,),
                        (f"{port}-{PLAIN_PORT}",), ("--short", port),
                        (port, "-o", "wide"), (port, "-o", "name"),
                        ("search", "evil"), ("search", f"a{ESC}[2J"),
                        (port, "-o", "services"),
                        ("export", "--format=services", port),
                        ("--short", f"{port}-{PLAIN_PORT}"),
                        ("classify", port), ("info",),
                        (f"miss{ESC}[2J{CSI}{OVERRIDE}",),
                        (f"refused{UNSHOWABLE}",), ("-o", f"x{ESC}[2J", port)):
            outcomes = (
                self.show(*command, columns=1000, server=LOCAL_SERVER),
                tool.run(f"--target={LOCAL_SERVER.address}", *command))
            with self.subTest(command=command):
                for outcome in outcomes:
                    text = tool.STYLE.sub("", outcome.stdout) + outcome.stderr
                    self.assertEqual(
                        [f"U+{ord(character):04X}" for character in UNSHOWABLE
                         if character in text and character != "\n"], [])
                    self.assertIn(outcome.code, (0, 1, 2))
                    self.assertRegex(text, r"\\(x1b|033)")

    def test_no_format_commands_a_terminal(self):
        port = str(NASTY_PORT)
        commands = [(*command, "-o", form)
                    for command in ((port,), ("list", "--layer=local"),
                                    ("search", "evil"))
                    for form in ("table", "wide", "json", "ndjson", "csv",
                                 "tsv", "services", "name")]
        commands += [(command, *keys, "-o", form)
                     for command, *keys in (("classify", port), ("info",))
                     for form in ("table", "json", "ndjson", "csv", "tsv")]
        commands += [("export", f"--format={form}", "--layer=local",
                      *(("--portless",) if form == "json" else ()))
                     for form in ("services", "iana-csv", "json")]
        for command in commands:
            outcome = self.show(*command, "--color=never", columns=1000,
                                server=LOCAL_SERVER)
            with self.subTest(command=command):
                self.assertEqual(outcome.code, 0)
                self.assertEqual(
                    [f"U+{ord(character):04X}" for character in UNSHOWABLE
                     if character in outcome.stdout
                     and character not in "\n\t"], [])

    def test_a_pipe_gets_csv_as_it_is(self):
        found = tool.entries_of_csv(ask(
            str(NASTY_PORT), "-o", "csv", "--layer=local",
            server=LOCAL_SERVER).stdout)
        self.assertEqual([entry.service for entry in found], [NASTY])

    def test_a_revision_cannot_command_a_terminal(self):
        with tool.fake_service(lambda *_: pb.GetRegistryInfoResponse(
                revision=f"r{ESC}[2J{CSI}{OVERRIDE}")) as target:
            for form in (("--short",), (), ("-o", "csv"), ("-o", "json")):
                outcome = tool.run_on_terminal(
                    "info", *form, f"--target={target}", columns=80)
                with self.subTest(form=form):
                    shown = tool.STYLE.sub("", outcome.stdout)
                    for character in (ESC, CSI, OVERRIDE):
                        self.assertNotIn(character, shown)
            piped = tool.run("info", "--short", f"--target={target}")
            self.assertNotIn(ESC, piped.stdout)

    def test_an_escaped_record_stays_on_its_line(self):
        lines = ask(str(NASTY_PORT), "--layer=local", "--no_headers",
                    server=LOCAL_SERVER).stdout.split("\n")
        self.assertEqual(len(lines), 2)
        self.assertIn(r"evil\x1b]0;owned\x07\x1b[2J\u009b31m\n\u202ecod.exe",
                      lines[0])


if __name__ == "__main__":
    unittest.main()
