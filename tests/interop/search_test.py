"""Compares Search with a reader that goes through every record for every query.

    PORTREGD=portregd python3 search_test.py
"""

import itertools
import pathlib
import random
import re
import sys
import unittest

sys.path[:0] = [
    str(pathlib.Path(__file__).resolve().parents[1] / "integration")]

import grpc
import expected
import processes
import search_rules
from client import Client, refusal
from enum_names import ANY, COMMON, DCCP, IANA, LOCAL, SCTP, TCP, UDP
from expected import NAME_SEPARATOR, entry_of_record
from portreg_proto import pb, records
from question_table import LOCAL_FILE
from search_rules import Match, distance, fold

DEFAULT_RESULTS = 50
MOST_RESULTS = 500
MOST_SIMILAR = 3
FULL = records.RECORD_VIEW_FULL

# Names with unusual spellings, and words that hardly any record has.
UNUSUAL = (
    "microsoft-ds", "c++", "914c/g", "914c", "whois++", "z39.50", "/", "-",
    "[", "(", ".", "EtherNet/IP-1", "802.1", "X.500", "i/o", "&", '"', "'",
    "smb /", "/ smb", "smb / microsoft-ds", "microsoft rpc / dcom", "tcp/ip",
    "Admin Console", "https alternate", "smtp (message submission)", "%", "*",
    "\\", "a", "e t", "0", "1 2 3", "\u00e9", "FORT\u00c9", "fort\u00e9",
    "fort", "sw\u00ffp", "sw", "\u6771\u4eac", "ssl tls", "tls ssl", "ssl ssl",
    "http HTTP", "https http", "web server", "server web", "reserved",
    "unassigned", "any private", "web hosting control panel", "no port",
    "krb5 kdc", "kdc krb5", "portmap rpcbind sunrpc", "classic", "opc-cla")

# Misspelt names: one letter added, dropped or replaced, or two exchanged.
SLIPS = {
    "htps": "https", "posgresql": "postgresql", "postgresqll": "postgresql",
    "postgrsql": "postgresql", "cpnael": "cpanel", "infowavee": "infowave",
    "ifnowave": "infowave", "kerberus": "kerberos", "airpaly": "airplay",
    "teln3t": "telnet", "bilIing": "billing", "intrnaet": "intranet"}


def setUpModule():
    global ASK, WANTED, EVERYTHING
    ASK = Client(unittest.enterModuleContext(processes.Portregd(
        f"--local_file={LOCAL_FILE}")).channel())
    WANTED = expected.embedded(LOCAL_FILE)
    EVERYTHING = WANTED.listing(portless=True)


def matches_of(answer) -> list[Match]:
    """Returns the matches of an answer."""
    return [Match(entry_of_record(match.record), match.kind,
                  tuple(match.fields)) for match in answer.matches]


def entries_asked_about(transport=ANY, layers=()) -> list[expected.Entry]:
    """Returns the entries that filters leave, in the order of ListRange."""
    name = expected.TRANSPORTS[transport]
    return [entry for entry in EVERYTHING
            if (not layers or entry.layer in layers)
            and (not name or entry.transport in ("", name))]


def words_of_descriptions() -> list[str]:
    """Returns the distinct words of all descriptions."""
    return sorted({word for entry in EVERYTHING
                   for word in entry.description.split()})


