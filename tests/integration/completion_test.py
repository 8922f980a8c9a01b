"""Completes command lines of portreg and portregd in a shell.

    PORTREGD=portregd PORTREG=portreg COMPLETION_SHELL=/bin/bash \\
        python3 completion_test.py

COMPLETION_SHELL names a bash, a zsh or a fish. Each shell starts without the
settings of its user, in an empty directory.
"""

import os
import pathlib
import pty
import re
import select
import shlex
import subprocess
import sys
import tempfile
import time
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "interop")]

import documentation_test as documentation
import processes
import tool
from processes import SOURCE_DIR

SHELL = os.environ.get("COMPLETION_SHELL", "")
SHELL_NAME = pathlib.Path(SHELL).name
SHELL_SECONDS = 20 * processes.PATIENCE
DIRECTORIES = {"portreg": SOURCE_DIR / "client/cli/completions",
               "portregd": SOURCE_DIR / "server/completions"}
FILE_NAMES = {"bash": "{}.bash", "zsh": "_{}", "fish": "{}.fish"}

# Calls the function that is registered for the program.
BASH = r"""
source "$1"
COMP_CWORD=$(($# - 2)) COMP_WORDS=("${@:2}")
set -- $(complete -p "$2")
"${@: -2:1}"
printf '%s\n' "${COMPREPLY[@]}"
"""

FISH = "source $argv[1]; complete --do-complete $argv[2]"

# A zsh that starts with a line, completes it once, and writes the added matches
# to a file. compinit is slow, and keeps its results in a file.
ZSH = r"""
PROMPT= RPROMPT= LISTMAX=9999
fpath=($DIRECTORY $fpath)
autoload -Uz compinit && compinit -u -d $ZDOTDIR/found
compadd() {
  if (( ! ${@[(I)-[OAD]*]} )); then  # which only fill arrays
    local -a matches
    builtin compadd -A matches "$@"
    print -rl -- "$IPREFIX"$^matches >> matches
  fi
  builtin compadd "$@"
}
zle -C complete-once complete-word _main_complete
zle-line-init() {
  BUFFER=$LINE CURSOR=$#LINE
  zle complete-once
  exit
}
zle -N zle-line-init
"""


def script(program: str) -> pathlib.Path:
    """Returns the completion of a program for the shell."""
    return DIRECTORIES[program] / FILE_NAMES[SHELL_NAME].format(program)


def environment(home: str, **variables: str) -> dict[str, str]:
    """Returns the environment of a user without settings."""
    tool_directory = pathlib.Path(tool.portreg_path()).resolve().parent
    return {"HOME": home, "ZDOTDIR": home, "XDG_CONFIG_HOME": home,
            "XDG_DATA_HOME": home, "XDG_RUNTIME_DIR": home,
            "PATH": f"{tool_directory}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8", "TERM": "dumb",
            **variables}


def readline_words(line: str) -> list[str]:
    """Returns the words that readline makes of a line without quotes.

    The separators "=" and ":" are words too.
    """
    return [word for part in line.split(" ")
            for word in re.split("([=:])", part) if word or not part]


def ask_bash(line: str, home: str, words=readline_words) -> list[str]:
    """Calls the completion's function as bash would."""
    program = line.partition(" ")[0]
    done = subprocess.run(
        [SHELL, "--noprofile", "--norc", "-c", BASH, "bash", script(program),
         *words(line)], env=environment(home), cwd=home,
        stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=SHELL_SECONDS, check=True)
    if done.stderr:
        raise AssertionError(done.stderr)
    return done.stdout.split("\n")


def ask_fish(line: str, home: str) -> list[str]:
    """Completes a line by fish."""
    done = subprocess.run(
        [SHELL, "--no-config", "-c", FISH, script(line.partition(" ")[0]),
         line], env=environment(home), cwd=home, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=SHELL_SECONDS, check=True)
    if done.stderr:
        raise AssertionError(done.stderr)
    return [match.partition("\t")[0] for match in done.stdout.split("\n")]


