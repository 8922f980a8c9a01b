"""Runs portregd as a process: flags, addresses, exit codes, health, reflection.

    PORTREGD=portregd python3 portregd_test.py
"""

import json
import os
import pathlib
import socket
import stat
import sys
import tempfile
import unittest
import urllib.request

sys.path[:0] = [
    str(pathlib.Path(__file__).resolve().parents[1] / "interop")]

import grpc
import processes
from client import Client, refusal
from portreg_proto import SERVICE
from processes import ANY_PORT, CALL_SECONDS, Portregd
from registry_files import HEADER

REFUSAL_SECONDS = 2 * processes.PATIENCE
HEALTH = "/grpc.health.v1.Health/Check"
SERVING = b"\x08\x01"  # HealthCheckResponse{status: SERVING}
REFLECTION = ("/grpc.reflection.v1alpha.ServerReflection/"
              "ServerReflectionInfo")
LIST_SERVICES = b"\x3a\x00"  # ServerReflectionRequest{list_services: ""}


def setUpModule():
    global DIRECTORY
    DIRECTORY = pathlib.Path(unittest.enterModuleContext(
        tempfile.TemporaryDirectory(prefix="portregd-")))


def has_ipv6() -> bool:
    """Returns True if this machine's loopback supports IPv6."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


def answers(server: Portregd, address: str) -> bool:
    """Returns True if a server answers at an address."""
    client = Client(server.channel(address))
    return client.lookup(port=22).records[0].service == "SSH"


class RefusalTest(unittest.TestCase):
    """Checks starts that must fail."""

    def assert_refused(self, *flags, names, variables=None) -> str:
        """Checks exit 1, in time, with the names on stderr; returns stderr."""
        done = processes.run(*flags, variables=variables)
        self.assertEqual(done.code, 1, done.stderr)
        self.assertLess(done.seconds, REFUSAL_SECONDS)
        self.assertNotIn("READY", done.stdout)
        for name in names:
            self.assertIn(name, done.stderr)
        return done.stderr

    def test_flags_that_are_unusable(self):
        table = {
            ("--no-such-flag",): ["no-such-flag"],
            ("--listne=127.0.0.1:0",): ["listne"],
            ("--reflection=maybe",): ["reflection", "maybe"],
            ("--allow_fewer_rows=7x",): ["allow_fewer_rows", "7x"],
            ("stray",): ["stray"],
            (f"--listen={ANY_PORT}", "serve"): ["serve"],
            ("--", "-x"): ["-x"]}
        for flags, names in table.items():
            with self.subTest(flags=flags):
                self.assert_refused(*flags, names=names)

    def test_a_switch_is_refused_with_what_is_allowed(self):
        complaint = self.assert_refused("--insecure=maybe", names=["--insecure", "maybe"])
        self.assertIn("true or false", complaint)

    def test_origins_need_a_web_door(self):
        self.assert_refused("--web_allow_origins=https://a.example",
                            names=["--web_allow_origins", "--web_listen"])

    def test_a_check_lists_at_most_twenty_unusable_rows(self):
        path = DIRECTORY / "of-bad-rows.csv"
        path.write_text("Service Name,Port Number,Transport Protocol,Description\n"
                        + "x,70000,tcp,\n" * 50)
        complaint = self.assert_refused("--check", f"--local_file={path}",
                                        names=["line 21,", "and 30 more"])
        self.assertEqual(len(complaint.splitlines()), 22)

    def test_a_spreadsheet_must_be_saved_as_csv(self):
        path = DIRECTORY / "table.csv"
        path.write_bytes(b"PK\x03\x04\x14\x00rest")
        for flag in ("--local_file", "--common_file", "--iana_file", "--ranges_file"):
            with self.subTest(flag=flag):
                self.assert_refused("--check", f"{flag}={path}",
                                    names=[str(path), "spreadsheet", "as CSV"])

    def test_an_empty_file_is_refused(self):
        for flag in ("--local_file=", "--local_file=,", "--common_file=", "--common_file=,",
                     "--iana_file=", "--ranges_file="):
            with self.subTest(flag=flag):
                self.assert_refused("--check", flag, names=[flag.partition("=")[0], "empty"])

    def test_standard_output_that_cannot_be_written_is_told(self):
        for flags in (("--help",), ("--version",), ("--check",),
                      (f"--listen={ANY_PORT}",),
                      (f"--listen={ANY_PORT}", "--log_format=json")):
            with self.subTest(flags=flags):
                done = processes.run(*flags, wrapper=(
                    "sh", "-c", 'exec "$0" "$@" >/dev/full'))
                self.assertEqual(done.code, 1, done.stderr)
                self.assertIn("No space left on device", done.stderr)

    def test_a_check_names_variables_that_set_no_flag(self):
        done = processes.run("--check", variables={"PORTREGD_LOKAL_FILE": "x.csv"})
        self.assertEqual(done.code, 0, done.stderr)
        self.assertIn("PORTREGD_LOKAL_FILE", done.stderr)
        self.assertNotIn("PORTREGD_LOKAL_FILE", done.stdout)

    def test_variables_that_are_unusable(self):
        table = {"PORTREGD_LISTEN": "nonsense",
                 "PORTREGD_REFLECTION": "maybe",
                 "PORTREGD_ALLOW_FEWER_ROWS": "7x",
                 "PORTREGD_IANA_FILE": "/no/such.csv"}
        for name, value in table.items():
            with self.subTest(variable=name):
                self.assert_refused(variables={name: value}, names=[value])

    def test_addresses_that_are_unusable(self):
        for address in ("nonsense", "127.0.0.1", "127.0.0.1:65536",
                        "127.0.0.1:-1", "127.0.0.1:http", "::1:80", ":80",
                        "[::1]", "[::1:0", "unix:", "unix:/no/such/dir/socket",
                        "127.0.0.1:0,nonsense", f"unix:/tmp/{'x' * 200}"):
            with self.subTest(address=address):
                self.assert_refused(f"--listen={address}",
                                    names=[address.split(",")[-1]])
        self.assert_refused("--listen=", names=["listen"])

    def test_an_address_of_another_machine_is_refused(self):
        self.assert_refused("--listen=192.0.2.1:0", names=["192.0.2.1:0"])

    def test_the_log_comes_first_and_is_json_to_the_end(self):
        variables = {"PORTREGD_LISTENS": "x", "PORTREGD_LOG_FORMAT": "json",
                     "PORTREGD_LOCAL_FILE": f"{DIRECTORY}/of-one-bad-row.csv"}
        pathlib.Path(variables["PORTREGD_LOCAL_FILE"]).write_text(
            "Service Name,Port Number,Transport Protocol,Description\nx,70000,tcp,\n")
        for _ in range(5):
            complaint = self.assert_refused(names=[], variables=variables)
            warning, error = map(json.loads, complaint.splitlines())
            self.assertEqual(warning["ignored"], "PORTREGD_LISTENS")
            self.assertEqual((error["severity"], error["message"]), ("ERROR", "cannot start"))
            self.assertIn("70000", error["error"])
        variables["PORTREGD_LOG_FORMAT"] = "text"
        complaint = self.assert_refused(names=["70000"], variables=variables)
        self.assertIn("PORTREGD_LISTENS", complaint.splitlines()[0])

    def test_nobody_is_served_before_the_admin_side_has_its_addresses(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            for flag in ("--admin_listen", "--metrics_listen"):
                with self.subTest(flag), tempfile.TemporaryDirectory() as directory:
                    untouched = os.stat(directory).st_mtime_ns
                    outcome = processes.run(f"{flag}={address}", f"--listen=unix:{directory}/s")
                    self.assertEqual(outcome.code, 1, outcome.stderr)
                    self.assertIn(address, outcome.stderr)
                    self.assertIn("Address already in use", outcome.stderr)
                    # No socket was created and removed.
                    self.assertEqual(os.stat(directory).st_mtime_ns, untouched)

    def test_a_taken_address_is_refused_and_the_first_server_goes_on(self):
        unix = f"unix:{DIRECTORY}/taken"
        with Portregd(listen=f"{ANY_PORT},{unix}", listeners=2) as server:
            for address in server.addresses:
                for flags in ((f"--listen={address}",),
                              (f"--listen={ANY_PORT},{address}",)):
                    with self.subTest(flags=flags):
                        message = self.assert_refused(*flags, names=[address])
                        self.assertIn("in use", message)
                        self.assertEqual(message.count("\n"), 1, message)
                        self.assertTrue(answers(server, address))

    def test_a_file_that_is_no_socket_is_not_replaced(self):
        path = DIRECTORY / "plain"
        path.write_text("mine")
        self.assert_refused(f"--listen=unix:{path}", names=[str(path)])
        self.assertEqual(path.read_text(), "mine")


class ListeningTest(unittest.TestCase):
    """Checks READY lines, and that their addresses answer."""

    def test_ipv4(self):
        with Portregd(listen="127.0.0.1:0") as server:
            self.assertRegex(server.address, r"^127\.0\.0\.1:[1-9]\d*$")
            self.assertTrue(answers(server, server.address))

    @unittest.skipUnless(has_ipv6(), "the loopback has no IPv6")
    def test_ipv6(self):
        with Portregd(listen="[::1]:0") as server:
            self.assertRegex(server.address, r"^\[::1\]:[1-9]\d*$")
            self.assertTrue(answers(server, server.address))

    @unittest.skipUnless(has_ipv6(), "the loopback has no IPv6")
    def test_metrics_by_ipv6(self):
        with Portregd("--metrics_listen=[::1]:0") as server:
            address = server.announced["METRICS"][0]
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(f"http://{address}/metrics", timeout=CALL_SECONDS) as reply:
                self.assertIn(b"portreg_build_info", reply.read())

    def test_unix(self):
        path = DIRECTORY / "socket"
        with Portregd(listen=f"unix:{path}") as server:
            self.assertEqual(server.address, f"unix:{path}")
            self.assertTrue(stat.S_ISSOCK(path.stat().st_mode))
            self.assertTrue(answers(server, server.address))

    def test_several_listeners_have_a_line_each_in_their_order(self):
        wanted = [f"unix:{DIRECTORY}/several", ANY_PORT, ANY_PORT]
        with Portregd(listen=",".join(wanted), listeners=3) as server:
            unix, first, second = server.addresses
            self.assertEqual(unix, wanted[0])
            self.assertNotEqual(first, second)
            for address in server.addresses:
                self.assertTrue(answers(server, address))

    def test_a_unix_socket_that_nobody_listens_on_is_replaced(self):
        path = DIRECTORY / "stale"
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(str(path))
            stale.listen()
        for _ in range(2):
            server = Portregd(listen=f"unix:{path}")
            self.assertTrue(answers(server, server.address))
            server.kill()
            self.assertTrue(path.is_socket())

    def test_a_stopped_server_leaves_its_address_free(self):
        with Portregd() as server:
            address = server.address
            self.assertTrue(answers(server, address))
        with Portregd(listen=address) as server:
            self.assertEqual(server.address, address)


class SettingsTest(unittest.TestCase):
    """Checks flags, and the variables that replace them."""

    def test_variables_stand_for_flags(self):
        local_file = DIRECTORY / "local.csv"
        local_file.write_text(f"{HEADER}\nbilling,50000,tcp,,,,,,,,,\n")
        variables = {"PORTREGD_LISTEN": f"unix:{DIRECTORY}/variable",
                     "PORTREGD_LOCAL_FILE": str(local_file),
                     "PORTREGD_REFLECTION": "true"}
        with Portregd(listen=None, variables=variables) as server:
            self.assertEqual(server.addresses,
                             [variables["PORTREGD_LISTEN"]])
            self.assertEqual(Client(server.channel()).lookup(
                service="billing").records[0].first_port, 50000)
            self.assertIn(SERVICE.encode(), list_services(server))

    def test_the_command_line_wins_over_the_environment(self):
        local_file = DIRECTORY / "wins.csv"
        local_file.write_text(f"{HEADER}\nbilling,50000,tcp,,,,,,,,,\n")
        variables = {"PORTREGD_LISTEN": "nonsense",
                     "PORTREGD_LOCAL_FILE": "/no/such.csv",
                     "PORTREGD_REFLECTION": "true"}
        with Portregd(f"--local_file={local_file}", "--reflection=false",
                      variables=variables) as server:
            self.assertTrue(answers(server, server.address))
            self.assertEqual(refusal(lambda: list_services(server)).code,
                             grpc.StatusCode.UNIMPLEMENTED)

    def test_help_and_version_exit_0(self):
        help_text = processes.run("--help")
        self.assertEqual((help_text.code, help_text.stderr), (0, ""))
        for flag in ("--listen", "--iana_file", "--local_file", "--check",
                     "--reflection", "PORTREGD_"):
            self.assertIn(flag, help_text.stdout)
        version = processes.run("--version")
        self.assertEqual((version.code, version.stderr), (0, ""))
        self.assertRegex(version.stdout, r"^portregd \d+\.\d+\.\d+\n$")
        with Portregd() as server:
            self.assertEqual(
                version.stdout.split()[1],
                Client(server.channel()).info().server_version)


def check_health(server: Portregd, service: str) -> bytes:
    """Calls the health service; returns the bytes of HealthCheckResponse."""
    name = service.encode()
    request = bytes([0x0a, len(name)]) + name if name else b""
    return server.channel().unary_unary(HEALTH)(request, timeout=CALL_SECONDS)


def list_services(server: Portregd) -> bytes:
    """Asks reflection for the services; returns the bytes of its answer."""
    call = server.channel().stream_stream(REFLECTION)(
        iter([LIST_SERVICES]), timeout=CALL_SECONDS)
    return b"".join(call)


class StandardServicesTest(unittest.TestCase):
    """Checks grpc.health.v1 and grpc.reflection.v1alpha."""

    def test_health(self):
        with Portregd() as server:
            self.assertEqual(check_health(server, ""), SERVING)
            self.assertEqual(check_health(server, SERVICE), SERVING)
            for other in ("portreg.v1.Other", SERVICE.lower()):
                self.assertEqual(
                    refusal(lambda: check_health(server, other)).code,
                    grpc.StatusCode.NOT_FOUND)

    def test_reflection_is_there_only_on_request(self):
        with Portregd() as server:
            self.assertEqual(refusal(lambda: list_services(server)).code,
                             grpc.StatusCode.UNIMPLEMENTED)
        with Portregd("--reflection") as server:
            self.assertIn(SERVICE.encode(), list_services(server))


if __name__ == "__main__":
    unittest.main()
