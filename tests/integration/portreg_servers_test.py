"""Checks portreg's targets, and servers that fail.

    PORTREGD=portregd PORTREG=portreg python3 portreg_servers_test.py
"""

import contextlib
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "interop")]

import grpc
import processes
import tool
from portreg_proto import pb, records
from processes import Portregd, grpc_target
from tool_case import COMMANDS, ToolTestCase

ANSWER_SECONDS = 3 * processes.PATIENCE  # until a dead server is reported


def setUpModule():
    global SERVER
    SERVER = unittest.enterModuleContext(Portregd())


class TargetTest(ToolTestCase):
    """Checks how the server's address is given."""

    def test_the_flag_precedes_the_variable(self):
        with tool.closed_port() as closed:
            variables = {"PORTREG_TARGET": closed}
            self.assertEqual(tool.run("443", variables=variables).code, 78)
            self.assertEqual(tool.run(
                f"--target={SERVER.address}", "443", variables=variables).code, 0)
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
    """Checks that a failing server causes one line on stderr that names it."""

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


if __name__ == "__main__":
    unittest.main()
