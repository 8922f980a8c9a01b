"""Makes the Debian packages and uses them in a bare Debian.

    python3 packages_test.py    (see installation.py and debian_root.py)
"""

import gzip
import os
import re
import shutil
import signal
import subprocess
import unittest

import installation
import processes
from debian_root import DebianRoot
from installation import SOURCE_DIR, WORK_DIR
from processes import Portregd

PACKAGES_DIR = SOURCE_DIR / "build/packages"
BUILD_SECONDS = 1800
QUICKSTART = SOURCE_DIR / "client/quickstart"
# Some of the files of each package.
CONTENTS = {
    "portreg": ("/usr/bin/portreg", "/usr/share/man/man1/portreg.1.gz",
                "/usr/share/bash-completion/completions/portreg",
                "/usr/share/fish/vendor_completions.d/portreg.fish",
                "/usr/share/zsh/vendor-completions/_portreg",
                "/usr/lib/portreg/portreg-lookup-table",
                "/usr/share/doc/portreg/examples/pipelines/portreg-lookup-table.timer",
                "/usr/share/doc/portreg/pipelines.md"),
    "portregd": ("/usr/bin/portregd", "/usr/share/man/man8/portregd.8.gz",
                 "/usr/share/bash-completion/completions/portregd",
                 "/usr/share/fish/vendor_completions.d/portregd.fish",
                 "/usr/share/zsh/vendor-completions/_portregd",
                 "/etc/default/portregd",
                 "/usr/lib/portreg/portreg-refresh",
                 "/usr/lib/systemd/system/portregd.service",
                 "/usr/lib/systemd/system/portregd-refresh.service",
                 "/usr/lib/systemd/system/portregd-refresh.timer",
                 "/usr/share/doc/portregd/examples/proxy/haproxy.cfg",
                 "/usr/share/doc/portregd/examples/systemd/tls.conf"),
    "libportreg-dev": ("/usr/include/portreg/client.h",
                       "/usr/include/portreg/v1/port_record.proto",
                       "/usr/share/portreg/portreg.binpb")}


def package(name: str):
    """Returns the file of a package that was made."""
    return installation.one_file(PACKAGES_DIR, f"{name}_*.deb")


def field(name: str, which: str) -> str:
    """Returns a field of a package's control file."""
    return installation.run("dpkg-deb", "--field", package(name),
                            which).strip()


def setUpModule():
    """Makes the packages afresh, as users of the preset do."""
    WORK_DIR.mkdir(parents=True, exist_ok=True)
    for old in PACKAGES_DIR.glob("*.deb"):
        old.unlink()
    shutil.rmtree(PACKAGES_DIR / "_CPack_Packages", ignore_errors=True)
    for command in (
            [installation.CMAKE, "--preset", "packages"],
            [installation.CMAKE, "--build", "--preset", "packages"],
            [os.environ["PORTREG_CPACK"], "--preset", "packages"]):
        installation.run(*command, cwd=SOURCE_DIR, seconds=BUILD_SECONDS)
    shutil.rmtree(PACKAGES_DIR / "_CPack_Packages")


class ControlTest(unittest.TestCase):
    """Checks the packages' control fields."""

    def test_version_is_that_of_the_changelog(self):
        changelog = (SOURCE_DIR / "deploy/debian/changelog").read_text()
        version = re.match(r"portreg \((.+)\)", changelog)[1]
        for name in CONTENTS:
            with self.subTest(package=name):
                self.assertEqual(field(name, "Version"), version)

    def test_programs_bring_grpc_along_and_depend_on_openssl(self):
        for name in ("portreg", "portregd"):
            depends = field(name, "Depends")
            self.assertIn("libssl3 (", depends)
            for absent in ("portreg", "-dev", "libgrpc", "libprotobuf", "libabsl", "jemalloc"):
                self.assertNotIn(absent, depends)

    def test_the_library_depends_on_the_headers_it_needs(self):
        depends = field("libportreg-dev", "Depends")
        for name in ("libgrpc++-dev", "libprotobuf-dev", "libabsl-dev"):
            self.assertIn(f"{name} (>= ", depends)
            self.assertIn(f"{name} (<< ", depends)

    def test_every_package_has_a_summary_of_its_own(self):
        summaries = {field(name, "Description").splitlines()[0]
                     for name in CONTENTS}
        self.assertEqual(len(summaries), len(CONTENTS))


