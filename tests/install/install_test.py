"""Installs the build and uses it as users' projects do.

    python3 install_test.py    (see installation.py for the environment)
"""

import json
import os
import pathlib
import shlex
import shutil
import subprocess
import tempfile
import unittest

import installation
import processes
from installation import BUILD_DIR, SOURCE_DIR, WORK_DIR
from processes import Portregd

HERE = SOURCE_DIR / "tests/install"
QUICKSTART = SOURCE_DIR / "client/quickstart"
UNIT_TESTS = SOURCE_DIR / "client/examples/unit_tests"

# The beginning of each part of quickstart's output about the embedded data.
QUICKSTART_SAYS = ("Port 443 is known as\n  HTTPS\n  https/tcp\n",
                   "Ports 20-25 are known as\n  20-21 FTP\n  20 ftp-data/tcp\n")
COMPONENTS = ("dev", "tool", "server")
TOOL_FILES = {
    "bin/portreg", "share/bash-completion/completions/portreg",
    "share/doc/portreg/changelog", "share/doc/portreg/copyright",
    "share/fish/vendor_completions.d/portreg.fish", "share/man/man1/portreg.1",
    "share/zsh/site-functions/_portreg"}
SERVER_FILES = {
    "bin/portregd", "share/bash-completion/completions/portregd",
    "share/doc/portregd/changelog", "share/doc/portregd/copyright",
    "share/fish/vendor_completions.d/portregd.fish",
    "share/man/man8/portregd.8", "share/zsh/site-functions/_portregd"}
# The libraries that a release's programs have linked in, whose notices are
# installed.
LINKED_IN = {f"lib{name}-dev" for name in (
    "absl", "c-ares", "grpc", "jemalloc", "protobuf")}
DEV_DATA_FILES = {
    "share/doc/libportreg-dev/changelog", "share/doc/libportreg-dev/copyright",
    "share/portreg/portreg.binpb"}
LIBRARIES = {"client", "proto", "tls", "common", "answers", "ranges",
             "service", "fake_server", "mirror"}
HEADER_ROOTS = ("client/include", "client/mocks/include",
                "server/testing/include")
GENERATED_HEADERS = {
    "port_record.pb.h", "port_registry_service.pb.h",
    "port_registry_service.grpc.pb.h", "port_registry_service_mock.grpc.pb.h"}


def linked_in(package: str) -> set[str]:
    """Returns the notices that are installed with a program of this build."""
    settings = (BUILD_DIR / "CMakeCache.txt").read_text()
    if "PORTREG_STATIC:BOOL=ON" not in settings:
        return set()
    return {f"share/doc/{package}/linked-in/{name}" for name in LINKED_IN}


def public_headers() -> set[str]:
    """Returns the paths, as they are included, of the headers written by hand."""
    return {str(path.relative_to(SOURCE_DIR / root)) for root in HEADER_ROOTS
            for path in (SOURCE_DIR / root).rglob("*.h")}


def setUpModule():
    """Installs all into a prefix, and then moves the prefix."""
    global PREFIX
    first = installation.fresh_directory("first") / "prefix"
    installation.install(first)
    PREFIX = installation.fresh_directory("moved") / "prefix"
    first.rename(PREFIX)
    os.environ["PORTREGD"] = str(PREFIX / "bin/portregd")


class NamesOfFilesTest(unittest.TestCase):
    """Checks the search for directories of the building machine."""

    def test_paths_of_files_are_found(self):
        directory = installation.fresh_directory("named") / "src"
        for name in ("common", "my server"):
            (directory / name).mkdir(parents=True)
        (directory / "main.cc").touch()
        for name in ("common/model/registry.cc", "my server", "main.cc"):
            path = os.fsencode(directory / name)
            for content in (path, b"\0" + path + b"\0", b"-I" + path, b'"' + path + b'"'):
                with self.subTest(content=content):
                    self.assertNotEqual(
                        installation.names_of_files_in(directory, content), [])

    def test_parts_of_other_paths_are_not(self):
        directory = installation.fresh_directory("named") / "src"
        (directory / "common").mkdir(parents=True)
        path = os.fsencode(directory)
        for content in (b"." + path + b"/common/x.cc", b"/usr" + path + b"/common",
                        path + b"/core/lib/x.cc", path + b"/commonly", path, b""):
            with self.subTest(content=content):
                self.assertEqual(
                    installation.names_of_files_in(directory, content), [])


