"""Runs table_test.mjs, which puts the table of questions by Node.js, and the example.

    PORTREGD=portregd PORTREG_NODE=node PORTREG_NODE_DIRECTORY=packages \\
        python3 node_table_test.py
"""

import json
import pathlib
import sys
import unittest

sys.path[:0] = [
    str(pathlib.Path(__file__).resolve().parents[1] / "integration")]

import processes
import question_table
from example import EXAMPLES, ExampleChecks, run
from node_packages import installed, node
from portreg_proto import PROTO_DIR


class NodeTableTest(unittest.TestCase):
    """Puts questions.json by grpc-js."""

    def ask_the_table(self, flags, questions):
        """Runs table_test.mjs against a server with these flags."""
        with (processes.Portregd(*flags) as server,
              processes.Portregd() as other):
            return run([
                node(), installed(question_table.DIRECTORY / "table_test.mjs"),
                f"--target={server.address}",
                f"--other-target={other.address}", f"--proto={PROTO_DIR}",
                f"--questions={questions}"])

    def test_every_question_is_answered_as_the_table_wants(self):
        done = self.ask_the_table(question_table.SERVER_FLAGS,
                                  question_table.QUESTIONS_FILE)
        questions = len(question_table.load())
        self.assertEqual(
            (done.returncode, done.stdout, done.stderr),
            (0, f"{questions} questions, 0 answered wrongly\n", ""))


class NodeExampleTest(ExampleChecks, unittest.TestCase):
    """Runs client/examples/node."""

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(processes.Portregd())

    def run_example(self, target: str):
        """Runs the example with the packages of the tests."""
        return run([node(), installed(EXAMPLES / "node" / "lookup.mjs"),
                    target, PROTO_DIR])

    def test_it_needs_the_packages_that_the_tests_have(self):
        packages = [json.loads((directory / "package.json").read_text())
                    for directory in (EXAMPLES / "node",
                                      question_table.DIRECTORY)]
        self.assertEqual(packages[0]["dependencies"],
                         packages[1]["dependencies"])


if __name__ == "__main__":
    unittest.main()
