"""The page as a file: its size, its bytes, and what it must not hold.

    PORTREGD=portregd PORTREG=portreg python3 page_file_test.py
"""

import base64
import gzip
import hashlib
import html.parser
import json
import pathlib
import re
import tempfile
import unittest

import pages
import tool
from processes import Portregd

# The page of the whole embedded registry; a server compresses about as well.
MOST_COMPRESSED_BYTES = 400_000

HOSTILE_TABLE = """\
Service Name,Port Number,Transport Protocol,Description,Owner,Reference
</script><img src=x onerror=alert(1)>,7100,tcp,"<!-- <script>alert(2)</script>",o,javascript:alert(3)
\u202eevil,7101,tcp,"line\u2028separator \u2066",<b>o</b>,"http://a.example/\"\"onclick=alert(4)"
"""


class Parts(html.parser.HTMLParser):
    """The elements of a page, and the texts of its scripts and styles."""

    def __init__(self, page: str):
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.contents: list[tuple[str, dict[str, str], str]] = []
        self._open = None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._open = (tag, dict(attrs)) if tag in ("script", "style") else None

    def handle_endtag(self, tag):
        self._open = None

    def handle_data(self, data):
        if self._open:
            self.contents.append((*self._open, data))


def setUpModule():
    global PAGE
    PAGE = pages.export()


class FileTest(unittest.TestCase):
    """What `portreg export --format=html` writes."""

    def test_is_small(self):
        self.assertLessEqual(len(gzip.compress(PAGE, 6)), MOST_COMPRESSED_BYTES)

    def test_equal_registries_give_equal_bytes(self):
        self.assertEqual(pages.export(), PAGE)
        with Portregd() as server:
            outcome = tool.ask(server, "export", "--format=html")
        self.assertEqual(outcome.stdout.encode("utf-8"), PAGE)

    def test_needs_no_other_resource(self):
        for tag, attributes in Parts(PAGE.decode("utf-8")).elements:
            self.assertNotIn(tag, ("img", "iframe", "object", "embed", "base", "form"))
            for name in ("src", "srcset", "action", "data", "poster", "style"):
                self.assertNotIn(name, attributes, tag)
            self.assertFalse([name for name in attributes if name.startswith("on")], tag)
            self.assertRegex(attributes.get("href", "#"), "^(#|data:image/svg)")

    def test_policy_allows_its_own_script_and_style_alone(self):
        parts = Parts(PAGE.decode("utf-8"))
        policy = next(attributes["content"] for tag, attributes in parts.elements
                      if attributes.get("http-equiv") == "Content-Security-Policy")
        directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
        self.assertEqual(directives["default-src"], "'none'")
        self.assertEqual(set(directives), {"default-src", "script-src", "style-src", "img-src",
                                           "base-uri", "form-action"})
        hashed = {}
        for tag, attributes, text in parts.contents:
            if attributes.get("type") == "application/json":
                continue
            digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode()
            hashed[tag] = f"'sha256-{digest}'"
        self.assertEqual((hashed["script"], hashed["style"]),
                         (directives["script-src"], directives["style-src"]))

    def test_hostile_records_stay_data(self):
        page = pages.export(table=HOSTILE_TABLE).decode("utf-8")
        plain, hostile = Parts(PAGE.decode("utf-8")), Parts(page)
        self.assertEqual(hostile.elements, plain.elements)
        for character in "\u202e\u2066\u2028\u2029":
            self.assertNotIn(character, page)
        data = next(json.loads(text) for _, attributes, text in hostile.contents
                    if attributes.get("type") == "application/json")
        self.assertIn("</script><img src=x onerror=alert(1)>", data["records"]["service"])

    def test_layers_are_chosen(self):
        page = pages.export("--layer=common").decode("utf-8")
        self.assertIn('"software defaults"', page)
        self.assertNotIn('"IANA registry"', page)

    def test_unusable_tables_are_refused_with_their_line(self):
        with tempfile.TemporaryDirectory(prefix="portreg-page-") as directory:
            path = pathlib.Path(directory) / "bad.csv"
            path.write_text("Service Name,Port Number,Transport Protocol,Description\n"
                            "web,70000,tcp,\n", "utf-8")
            for table in (path, pathlib.Path(directory) / "missing.csv"):
                outcome = tool.run("export", "--format=html", "--offline", f"--file={table}")
                self.assertEqual((outcome.code, outcome.stdout), (1, ""))
                self.assertIn(table.name, outcome.stderr)
            self.assertIn("70000", tool.run(
                "export", "--format=html", "--offline", f"--file={path}").stderr)

    def test_a_servers_own_range_rules_are_remarked(self):
        with tempfile.TemporaryDirectory(prefix="portreg-page-") as directory:
            rules = pathlib.Path(directory) / "ranges.csv"
            rules.write_text("Ports,Transport Protocol,Kind,Severity,Message,Reference\n"
                             "8000-8010,,site,warning,for the lab,\n", "utf-8")
            with Portregd(f"--ranges_file={rules}") as server:
                outcome = tool.run(f"--target={server.address}", "export", "--format=html")
        self.assertEqual(outcome.code, 0)
        self.assertRegex(outcome.stderr, r"\A[^\n]*ranges[^\n]*\n\Z")


class SourceTest(unittest.TestCase):
    """The script's source."""

    def test_parses_no_markup(self):
        for path in (tool.processes.SOURCE_DIR / "common/page/web").glob("*.js"):
            for unsafe in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write",
                           "eval(", "new Function", "fetch(", "XMLHttpRequest", "import("):
                self.assertNotIn(unsafe, path.read_text("utf-8"), path.name)

    def test_lines_are_short(self):
        for path in (tool.processes.SOURCE_DIR / "common/page/web").glob("*.js"):
            for line in path.read_text("utf-8").splitlines():
                self.assertLessEqual(len(line), 110, f"{path.name}: {line}")
            self.assertFalse(re.search(r"[^\x00-\x7f]", path.read_text("utf-8")), path.name)


if __name__ == "__main__":
    unittest.main()