class FilesTest(unittest.TestCase):
    """Checks which files are installed, and where."""

    @classmethod
    def setUpClass(cls):
        directory = installation.fresh_directory("components")
        cls.files = {}
        for component in COMPONENTS:
            installation.install(directory / component, component)
            cls.files[component] = installation.files_of(
                directory / component)

    def test_tool(self):
        self.assertEqual(self.files["tool"],
                         TOOL_FILES | linked_in("portreg"))

    def test_server(self):
        self.assertEqual(self.files["server"],
                         SERVER_FILES | linked_in("portregd"))

    def test_headers_and_protos(self):
        protos = {path.name for path in
                  (SOURCE_DIR / "proto/portreg/v1").glob("*.proto")}
        expected = public_headers() | {
            f"portreg/v1/{name}" for name in protos | GENERATED_HEADERS} | {
            "portreg/errordetails/v1/error_details.proto"}
        self.assertIn("portreg/client.h", expected)
        self.assertEqual(
            {path.removeprefix("include/") for path in self.files["dev"]
             if path.startswith("include/")}, expected)

    def test_libraries_and_packages(self):
        expected = {
            *(f"libportreg_{name}.a" for name in LIBRARIES),
            "pkgconfig/portreg.pc",
            "cmake/portreg/portregConfig.cmake",
            "cmake/portreg/portregConfigVersion.cmake",
            "cmake/portreg/portregTargets.cmake",
            "cmake/portreg/portregMirrorTargets.cmake",
            "cmake/portreg/portregTestingTargets.cmake"}
        # Each file of targets has a further one for the kind of build.
        self.assertEqual(
            {path.removeprefix("lib/") for path in self.files["dev"]
             if path.startswith("lib/") and "Targets-" not in path}, expected)

    def test_data_of_the_library(self):
        self.assertEqual({path for path in self.files["dev"]
                          if path.startswith("share/")}, DEV_DATA_FILES)

    def test_components_together_are_the_whole(self):
        self.assertEqual(set().union(*self.files.values()),
                         installation.files_of(PREFIX))
        for one, other in (("dev", "tool"), ("dev", "server"),
                           ("tool", "server")):
            self.assertEqual(self.files[one] & self.files[other], set())

    def test_no_file_names_the_building_machines_directories(self):
        for path in installation.files_of(PREFIX):
            content = (PREFIX / path).read_bytes()
            for directory in (SOURCE_DIR, BUILD_DIR, WORK_DIR):
                with self.subTest(path=path, directory=directory):
                    self.assertEqual(
                        installation.names_of_files_in(directory, content), [])

    def test_programs_search_no_directory_of_their_own_for_libraries(self):
        for program in ("portreg", "portregd"):
            section = installation.run("readelf", "--dynamic", "--wide",
                                       PREFIX / "bin" / program)
            self.assertIn("NEEDED", section)
            self.assertNotRegex(section, "RPATH|RUNPATH")

    def test_programs_of_a_release_hold_grpc_and_jemalloc_and_no_others(self):
        for program in ("portreg", "portregd"):
            is_release = bool(linked_in(program))
            path = PREFIX / "bin" / program
            section = installation.run("readelf", "--dynamic", "--wide", path)
            for library in ("libgrpc", "libprotobuf", "libabsl"):
                self.assertEqual(library not in section, is_release, library)
            symbols = installation.run("readelf", "--syms", "--wide", path)
            self.assertEqual(" mallctl" in symbols, is_release)

    def test_protoc_finds_the_contract(self):
        out = installation.fresh_directory("protoc")
        installation.run(
            "protoc", "-I", PREFIX / "include", f"--python_out={out}",
            "portreg/v1/port_registry_service.proto")
        installation.one_file(out, "port_registry_service_pb2.py")


class InstalledProgramsTest(unittest.TestCase):
    """Checks that the programs need no file of the build."""

    def test_the_tool_asks_the_server(self):
        with Portregd() as server:
            said = installation.run(PREFIX / "bin/portreg", "--target",
                                    server.address, "--short", "443")
        self.assertEqual(said.splitlines()[0], "https")


class QuickstartTest(unittest.TestCase):
    """Builds client/quickstart against the prefix, which has been moved."""

    def assert_works(self, program):
        """Runs the program with a server, and without."""
        with Portregd() as server:
            said = installation.run(program, server.address)
        for part in QUICKSTART_SAYS:
            self.assertIn(part, said)
        done = installation.attempt(program, "unix:/nonexistent/socket")
        self.assertEqual(done.returncode, 1)
        self.assertIn("is portregd running?", done.stdout)

    def assert_links_as_its_user_likes(self, program):
        """Checks that a user's program does not link in what a release's programs do."""
        section = installation.run("readelf", "--dynamic", "--wide", program)
        self.assertIn("[libgrpc++.so", section)
        symbols = installation.run("readelf", "--syms", "--wide", program)
        self.assertNotIn("mallctl", symbols)
        self.assertNotIn("jemalloc", section)

    def test_cmake(self):
        directory = installation.fresh_directory("quickstart-cmake")
        installation.build(QUICKSTART, directory,
                           f"-DCMAKE_PREFIX_PATH={PREFIX}")
        self.assert_works(directory / "quickstart")
        self.assert_links_as_its_user_likes(directory / "quickstart")

    def test_pkg_config(self):
        directory = installation.fresh_directory("quickstart-pkg-config")
        for name in ("Makefile", "quickstart.cc"):
            shutil.copy(QUICKSTART / name, directory)
        # Uses a prefix without a blank, because neither make nor a shell splits
        # pkg-config's answer correctly otherwise.
        prefix = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()), "prefix")
        prefix.symlink_to(PREFIX)
        module = prefix / installation.one_file(PREFIX, "portreg.pc").relative_to(PREFIX)
        installation.run(
            "make", "-C", directory,
            f"CXX={shlex.join(installation.COMPILER)}", "CXXFLAGS=-O0",
            variables={"PKG_CONFIG_PATH": str(module.parent)})
        self.assert_works(directory / "quickstart")
        self.assert_links_as_its_user_likes(directory / "quickstart")

    def test_pkg_config_knows_the_version_and_the_moved_prefix(self):
        module = installation.one_file(PREFIX, "portreg.pc")

        def ask(*arguments):
            return shlex.split(installation.run(
                "pkg-config", *arguments, "portreg",
                variables={"PKG_CONFIG_PATH": str(module.parent)}))

        self.assertEqual(ask("--modversion"), ["0.1.0"])
        where = [os.path.normpath(word[2:]) for word in
                 ask("--cflags-only-I") + ask("--libs-only-L")]
        self.assertIn(str(PREFIX / "include"), where)
        self.assertIn(str(PREFIX / "lib"), where)


