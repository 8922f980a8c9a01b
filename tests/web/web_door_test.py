"""Tests the web door by HTTP: conditions, compression, other sites, errors, limits.

    PORTREGD=portregd python3 web_door_test.py
"""

import gzip
import http.client
import json
import pathlib
import re
import socket
import unittest

import web  # first: adds the folders of the modules below

import processes
from service import Metrics

ORIGIN = "https://ports.example.org"
SECURITY = {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Resource-Policy": "same-origin"}


class DoorTest(unittest.TestCase):
    """A door with default flags, and metrics on IPv6."""

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(web.Door(
            "--metrics_listen=[::1]:0"))
        info = cls.server.get("/v1/info").json()
        cls.revision = info["revision"]
        cls.tag = f'"{info["revision"]}-{info["serverVersion"]}"'

    def test_an_answer_has_revision_and_version_as_its_tag(self):
        for target in ("/v1/ports/443", "/v1/services/https", "/v1/search?q=x",
                       "/v1/classify/443", "/v1/info", "/v1/ports?first=1&last=1"):
            with self.subTest(target=target):
                answer = self.server.get(target)
                tag = answer.headers["ETag"]
                self.assertEqual((answer.status, answer.headers["Cache-Control"]),
                                 (200, "no-cache"))
                # The answer about files has a tag of its own.
                self.assertEqual(tag == "W/" + self.tag, target != "/v1/info")
                for known in (tag, tag.removeprefix("W/"), f'"x", {tag}', "*"):
                    again = self.server.get(target, If_None_Match=known)
                    self.assertEqual((again.status, again.body), (304, b""))
                    self.assertEqual(again.headers["ETag"], tag)
                self.assertEqual(self.server.get(
                    target, If_None_Match='"other"').status, 200)

    def test_an_error_is_no_match(self):
        answer = self.server.get("/v1/services/no-such",
                                 If_None_Match="W/" + self.tag)
        self.assertEqual((answer.status, answer.reason()),
                         (404, "SERVICE_NOT_FOUND"))
        self.assertIsNone(answer.headers["ETag"])
        self.assertEqual(answer.headers["Cache-Control"], "no-store")

    def test_head_has_the_headers_of_get_and_no_body(self):
        for target in ("/", "/v1/ports/443", "/v1/search?q=http", "/openapi.json",
                       "/v1/services/no-such", "/healthz"):
            with self.subTest(target=target):
                got = self.server.get(target)
                head = self.server.ask("HEAD", target)
                self.assertEqual(head.body, b"")
                self.assertEqual(head.status, got.status)
                for name in set(got.headers) - {"Date"}:
                    self.assertEqual(head.headers[name], got.headers[name])
        self.assertEqual(self.server.ask("HEAD", "/v1/ports").body, b"")

    def test_the_answer_to_head_ends_at_its_header(self):
        for target in ("/", "/healthz", "/openapi.json", "/none", "/v1/ports/443",
                       "/v1/services/no-such", "/v1/search?q=http", "/v1/classify/1",
                       "/v1/info", "/v1/ports?first=80&last=80", "/v1/ports",
                       "/v1/ports?first=9&last=8", "/v1/ports/abc",
                       f"/{web.SERVICE}/Lookup?encoding=json&message={{}}"):
            for fields in ("", "Accept-Encoding: gzip\r\n", "If-None-Match: *\r\n"):
                with self.subTest(target=target, fields=fields):
                    head, _, rest = web.raw(self.server.web, (
                        f"HEAD {target} HTTP/1.1\r\nHost: x\r\n{fields}\r\n"
                        "GET /healthz HTTP/1.1\r\nHost: x\r\n"
                        "Connection: close\r\n\r\n").encode()).partition(b"\r\n\r\n")
                    if b"\r\nConnection: close" in head:
                        # libmicrohttpd 0.9.75 cannot keep the connection after a listing.
                        self.assertTrue(target.startswith("/v1/ports"), head)
                        self.assertEqual(rest, b"")
                    else:
                        self.assertTrue(rest.startswith(b"HTTP/1.1 200 OK\r\n"), rest)
                        self.assertTrue(rest.endswith(b"\r\n\r\nSERVING\n"), rest)

    def test_answers_are_compressed_for_those_who_accept_it(self):
        for target in ("/", "/v1/search?q=http", "/v1/ports/443?view=full",
                       "/v1/ports?first=0&last=5000", "/openapi.json"):
            with self.subTest(target=target):
                plain = self.server.get(target)
                packed = self.server.get(target, Accept_Encoding="br, gzip")
                self.assertIsNone(plain.headers["Content-Encoding"])
                self.assertIn("Accept-Encoding", plain.headers.get_all("Vary"))
                self.assertEqual(packed.headers["Content-Encoding"], "gzip")
                self.assertLess(len(packed.body), len(plain.body))
                self.assertEqual(gzip.decompress(packed.body), plain.body)

    def test_every_response_has_security_headers_and_no_cookie(self):
        for answer in (self.server.get("/"), self.server.get("/v1/info"),
                       self.server.get("/none"), self.server.get("/healthz"),
                       self.server.ask("PUT", "/"),
                       self.server.call("Lookup", {"port": -1})):
            for name, value in SECURITY.items():
                self.assertEqual(answer.headers[name], value)
            self.assertIn("frame-ancestors 'none'",
                          answer.headers["Content-Security-Policy"])
            for absent in ("Set-Cookie", "Server", "Access-Control-Allow-Origin"):
                self.assertIsNone(answer.headers[absent])

    def test_the_page_has_a_strict_policy(self):
        page = self.server.get("/")
        self.assertEqual((page.status, page.headers["Content-Type"]),
                         (200, "text/html; charset=utf-8"))
        policy = page.headers["Content-Security-Policy"]
        self.assertTrue(policy.startswith("default-src 'none'"), policy)
        self.assertNotIn("unsafe", policy)
        self.assertEqual(self.server.get(
            "/", If_None_Match=page.headers["ETag"]).status, 304)

    def test_errors_are_json_with_status_and_reason(self):
        for target, status, code, reason in (
                ("/v1/ports/70000", 400, "invalid_argument", "PORT_OUT_OF_RANGE"),
                ("/v1/ports/https", 400, "invalid_argument", "PORT_OUT_OF_RANGE"),
                ("/v1/services/", 400, "invalid_argument", "SERVICE_EMPTY"),
                ("/v1/services/%ff", 400, "invalid_argument", "INVALID_UTF8"),
                ("/v1/search", 400, "invalid_argument", "QUERY_EMPTY"),
                ("/v1/ports?first=9&last=1", 400, "invalid_argument", "RANGE_REVERSED"),
                ("/v1/ports?resume_token=x", 400, "invalid_argument",
                 "RESUME_TOKEN_INVALID"),
                ("/v1/ports/1?nonsense=1", 400, "invalid_argument", "MALFORMED_REQUEST"),
                ("/v1/%zz", 400, "invalid_argument", "MALFORMED_REQUEST"),
                ("/v1/nothing", 404, "not_found", ""),
                ("/index.html", 404, "not_found", ""),
                ("//", 404, "not_found", ""),
                (f"/{web.SERVICE}/Watch?encoding=json&message={{}}", 404,
                 "unimplemented", ""),
                (f"/{web.SERVICE}/NoSuch", 404, "unimplemented", "")):
            with self.subTest(target=target):
                answer = self.server.get(target)
                self.assertEqual(answer.headers["Content-Type"], "application/json")
                self.assertEqual(
                    (answer.status, answer.json()["code"], answer.reason()),
                    (status, code, reason))
                self.assertTrue(answer.json()["message"])

    def test_other_methods_are_refused_with_those_allowed(self):
        for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "FOO"):
            answer = self.server.ask(method, "/v1/info")
            self.assertEqual((answer.status, answer.headers["Allow"]),
                             (405, "GET, HEAD"), method)
        answer = self.server.ask("DELETE", f"/{web.SERVICE}/Lookup")
        self.assertEqual((answer.status, answer.headers["Allow"]),
                         (405, "GET, HEAD, POST"))

    def test_a_listing_has_all_records_and_continues_by_token(self):
        lines = self.server.get("/v1/ports?include_portless=true").lines()
        self.assertGreater(len(lines), 10)
        records = [record for line in lines for record in line["records"]]
        rest = self.server.get(web.target("/v1/ports", {
            "include_portless": "true",
            "resume_token": lines[3]["resumeToken"]})).lines()
        self.assertEqual(records, [
            record for line in [*lines[:4], *rest] for record in line["records"]])
        self.assertEqual({line["revision"] for line in lines}, {self.revision})

    def test_identifiers_of_requests_are_echoed(self):
        answer = self.server.get("/v1/info", X_Request_Id="a-1",
                                 Traceparent="00-1-2-01")
        self.assertEqual((answer.headers["X-Request-Id"],
                          answer.headers["Traceparent"]), ("a-1", "00-1-2-01"))
        long = self.server.get("/v1/info", X_Request_Id="a" * 129)
        self.assertIsNone(long.headers["X-Request-Id"])

    def test_a_deadline_that_is_over_is_reported(self):
        answer = self.server.call("Search", {"query": "http"},
                                  Connect_Timeout_Ms="0")
        self.assertEqual((answer.status, answer.json()["code"]),
                         (504, "deadline_exceeded"))

    def test_one_connection_may_ask_many_times(self):
        through = web.connection(self.server.web)
        self.addCleanup(through.close)
        for _ in range(3):
            for target in ("/v1/ports/80", "/v1/search?q=http", "/none",
                           "/v1/ports?first=0&last=100"):
                self.assertIn(web.ask(through, "GET", target).status, (200, 404))
            self.assertEqual(web.ask(
                through, "POST", f"/{web.SERVICE}/Suggest", b"{}",
                Content_Type="application/json").status, 200)

    def test_calls_and_connections_are_counted_apart(self):
        def metrics() -> Metrics:
            host, port = web.address(self.server.announced["METRICS"][0])
            self.assertEqual(host, "::1")
            through = http.client.HTTPConnection(host, port, web.SECONDS)
            self.addCleanup(through.close)
            return Metrics(web.ask(through, "GET", "/metrics").body.decode())

        def count(code: str) -> float:
            return metrics().value("portreg_web_calls_total",
                                   method="Classify", code=code)

        self.server.get("/v1/classify/1")
        before = count("OK")
        by_grpc = metrics().value("grpc_server_started_total",
                                  grpc_method="Classify")
        self.server.get("/v1/classify/1")
        self.server.get("/v1/classify/-1")
        self.server.get("/v1/classify/x")
        self.assertEqual(count("OK"), before + 1)
        self.assertEqual(count("InvalidArgument"), 2)
        self.assertEqual(metrics().value("grpc_server_started_total",
                                         grpc_method="Classify"), by_grpc)
        self.assertGreater(metrics().value(
            "portreg_web_connections_accepted_total"), 3)

    def test_calls_that_cannot_be_read_are_counted_and_logged(self):
        with web.Door("--access_log=1", "--log_format=json") as server:
            for target, status in (("/v1/ports/abc", 400), ("/v1/ports/443?foo=1", 400),
                                   ("/v1/ports?first=x", 400), ("/v1/classify/x", 400),
                                   (f"/{web.SERVICE}/Search?encoding=xml", 400),
                                   (f"/{web.SERVICE}/NoSuch", 404),
                                   ("/none", 404), ("/v1/%zz", 400)):
                self.assertEqual(server.get(target).status, status)
            server.stop()
            calls = [line for line in map(json.loads, server.last_words.splitlines())
                     if line["message"] == "call"]
        bad = "INVALID_ARGUMENT"
        self.assertEqual([(call["method"], call["code"]) for call in calls],
                         [("Lookup", bad), ("Lookup", bad), ("ListRange", bad),
                          ("Classify", bad), ("Search", bad), ("other", "UNIMPLEMENTED")])

    def test_listeners_may_be_ipv6_and_unix_sockets(self):
        path = f"/tmp/portreg-web-{self.server.pid}.sock"
        with web.Door(web_listen=f"[::1]:0,unix:{path}") as server:
            self.assertEqual(server.get("/healthz").body, b"SERVING\n")
            self.assertEqual(server.announced["WEB"][1], f"unix:{path}")
            with socket.socket(socket.AF_UNIX) as plug:
                plug.settimeout(web.SECONDS)
                plug.connect(path)
                plug.sendall(b"GET /v1/ports/443 HTTP/1.0\r\n\r\n")
                self.assertIn(b" 200 OK\r\n", plug.recv(4096))
        self.assertFalse(pathlib.Path(path).exists())


