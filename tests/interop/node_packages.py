"""Prepares the directory in which the Node.js tests run, with the packages they need.

PORTREG_NODE_DIRECTORY names it; npm has installed the packages there. Node.js
looks for packages beside a program, so a program is copied into the directory.
"""

import os
import pathlib
import shutil


def node() -> str:
    """Returns the program node. Raises RuntimeError if none is named."""
    return _variable("PORTREG_NODE")


def installed(program: pathlib.Path) -> pathlib.Path:
    """Copies a program to the directory of its packages; returns the copy."""
    directory = pathlib.Path(_variable("PORTREG_NODE_DIRECTORY"))
    if not (directory / "node_modules").is_dir():
        raise RuntimeError(f"there are no packages in {directory}")
    return pathlib.Path(shutil.copy(program, directory))


def _variable(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise RuntimeError(f"{name} must be set")
    return value
