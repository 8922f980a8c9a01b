"""Reads deploy/container/Containerfile, for tests.

    stages()["runtime"].packages()
"""

import os
import re
import shlex
import subprocess
from typing import NamedTuple

import deploy_paths

PATH = deploy_paths.DEPLOY_DIR / "container/Containerfile"
# An argument that begins like this is an option of apt-get, and no package.
OPTION = "-"
COMMAND_SECONDS = 30


class Stage(NamedTuple):
    """A FROM and the lines after it, in order: (instruction, arguments)."""

    base: str
    lines: list[tuple[str, str]]

    def all(self, instruction: str) -> list[str]:
        """Returns the arguments of every such instruction."""
        return [arguments for each, arguments in self.lines if each == instruction]

    def packages(self) -> list[str]:
        """Returns the packages that its RUN lines install and name."""
        return [word for command in self.all("RUN")
                for part in command.split("&&") if "apt-get install" in part
                for word in shlex.split(part.partition("<")[0].partition("install")[2])
                if not word.startswith(OPTION)]


def runtime_packages() -> list[str]:
    """Returns what the script runtime_packages finds that this build's programs need."""
    return subprocess.run(
        [deploy_paths.DEPLOY_DIR / "container/runtime_packages", os.environ["PORTREGD"],
         os.environ["PORTREG"]],
        capture_output=True, text=True, timeout=COMMAND_SECONDS, check=True).stdout.split()


def stages() -> dict[str, Stage]:
    """Returns the stages by their names, in order."""
    text = re.sub(r"^#.*\n", "", PATH.read_text(), flags=re.MULTILINE)
    found: dict[str, Stage] = {}
    for line in text.replace("\\\n", " ").splitlines():
        instruction, _, arguments = line.strip().partition(" ")
        if instruction == "FROM":
            base, _, name = arguments.partition(" AS ")
            found[name] = Stage(base, [])
        elif instruction and found:
            found[list(found)[-1]].lines.append((instruction, arguments.strip()))
    return found