class OriginTest(unittest.TestCase):
    """Scripts of other sites."""

    def test_a_named_site_may_call(self):
        with web.Door(f"--web_allow_origins={ORIGIN}") as server:
            preflight = server.ask(
                "OPTIONS", f"/{web.SERVICE}/Lookup", Origin=ORIGIN,
                Access_Control_Request_Method="POST",
                Access_Control_Request_Headers="content-type")
            self.assertEqual(preflight.status, 204)
            self.assertEqual(
                preflight.headers["Access-Control-Allow-Origin"], ORIGIN)
            self.assertIn("POST", preflight.headers["Access-Control-Allow-Methods"])
            answer = server.get("/v1/info", Origin=ORIGIN)
            self.assertEqual(answer.headers["Access-Control-Allow-Origin"], ORIGIN)
            self.assertIn("Origin", answer.headers.get_all("Vary"))
            self.assertIsNone(
                answer.headers["Access-Control-Allow-Credentials"])
            other = server.get("/v1/info", Origin="https://evil.example")
            self.assertIsNone(other.headers["Access-Control-Allow-Origin"])

    def test_a_text_that_is_no_origin_is_refused(self):
        done = processes.run("--listen=127.0.0.1:0", "--web_listen=127.0.0.1:0",
                             "--web_allow_origins=https://a.example/")
        self.assertEqual(done.code, 1)
        self.assertIn("https://a.example/", done.stderr)


