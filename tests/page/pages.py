"""Exports pages for the tests, and opens them in Chromium.

    with pages.Browser() as chromium:
        chromium.open(page, "#443")

PORTREG_CHROMIUM and PORTREG_CHROMEDRIVER name the programs. Every wait is for an
event, with a timeout.
"""

import os
import pathlib
import sys
import tempfile

TESTS_DIR = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS_DIR / "integration"), str(TESTS_DIR / "interop")]

import processes
import tool

WAIT_SECONDS = 20 * processes.PATIENCE

LOCAL_TABLE = """\
Service Name,Port Number,Transport Protocol,Description,Owner,Aliases,Scope,Status,Reference,Since
billing,"7100,7110",tcp,Billing API,payments@example.net,invoices,eu/prod,,\
https://wiki.example.net/billing and [RFC9110],2024-03-01
audit,7101 - 7103,TCP/UDP,Audit log shippers,security@example.net,,,planned,,
,7200-7299,,Held for new services,payments@example.net,,,,,
old-queue,9092,tcp,The queue before Kafka,platform@example.net,,,retired,,
"""


def export(*arguments: str, table: str = "") -> bytes:
    """The page that `portreg export` writes, with an own table if one is given."""
    with tempfile.TemporaryDirectory(prefix="portreg-page-") as directory:
        files = []
        if table:
            path = pathlib.Path(directory) / "local.csv"
            path.write_text(table, "utf-8")
            files = [f"--file={path}"]
        outcome = tool.run("export", "--format=html", "--offline", *files, *arguments)
    if (outcome.code, outcome.stderr) != (0, ""):
        raise AssertionError(f"exit code {outcome.code}: {outcome.stderr}")
    return outcome.stdout.encode("utf-8")


class Browser:
    """Chromium without a window, with a profile of its own. Use it in a with statement."""

    def __init__(self, width: int = 1280, height: int = 800):
        self._size = f"{width},{height}"
        self._profile = tempfile.TemporaryDirectory(prefix="portreg-chromium-")
        self.driver = None

    def __enter__(self) -> "Browser":
        # Not above, because the tests of files need no Selenium.
        from selenium import webdriver
        from selenium.webdriver.chrome.options import Options
        from selenium.webdriver.chrome.service import Service

        options = Options()
        options.binary_location = _program("PORTREG_CHROMIUM")
        for argument in (
                "--headless=new", "--disable-gpu", "--disable-background-networking",
                # /dev/shm is small in containers, and root may not use the sandbox.
                "--disable-dev-shm-usage", "--no-sandbox",
                "--no-proxy-server", f"--window-size={self._size}",
                f"--user-data-dir={self._profile.name}"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        # Chromium writes beside its profile too.
        environment = {**os.environ, "HOME": self._profile.name,
                       "XDG_CONFIG_HOME": self._profile.name,
                       "XDG_CACHE_HOME": self._profile.name, "TMPDIR": self._profile.name}
        service = Service(_program("PORTREG_CHROMEDRIVER"), env=environment)
        self.driver = webdriver.Chrome(options=options, service=service)
        self.driver.set_page_load_timeout(WAIT_SECONDS)
        return self

    def __exit__(self, *_):
        if self.driver:
            self.driver.quit()
        self._profile.cleanup()

    def emulate(self, **features: str):
        """Sets media features, such as prefers_color_scheme="dark"."""
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": name.replace("_", "-"), "value": value}
                         for name, value in features.items()]})

    def resize(self, width: int, height: int):
        """Sets the size of the window's contents in CSS pixels."""
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def open(self, address: str, fragment: str = ""):
        """Loads the page anew and waits until its first view is ready."""
        self.driver.get("about:blank")
        self.driver.get(address + fragment)
        self.wait_until("return document.documentElement.dataset.ready === 'true'")

    def wait_until(self, script: str, *arguments):
        """Waits until a script returns something true, and gives it."""
        from selenium.webdriver.support.ui import WebDriverWait

        return WebDriverWait(self.driver, WAIT_SECONDS, poll_frequency=0.02).until(
            lambda driver: driver.execute_script(script, *arguments), script)

    def type(self, *keys: str):
        """Types keys into what has the focus, as a person without a mouse does."""
        from selenium.webdriver.common.action_chains import ActionChains

        for each in keys:
            ActionChains(self.driver).send_keys(each).perform()

    def heading(self, wanted: str) -> str:
        """Waits until the heading has a text, and gives the whole heading."""
        return self.wait_until(
            "const text = document.querySelector('h1')?.innerText || '';"
            "return text.includes(arguments[0]) && text", wanted)

    def text(self, selector: str) -> str:
        """The text that an element shows."""
        return self.driver.execute_script(
            "return document.querySelector(arguments[0]).innerText", selector)

    def texts(self, selector: str) -> list[str]:
        """The texts that all such elements show."""
        return self.driver.execute_script(
            "return [...document.querySelectorAll(arguments[0])].map((each) => each.innerText)",
            selector)

    def complaints(self) -> list[str]:
        """What the console has been told, errors of scripts and policies among it."""
        return [entry["message"] for entry in self.driver.get_log("browser")
                if entry["source"] != "rendering"]  # hints to whoever reads pixels


def _program(variable: str) -> str:
    path = os.environ.get(variable, "")
    if not os.access(path, os.X_OK):
        raise RuntimeError(f"{variable} must name a program, not {path!r}")
    return path


def saved(page: bytes, directory: str, name: str = "page.html") -> str:
    """Saves a page in a directory; gives its address."""
    path = pathlib.Path(directory) / name
    path.write_bytes(page)
    return path.as_uri()
