"""Provides the common parts of tests of the tool's refusals and failures."""

import unittest

# One command line for each kind of call, each of which finds something.
COMMANDS = (("443",), ("20-21",), ("classify", "443"), ("list",), ("info",),
            ("search", "smtp"))


class ToolTestCase(unittest.TestCase):
    """Asserts the form of the tool's error messages."""

    def assert_one_complaint(self, outcome, *parts: str):
        """Checks that stdout is empty, and that stderr is one line with all `parts`."""
        self.assertRegex(outcome.stderr, r"\A[^\n]+\n\Z")
        for part in parts:
            self.assertIn(part, outcome.stderr)
        self.assertEqual(outcome.stdout, "")
