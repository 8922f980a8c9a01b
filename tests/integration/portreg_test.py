"""portreg: keys, exit codes, targets, and servers that fail it.

    PORTREGD=portregd PORTREG=portreg python3 portreg_test.py
"""

import contextlib
import os
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / directory)
                for directory in ("data", "interop")]

import grpc
import processes
import registry_files
import registry_reader
import tool
from enum_names import IANA
from expected import EMBEDDED_DIR, LayeredRegistry
from portreg_proto import pb, records
from processes import Portregd, grpc_target

ANSWER_SECONDS = 3 * processes.PATIENCE  # until a dead server is reported
COMMANDS = (("443",), ("20-21",), ("classify", "443"), ("list",), ("info",),
            ("search", "https"))
# Names that read like commands or like ports.
LOCAL_ROWS = [(name, str(port), "tcp", "ours") for port, name in enumerate(
    ("3com", "classify", "help", "info", "list", "lookup", "portreg", "0x50",
     "search", "export", "wacth"), start=30001)]
SEED = 6335


def setUpModule():
    global SERVER, LOCAL_SERVER, WANTED
    SERVER = unittest.enterModuleContext(Portregd())
    directory = unittest.enterModuleContext(tempfile.TemporaryDirectory())
    local_file = pathlib.Path(directory, "local.csv")
    local_file.write_text(registry_files.csv_text(LOCAL_ROWS), "utf-8")
    LOCAL_SERVER = unittest.enterModuleContext(
        Portregd(f"--local_file={local_file}"))
    WANTED = LayeredRegistry({
        records.LAYER_LOCAL: registry_reader.load(local_file),
        records.LAYER_COMMON: registry_reader.load(EMBEDDED_DIR / "common.csv"),
        records.LAYER_IANA: registry_reader.load(EMBEDDED_DIR / "iana.csv")})


def alone() -> tuple[str, ...] | None:
    """A command that runs another as a user who has no other process.

    None where there is no such user, or he may not run the tool.
    """
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        return None
    user = str(1_000_000 + os.getpid())
    before = ("setpriv", f"--reuid={user}", f"--regid={user}",
              "--clear-groups", "--")
    return before if tool.run("--version", before=before).code == 0 else None


def ask(*arguments: str | bytes, **options) -> processes.Outcome:
    """Runs the tool against the server with a local layer."""
    return tool.run(f"--target={LOCAL_SERVER.address}", *arguments, **options)


class ToolTestCase(unittest.TestCase):
    """What the tests of refusals and failures have in common."""

    def assert_one_complaint(self, outcome, *parts: str):
        """Nothing on stdout, and one line on stderr that holds `parts`."""
        self.assertRegex(outcome.stderr, r"\A[^\n]+\n\Z")
        for part in parts:
            self.assertIn(part, outcome.stderr)
        self.assertEqual(outcome.stdout, "")


class KeyTest(ToolTestCase):
    """The key grammar."""

    def assert_found(self, keys: tuple[str, ...], wanted: list):
        outcome = ask("-o", "csv", *keys)
        self.assertEqual((outcome.code, outcome.stderr), (0, ""))
        self.assertEqual(tool.entries_of_csv(outcome.stdout), wanted)

    def test_port_keys_find_what_is_on_the_port(self):
        for key, question in {
                "443": (443,), "443/tcp": (443, "tcp"), "443/TCP": (443, "tcp"),
                "9/dccp": (9, "dccp"), "U:53": (53, "udp"), "T:53": (53, "tcp"),
                "S:80": (80, "sctp"), "T:443/tcp": (443, "tcp"), "1": (1,),
                "49150": (49150,), "30001": (30001,)}.items():
            with self.subTest(key=key):
                self.assert_found((key,), WANTED.by_port(*question))

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
        for name, port, *_ in LOCAL_ROWS:
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
                ("80,", "80,"), ("a" * 65, "a" * 65), ("ä" * 33, "ä" * 33),
                (b"\xff", r'"\xff"'), (b"ht\xc3tp", r'"ht\xc3tp"')):
            with self.subTest(key=key):
                for command in ((key,), ("--", key), ("lookup", key),
                                ("443", key), ("classify", key), ("list", key)):
                    outcome = ask(*command)
                    self.assertEqual(outcome.code, 1, command)
                    self.assert_one_complaint(outcome, named)


