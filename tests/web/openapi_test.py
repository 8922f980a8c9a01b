"""Tests that the OpenAPI description is valid, and that the door keeps it.

    PORTREGD=portregd PORTREG_NODE=node PORTREG_NODE_DIRECTORY=packages \\
        python3 openapi_test.py
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import web  # first: adds the folders of the modules below

import processes
import question_table
from node_packages import installed, node
from processes import SOURCE_DIR

HERE = pathlib.Path(__file__).resolve().parent
MAKER = SOURCE_DIR / "server/web_protocol/make_openapi.py"
# A value of each parameter that has no example.
VALUES = {"q": "http", "transport": "tcp", "layer": "iana", "view": "full",
          "scope": "eu", "first": 80, "last": 443, "include_portless": "true",
          "max_results": 3}


class OpenApiTest(unittest.TestCase):
    """openapi.json of a door whose records have every field."""

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(
            web.Door(*question_table.SERVER_FLAGS))
        cls.description = cls.server.get("/openapi.json").json()

    def test_it_is_what_the_contract_makes(self):
        done = subprocess.run([sys.executable, "-B", MAKER, "--check"],
                              timeout=web.SECONDS, check=False)
        self.assertEqual(done.returncode, 0)
        self.assertEqual(self.description, json.loads(
            (MAKER.parent / "openapi.json").read_text("utf-8")))

    def operations(self):
        """Each path with its parameters."""
        for path, item in self.description["paths"].items():
            yield path, item["get"]

    def filled(self, path: str, operation: dict) -> str:
        """A path with its examples in place of its parameters."""
        for parameter in operation["parameters"]:
            if parameter["in"] == "path":
                path = path.replace(f"{{{parameter['name']}}}",
                                    str(parameter["example"]))
        return path

    def test_it_is_valid_and_answers_keep_their_schemas(self):
        answers = []
        for path, operation in self.operations():
            content = operation["responses"]["200"]["content"]
            (media_type, media), = content.items()
            schema = media["schema"]["$ref"].rpartition("/")[2]
            required = {parameter["name"]: VALUES[parameter["name"]]
                        for parameter in operation["parameters"]
                        if parameter.get("required") and parameter["in"] == "query"}
            every = {parameter["name"]: VALUES[parameter["name"]]
                     for parameter in operation["parameters"]
                     if parameter["name"] in VALUES}
            for parameters in (required, every):
                answer = self.server.get(
                    web.target(self.filled(path, operation), parameters))
                self.assertEqual((answer.status, answer.headers["Content-Type"]),
                                 (200, media_type), (path, parameters))
                answers += [{"schema": schema, "answer": each} for each in (
                    answer.lines() if "ndjson" in media_type else [answer.json()])]
            error = self.server.get(self.filled(path, operation) + "?nonsense=1")
            self.assertEqual(error.status, 400)
            answers.append({"schema": "Error", "answer": error.json()})
        with tempfile.TemporaryDirectory() as directory:
            files = [pathlib.Path(directory, name) for name in ("d.json", "a.json")]
            files[0].write_text(json.dumps(self.description))
            files[1].write_text(json.dumps(answers))
            done = subprocess.run(
                [node(), installed(HERE / "openapi.mjs"), *files],
                env=processes.environment(), capture_output=True, text=True,
                timeout=3 * web.SECONDS, check=False)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_the_door_takes_the_parameters_that_it_lists(self):
        for path, operation in self.operations():
            listed = {parameter["name"] for parameter in operation["parameters"]
                      if parameter["in"] == "query"}
            refusal = self.server.get(
                self.filled(path, operation) + "?nonsense=1").json()["message"]
            allowed = refusal.partition("allowed are ")[2]
            self.assertEqual(set(filter(None, allowed.split(", "))), listed, path)


if __name__ == "__main__":
    unittest.main()