class SearchTest(unittest.TestCase):
    """Checks which records are found, how, and in what order."""

    def assert_finds(self, query: str, max_results=MOST_RESULTS, **filters):
        """Checks an answer against the rules; returns the answer."""
        with self.subTest(query=query, max_results=max_results, **filters):
            answer = ASK.search(query, max_results=max_results, **filters)
            right = search_rules.matches(
                entries_asked_about(**filters), query)
            self.assertEqual(answer.total_count, len(right))
            self.assert_same(matches_of(answer),
                             right[:max_results or DEFAULT_RESULTS])
            self.assert_similar_services_are_similar(answer, query)
            return answer

    def assert_same(self, found: list[Match], right: list[Match]):
        """Compares matches; reports only the first difference.

        The report of hundreds of long lists would take minutes to print.
        """
        for number, pair in enumerate(itertools.zip_longest(found, right)):
            if pair[0] != pair[1]:
                self.fail(f"match {number}: {pair[0]}, not {pair[1]}")

    def assert_similar_services_are_similar(self, answer, query: str):
        """Checks the names that are suggested for a name that does not exist."""
        similar = list(answer.similar_services)
        self.assertLessEqual(len(similar), MOST_SIMILAR)
        self.assertEqual(len(set(map(fold, similar))), len(similar))
        steps = [distance(name, query) for name in similar]
        self.assertEqual(steps, sorted(steps))
        self.assertLessEqual(set(steps), {1, 2})
        if any(match.kind == pb.MATCH_KIND_EXACT_NAME
               for match in answer.matches):
            self.assertEqual(similar, [])

    def test_every_common_name_and_part_in_any_case(self):
        names = [entry.service for entry in EVERYTHING
                 if entry.layer == COMMON and not entry.of_software]
        self.assertEqual(len(names), 51)
        parts = {part for name in names for part in
                 (name, *name.split(NAME_SEPARATOR))}
        for name in sorted(parts):
            for spelling in (name, name.upper()):
                found = self.assert_finds(spelling).matches[0]
                self.assertEqual(found.kind, pb.MATCH_KIND_EXACT_NAME)

    def test_names_and_aliases_of_software_in_any_case(self):
        dice = random.Random(9200)
        software = [entry for entry in EVERYTHING if entry.of_software]
        self.assertGreater(len(software), 1000)
        names = sorted({entry.service for entry in software})
        aliases = sorted({alias for entry in software
                          for alias in entry.aliases})
        for name in dice.sample(names, 40) + dice.sample(aliases, 80):
            for spelling in (name, name.upper()):
                answer = self.assert_finds(spelling)
                self.assertEqual(answer.matches[0].kind,
                                 pb.MATCH_KIND_EXACT_NAME)
                self.assertEqual(answer.similar_services, [])

    def test_words_and_parts_of_aliases(self):
        dice = random.Random(6379)
        aliased = [entry for entry in EVERYTHING if entry.aliases]
        for entry in dice.sample(aliased, 40):
            alias = dice.choice(entry.aliases)
            for query in (alias[:-1], alias[1:], alias.split("-")[-1],
                          " ".join(reversed(entry.aliases)),
                          f"{alias} {entry.service}",
                          f"{entry.description.split()[0]} {alias}"):
                if query.strip():
                    self.assert_finds(query)

    def test_unusual_queries(self):
        for query in UNUSUAL:
            self.assert_finds(query)

    def test_prefixes_of_names(self):
        dice = random.Random(1700)
        names = sorted(WANTED.names)
        for name in dice.sample(names, 40):
            for size in {1, 3, len(name) - 1, len(name)} - {0}:
                if name[:size].strip():
                    self.assert_finds(name[:size])

    def test_words_of_descriptions_one_two_and_three(self):
        dice = random.Random(2780)
        words = words_of_descriptions()
        for _ in range(60):
            self.assert_finds(dice.choice(words))
        described = [entry for entry in EVERYTHING
                     if len(entry.description.split()) > 2]
        for count in (2, 3):
            for entry in dice.sample(described, 40):
                chosen = dice.sample(
                    entry.description.split()
                    + re.split("[-_]", entry.service or "x"), count)
                if all(chosen):
                    self.assert_finds(dice.choice((str.lower, str.upper, str))(
                        " ".join(chosen)))

    def test_words_and_parts_of_owners_and_assignees(self):
        dice = random.Random(7100)
        holders = sorted({text for entry in EVERYTHING
                          for text in (entry.owner, entry.assignee) if text})
        for text in ["payments@example.net", "example.net", "lab",
                     *dice.sample(holders, 40)]:
            for query in (text, text[1:-1], text.split()[0].strip("[]")):
                if query.strip():
                    self.assert_finds(query.upper())
        for entry in dice.sample(
                [entry for entry in EVERYTHING
                 if entry.assignee and entry.description], 40):
            self.assert_finds(f"{entry.assignee.split()[-1]} "
                              f"{entry.description.split()[0]}")

    def test_filters_and_max_results(self):
        dice = random.Random(6335)
        words = [word for word in words_of_descriptions() if len(word) > 2]
        queries = [*words[::40], "http", "ssl", "billing", "audit", "service",
                   "intranet", "ssh", "panel"]
        for _ in range(120):
            self.assert_finds(
                dice.choice(queries),
                max_results=dice.choice((0, 1, 2, 7, MOST_RESULTS)),
                transport=dice.choice((ANY, TCP, UDP, SCTP, DCCP)),
                layers=dice.sample((LOCAL, COMMON, IANA), dice.randrange(4)))

    def test_at_most_50_matches_unless_told_and_all_are_counted(self):
        for max_results, count in ((0, 50), (1, 1), (51, 51), (500, 500)):
            answer = self.assert_finds("server", max_results=max_results)
            self.assertEqual(len(answer.matches), count)
            self.assertGreater(answer.total_count, 500)

    def test_blanks_around_and_between_words_mean_nothing(self):
        plain = ASK.search("cpanel over")
        for query in (" cpanel over", "cpanel   over", "cpanel over  "):
            with self.subTest(query=query):
                self.assertEqual(ASK.search(query), plain)

    def test_views_and_revision(self):
        full = ASK.search("billing", view=FULL)
        self.assertEqual(full.revision, ASK.info().revision)
        self.assertEqual(full.matches[0].record.details.owner,
                         "payments@example.net")
        self.assertEqual(
            [entry_of_record(match.record) for match in full.matches
             if match.record.layer != LOCAL],
            [entry for match in search_rules.matches(WANTED.listing(
                portless=True, full=True), "billing")
             for entry in [match.entry] if entry.layer != LOCAL])
        for match in full.matches:
            self.assertTrue(match.record.HasField("details"))
            match.record.ClearField("details")
        for view in (records.RECORD_VIEW_UNSPECIFIED,
                     records.RECORD_VIEW_BASIC):
            self.assertEqual(ASK.search("billing", view=view), full)


