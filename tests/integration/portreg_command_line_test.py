"""Checks portreg's commands, flags, variables and help, and misspelt ones.

    PORTREGD=portregd PORTREG=portreg python3 portreg_command_line_test.py
"""

import pathlib
import tempfile
import threading
import unittest

import grpc
import local_names
import processes
import tool
from tool_case import ToolTestCase


def setUpModule():
    global SERVER, WANTED
    SERVER = unittest.enterModuleContext(local_names.server())
    WANTED = local_names.wanted()


def ask(*arguments: str | bytes, **options) -> processes.Outcome:
    """Runs the tool against the server."""
    return tool.run(f"--target={SERVER.address}", *arguments, **options)


class SlipsTest(ToolTestCase):
    """Checks flags and commands, and misspelt ones."""

    def test_an_unknown_flag_is_one_line_with_a_suggestion(self):
        for flag, suggestion in (
                ("--colour=never", "did you mean --color?"),
                ("--ofline", "did you mean --offline?"),
                ("--max-result", "did you mean --max-results?"),
                ("--xyzzy", "see --help"), ("-x", "see --help"),
                ("--flagfile=/dev/null", "unknown"), ("--helpfull", "unknown"),
                ("--no-target", "unknown"), ("--\x1b[2J", r"\x1b[2J")):
            for arguments in ((flag, "443"), ("443", flag), ("list", flag)):
                with self.subTest(arguments=arguments):
                    outcome = ask(*arguments)
                    self.assertEqual(outcome.code, 1)
                    self.assert_one_complaint(outcome, suggestion)

    def test_values_may_follow_in_each_form(self):
        wanted = ask("443", "-o", "json").stdout
        for form in (("-ojson",), ("-o=json",), ("--output", "json"),
                     ("--output=json",), ("-output=json",)):
            self.assertEqual(ask("443", *form).stdout, wanted, form)
        self.assertEqual(ask("--no_headers", "443").stdout,
                         ask("--no-headers=true", "443").stdout)
        self.assertEqual(ask("--no-headers", "--no-headers=false",
                             "443").stdout, ask("443").stdout)

    def test_two_hyphens_make_a_key_of_a_command(self):
        for name, *_ in local_names.ROWS:
            with self.subTest(name=name):
                outcome = ask("-o", "csv", "--", name)
                self.assertEqual(tool.entries_of_csv(outcome.stdout),
                                 WANTED.by_name(name))

    def test_a_mistyped_command_gets_a_suggestion(self):
        for slip, command in (("lsit", "list"), ("exprot", "export"),
                              ("List", "list"), ("classfy", "classify"),
                              ("serach", "search"), ("inof", "info")):
            with self.subTest(slip=slip):
                if WANTED.by_name(slip):
                    continue  # such as List, because case does not count
                outcome = ask(slip, "443")
                self.assertEqual(outcome.code, 2)
                self.assertIn(f'did you mean the command "{command}"',
                              outcome.stderr)
                self.assertIn("https", outcome.stdout)
                self.assertNotIn("the command",
                                 ask("lookup", slip, "443").stderr)

    def test_a_service_precedes_a_command_that_is_nearly_so_called(self):
        outcome = ask("wacth", "-o", "csv")
        self.assertEqual((outcome.code, outcome.stderr), (0, ""))
        self.assertEqual(tool.entries_of_csv(outcome.stdout),
                         WANTED.by_name("wacth"))

    def test_help_of_a_command_is_that_commands(self):
        whole = tool.run("--help").stdout
        for command in ("lookup", "classify", "list", "search", "info",
                        "export", "watch"):
            texts = {tool.run(*arguments).stdout for arguments in (
                (command, "--help"), (command, "-h"), ("--help", command),
                ("help", command), (command, "--no-such-flag", "--help"))}
            with self.subTest(command=command):
                (text,) = texts
                self.assertRegex(text, rf"\Aportreg {command}\b")
                self.assertLess(len(text), len(whole))
                self.assertEqual("--format=" in text, command == "export")
                self.assertEqual("--count=" in text, command == "watch")
        self.assertEqual(tool.run("443", "--help").stdout, whole)
        outcome = tool.run("help", "lsit")
        self.assertEqual(outcome.code, 1)
        self.assert_one_complaint(outcome, "did you mean list?")

    def test_an_empty_listing_says_so(self):
        for form in ((), ("-o", "json"), ("-o", "csv")):
            outcome = ask("list", "49160-49161", *form)
            self.assertEqual((outcome.code, outcome.stderr), (
                0, "portreg: no record in 49160-49161\n"))
            self.assertEqual(outcome.stdout == "", form == ())


