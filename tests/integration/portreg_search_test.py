"""Checks portreg search, suggestions for missing names, and metadata of calls.

    PORTREGD=portregd PORTREG=portreg python3 portreg_search_test.py
"""

import csv
import io
import json
import pathlib
import re
import sys
import tempfile
import threading
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / directory)
                for directory in ("data", "interop")]

from google.protobuf import json_format
import expected
import grpc
import processes
import registry_files
import search_rules
import tool
from enum_names import COMMON, IANA, LOCAL
from expected import entry_of_record
from portreg_proto import pb, records
from processes import Portregd

LOCAL_ROWS = [("sql-billing", "48001", "tcp", "Billing of web proxies"),
              ("intranet", "48002-48003", "", "Web pages of ours")]
QUERIES = ("https", "sql", "web proxy", "proxy web", "SSL TLS", "intranet",
           "smb", "microsoft-ds", "914c/g", "mail  transfer", "billing")
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
SUGGESTION = "did you mean"


def setUpModule():
    global SERVER, EVERYTHING
    directory = unittest.enterModuleContext(tempfile.TemporaryDirectory())
    local_file = pathlib.Path(directory, "local.csv")
    local_file.write_text(registry_files.csv_text(LOCAL_ROWS), "utf-8")
    SERVER = unittest.enterModuleContext(
        Portregd(f"--local_file={local_file}"))
    EVERYTHING = expected.embedded(local_file).listing(portless=True)


def ask(*arguments: str, **options) -> processes.Outcome:
    """Runs the tool against SERVER."""
    return tool.run(f"--target={SERVER.address}", *arguments, **options)


def reason(match: search_rules.Match) -> str:
    """Returns the tool's text for the reason why a record was found."""
    if match.kind == pb.MATCH_KIND_EXACT_NAME:
        return "name"
    if match.kind == pb.MATCH_KIND_NAME_PREFIX:
        return "name prefix"
    whole = match.kind == pb.MATCH_KIND_WORD
    if len(match.fields) > 1:
        return "word" if whole else "part of word"
    field = {pb.MATCH_FIELD_SERVICE: "name",
             pb.MATCH_FIELD_DESCRIPTION: "description",
             pb.MATCH_FIELD_OWNER: "owner",
             pb.MATCH_FIELD_ASSIGNEE: "assignee"}[match.fields[0]]
    return f"word in {field}" if whole else f"part of {field}"