class UseTest(unittest.TestCase):
    """Installs, uses and purges the packages in a Debian of their own."""

    def setUp(self):
        self.root = self.enterContext(DebianRoot())
        self.before = self.root.files()

    def start_server(self) -> Portregd:
        """Starts the installed server in the root directory."""
        starter = WORK_DIR / "portregd"
        starter.write_text(
            f'#!/bin/sh\nexec chroot "{self.root.path}" portregd "$@"\n')
        starter.chmod(0o755)
        os.environ["PORTREGD"] = str(starter)
        return Portregd()

    def assert_brings(self, name: str):
        """Checks that the package's files exist and that its texts are compressed and complete."""
        for path in CONTENTS[name]:
            self.assertTrue((self.root.path / path[1:]).is_file(), path)
        packed = [path for path in
                  self.root.run("dpkg", "--listfiles", name).splitlines()
                  if path.endswith(".gz")]
        for path in packed:
            with gzip.open(self.root.path / path[1:]) as text:
                self.assertTrue(text.read().strip(), path)
        self.assertIn(f"/usr/share/doc/{name}/changelog.gz", packed)
        copyright_file = self.root.path / f"usr/share/doc/{name}/copyright"
        self.assertIn("Apache-2.0", copyright_file.read_text())
        linked_in = copyright_file.parent / "linked-in"
        self.assertEqual(linked_in.is_dir(), name != "libportreg-dev")
        for library in ("absl", "c-ares", "grpc", "jemalloc", "protobuf"):
            notice = linked_in / f"lib{library}-dev"
            self.assertEqual(notice.is_file(), name != "libportreg-dev", library)

    def assert_purge_leaves_nothing(self, *names: str):
        """Purges packages, and checks that no file with portreg's name is left."""
        self.root.run("dpkg", "--purge", *names)
        left = {path for path in self.root.files() - self.before
                if "portreg" in path}
        self.assertEqual(left, set())

    def test_programs(self):
        self.root.install(package("portreg"), package("portregd"))
        self.assert_brings("portreg")
        self.assert_brings("portregd")
        offline = self.root.run("portreg", "--offline", "--short", "443")
        self.assertEqual(offline.splitlines()[0], "https")
        with self.start_server() as server:
            self.assertEqual(
                self.root.run("portreg", "--target", server.address,
                              "--short", "443"), offline)
        self.assert_purge_leaves_nothing("portreg", "portregd")

    def test_units(self):
        wanted = self.root.path / "etc/systemd/system/multi-user.target.wants/portregd.service"
        settings = self.root.path / "etc/default/portregd"
        self.root.install(package("portregd"))
        # The service is enabled, but not started because no systemd runs here.
        # The timer is not enabled.
        self.assertTrue(wanted.is_symlink())
        self.assertEqual([path.name for path in self.root.path.glob("etc/systemd/**/*.timer")
                          if "portreg" in path.name], [])
        # The administrator's changes survive another installation.
        settings.write_text("PORTREGD_LISTEN=127.0.0.1:7335\n")
        wanted.unlink()
        self.root.install(package("portregd"))
        self.root.run("dpkg-reconfigure", "portregd")
        self.assertFalse(wanted.is_symlink())
        self.assertIn("7335", settings.read_text())
        self.root.run("dpkg", "--remove", "portregd")
        self.assertIn("7335", settings.read_text())
        self.root.install(package("portregd"))
        self.assert_purge_leaves_nothing("portregd")

    def test_library(self):
        self.root.install(package("libportreg-dev"), package("portregd"),
                          "cmake", "g++", "make", "pkg-config")
        self.assert_brings("libportreg-dev")
        shutil.copytree(QUICKSTART, self.root.path / "quickstart")
        self.root.run(
            "sh", "-c", "g++ -std=c++17 -o /by-pkg-config "
            "/quickstart/quickstart.cc $(pkg-config --cflags --libs portreg)")
        self.root.run("cmake", "-S", "/quickstart", "-B", "/by-cmake")
        self.root.run("cmake", "--build", "/by-cmake")
        with self.start_server() as server:
            for program in ("/by-pkg-config", "/by-cmake/quickstart"):
                said = self.root.run(program, server.address)
                self.assertIn("Port 443 is known as\n  HTTPS\n", said)
        for directory in ("quickstart", "by-cmake"):
            shutil.rmtree(self.root.path / directory)
        self.assert_purge_leaves_nothing("libportreg-dev", "portregd")


class RootTest(unittest.TestCase):
    """Checks the bare Debian itself."""

    def test_nothing_of_it_is_left(self):
        with DebianRoot() as root:
            stays = self.enterContext(subprocess.Popen(
                ["chroot", root.path, "sh", "-c", "echo inside; exec sleep 1000"],
                stdout=subprocess.PIPE, text=True))
            self.addCleanup(stays.kill)
            self.assertEqual(stays.stdout.readline(), "inside\n")
            path = root.path
        self.assertEqual(stays.wait(processes.EXIT_SECONDS),
                         -signal.SIGKILL)
        self.assertFalse(path.exists())


if __name__ == "__main__":
    unittest.main()