class SlipsTest(ToolTestCase):
    """Flags and commands, and slips of them."""

    def test_an_unknown_flag_is_one_line_with_a_suggestion(self):
        for flag, suggestion in (
                ("--colour=never", "did you mean --color?"),
                ("--ofline", "did you mean --offline?"),
                ("--max", "did you mean --max-results?"),
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
        for name, *_ in LOCAL_ROWS:
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
                    continue  # such as List, whose case does not count
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
    """Variables that stand for flags."""

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


class SeveralKeysTest(ToolTestCase):
    """Hits are printed even when one key misses."""

    def test_misses_go_to_stderr_and_hits_to_stdout(self):
        outcome = ask("-o", "csv", "no-such", "22", "4", "nope/udp",
                      "50000-50010", "https", "716/tcp")
        self.assertEqual(outcome.code, 2)
        self.assertEqual(
            tool.entries_of_csv(outcome.stdout),
            [*WANTED.by_port(22), *WANTED.by_port(4), *WANTED.by_name("https"),
             *WANTED.by_port(716, "tcp")])
        misses = outcome.stderr.splitlines()
        self.assertEqual(len(misses), 5, outcome.stderr)
        for line, key, word in zip(
                misses, ("no-such", "4", "nope/udp", "50000-50010", "716/tcp"),
                ("not", "unassigned", "not", "no service", "reserved")):
            self.assertTrue(line.startswith(f"portreg: {key}: "), line)
            self.assertIn(word, line)

    def test_a_key_without_a_named_record_exits_2(self):
        for key, state in {"4": "unassigned", "0": "reserved",
                           "49151": "reserved", "716/tcp": "reserved",
                           "49152": "dynamic", "65535/udp": "dynamic",
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


class TargetTest(ToolTestCase):
    """Where the server is."""

    def test_the_flag_precedes_the_variable(self):
        with tool.closed_port() as closed:
            variables = {"PORTREG_TARGET": closed}
            self.assertEqual(tool.run("443", variables=variables).code, 78)
            self.assertEqual(ask("443", variables=variables).code, 0)
            self.assertEqual(tool.run(
                "443", f"--target={closed}",
                variables={"PORTREG_TARGET": SERVER.address}).code, 78)
        self.assertEqual(tool.run(
            "443", variables={"PORTREG_TARGET": SERVER.address}).code, 0)

    def test_names_and_schemes_are_understood(self):
        for scheme in ("ipv4:", "dns:///"):
            target = f"{scheme}{SERVER.address}"
            with self.subTest(target=target):
                self.assertEqual(tool.run("443", "--target", target).code, 0)

    def test_a_unix_socket_is_a_target(self):
        with tempfile.TemporaryDirectory() as directory:
            with Portregd(listen=f"unix:{directory}/socket") as server:
                for command in COMMANDS:
                    outcome = tool.run(f"--target={server.address}", *command)
                    self.assertEqual((outcome.code, outcome.stderr), (0, ""))

    def test_an_ipv6_address_is_a_target(self):
        try:
            socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        except OSError:
            self.skipTest("there is no IPv6 loopback here")
        with Portregd(listen="[::1]:0") as server:
            for target in (server.address, grpc_target(server.address)):
                self.assertEqual(
                    tool.run("443", f"--target={target}").code, 0)


class FailingServerTest(ToolTestCase):
    """A server that fails is one line on stderr that names it."""

    def assert_fails(self, code: int, target: str, command_lines: list[tuple]):
        outcomes = tool.run_all(
            [(*line, f"--target={target}") for line in command_lines],
            seconds=2 * ANSWER_SECONDS)
        for line, outcome in zip(command_lines, outcomes):
            with self.subTest(command=line):
                if isinstance(outcome, subprocess.TimeoutExpired):
                    self.fail(f"no answer within {2 * ANSWER_SECONDS} s")
                self.assertEqual(outcome.code, code)
                self.assert_one_complaint(outcome, target)
                if outcome.seconds >= ANSWER_SECONDS:
                    outcome = tool.quickest(*line, f"--target={target}")
                self.assertLess(outcome.seconds, ANSWER_SECONDS)

    def assert_unreachable(self, target: str, *flags: str):
        self.assert_fails(78, target, [
            (*command, "-o", form, *flags)
            for command in COMMANDS for form in ("table", "json")])

    def test_closed_port(self):
        with tool.closed_port() as target:
            self.assert_unreachable(target)

    def test_server_that_accepts_and_never_answers(self):
        with tool.silent_server() as listener:
            self.assert_unreachable(tool.address_of(listener))

    def test_address_that_drops_connections(self):
        with tool.black_hole() as target:
            self.assert_unreachable(target)

    def test_missing_unix_socket(self):
        self.assert_unreachable("unix:/nonexistent/portreg")

    def test_server_of_another_protocol(self):
        for name, reply in {
                "HTTP/1": b"HTTP/1.1 400 Bad Request\r\n\r\n",
                "SSH": b"SSH-2.0-\x1b[31mOpenSSH\r\n", "zeros": bytes(1000),
                "hangs up": b"", "hangs up after SETTINGS":
                b"\0\0\0\4\0\0\0\0\0"}.items():
            with self.subTest(reply=name), \
                    tool.babbling_server(reply) as target:
                self.assert_unreachable(target)

    def test_tls_towards_a_plaintext_server(self):
        self.assert_unreachable(SERVER.address, "--tls")

    def test_timeout_bounds_every_command(self):
        def answer(_, context):
            released.wait(tool.RUN_SECONDS)
            context.abort(grpc.StatusCode.CANCELLED, "too late")

        released = threading.Event()
        with tool.fake_service(answer) as target:
            try:
                self.assert_fails(68, target, [
                    (*command, "--timeout=500ms") for command in COMMANDS])
            finally:
                released.set()

    def test_any_other_code_is_64_and_the_code(self):
        def answer(_, context):
            context.abort(code, "first line\nsecond \x1b[31mline")

        with tool.fake_service(answer) as target:
            for code in grpc.StatusCode:
                if code is grpc.StatusCode.OK:
                    continue
                outcomes = tool.run_all([(*command, f"--target={target}")
                                         for command in COMMANDS])
                for command, outcome in zip(COMMANDS, outcomes):
                    with self.subTest(code=code, command=command):
                        self.assertEqual(outcome.code, 64 + code.value[0])
                        self.assert_one_complaint(outcome, target)
                        self.assertNotIn("\x1b", outcome.stderr)

    def test_a_listing_that_breaks_off_keeps_what_has_come(self):
        def answer(_, context):
            yield pb.ListRangeResponse(records=[records.PortRecord(
                first_port=7, last_port=7, service="seven")])
            context.abort(grpc.StatusCode.INTERNAL, "broken")

        with tool.fake_service(answer) as target:
            outcome = tool.run("list", "-o", "ndjson", f"--target={target}")
        self.assertEqual(outcome.code, 64 + 13)
        self.assertIn('"seven"', outcome.stdout)
        self.assertRegex(outcome.stderr, rf"\A[^\n]*{target}[^\n]*broken\n\Z")

    def test_values_unknown_to_the_tool_are_shown_as_numbers(self):
        record = records.PortRecord(
            first_port=7, last_port=7, transport=97, layer=98, service="seven")
        response = pb.LookupResponse(records=[record], states=[
            records.TransportState(transport=97, state=99)])
        with tool.fake_service(lambda *_: pb.BatchLookupResponse(
                results=[pb.LookupResult(response=response)])) as target:
            for form in ("table", "wide", "json", "ndjson", "csv", "tsv"):
                outcome = tool.run("7", "-o", form, f"--target={target}")
                self.assertEqual((outcome.code, outcome.stderr), (0, ""))
                self.assertIn("97", outcome.stdout)
                self.assertIn("98", outcome.stdout)


class BrokenAnswerTest(ToolTestCase):
    """Answers that no sound server gives."""

    def lookup(self, *results: pb.LookupResult, keys=("443",), flags=()):
        with tool.fake_service(lambda *_: pb.BatchLookupResponse(
                results=results, revision="r")) as target:
            outcome = tool.run(*keys, *flags, f"--target={target}")
            return outcome, target

    def test_items_that_fail_are_failures_and_no_misses(self):
        for code in grpc.StatusCode:
            if code in (grpc.StatusCode.OK, grpc.StatusCode.NOT_FOUND):
                continue
            failure = pb.LookupFailure(code=code.value[0], message="because")
            for form in ("table", "json"):
                outcome, target = self.lookup(
                    pb.LookupResult(failure=failure), flags=("-o", form))
                with self.subTest(code=code, form=form):
                    self.assertEqual(outcome.code, 64 + code.value[0])
                    self.assertRegex(
                        outcome.stderr,
                        rf"\Aportreg: 443: .*{target}: because\n\Z")

    def test_a_failure_weighs_more_than_a_miss(self):
        missing = pb.LookupResult(failure=pb.LookupFailure(
            code=5, message="not there"))
        failing = pb.LookupResult(failure=pb.LookupFailure(
            code=14, message="busy"))
        found = pb.LookupResult(response=pb.LookupResponse(
            records=[records.PortRecord(first_port=443, last_port=443,
                                        service="https", layer=IANA)]))
        outcome, target = self.lookup(missing, failing, found,
                                      keys=("a", "b", "https"),
                                      flags=("-o", "name"))
        self.assertEqual((outcome.code, outcome.stdout), (78, "https\n"))
        self.assertEqual(outcome.stderr.splitlines(), [
            "portreg: a: not there",
            f"portreg: b: no answer from {target}: busy"])

    def test_values_beyond_a_byte_are_not_taken_for_known_ones(self):
        record = records.PortRecord(
            first_port=443, last_port=443, transport=257, layer=259,
            service="https")
        result = pb.LookupResult(response=pb.LookupResponse(records=[record]))
        outcome, _ = self.lookup(result, flags=("--layer=iana",))
        self.assertNotIn("https", outcome.stdout)
        self.assertNotEqual(outcome.code, 0)
        outcome, _ = self.lookup(result, flags=("-o", "services"))
        self.assertNotIn("https", outcome.stdout)

    def test_times_that_json_cannot_hold_are_an_error(self):
        for seconds in (-62135596801, 253402300800, 2**62):
            layer = pb.LayerInfo(layer=IANA, source="a", origin="b")
            layer.modify_time.seconds = seconds
            with tool.fake_service(lambda method, _, layer=layer: (
                    iter([pb.WatchResponse(revision="r", layers=[layer])])
                    if method == "Watch" else pb.GetRegistryInfoResponse(
                        revision="r", layers=[layer]))) as target:
                for command in (("info", "-o", "json"),
                                ("info", "-o", "ndjson"),
                                ("watch", "-o", "json", "--count=1")):
                    with self.subTest(seconds=seconds, command=command):
                        outcome = tool.run(*command, f"--target={target}")
                        self.assertEqual(outcome.code, 64 + 13)
                        self.assert_one_complaint(outcome, target)

    def test_a_classification_is_shown_within_bounds(self):
        transports = list(range(1, 100_001)) * 3
        with tool.fake_service(lambda *_: pb.ClassifyResponse(
                title="t", description="d", first_port=0, last_port=1023,
                revision="r",
                advisories=[pb.Advisory(message="m", transports=transports)]
                + [pb.Advisory(message="m")] * 10_000)) as target:
            outcome = tool.run("classify", "80", f"--target={target}",
                               "--timeout=30s")
        self.assertLess(len(outcome.stdout), 1 << 20)
        self.assertIn(outcome.code, (0, 64 + 13))


class ScarceSystemTest(ToolTestCase):
    """A system that grants too little for a call."""

    def test_too_few_descriptors_are_one_line(self):
        for limit in (5, 10, 15):
            outcome = tool.run(
                f"--target={SERVER.address}", "443",
                before=("prlimit", f"--nofile={limit}:{limit}", "--"))
            with self.subTest(limit=limit):
                self.assertEqual(outcome.code, 72)
                self.assert_one_complaint(outcome, "file descriptors",
                                          "ulimit -n")

    def test_enough_descriptors_are_enough(self):
        outcome = tool.run(
            f"--target={SERVER.address}", "443",
            before=("prlimit", "--nofile=24:24", "--"))
        self.assertEqual((outcome.code, outcome.stderr), (0, ""))

    def test_too_few_threads_are_one_line(self):
        before = alone()
        if before is None:
            self.skipTest("root alone can become a user without processes")
        for limit in (1, 4, 8):
            outcome = tool.run(
                f"--target={SERVER.address}", "443",
                before=(*before, "prlimit", f"--nproc={limit}:{limit}", "--"))
            with self.subTest(limit=limit):
                self.assertEqual(outcome.code, 72)
                self.assert_one_complaint(outcome, "threads", "ulimit -u")
        outcome = tool.run("--offline", "443", before=(
            *before, "prlimit", "--nproc=1:1", "--"))
        self.assertEqual(outcome.code, 0)


class OfflineTest(ToolTestCase):
    """--offline answers as a portregd without files, and needs none."""

    def random_keys(self) -> list[str]:
        chance = random.Random(SEED)
        names = [row[0] for row in registry_files.read_rows(
            registry_files.EMBEDDED_IANA_FILE) if row[0]]
        tails = ("", "/tcp", "/udp", "/sctp", "/dccp")
        keys = []
        for _ in range(150):
            first = chance.choice((chance.randrange(1024),
                                   chance.randrange(65536)))
            keys.append(f"{first}{chance.choice(tails)}")
            last = min(65535, first + chance.randrange(50))
            keys.append(f"{first}-{last}{chance.choice(tails)}")
            name = chance.choice(names)
            keys.append(chance.choice((name, name.upper(), name.title()))
                        + chance.choice(tails))
        return [*keys, "no-such", "SMB", "socks proxy", 'a"b',
                "no\x1bsuch\u202e"]

    def assert_same(self, *arguments: str):
        online = tool.run(f"--target={SERVER.address}", *arguments)
        offline = tool.run("--offline", *arguments)
        self.assertEqual(offline.code, online.code)
        self.assertEqual(offline.stdout, online.stdout)
        self.assertEqual(offline.stderr, online.stderr)
        self.assertIn(offline.code, (0, 2))

    def test_offline_lookups_equal_the_servers(self):
        keys = self.random_keys()
        for flags in (["-o", "json"], ["-o", "ndjson"], ["-o", "csv"], [],
                      ["--short"], ["-o", "json", "--layer=iana"]):
            with self.subTest(flags=flags):
                self.assert_same(*flags, "lookup", "--", *keys)

    def test_other_offline_answers_equal_the_servers(self):
        chance = random.Random(SEED)
        ports = [str(chance.randrange(65536)) for _ in range(50)]
        for arguments in (
                ("classify", *ports), ("classify", "-o", "json", *ports),
                ("list", "-o", "json", "--portless"), ("list", "-o", "csv"),
                ("list", "0-1023/udp", "--layer=common"),
                ("search", "web", "proxy"), ("search", "htps"),
                ("search", "-o", "json", "--details", "sql"),
                ("info", "-o", "json"), ("info", "--short")):
            with self.subTest(arguments=arguments[:3]):
                self.assert_same(*arguments)

    def test_no_server_is_needed(self):
        with tool.silent_server() as listener:
            for command in COMMANDS:
                outcome = tool.run(
                    "--offline", *command, variables={
                        "PORTREG_TARGET": tool.address_of(listener)})
                self.assertEqual((outcome.code, outcome.stderr), (0, ""))
            listener.settimeout(0)
            self.assertRaises(BlockingIOError, listener.accept)


class InterruptTest(ToolTestCase):

    def test_ctrl_c_during_a_call_exits_130_without_a_word(self):
        for command in COMMANDS:
            with self.subTest(command=command), \
                    tool.silent_server() as listener:
                process = tool.start(
                    *command, f"--target={tool.address_of(listener)}")
                with contextlib.closing(listener.accept()[0]):
                    outcome = tool.interrupt(process)
                self.assertEqual(outcome[:3], (130, "", ""))
                self.assertLess(outcome.seconds, 1 * processes.PATIENCE)


class CommandLineTest(ToolTestCase):
    """Help, version, and flags that cannot be used."""

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