class FindPackageTest(unittest.TestCase):
    """Checks which requests the CMake package satisfies."""

    @classmethod
    def setUpClass(cls):
        said = installation.configure(
            HERE / "find_package", installation.fresh_directory("find"),
            f"-DCMAKE_PREFIX_PATH={PREFIX}")
        cls.lines = set(said.splitlines())

    def test_versions(self):
        for version in ("0.1", "0.1.0"):
            self.assertIn(f"version {version}: found", self.lines)
        for version in ("0.0", "0.2", "1", "99"):
            self.assertIn(f"version {version}: not found", self.lines)

    def test_testing_comes_only_when_it_is_asked_for(self):
        self.assertLessEqual({"target client", "target proto"}, self.lines)
        self.assertNotIn("target fake_server", self.lines)
        self.assertNotIn("target client_mocks", self.lines)

    def test_the_mirror_comes_only_when_it_is_asked_for(self):
        self.assertNotIn("target mirror", self.lines)
        self.assertNotIn("target common", self.lines)
        self.assertIn("component mirror: target mirror", self.lines)

    def test_an_unknown_component_is_not_found(self):
        self.assertIn("component imaginary: not found", self.lines)
        self.assertIn(
            'component imaginary: portreg has no component "imaginary"; its '
            "components are mirror and testing", self.lines)


class UsersTestsTest(unittest.TestCase):
    """Builds client/examples/unit_tests: tests with a mock and a fake server."""

    def test_they_pass(self):
        directory = installation.fresh_directory("unit-tests")
        installation.build(UNIT_TESTS, directory,
                           f"-DCMAKE_PREFIX_PATH={PREFIX}")
        said = installation.run(
            os.environ["PORTREG_CTEST"], "--output-on-failure",
            "--no-tests=error", "--timeout", "60", cwd=directory)
        self.assertIn("100% tests passed", said)


class SubprojectTest(unittest.TestCase):
    """Builds a project that has portreg's sources within its own."""

    @classmethod
    def setUpClass(cls):
        cls.directory = installation.fresh_directory("subproject")
        cls.said = installation.configure(
            HERE / "subproject", cls.directory,
            f"-DPORTREG_SOURCE_DIR={SOURCE_DIR}")

    def test_it_builds_the_client_library_and_no_more(self):
        installation.run(installation.CMAKE, "--build", self.directory,
                         "--parallel", "2")
        built = {path.name for path in self.directory.rglob("*")
                 if os.access(path, os.X_OK) and path.is_file()
                 and "CMakeFiles" not in path.parts
                 or path.suffix == ".a"}
        self.assertEqual(built, {"libportreg_proto.a", "libportreg_client.a",
                                 "libportreg_tls.a", "subproject"})
        with Portregd() as server:
            said = installation.run(self.directory / "subproject",
                                    server.address)
        self.assertIn(QUICKSTART_SAYS[0], said)

    def test_targets_bear_portregs_name(self):
        targets = {line.removeprefix("target ")
                   for line in self.said.splitlines()
                   if line.startswith("target ")}
        self.assertIn("portreg_client", targets)
        self.assertEqual({each for each in targets
                          if not each.startswith("portreg_")}, set())

    def test_nothing_is_imposed(self):
        self.assertIn("build type \n", self.said)
        commands = json.loads(
            (self.directory / "compile_commands.json").read_text())
        command, = (shlex.split(each["command"]) for each in commands
                    if each["file"].endswith("quickstart.cc"))
        # C++17 is this compiler's default, so it needs no flag.
        self.assertEqual({each for each in command if each.startswith(
            ("-std", "-W", "-ffile", "-O"))}, set())
        included = {each.removeprefix("-I") for each in command
                    if each.startswith("-I")}
        self.assertEqual(included, {str(SOURCE_DIR / "client/include")})

    def test_nothing_of_portreg_is_installed_along(self):
        prefix = self.directory / "prefix"
        installation.run(installation.CMAKE, "--install", self.directory,
                         "--prefix", prefix)
        self.assertEqual(installation.files_of(prefix), set())


if __name__ == "__main__":
    unittest.main()
