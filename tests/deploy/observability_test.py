"""Checks the dashboard and the alerts by a real Prometheus that scrapes portregd.

    PORTREGD=portregd python3 observability_test.py

portregd must export every metric that dashboard and alerts name, and Prometheus
must evaluate every expression in them.
"""

import json
import pathlib
import re
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

import deploy_paths
import proxies
import yaml
from processes import CALL_SECONDS, EXIT_SECONDS, READY_SECONDS, Portregd

import grpc
from client import Client
from portreg_proto import pb

OBSERVABILITY = deploy_paths.DEPLOY_DIR / "observability"
METRIC = re.compile(r"\b(?:grpc_server|portreg|process)_[a-z0-9_]+")
HISTOGRAM_SUFFIXES = ("_bucket", "_sum", "_count")


def dashboard_expressions() -> dict[str, list[str]]:
    """Returns the expressions of each panel, by its title, and of the annotations."""
    dashboard = json.loads((OBSERVABILITY / "dashboard.json").read_text())
    found = {panel["title"]: [target["expr"] for target in panel.get("targets", ())]
             for panel in dashboard["panels"] if panel["type"] != "row"}
    found["annotations"] = [each["expr"] for each in dashboard["annotations"]["list"]]
    return found


def variable_queries() -> list[str]:
    """Returns the queries of the dashboard's variables."""
    dashboard = json.loads((OBSERVABILITY / "dashboard.json").read_text())
    return [each["definition"] for each in dashboard["templating"]["list"]
            if each["type"] == "query"]


def alert_expressions() -> dict[str, str]:
    """Returns the expression of each alert."""
    rules = yaml.safe_load((OBSERVABILITY / "alerts.yaml").read_text())
    return {rule["alert"]: rule["expr"] for group in rules["groups"] for rule in group["rules"]}


def as_grafana_asks(expression: str) -> str:
    """Returns an expression with Grafana's variables replaced as Grafana does."""
    for name, value in (("$__rate_interval", "1m"), ("$job", ".*"), ("$instance", ".*")):
        expression = expression.replace(name, value)
    return expression


def promtool(*arguments: object) -> subprocess.CompletedProcess:
    """Runs promtool in the directory of the rules."""
    return subprocess.run(
        [proxies.program("promtool"), *map(str, arguments)], cwd=OBSERVABILITY,
        capture_output=True, text=True, timeout=EXIT_SECONDS, check=False)


