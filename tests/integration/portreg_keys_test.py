"""Checks the keys that portreg accepts, and what it finds for them.

    PORTREGD=portregd PORTREG=portreg python3 portreg_keys_test.py
"""

import unittest

import local_names
import processes
import tool
from enum_names import IANA
from google.protobuf import json_format
from portreg_proto import pb
from tool_case import ToolTestCase


def setUpModule():
    global SERVER, WANTED
    SERVER = unittest.enterModuleContext(local_names.server())
    WANTED = local_names.wanted()


def ask(*arguments: str | bytes, **options) -> processes.Outcome:
    """Runs the tool against the server."""
    return tool.run(f"--target={SERVER.address}", *arguments, **options)


class KeyTest(ToolTestCase):
    """Checks the grammar of keys."""

    def assert_found(self, keys: tuple[str, ...], wanted: list):
        outcome = ask("-o", "csv", *keys)
        self.assertEqual((outcome.code, outcome.stderr), (0, ""))
        found = tool.entries_of_csv(outcome.stdout)
        self.assertEqual(found, wanted)
        self.assertEqual([entry.of_software for entry in found],
                         [entry.of_software for entry in wanted])

    def test_port_keys_find_what_is_on_the_port(self):
        for key, question in {
                "443": (443,), "443/tcp": (443, "tcp"), "443/TCP": (443, "tcp"),
                "9/dccp": (9, "dccp"), "U:53": (53, "udp"), "T:53": (53, "tcp"),
                "S:80": (80, "sctp"), "T:443/tcp": (443, "tcp"), "1": (1,),
                "49150": (49150,), "30001": (30001,)}.items():
            with self.subTest(key=key):
                self.assert_found((key,), WANTED.by_port(*question))

    def test_keys_of_other_tools_find_what_they_mean(self):
        for key, question in {
                "tcp/443": (443, "tcp"), "tcp:8100": (8100, "tcp"),
                "443/tcp6": (443, "tcp"), "443/udp6": (443, "udp"),
                "443/6": (443, "tcp"), "443/132": (443, "sctp"),
                "[::]:443": (443,), "127.0.0.1:5432": (5432,),
                "*:22": (22,), "127.0.0.1:53/udp": (53, "udp")}.items():
            with self.subTest(key=key):
                self.assert_found((key,), WANTED.by_port(*question))
        for key, question in {
                "udp/35200-35220": (35200, 35220, "udp"),
                "3478:3481": (3478, 3481), "0:65535": (0, 65535),
                "6000:6010/17": (6000, 6010, "udp")}.items():
            with self.subTest(key=key):
                wanted = WANTED.listing(*question)
                outcome = ask("-o", "csv", key)
                self.assertEqual(tool.entries_of_csv(outcome.stdout), wanted)
                listed = ask("list", "-o", "csv", key)
                self.assertEqual(tool.entries_of_csv(listed.stdout), wanted)
        self.assert_found(("_https._tcp",), WANTED.by_name("https", "tcp"))
        self.assert_found(("80, 443",),
                          [*WANTED.by_port(80), *WANTED.by_port(443)])

    def test_a_name_wins_over_what_other_tools_mean(self):
        for name in ("tcp/8443", "8443:8444", "*:8443", "_shop._tcp"):
            with self.subTest(name=name):
                self.assert_found((name,), WANTED.by_name(name))
                port = WANTED.by_name(name)[0].first_port
                self.assertEqual(ask("--short", name).stdout, f"{port}\n")
                self.assertEqual(ask("lookup", name.upper()).code, 0)
        # The layer has no such name.
        self.assertEqual(
            tool.entries_of_csv(ask(
                "-o", "csv", "--layer=iana", "tcp/8443").stdout),
            [entry for entry in WANTED.by_port(8443, "tcp")
             if entry.layer == IANA])
        # classify and list ask for no services, so such a key means a port.
        for command in ("classify", "list"):
            self.assertEqual(ask(command, "tcp/8443", "-o", "csv").stdout
                             .replace("tcp/8443", "8443/tcp"),
                             ask(command, "8443/tcp", "-o", "csv").stdout)

    def test_json_has_one_result_for_each_key_that_may_be_a_name(self):
        outcome = ask("-o", "json", "tcp/443", "tcp/8443", "3478:3481",
                      "_no-such._tcp")
        answer = json_format.Parse(outcome.stdout, pb.BatchLookupResponse(),
                                   ignore_unknown_fields=True)
        self.assertEqual(
            [result.WhichOneof("result") for result in answer.results],
            ["response"] * 3 + ["failure"])
        self.assertEqual(answer.results[1].response.records[0].service,
                         "tcp/8443")
        self.assertIn("_no-such._tcp: ", outcome.stderr)
        self.assertIn('"no-such"', outcome.stderr)

    def test_ranges_find_each_record_that_overlaps_once(self):
        for key, question in {
                "20-21": (20, 21), "20-21/udp": (20, 21, "udp"),
                "U:20-21": (20, 21, "udp"), "6010-6020": (6010, 6020),
                "0-65535": (0, 65535), "0-65535/dccp": (0, 65535, "dccp")
        }.items():
            with self.subTest(key=key):
                self.assert_found((key,), WANTED.listing(*question))

    def test_lists_answer_in_the_order_asked(self):
        wanted = [*WANTED.by_port(22), *WANTED.listing(80, 90),
                  *WANTED.by_name("https"), *WANTED.by_port(53, "udp"),
                  *WANTED.by_port(22)]
        for keys in (("22,80-90,https,U:53,22",),
                     ("22", "80-90", "https", "U:53", "22"),
                     ("22,80-90", "https", "U:53,22")):
            with self.subTest(keys=keys):
                self.assert_found(keys, wanted)

    def test_names_find_their_records_in_any_case(self):
        for key in ("https", "HTTPS", "hTtPs", "9pfs", "914c/g", "914C/G",
                    "EtherNet/IP-1", "cl/1", "socks proxy", "SOCKS PROXY",
                    "SMB", "smb", "Microsoft-DS", "SMB / Microsoft-DS",
                    "krb5", "KRB5", "postgresql", "pgSQL", "cassandra",
                    "sql*net", "z39.50", "whois++", "tcp", "udp", "tsbiis"):
            with self.subTest(key=key):
                self.assert_found((key,), WANTED.by_name(key))

    def test_a_transport_is_split_off_a_name(self):
        for key, name, transport in (
                ("syslog/udp", "syslog", "udp"), ("https/TCP", "https", "tcp"),
                ("914c/g/udp", "914c/g", "udp"), ("tcp/udp", "tcp", "udp"),
                ("SMB / Microsoft-DS/tcp", "SMB / Microsoft-DS", "tcp")):
            wanted = WANTED.by_name(name, transport)
            with self.subTest(key=key):
                if wanted:
                    self.assert_found((key,), wanted)
                else:
                    self.assertEqual(ask(key).code, 2)

    def test_names_like_ports_or_commands_are_names_behind_lookup(self):
        for name, port, *_ in local_names.ROWS:
            with self.subTest(name=name):
                self.assert_found(("lookup", name), WANTED.by_name(name))
                self.assert_found((f"{port},{name}/tcp",), [
                    *WANTED.by_port(int(port)), *WANTED.by_name(name, "tcp")])
        self.assert_found(("lookup", "lookup", "list"), [
            *WANTED.by_name("lookup"), *WANTED.by_name("list")])

    def test_every_name_of_the_registry_can_be_asked_for(self):
        wanted = [entry for name in WANTED.names
                  for entry in WANTED.by_name(name)]
        self.assert_found(("lookup", "--", *WANTED.names), wanted)

    def test_what_only_resembles_ports_is_a_name(self):
        for key in ("+80", "0x51", "80.0", "80tcp", "U:https", "X:80", "http:",
                    "８０", "443 /tcp", "a" * 64, "ä" * 32):
            with self.subTest(key=key):
                outcome = ask(key)
                self.assertEqual((outcome.code, outcome.stdout), (2, ""))
                self.assertIn(key, outcome.stderr)

    def test_unusable_keys_are_refused_by_name(self):
        for key, named in (
                ("0080", '"0080"'), (" 80", '" 80"'), ("80 ", '"80 "'),
                ("90-80", '"90-80"'), ("65536", '"65536"'), ("-1", '"-1"'),
                ("0-65536", '"0-65536"'), ("80-", '"80-"'), ("00", '"00"'),
                ("1-2-3", '"1-2-3"'), ("9" * 30, "9" * 30),
                ("80/foo", '"80/foo"'), ("443/", '"443/"'), ("/tcp", '"/tcp"'),
                ("T:80/udp", '"T:80/udp"'), ("U:0080", '"U:0080"'),
                ("U:65536", '"U:65536"'), ("", '""'), (" ", '" "'),
                ("tcp/99999", '"tcp/99999"'), ("443/99", "protocol number 99"),
                ("[::]:", '"[::]:"'), ("3481:3478", '"3481:3478"'),
                ("tcp/443/udp", '"tcp/443/udp"'), ("*:080", '"*:080"'),
                ("80,", "80,"), ("a" * 65, "a" * 65), ("ä" * 33, "ä" * 33),
                (b"\xff", r'"\xff"'), (b"ht\xc3tp", r'"ht\xc3tp"')):
            with self.subTest(key=key):
                for command in ((key,), ("--", key), ("lookup", key),
                                ("443", key), ("classify", key), ("list", key)):
                    outcome = ask(*command)
                    self.assertEqual(outcome.code, 1, command)
                    self.assert_one_complaint(outcome, named)


