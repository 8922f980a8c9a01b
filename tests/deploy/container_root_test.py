"""Runs the final stages of the Containerfile in a bare Debian.

    PORTREGD=portregd PORTREG=portreg python3 container_root_test.py

Installs the packages of the stage runtime, copies the programs, makes all files
read-only, and runs the programs as the image's user without any capability.
Needs root; see ../install/debian_root.py for the Debian.
"""

import os
import shutil
import sys
import unittest

import containerfile
import deploy_paths
from processes import Portregd

sys.path[:0] = [str(deploy_paths.SOURCE_DIR / "tests/install")]

import debian_root
from client import Client

# Runs its arguments in the directory $1 as in a container: --read-only,
# --cap-drop=all, no-new-privileges, as user $2.
CONTAINER = """
root=$1 user=$2
shift 2
exec unshare --mount --propagation=private sh -c '
  root=$1 user=$2
  shift 2
  mount --bind "$root" "$root" && mount -o remount,bind,ro "$root" || exit 99
  exec chroot "$root" /usr/bin/setpriv --reuid="${user%:*}" --regid="${user#*:}" \
    --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs "$@"
' sh "$root" "$user" "$@"
"""


class ImageTest(unittest.TestCase):
    """Runs the programs in a Debian with the image's contents."""

    @classmethod
    def setUpClass(cls):
        cls.stages = containerfile.stages()
        cls.root = cls.enterClassContext(debian_root.DebianRoot())
        # Readable for all like /, because the directory is made for root only.
        cls.root.path.chmod(0o755)
        cls.root.install(*cls.stages["runtime"].packages(), *containerfile.runtime_packages())
        for name in ("PORTREGD", "PORTREG"):
            target = cls.root.path / "usr/bin" / name.lower()
            shutil.copy(os.environ[name], target)
            target.chmod(0o755)

    def wrapper(self) -> list[str]:
        """Returns the command that runs another one as in a container of the image."""
        return ["sh", "-c", CONTAINER, "sh", str(self.root.path),
                self.stages["portregd"].all("USER")[0]]

    def in_container(self, *command: str) -> str:
        """Runs a command to its end; it must exit with 0."""
        return debian_root.run([*self.wrapper(), *command], debian_root.COMMAND_SECONDS)

    def test_it_is_read_only_and_without_power(self):
        self.assertIn("65532", self.in_container("id", "-u"))
        with self.assertRaisesRegex(AssertionError, "Read-only file system"):
            self.in_container("touch", "/tmp/file")

    def test_the_programs_find_their_libraries(self):
        for program in ("/usr/bin/portregd", "/usr/bin/portreg"):
            self.assertNotIn("not found", self.in_container("ldd", program))

    def test_portregd_serves(self):
        # Runs the installed program in place of the build's.
        installed = ("sh", "-c", 'shift; exec /usr/bin/portregd "$@"', "sh")
        with Portregd(wrapper=(*self.wrapper(), *installed)) as server:
            self.assertEqual(Client(server.channel()).lookup(port=443).records[0].service, "HTTPS")
            said = self.in_container("/usr/bin/portreg", "--target", server.address,
                                     "--short", "443")
            self.assertEqual(said.splitlines()[0], "https")

    def test_portreg_refresh_runs_with_the_packages_of_its_stage(self):
        self.root.install(*self.stages["portreg-refresh"].packages())
        directory = self.root.path / "usr/lib/portreg"
        directory.mkdir(parents=True)
        shutil.copy(deploy_paths.DEPLOY_DIR / "refresh/portreg-refresh", directory)
        for program in ("bash", "curl", "flock", "sha256sum", "portregd", "portreg"):
            self.in_container("sh", "-c", f"command -v {program}")
        self.assertIn("--seed", self.in_container("/usr/lib/portreg/portreg-refresh", "--help"))
        # Runs as the init container of the Kubernetes overlay does: in a
        # volume.
        volume = self.root.path / "registry"
        volume.mkdir(mode=0o777)
        volume.chmod(0o777)
        self.root.run("setpriv", "--reuid=65532", "--regid=65532", "--clear-groups",
                      "/usr/lib/portreg/portreg-refresh", "--seed", "--file=/registry/iana.csv")
        self.in_container("portregd", "--check", "--iana_file=/registry/iana.csv")


if __name__ == "__main__":
    unittest.main()
