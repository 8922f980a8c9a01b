"""Runs portreg check on tables and claims, by the embedded registry and by each other.

    PORTREGD=portregd PORTREG=portreg python3 portreg_check_test.py

check_cases/ holds tables of organisations, with invented names.
"""

import json
import pathlib
import re
import tempfile
import unittest

import processes
import tool
from tool_case import ToolTestCase

CASES = pathlib.Path(__file__).resolve().parent / "check_cases"
OWN_TABLES = CASES.parent / "own_tables"
LINE = re.compile(r"^(?P<file>.+?):(?P<line>\d+): (?P<severity>error|warning|info) "
                  r"(?P<rule>[a-z,-]+): (?P<message>.+)$")

# The findings of lint.csv, one line each: line, rule, severity, and a part of the reason.
LINT = [(2, "linux-ephemeral", "warning", "39100/tcp"), (3, "dynamic", "error", "61023/tcp"),
        (4, "blocked-by-browsers", "warning", "6666/tcp"),
        (4, "iana-assigned", "warning", "ircu"),
        (5, "kubernetes-node-port", "warning", "31002/tcp"),
        (6, "iana-assigned", "warning", "dnp-sec"), (7, "iana-assigned", "warning", "owms"),
        (8, "iana-unassigned", "info", "squatting")]

COLUMNS = "Service Name,Port Number,Transport Protocol,Description,Owner\n"


def setUpModule():
    global DIRECTORY
    DIRECTORY = pathlib.Path(unittest.enterModuleContext(tempfile.TemporaryDirectory()))


def check(*arguments: str | pathlib.Path, **options) -> processes.Outcome:
    """Runs the check without a server."""
    return tool.run("check", "--offline", *map(str, arguments), **options)


def check_case(name: str, *flags: str) -> processes.Outcome:
    """Checks a table of check_cases."""
    return check(f"--file={CASES / name}.csv", *flags)


def write(name: str, rows: str) -> pathlib.Path:
    """Writes a table and returns its path."""
    path = DIRECTORY / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(COLUMNS + rows, "utf-8")
    return path


