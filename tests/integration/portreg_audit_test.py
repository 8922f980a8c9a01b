"""Runs portreg audit on real listening processes and on files.

    PORTREGD=portregd PORTREG=portreg python3 portreg_audit_test.py

The test starts processes that listen on ports that the kernel chooses, and
writes a local table about them. The output also has other sockets of the
machine, which the test ignores.
"""

import contextlib
import csv
import io
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "interop")]

import registry_files
import tool
from processes import Portregd
from tool_case import ToolTestCase

COLUMNS = ("Service Name", "Port Number", "Transport Protocol", "Description",
           "Owner", "Aliases", "Scope", "Status", "Since", "Until", "Bind")
CSV_COLUMNS = [
    "verdict", "allowed", "file", "transport", "address", "interface",
    "first_port", "last_port", "processes", "pids", "count", "service",
    "owner", "scope", "registered_for", "practice", "remarks"]
SS = shutil.which("ss") or "/usr/sbin/ss"

# Runs a process with the name argv[1]. Each further argument is a socket:
# transport, address and options. Prints their ports; "-" for one that the
# kernel lacks.
LISTENER = r"""
import ctypes, socket, sys
ctypes.CDLL(None).prctl(15, sys.argv[1].encode(), 0, 0, 0)
kept, ports = [], []
for each in sys.argv[2:]:
    transport, address, *options = each.split()
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    kind, protocol = {"tcp": (socket.SOCK_STREAM, 0), "udp": (socket.SOCK_DGRAM, 0),
                      "sctp": (socket.SOCK_STREAM, 132)}[transport]
    try:
        sock = socket.socket(family, kind, protocol)
        if "v6only" in options:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if "reuse" in options:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.bind((address, ports[-1] if "same" in options else 0))
        if transport != "udp" and "idle" not in options:
            sock.listen()
        kept.append(sock)
        ports.append(sock.getsockname()[1])
    except OSError:
        ports.append("-")
print(*ports, flush=True)
sys.stdin.read()
"""

# Executes a command line as if the kernel had no netlink sockets: a filter
# (seccomp(2)) refuses socket(AF_NETLINK, ...) with EAFNOSUPPORT.
WITHOUT_NETLINK = r"""
import ctypes, os, struct, sys
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, REFUSE = 0x7fff0000, 0x00050000 | 97
code = [(LOAD, 0, 0, 0), (EQUAL, 0, 3, int(sys.argv[1])), (LOAD, 0, 0, 16),
        (EQUAL, 0, 1, 16), (RETURN, 0, 0, REFUSE), (RETURN, 0, 0, ALLOW)]
filters = ctypes.create_string_buffer(
    b"".join(struct.pack("HBBI", *each) for each in code))
program = ctypes.create_string_buffer(
    struct.pack("HxxxxxxP", len(code), ctypes.addressof(filters)))
libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, program, 0, 0):
    sys.exit(os.strerror(ctypes.get_errno()))
os.execv(sys.argv[2], sys.argv[2:])
"""
# The number of the system call socket().
SOCKET_CALL = {"x86_64": 41, "aarch64": 198}.get(platform.machine())


