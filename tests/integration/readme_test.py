"""Runs the commands of README.md as a reader would, and compares their output.

Also checks that everything exists that README.md and the documents beside it
name: files, parts of the sources, gates and packages.

    PORTREGD=portregd PORTREG=portreg PORTREG_BUILD_DIR=build python3 readme_test.py

Commands after "$ " must print the lines below them. With
PORTREG_UPDATE_GOLDEN=1 the test writes these lines. Programs are built against
an installed copy.
"""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import processes
import tool
from processes import SOURCE_DIR

README = SOURCE_DIR / "README.md"
# Short enough for a reader to finish in a few minutes.
README_WORDS = 1500
# The documents beside README.md, which name files and parts of the sources.
DOCUMENTS = [README, *(SOURCE_DIR / f"{name}.md" for name in (
    "ARCHITECTURE", "CONTRIBUTING", "SECURITY", "CHANGELOG"))]
BUILD_DIR = pathlib.Path(os.environ["PORTREG_BUILD_DIR"])
PREFIX = "/usr/local"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
COMMAND_SECONDS = 20 * processes.PATIENCE
BUILD_SECONDS = 200 * processes.PATIENCE

# Commands that a test must not run, because they would change its own build.
# Each has the place where it runs instead: a file, and a text in it.
ELSEWHERE = {
    "deploy/quickstart.sh": (".ci/run", "deploy/quickstart.sh"),
    "tests/run.sh": (".ci/run", "tests/run.sh"),
    "deploy/install_dependencies.sh build package":
        (".ci/run", "install_dependencies.sh build test package"),
    "cmake --preset packages && cmake --build --preset packages"
    " && cpack --preset packages":
        ("tests/install/packages_test.py", "PORTREG_CPACK"),
    "apt-get install ./build/packages/*.deb":
        ("tests/install/debian_root.py", "apt-get"),
}


def blocks(language: str) -> list[str]:
    """Returns the fenced blocks of one language, in their order."""
    return [body for name, body in BLOCK.findall(README.read_text("utf-8"))
            if name == language]


def anchors(text: str) -> set[str]:
    """Returns the anchors of a Markdown text's headings, as GitHub makes them.

    An anchor is in lower case, of words and hyphens, with a hyphen for each
    space.
    """
    headings = re.findall(r"^#+ (.+?) *$", BLOCK.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-"))
            for heading in headings}


def names_in(path: pathlib.Path) -> set[str]:
    """Returns the code spans of a document outside blocks."""
    text = BLOCK.sub("", path.read_text("utf-8"))
    return set(re.findall(r"`([^`\n]+)`", text))


def words_of_sources() -> set[str]:
    """Returns the words in the sources of the product, identifiers among them."""
    return {word for part in ("client", "common", "server")
            for path in (SOURCE_DIR / part).rglob("*")
            if path.suffix in (".cc", ".h")
            for word in re.findall(r"\w+", path.read_text("utf-8"))}


def rows_below(document: str, title: str) -> str:
    """Returns the rows of a document's table whose first column has a title."""
    text = (SOURCE_DIR / document).read_text("utf-8")
    return text.partition(f"| {title} |")[2].partition("\n\n")[0]


def uncommented(line: str) -> str:
    """Returns a line of shell without its comment."""
    return re.sub(r"\s+#.*$", "", line).strip()


def run(command: str, directory: pathlib.Path, seconds: float,
        **variables: str) -> subprocess.CompletedProcess:
    """Runs a line of bash; its errors are part of its output."""
    return subprocess.run(
        ["bash", "-c", command], cwd=directory, text=True, check=False,
        env={**tool.environment(), **variables}, timeout=seconds,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT)


