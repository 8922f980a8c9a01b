"""Runs a checker of common/embedded over a table."""

import pathlib
import subprocess
import sys
import tempfile

EMBEDDED = pathlib.Path(__file__).resolve().parents[2] / "common/embedded"


def faults(checker: str, table: str) -> str:
    """Returns the lines that the checker prints. Checks that its exit code agrees with them."""
    with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8") as file:
        file.write(table)
        file.flush()
        done = subprocess.run([sys.executable, "-B", EMBEDDED / checker, file.name],
                              capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == (1 if done.stdout else 0), done
    return done.stdout