class SearchTest(unittest.TestCase):

    def test_csv_is_a_match_a_row_best_first(self):
        reasons = set()
        for query in QUERIES:
            with self.subTest(query=query):
                wanted = search_rules.matches(EVERYTHING, query)[:500]
                outcome = ask("search", *query.split(" "), "-o", "csv",
                              "--max-results=500")
                self.assertEqual((outcome.code, outcome.stderr), (0, ""))
                header, *rows = csv.reader(io.StringIO(
                    outcome.stdout, newline=""))
                self.assertEqual(header, [*tool.CSV_COLUMNS, "match",
                                          *tool.OWN_COLUMNS])
                self.assertEqual(
                    [(row[3], row[6], row[7]) for row in rows],
                    [(match.entry.service, match.entry.description,
                      reason(match)) for match in wanted])
                reasons.update(row[7] for row in rows)
        self.assertEqual(reasons, {
            "name", "name prefix", "word in name", "word in description",
            "word", "part of name", "part of description", "part of word"})

    def test_json_is_the_search_response(self):
        wanted = search_rules.matches(EVERYTHING, "sql")
        answer = json_format.Parse(
            ask("search", "sql", "-o", "json").stdout, pb.SearchResponse())
        self.assertEqual(answer.total_count, len(wanted))
        self.assertEqual([search_rules.Match(
            entry_of_record(match.record), match.kind, tuple(match.fields))
            for match in answer.matches], wanted[:50])
        self.assertRegex(answer.revision, "[0-9a-f]{32}")

    def test_ndjson_is_a_search_match_a_line(self):
        lines = ask("search", "web", "-o", "ndjson").stdout.splitlines()
        self.assertEqual(
            [entry_of_record(json_format.Parse(line, pb.SearchMatch()).record)
             for line in lines],
            [match.entry for match in
             search_rules.matches(EVERYTHING, "web")[:50]])

    def test_the_table_says_why(self):
        title, *lines = ask("search", "sql-billing").stdout.splitlines()
        self.assertEqual(title.split(), ["PORT", "SERVICE", "LAYER", "MATCH",
                                         "DESCRIPTION"])
        self.assertEqual(lines, ["48001/tcp  sql-billing  local  name   "
                                 "Billing of web proxies"])

    def test_like_is_search(self):
        for flags in ((), ("-o", "csv"), ("--short",), ("--max-results=2",)):
            outputs = {ask(*command, *flags)[:3] for command in (
                ("search", "sql"), ("--like", "sql"), ("sql", "--like"),
                ("--like", "search", "sql"))}
            self.assertEqual(len(outputs), 1)

    def test_layers(self):
        for flag, layers in (("iana", [IANA]), ("common", [COMMON]),
                             ("local,common", [LOCAL, COMMON])):
            answer = json_format.Parse(ask(
                "search", "web", f"--layer={flag}", "-o", "json",
                "--max-results=500").stdout, pb.SearchResponse())
            self.assertEqual(
                [entry_of_record(match.record) for match in answer.matches],
                [match.entry for match in search_rules.matches(
                    [entry for entry in EVERYTHING if entry.layer in layers],
                    "web")])

    def test_a_cut_list_of_matches_is_told_of(self):
        total = len(search_rules.matches(EVERYTHING, "sql"))
        for flags in (("-o", "table"), ("-o", "wide"), ("-o", "csv"), ("-o", "tsv"),
                      ("-o", "ndjson"), ("-o", "name"), ("-o", "services"), ("--short",)):
            outcome = ask("search", "sql", "--max-results=5", *flags)
            self.assertEqual(outcome.code, 0)
            self.assertIn(f"portreg: 5 of {total} matches shown; --max-results shows more\n",
                          outcome.stderr)
        outcome = ask("search", "sql", "--max-results=5", "-o", "json")
        self.assertEqual((outcome.stderr, json.loads(outcome.stdout)["totalCount"]),
                         ("", total))
        self.assertEqual(
            ask("search", "sql", f"--max-results={total}").stderr, "")
        self.assertIn("more words find fewer", ask(
            "search", "i", "--max-results=500").stderr)

    def test_nothing_found_is_one_line_and_exit_2(self):
        for query, similar in (("xyzzyq plugh", ""),
                               ("htps", "; did you mean HTTPS"),
                               ("cpnael", "; did you mean cPanel")):
            outcome = ask("search", query)
            self.assertEqual((outcome.code, outcome.stdout), (2, ""))
            self.assertRegex(
                outcome.stderr,
                rf"\Aportreg: {query}: no record has such words{similar}"
                r"[^\n]*\n\Z")
            self.assertEqual(SUGGESTION in outcome.stderr, similar != "")
        self.assertIn("similarServices",
                      ask("search", "htps", "-o", "json").stdout)

    def test_unusable_searches_exit_1_and_name_the_culprit(self):
        for arguments, naming in (
                (("search",), "word"), (("search", " "), "word"),
                (("search", "a" * 257), "257 bytes"),
                (("search", *"abcdefghijklmnopq"), "17 words"),
                (("search", b"\xff"), r"\xff"), (("--like", "info"), "--like"),
                (("search", "a", "--max-results=0"), "0"),
                (("search", "a", "--max-results=501"), "501"),
                (("443", "--max-results=5"), "search")):
            for flags in ((), ("--offline",)):
                with self.subTest(arguments=arguments, flags=flags):
                    outcome = ask(*flags, *arguments)
                    self.assertEqual((outcome.code, outcome.stdout), (1, ""))
                    self.assertRegex(outcome.stderr, r"\A[^\n]+\n\Z")
                    self.assertIn(naming, outcome.stderr)

    def test_the_longest_queries_are_taken(self):
        for words in (["a" * 256], [*"abcdefghijklmno", "zq9"]):
            self.assertEqual(ask("search", *words).code, 2)