@contextlib.contextmanager
def listener(name: str, *sockets: str):
    """Runs a listening process. Yields its ports; None for one that the kernel lacks."""
    process = subprocess.Popen(
        [sys.executable, "-c", LISTENER, name, *sockets],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield [None if port == "-" else int(port)
               for port in process.stdout.readline().split()]
    finally:
        process.kill()
        process.communicate()


def row(name: str, port, transport: str = "", **fields: str) -> list[str]:
    """Returns a row of a local table."""
    return [name, str(port), transport, "", *(
        fields.get(column.lower(), "") for column in COLUMNS[4:])]


def setUpModule():
    global DIRECTORY
    DIRECTORY = pathlib.Path(unittest.enterModuleContext(
        tempfile.TemporaryDirectory(prefix="portreg-")))


def write(name: str, text: str) -> str:
    """Writes a file and returns its path."""
    path = DIRECTORY / name
    path.write_text(text, "utf-8")
    return str(path)


@contextlib.contextmanager
def server(*rows: list[str]):
    """Runs a server with a local table."""
    with tempfile.TemporaryDirectory(prefix="portregd-") as directory:
        path = pathlib.Path(directory, "local.csv")
        path.write_text(registry_files.csv_text(rows, COLUMNS), "utf-8")
        with Portregd(f"--local_file={path}") as started:
            yield started


def findings(outcome) -> list[dict[str, str]]:
    """Returns the findings of output in CSV."""
    reader = csv.DictReader(io.StringIO(outcome.stdout, newline=""))
    rows = list(reader)
    if reader.fieldnames != CSV_COLUMNS:
        raise AssertionError(f"{reader.fieldnames}: {outcome}")
    return rows


def audit(target: Portregd, *arguments: str, **options):
    """Runs an audit that writes CSV."""
    return tool.run(f"--target={target.address}", "audit", "-o", "csv",
                    *arguments, **options)


class ListeningTest(ToolTestCase):
    """Audits real processes."""

    def told(self, outcome, ports) -> dict[tuple[str, str, int], str]:
        """Returns the verdict of each socket that has one of the ports."""
        return {(each["transport"], each["address"], int(each["first_port"])):
                each["verdict"] for each in findings(outcome)
                if int(each["first_port"]) in ports}

    def test_each_socket_gets_a_verdict(self):
        with listener(
                "billing", "tcp 0.0.0.0", "tcp 127.0.0.1", "udp 0.0.0.0",
                "udp 127.0.0.1", "tcp ::", "tcp :: v6only", "tcp ::1",
                "udp ::", "udp ::1", "sctp 127.0.0.1", "tcp 127.0.0.1 idle"
                ) as ports, listener("intruder", "tcp 127.0.0.1") as others:
            kinds = ("tcp tcp udp udp tcp tcp tcp udp udp sctp".split())
            addresses = ("0.0.0.0", "127.0.0.1", "0.0.0.0", "127.0.0.1", "*",
                         "[::]", "[::1]", "*", "[::1]", "127.0.0.1")
            self.assertNotIn(None, ports[:4])
            wanted = {(kind, address, port): "ours" for kind, address, port
                      in zip(kinds, addresses, ports) if port is not None}
            wanted["tcp", "127.0.0.1", others[0]] = "other-name"
            rows = [row("billing", port, kind, owner="payments")
                    for kind, port in zip(kinds, ports) if port is not None]
            rows.append(row("reports", others[0], "tcp"))
            with server(*rows) as target:
                outcome = audit(target)
            self.assertEqual(
                self.told(outcome, {*ports, *others} - {ports[10]}), wanted)
            self.assertEqual(outcome.code, 3)
            self.assertIn("the local table does not allow 1 of ",
                          outcome.stderr)
            mine = [each for each in findings(outcome)
                    if each["first_port"] == str(ports[0])]
            self.assertEqual(
                [(each["processes"], each["owner"], each["count"],
                  each["service"]) for each in mine],
                [("billing", "payments", "1", "billing")])

    def test_exposure_is_not_allowed(self):
        with listener("ledger", "tcp 127.0.0.1", "tcp ::1", "tcp 0.0.0.0",
                      "udp ::", "tcp ::ffff:127.0.0.1") as ports:
            rows = [row("ledger", port, bind="loopback")
                    for port in ports if port is not None]
            with server(*rows) as target:
                outcome = audit(target)
            told = self.told(outcome, set(ports))
        self.assertEqual(told["tcp", "127.0.0.1", ports[0]], "ours")
        self.assertEqual(told["tcp", "0.0.0.0", ports[2]], "exposed")
        if ports[1]:
            self.assertEqual(told["tcp", "[::1]", ports[1]], "ours")
            self.assertEqual(told["udp", "*", ports[3]], "exposed")
            self.assertEqual(
                told["tcp", "[::ffff:127.0.0.1]", ports[4]], "ours")
        self.assertEqual(outcome.code, 3)

    def test_nothing_but_what_is_allowed_exits_0(self):
        with listener("billing", "tcp 127.0.0.1", "udp 127.0.0.1") as ports:
            with server(row("billing", ports[0], "tcp"),
                        row("billing", ports[1], "udp", bind="loopback")
                        ) as target:
                outcome = audit(target, "--expect")
                self.assertEqual(set(self.told(outcome, ports).values()),
                                 {"ours"})
                self.assertEqual(outcome.code, 0, outcome.stderr)

    def test_workers_are_one_line_with_a_count(self):
        with listener("worker", "tcp 127.0.0.1 reuse",
                      "tcp 127.0.0.1 reuse same",
                      "tcp 127.0.0.1 reuse same") as ports:
            with server(row("worker", ports[0], "tcp")) as target:
                counts = [each["count"] for each in findings(audit(target))
                          if each["first_port"] == str(ports[0])]
        self.assertEqual(counts, ["3"])

    def test_expect_lists_local_records_that_do_not_listen(self):
        # The idle socket prevents others from listening on its port.
        with listener("billing", "tcp 127.0.0.1", "tcp 127.0.0.1 idle",
                      "udp 127.0.0.1") as (used, free, used_by_udp):
            rows = [row("billing", used, "tcp"),
                    row("absent", free, "tcp", owner="shop", scope="eu/prod"),
                    row("elsewhere", free, "tcp", scope="us"),
                    row("wide", f"{used_by_udp - 1}-{used_by_udp}", "udp",
                        aliases="billing"),
                    row("later", free, "sctp", status="planned"),
                    row("", free, "dccp", owner="shop")]
            with server(*rows) as target:
                for scope, missing in (
                        ("eu", {"absent"}), ("eu/prod/db", {"absent"}),
                        ("eu/test", set()), ("us", {"elsewhere"})):
                    with self.subTest(scope=scope):
                        outcome = audit(target, "--expect",
                                        f"--scope={scope}")
                        rows = findings(outcome)
                        self.assertEqual(
                            {each["service"] for each in rows
                             if each["verdict"] == "missing"}, missing)
                        self.assertEqual(outcome.code, 3 if missing else 0)
                        self.assertEqual("nothing listens for 1 record of" in
                                         outcome.stderr, bool(missing))
                self.assertNotIn("missing", audit(target).stdout)

    def test_ss_of_this_machine_tells_the_same(self):
        if not os.access(SS, os.X_OK):
            self.skipTest("ss is not installed")
        with listener("billing", "tcp 0.0.0.0", "tcp 127.0.0.1", "tcp ::",
                      "tcp :: v6only", "tcp ::1", "udp 0.0.0.0", "udp ::",
                      "udp ::1", "tcp 127.0.0.1 reuse",
                      "tcp 127.0.0.1 reuse same") as ports:
            with server(*(row("billing", port) for port in set(ports)
                          if port is not None)) as target:
                for options in ("-Hlntup", "-lntupe", "-antup"):
                    with self.subTest(options=options):
                        listing = write("ss.txt", subprocess.run(
                            [SS, options], stdout=subprocess.PIPE, text=True,
                            check=True).stdout)
                        of_file, of_machine = (
                            [{**each, "file": ""} for each in
                             findings(audit(target, *files))
                             if int(each["first_port"]) in ports]
                            for files in ((listing,), ()))
                        self.assertEqual(of_file, of_machine)
                        self.assertGreaterEqual(len(of_file), 4)

    def test_proc_net_replaces_sock_diag(self):
        if not SOCKET_CALL:
            self.skipTest("the number of socket() is not known")
        with listener("billing", "tcp 0.0.0.0", "tcp ::1", "udp 127.0.0.1",
                      "udp ::1", "tcp :: v6only") as ports:
            with server(*(row("billing", port) for port in ports
                          if port is not None)) as target:
                told, without = (
                    [each for each in findings(audit(target, before=before))
                     if int(each["first_port"]) in ports]
                    for before in ((), (sys.executable, "-c", WITHOUT_NETLINK,
                                        str(SOCKET_CALL))))
        self.assertGreaterEqual(len(told), 2)
        self.assertEqual(without, told)

    def test_processes_of_other_users_are_not_known(self):
        if os.geteuid() != 0:
            self.skipTest("needs another user")
        as_nobody = ("setpriv", "--reuid=65534", "--regid=65534",
                     "--clear-groups", "--inh-caps=-all", "--bounding-set=-all")
        if subprocess.run([*as_nobody, tool.portreg_path(), "--version"],
                          capture_output=True, check=False).returncode != 0:
            self.skipTest("nobody cannot run the tool")
        with listener("intruder", "tcp 127.0.0.1") as ports:
            with server(row("billing", ports[0], "tcp")) as target:
                outcome = audit(target, before=as_nobody)
                mine = [each for each in findings(outcome)
                        if each["first_port"] == str(ports[0])]
        self.assertEqual(
            [(each["verdict"], each["processes"], each["remarks"])
             for each in mine], [("ours", "", "process not known")])
        self.assertEqual(outcome.code, 0)
        self.assertIn("are not visible to this user", outcome.stderr)


LISTING = """\
Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process
tcp   LISTEN 0      128          0.0.0.0:2082       0.0.0.0:*     users:(("cpsrvd",pid=1,fd=3))
tcp   LISTEN 0      128                *:7100             *:*     users:(("java",pid=2,fd=3))
udp   UNCONN 0      0          127.0.0.1:40123      0.0.0.0:*
"""


class FileTest(ToolTestCase):
    """Audits output of ss, of any machine."""

    def test_an_offline_audit_informs(self):
        outcome = tool.run("--offline", "audit", write("ss.txt", LISTING))
        self.assertEqual((outcome.code, outcome.stderr), (0, ""))
        lines = outcome.stdout.splitlines()
        self.assertEqual(lines[0].split(), ["SOCKET", "PROCESS", "VERDICT",
                                            "REGISTRY", "OWNER", "REMARK"])
        self.assertRegex(lines[1], r"^tcp 0\.0\.0\.0:2082 +cpsrvd +registered "
                                   r"+registered for infowave; practice: ")
        self.assertRegex(lines[2], r"^tcp \*:7100 +java +registered "
                                   r"+registered for font-service")
        self.assertRegex(lines[3], r"^udp 127\.0\.0\.1:40123 +- +ephemeral$")
        self.assertNotIn(" is ", outcome.stdout)

    def test_standard_input_is_read(self):
        done = subprocess.run(
            [tool.portreg_path(), "--offline", "audit", "-", "-o", "csv"],
            input=LISTING, capture_output=True, text=True,
            env=tool.environment(), timeout=tool.RUN_SECONDS, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual([(each["first_port"], each["file"]) for each in
                          csv.DictReader(io.StringIO(done.stdout))],
                         [("2082", "-"), ("7100", "-"), ("40123", "-")])

    def test_several_files_are_told_apart(self):
        files = [write("a.txt", LISTING), write("b.txt", LISTING)]
        outcome = tool.run("--offline", "audit", "--no-headers", *files)
        self.assertEqual([line.split()[0] for line in
                          outcome.stdout.splitlines()],
                         [files[0]] * 3 + [files[1]] * 3)

    def test_documents_have_the_same_findings(self):
        path = write("ss.txt", LISTING)
        document = json.loads(
            tool.run("--offline", "audit", path, "-o", "json").stdout)
        lines = tool.run("--offline", "audit", path, "-o", "ndjson").stdout
        self.assertEqual(document["findings"],
                         [json.loads(line) for line in lines.splitlines()])
        self.assertRegex(document["revision"], r"\A[0-9a-f]{32}\Z")
        self.assertEqual(
            [(each["verdict"], each["allowed"], each["firstPort"],
              each["processes"], each["registeredFor"])
             for each in document["findings"]],
            [("registered", True, 2082, ["cpsrvd"], "infowave"),
             ("registered", True, 7100, ["java"], "font-service"),
             ("ephemeral", True, 40123, [], "")])

    def test_the_table_of_the_server_judges_files_too(self):
        path = write("ss.txt", LISTING)
        with server(row("billing", 7100, "tcp", scope="eu/prod"),
                    row("panel", 2082, "tcp", status="retired")) as target:
            verdicts = {
                arguments: ([each["verdict"] for each in findings(outcome)],
                            outcome.code)
                for arguments in ((), ("--scope=us",), ("--scope=eu",))
                for outcome in [audit(target, path, *arguments)]}
        self.assertEqual(verdicts, {
            (): (["retired", "other-name", "ephemeral"], 3),
            ("--scope=us",): (["retired", "registered", "ephemeral"], 3),
            ("--scope=eu",): (["retired", "other-name", "ephemeral"], 3)})

    def test_an_unreadable_line_is_named_and_does_not_lose_others(self):
        path = write("ss.txt", LISTING.replace(
            "udp ", "tcp LISTEN 0 128 0.0.0.0:ssh *:*\nudp "))
        outcome = tool.run("--offline", "audit", path, "-o", "csv")
        self.assertEqual(outcome.code, 2)
        self.assertEqual(
            outcome.stderr, f'portreg: {path} line 4: port "ssh" is not a '
            "number (ss and netstat need -n)\n")
        self.assertEqual(len(findings(outcome)), 3)

    def test_many_unreadable_lines_are_counted(self):
        path = write("ss.txt", "garbage\n" * 5000 + LISTING)
        outcome = tool.run("--offline", "audit", path, "-o", "csv")
        self.assertEqual(outcome.code, 2)
        lines = outcome.stderr.splitlines()
        self.assertEqual(len(lines), 11)
        self.assertEqual(lines[-1], f"portreg: {path}: 5000 lines in all "
                                    "cannot be read")
        self.assertEqual(len(findings(outcome)), 3)

    def test_more_ports_than_one_batch_has_are_joined(self):
        path = write("ss.txt", "".join(
            f"tcp LISTEN 0 5 0.0.0.0:{port} 0.0.0.0:*\n"
            f"tcp LISTEN 0 5 [::]:{port} [::]:*\n"
            for port in range(2500, 0, -1)))
        with server(row("first", 1, "tcp"), row("last", 2500, "tcp"),
                    row("middle", 1001, "tcp")) as target:
            told = findings(audit(target, path))
        self.assertEqual([int(each["first_port"]) for each in told],
                         [port for port in range(1, 2501) for _ in range(2)])
        self.assertEqual([(each["first_port"], each["service"]) for each in
                          told if each["verdict"] == "ours"],
                         [("1", "first")] * 2 + [("1001", "middle")] * 2 +
                         [("2500", "last")] * 2)

    def test_nothing_that_listens_is_remarked(self):
        outcome = tool.run("--offline", "audit", write("ss.txt", ""))
        self.assertEqual((outcome.code, outcome.stderr),
                         (0, "portreg: no socket listens\n"))

    def test_unusable_files_and_flags_are_refused(self):
        large = write("large.txt", "\n" * (16 << 20) + "\n")
        for arguments, part in {
                ("/nonexistent",): '"/nonexistent": cannot be opened',
                (str(DIRECTORY),): "cannot be read",
                (large,): "has more than 16777216 bytes",
                ("-", "-"): "is given twice",
                ("--scope=",): "--scope",
                ("--scope=eu//prod",): '"eu//prod" is not labels',
                ("--scope=" + "a" * 65,): "at most 64 bytes",
                ("--short",): "not --short",
                ("-o", "wide"): "is not table, json, ndjson, csv or tsv",
                ("--details",): "--details belongs to"}.items():
            with self.subTest(arguments=arguments):
                outcome = tool.run("--offline", "audit", *arguments)
                self.assertEqual(outcome.code, 1)
                self.assert_one_complaint(outcome, part)
        outcome = tool.run("--offline", "443", "--expect")
        self.assertEqual(outcome.code, 1)
        self.assert_one_complaint(outcome, "--expect belongs to audit")

    def test_a_server_that_cannot_be_reached_is_named(self):
        with tool.closed_port() as closed:
            outcome = tool.run(f"--target={closed}", "audit",
                               write("ss.txt", LISTING))
        self.assertEqual(outcome.code, 78)
        self.assert_one_complaint(outcome, closed)


if __name__ == "__main__":
    unittest.main()
