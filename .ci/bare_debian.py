#!/usr/bin/python3 -B
"""Runs deploy/quickstart.sh and tests/run.sh as a stranger on a fresh machine does.

    .ci/bare_debian.py RELEASE [DIRECTORY]

RELEASE is a release of Debian, such as trixie. Its minimal system, as
debootstrap makes it, gets a copy of this tree in DIRECTORY, and is removed at
the end with every process in it. Needs root; see tests/install/debian_root.py
for the mirror. The minimal system, packages and compiled objects are kept in
build/bare_debian for the next time, and what the commands write in
build/bare_debian/RELEASE.log.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

SOURCE_DIR = pathlib.Path(__file__).resolve().parents[1]
WORK_DIR = SOURCE_DIR / "build/bare_debian"
os.environ["PORTREG_INSTALL_WORK"] = str(WORK_DIR)
sys.path[:0] = [str(SOURCE_DIR / "tests/install")]

import debian_root

QUICKSTART = "deploy/quickstart.sh"
TESTS = "tests/run.sh"
# A path that is awkward and still one that people have.
DEFAULT_DIRECTORY = "/home/some one/portreg"
COMMAND_SECONDS = 3000
LINES_OF_A_FAILURE = 150

# Runs a command in the root $1, in its directory $2, with /proc and /dev and the
# compiler cache $3. The mounts and all processes end with it: they belong to
# namespaces of their own.
IN_ROOT = """
exec unshare --mount --propagation=private --pid --fork --kill-child sh -c '
  root=$1 directory=$2 cache=$3
  shift 3
  mount -t proc proc "$root/proc" &&
    mount --rbind /dev "$root/dev" &&
    mount --bind "$cache" "$root/var/cache/ccache" || exit 99
  chroot "$root" sh -c "cd \\"\\$0\\" && exec \\"\\$@\\"" "$directory" "$@"
' sh "$@"
"""


def copy_tree(target: pathlib.Path):
    """Copies the tree as it is, committed or not, without what git ignores."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=SOURCE_DIR, capture_output=True, timeout=60, check=True).stdout
    for name in map(os.fsdecode, filter(None, listed.split(b"\0"))):
        if (SOURCE_DIR / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(SOURCE_DIR / name, target / name)


class FreshMachine:
    """A bare Debian with a copy of the tree in a directory."""

    def __init__(self, root: debian_root.DebianRoot, directory: str, log):
        self._root = root
        self._directory = directory
        self._log = log
        self._cache = WORK_DIR / "ccache"
        self._cache.mkdir(exist_ok=True)
        # No language, no terminal, nothing of the host but a proxy.
        self._environment = {name: value for name, value in debian_root.ENVIRONMENT.items()
                             if name in ("PATH", "HOME") or name.lower().endswith("_proxy")}
        (root.path / "var/cache/ccache").mkdir(parents=True)
        self._environment["CCACHE_DIR"] = "/var/cache/ccache"
        copy_tree(root.path / directory[1:])
        if iana_csv := os.environ.get("PORTREG_IANA_CSV"):
            shutil.copy(iana_csv, root.path / "iana.csv")
            self._environment["PORTREG_IANA_CSV"] = "/iana.csv"

    def run(self, *command: str) -> bool:
        """Runs a command of the tree; returns false unless it exits 0."""
        start = time.monotonic()
        with subprocess.Popen(
                ["sh", "-c", IN_ROOT, "sh", self._root.path, self._directory, self._cache,
                 f"./{command[0]}", *command[1:]],
                env=self._environment, stdin=subprocess.DEVNULL, stdout=self._log,
                stderr=subprocess.STDOUT) as process:
            try:
                status = process.wait(COMMAND_SECONDS)
            except BaseException:
                process.kill()
                raise
        self._root.keep_archives()
        print(f"{' '.join(command)}: exit code {status} after {time.monotonic() - start:.0f} s", flush=True)
        return status == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("release")
    parser.add_argument("directory", nargs="?", default=DEFAULT_DIRECTORY)
    arguments = parser.parse_args()
    if not arguments.directory.startswith("/"):
        parser.error(f"{arguments.directory} is not an absolute path")

    WORK_DIR.mkdir(parents=True, exist_ok=True)
    log = WORK_DIR / f"{arguments.release}.log"
    with open(log, "wb") as written, debian_root.DebianRoot(arguments.release) as root:
        # Both commands use it where it is installed, and need it nowhere.
        root.install("ccache")
        machine = FreshMachine(root, arguments.directory, written)
        # A connection of Debian 13's own Python client fails now and then with "Invalid
        # argument", whatever the server does. So what failed is run once more.
        passed = machine.run(QUICKSTART) and (
            machine.run(TESTS) or machine.run(TESTS, "--rerun-failed"))
    lines = log.read_text(errors="replace").splitlines()
    if not passed:
        print(*lines[-LINES_OF_A_FAILURE:], sep="\n", file=sys.stderr)
        return 1
    print(*(line for line in lines if re.match(r"\d+% tests passed", line)), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
