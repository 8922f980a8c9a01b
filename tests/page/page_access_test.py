"""The page's accessibility, by the rules of axe-core, in light and dark.

    PORTREG=portreg PORTREG_AXE=axe.min.js PORTREG_CHROMIUM=/usr/bin/chromium \\
        PORTREG_CHROMEDRIVER=/usr/bin/chromedriver python3 page_access_test.py

Needs Selenium.
"""

import os
import pathlib
import tempfile
import unittest

import pages

VIEWS = ("", "#443", "#7100", "#7205", "#9092", "#kafka", "#8000-8010", "#no-such-name")

RUN_AXE = """
const done = arguments[arguments.length - 1];
axe.run(document, {resultTypes: ['violations']}).then(
    (result) => done(result.violations.map((each) =>
        `${each.id}: ${each.help}: ${each.nodes.map((node) => node.html + ' ' + node.failureSummary).slice(0, 3).join(' | ')}`)),
    (error) => done([String(error)]));
"""


def setUpModule():
    global BROWSER, ADDRESS, AXE
    AXE = pathlib.Path(os.environ["PORTREG_AXE"]).read_text("utf-8")
    directory = unittest.enterModuleContext(tempfile.TemporaryDirectory(prefix="portreg-page-"))
    ADDRESS = pages.saved(pages.export(table=pages.LOCAL_TABLE), directory)
    BROWSER = unittest.enterModuleContext(pages.Browser())


def violations() -> list[str]:
    """Returns the rules that the page breaks as it is now."""
    BROWSER.driver.execute_script(AXE)
    return BROWSER.driver.execute_async_script(RUN_AXE)


class AccessTest(unittest.TestCase):
    """Checks every view."""

    def test_no_rule_is_broken(self):
        BROWSER.driver.set_script_timeout(pages.WAIT_SECONDS)
        # No rule depends on colours and width together.
        for scheme, width in (("light", 360), ("dark", 1280)):
            BROWSER.emulate(prefers_color_scheme=scheme)
            BROWSER.resize(width, 900)
            for view in VIEWS:
                with self.subTest(scheme=scheme, width=width, view=view):
                    BROWSER.open(ADDRESS, view)
                    self.assertEqual(violations(), [])

    def test_no_rule_is_broken_by_the_matches(self):
        for scheme in ("light", "dark"):
            BROWSER.emulate(prefers_color_scheme=scheme)
            for query in ("kafka", "htps", "zzzzzzzzzz"):
                with self.subTest(scheme=scheme, query=query):
                    BROWSER.open(ADDRESS)
                    BROWSER.driver.execute_script("document.getElementById('query').focus()")
                    BROWSER.type(query)
                    BROWSER.wait_until("return !document.getElementById('panel').hidden")
                    self.assertEqual(violations(), [])

    def test_a_broken_rule_is_noticed(self):
        BROWSER.open(ADDRESS)
        BROWSER.driver.execute_script("document.documentElement.removeAttribute('lang')")
        self.assertIn("html-has-lang", " ".join(violations()))


if __name__ == "__main__":
    unittest.main()
