"""Tests the web door with the real clients of the Connect protocol.

    PORTREGD=portregd PORTREG_NODE=node PORTREG_NODE_DIRECTORY=packages \\
        PORTREG_DESCRIPTOR_SET=portreg.binpb python3 connect_test.py

connect-node asks the questions of the table; connect-web runs in Chromium.
"""

import base64
import functools
import http.server
import json
import os
import pathlib
import subprocess
import tempfile
import threading
import unittest

import web  # first: adds the folders of the modules below

import processes
import question_table
import table_test
from node_packages import installed, node

HERE = pathlib.Path(__file__).resolve().parent
DESCRIPTOR_SET = os.environ.get("PORTREG_DESCRIPTOR_SET", "")
NODE_SECONDS = 60 * processes.PATIENCE


def run(*command: str | pathlib.Path) -> subprocess.CompletedProcess:
    """Runs a program to its end."""
    return subprocess.run(
        command, env=processes.environment(), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=NODE_SECONDS, check=False)


def questions(server: web.Door) -> list[dict]:
    """Returns the unary questions of the table, with gRPC's answers."""
    table_test.SERVER = server
    asker = table_test.GeneratedAsker()
    made = []
    for row in question_table.load():
        request = row.request_bytes() or row.request()
        # Skips rows with a failed lookup. Its error details are google.rpc messages,
        # which a registry of the contract's types alone cannot write as JSON.
        if (not isinstance(request, dict) or row.method in ("ListRange", "Watch")
                or "failure" in json.dumps(row.data)):
            continue
        outcome = asker.ask(row.method, request)
        wanted = ({"answer": outcome.messages[0]} if outcome.code == "OK" else {
            "code": "".join(part.title() for part in outcome.code.split("_")),
            "reason": outcome.status["details"][0]["reason"]})
        if "failure" not in json.dumps(wanted):
            made.append({"name": row.name, "method": row.method,
                         "request": request, **wanted})
    return made


class NodeTest(unittest.TestCase):
    """@connectrpc/connect-node."""

    def test_every_question_is_answered_as_by_grpc(self):
        with (web.Door(*question_table.SERVER_FLAGS) as server,
              tempfile.NamedTemporaryFile("w", suffix=".json") as file):
            asked = questions(server)
            self.assertGreater(len(asked), 70)
            json.dump(asked, file)
            file.flush()
            done = run(node(), installed(HERE / "connect_table.mjs"),
                       f"http://{server.web}", DESCRIPTOR_SET, file.name)
        self.assertRegex(
            done.stdout, r"\A\d+ questions by GET and POST, 0 answered wrongly\n\Z")
        self.assertEqual((done.returncode, done.stderr), (0, ""))


class BrowserTest(unittest.TestCase):
    """@connectrpc/connect-web in Chromium, on a page of another site."""

    def setUp(self):
        self.site = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory(prefix="portreg-connect-")))
        handler = functools.partial(
            QuietHandler, directory=str(self.site))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.origin = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)

    def write_page(self, door: str):
        """Bundles the program, and writes the page that runs it."""
        source = installed(HERE / "connect_browser.mjs")
        bundler = source.parent / "node_modules/esbuild/bin/esbuild"
        done = run(node(), bundler, source, "--bundle", "--format=esm",
                   f"--outfile={self.site}/client.js", "--log-level=error")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        files = base64.b64encode(pathlib.Path(DESCRIPTOR_SET).read_bytes())
        (self.site / "index.html").write_text(
            "<!DOCTYPE html><title>waiting</title><script>"
            f"window.BASE_URL = 'http://{door}';"
            f"window.DESCRIPTOR_SET = '{files.decode()}';</script>"
            "<script type=module src=client.js></script>")

    def title(self) -> str:
        """The page's title once the program has ended."""
        # Imported here, because only this test needs a browser.
        from selenium import webdriver
        from selenium.webdriver.support.ui import WebDriverWait

        options = webdriver.ChromeOptions()
        for argument in ("--headless=new", "--no-sandbox",
                         "--disable-dev-shm-usage", "--disable-gpu",
                         "--no-proxy-server",
                         f"--user-data-dir={self.site}/profile"):
            options.add_argument(argument)
        options.binary_location = "/usr/bin/chromium"
        service = webdriver.ChromeService("/usr/bin/chromedriver") if hasattr(
            webdriver, "ChromeService") else None
        if service is None:
            from selenium.webdriver.chrome.service import Service
            service = Service("/usr/bin/chromedriver")
        browser = webdriver.Chrome(service=service, options=options)
        try:
            browser.get(f"{self.origin}/index.html")
            WebDriverWait(browser, NODE_SECONDS).until(
                lambda each: each.title != "waiting")
            return browser.title
        finally:
            browser.quit()

    def test_a_named_site_may_ask(self):
        with web.Door(f"--web_allow_origins={self.origin}") as server:
            self.write_page(server.web)
            wanted = server.get("/v1/ports/443").json()
            found = json.loads(self.title())
        self.assertEqual(found, [
            wanted, ["NotFound", "SERVICE_NOT_FOUND"]] * 4)

    def test_another_site_may_not(self):
        with web.Door("--web_allow_origins=https://ports.example.org") as server:
            self.write_page(server.web)
            self.assertRegex(self.title(), "^failed: ")


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files without a log."""

    def log_message(self, format, *arguments):
        """Drops the line."""


if __name__ == "__main__":
    unittest.main()
