"""Tests the web door under TLS: certificates, reloads, and clients' names.

    PORTREGD=portregd python3 web_tls_test.py
"""

import http.client
import pathlib
import ssl
import tempfile
import time
import unittest

import web  # first: adds the folders of the modules below

from authority import Authority

ALLOWED = "spiffe://test/ns/prod/sa/web"


class TlsTest(unittest.TestCase):
    """Authorities and files of each test's own."""

    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory(prefix="portreg-web-tls-")))
        self.servers, self.clients = Authority("servers"), Authority("clients")
        self.write("tls", self.servers.issue_server())
        (self.directory / "servers.crt").write_bytes(self.servers.certificate)
        (self.directory / "clients.crt").write_bytes(self.clients.certificate)
        self.flags = (f"--tls_cert={self.directory}/tls.crt",
                      f"--tls_key={self.directory}/tls.key",
                      "--reload_interval=20ms")

    def write(self, name: str, pair):
        pair.write(self.directory / f"{name}.crt", self.directory / f"{name}.key")

    def context(self, client=None, ca="servers", **versions) -> ssl.SSLContext:
        """A client's settings, with a certificate if one is given."""
        context = ssl.create_default_context(cafile=self.directory / f"{ca}.crt")
        context.set_alpn_protocols(["h2", "http/1.1"])
        for name, value in versions.items():
            setattr(context, name, value)
        if client is not None:
            self.write("client", client)
            context.load_cert_chain(self.directory / "client.crt",
                                    self.directory / "client.key")
        return context

    def get(self, server: web.Door, context: ssl.SSLContext,
            target: str = "/v1/ports/443") -> web.Answer:
        """The answer to GET. Raises OSError if there is no connection."""
        port = web.address(server.web)[1]
        through = web.connection(f"localhost:{port}", context)
        try:
            return web.ask(through, "GET", target)
        except http.client.RemoteDisconnected as error:
            raise ConnectionError from error
        finally:
            through.close()

    def test_the_door_has_the_servers_certificate(self):
        with web.Door(*self.flags) as server:
            for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
                answer = self.get(server, self.context(
                    minimum_version=version, maximum_version=version))
                self.assertEqual(answer.status, 200)
            self.assertEqual(self.get(server, self.context(), "/").status, 200)
            with self.assertRaises(ssl.SSLError):
                self.get(server, ssl.create_default_context())

    def test_old_versions_and_plaintext_are_refused(self):
        with web.Door(*self.flags) as server:
            old = self.context()
            old.set_ciphers("ALL:@SECLEVEL=0")
            old.minimum_version = ssl.TLSVersion.TLSv1
            old.maximum_version = ssl.TLSVersion.TLSv1_1
            with self.assertRaises(OSError):
                self.get(server, old)
            weak = self.context(maximum_version=ssl.TLSVersion.TLSv1_2)
            weak.set_ciphers("AES128-SHA")
            with self.assertRaises(OSError):
                self.get(server, weak)
            received = web.raw(server.web, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertNotIn(b"HTTP/1.1 200", received)
            self.assertEqual(self.get(server, self.context()).status, 200)

    def test_a_new_certificate_is_used_without_a_restart(self):
        with web.Door(*self.flags) as server:
            old = self.context()
            self.assertEqual(self.get(server, old).status, 200)
            later = Authority("later")
            (self.directory / "later.crt").write_bytes(later.certificate)
            self.write("tls", later.issue_server())
            end = time.monotonic() + web.SECONDS
            new = self.context(ca="later")
            while True:
                try:
                    self.assertEqual(self.get(server, new).status, 200)
                    break
                except ssl.SSLError:
                    self.assertLess(time.monotonic(), end)
                    time.sleep(0.02)
            with self.assertRaises(ssl.SSLError):
                self.get(server, old)

    def test_clients_need_a_certificate_from_the_authority(self):
        with web.Door(*self.flags,
                      f"--tls_client_ca={self.directory}/clients.crt") as server:
            good = self.clients.issue("good", uris=[ALLOWED])
            self.assertEqual(self.get(server, self.context(good)).status, 200)
            for client in (None, self.servers.issue("foreign", uris=[ALLOWED]),
                           Authority("clients").issue("false", uris=[ALLOWED])):
                with self.assertRaises(OSError):
                    self.get(server, self.context(client))
            through_authority = Authority("between", issuer=self.clients)
            chained = through_authority.issue("chained", uris=[ALLOWED])
            chained = chained._replace(certificate=chained.certificate
                                       + through_authority.certificate)
            self.assertEqual(self.get(server, self.context(chained)).status, 200)

    def test_only_clients_with_an_allowed_name_may_call(self):
        with web.Door(*self.flags,
                      f"--tls_client_ca={self.directory}/clients.crt",
                      "--tls_allowed_clients=spiffe://test/ns/*/sa/web,*.ok.test,"
                      "ops@test,10.1.2.*") as server:
            for names in ({"uris": [ALLOWED]}, {"dns": ["a.ok.test"]},
                          {"emails": ["ops@test"]}, {"addresses": ["10.1.2.3"]}):
                client = self.context(self.clients.issue("one", **names))
                for target in ("/", "/v1/info", "/openapi.json",
                               "/v1/ports?first=1&last=1"):
                    self.assertEqual(
                        self.get(server, client, target).status, 200, names)
            other = self.context(self.clients.issue(
                "other", uris=["spiffe://test/ns/prod/sa/other"]))
            for target in ("/", "/v1/info", "/v1/ports", "/openapi.json",
                           "/v1/ports/443", "/v1/search?q=x"):
                answer = self.get(server, other, target)
                self.assertEqual((answer.status, answer.reason()),
                                 (403, "CLIENT_NOT_ALLOWED"), target)
                self.assertIn("sa/other", answer.json()["message"])


if __name__ == "__main__":
    unittest.main()
