"""The page in Chromium: search by keyboard, views, the map, hostile records, printing.

    PORTREGD=portregd PORTREG=portreg PORTREG_CHROMIUM=/usr/bin/chromium \\
        PORTREG_CHROMEDRIVER=/usr/bin/chromedriver python3 page_browser_test.py

Needs Selenium.
"""

import base64
import contextlib
import functools
import http.server
import json
import pathlib
import re
import tempfile
import threading
import unittest

import pages
import tool
from page_file_test import HOSTILE_TABLE

ENTER, DOWN, UP, ESCAPE, TAB = "\ue007", "\ue015", "\ue013", "\ue00c", "\ue004"
RIGHT, PAGE_DOWN, END = "\ue014", "\ue00f", "\ue010"
WIDTHS = (360, 1280, 2560)


def setUpModule():
    global BROWSER, DIRECTORY, PAGE, ADDRESS
    DIRECTORY = unittest.enterModuleContext(
        tempfile.TemporaryDirectory(prefix="portreg-page-"))
    PAGE = pages.export(table=pages.LOCAL_TABLE)
    ADDRESS = pages.saved(PAGE, DIRECTORY)
    BROWSER = unittest.enterModuleContext(pages.Browser())


class PageTestCase(unittest.TestCase):
    """Nothing may be complained of, and nothing asked of a network."""

    def tearDown(self):
        self.assertEqual(BROWSER.complaints(), [])
        requests = [json.loads(entry["message"])["message"]
                    for entry in BROWSER.driver.get_log("performance")]
        addresses = {each["params"]["request"]["url"].partition("#")[0] for each in requests
                     if each["method"] == "Network.requestWillBeSent"}
        # A new window of Chromium loads pages of its own, from chrome://.
        foreign = {each for each in addresses
                   if not each.startswith(("file:", "data:", "chrome:", "http://127.0.0.1:"))}
        self.assertEqual(foreign, set())

    def options(self) -> list[tuple[str, str, str]]:
        """Ports, name and layer of each match."""
        return [tuple(each) for each in BROWSER.driver.execute_script(
            "return [...document.querySelectorAll('#results [role=option]')].map((each) =>"
            " ['.number', '.name', '.tag'].map((part) =>"
            " each.querySelector(part)?.textContent || ''))")]


