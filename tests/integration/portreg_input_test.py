"""Gives portreg keys from standard input.

    PORTREGD=portregd PORTREG=portreg python3 portreg_input_test.py
"""

import csv
import io
import json
import os
import pathlib
import pty
import shlex
import subprocess
import tempfile
import unittest

import processes
import tool
from processes import Portregd
from tool_case import ToolTestCase

# More keys than one batch holds.
MANY = 2_500


def setUpModule():
    global SERVER
    SERVER = unittest.enterModuleContext(Portregd())


def ask(*arguments: str, typed: bytes | str = b"",
        **options) -> processes.Outcome:
    """Runs the tool against the server with `typed` on its standard input."""
    return tool.run(
        f"--target={SERVER.address}", *arguments,
        typed=typed.encode("utf-8") if isinstance(typed, str) else typed,
        **options)


class InputTest(ToolTestCase):
    """Checks `portreg -` and `portreg lookup -`."""

    KEYS = ("443", "no-such", "53/udp", "20-21", "HTTPS", "49160", "5432")

    def test_keys_are_answered_as_on_the_command_line(self):
        for form in (("--short",), (), ("-o", "wide"), ("-o", "csv"),
                     ("-o", "tsv"), ("-o", "json"), ("-o", "ndjson"),
                     ("-o", "services"), ("-o", "name")):
            wanted = ask(*form, *self.KEYS)
            for command, typed in (
                    (("-",), "\n".join(self.KEYS)),
                    (("lookup", "-"), " ".join(self.KEYS) + "\n"),
                    (("--", "-"), "\r\n\r\n".join(self.KEYS)),
                    (("-",), "# keys\n" + ",\t".join(self.KEYS) + " # all")):
                with self.subTest(form=form, typed=typed):
                    outcome = ask(*form, *command, typed=typed)
                    self.assertEqual(outcome.stdout, wanted.stdout)
                    self.assertEqual(sorted(outcome.stderr.splitlines()),
                                     sorted(wanted.stderr.splitlines()))
                    self.assertEqual(outcome.code, 2)

    def test_batches_follow_each_other_in_order(self):
        keys = [str(port) for port in range(MANY)]
        wanted = ask("--short", *keys).stdout
        self.assertEqual(len(wanted.splitlines()), MANY)
        for typed in ("\n".join(keys), " ".join(keys), ",".join(keys)):
            self.assertEqual(ask("--short", "-", typed=typed).stdout, wanted)
        document = json.loads(ask("-", "-o", "json",
                                  typed="\n".join(keys)).stdout)
        self.assertEqual([each["key"] for each in document["results"]], keys)
        self.assertRegex(document["revision"], "[0-9a-f]{32}")
        rows = list(csv.reader(io.StringIO(ask(
            "-", "-o", "csv", typed="\n".join(keys)).stdout)))
        self.assertEqual([row[0] for row in rows].count("first_port"), 1)

    def test_an_unusable_key_loses_no_other(self):
        keys = b"443 0080\n22\na\0b \xff\n" + b"x" * 65 + b"\n" + \
            b"y" * 3000 + b"\n80-90/foo -1 https\n"
        outcome = ask("--short", "-", typed=keys)
        self.assertEqual(outcome.stdout,
                         "https\n-\nssh\n-\n-\n-\n-\n-\n-\n443\n")
        self.assertEqual(outcome.code, 1)
        for line, (number, naming) in zip(
                outcome.stderr.splitlines(),
                ((1, '"0080"'), (3, r'"a\x00b" has a NUL'), (3, r'"\xff"'),
                 (4, "65 bytes"), (5, "more than 1024 bytes"),
                 (6, '"80-90/foo"'), (6, '"-1"')), strict=True):
            self.assertTrue(line.startswith(
                f"portreg: line {number} of standard input: key "), line)
            self.assertIn(naming, line)

    def test_json_pairs_unusable_keys_too(self):
        typed = b"443/tcp 0080 \xff"
        results = json.loads(ask("-", "-o", "json", typed=typed).stdout)
        lines = [json.loads(line) for line in ask(
            "-", "-o", "ndjson", typed=typed).stdout.splitlines()]
        self.assertEqual([each["key"] for each in results["results"]],
                         ["443/tcp", "0080", r"\xff"])
        for found in (results["results"], lines):
            self.assertEqual([each["failure"]["code"] for each in found
                              if "failure" in each], [3, 3])
        self.assertEqual(len({each["key"] for each in lines}), 3)

    def test_a_miss_weighs_less_than_an_unusable_key(self):
        self.assertEqual(ask("-", typed="no-such 443").code, 2)
        self.assertEqual(ask("-", typed="no-such 0080 443").code, 1)

    def test_no_key_is_an_empty_answer(self):
        for typed in ("", "\n\n", "# nothing"):
            for form, stdout in (
                    ((), ""), (("--short",), ""), (("-o", "ndjson"), ""),
                    (("-o", "json"), '{\n "results": []\n}\n')):
                outcome = ask("-", *form, typed=typed)
                self.assertEqual((outcome.code, outcome.stdout,
                                  outcome.stderr), (0, stdout, ""))
            self.assertEqual(ask("-", "-o", "csv", typed=typed).stdout,
                             ask("no-such", "-o", "csv").stdout)

    def test_it_must_be_the_only_key(self):
        for keys in (("443", "-"), ("-", "-"), ("classify", "-", "80")):
            outcome = ask(*keys)
            self.assertEqual(outcome.code, 1)
            self.assert_one_complaint(outcome, '"-"', "only key")

    def test_unreadable_input_is_an_error(self):
        for command in (("-",), ("classify", "-")):
            outcome = ask(*command, before=("sh", "-c", '"$@" < /', "sh"))
            self.assertEqual(outcome.code, 1)
            self.assert_one_complaint(outcome, "standard input", "directory")

    def test_a_server_that_fails_ends_the_command(self):
        with tool.closed_port() as closed:
            outcome = tool.run(f"--target={closed}", "--short", "-",
                               typed=b"443\n" * MANY)
        self.assertEqual(outcome.code, 78)
        self.assert_one_complaint(outcome, closed)

    def test_output_that_fails_ends_the_command(self):
        with open("/dev/full", "wb") as full:
            outcome = ask("--short", "-", typed=b"443\n" * MANY, stdout=full)
        self.assertEqual(outcome.code, 1)
        self.assertRegex(outcome.stderr, r"\A[^\n]*cannot be written[^\n]*\n\Z")

    def test_an_answer_comes_before_the_input_ends(self):
        process = subprocess.Popen(
            [tool.portreg_path(), f"--target={SERVER.address}", "--short", "-"],
            env=tool.environment(), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE)
        try:
            with process.stdin, process.stdout:
                for key, answer in ((b"443\n", b"https\n"), (b"22\n", b"ssh\n")):
                    process.stdin.write(key)
                    process.stdin.flush()
                    self.assertEqual(process.stdout.readline(), answer)
                process.stdin.close()
                self.assertEqual(process.stdout.read(), b"")
            self.assertEqual(process.wait(tool.RUN_SECONDS), 0)
        finally:
            process.kill()
            process.wait()

    def test_a_person_who_types_keys_sees_each_answer_as_a_table(self):
        ours, theirs = pty.openpty()
        with open(ours, "wb", buffering=0) as keyboard, \
                open(theirs, "rb", buffering=0) as terminal:
            process = subprocess.Popen(
                [tool.portreg_path(), f"--target={SERVER.address}", "-"],
                env=tool.environment(), stdin=terminal, stdout=subprocess.PIPE)
            try:
                with process.stdout:
                    keyboard.write(b"443/dccp\n564/tcp\n")
                    self.assertTrue(process.stdout.readline().startswith(b"PORT"))
                    line = b""
                    while b"9pfs" not in line:
                        line = process.stdout.readline()
                        self.assertNotEqual(line, b"")
                    keyboard.write(b"\x04")  # end of input
                    self.assertEqual(process.stdout.read(), b"")
                self.assertEqual(process.wait(tool.RUN_SECONDS), 0)
            finally:
                process.kill()
                process.wait()

    def test_it_works_in_a_pipe(self):
        """Runs the manual's example, with a key that is unusable."""
        with tempfile.TemporaryDirectory() as directory:
            pathlib.Path(directory, "ports.txt").write_text(
                "443\tweb\n0080\tno port\n4\tfree\n20-21\ttransfer\n", "utf-8")
            tool_path = shlex.quote(os.path.abspath(tool.portreg_path()))
            done = subprocess.run(
                ["sh", "-c", f"cut -f 1 ports.txt | {tool_path} --short - | "
                 "paste ports.txt -"], cwd=directory, env=tool.environment(
                     {"PORTREG_TARGET": SERVER.address}),
                stdin=subprocess.DEVNULL, capture_output=True, text=True,
                timeout=tool.RUN_SECONDS, check=True)
        self.assertEqual(done.stdout, "443\tweb\thttps\n0080\tno port\t-\n"
                         "4\tfree\t-\n20-21\ttransfer\tFTP,ftp-data,fsp\n")

    @unittest.skipIf(processes.PATIENCE > 1,
                     "AddressSanitizer keeps freed memory for a while")
    def test_memory_does_not_grow_with_the_keys(self):
        keys = b"".join(b"%d\n" % (port % 65536) for port in range(300_000))
        for form in ("ndjson", "json"):
            few, many = (
                peak_kilobytes("--offline", "-o", form, "-", typed=typed)
                for typed in (keys[:10_000], keys))
            with self.subTest(form=form):
                self.assertLess(many, few + 20_000)