def ask_zsh(line: str, home: str) -> list[str]:
    """Completes a line by zsh."""
    pathlib.Path(home, ".zshrc").write_text(ZSH, "utf-8")
    matches = pathlib.Path(home, "matches")
    matches.write_text("")
    on_terminal([SHELL, "-d", "-i"], home, LINE=line,
                DIRECTORY=str(script(line.partition(" ")[0]).parent))
    return matches.read_text("utf-8").split("\n")


def on_terminal(command: list[str], home: str, prompt: str = "",
                typed: str = "", **variables: str) -> str:
    """Runs a shell on a terminal to its end; returns what it has shown.

    If a prompt is given, types the text once the prompt is shown. Raises
    TimeoutError, and ends the shell, if it takes too long.
    """
    ours, theirs = pty.openpty()
    shown = bytearray()
    deadline = time.monotonic() + SHELL_SECONDS
    with open(ours, "r+b", buffering=0) as screen:
        with open(theirs, "r+b", buffering=0) as terminal:
            process = subprocess.Popen(
                command, env=environment(home, **variables), cwd=home,
                stdin=terminal, stdout=terminal, stderr=terminal,
                start_new_session=True)
        try:
            while select.select([screen], [], [],
                                max(0, deadline - time.monotonic()))[0]:
                try:
                    shown += screen.read(65536)
                except OSError:  # EIO: no process has the terminal open
                    process.wait(timeout=SHELL_SECONDS)
                    return shown.decode("utf-8", "replace")
                if typed and prompt.encode() in shown:
                    screen.write(typed.encode())
                    typed = ""
            raise TimeoutError(f"the shell did not end: {bytes(shown)!r}")
        finally:
            process.kill()
            process.wait()


# Names that begin with "kafk", besides "kafka".
KAFKA_NAMES = {each for each in tool.run("__complete", "kafk").stdout.split()}
ASK = {"bash": ask_bash, "fish": ask_fish, "zsh": ask_zsh}


def bare(match: str) -> str:
    """Returns a match without the flag before its value, and without a last "="."""
    return match.removesuffix("=").rpartition("=")[2]


class CompletionTestCase(unittest.TestCase):
    """Asks the shell in a directory with a file of each kind."""

    @classmethod
    def setUpClass(cls):
        cls.home = cls.enterClassContext(
            tempfile.TemporaryDirectory(prefix="completion-"))
        for name in ("ca.pem", "local.csv"):
            pathlib.Path(cls.home, name).touch()

    def assert_completed(self, wanted: dict[str, set[str]]):
        """Checks that each line has the wanted completions, in any order."""
        for line, matches in wanted.items():
            with self.subTest(line=line):
                found = ASK[SHELL_NAME](line, self.home)
                self.assertEqual({bare(match) for match in found} - {""},
                                 matches)