class SearchTest(PageTestCase):
    """The search box, by keyboard alone."""

    def test_finds_ports_and_names(self):
        for query, heading in (("kafka", "9092"), ("443", "443"), ("https", "443"),
                               ("billing", "7100")):
            with self.subTest(query):
                BROWSER.open(ADDRESS)
                BROWSER.type(query, ENTER)
                self.assertIn(heading, BROWSER.heading(heading))
                self.assertIn(query, (BROWSER.text("main")).lower())

    def test_the_slash_key_leads_to_the_box_from_every_view(self):
        BROWSER.open(ADDRESS, "#80")
        BROWSER.type("/", "kafka", ENTER)
        BROWSER.heading("kafka")
        BROWSER.type("/", "8000-8100", ENTER)
        BROWSER.heading("8000")
        self.assertIn("101 ports", BROWSER.text("main"))

    def test_the_box_is_reached_by_tab(self):
        BROWSER.open(ADDRESS, "#80")
        BROWSER.driver.execute_script("document.activeElement.blur()")
        BROWSER.type(TAB, TAB, TAB, "billing", ENTER)
        BROWSER.heading("billing")

    def test_arrows_choose_and_escape_closes(self):
        BROWSER.open(ADDRESS)
        BROWSER.type("kafka", DOWN, DOWN, UP)
        active = BROWSER.driver.execute_script(
            "const box = document.getElementById('query');"
            "return document.getElementById(box.getAttribute('aria-activedescendant'))"
            ".querySelector('.name').textContent")
        self.assertEqual(active, self.options()[1][1])
        BROWSER.type(ESCAPE)
        self.assertFalse(BROWSER.driver.find_element("id", "panel").is_displayed())
        self.assertEqual(BROWSER.driver.find_element("id", "query").get_attribute("aria-expanded"),
                         "false")

    def test_finds_what_the_tool_finds_in_its_order(self):
        with tempfile.TemporaryDirectory(prefix="portreg-page-") as directory:
            address = pages.saved(pages.export(), directory)
            for query in ("kafka", "web server", "proxy", "sql", "http-alt", "x", "RFC"):
                with self.subTest(query):
                    BROWSER.open(address)
                    BROWSER.type(query)
                    shown = [(ports, name, layer) for ports, name, layer in self.options()]
                    self.assertEqual(shown[:10], self.tools_matches(query)[:10])

    @staticmethod
    def tools_matches(query: str) -> list[tuple[str, str, str]]:
        """What the tool finds, without the records that differ in their transport only."""
        outcome = tool.run("--offline", "search", "--max-results=500", query, "-o", "json",
                           "--details")
        found, seen = [], set()
        for match in json.loads(outcome.stdout).get("matches", []):
            record = match["record"]
            key = json.dumps({name: value for name, value in record.items()
                              if name != "transport"}, sort_keys=True)
            if key in seen:
                continue
            seen.add(key)
            first, last = record.get("firstPort"), record.get("lastPort")
            ports = "\u2013" if first is None else (
                str(first) if first == last else f"{first}-{last}")
            found.append((ports, record.get("service", ""),
                          record["layer"].removeprefix("LAYER_").lower()))
        return found

    def test_misspelt_names_get_suggestions(self):
        BROWSER.open(ADDRESS)
        BROWSER.type("htps")
        self.assertIn("Did you mean", BROWSER.text("#count"))
        self.assertIn("https", [name.lower() for _, name, _ in self.options()])
        BROWSER.type("zzzzzzzzzz", ENTER)
        self.assertEqual(BROWSER.text("#count"), "Nothing found.")

    def test_the_number_of_matches_is_said(self):
        BROWSER.open(ADDRESS)
        BROWSER.type("billing")
        self.assertRegex(BROWSER.text("#said"), r"^\d+ matches$")


class ViewTest(PageTestCase):
    """The pages of ports, names and ranges."""

    def test_layers_of_a_port_are_side_by_side(self):
        BROWSER.open(ADDRESS, "#9092")
        self.assertEqual([text.split("\n")[0].split(" ")[0] for text in BROWSER.texts(".layer h2")],
                         ["Your", "In", "IANA"])
        tops = BROWSER.driver.execute_script(
            "return [...document.querySelectorAll('.layer')].map((each) =>"
            " each.getBoundingClientRect().top)")
        self.assertEqual(len(set(tops)), 1)
        self.assertEqual(BROWSER.texts(".layer-local h3"), ["old-queue"])
        self.assertIn("kafka", BROWSER.texts(".layer-common h3"))
        self.assertEqual(BROWSER.texts(".layer-iana h3"), ["XmlIpcRegSvc"])
        self.assertIn("retired", BROWSER.text(".layer-local"))

    def test_advice_is_that_of_the_tool(self):
        with tempfile.TemporaryDirectory(prefix="portreg-page-") as directory:
            address = pages.saved(pages.export(), directory)
            for port in (0, 22, 443, 1719, 6000, 9092, 30000, 40000, 50000, 65535):
                BROWSER.open(address, f"#{port}")
                outcome = tool.run("--offline", "classify", str(port), "-o", "json")
                wanted = [each["message"] for each in json.loads(outcome.stdout)[0]["advisories"]]
                shown = BROWSER.driver.execute_script(
                    "return [...document.querySelectorAll('.advice .data')].map((each) =>"
                    " [...each.childNodes].filter((node) => node.nodeName !== 'SMALL')"
                    ".map((node) => node.textContent).join(''))")
                self.assertEqual(shown, wanted, port)

    def test_own_records_have_owner_scope_and_links(self):
        BROWSER.open(ADDRESS, "#7100")
        text = BROWSER.text(".layer-local")
        for part in ("payments@example.net", "eu/prod", "invoices", "2024-03-01"):
            self.assertIn(part, text)
        links = BROWSER.driver.execute_script(
            "return [...document.querySelectorAll('.layer-local a[target]')].map((each) =>"
            " [each.href, each.rel])")
        self.assertEqual(links, [
            ["https://wiki.example.net/billing", "noopener noreferrer"],
            ["https://www.rfc-editor.org/rfc/rfc9110", "noopener noreferrer"]])

    def test_names_lead_to_their_port(self):
        for name, port in (("HTTPS", "443"), ("http-alt", "8080"), ("invoices", "7100")):
            BROWSER.open(ADDRESS, f"#{name}")
            self.assertIn(f"stands for port {port}", BROWSER.text("main"))

    def test_every_link_within_the_page_leads_somewhere(self):
        for fragment in ("", "#443", "#kafka", "#8000-8010", "#no%20such", "#%E0%A4%A", "#70000",
                         "#__proto__", "#constructor"):
            BROWSER.open(ADDRESS, fragment)
            self.assertTrue(BROWSER.text("h1"))
        self.assertEqual(BROWSER.text("h1"), "Not in the registry")

    def test_blocks_are_shown_with_their_owner(self):
        BROWSER.open(ADDRESS, "#7205")
        self.assertIn("Held by your organisation", BROWSER.text(".under"))
        self.assertIn("payments@example.net", BROWSER.text(".layer-local"))

    def test_nothing_is_wider_than_the_window(self):
        for width in WIDTHS:
            BROWSER.resize(width, 900)
            for fragment in ("", "#443", "#7100", "#kafka", "#8000-8100"):
                BROWSER.open(ADDRESS, fragment)
                self.assertLessEqual(BROWSER.driver.execute_script(
                    "return document.documentElement.scrollWidth"), width, fragment)
        BROWSER.resize(1280, 800)

    def test_prints(self):
        for fragment in ("", "#443"):
            BROWSER.open(ADDRESS, fragment)
            pdf = base64.b64decode(BROWSER.driver.print_page())
            self.assertTrue(pdf.startswith(b"%PDF"))
        BROWSER.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        self.assertEqual(BROWSER.driver.execute_script(
            "return getComputedStyle(document.querySelector('.top')).display"), "none")
        BROWSER.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


