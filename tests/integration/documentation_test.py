"""Compares man pages and completions with what the programs print about themselves.

    PORTREGD=portregd PORTREG=portreg python3 documentation_test.py

Needs mandoc.
"""

import pathlib
import re
import shlex
import subprocess
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "interop")]

import grpc
import processes
import tool
from processes import SOURCE_DIR, Portregd

MANDOC_SECONDS = 20 * processes.PATIENCE
TOOL_PAGE = SOURCE_DIR / "client/cli/portreg.1"
SERVER_PAGE = SOURCE_DIR / "server/daemon/portregd.8"
TOOL_COMPLETIONS = SOURCE_DIR / "client/cli/completions"
SERVER_COMPLETIONS = SOURCE_DIR / "server/completions"

# Flags of every program besides those that it defines.
EVERY_PROGRAMS_FLAGS = {"-h", "--help", "--version"}
# Words in texts that mean any flag.
PLACEHOLDERS = {"--flag", "--switch"}
FLAG = re.compile(r"(?<![\w/.-])--?[a-z][\w-]*")


def tool_help() -> str:
    """Returns the output of portreg --help, without portregd's flags in it."""
    return re.sub(r"\bportregd --\w+", "portregd", tool.run("--help").stdout)


def server_help() -> str:
    """Returns the output of portregd --help."""
    return processes.run("--help").stdout


def flags_in(text: str) -> set[str]:
    """Returns the words of a text that have the form of a flag, without their values."""
    return set(FLAG.findall(text))


def defined_flags(helpfull: str, directory: str) -> set[str]:
    """Returns the flags that a directory's sources define, as Abseil lists them.

    helpfull is the output of the program for --helpfull.
    """
    section = re.compile(
        rf"^  Flags from {directory}/[^\n]*:\n(.*?)(?=^  Flags from |\Z)",
        re.MULTILINE | re.DOTALL)
    names = [name for part in section.findall(helpfull)
             for name in re.findall(r"^    --(\w+) \(", part, re.MULTILINE)]
    return EVERY_PROGRAMS_FLAGS | {
        f"-{name}" if len(name) == 1 else f"--{name}" for name in names}


def tool_flags() -> set[str]:
    """Returns the flags of portreg, from their table in its sources."""
    table = (SOURCE_DIR / "client/cli/flags/flag_table.cc").read_text("utf-8")
    rows = re.findall(
        r'\{Flag::k\w+,\s*FlagSection::k\w+,\s*"([a-z-]+)",\s*"([a-z]?)",',
        table)
    return {f"--{name}" for name, _ in rows} | {
        f"-{letter}" for _, letter in rows if letter}


def server_flags() -> set[str]:
    """Returns the flags of portregd, with underscores like its variables."""
    return defined_flags(processes.run("--helpfull").stdout, "server")


def tool_commands() -> set[str]:
    """Returns the commands of portreg, from the usage in its --help."""
    usage = tool_help().partition("Usage:\n")[2].partition("\n\n")[0]
    return {"help", *re.findall(r"^  portreg ([a-z]+)\b", usage, re.MULTILINE)}


def allowed_values(*flag_and_refused: str) -> set[str]:
    """Returns the values that a flag of portreg allows, from its refusal of another value."""
    complaint = tool.run("--offline", *flag_and_refused).stderr
    values = re.search(r' is not ([a-z-]+(?:, [a-z-]+)* or [a-z-]+)'
                       r'(?:, which diff has)?\n\Z', complaint)
    if not values:
        raise AssertionError(f"no list of values is in {complaint!r}")
    return set(re.split(", | or ", values[1]))


def rendered(page: pathlib.Path) -> str:
    """Returns a man page as plain text."""
    done = subprocess.run(
        ["mandoc", "-T", "ascii", page], capture_output=True, text=True,
        timeout=MANDOC_SECONDS, check=True)
    return re.sub(".\b", "", done.stdout)