class StartTest(unittest.TestCase):
    """Where the door opens."""

    def test_it_is_closed_by_default(self):
        with processes.Portregd() as server:
            self.assertNotIn("WEB", server.announced)

    def test_plaintext_that_others_reach_is_refused(self):
        for address in ("0.0.0.0:0", "[::]:0"):
            done = processes.run("--listen=127.0.0.1:0", f"--web_listen={address}")
            self.assertEqual(done.code, 1)
            self.assertRegex(done.stderr, re.escape(f"--web_listen={address} ")
                             + ".*--tls_cert.*--insecure")
        with web.Door("--insecure", web_listen="0.0.0.0:0") as server:
            port = server.web.rpartition(":")[2]
            server.announced["WEB"] = [f"127.0.0.1:{port}"]
            self.assertEqual(server.get("/healthz").status, 200)

    def test_a_port_that_is_taken_is_named(self):
        with web.Door() as server:
            done = processes.run("--listen=127.0.0.1:0",
                                 f"--web_listen={server.web}")
            self.assertEqual(done.code, 1)
            self.assertIn(server.web, done.stderr)

    def test_calls_are_logged_with_their_door(self):
        with web.Door("--access_log=1", "--log_format=json") as server:
            server.get("/v1/ports/443", X_Request_Id="mine")
            server.stop()
            calls = [line for line in map(json.loads, server.last_words.splitlines())
                     if line["message"] == "call"]
        self.assertEqual(len(calls), 1)
        self.assertEqual((calls[0]["method"], calls[0]["code"], calls[0]["door"],
                          calls[0]["request_id"]), ("Lookup", "OK", "web", "mine"))
        self.assertTrue(calls[0]["peer"].startswith("ipv4:127.0.0.1:"))


if __name__ == "__main__":
    unittest.main()
