"""HAProxy and nginx before the web doors of two servers, as deploy/proxy has them.

    PORTREGD=portregd python3 web_proxy_test.py
"""

import contextlib
import http.client
import pathlib
import signal
import ssl
import subprocess
import sys
import time
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "web")]

import proxies
import web
from processes import EXIT_SECONDS


class WebHAProxy(proxies._Proxy):
    """HAProxy with web-haproxy.cfg."""

    CONFIGURATION = proxies.PROXY_DIR / "web-haproxy.cfg"

    def __init__(self, certificates: proxies.Certificates, *servers: str):
        super().__init__()
        first, second = (servers * 2)[:2]
        self.environment = {
            "PORTREG_WEB_PROXY_LISTEN": f"fd@{self._listener.fileno()}",
            "PORTREG_WEB_PROXY_CERT": str(certificates.both),
            "PORTREGD_WEB_1": first, "PORTREGD_WEB_2": second}
        self._start([proxies.program("haproxy"), "-db", "-f", self.CONFIGURATION],
                    self.environment, [self._listener])


class WebNginx(proxies.Nginx):
    """nginx with web-nginx.conf."""

    CONFIGURATION = proxies.PROXY_DIR / "web-nginx.conf"
    REPLACED = {"listen 6335 ": "listen 6338 ", "16335 ": "16338 ", "26335 ": "26338 ",
                "portreg-proxy.pid": "portreg-web-proxy.pid"}

    def __init__(self, certificates: proxies.Certificates, *servers: str):
        def as_for_grpc(text: str) -> str:
            for old, new in self.REPLACED.items():
                text = text.replace(new, old)
            return text

        super().__init__(certificates, *servers, edit=as_for_grpc)


class ProxyTests:
    """Holds behind each proxy."""

    def setUp(self):
        self.certificates = self.enterContext(proxies.Certificates())
        self.servers = [web.Door("--drain_delay=60s") for _ in range(2)]
        for each in self.servers:
            self.addCleanup(each.kill)
        self.proxy = self.enterContext(self.start(*(each.web for each in self.servers)))
        self.proxy.wait_until(lambda: self.ask("GET", "/healthz").status == 200, "no answer")

    def ask(self, method: str, target: str, body: bytes | None = None, **headers) -> web.Answer:
        """The answer to a request by TLS."""
        context = ssl.create_default_context(cafile=str(self.certificates.certificate))
        port = self.proxy.address.rpartition(":")[2]
        through = web.connection(f"localhost:{port}", context)
        with contextlib.closing(through):
            try:
                return web.ask(through, method, target, body, **headers)
            except http.client.HTTPException as error:
                raise OSError(str(error)) from error

    def test_answers_are_those_of_the_door(self):
        for target in ("/", "/v1/ports/443", "/v1/ports?first=0&last=3000", "/v1/search?q=http",
                       "/v1/services/SMB%20%2F%20Microsoft-DS", "/v1/services/no-such"):
            with self.subTest(target=target):
                wanted = self.servers[0].get(target)
                found = self.ask("GET", target)
                self.assertEqual((found.status, found.body), (wanted.status, wanted.body))
                self.assertEqual(found.headers["ETag"], wanted.headers["ETag"])
        answer = self.ask("POST", f"/{web.SERVICE}/Lookup", b'{"port":22}',
                          Content_Type="application/json")
        self.assertEqual(answer.status, 200)
        tag = self.ask("GET", "/v1/info").headers["ETag"]
        self.assertEqual(self.ask("GET", "/v1/info", If_None_Match=tag).status, 304)

    def test_a_server_that_has_ended_is_not_asked(self):
        self.assertEqual(self.servers[0].stop(signal.SIGINT), 0)
        deadline = time.monotonic() + web.SECONDS
        good = 0
        while good < 10:
            good = good + 1 if self.ask("GET", "/v1/ports/1").status == 200 else 0
            self.assertLess(time.monotonic(), deadline)


class HAProxyTest(ProxyTests, unittest.TestCase):
    def start(self, *servers: str):
        return WebHAProxy(self.certificates, *servers)

    def test_the_configuration_is_right_to_haproxy(self):
        done = subprocess.run(
            [proxies.program("haproxy"), "-c", "-f", WebHAProxy.CONFIGURATION],
            env={**self.proxy.environment, "PATH": "/usr/sbin:/usr/bin",
                 "PORTREG_WEB_PROXY_LISTEN": "127.0.0.1:1"},
            capture_output=True, text=True, timeout=EXIT_SECONDS, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertNotIn("WARNING", done.stdout + done.stderr)

    def test_a_server_that_drains_gets_no_new_requests(self):
        self.servers[0].send(signal.SIGTERM)
        self.proxy.wait_until(
            lambda: all(self.ask("GET", "/healthz").status == 200 for _ in range(10)),
            "the draining server is still asked", web.SECONDS)


class NginxTest(ProxyTests, unittest.TestCase):
    def start(self, *servers: str):
        return WebNginx(self.certificates, *servers)


if __name__ == "__main__":
    unittest.main()