class Prometheus:
    """A Prometheus that scrapes one address each second."""

    def __init__(self, target: str):
        self._directory = tempfile.TemporaryDirectory()
        path = pathlib.Path(self._directory.name)
        settings = yaml.safe_load((OBSERVABILITY / "prometheus.yml").read_text())
        settings["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        settings["rule_files"] = [str(OBSERVABILITY / "alerts.yaml")]
        settings["scrape_configs"][0]["static_configs"][0]["targets"] = [target]
        (path / "prometheus.yml").write_text(yaml.safe_dump(settings))
        self._log = open(path / "log", "w+b")
        self._process = subprocess.Popen(
            [proxies.program("prometheus"), f"--config.file={path}/prometheus.yml",
             f"--storage.tsdb.path={path}/data", "--web.listen-address=127.0.0.1:0"],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log)
        try:
            self._address = self._wait_for_address(path / "log")
        except BaseException:
            self.stop()
            raise

    def _wait_for_address(self, log: pathlib.Path) -> str:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            text = log.read_text()
            address = re.search(r'msg="Listening on" address=(\S+)', text)
            if address and "Server is ready to receive web requests" in text:
                return address[1]
            time.sleep(0.02)
        raise TimeoutError(f"prometheus is not ready: {log.read_text()}")

    def ask(self, path: str, **parameters: str):
        """Returns the data of a reply of its API. Raises AssertionError if it refuses."""
        url = f"http://{self._address}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(url, timeout=CALL_SECONDS) as reply:
                return json.load(reply)["data"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{parameters}: {error.read().decode()}") from None

    def query(self, expression: str) -> list:
        """Returns the present value of an expression."""
        return self.ask("query", query=expression)["result"]

    def stop(self):
        """Ends the process."""
        self._process.terminate()
        try:
            self._process.wait(EXIT_SECONDS)
        finally:
            self._process.kill()
            self._log.close()
            self._directory.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        self.stop()


class FilesTest(unittest.TestCase):
    """Checks the files by promtool."""

    def test_the_rules_and_the_configuration_are_valid(self):
        for arguments in (("check", "rules", "alerts.yaml"),
                          ("check", "config", "prometheus.yml")):
            done = promtool(*arguments)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_each_alert_fires_when_it_should_and_not_otherwise(self):
        done = promtool("test", "rules", "alerts_test.yaml")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_each_alert_has_both_tests(self):
        tests = yaml.safe_load((OBSERVABILITY / "alerts_test.yaml").read_text())["tests"]
        fires, rests = set(), set()
        for case in (each for test in tests for each in test["alert_rule_test"]):
            (fires if case.get("exp_alerts") else rests).add(case["alertname"])
        self.assertEqual((fires, rests), (set(alert_expressions()),) * 2)

    def test_panels_do_not_overlap_and_have_their_own_numbers(self):
        panels = json.loads((OBSERVABILITY / "dashboard.json").read_text())["panels"]
        self.assertEqual(len({panel["id"] for panel in panels}), len(panels))
        cells = [(x, y) for panel in panels for position in [panel["gridPos"]]
                 for x in range(position["x"], position["x"] + position["w"])
                 for y in range(position["y"], position["y"] + position["h"])]
        self.assertEqual(len(cells), len(set(cells)))
        self.assertLess(max(x for x, _ in cells), 24)


class ScrapeTest(unittest.TestCase):
    """Scrapes a server with TLS, which has all metrics, after some calls."""

    @classmethod
    def setUpClass(cls):
        certificates = cls.enterClassContext(proxies.Certificates())
        server = cls.enterClassContext(Portregd(
            "--metrics_listen=127.0.0.1:0", f"--tls_cert={certificates.certificate}",
            f"--tls_key={certificates.key}"))
        cls.prometheus = cls.enterClassContext(Prometheus(server.announced["METRICS"][0]))
        with certificates.channel(server.address) as channel:
            client = Client(channel)
            # A rate needs two samples, and calls between them.
            deadline = time.monotonic() + READY_SECONDS
            while not cls.calls_are_seen():
                if time.monotonic() > deadline:
                    raise TimeoutError("Prometheus has not seen the calls")
                client.info()
                client.batch([pb.LookupRequest(port=443)])
                try:
                    client.lookup(service="no-such-service")
                except grpc.RpcError:
                    pass
                time.sleep(0.1)

    @classmethod
    def calls_are_seen(cls) -> bool:
        """Returns True if rates of both good and refused calls are above 0."""
        return all(cls.prometheus.query(
            f'sum(rate(grpc_server_handled_total{{grpc_code="{code}"}}[1m])) > 0')
                   for code in ("OK", "NotFound"))

    def exported(self) -> set[str]:
        """Returns the names of all metrics that Prometheus has scraped."""
        return set(self.prometheus.ask("label/__name__/values"))

    def test_every_metric_that_is_named_is_exported(self):
        texts = [*variable_queries(), *alert_expressions().values(),
                 *(each for panel in dashboard_expressions().values() for each in panel)]
        named = {name for text in texts for name in METRIC.findall(text)}
        self.assertGreater(len(named), 25)
        self.assertEqual(named - self.exported(), set())

    def test_every_metric_of_portregd_is_on_the_dashboard(self):
        shown = {name for panel in dashboard_expressions().values() for text in panel
                 for name in METRIC.findall(text)}
        exported = {name for name in self.exported() if METRIC.fullmatch(name)}
        # One series of a histogram is enough.
        for suffix in HISTOGRAM_SUFFIXES:
            exported = {name.removesuffix(suffix) for name in exported}
            shown = {name.removesuffix(suffix) for name in shown}
        self.assertEqual(exported - shown, set())

    def test_every_panel_shows_something(self):
        for title, expressions in dashboard_expressions().items():
            for expression in expressions:
                with self.subTest(title=title, expression=expression):
                    result = self.prometheus.query(as_grafana_asks(expression))
                    if title != "annotations":
                        self.assertNotEqual(result, [])

    def test_every_alert_can_be_evaluated_and_none_but_the_certificates_fires(self):
        rules = self.prometheus.ask("rules")["groups"][0]["rules"]
        self.assertEqual({rule["name"] for rule in rules}, set(alert_expressions()))
        self.assertEqual({rule.get("lastError", "") for rule in rules}, {""})
        self.assertEqual({rule["name"] for rule in rules if rule["state"] != "inactive"},
                         # The throw-away certificate is valid for two days.
                         {"PortregdCertificateExpires", "PortregdCertificateExpiresVerySoon"})
        for name, expression in alert_expressions().items():
            with self.subTest(alert=name):
                self.prometheus.query(expression)

    def test_a_metric_that_does_not_exist_would_be_noticed(self):
        self.assertNotIn("portreg_no_such_metric", self.exported())
        with self.assertRaises(AssertionError):
            self.prometheus.query("sum(rate(up))")


if __name__ == "__main__":
    unittest.main()