def peak_kilobytes(*arguments: str, typed: bytes) -> int:
    """Returns the peak of the memory that the tool uses while it answers."""
    with tempfile.TemporaryFile() as source:
        source.write(typed)
        source.seek(0)
        process = subprocess.Popen(
            [tool.portreg_path(), *arguments], env=tool.environment(),
            stdin=source, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 2):
        raise AssertionError(f"exit {process.returncode}")
    return usage.ru_maxrss


class ClassifyTest(ToolTestCase):
    """Checks `portreg classify -`."""

    KEYS = ("443", "6000/tcp", "50000", "1024")

    def test_keys_are_answered_as_on_the_command_line(self):
        for form in (("--short",), (), ("-o", "csv"), ("-o", "tsv"),
                     ("-o", "json"), ("-o", "ndjson")):
            with self.subTest(form=form):
                self.assertEqual(
                    ask("classify", *form, "-", typed="\n".join(self.KEYS))[:3],
                    ask("classify", *form, *self.KEYS)[:3])

    def test_an_unusable_key_loses_no_other(self):
        typed = "443 https\n20-21\n0080 1024"
        outcome = ask("classify", "--short", "-", typed=typed)
        self.assertEqual(outcome.code, 1)
        self.assertRegex(outcome.stdout, r"\A[^\n]{2,}\n-\n-\n-\n[^\n]{2,}\n\Z")
        for line, start in zip(outcome.stderr.splitlines(), (
                'line 1 of standard input: key "https" is not a single port',
                'line 2 of standard input: key "20-21" is not a single port',
                'line 3 of standard input: key "0080"'), strict=True):
            self.assertTrue(line.startswith(f"portreg: {start}"), line)
        lines = [json.loads(line) for line in ask(
            "classify", "-o", "ndjson", "-", typed=typed).stdout.splitlines()]
        document = json.loads(
            ask("classify", "-o", "json", "-", typed=typed).stdout)
        self.assertEqual(lines, document)
        self.assertEqual([(each["key"], "failure" in each) for each in lines],
                         [("443", False), ("https", True), ("20-21", True),
                          ("0080", True), ("1024", False)])

    def test_no_key_is_an_empty_answer(self):
        self.assertEqual(ask("classify", "-o", "json", "-").stdout, "[]\n")
        self.assertEqual(ask("classify", "-").stdout, "")


if __name__ == "__main__":
    unittest.main()
