"""What the tests of the tool's refusals and failures have in common."""

import unittest

# A command line of each kind of call, each of which finds something.
COMMANDS = (("443",), ("20-21",), ("classify", "443"), ("list",), ("info",),
            ("search", "https"))


class ToolTestCase(unittest.TestCase):
    """Asserts how the tool complains."""

    def assert_one_complaint(self, outcome, *parts: str):
        """Nothing on stdout, and one line on stderr that holds `parts`."""
        self.assertRegex(outcome.stderr, r"\A[^\n]+\n\Z")
        for part in parts:
            self.assertIn(part, outcome.stderr)
        self.assertEqual(outcome.stdout, "")