class VariablesTest(ToolTestCase):
    """Checks variables that replace flags."""

    def test_offline(self):
        with tool.closed_port() as closed:
            variables = {"PORTREG_TARGET": closed, "PORTREG_OFFLINE": "1"}
            self.assertEqual(tool.run("443", variables=variables).code, 0)
            self.assertEqual(tool.run("443", "--no-offline",
                                      variables=variables).code, 78)
            self.assertEqual(tool.run("443", f"--target={closed}",
                                      variables=variables).code, 78)

    def test_timeout(self):
        released = threading.Event()

        def answer(_, context):
            released.wait(tool.RUN_SECONDS)
            context.abort(grpc.StatusCode.CANCELLED, "too late")

        with tool.fake_service(answer) as target:
            try:
                outcome = tool.run("443", f"--target={target}", variables={
                    "PORTREG_TIMEOUT": "300ms"})
            finally:
                released.set()
        self.assertEqual(outcome.code, 68)
        self.assert_one_complaint(outcome, "no answer within 300ms")

    def test_unusable_ones_are_refused_by_name(self):
        for variable, value in (
                ("PORTREG_TIMEOUT", "soon"), ("PORTREG_OFFLINE", "perhaps"),
                ("PORTREG_CACERT", ""), ("PORTREG_CERT", ""),
                ("PORTREG_KEY", ""), ("PORTREG_SERVER_NAME", ""),
                ("PORTREG_CACERT", "/nonexistent/ca.pem")):
            with self.subTest(variable=variable, value=value):
                outcome = tool.run(f"--target={SERVER.address}", "443",
                                   variables={variable: value})
                self.assertEqual(outcome.code, 1)
                self.assert_one_complaint(outcome, variable, value)


class CommandLineTest(ToolTestCase):
    """Checks help, version, and flags that cannot be used."""

    def assert_refused(self, *arguments: str, naming: str):
        outcome = tool.run(*arguments)
        self.assertEqual(outcome.code, 1)
        self.assert_one_complaint(outcome, naming)

    def test_help_fits_80_columns(self):
        for arguments in (("--help",), ("help",), ("-h",), ("443", "--help")):
            with self.subTest(arguments=arguments):
                outcome = tool.run(*arguments)
                self.assertEqual((outcome.code, outcome.stderr), (0, ""))
                self.assertIn("Usage:", outcome.stdout)
                self.assertLessEqual(
                    max(map(len, outcome.stdout.splitlines())), 80)

    def test_version_is_one_line_and_the_servers(self):
        outcome = tool.run("--version")
        self.assertEqual((outcome.code, outcome.stderr), (0, ""))
        self.assertRegex(outcome.stdout, r"\Aportreg \d+\.\d+\.\d+\n\Z")
        self.assertIn(f'"serverVersion": "{outcome.stdout.split()[1]}"',
                      ask("info", "-o", "json").stdout)

    def test_usage_errors_exit_1_and_name_the_culprit(self):
        for arguments, naming in (
                ((), "--help"), (("lookup",), "key"), (("classify",), "key"),
                (("--nonsense", "443"), "nonsense"), (("-x", "443"), "x"),
                (("443", "-o", "yaml"), "yaml"), (("443", "-o"), "-o"),
                (("443", "--output=xml"), "xml"),
                (("443", "--layer=arin"), "arin"),
                (("443", "--timeout=soon"), "soon"),
                (("443", "--timeout=0"), "timeout"),
                (("443", "--timeout", "-1s"), "timeout"),
                (("443", "--short", "-o", "csv"), "--short"),
                (("classify", "80-90"), '"80-90"'),
                (("classify", "443", "https"), '"https"'),
                (("list", "https"), '"https"'), (("info", "443"), "info"),
                (("443", "--color=yes"), "yes"), (("443", "--details"), "json"),
                (("info", "-o", "services"), "tsv")):
            for flags in ((), ("--offline",)):
                with self.subTest(arguments=arguments, flags=flags):
                    self.assert_refused(*flags, *arguments, naming=naming)

    def test_unusable_tls_flags_are_refused(self):
        with tempfile.TemporaryDirectory() as directory:
            missing = f"{directory}/missing.pem"
            there = pathlib.Path(directory, "there.pem")
            there.write_text("-----BEGIN CERTIFICATE-----\n")
            for flags, naming in (
                    ((f"--cacert={missing}",), missing),
                    ((f"--cacert={directory}",), directory),
                    ((f"--cert={missing}", f"--key={there}"), missing),
                    ((f"--cert={there}", f"--key={missing}"), str(there)),
                    ((f"--cert={there}",), "--key"),
                    ((f"--key={there}",), "--cert"),
                    (("--plaintext", "--tls"), "--plaintext"),
                    (("--plaintext", f"--cacert={there}"), "--plaintext")):
                with self.subTest(flags=flags):
                    self.assert_refused("443", *flags, naming=naming)

    def test_authorities_that_are_no_certificates_are_one_line(self):
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
            file.write("no certificate\n")
            file.flush()
            outcome = tool.run("443", f"--target={SERVER.address}",
                               f"--cacert={file.name}")
        self.assertNotEqual(outcome.code, 0)
        self.assert_one_complaint(outcome)


if __name__ == "__main__":
    unittest.main()
