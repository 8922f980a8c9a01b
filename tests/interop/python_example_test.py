"""Runs the Python example as its README describes, against a real server.

    PORTREGD=portregd python3 python_example_test.py
"""

import pathlib
import sys
import unittest

sys.path[:0] = [
    str(pathlib.Path(__file__).resolve().parents[1] / "integration")]

import portreg_proto
import processes
from example import EXAMPLES, ExampleChecks, run


class PythonExampleTest(ExampleChecks, unittest.TestCase):
    """Runs client/examples/python."""

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(processes.Portregd())

    def run_example(self, target: str):
        """Runs the example with modules generated from the .proto files."""
        modules = pathlib.Path(portreg_proto.pb.__file__).parents[2]
        return run([sys.executable, "-B", EXAMPLES / "python" / "lookup.py",
                    target], variables={"PYTHONPATH": str(modules)})


if __name__ == "__main__":
    unittest.main()