class MapTest(PageTestCase):
    """The map of all ports."""

    def setUp(self):
        BROWSER.open(ADDRESS)
        BROWSER.driver.execute_script("document.querySelector('.frame').focus()")

    def said(self, wanted: str):
        BROWSER.wait_until("return document.getElementById('said').textContent"
                           ".includes(arguments[0])", wanted)

    def test_keys_move_say_and_open(self):
        self.said("Port 443, https")
        BROWSER.type(RIGHT)
        self.said("Port 444")
        BROWSER.type(DOWN)
        self.said("Port 700")
        BROWSER.type(END)
        self.said("Port 767")
        BROWSER.type(PAGE_DOWN)
        self.said("Port 4863")
        BROWSER.type(ENTER)
        BROWSER.heading("4863")

    def test_the_cursor_stays_among_the_ports(self):
        for _ in range(20):
            BROWSER.type(PAGE_DOWN)
        self.said("Port 65535")
        BROWSER.type(RIGHT, DOWN)
        self.said("Port 65535")

    def test_zooms_by_keys_and_buttons(self):
        visible = "return document.querySelector('.frame canvas').getContext('2d') && 1"
        whole = self.pixels()
        BROWSER.type("+", "+", "+", "+", "+")
        near = self.pixels()
        self.assertNotEqual(near, whole)
        BROWSER.type("-")
        self.assertNotEqual(self.pixels(), near)
        BROWSER.type("0")
        self.assertEqual(self.pixels(), whole)
        BROWSER.driver.find_element("css selector", "[aria-label='Zoom in']").click()
        self.assertNotEqual(self.pixels(), whole)
        self.assertTrue(BROWSER.driver.execute_script(visible))

    @staticmethod
    def pixels() -> str:
        return BROWSER.driver.execute_script(
            "return document.querySelector('.frame canvas').toDataURL()")

    def test_a_pixel_has_the_colour_of_its_ports_use(self):
        BROWSER.driver.execute_script("document.activeElement.blur()")
        for port, use in ((5432, "common"), (7100, "local"), (7290, "held"), (1290, "assigned"),
                          (21500, "unassigned"), (61003, "dynamic")):
            colour, wanted = BROWSER.driver.execute_script("""
                const canvas = document.querySelector('.frame canvas');
                const cell = canvas.width / 256, port = arguments[0];
                const pixel = canvas.getContext('2d').getImageData(
                    (port % 256 + 0.5) * cell, (Math.floor(port / 256) + 0.5) * cell, 1, 1).data;
                const hex = [...pixel].slice(0, 3)
                    .map((part) => part.toString(16).padStart(2, '0')).join('');
                return ['#' + hex, getComputedStyle(document.documentElement)
                    .getPropertyValue('--use-' + arguments[1]).trim()];""", port, use)
            self.assertEqual(colour, wanted, port)

    def test_a_click_opens_the_port(self):
        BROWSER.driver.find_element("css selector", ".frame canvas").click()
        # The middle of 256 x 256 ports.
        BROWSER.wait_until("return /^#3\\d{4}$/.test(location.hash)")

    def test_the_legend_counts_all_ports(self):
        counts = BROWSER.texts(".legend td")
        self.assertEqual(sum(int(count.replace(",", "")) for count in counts), 65536)

    def test_dark_and_light_differ(self):
        light = self.pixels()
        BROWSER.emulate(prefers_color_scheme="dark")
        BROWSER.wait_until("return document.querySelector('.frame canvas').toDataURL() !== "
                           "arguments[0]", light)
        BROWSER.emulate()