class TableTest(ToolTestCase):
    """Checks the rows of tables."""

    def test_each_row_has_its_findings_at_its_line(self):
        outcome = check_case("lint")
        self.assertEqual(outcome.code, 3)
        lines = [LINE.match(line) for line in outcome.stdout.splitlines()]
        self.assertNotIn(None, lines)
        for line in lines:
            self.assertEqual(line["file"], str(CASES / "lint.csv"))
        for number, rule, severity, part in LINT:
            with self.subTest(line=number, rule=rule):
                line = lines[number - 2]
                self.assertIn(rule, line["rule"].split(","))
                self.assertEqual(line["severity"], severity)
                self.assertIn(part, line["message"])
        self.assertEqual([int(line["line"]) for line in lines], list(range(2, 9)))
        self.assertEqual({line["severity"] for line in lines if line["line"] == "8"}, {"info"})
        self.assertRegex(outcome.stderr, r"\Aportreg: 7 rows: 1 error, \d+ warnings\n\Z")

    def test_findings_that_are_not_listed_may_fail(self):
        path = write("wide.csv", ",1024-49151,,block,me\n")
        unjudged = r"\d+ findings are not listed and may be of kinds that fail; check smaller"
        outcome = check(f"--file={path}", "--strict", "--allow=iana-assigned")
        self.assertEqual(outcome.code, 3)
        self.assertRegex(outcome.stderr, unjudged)
        self.assertRegex(outcome.stderr, r"1 row: 0 errors, \d+ or more warnings, \d+ findings not")
        # Without --strict only errors fail, and no finding of these ports is an error.
        outcome = check(f"--file={path}", "--allow=iana-assigned")
        self.assertEqual(outcome.code, 0)
        self.assertNotRegex(outcome.stderr, unjudged)
        keys = check("1024-49151", "--strict", "--allow=iana-assigned")
        self.assertEqual(keys.code, 3)
        self.assertRegex(keys.stderr, unjudged)

    def test_json_has_the_texts_of_the_row(self):
        path = write("control.csv", "x\x1b,50000,tcp,,o\u0085 \\ \x1b[1m\n")
        for form in ("json", "ndjson"):
            text = check(f"--file={path}", "-o", form).stdout
            self.assertNotIn("\x1b", text)
            lines = [json.loads(text)] if form == "json" else map(json.loads, text.splitlines())
            for finding in (each for line in lines for each in line.get("findings", [line])):
                self.assertEqual((finding["service"], finding["owner"]),
                                 ("x\x1b", "o\u0085 \\ \x1b[1m"))

    def test_the_gravest_finding_of_a_row_comes_first(self):
        path = write("grave.csv", "x,50000,tcp,,o@example.net\n")
        outcome = check(f"--file={path}")
        severities = [LINE.match(line)["severity"] for line in outcome.stdout.splitlines()]
        self.assertEqual(severities, ["error", "warning"])

    def test_accepted_kinds_are_left_out(self):
        outcome = check_case("lint", "--allow=dynamic,linux-ephemeral")
        self.assertEqual(outcome.code, 0)
        self.assertNotIn("linux-ephemeral", outcome.stdout)
        self.assertNotIn(" error ", outcome.stdout)

    def test_tables_without_collisions_have_no_error(self):
        for name in ("block-named", "block-nameless", "ssh-moved", "taken"):
            with self.subTest(table=name):
                outcome = check_case(name)
                self.assertEqual(outcome.code, 0, outcome)
                self.assertNotIn("claims-collide", outcome.stdout)

    def test_two_hosts_do_not_collide_once_imported(self):
        imported = tool.run("import", str(CASES / "two-hosts.csv"))
        self.assertEqual(imported.code, 0)
        path = DIRECTORY / "two-hosts.csv"
        path.write_text(imported.stdout, "utf-8")
        outcome = check(f"--file={path}")
        self.assertEqual(outcome.code, 0, outcome)
        self.assertNotIn("claims-collide", outcome.stdout)

    def test_a_name_moved_from_its_port_is_warned_of_the_ports_service(self):
        outcome = check_case("ssh-moved", "--strict")
        self.assertEqual(outcome.code, 3)
        self.assertRegex(outcome.stdout, r":2: warning iana-assigned\b[a-z,-]*: 2222/tcp: ")

    def test_warnings_fail_if_strict(self):
        path = write("warned.csv", "probe,31002,tcp,,net@example.net\n")
        self.assertEqual(check(f"--file={path}").code, 0)
        self.assertEqual(check(f"--file={path}", "--strict").code, 3)

    def test_infos_never_fail(self):
        path = write("fine.csv", "fine,7888,tcp,,build@example.net\n")
        outcome = check(f"--file={path}", "--strict")
        self.assertEqual((outcome.code, outcome.stderr),
                         (0, "portreg: 1 row: 0 errors, 0 warnings\n"))
        self.assertIn(" info iana-unassigned: ", outcome.stdout)

    def test_rows_of_several_files_and_folders_are_judged_together(self):
        one = write("a/one.csv", "billing,7000,tcp,,pay@example.net\n")
        two = write("b/two.csv", "audit,7000,tcp,,sec@example.net\n")
        for files in (f"{one},{two}", f"{one.parent},{two.parent}"):
            outcome = check(f"--file={files}")
            self.assertEqual(outcome.code, 3)
            self.assertIn(f"{two}:2: error claims-collide: {one}, line 2 (billing) and {two}, "
                          "line 2 (audit) both claim port 7000/tcp\n", outcome.stdout)
        self.assertEqual(check(f"--file={one}").code, 0)

    def test_what_portregd_refuses_is_an_error_at_its_place(self):
        for table in sorted(OWN_TABLES.glob("*.csv")):
            with self.subTest(table=table.name):
                refused = processes.run("--check", f"--local_file={table}")
                outcome = check(f"--file={table}")
                unusable = [LINE.match(line) for line in outcome.stdout.splitlines()
                            if " unusable-row: " in line]
                self.assertEqual(bool(unusable), "cannot be used" in refused.stderr or
                                 f"{table.name}: " in refused.stderr and refused.code == 1)
                for line in unusable:
                    self.assertEqual(line["severity"], "error")
                    self.assertEqual(outcome.code, 3)
                    reason = re.sub(r"^column \d+: ", "", line["message"])
                    self.assertIn(reason, refused.stderr)
                    if place := re.search(r"line (\d+)", refused.stderr):
                        self.assertIn(f"line {line['line']}", refused.stderr, place)

    def test_both_programs_find_the_same_collisions(self):
        path = write("same.csv", "a,7000,tcp,,x\nb,7000,tcp,,y\nc,7001,tcp,,z\nc,7001,tcp,,z\n")
        done = processes.run("--check", f"--local_file={path}")
        self.assertEqual(done.code, 1)
        outcome = check(f"--file={path}")
        for line in outcome.stdout.splitlines():
            if "claims-collide" in line or "repetition" in line:
                self.assertIn(line.partition(": line ")[2], done.stdout)
        self.assertIn("claims-collide", outcome.stdout)
        self.assertIn("warning repetition: line 4 (c) and line 5 (c)", outcome.stdout)


