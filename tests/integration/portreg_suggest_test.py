"""Checks portreg suggest: free ports, without those in use here if asked.

    PORTREGD=portregd PORTREG=portreg python3 portreg_suggest_test.py
"""

import contextlib
import pathlib
import socket
import unittest

import tool
from processes import Portregd
from tool_case import ToolTestCase

CASES = pathlib.Path(__file__).resolve().parent / "check_cases"


def suggest(*arguments: str):
    """Asks the embedded registry."""
    return tool.run("suggest", "--offline", *arguments)


def first_bindable(ports: list[str]) -> tuple[socket.socket, str]:
    """Returns a socket that listens on the first of the ports that is free on this machine."""
    for port in ports:
        with contextlib.suppress(OSError):
            return socket.create_server(("127.0.0.1", int(port))), port
    raise AssertionError(f"none of {ports} can be bound")


class OfflineTest(ToolTestCase):
    """Asks the embedded registry, which has no own table."""

    def test_ports_have_reasons_or_stand_alone(self):
        table = suggest("7100-7149/tcp", "--count=2")
        self.assertEqual((table.code, table.stderr), (0, ""))
        self.assertRegex(table.stdout, r"\A7102/tcp  unassigned by IANA: [^\n]+\n7103/tcp  ")
        self.assertEqual(suggest("7100-7149/tcp", "--count=2", "--short").stdout, "7102\n7103\n")

    def test_a_range_without_a_free_port_is_an_answer(self):
        outcome = suggest("50000-50010")
        self.assertEqual(outcome.code, 2)
        self.assert_one_complaint(outcome, "no port to suggest in 50000-50010", "dynamic 11")

    def test_no_port_suits_an_invalid_name(self):
        outcome = suggest("7104", "--service=a b")
        self.assertEqual((outcome.code, outcome.stdout), (2, ""))
        self.assert_one_complaint(outcome, "service-name-invalid 1")

    def test_an_owner_without_blocks_is_told_so(self):
        outcome = suggest("--within-blocks", "--owner=nobody", "--scope=eu")
        self.assertEqual(outcome.code, 2)
        self.assert_one_complaint(outcome, "no port to suggest: owner nobody has no block in "
                                  "1024-49151, scope eu")

    def test_bad_command_lines_are_one_complaint(self):
        for arguments, part in (
                (("https",), "is not a port or a range"), (("70000",), "70000"),
                (("--count=101",), "out of range [1, 100]"), (("--accept=dynamo",), "dynamic"),
                (("7100", "7200"), "suggest takes one range")):
            with self.subTest(arguments=arguments):
                outcome = suggest(*arguments)
                self.assertEqual(outcome.code, 1)
                self.assert_one_complaint(outcome, part)

    def test_help_says_that_a_suggestion_is_no_reservation(self):
        self.assertIn("no reservation", tool.run("suggest", "--help").stdout)

    def test_ports_that_listen_here_are_left_out(self):
        candidates = suggest("7100-7149/tcp", "--count=100", "--short").stdout.split()
        listener, port = first_bindable(candidates)
        with listener:
            for flags in ((), ("--for=checkout",)):
                free = suggest("7100-7149/tcp", "--count=100", "--short", "--this-host",
                               *flags).stdout.split()
                self.assertNotIn(port, free)
                self.assertIn(port, suggest("7100-7149/tcp", "--count=100", "--short",
                                            *flags).stdout.split())
            alone = suggest(f"{port}/tcp", "--this-host")
            self.assertEqual(alone.code, 2)
            self.assert_one_complaint(alone, "listens here 1")
            # The socket is one of TCP.
            self.assertEqual(suggest(f"{port}/udp", "--this-host", "--short").stdout,
                             f"{port}\n")

    def test_neighbours_lie_on_one_side_of_a_port_that_listens(self):
        candidates = suggest("7108-7120/tcp", "--count=100", "--short").stdout.split()
        listener, port = first_bindable(candidates[1:])
        with listener:
            found = suggest("7108-7120/tcp", "--adjacent", "--count=3", "--this-host",
                            "--short").stdout.split()
        ports = [int(each) for each in found]
        self.assertEqual(ports, list(range(ports[0], ports[0] + 3)))
        self.assertNotIn(int(port), ports)

    def test_the_order_of_a_key_is_kept_around_ports_that_listen(self):
        # 7102-7106 and 7108 onwards are free, so any listener in them splits
        # the range.
        before = suggest("7100-7149/tcp", "--count=100", "--short", "--for=a").stdout.split()
        listener, port = first_bindable(before)
        with listener:
            after = suggest("7100-7149/tcp", "--count=100", "--short", "--for=a",
                            "--this-host").stdout.split()
        kept = [each for each in before if each in after]
        self.assertEqual(kept, after)
        self.assertNotIn(port, after)


class ServerTest(ToolTestCase):
    """Asks a server with an own table."""

    def test_the_first_free_ports_beside_those_of_the_table(self):
        with Portregd(f"--local_file={CASES / 'taken.csv'}") as server:
            outcome = tool.run(f"--target={server.address}", "suggest", "--count=3",
                               "--transport=tcp", "7100-7149", "--short")
        self.assertEqual((outcome.stdout, outcome.stderr, outcome.code),
                         ("7106\n7108\n7109\n", "", 0))


if __name__ == "__main__":
    unittest.main()
