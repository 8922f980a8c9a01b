"""portreg: whole outputs, compared with the files in golden/.

    PORTREGD=portregd PORTREG=portreg python3 golden_test.py

To renew the files, set PORTREG_UPDATE_GOLDEN=1 for one run, and read the
difference before it is committed. What differs from run to run is masked:
revisions and hashes, the server's address and version, the time of a file.
"""

import os
import pathlib
import re
import tempfile
import unittest

import registry_files
import tool
from processes import Portregd

GOLDEN_DIR = pathlib.Path(__file__).resolve().parent / "golden"
CASES_DIR = GOLDEN_DIR.parent / "import_cases"
UPDATE_GOLDEN = os.environ.get("PORTREG_UPDATE_GOLDEN", "") == "1"
RECORD_FORMATS = ("wide", "json", "ndjson", "csv", "tsv", "services", "name")
OTHER_FORMATS = ("json", "ndjson", "csv", "tsv")

LOCAL_COLUMNS = (*registry_files.COLUMNS, "Owner", "Aliases", "Scope", "Status")
LOCAL_ROWS = [
    ("billing", "7100", "tcp", "Billing API\twith a tab",
     *[""] * 8, "payments@example.net", "invoices bills", "eu/prod", "planned"),
    ("audit", "7101-7103", "", "Audit log shippers, \"secure\" ones",
     "", "", "2020-01-02", "2021-03-04", "[RFC5424]", *[""] * 3,
     "security@example.net", "", "", "")]

GOLDEN = {  # file without its ending: command line
    "lookup": ("443", "https", "2082"),
    "lookup_range": ("20-21",),
    "lookup_misses": ("4", "no-such", "716", "9pfs", "49160-49161"),
    "lookup_misses_json": ("4/tcp", "no-such", "-o", "json"),
    "lookup_misses_ndjson": ("no-such", "443/tcp", "49160", "-o", "ndjson"),
    "lookup_own": ("7100", "443"),
    "lookup_own_csv": ("invoices", "443/tcp", "-o", "csv"),
    "lookup_suggestions": ("htps", "postgre", "xyzzy", "cpnael"),
    "lookup_details_json": ("7100", "443/tcp", "--details", "-o", "json"),
    "lookup_details_ndjson": ("7100", "443", "--details", "-o", "ndjson"),
    "short": ("--short", "443", "https", "20-21", "U:53", "netbios"),
    "short_iana": ("--short", "--layer=iana", "443", "2082", "716/udp"),
    "list": ("list", "0-25/udp"),
    "list_details_ndjson": ("list", "7100-7103", "-o", "ndjson", "--details"),
    "list_map": ("list", "--map"),
    "list_map_range": ("list", "--map", "7000-7200", "-o", "wide"),
    "search": ("search", "web", "proxy"),
    "search_like": ("--like", "sql", "server"),
    "search_more": ("search", "--max-results=3", "--layer=iana", "sql"),
    "search_misses": ("search", "cpnael"),
    "search_details_json": ("search", "billing", "-o", "json", "--details"),
    "search_short": ("search", "--short", "cups"),
    "classify": ("classify", "6000", "50000"),
    "info": ("info",),
    "check": ("check", "--offline", "7117/tcp", "31002/tcp", "6666", "50000"),
    "check_github": ("check", "--offline", "7117/tcp", "-o", "github"),
    "check_sarif": ("check", "--offline", "7117/tcp", "-o", "sarif"),
    "help_check": ("check", "--help"),
    "help_suggest": ("suggest", "--help"),
    "suggest": ("suggest", "--offline", "7100-7149/tcp", "--count=3"),
    "suggest_none": ("suggest", "--offline", "50000-50010/tcp"),
    "color_always": ("--color=always", "443", "7100"),
    "export_services": ("export", "--format=services", "20-25", "7100-7102"),
    "export_sysctl": ("export", "--format=sysctl-reserved"),
    "export_iana_csv": ("export", "--format=iana-csv", "465"),
    "export_owners": ("export", "--format=iana-csv", "--layer=local"),
    "export_csv": ("export", "--format=csv"),
    "export_json": ("export", "--format=json", "465/tcp"),
    **{f"help_{verb}": (verb, "--help") for verb in ("diff", "watch")},
    **{f"diff_{form}": ("diff", "embedded", "server", "--layer=local", "-o", form)
       for form in ("table", "json", "ndjson", "markdown")},
    **{f"lookup_{form}": ("8080", "9/dccp", "7102", "-o", form)
       for form in RECORD_FORMATS},
    **{f"list_{form}": ("list", "465", "7100-7101/udp", "-o", form)
       for form in RECORD_FORMATS},
    **{f"search_{form}": ("search", "secure", "log", "-o", form)
       for form in RECORD_FORMATS},
    **{f"classify_{form}": ("classify", "443/tcp", "30000", "-o", form)
       for form in OTHER_FORMATS},
    **{f"info_{form}": ("info", "-o", form) for form in OTHER_FORMATS}}

