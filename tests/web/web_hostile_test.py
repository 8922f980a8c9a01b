"""Tests hostile HTTP: the door and gRPC still answer, and memory is freed.

    PORTREGD=portregd python3 web_hostile_test.py
"""

import contextlib
import re
import socket
import threading
import time
import unittest

import web  # first: adds the folders of the modules below

import serving

HOST = b"Host: x\r\n"
CLOSE = HOST + b"Connection: close\r\n\r\n"
LOOKUP = f"/{web.SERVICE}/Lookup".encode()


class HostileTest(unittest.TestCase):
    """Attacks a door with short deadlines."""

    def setUp(self):
        self.server = self.enterContext(web.Door(
            "--handshake_timeout=500ms", "--max_connections=200",
            "--max_request_bytes=20000", "--max_metadata_bytes=2048"))
        self.check_alive()

    def check_alive(self):
        """Checks that the door and gRPC answer."""
        self.assertEqual(self.server.get("/v1/ports/443").status, 200)
        channel = self.server.fresh_channel()
        with contextlib.closing(channel):
            serving.lookup(channel)

    def tearDown(self):
        self.check_alive()

    def statuses(self, sent: bytes) -> list[bytes]:
        """Returns the statuses of all responses to `sent`."""
        return re.findall(rb"HTTP/1\.1 (\d{3}) ",
                          web.raw(self.server.web, sent))

    def open_connections(self) -> int:
        """Returns the number of descriptors that the server has open."""
        return self.server.usage().descriptors

    def await_closed(self, most: int):
        """Waits until the server has at most this many descriptors."""
        end = time.monotonic() + web.SECONDS
        while self.open_connections() > most:
            self.assertLess(time.monotonic(), end, self.open_connections())
            time.sleep(0.02)

    def test_requests_that_proxies_could_split_otherwise_are_refused(self):
        smuggled = b"GET /v1/info HTTP/1.1\r\n" + CLOSE
        body = str(len(smuggled)).encode()
        post = b"POST " + LOOKUP + b" HTTP/1.1\r\n" + HOST
        for fields in (
                b"Content-Length: " + body + b"\r\nTransfer-Encoding: chunked\r\n",
                b"Transfer-Encoding: chunked\r\nContent-Length: " + body + b"\r\n",
                b"Content-Length: 0\r\nContent-Length: " + body + b"\r\n",
                b"Content-Length: 0, " + body + b"\r\n",
                b"Content-Length: +" + body + b"\r\n",
                b"Content-Length: 0x10\r\n",
                b"Content-Length: -1\r\n",
                b"Content-Length: 99999999999999999999\r\n",
                b"Transfer-Encoding: xchunked\r\n",
                b"Transfer-Encoding: gzip, chunked\r\n",
                b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
                b"Content-Length : " + body + b"\r\n",
                b"Content-Length\t: " + body + b"\r\n",
                b"Transfer-Encoding : chunked\r\n",
                b"X-\xe9: 1\r\n",
                b"Host: y\r\n"):
            with self.subTest(fields=fields):
                statuses = self.statuses(post + fields + b"\r\n" + smuggled)
                # libmicrohttpd 0.9.75 sends the head of its own errors twice.
                self.assertLessEqual(set(statuses), {b"400", b"413", b"501"})
                self.assertTrue(statuses)

    def test_a_blank_before_the_first_field_is_refused(self):
        smuggled = b"GET /v1/info HTTP/1.1\r\n" + CLOSE
        statuses = self.statuses(
            b"POST " + LOOKUP + b" HTTP/1.1\r\n Content-Length: "
            + str(len(smuggled)).encode() + b"\r\n" + HOST + b"\r\n" + smuggled)
        self.assertEqual(set(statuses), {b"400"})

    def test_http_1_0_has_no_chunks(self):
        statuses = self.statuses(
            b"POST " + LOOKUP + b" HTTP/1.0\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n"
            b"0\r\n\r\nGET /v1/info HTTP/1.1\r\n" + CLOSE)
        self.assertEqual(statuses, [b"400"])

    def test_a_whole_url_is_a_target(self):
        for target in (b"http://x/v1/info", b"HTTP://x:6338/healthz", b"http://x"):
            with self.subTest(target=target):
                self.assertEqual(self.statuses(b"GET " + target + b" HTTP/1.1\r\n" + CLOSE),
                                 [b"200"])

    def test_chunks_that_are_none_are_refused(self):
        post = (b"POST " + LOOKUP + b" HTTP/1.1\r\nContent-Type: application/json\r\n"
                b"Transfer-Encoding: chunked\r\n" + CLOSE)
        for chunks in (b"zz\r\n{}\r\n0\r\n\r\n", b"-2\r\n{}\r\n0\r\n\r\n",
                       b"ffffffffffffffffff\r\n{}", b"2\r\n{}XX0\r\n\r\n"):
            with self.subTest(chunks=chunks):
                self.assertNotIn(b"200", self.statuses(post + chunks))

    def test_pipelined_requests_are_answered_in_order(self):
        sent = b"".join(b"GET /v1/ports/%d HTTP/1.1\r\n" % port + HOST + b"\r\n"
                        for port in range(200))
        sent += b"GET /v1/search?q=http HTTP/1.1\r\n" + HOST + b"\r\n"
        sent += b"GET /v1/ports?first=1&last=99 HTTP/1.1\r\n" + HOST + b"\r\n"
        sent += b"GET /none HTTP/1.1\r\n" + CLOSE
        self.assertEqual(self.statuses(sent), [b"200"] * 202 + [b"404"])

    def test_what_is_too_large_is_refused(self):
        get = b"GET /v1/info HTTP/1.1\r\n"
        for sent, status in (
                (b"GET /" + b"a" * 60000 + b" HTTP/1.1\r\n" + CLOSE, (b"414", b"431")),
                (get + b"A: " + b"b" * 3000 + b"\r\n" + CLOSE, (b"431",)),
                (get + b"A: b\r\n" * 100 + CLOSE, (b"431",)),
                (get + b"A: " + b"b" * 200000 + b"\r\n" + CLOSE, (b"431",)),
                (b"POST " + LOOKUP + b" HTTP/1.1\r\nContent-Length: 20001\r\n" + CLOSE,
                 (b"413",)),
                (b"POST " + LOOKUP + b" HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
                 + CLOSE + b"4e21\r\n" + b" " * 0x4e21 + b"\r\n0\r\n\r\n", (b"413",))):
            with self.subTest(sent=sent[:60]):
                found = self.statuses(sent)
                self.assertEqual(len(found), 1)
                self.assertIn(found[0], status)

    def test_absurd_targets_are_errors(self):
        for target in (b"/../../etc/passwd", b"/v1/../../etc/passwd", b"/%2e%2e/x",
                       b"/v1/ports/%00", b"/v1/services/%00", b"/v1/services/%ff%fe",
                       b"/v1/ports/" + b"9" * 5000, b"/" + b"a/" * 3000,
                       b"/v1/ports?" + b"first=1&" * 500, b"/v1/search?q=" + b"%41" * 3000,
                       b"/v1/search?q=%c0%af", b"/?" + b"&" * 5000, b"ftp://other/v1/info",
                       b"*", b"//v1/info", b"/v1/ports/443/", b"/\\..\\..\\x",
                       b"/v1/services/\xff\xfe", b"/%"):
            with self.subTest(target=target[:60]):
                found = self.statuses(b"GET " + target + b" HTTP/1.1\r\n" + CLOSE)
                # Too many parameters for libmicrohttpd end the connection.
                self.assertLessEqual(set(found), {b"400", b"404", b"414", b"431"})
                self.assertLessEqual(len(found), 1)
                if len(target) < 3000:
                    self.assertEqual(len(found), 1)

    def test_bytes_that_are_no_http_end_the_connection(self):
        for sent in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
                     b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0" * 100,
                     b"\0" * 5000 + b"\r\n\r\n", b"GET / HTTP/9.9\r\n" + CLOSE,
                     b"GET\r\n\r\n", b" GET / HTTP/1.1\r\n" + CLOSE,
                     b"GET / HTTP/1.1\r\nHost: a\r\n b\r\n\xff: \xff\r\n" + CLOSE,
                     b"GET /v1/info HTTP/1.1\r\n\r\n"):
            with self.subTest(sent=sent[:40]):
                web.raw(self.server.web, sent)

    def test_bad_messages_are_refused(self):
        post = b"POST " + LOOKUP + b" HTTP/1.1\r\n" + CLOSE[:-2]
        for kind in (b"application/json", b"application/proto"):
            for body in (b"\xff" * 1000, b"[" * 19000, b'{"a":' * 3000, b"\0",
                         b'{"service":"\xc3\x28"}', b"\x12\x02\xc3\x28"):
                with self.subTest(kind=kind, body=body[:20]):
                    found = self.statuses(
                        post + b"Content-Type: " + kind + b"\r\nContent-Length: "
                        + str(len(body)).encode() + b"\r\n\r\n" + body)
                    self.assertEqual(found, [b"400"])

    def test_slow_clients_are_closed_and_keep_nobody_out(self):
        before = self.open_connections()
        with contextlib.ExitStack() as held:
            for number in range(150):
                plug = held.enter_context(socket.create_connection(
                    web.address(self.server.web), web.SECONDS))
                with contextlib.suppress(ConnectionError):
                    plug.sendall((b"", b"GET /v1/info HT", b"GET / HTTP/1.1\r\nHost:",
                                  b"POST " + LOOKUP + b" HTTP/1.1\r\n" + HOST
                                  + b"Content-Length: 9\r\n\r\n{")[number % 4])
            self.check_alive()
            # The server has closed them, although this side has not.
            self.await_closed(before + 5)

    def test_bytes_now_and_then_do_not_keep_a_connection(self):
        with socket.create_connection(web.address(self.server.web),
                                      web.SECONDS) as plug:
            plug.sendall(b"GET /v1/info HTTP/1.1\r\nA: ")
            began = time.monotonic()
            with contextlib.suppress(ConnectionError):
                while time.monotonic() - began < web.SECONDS:
                    plug.sendall(b"b")
                    plug.settimeout(0.1)
                    with contextlib.suppress(TimeoutError):
                        if not plug.recv(1):
                            break
            self.assertLess(time.monotonic() - began, web.SECONDS)

    def test_connections_beyond_the_limit_are_closed_at_once(self):
        before = self.open_connections()
        with contextlib.ExitStack() as held:
            kept = [held.enter_context(contextlib.closing(
                web.connection(self.server.web))) for _ in range(200)]
            for each in kept:
                self.assertEqual(web.ask(each, "GET", "/healthz").status, 200)
            self.assertEqual(web.raw(
                self.server.web, b"GET /healthz HTTP/1.1\r\n" + CLOSE), b"")
            # gRPC's connections count apart.
            channel = self.server.fresh_channel()
            with contextlib.closing(channel):
                serving.lookup(channel)
        self.await_closed(before + 5)

    def test_those_who_never_read_cost_little_and_end(self):
        request = b"GET /v1/ports?view=full HTTP/1.1\r\n" + HOST + b"\r\n"
        before = self.server.usage()
        with contextlib.ExitStack() as held:
            for _ in range(100):
                plug = held.enter_context(socket.create_connection(
                    web.address(self.server.web), web.SECONDS))
                plug.sendall(request * 20)
            self.check_alive()
            usage = self.server.usage()
            # Each listing takes at most the memory of a line, besides socket buffers.
            self.assertLess(usage.resident_mib, before.resident_mib + 100)
        self.await_closed(before.descriptors + 5)

    def test_memory_comes_back_after_a_flood(self):
        requests = (
            b"GET /v1/ports/443 HTTP/1.1\r\n" + CLOSE,
            b"GET /v1/search?q=service HTTP/1.1\r\n" + CLOSE,
            b"POST " + LOOKUP + b" HTTP/1.1\r\nContent-Length: 20000\r\n"
            + CLOSE + b"[" * 20000,
            b"GET /" + b"a" * 30000 + b" HTTP/1.1\r\n" + CLOSE)

        def flood(rounds: int):
            for _ in range(rounds):
                for each in requests:
                    with contextlib.suppress(OSError):
                        web.raw(self.server.web, each)

        flood(20)
        before = self.server.usage()
        threads = [threading.Thread(target=flood, args=(40,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.await_closed(before.descriptors + 5)
        if serving.MEMORY_COUNTS:
            end = time.monotonic() + web.SECONDS
            while self.server.usage().resident_mib > before.resident_mib + 20:
                self.assertLess(time.monotonic(), end, self.server.usage())
                time.sleep(0.1)


class BusyTest(unittest.TestCase):
    """Tests that costly calls do not delay other calls."""

    def test_checks_do_not_delay_lookups_of_door_and_grpc(self):
        with web.Door() as server:
            stop = threading.Event()

            def check():
                through = web.connection(server.web)
                while not stop.is_set():
                    web.ask(through, "POST", f"/{web.SERVICE}/Check",
                            b'{"claims":[{"firstPort":0,"lastPort":65535}]}',
                            Content_Type="application/json")
                through.close()

            threads = [threading.Thread(target=check) for _ in range(4)]
            for thread in threads:
                thread.start()
            try:
                channel = server.fresh_channel()
                with contextlib.closing(channel):
                    for _ in range(20):
                        serving.lookup(channel)
                        self.assertEqual(server.get("/v1/ports/443").status, 200)
            finally:
                stop.set()
                for thread in threads:
                    thread.join()

    def test_calls_beyond_the_queue_get_a_reason(self):
        with web.Door("--max_calls=1") as server:
            with socket.create_connection(web.address(server.web),
                                          web.SECONDS) as plug:
                # Asks for more listings than the socket buffers hold, and reads none,
                # so that one of them stays a call under way.
                plug.sendall((b"GET /v1/ports?view=full HTTP/1.1\r\n" + HOST
                              + b"\r\n") * 20)
                plug.recv(1)
                answer = server.get("/v1/info")
                self.assertEqual((answer.status, answer.reason()),
                                 (429, "SERVER_BUSY"))
                self.assertEqual(server.get("/healthz").status, 200)


if __name__ == "__main__":
    unittest.main()