class FormatTest(ToolTestCase):
    """Checks the formats for programs."""

    def test_json(self):
        outcome = check_case("lint", "-o", "json")
        document = json.loads(outcome.stdout)
        self.assertEqual(outcome.code, 3)
        self.assertEqual(document["errors"], 1)
        self.assertEqual({finding["line"] for finding in document["findings"]}, set(range(2, 9)))
        lines = check_case("lint", "-o", "ndjson").stdout.splitlines()
        self.assertEqual([json.loads(line) for line in lines], document["findings"])
        finding = document["findings"][0]
        self.assertEqual(
            {key: finding[key] for key in ("severity", "rule", "ports", "service", "owner")},
            {"severity": "warning", "rule": finding["rule"], "ports": "39100/tcp",
             "service": "cloud-exporter", "owner": "obs@example.net"})

    def test_github(self):
        path = write("a:b%.csv", "raft-store,61023,tcp,,plat\nfine,7888,tcp,,build\n")
        outcome = check(f"--file={path}", "-o", "github")
        self.assertEqual(outcome.code, 3)
        lines = outcome.stdout.splitlines()
        self.assertRegex(lines[0], r"^::error file=/.*/a%3Ab%25\.csv,line=2,title=dynamic::"
                                   r"61023/tcp: ")
        self.assertRegex(lines[-1], r"^::notice file=.*,line=3,title=iana-unassigned::7888/tcp: ")

    def test_sarif_has_what_its_schema_requires(self):
        outcome = check_case("lint", "-o", "sarif")
        self.assertEqual(outcome.code, 3)
        document = json.loads(outcome.stdout)
        self.assertEqual(document["version"], "2.1.0")
        self.assertRegex(document["$schema"], r"^https://.*sarif.*2\.1\.0.*\.json$")
        (run,) = document["runs"]
        driver = run["tool"]["driver"]
        self.assertEqual(driver["name"], "portreg")
        rules = [rule["id"] for rule in driver["rules"]]
        self.assertEqual(len(rules), len(set(rules)))
        for rule in driver["rules"]:
            self.assertTrue(rule["shortDescription"]["text"])
        self.assertGreaterEqual(len(run["results"]), 7)
        for result in run["results"]:
            self.assertLessEqual(set(result), {"ruleId", "ruleIndex", "level", "message",
                                               "locations"})
            self.assertEqual(rules[result["ruleIndex"]], result["ruleId"])
            self.assertIn(result["level"], ("error", "warning", "note"))
            self.assertTrue(result["message"]["text"])
            (location,) = result["locations"]
            place = location["physicalLocation"]
            self.assertTrue(place["artifactLocation"]["uri"].endswith("/lint.csv"))
            self.assertIn(place["region"]["startLine"], range(2, 9))


class ClaimTest(ToolTestCase):
    """Checks claims of the command line."""

    def test_claims_are_judged(self):
        outcome = check("7117/tcp", "7888/tcp")
        self.assertEqual(outcome.code, 0)
        self.assertIn("7117/tcp: warning iana-assigned: assigned by IANA to ", outcome.stdout)
        self.assertIn("7888/tcp: info iana-unassigned: ", outcome.stdout)
        self.assertEqual(check("7117/tcp", "--strict").code, 3)
        self.assertEqual(check("50000/tcp").code, 3)

    def test_a_services_own_port_is_no_finding(self):
        self.assertEqual(check("443/tcp", "--strict", "--allow=needs-privilege").code, 3)
        self.assertEqual(
            check("443/tcp", "--service=https", "--strict", "--allow=needs-privilege").code, 0)

    def test_findings_about_a_part_of_a_range_name_the_part(self):
        outcome = check("7100-7149/tcp")
        self.assertIn("7100-7149/tcp: warning iana-assigned: 7117/tcp: ", outcome.stdout)

    def test_bad_command_lines_are_one_complaint(self):
        for arguments, part in (
                ((), "check needs a claim"), (("https",), "is not a port or a range"),
                (("70000",), "70000"), (("7149-7100",), "7149-7100"),
                (("--file=/nonexistent.csv",), "/nonexistent.csv: cannot be opened"),
                ((f"--file={DIRECTORY / 'empty'}",), "without a file whose name ends with .csv"),
                (("7100", "--allow=nodeport"), "kubernetes-node-port"),
                (("7100", "-o", "xml"), "sarif")):
            with self.subTest(arguments=arguments):
                (DIRECTORY / "empty").mkdir(exist_ok=True)
                outcome = check(*arguments)
                self.assertEqual(outcome.code, 1)
                self.assert_one_complaint(outcome, part)


class ManyRowsTest(ToolTestCase):
    """Checks tables with more rows than one call may ask about."""

    def test_ten_thousand_rows(self):
        rows = "".join(f"service-{i},{20000 + i},tcp,,team-{i % 7}@example.net\n"
                       for i in range(10_000))
        path = write("many.csv", rows + "other,20001,tcp,,red@example.net\n")
        outcome = check(f"--file={path}", "-o", "json")
        self.assertEqual(outcome.code, 3)
        errors = [finding for finding in json.loads(outcome.stdout)["findings"]
                  if finding["severity"] == "error"]
        self.assertEqual([(each["rule"], each["line"]) for each in errors],
                         [("claims-collide", 10_002)])
        self.assertIn("portreg: 10001 rows: 1 error, ", outcome.stderr)


if __name__ == "__main__":
    unittest.main()
