"""Installs the build, and builds users' projects against it, for tests.

    installation.install(prefix, "dev")
    installation.build(source, directory, f"-DCMAKE_PREFIX_PATH={prefix}")

The environment has these variables: PORTREG_BUILD_DIR, the build to install;
PORTREG_INSTALL_WORK, a directory for the results, the same one each time so
that a compiler cache recognises it; PORTREG_CMAKE; PORTREG_GENERATOR; CXX and
CMAKE_CXX_COMPILER_LAUNCHER. Every command has a time limit.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.path[:0] = [str(
    pathlib.Path(__file__).resolve().parents[1] / "integration")]

import processes
from processes import SOURCE_DIR

BUILD_DIR = pathlib.Path(os.environ["PORTREG_BUILD_DIR"])
WORK_DIR = pathlib.Path(os.environ["PORTREG_INSTALL_WORK"])
CMAKE = os.environ["PORTREG_CMAKE"]
GENERATOR = os.environ["PORTREG_GENERATOR"]
COMPILER = [*filter(None, [os.environ.get("CMAKE_CXX_COMPILER_LAUNCHER")]),
            os.environ["CXX"]]
COMMAND_SECONDS = 300

# Variables that would make a user's build search outside the prefix.
FOREIGN = ("CMAKE_PREFIX_PATH", "CPATH", "CPLUS_INCLUDE_PATH", "DESTDIR",
           "LIBRARY_PATH", "LD_LIBRARY_PATH", "PKG_CONFIG_PATH")


def environment(variables: dict[str, str] | None = None) -> dict[str, str]:
    """Returns the environment without variables that change a build, plus variables."""
    kept = {name: value for name, value in processes.environment().items()
            if name not in FOREIGN}
    return {**kept, **(variables or {})}


def attempt(*command: object, cwd: pathlib.Path = WORK_DIR,
            variables: dict[str, str] | None = None,
            seconds: float = COMMAND_SECONDS) -> subprocess.CompletedProcess:
    """Runs a command to its end; its stdout includes its stderr."""
    return subprocess.run(
        [str(each) for each in command], cwd=cwd, env=environment(variables),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=seconds,
        check=False)


def run(*command: object, **options) -> str:
    """Runs a command like attempt(), and returns the output.

    Raises AssertionError, with the output, unless the command exits with 0.
    """
    done = attempt(*command, **options)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}: exit code "
                             f"{done.returncode}\n{done.stdout}")
    return done.stdout


def fresh_directory(name: str) -> pathlib.Path:
    """Returns an empty directory of that name in the working directory."""
    directory = WORK_DIR / name
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return directory


def install(prefix: pathlib.Path, *components: str):
    """Installs components of the build, or all of it if none is given."""
    for component in components or (None,):
        run(CMAKE, "--install", BUILD_DIR, "--prefix", prefix,
            *(["--component", component] if component else []))


def files_of(prefix: pathlib.Path) -> set[str]:
    """Returns the paths of the files in a prefix."""
    return {str(path.relative_to(prefix)) for path in prefix.rglob("*")
            if not path.is_dir()}


def names_of_files_in(directory: pathlib.Path, content: bytes) -> list[bytes]:
    """Returns the absolute paths in `content` of files and directories in `directory`.

    Compares with existing names, because a directory as short as /src also
    occurs in the middle of other paths, such as ./src/core of gRPC's own
    sources.
    """
    children = b"|".join(sorted(re.escape(os.fsencode(child.name))
                                for child in directory.iterdir()))
    return [found[0] for found in re.finditer(
        rb"(?:(?<![\w.+~-])|(?<=-[IL]))" + re.escape(os.fsencode(directory)) + rb"/(?:" + children
        + rb")\b[\w./+~-]*", content)] if children else []


def configure(source: pathlib.Path, directory: pathlib.Path,
              *definitions: str) -> str:
    """Configures a user's project and returns CMake's output."""
    return run(CMAKE, "-S", source, "-B", directory, "-G", GENERATOR,
               *definitions)


def build(source: pathlib.Path, directory: pathlib.Path, *definitions: str):
    """Configures and builds a user's project."""
    configure(source, directory, *definitions)
    run(CMAKE, "--build", directory, "--parallel", "2")


def one_file(directory: pathlib.Path, name: str) -> pathlib.Path:
    """Returns the only file of that name in a directory or below."""
    found = list(directory.rglob(name))
    if len(found) != 1:
        raise AssertionError(f"{name} in {directory}: {found}")
    return found[0]