class HostileTest(PageTestCase):
    """Records that look like markup are text."""

    def test_markup_is_text(self):
        address = pages.saved(pages.export(table=HOSTILE_TABLE), DIRECTORY, "hostile.html")
        for fragment in ("#7100", "#7101", "#7100-7101"):
            BROWSER.open(address, fragment)
            self.assertEqual(BROWSER.driver.execute_script(
                "return document.querySelectorAll('main img, main script, main b').length"), 0)
        BROWSER.open(address, "#7100")
        self.assertIn("</script><img src=x onerror=alert(1)>", BROWSER.text("h1"))
        BROWSER.type("/", "onerror", ENTER)
        BROWSER.heading("7100")
        links = BROWSER.driver.execute_script(
            "return [...document.querySelectorAll('main a')].map((each) => each.protocol)")
        self.assertLessEqual(set(links), {"file:", "http:", "https:"})


@contextlib.contextmanager
def served(directory: str, policy: str):
    """Serves a directory on loopback with a policy as a header; gives the address."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        """Sends the policy with everything."""

        def end_headers(self):
            self.send_header("Content-Security-Policy", policy)
            super().end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Handler, directory=directory)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class PlacesTest(PageTestCase):
    """The page elsewhere than in a file."""

    def test_works_behind_a_server_that_sends_its_policy(self):
        policy = re.search(rb'Security-Policy" content="([^"]+)"', PAGE)[1].decode()
        with served(DIRECTORY, f"{policy}; frame-ancestors 'none'") as address:
            BROWSER.open(f"{address}/page.html")
            BROWSER.type("kafka", ENTER)
            BROWSER.heading("9092")
            BROWSER.driver.get("about:blank")

    def test_works_in_the_frame_of_a_wiki(self):
        wiki = "<!DOCTYPE html><title>Wiki</title><link rel=icon href='data:,'>" \
            "<iframe sandbox='allow-scripts' width=900 height=600 src='page.html'></iframe>"
        (pathlib.Path(DIRECTORY) / "wiki.html").write_text(wiki, "utf-8")
        with served(DIRECTORY, "default-src 'self' data: 'unsafe-inline'") as address:
            BROWSER.driver.get(f"{address}/wiki.html")
            BROWSER.driver.switch_to.frame(0)
            BROWSER.wait_until("return document.documentElement.dataset.ready === 'true'")
            box = BROWSER.driver.find_element("id", "query")
            box.send_keys("billing" + ENTER)
            BROWSER.heading("7100")
            BROWSER.driver.switch_to.default_content()
            BROWSER.driver.get("about:blank")


if __name__ == "__main__":
    unittest.main()