class ReadmeTest(unittest.TestCase):
    """Checks every command and every snippet."""

    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(cls.enterClassContext(
            tempfile.TemporaryDirectory(prefix="readme-")))
        cls.root = cls.directory / "root"
        cls.server = cls.enterClassContext(processes.Portregd())
        cls.path = os.pathsep.join(
            [*{str(pathlib.Path(program).parent) for program in
               (processes.portregd_path(), tool.portreg_path())},
             os.environ["PATH"]])

    def shell(self, command: str, directory: pathlib.Path | None = None,
              seconds: float = COMMAND_SECONDS, **variables: str):
        """Runs a line of bash as a reader would who has followed the README."""
        return run(command, directory or self.directory, seconds,
                   PATH=self.path, PORTREG_TARGET=self.server.address,
                   PORTREGD_LISTEN=processes.ANY_PORT, **variables)

    def build(self, name: str, lists: str, source: str) -> pathlib.Path:
        """Builds a project against the installed copy; returns its program."""
        if not self.root.exists():
            done = self.shell(f"cmake --install '{BUILD_DIR}' --prefix {PREFIX}",
                              DESTDIR=str(self.root))
            self.assertEqual(done.returncode, 0, done.stdout)
        directory = self.directory / name
        directory.mkdir()
        (directory / "CMakeLists.txt").write_text(lists)
        (directory / "example.cc").write_text(source)
        launcher = ("-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"
                    if shutil.which("ccache") else "")
        done = self.shell(
            f"cmake -G Ninja -S . -B build {launcher}"
            f" -DCMAKE_PREFIX_PATH='{self.root}{PREFIX}'"
            " && cmake --build build", directory, BUILD_SECONDS)
        self.assertEqual(done.returncode, 0, done.stdout)
        return directory / "build" / "example"

    def test_commands_print_what_stands_below_them(self):
        (local,) = blocks("csv")
        (self.directory / "local.csv").write_text(local)
        shown = 0
        renewed = README.read_text("utf-8")
        for block in blocks(""):
            for each in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, wanted = each.partition("\n")
                done = self.shell(command)
                with self.subTest(command=command):
                    if os.environ.get("PORTREG_UPDATE_GOLDEN") and wanted:
                        renewed = renewed.replace(
                            f"$ {each}", f"$ {command}\n{done.stdout}", 1)
                    elif wanted:
                        self.assertEqual(done.stdout, wanted)
                        shown += 1
                    self.assertEqual(done.returncode, 0, done.stdout)
        if os.environ.get("PORTREG_UPDATE_GOLDEN"):
            README.write_text(renewed, "utf-8")
        else:
            self.assertGreater(shown, 8)

    def test_shell_blocks_run_or_are_run_elsewhere(self):
        lines = [uncommented(line) for block in blocks("sh")
                 for line in block.splitlines()]
        self.assertIn("portregd &", lines)
        for line in lines:
            with self.subTest(line=line):
                if line in ELSEWHERE:
                    file, text = ELSEWHERE[line]
                    self.assertIn(text, (SOURCE_DIR / file).read_text("utf-8"))
                elif line == "portregd &":
                    done = self.shell(
                        "coproc S { exec portregd; }; read -r -u ${S[0]} line;"
                        ' echo "$line"; kill $S_PID; wait $S_PID')
                    self.assertRegex(done.stdout, r"\AREADY 127\.0\.0\.1:\d+\n")
                    self.assertEqual(done.returncode, 0)
                elif line.startswith("cmake --install build/release "):
                    done = self.shell(
                        line.replace("build/release", f"'{BUILD_DIR}'"),
                        DESTDIR=str(self.directory / "installed"))
                    self.assertEqual(done.returncode, 0, done.stdout)
                    self.assertTrue((self.directory / "installed" /
                                     PREFIX[1:] / "bin" / "portreg").exists())
                else:
                    self.fail(f"{line} is not known to this test")

    def test_snippets_of_the_library_are_built_and_run(self):
        (lists,) = blocks("cmake")
        first, second, third = blocks("cpp")
        example = self.build("example", lists, first)
        done = self.shell(f"{example} {self.server.address}")
        self.assertEqual(done.stdout, "HTTPS\nhttps\nhttps\nhttps\n")
        find = "find_package(portreg CONFIG REQUIRED"
        for component, target, source, said in (
                ("mirror", "portreg::mirror", second,
                 "HTTPS\nhttps\nhttps\nhttps\n"),
                ("testing", "portreg::fake_server", third, "billing\n")):
            with self.subTest(component=component):
                self.assertIn(f"{find} COMPONENTS {component})",
                              README.read_text("utf-8"))
                example = self.build(
                    component,
                    lists.replace(find, f"{find} COMPONENTS {component}")
                    .replace("portreg::client", target),
                    source)
                done = self.shell(f"{example} {self.server.address}")
                self.assertEqual(done.stdout, said)

    def test_what_is_linked_exists(self):
        self.assertGreater(README.read_text("utf-8").count("]("), 8)
        for document in DOCUMENTS:
            for target in re.findall(r"\]\(([^)]+)\)",
                                     document.read_text("utf-8")):
                with self.subTest(document=document.name, target=target):
                    name, _, anchor = target.partition("#")
                    path = SOURCE_DIR / name if name else document
                    self.assertTrue(path.exists())
                    if anchor:
                        self.assertIn(anchor, anchors(path.read_text("utf-8")))

    def test_the_readme_is_short(self):
        words = README.read_text("utf-8").split()
        self.assertLessEqual(len(words), README_WORDS)

    def test_named_files_exist(self):
        file = re.compile(
            r"(?:client|common|deploy|proto|server|tests)/[\w/.-]+")
        for document in DOCUMENTS:
            for name in filter(file.fullmatch, names_in(document)):
                with self.subTest(document=document.name, name=name):
                    path = SOURCE_DIR / name
                    self.assertTrue(path.exists() or any(
                        path.with_name(path.name + ending).exists()
                        for ending in (".h", ".cc")))

    def test_named_types_and_functions_exist(self):
        known = words_of_sources()
        names = {name for name in names_in(SOURCE_DIR / "ARCHITECTURE.md")
                 if re.fullmatch(r"(?:[A-Z][a-z]+)+(?:::\w+)?", name)}
        self.assertGreater(len(names), 20)
        for name in names:
            with self.subTest(name=name):
                self.assertEqual(set(name.split("::")) - known, set())

    def test_contributing_names_the_gates_of_ci(self):
        gates = re.findall(r"^gate_(\w+)\(\)",
                           (SOURCE_DIR / ".ci/run").read_text("utf-8"),
                           re.MULTILINE)
        rows = rows_below("CONTRIBUTING.md", "gate")
        self.assertEqual(
            set(re.findall(r"^\| `(\w+)` \|", rows, re.MULTILINE)), set(gates))

    def test_contributing_names_the_packages_that_are_installed(self):
        script = SOURCE_DIR / "deploy/install_dependencies.sh"
        groups = re.findall(r"^(?:build|test|bench|package|gates)=\(([^)]*)\)",
                            script.read_text("utf-8"), re.MULTILINE)
        self.assertEqual(len(groups), 5)
        rows = rows_below("CONTRIBUTING.md", "package")
        named = [name for row in re.findall(r"^\| (`.*?`) \|", rows, re.MULTILINE)
                 for name in re.findall(r"`([^`]+)`", row)]
        self.assertEqual(set(named), set(" ".join(groups).split()))

    def test_a_heading_is_linked_by_its_words(self):
        self.assertEqual(
            anchors("# What's *it*?\n\n```sh\n# no heading\n```\n"
                    "## TLS, by `portregd`\n"),
            {"whats-it", "tls-by-portregd"})


if __name__ == "__main__":
    unittest.main()