class SimilarTest(unittest.TestCase):
    """Checks the names that are suggested for misspelt ones."""

    def nearest(self, query: str, **filters) -> list[int]:
        """Returns the distances of the nearest names that may be suggested."""
        names = {fold(entry.service)
                 for entry in entries_asked_about(**filters)} - {""}
        return sorted(step for step in (
            distance(name, query) for name in names
            if abs(len(name) - len(query)) <= 2) if step <= 2)

    def test_a_slip_leads_to_the_name_and_the_nearest_come_first(self):
        for slip, name in SLIPS.items():
            with self.subTest(slip=slip):
                similar = list(ASK.search(slip).similar_services)
                self.assertIn(name, [fold(each) for each in similar])
                steps = [distance(each, slip) for each in similar]
                near = self.nearest(slip).count(1)
                self.assertEqual(steps.count(1), min(near, MOST_SIMILAR))
                self.assertEqual(steps, sorted(steps))

    def test_two_slips_in_a_long_name_lead_to_it(self):
        for slips, name in (("kerbberus", "kerberos"), ("infovav", "infowave"),
                            ("cpnaell", "cPanel")):
            with self.subTest(slips=slips):
                self.assertIn(name, ASK.search(slips).similar_services)

    def test_a_name_that_is_there_has_no_similar_ones(self):
        for name in ("https", "HTTPS", "smb", "microsoft-ds", "billing",
                     "intranet", "sw", "914c/g"):
            with self.subTest(name=name):
                self.assertEqual(ASK.search(name).similar_services, [])

    def test_only_records_that_are_asked_about_count(self):
        table = (("billing", {"layers": [IANA]}, False),
                 ("billin", {"layers": [IANA]}, False),
                 ("billin", {"layers": [LOCAL]}, True),
                 ("intrane", {"transport": UDP}, False),
                 ("intrane", {"transport": TCP}, True))
        for query, filters, suggested in table:
            with self.subTest(query=query, **filters):
                similar = ASK.search(query, **filters).similar_services
                self.assertEqual(
                    bool({"billing", "intranet"} & set(similar)), suggested)

    def test_a_name_in_another_layer_does_not_keep_similar_ones_back(self):
        answer = ASK.search("billing", layers=[IANA])
        self.assertEqual(
            [distance(name, "billing") for name in answer.similar_services],
            self.nearest("billing", layers=[IANA])[:MOST_SIMILAR])

    def test_what_nothing_resembles_has_no_similar_names(self):
        for query in ("no such words at all", "x" * 256, "\u6771\u4eac" * 9):
            with self.subTest(query=query):
                self.assertEqual(ASK.search(query).similar_services, [])


class BoundTest(unittest.TestCase):
    """Checks the bounds of a query."""

    def test_bounds(self):
        words = ["w"] * 16
        table = (
            ({"query": "x" * 256}, None), ({"query": "x" * 257},
                                           "QUERY_TOO_LONG"),
            ({"query": "ü" * 128}, None), ({"query": "ü" * 128 + "x"},
                                           "QUERY_TOO_LONG"),
            ({"query": " ".join(words)}, None),
            ({"query": " ".join(words + ["w"])}, "QUERY_TOO_LONG"),
            ({"query": ""}, "QUERY_EMPTY"), ({"query": " "}, "QUERY_EMPTY"),
            ({"query": " " * 256}, "QUERY_EMPTY"),
            ({"query": "s", "max_results": 500}, None),
            ({"query": "s", "max_results": 501}, "MAX_RESULTS_OUT_OF_RANGE"),
            ({"query": "s", "max_results": -1}, "MAX_RESULTS_OUT_OF_RANGE"),
            ({"query": "s", "max_results": 2**31 - 1},
             "MAX_RESULTS_OUT_OF_RANGE"))
        for fields, reason in table:
            with self.subTest(fields=fields):
                if reason is None:
                    ASK.search(**fields)
                    continue
                error = refusal(lambda: ASK.search(**fields))
                self.assertEqual(
                    (error.code, error.reason),
                    (grpc.StatusCode.INVALID_ARGUMENT, reason))


if __name__ == "__main__":
    unittest.main()
