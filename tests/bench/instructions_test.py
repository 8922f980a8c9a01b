"""Bounds the instructions that a plain question costs the server, by those of an empty call.

The programs come from the directory that BENCH_BINARIES names.
"""

import os
import pathlib
import unittest

import instructions
from rows import Settings, ratios

# The bounds as multiples of an empty call's instructions; README.md has the
# measured values.
BOUNDS = {"port": 1.05, "name": 1.08, "classify": 1.07}


class InstructionsTest(unittest.TestCase):
    """Measures within one server, so that its start and its addresses are the same."""

    def test_a_stored_reply_costs_hardly_more_than_none(self) -> None:
        binaries = pathlib.Path(os.environ["BENCH_BINARIES"])
        settings = Settings(binaries, pathlib.Path(), pathlib.Path(), instructions.ROUNDS)
        counts = instructions.per_call(settings, ["empty", *BOUNDS], instructions.ROUNDS)
        for workload, bound in BOUNDS.items():
            # Uses the fewest, because threads that wait for a lock only add
            # instructions.
            fewest = min(counts["empty"])
            ratio = min(counts[workload]) / fewest
            each = ratios(counts[workload], counts["empty"])
            shown = " ".join(f"{one:.4f}" for one in each)
            print(f"{workload}: {ratio:.4f} of {fewest:.0f} ({shown})")
            with self.subTest(workload=workload):
                self.assertLessEqual(ratio, bound, shown)


if __name__ == "__main__":
    unittest.main()
