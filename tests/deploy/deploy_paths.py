"""Names the files to test; adds the other tests' modules to the path."""

import os
import pathlib
import sys

SOURCE_DIR = pathlib.Path(os.environ.get(
    "PORTREG_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
DEPLOY_DIR = SOURCE_DIR / "deploy"

sys.path[:0] = [str(SOURCE_DIR / "tests" / name) for name in ("integration", "interop", "operations")]
