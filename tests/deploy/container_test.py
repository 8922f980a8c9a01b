"""Compares the Containerfile with the programs and the files of this build.

    PORTREGD=portregd PORTREG=portreg python3 container_test.py

Needs and runs no container engine.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import containerfile
import deploy_paths
import yaml
from processes import EXIT_SECONDS

CONFIGURE_SECONDS = 100
DEPLOYMENT = deploy_paths.DEPLOY_DIR / "kubernetes/base/deployment.yaml"


def output(*command: object) -> str:
    """Returns the output of a command, which must exit with 0."""
    return subprocess.run([str(each) for each in command], capture_output=True, text=True,
                          timeout=EXIT_SECONDS, check=True).stdout


def libraries(program: str) -> dict[str, str]:
    """Returns the shared libraries that a program loads, with their paths."""
    return dict(re.findall(r"^\t(\S+) => (/\S+)", output("ldd", program), re.MULTILINE))


def owner(library: str) -> str:
    """Returns the package that a file belongs to."""
    path = os.path.realpath(library)
    # dpkg knows a file in /lib, which now is /usr/lib, by only one of the two
    # names.
    for name in (path, path.removeprefix("/usr")):
        done = subprocess.run(["dpkg", "--search", name], capture_output=True, text=True,
                              timeout=EXIT_SECONDS, check=False)
        if done.returncode == 0:
            return done.stdout.partition(":")[0]
    raise AssertionError(f"no package has {path}")


def with_dependencies(packages: list[str]) -> set[str]:
    """Returns the packages and all that their installation adds."""
    found, rest = set(), list(packages)
    while rest:
        name = rest.pop()
        if name in found:
            continue
        found.add(name)
        done = subprocess.run(
            ["dpkg-query", "--show", "--showformat=${Pre-Depends}, ${Depends}", name],
            capture_output=True, text=True, timeout=EXIT_SECONDS, check=False)
        rest += re.findall(r"(?:^|, )([a-z0-9][a-z0-9+.-]+)", done.stdout)
    return found


class ContainerfileTest(unittest.TestCase):
    def setUp(self):
        self.stages = containerfile.stages()

    def test_stages(self):
        self.assertEqual(list(self.stages), ["build", "runtime", "portreg-refresh",
                                             "portreg-lookup-table", "portregd"])
        self.assertEqual(self.stages["build"].base, self.stages["runtime"].base)

    def test_the_packages_bring_every_library_that_the_programs_load(self):
        packages = containerfile.runtime_packages()
        brought = with_dependencies(packages)
        loaded = {}
        for program in ("PORTREGD", "PORTREG"):
            for library in libraries(os.environ[program]).values():
                loaded[owner(library)] = library
        self.assertTrue({"libssl3", "libssl3t64"} & loaded.keys(), loaded)
        self.assertEqual(set(loaded) - brought, set())
        # Every named package is loaded by a program.
        self.assertEqual(set(packages) - set(loaded), set())

    def test_the_image_has_the_packages_that_the_build_found(self):
        self.assertEqual(self.stages["runtime"].packages(), ["ca-certificates"])
        find, = (command for command in self.stages["build"].all("RUN")
                 if command.startswith("deploy/container/runtime_packages "))
        command, _, written = find.partition(" > ")
        self.assertEqual([pathlib.PurePath(each).name for each in command.split()[1:]],
                         ["portregd", "portreg"])
        directory, = self.stages["build"].all("WORKDIR")
        source, target = self.stages["runtime"].all("COPY")[0].split()[1:]
        self.assertEqual(source, f"{directory}/{written}")
        self.assertIn(f"xargs apt-get install --yes --no-install-recommends ca-certificates"
                      f" < {target}{written}",
                      " ".join(self.stages["runtime"].all("RUN")[0].split()))

    def test_they_run_as_a_user_without_name_or_power(self):
        pod = yaml.safe_load(DEPLOYMENT.read_text())["spec"]["template"]["spec"]
        user = pod["securityContext"]
        for name in ("portreg-refresh", "portreg-lookup-table", "portregd"):
            self.assertEqual(self.stages[name].all("USER"),
                             [f"{user['runAsUser']}:{user['runAsGroup']}"])
            # No command runs as root after USER.
            self.assertNotIn("RUN", [each for each, _ in self.stages[name].lines[
                [each for each, _ in self.stages[name].lines].index("USER"):]])
            self.assertEqual(self.stages[name].all("STOPSIGNAL"), ["SIGTERM"])

    def test_entry_points_are_what_is_copied(self):
        copied = {"portregd": "/usr/bin/portregd",
                  "portreg-refresh": "/usr/lib/portreg/portreg-refresh",
                  "portreg-lookup-table": "/usr/lib/portreg/portreg-lookup-table"}
        for name, path in copied.items():
            self.assertEqual(json.loads(self.stages[name].all("ENTRYPOINT")[0]), [path])

    def test_ports_are_those_of_kubernetes(self):
        container, = yaml.safe_load(
            DEPLOYMENT.read_text())["spec"]["template"]["spec"]["containers"]
        overlay = DEPLOYMENT.parents[1] / "overlays/web/web.yaml"
        web, = next(yaml.safe_load_all(
            overlay.read_text()))["spec"]["template"]["spec"]["containers"]
        self.assertEqual({int(port) for port in self.stages["portregd"].all("EXPOSE")[0].split()},
                         {port["containerPort"] for port in container["ports"] + web["ports"]})
        self.assertEqual(container["image"].partition(":")[0], "portregd")

    def test_versions_are_that_of_the_project(self):
        version = re.search(r"project\(portreg VERSION (\S+)", (
            deploy_paths.SOURCE_DIR / "CMakeLists.txt").read_text())[1]
        texts = [containerfile.PATH.read_text(),
                 *(path.read_text() for path in
                   (deploy_paths.DEPLOY_DIR / "kubernetes").rglob("*.yaml"))]
        named = {each for text in texts for each in re.findall(
            r'(?:image: portreg\S*:|portregd:|refresh:|table:|version=")(\d+\.\d+\.\d+)', text)}
        self.assertEqual(named, {version})

    def test_what_is_copied_suffices_to_configure_the_build(self):
        directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        for arguments in self.stages["build"].all("COPY"):
            *sources, target = arguments.split()
            for source in sources:
                path = deploy_paths.SOURCE_DIR / source
                if path.is_dir():
                    shutil.copytree(path, directory / target, dirs_exist_ok=True)
                else:
                    (directory / target).mkdir(exist_ok=True)
                    shutil.copy(path, directory / target)
        steps = [part.strip() for part in self.stages["build"].all("RUN")[1].split("&&")]
        self.assertTrue(steps[0].startswith("cmake --preset release"))
        done = subprocess.run(steps[0].split(), cwd=directory, capture_output=True, text=True,
                              timeout=CONFIGURE_SECONDS, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        targets = output("cmake", "--build", directory / "build/release", "--target", "help")
        for target in steps[1].partition("--target")[2].split():
            self.assertIn(target, targets)


if __name__ == "__main__":
    unittest.main()
