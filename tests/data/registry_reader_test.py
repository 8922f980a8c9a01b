"""Tests registry_reader with hand-made rows.

    python3 -m unittest registry_reader_test
"""

import pathlib
import tempfile
import unittest

import registry_reader
from registry_reader import Registry, Row

HEADER = ",".join(registry_reader.COLUMNS)


class StateTest(unittest.TestCase):
    """Checks the state of (port, transport), rule by rule."""

    def assert_states(self, rows, states):
        """Checks the states of tcp, udp, sctp, dccp for each port."""
        registry = Registry(rows)
        for port, wanted in states.items():
            for transport, state in zip(
                    registry_reader.TRANSPORTS, wanted.split()):
                with self.subTest(port=port, transport=transport):
                    self.assertEqual(registry.state(port, transport), state)

    def test_dynamic_ports_are_dynamic_whatever_the_rows_say(self):
        self.assert_states([Row("bold", "49152", "tcp", "Not allowed")], {
            49152: "dynamic dynamic dynamic dynamic",
            65535: "dynamic dynamic dynamic dynamic"})

    def test_port_without_any_row_is_unassigned(self):
        self.assert_states(
            [], {1: "unassigned unassigned unassigned unassigned"})

    def test_port_named_on_one_transport_is_reserved_on_the_others(self):
        self.assert_states(
            [Row("pana", "716", "udp", "PANA Messages"),
             Row("inspider", "49150", "tcp", "InSpider System"),
             Row("", "49150", "udp", "Reserved")],
            {716: "reserved assigned reserved reserved",
             49150: "assigned reserved reserved reserved"})

    def test_unassigned_rows_reserve_nothing(self):
        self.assert_states(
            [Row("", "4", "tcp", "Unassigned"),
             Row("", "4", "udp", "Unassigned")],
            {4: "unassigned unassigned unassigned unassigned"})

    def test_reserved_row_reserves_the_other_transports(self):
        self.assert_states([Row("", "9", "tcp", "Reserved")], {
            9: "reserved reserved reserved reserved"})

    def test_row_without_transport_speaks_of_all(self):
        self.assert_states(
            [Row("", "49151", "", "IANA Reserved"),
             Row("swx", "7300-7301", "", "The Swiss Exchange")],
            {49151: "reserved reserved reserved reserved",
             7301: "assigned assigned assigned assigned",
             7302: "unassigned unassigned unassigned unassigned"})

    def test_named_row_wins_over_a_nameless_range(self):
        self.assert_states(
            [Row("", "7748-7776", "", "Unassigned"),
             Row("inetfs", "7775", "tcp", "A File System using TLS"),
             Row("", "7775", "udp", "Reserved")],
            {7774: "unassigned unassigned unassigned unassigned",
             7775: "assigned reserved unassigned unassigned"})

    def test_narrowest_nameless_row_decides(self):
        self.assert_states(
            [Row("", "10-19", "tcp", "Reserved"),
             Row("", "12-13", "", "Unassigned"),
             Row("", "13", "", "Reserved"),
             Row("", "13", "tcp", "Unassigned")],
            {11: "reserved reserved reserved reserved",
             12: "unassigned unassigned unassigned unassigned",
             13: "unassigned reserved reserved reserved"})

    def test_text_of_a_nameless_row_says_its_state(self):
        for text, state in (
                ("any private mail system", "assigned"),
                ("Any Private file service", "assigned"),
                ("Unassigned [was netstat]", "unassigned"),
                ("Now UNASSIGNED", "unassigned"),
                ("Reserved", "reserved"),
                ("De-registered", "reserved"),
                ("", "reserved")):
            with self.subTest(text=text):
                self.assert_states([Row("", "24", "tcp", text)], {24: state})

    def test_every_state_takes_seconds_at_most(self):
        registry = Registry([Row("", "0-49151", "", "Unassigned")])
        states = {registry.state(port, transport)
                  for port in range(registry_reader.LAST_PORT + 1)
                  for transport in registry_reader.TRANSPORTS}
        self.assertEqual(states, {"unassigned", "dynamic"})


class NamesTest(unittest.TestCase):
    """Checks rows found by slot and by name."""

    ROWS = [
        Row("http", "80", "tcp", "World Wide Web HTTP"),
        Row("http", "80", "udp", "World Wide Web HTTP"),
        Row("www", "80", "tcp", "World Wide Web HTTP"),
        Row("", "81", "", "Unassigned"),
        Row("flex-lm", "27000-27009", "", "FLEX LM (1-10)"),
        Row("HTTP", "", "tcp", "A name without a port"),
    ]

    def test_names_of_a_slot_keep_the_order_of_the_file(self):
        names = Registry(self.ROWS).names_by_slot
        self.assertEqual(names[80, "tcp"], ["http", "www"])
        self.assertEqual(names[80, "udp"], ["http"])
        self.assertNotIn((81, "tcp"), names)

    def test_named_row_without_transport_names_every_transport(self):
        names = Registry(self.ROWS).names_by_slot
        for transport in registry_reader.TRANSPORTS:
            self.assertEqual(names[27009, transport], ["flex-lm"])
        self.assertNotIn((27010, "tcp"), names)

    def test_rows_by_name_ignores_case_and_finds_names_without_a_port(self):
        rows = Registry(self.ROWS).rows_by_name("Http")
        self.assertEqual(rows, [self.ROWS[0], self.ROWS[1], self.ROWS[5]])
        self.assertIsNone(rows[2].first_port)
        self.assertIsNone(rows[2].last_port)
        self.assertEqual(Registry(self.ROWS).rows_by_name(""), [])


class LoadTest(unittest.TestCase):
    """Loads files with IANA's columns."""

    def load(self, content: str) -> Registry:
        """Loads the content from a file."""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "registry.csv"
            path.write_bytes(content.encode("utf-8"))
            return registry_reader.load(path)

    def test_quoted_fields_may_hold_line_breaks(self):
        row = 'a,1-2,tcp,"two\nlines, ""quoted""",,,,,,,,'
        for line_end in ("\n", "\r\n"):
            registry = self.load(HEADER + line_end + row + line_end)
            self.assertEqual(registry.rows, [
                Row("a", "1-2", "tcp", 'two\nlines, "quoted"')])
            self.assertEqual(registry.rows[0].first_port, 1)
            self.assertEqual(registry.rows[0].last_port, 2)
            self.assertEqual(registry.rows[0].width, 2)

    def test_former_name_of_the_eleventh_column_is_known(self):
        header = HEADER.replace("Unauthorized Use Reported",
                                "Known Unauthorized Uses")
        registry = self.load(header + "\na,1,tcp,,,,,,,,yes,\n")
        self.assertEqual(registry.rows[0].unauthorized_use, "yes")

    def test_columns_are_found_by_name(self):
        header = "Owner," + HEADER
        registry = self.load(header + "\nme,a,1,tcp,,,,,,,,,\n")
        self.assertEqual(registry.rows, [Row("a", "1", "tcp", "")])

    def test_missing_column_and_short_row_are_refused(self):
        for content in ("", "Service Name\n", HEADER + "\na,1,tcp\n"):
            with self.subTest(content=content):
                self.assertRaises(ValueError, self.load, content)


if __name__ == "__main__":
    unittest.main()