class ToolTest(CompletionTestCase):
    """Completes portreg."""

    def test_commands(self):
        commands = documentation.tool_commands()
        self.assert_completed({
            "portreg ": commands, "portreg ex": {"export"},
            "portreg l": {"list", "lookup"}, "portreg zz": set(),
            "portreg --offline l": {"list", "lookup"},
            "portreg -o csv l": {"list", "lookup"},
            "portreg --output=csv l": {"list", "lookup"},
            "portreg --target 127.0.0.1:6335 l": {"list", "lookup"},
            "portreg --target=127.0.0.1:6335 l": {"list", "lookup"}})

    def test_only_the_first_word_is_a_command(self):
        self.assert_completed(dict.fromkeys((
            "portreg 443 ", "portreg list ", "portreg -o csv list l",
            "portreg classify ht", "portreg search web ht",
            "portreg export ht"), set()))
        for line in ("portreg 443 lis", "portreg lookup lis",
                     "portreg U:53 lis", "portreg https lis",
                     "portreg --target=127.0.0.1:6335 443 lis"):
            with self.subTest(line=line):
                found = set(ASK[SHELL_NAME](line, self.home)) - {""}
                self.assertTrue(found)
                self.assertNotIn("list", found)

    def test_names_where_no_command_begins_so(self):
        self.assert_completed({
            line: {"kafka", *KAFKA_NAMES}
            for line in ("portreg kafk", "portreg lookup kafk",
                         "portreg 443 kafk", "portreg -o csv https kafk",
                         "portreg lookup -- kafk")})
        self.assert_completed(dict.fromkeys(
            ("portreg lookup ", "portreg 443 sql*", "portreg no-such-name",
             "portreg U:"), set()))

    def test_names_are_the_embedded_ones_and_not_many(self):
        found = ASK[SHELL_NAME]("portreg lookup s", self.home)
        self.assertEqual(len(set(found) - {""}), 200)

    def test_a_missing_program_completes_no_name(self):
        self.addCleanup(os.environ.__setitem__, "PORTREG",
                        os.environ["PORTREG"])
        os.environ["PORTREG"] = "/bin/sh"
        self.assert_completed({"portreg kafk": set(),
                               "portreg ex": {"export"}})

    def test_flags(self):
        flags = documentation.tool_flags()
        self.assert_completed({
            "portreg -": flags,
            "portreg --": {flag for flag in flags if flag.startswith("--")},
            "portreg --o": {"--offline", "--output", "--owner"},
            "portreg 443 --o": {"--offline", "--output", "--owner"},
            "portreg list --no-h": {"--no-headers"},
            "portreg --nosuch": set()})

    def test_nothing_but_keys_behind_two_hyphens(self):
        self.assert_completed({"portreg lookup -- --o": set()})

    def test_output_formats(self):
        formats = documentation.allowed_values("443", "-o", "none")
        self.assert_completed({
            "portreg -o ": formats, "portreg -o=": formats,
            "portreg --output ": formats, "portreg --output=": formats,
            "portreg 443 -o c": {"csv"}, "portreg 443 --output=t":
            {each for each in formats if each.startswith("t")},
            "portreg -o yaml": set()})

    def test_tables_and_formats_of_diff(self):
        self.assert_completed({
            "portreg diff l": {"local.csv"}, "portreg diff e": {"embedded"},
            "portreg diff server c": {"ca.pem"},
            "portreg -o json diff local.csv s": {"server"},
            "portreg diff kafk": set(),
            "portreg diff -o ma": {"markdown"},
            "portreg diff --output=ma": {"markdown"}, "portreg -o ma": set()})

    def test_export_formats(self):
        formats = documentation.allowed_values("export", "--format=none")
        self.assert_completed({
            "portreg export --format=": formats,
            "portreg export --format ": formats,
            "portreg export --format=sy": {"sysctl-reserved"}})

    def test_colours(self):
        colours = documentation.allowed_values("443", "--color=none")
        self.assert_completed({"portreg --color=": colours,
                               "portreg --color a": {"always", "auto"}})

    def test_lists_of_layers(self):
        layers = documentation.allowed_values("443", "--layer=none")
        self.assert_completed({
            "portreg --layer=": layers, "portreg --layer ": layers,
            "portreg --layer=c": {"common"},
            "portreg --layer=iana,c": {"iana,common"},
            "portreg list --layer iana,common,l": {"iana,common,local"}})

    def test_files(self):
        self.assert_completed({
            f"portreg --{flag}{sign}c": {"ca.pem"}
            for flag in ("cacert", "cert", "key") for sign in "= "})

    def test_import_completes_files_and_encodings(self):
        self.assert_completed({
            "portreg import l": {"local.csv"},
            "portreg import --transport=tcp l": {"local.csv"},
            "portreg import --encoding=w": {"windows-1252"},
            "portreg import --transport s": {"sctp"}})

    def test_kinds_and_tables_of_a_check(self):
        self.assert_completed({
            "portreg check --allow=linux": {"linux-ephemeral"},
            "portreg check --allow=dynamic,ex":
                {"dynamic,experiments-only", "dynamic,exporter-list"},
            "portreg suggest --accept kub": {"kubernetes-node-port"},
            "portreg check --output=g": {"github"},
            "portreg check -o sa": {"sarif"},
            "portreg check --file=l": {"local.csv"},
            "portreg check --file l": {"local.csv"}})

    def test_completed_kinds_are_those_that_can_be_accepted(self):
        complaint = tool.run("suggest", "--accept=none").stderr
        kinds = set(complaint.partition(" is not ")[2].strip().replace(" or ", ", ").split(", "))
        self.assertIn("dynamic", kinds)
        self.assert_completed({"portreg suggest --accept=": kinds})

    def test_files_of_an_audit(self):
        self.assert_completed({"portreg audit c": {"ca.pem"},
                               "portreg -o csv audit --expect c": {"ca.pem"}})

    def test_what_is_not_known_here_is_not_completed(self):
        self.assert_completed({
            f"portreg {flag}": set()
            for flag in ("--target=", "--target ", "--target=unix:",
                         "--header=", "--timeout=", "--server-name ",
                         "--max-results=", "--columns=", "--protocol ")})


