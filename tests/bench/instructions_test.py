"""Bounds what a plain question costs the server beside an empty call, in instructions.

The programs come from the directory that BENCH_BINARIES names.
"""

import os
import pathlib
import unittest

import instructions
from rows import Settings, ratios

# Of the instructions of an empty call; what is measured lies in README.md.
BOUNDS = {"port": 1.05, "name": 1.08, "classify": 1.07}


class InstructionsTest(unittest.TestCase):
    """Within one server, one after the other, so that start and addresses are the same."""

    def test_a_stored_reply_costs_hardly_more_than_none(self) -> None:
        binaries = pathlib.Path(os.environ["BENCH_BINARIES"])
        settings = Settings(binaries, pathlib.Path(), pathlib.Path(), instructions.ROUNDS)
        counts = instructions.per_call(settings, ["empty", *BOUNDS], instructions.ROUNDS)
        for workload, bound in BOUNDS.items():
            # Whatever else threads do, such as to meet at a lock, only adds.
            fewest = min(counts["empty"])
            ratio = min(counts[workload]) / fewest
            each = ratios(counts[workload], counts["empty"])
            shown = " ".join(f"{one:.4f}" for one in each)
            print(f"{workload}: {ratio:.4f} of {fewest:.0f} ({shown})")
            with self.subTest(workload=workload):
                self.assertLessEqual(ratio, bound, shown)


if __name__ == "__main__":
    unittest.main()