class SuggestionTest(unittest.TestCase):
    """Checks the suggestions for a name that the registry does not have."""

    def suggested(self, *arguments: str) -> list[list[str]]:
        """Returns the names suggested in each line of stderr; the tool must exit with 2."""
        outcome = ask(*arguments)
        self.assertEqual(outcome.code, 2)
        found = []
        for line in outcome.stderr.splitlines():
            match = re.search(rf"; {SUGGESTION} (.+)\?\Z", line)
            found.append(match[1].split(", ") if match else [])
        return found

    def test_similar_names_are_suggested(self):
        for key in ("htps", "--short htps", "-o json htps", "htps/tcp"):
            names = self.suggested(*key.split(" "))[0]
            self.assertIn("https", [name.lower() for name in names])
            self.assertLessEqual(len(names), 3)
            self.assertEqual(
                len({name.lower() for name in names}), len(names))

    def test_names_that_begin_alike_follow(self):
        self.assertEqual(self.suggested("sql-bill"), [["sql-billing"]])

    def test_only_layers_and_transports_asked_for_are_suggested(self):
        self.assertEqual(self.suggested("intranat", "--layer=iana"), [[]])
        self.assertEqual(self.suggested("sql-billin/udp"), [[]])
        self.assertEqual(self.suggested("sql-billin/tcp"), [["sql-billing"]])

    def test_three_names_are_asked_about(self):
        self.assertEqual(
            [bool(names) for names in self.suggested(
                "4", "htps", "443", "intranat", "xyzzyq", "sql-billin")],
            [False, True, True, False, False])

    def test_ports_get_no_suggestion(self):
        self.assertEqual(self.suggested("4", "49160-49170"), [[], []])

    def fake(self, search) -> processes.Outcome:
        """Asks for three missing names at a server whose Search behaves like `search`."""
        def answer(method, context):
            if method == "Search":
                self.searches += 1
                return search(context)
            failure = pb.LookupFailure(code=5, message="not there")
            return pb.BatchLookupResponse(
                results=[pb.LookupResult(failure=failure)] * 3)

        self.searches = 0
        without = ("Search",) if search is None else ()
        with tool.fake_service(answer, without) as target:
            return tool.run("a b c", "htps", " ".join("abcdefghijklmnopq"),
                            f"--target={target}")

    def test_an_older_server_gives_none_and_no_error(self):
        outcome = self.fake(None)
        self.assertEqual((outcome.code, outcome.stdout), (2, ""))
        self.assertEqual(outcome.stderr, "".join(
            f"portreg: {key}: not there\n" for key in (
                "a b c", "htps", " ".join("abcdefghijklmnopq"))))

    def test_an_older_server_cannot_search(self):
        with tool.fake_service(lambda *_: None, ("Search",)) as target:
            outcome = tool.run("search", "a", f"--target={target}")
        self.assertEqual((outcome.code, outcome.stdout), (64 + 12, ""))
        self.assertRegex(
            outcome.stderr, rf"\Aportreg: {target}: .+ older than [^\n]+\n\Z")

    def test_a_search_that_fails_gives_none_and_is_not_repeated(self):
        for code in (grpc.StatusCode.INTERNAL,
                     grpc.StatusCode.RESOURCE_EXHAUSTED):
            outcome = self.fake(lambda context, code=code: context.abort(
                code, "out of order"))
            self.assertEqual((outcome.code, outcome.stdout), (2, ""))
            self.assertNotIn("out of order", outcome.stderr)
            self.assertEqual(len(outcome.stderr.splitlines()), 3)
            self.assertEqual(self.searches, 1)

    def test_a_search_that_does_not_end_is_given_up(self):
        released = threading.Event()

        def search(context):
            released.wait(tool.RUN_SECONDS)
            context.abort(grpc.StatusCode.CANCELLED, "too late")

        threading.Timer(5 * processes.PATIENCE, released.set).start()
        outcome = self.fake(search)
        self.assertEqual(outcome.code, 2)
        self.assertLess(outcome.seconds, 5 * processes.PATIENCE)

    def test_what_search_does_not_take_is_not_asked(self):
        outcome = self.fake(lambda _: pb.SearchResponse(
            similar_services=["thi\x1b[2Js", "that", "this", "those"]))
        self.assertEqual(self.searches, 2)  # no search for 17 words
        first, second, third = outcome.stderr.splitlines()
        for line in (first, second):
            self.assertTrue(line.endswith(
                r"; did you mean thi\x1b[2Js, that, this?"), line)
        self.assertNotIn(SUGGESTION, third)


class MetadataTest(unittest.TestCase):
    """Checks --header and TRACEPARENT."""

    COMMANDS = (("443",), ("nope",), ("20-21",), ("list",), ("info",),
                ("classify", "443"), ("search", "a"),
                ("export", "--format=json"))

    def metadata_of_calls(self, *arguments: str, **variables: str) -> list:
        """Returns the metadata of each call that the tool makes."""
        calls = []

        def answer(method, context):
            calls.append(dict(context.invocation_metadata()))
            record = records.PortRecord(first_port=1, last_port=1, service="a")
            return {
                "BatchLookup": pb.BatchLookupResponse(results=[pb.LookupResult(
                    failure=pb.LookupFailure(code=5, message="none"))]),
                "Classify": pb.ClassifyResponse(),
                "GetRegistryInfo": pb.GetRegistryInfoResponse(),
                "ListRange": [pb.ListRangeResponse(records=[record])],
                "Search": pb.SearchResponse()}[method]

        with tool.fake_service(answer) as target:
            tool.run(*arguments, f"--target={target}", variables=variables)
        return calls

    def test_headers_come_with_every_call(self):
        for command in self.COMMANDS:
            calls = self.metadata_of_calls(
                *command, "--header=X-Request-Id: 7f3a,a-bin:AP8K",
                TRACEPARENT=TRACEPARENT)
            with self.subTest(command=command):
                self.assertEqual(len(calls), 2 if command == ("nope",) else 1)
                for call in calls:
                    self.assertEqual(call["x-request-id"], "7f3a")
                    self.assertEqual(call["a-bin"], b"\0\xff\n")
                    self.assertEqual(call["traceparent"], TRACEPARENT)

    def test_a_broken_traceparent_is_not_sent(self):
        for variable in ("", "none", TRACEPARENT[:-1], TRACEPARENT.upper(),
                         TRACEPARENT + "\n", f"00-{'0' * 32}-{'1' * 16}-01"):
            for call in self.metadata_of_calls("443", TRACEPARENT=variable):
                self.assertNotIn("traceparent", call)

    def test_unusable_headers_exit_1_and_are_named(self):
        for header in ("novalue", "grpc-x:1", "a b:c", ":path:/", "a:\u00e4",
                       "a-bin:***", "good:1,bad"):
            outcome = tool.run("--offline", "443", f"--header={header}")
            self.assertEqual((outcome.code, outcome.stdout), (1, ""))
            self.assertIn(header.split(",")[-1], outcome.stderr)
            self.assertRegex(outcome.stderr, r"\A[^\n]+\n\Z")


if __name__ == "__main__":
    unittest.main()
