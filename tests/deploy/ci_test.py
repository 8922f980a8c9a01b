"""Runs the jobs and hooks of deploy/ci, as far as possible without their hosts.

    PORTREGD=portregd PORTREG=portreg python3 ci_test.py

Runs the commands in the YAML files in the shells that the hosts' runners use,
with the built tool on the path. Needs git.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import deploy_paths
import tool
import yaml
from processes import EXIT_SECONDS, Outcome

CI_DIR = deploy_paths.DEPLOY_DIR / "ci"
COLUMNS = "Service Name,Port Number,Transport Protocol,Description,Owner\n"
GOOD = COLUMNS + "billing,7888,tcp,,pay@example.net\n"
COLLIDING = GOOD + "audit,7888,tcp,,sec@example.net\n"


def load(name: str):
    """Returns a YAML file of deploy/ci."""
    # BaseLoader reads all values as text, because YAML 1.1 reads the key "on"
    # as a boolean.
    return yaml.load((CI_DIR / name).read_text("utf-8"), Loader=yaml.BaseLoader)


class CiTestCase(unittest.TestCase):
    """Gives each test a directory with the tool on its path."""

    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.repository = self.directory / "repository"
        (self.repository / "ports").mkdir(parents=True)
        self.programs = self.directory / "bin"
        self.programs.mkdir()
        (self.programs / "portreg").symlink_to(pathlib.Path(tool.portreg_path()).resolve())

    def write(self, text: str, name: str = "ports/local.csv"):
        (self.repository / name).write_text(text, "utf-8")

    def run_here(self, *command: str) -> Outcome:
        """Runs a command in the repository."""
        variables = {"PATH": f"{self.programs}:{os.environ['PATH']}", "HOME": str(self.directory),
                     "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b.c",
                     "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b.c"}
        done = subprocess.run(command, cwd=self.repository, env=variables, capture_output=True,
                              text=True, timeout=EXIT_SECONDS, check=False)
        return Outcome(done.returncode, done.stdout, done.stderr, 0)


class GithubTest(CiTestCase):
    """Runs github-check.yml."""

    def job(self) -> dict:
        return load("github-check.yml")["jobs"]["check"]

    def run_job(self) -> Outcome:
        """Runs the steps that have a command, as the runner does: bash -e."""
        commands = [step["run"] for step in self.job()["steps"] if "run" in step]
        self.assertEqual(len(commands), 1)
        return self.run_here("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", commands[0])

    def test_it_asks_for_no_right_that_it_does_not_need(self):
        workflow = load("github-check.yml")
        self.assertEqual(workflow["permissions"], {"contents": "read"})
        self.assertEqual(set(workflow["on"]), {"pull_request", "push"})
        self.assertIn("portregd:0.1.0", self.job()["container"]["image"])
        self.assertIn("timeout-minutes", self.job())

    def test_good_tables_pass(self):
        self.write(GOOD)
        self.assertEqual(self.run_job().code, 0)

    def test_a_collision_fails_and_annotates_its_line(self):
        self.write(COLLIDING)
        outcome = self.run_job()
        self.assertEqual(outcome.code, 3)
        self.assertRegex(outcome.stdout, re.compile(
            r"^::error file=ports/local\.csv,line=3,title=claims-collide::", re.MULTILINE))


class GitlabTest(CiTestCase):
    """Runs gitlab-check.yml."""

    def job(self) -> dict:
        return load("gitlab-check.yml")["check-ports"]

    def run_section(self, section: str) -> Outcome:
        return self.run_here("sh", "-ec", "\n".join(self.job()[section]))

    def test_the_image_is_started_without_its_entrypoint(self):
        self.assertEqual(self.job()["image"]["entrypoint"], [""])

    def test_a_collision_fails_and_leaves_a_report(self):
        for text, code, count in ((GOOD, 0, 0), (COLLIDING, 3, 1)):
            self.write(text)
            self.assertEqual(self.run_section("script").code, code)
            self.assertEqual(self.run_section("after_script").code, 0)
            (artifact,) = self.job()["artifacts"]["paths"]
            report = json.loads((self.repository / artifact).read_text("utf-8"))
            errors = [result for result in report["runs"][0]["results"]
                      if result["level"] == "error"]
            self.assertEqual(len(errors), count)
            for error in errors:
                place = error["locations"][0]["physicalLocation"]
                self.assertEqual(place["artifactLocation"]["uri"], "ports/local.csv")


class HookTest(CiTestCase):
    """Runs pre-commit, in a repository of git."""

    def setUp(self):
        super().setUp()
        self.git("init", "--quiet")
        shutil.copy(CI_DIR / "pre-commit", self.repository / ".git/hooks/pre-commit")

    def git(self, *arguments: str) -> Outcome:
        outcome = self.run_here("git", *arguments)
        self.assertEqual(outcome.code, 0, outcome)
        return outcome

    def commit(self) -> Outcome:
        return self.run_here("git", "commit", "--quiet", "--message=Change")

    def test_a_collision_keeps_a_commit_from_being_made(self):
        self.write(GOOD)
        self.git("add", "ports")
        self.assertEqual(self.commit().code, 0)
        self.write(COLLIDING)
        self.git("add", "ports")
        refused = self.commit()
        self.assertNotEqual(refused.code, 0)
        self.assertIn("ports/local.csv:3: error claims-collide: ", refused.stdout + refused.stderr)
        self.assertEqual(self.git("rev-list", "--count", "HEAD").stdout, "1\n")

    def test_what_is_staged_counts_and_not_the_working_tree(self):
        self.write(GOOD)
        self.git("add", "ports")
        self.write(COLLIDING)
        self.assertEqual(self.commit().code, 0)
        self.git("add", "ports")
        self.write(GOOD)
        self.assertNotEqual(self.commit().code, 0)

    def test_tables_that_stay_are_checked_with_those_that_change(self):
        self.write(GOOD)
        self.git("add", "ports")
        self.assertEqual(self.commit().code, 0)
        self.write(COLUMNS + "audit,7888,tcp,,sec@example.net\n", "ports/more.csv")
        self.git("add", "ports")
        self.assertNotEqual(self.commit().code, 0)

    def test_commits_of_other_files_are_not_checked(self):
        self.write(COLLIDING)
        self.git("add", "ports")
        self.git("commit", "--quiet", "--no-verify", "--message=Skip")
        self.write("text", "other.txt")
        self.git("add", "other.txt")
        (self.programs / "portreg").unlink()
        self.assertEqual(self.commit().code, 0)

    def test_tables_are_named_in_the_configuration(self):
        self.git("config", "portreg.tables", "my ports.csv,ports")
        self.write(GOOD)
        self.write(COLUMNS + "audit,7888,tcp,,sec@example.net\n", "my ports.csv")
        self.git("add", ".")
        refused = self.commit()
        self.assertNotEqual(refused.code, 0)
        self.assertIn("claims-collide", refused.stdout + refused.stderr)

    def test_a_commit_may_remove_the_only_table(self):
        self.write(GOOD)
        self.write("text", "ports/README")
        self.git("add", "ports")
        self.assertEqual(self.commit().code, 0)
        self.git("rm", "--quiet", "ports/local.csv")
        outcome = self.commit()
        self.assertEqual(outcome.code, 0, outcome)

    def test_a_path_may_be_without_tables(self):
        self.git("config", "portreg.tables", "later.csv,ports/,later")
        self.write(GOOD)
        self.git("add", "ports")
        outcome = self.commit()
        self.assertEqual(outcome.code, 0, outcome)
        self.write(COLLIDING)
        self.git("add", "ports")
        self.assertNotEqual(self.commit().code, 0)

    def test_a_missing_program_is_named(self):
        self.git("config", "portreg.program", "no-such-program")
        self.write(GOOD)
        self.git("add", "ports")
        refused = self.commit()
        self.assertNotEqual(refused.code, 0)
        self.assertIn("no-such-program", refused.stderr)

    def test_the_shell_script_has_no_slip(self):
        done = subprocess.run(["shellcheck", CI_DIR / "pre-commit"], capture_output=True,
                              text=True, timeout=EXIT_SECONDS, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""))


class PreCommitTest(CiTestCase):
    """Checks pre-commit-hooks.yaml."""

    def test_the_entry_checks_the_tables(self):
        (hook,) = load("pre-commit-hooks.yaml")
        # pre-commit requires these keys of a hook.
        self.assertLessEqual({"id", "name", "entry", "language"}, set(hook))
        self.assertEqual(hook["pass_filenames"], "false")
        for name, changed in (("ports/a.csv", True), ("ports/eu/b.csv", True),
                              ("ports/README.md", False), ("other.csv", False)):
            self.assertEqual(bool(re.search(hook["files"], name)), changed, name)
        for text, code in ((GOOD, 0), (COLLIDING, 3)):
            self.write(text)
            self.assertEqual(self.run_here(*hook["entry"].split(), *hook["args"]).code, code)


if __name__ == "__main__":
    unittest.main()