class ServerTest(CompletionTestCase):
    """Completes portregd."""

    def test_flags(self):
        flags = documentation.server_flags()
        self.assert_completed({
            "portregd -": flags,
            "portregd --": {flag for flag in flags if flag.startswith("--")},
            "portregd --check --l":
                {"--listen", "--local_file", "--log_format"},
            "portregd --tls_c":
                {flag for flag in flags if flag.startswith("--tls_c")}})

    def test_files(self):
        self.assert_completed({
            f"portregd --{flag}{sign}l": {"local.csv"}
            for flag in ("local_file", "iana_file") for sign in "= "})
        self.assert_completed({
            f"portregd --{flag}{sign}c": {"ca.pem"}
            for flag in ("tls_cert", "tls_key", "tls_client_ca")
            for sign in "= "})

    def test_log_formats(self):
        self.assert_completed({
            "portregd --log_format=": {"json", "text"},
            "portregd --log_format j": {"json"}})

    def test_nothing_else(self):
        self.assert_completed({
            **dict.fromkeys((f"portregd --{flag}{sign}"
                             for flag in ("listen", "tls_allowed_clients")
                             for sign in "= "), set()),
            "portregd x": set()})


class ReadlineTest(CompletionTestCase):
    """Checks how bash calls the function."""

    def test_equals_signs_may_belong_to_words(self):
        """Without "=" in COMP_WORDBREAKS, matches are whole words."""
        for line, matches in {
                "portreg --format=sy": ["--format=sysctl-reserved"],
                "portreg --layer=iana,c": ["--layer=iana,common"],
                "portreg --cacert=c": ["--cacert=ca.pem"],
                "portreg --output=csv l": ["lookup", "list"],
                "portregd --local_file=l": ["--local_file=local.csv"]}.items():
            with self.subTest(line=line):
                found = ask_bash(line, self.home, words=lambda line:
                                 line.split(" "))
                self.assertEqual(found, [*matches, ""])

    def test_lines_are_completed_at_the_prompt(self):
        """Types tabs; the program is a function that writes down its arguments."""
        prompt, notes = "ready> ", pathlib.Path(self.home, "notes")
        pathlib.Path(self.home, "bashrc").write_text(
            f"PS1={prompt!r}\nsource {shlex.quote(str(script('portreg')))}\n"
            f"portreg() {{ printf '%s|' \"$@\" >> {notes}; exit; }}\n",
            "utf-8")
        for typed, arguments in {
                "ex\t--form\tsy\t\r": "export|--format=sysctl-reserved|",
                "--layer=iana,c\tli\t20\r": "--layer=iana,common|list|20|",
                "--cacert=c\t443 -o nd\t\r":
                    "--cacert=ca.pem|443|-o|ndjson|"}.items():
            with self.subTest(typed=typed):
                notes.write_text("")
                on_terminal(
                    [SHELL, "--noprofile", "--rcfile", f"{self.home}/bashrc",
                     "-i"], self.home, prompt, f"portreg {typed}")
                self.assertEqual(notes.read_text("utf-8"), arguments)


if SHELL_NAME != "bash":
    del ReadlineTest

if __name__ == "__main__":
    unittest.main()