IMPORTS = {  # file without its ending: flags and a file of import_cases
    "import_left_out": ("several_ports.csv",),
    "import_markdown": ("tables.md",),
    "import_protocols": ("--protocol=HTTP=tcp", "protocols.csv"),
    "import_remarks": ("two_hosts.csv",)}

ON_TERMINAL = {  # file without its ending: columns, command line
    "color_lookup": (80, ("443", "https", "7100")),
    "color_narrow": (24, ("443", "7100")),
    "color_list": (60, ("list", "7100-7103")),
    "color_wide": (60, ("list", "7100-7103", "-o", "wide")),
    "color_search": (80, ("search", "web", "proxy")),
    "color_classify": (80, ("classify", "7100")),
    "color_map": (80, ("list", "--map", "900-1100")),
    "color_csv": (20, ("443", "-o", "csv")),
    "color_never": (80, ("443", "--color=never"))}

MASKS = (
    (re.compile(r"\b[0-9a-f]{32,}\b"), "<hash>"),
    (re.compile(r"127\.0\.0\.1:\d+"), "<address>"),
    (re.compile(r"(version \d|[Vv]ersion\": ?\"\d)[0-9.]*"), r"\1<rest>"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "<time>"))


def setUpModule():
    global SERVER
    directory = unittest.enterModuleContext(tempfile.TemporaryDirectory())
    local_file = pathlib.Path(directory, "local.csv")
    local_file.write_text(
        registry_files.csv_text(LOCAL_ROWS, LOCAL_COLUMNS), "utf-8")
    SERVER = unittest.enterModuleContext(
        Portregd(f"--local_file={local_file}"))


class GoldenTest(unittest.TestCase):

    maxDiff = None

    def assert_golden(self, name: str, command: tuple[str, ...], outcome):
        """Compares an outcome with its file, or writes the file."""
        text = (f"$ portreg {' '.join(command)}\n{outcome.stdout}"
                f"[stderr]\n{outcome.stderr}[exit {outcome.code}]\n")
        for pattern, mask in MASKS:
            text = pattern.sub(mask, text)
        text = text.replace("\x1b", "<ESC>")
        file = GOLDEN_DIR / f"{name}.txt"
        if UPDATE_GOLDEN:
            GOLDEN_DIR.mkdir(exist_ok=True)
            file.write_bytes(text.encode("utf-8"))
        self.assertEqual(file.read_bytes().decode("utf-8"), text)

    def test_outputs_are_those_in_the_golden_files(self):
        for name, command in GOLDEN.items():
            with self.subTest(file=name):
                self.assert_golden(name, command, tool.run(
                    f"--target={SERVER.address}", *command))

    def test_imports_are_those_in_the_golden_files(self):
        for name, (*flags, case) in IMPORTS.items():
            with self.subTest(file=name):
                command = ("import", *flags, case)
                outcome = tool.run("import", *flags, str(CASES_DIR / case))
                self.assert_golden(name, command, outcome._replace(
                    stderr=outcome.stderr.replace(f"{CASES_DIR}/", "")))

    def test_terminals_show_what_is_in_the_golden_files(self):
        for name, (columns, command) in ON_TERMINAL.items():
            with self.subTest(file=name):
                self.assert_golden(name, command, tool.run_on_terminal(
                    f"--target={SERVER.address}", *command, columns=columns,
                    variables={"TERM": "xterm"}))

    def test_there_is_no_other_golden_file(self):
        self.assertEqual({file.stem for file in GOLDEN_DIR.iterdir()},
                         {*GOLDEN, *IMPORTS, *ON_TERMINAL})


if __name__ == "__main__":
    unittest.main()