def section(page: pathlib.Path, title: str) -> str:
    """Returns the source of one section of a man page."""
    found = re.search(rf'^\.Sh {title}\n(.*?)(?=^\.Sh |\Z)',
                      page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    if not found:
        raise AssertionError(f"{page.name} has no section {title}")
    return found[1]


def documented_flags(page: pathlib.Path) -> set[str]:
    """Returns the flags that a man page's OPTIONS have an item for."""
    items = re.findall(r"^\.It (Fl .*)", section(page, "OPTIONS"),
                       re.MULTILINE)
    return {f"-{flag}" for item in items
            for flag in re.findall(r"\bFl ([\w-]+)", item)}


def items(text: str, macro: str = "") -> list[str]:
    """Returns the first word of each list item of mdoc, behind `macro` if given."""
    return re.findall(rf"^\.It {macro} ?([\w-]+)", text, re.MULTILINE)


def completed_flags(path: pathlib.Path) -> set[str]:
    """Returns the flags of a completion script, except those of one letter.

    Most flags of one letter belong to the shell's own commands; completion_test
    checks them.
    """
    text = re.sub(r"^\s*#.*\n", "", path.read_text("utf-8"),
                  flags=re.MULTILINE)
    if path.suffix == ".fish":
        return {f"--{name}" for name in
                re.findall(r"^complete .*? -l ([\w-]+)", text, re.MULTILINE)}
    return {flag for flag in flags_in(text) if flag.startswith("--")}


def completions(directory: pathlib.Path, program: str) -> list[pathlib.Path]:
    """Returns a program's completions: those of bash, zsh and fish."""
    return [directory / f"{program}.bash", directory / f"_{program}",
            directory / f"{program}.fish"]


class PageTest(unittest.TestCase):
    """Checks each man page by itself."""

    def test_pages_are_right_to_mandoc(self):
        for page in (TOOL_PAGE, SERVER_PAGE):
            with self.subTest(page=page.name):
                done = subprocess.run(
                    ["mandoc", "-T", "lint", "-W", "warning", page],
                    capture_output=True, text=True, timeout=MANDOC_SECONDS,
                    check=False)
                self.assertEqual((done.stdout + done.stderr, done.returncode),
                                 ("", 0))

    def test_pages_have_the_sections_that_readers_look_for(self):
        for page in (TOOL_PAGE, SERVER_PAGE):
            titles = re.findall(r"^\.Sh (.*)", page.read_text("utf-8"),
                                re.MULTILINE)
            self.assertLessEqual(
                {"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "ENVIRONMENT",
                 "EXIT STATUS", "EXAMPLES", "SEE ALSO", "CAVEATS"},
                set(titles), page.name)

    def test_pages_fit_80_columns(self):
        for page in (TOOL_PAGE, SERVER_PAGE):
            for line in rendered(page).splitlines():
                self.assertLessEqual(len(line), 80, f"{page.name}: {line}")


class FlagTest(unittest.TestCase):
    """Checks that pages and completions have all flags of a program, and no others."""

    def assert_flags(self, flags: set[str], page: pathlib.Path, help_text: str,
                     scripts: list[pathlib.Path]):
        self.assertGreater(flags, EVERY_PROGRAMS_FLAGS)
        with self.subTest(of="--help"):
            self.assertEqual(
                flags_in(help_text) - PLACEHOLDERS | EVERY_PROGRAMS_FLAGS,
                flags)
        with self.subTest(of=page.name):
            self.assertEqual(documented_flags(page), flags)
        for path in scripts:
            with self.subTest(of=path.name):
                self.assertEqual(
                    completed_flags(path),
                    {flag for flag in flags if flag.startswith("--")})

    def test_of_portreg(self):
        self.assert_flags(tool_flags(), TOOL_PAGE, tool_help(),
                          completions(TOOL_COMPLETIONS, "portreg"))

    def test_of_portregd(self):
        self.assert_flags(server_flags(), SERVER_PAGE, server_help(),
                          completions(SERVER_COMPLETIONS, "portregd"))

    def test_no_other_flags_are_mentioned(self):
        for page, flags in ((TOOL_PAGE, tool_flags()),
                            (SERVER_PAGE, server_flags())):
            with self.subTest(page=page.name):
                mentioned = {flag for flag in flags_in(rendered(page))
                             if flag.startswith("--")}
                self.assertLessEqual(mentioned, flags | PLACEHOLDERS)

    def test_each_flag_of_portregd_has_its_variable(self):
        self.assertEqual(
            set(re.findall(r"^\.It Ev PORTREGD_(\w+)",
                           section(SERVER_PAGE, "ENVIRONMENT"), re.MULTILINE)),
            {flag.removeprefix("--").upper()
             for flag in server_flags() - EVERY_PROGRAMS_FLAGS})


class CommandTest(unittest.TestCase):
    """Checks the tool's commands, and the values of its flags."""

    def test_the_page_has_every_command_and_no_other(self):
        commands = tool_commands()
        self.assertGreaterEqual(commands, {"lookup", "classify", "list"})
        self.assertEqual(
            set(re.findall(r"^\.It (?:Oo )?Cm (\w+)",
                           section(TOOL_PAGE, "COMMANDS"), re.MULTILINE)),
            commands)

    def test_the_page_has_every_output_format_and_no_other(self):
        parts = re.split(r"^\.Ss Of (\w+)\n",
                         section(TOOL_PAGE, "OUTPUT FORMATS"),
                         flags=re.MULTILINE)[1:]
        formats = {title: set(items(text, "Cm"))
                   for title, text in zip(parts[::2], parts[1::2])}
        self.assertEqual(formats, {
            "answers": allowed_values("443", "-o", "none"),
            "diff": allowed_values("diff", "-o", "none"),
            "export": allowed_values("export", "--format=none")})

    def test_the_page_has_every_variable(self):
        summary = tool_help().partition("Environment:\n")[2]
        variables = re.findall(r"^  ([A-Z_]+)", summary.partition("\n\n")[0],
                               re.MULTILINE)
        self.assertIn("PORTREG_TARGET", variables)
        self.assertLessEqual(
            set(variables),
            set(items(section(TOOL_PAGE, "ENVIRONMENT"), "Ev")))

    def test_the_page_has_every_layer(self):
        self.assertEqual(set(items(section(TOOL_PAGE, "DESCRIPTION"), "Cm")),
                         allowed_values("443", "--layer=none"))


class ExitStatusTest(unittest.TestCase):
    """Checks that programs exit with the codes that the pages name."""

    def test_of_portreg(self):
        codes = [int(code) for code in
                 items(section(TOOL_PAGE, "EXIT STATUS")) if code.isdigit()]
        summary = tool_help().partition("Exit codes:\n")[2].partition("\n\n")[0]
        for code in map(int, re.findall(r"\b\d+\b", summary)):
            self.assertIn(code, codes)
        with Portregd() as server, tool.closed_port() as closed:
            for code, arguments in {
                    0: (f"--target={server.address}", "443"),
                    1: (f"--target={server.address}", "65536"),
                    2: (f"--target={server.address}", "no-such"),
                    78: (f"--target={closed}", "443")}.items():
                self.assertIn(code, codes)
                self.assertEqual(tool.run(*arguments).code, code)

    def test_codes_of_grpc_have_their_names(self):
        named = re.findall(r"^\.It (\d+)\n([A-Z]+(?:_[A-Z]+)*):",
                           section(TOOL_PAGE, "EXIT STATUS"), re.MULTILINE)
        self.assertIn(("78", "UNAVAILABLE"), named)
        for code, name in named:
            self.assertEqual(int(code), 64 + grpc.StatusCode[name].value[0])

    def test_of_portregd(self):
        self.assertEqual(items(section(SERVER_PAGE, "EXIT STATUS")), ["0", "1"])
        self.assertEqual(processes.run("--check").code, 0)
        self.assertEqual(processes.run("--local_file=/nonexistent").code, 1)


class ExampleTest(unittest.TestCase):
    """Checks that the examples of portreg.1 work."""

    def examples(self) -> list[tuple[list[str], str]]:
        """Returns arguments and output, if any is shown, of each example.

        The rest of the line after a pipe or a redirection is left to the shell.
        """
        found = []
        text = section(TOOL_PAGE, "EXAMPLES")
        for command, output in re.findall(
                r"^(?:\.Dl )?\$ portreg (.*)\n((?:(?![.$]).*\n)*)", text,
                re.MULTILINE):
            front = re.split(r" [|>] ?", command)[0]
            shown = output if front == command else ""
            found.append((shlex.split(front), shown))
        return found

    def test_examples_are_answered_as_shown(self):
        examples = self.examples()
        self.assertGreaterEqual(len(examples), 5)
        with Portregd() as server:
            for arguments, shown in examples:
                with self.subTest(arguments=arguments):
                    outcome = tool.run(*arguments, variables={
                        "PORTREG_TARGET": server.address})
                    self.assertEqual((outcome.code, outcome.stderr), (0, ""))
                    if shown:
                        self.assertEqual(outcome.stdout, shown)


if __name__ == "__main__":
    unittest.main()