class SeveralKeysTest(ToolTestCase):
    """Checks that hits are printed even if one key has none."""

    def test_misses_go_to_stderr_and_hits_to_stdout(self):
        outcome = ask("-o", "csv", "no-such", "22", "4", "nope/udp",
                      "49160-49170", "https", "716/tcp")
        self.assertEqual(outcome.code, 2)
        self.assertEqual(
            tool.entries_of_csv(outcome.stdout),
            [*WANTED.by_port(22), *WANTED.by_port(4), *WANTED.by_name("https"),
             *WANTED.by_port(716, "tcp")])
        misses = outcome.stderr.splitlines()
        self.assertEqual(len(misses), 5, outcome.stderr)
        for line, key, word in zip(
                misses, ("no-such", "4", "nope/udp", "49160-49170", "716/tcp"),
                ("not", "unassigned", "not", "no service", "reserved")):
            self.assertTrue(line.startswith(f"portreg: {key}: "), line)
            self.assertIn(word, line)

    def test_a_key_without_a_named_record_exits_2(self):
        for key, state in {"4": "unassigned", "0": "reserved",
                           "49151": "reserved", "716/tcp": "reserved",
                           "49153": "dynamic", "65535/udp": "dynamic",
                           "49160-49170": "", "no-such": ""}.items():
            with self.subTest(key=key):
                outcome = ask(key)
                self.assertEqual(outcome.code, 2)
                self.assertRegex(outcome.stderr, rf"\Aportreg: {key}: .+\n\Z")
                self.assertIn(state, outcome.stderr)

    def test_a_json_answer_holds_the_misses_too(self):
        outcome = ask("-o", "json", "no-such", "443")
        self.assertEqual(outcome.code, 2)
        self.assertIn('"code": 5', outcome.stdout)
        self.assertIn('"https"', outcome.stdout)

    def test_thousands_of_keys_fit_one_call(self):
        ports = [str(port) for port in range(3001)]
        wanted = [entry for port in range(3001)
                  for entry in WANTED.by_port(port)]
        for keys in (tuple(ports), (",".join(ports),)):
            outcome = ask("-o", "csv", *keys)
            self.assertEqual(outcome.code, 2)
            self.assertEqual(tool.entries_of_csv(outcome.stdout), wanted)


if __name__ == "__main__":
    unittest.main()
