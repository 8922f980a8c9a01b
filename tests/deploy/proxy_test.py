"""Runs portregd behind HAProxy and behind nginx, as deploy/proxy configures them.

    PORTREGD=portregd python3 proxy_test.py

A foreign client compares the answers through the proxy by TLS with the answers
of the server itself.
"""

import os
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest

import proxies
from processes import CALL_SECONDS, EXIT_SECONDS, Portregd

import grpc
import h2.config
import h2.connection
from client import STREAMING_METHODS, Client, refusal
from portreg_proto import SERVICE, Stub, pb

METADATA = (("x-request-id", "proxied-1"),
            ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"))
# For every method: a request that is answered.
REQUESTS = {
    "Lookup": pb.LookupRequest(port=443),
    "BatchLookup": pb.BatchLookupRequest(requests=[
        pb.LookupRequest(port=port) for port in range(1000)]),
    "Classify": pb.ClassifyRequest(port=6000),
    "Check": pb.CheckRequest(claims=[
        pb.Claim(first_port=60 * number) for number in range(1000)]),
    "Suggest": pb.SuggestRequest(count=100, key="proxied"),
    "ListRange": pb.ListRangeRequest(include_portless=True),
    "Search": pb.SearchRequest(query="web panel"),
    "GetRegistryInfo": pb.GetRegistryInfoRequest()}
LOCAL = "Service Name,Port Number,Transport Protocol,Description\nbilling,7100,tcp,Billing API\n"
# The length of limits that are shortened, in seconds.
SHORT = 1
BELOW_HEADER_LIMIT = 4 * 1024
ABOVE_SERVERS_HEADER_LIMIT = 12 * 1024
ABOVE_HEADER_LIMIT = 20 * 1024


def setUpModule():
    global CERTIFICATES, SERVER, DIRECT
    CERTIFICATES = unittest.enterModuleContext(proxies.Certificates())
    SERVER = unittest.enterModuleContext(Portregd())
    DIRECT = Client(SERVER.channel())


def listings_that_nobody_reads(address: str, count: int) -> ssl.SSLSocket:
    """Returns a connection that asks for listings and then reads nothing; keep it."""
    context = ssl.create_default_context(cafile=str(CERTIFICATES.certificate))
    context.set_alpn_protocols(["h2"])
    host, _, port = address.rpartition(":")
    stream = context.wrap_socket(socket.create_connection((host, int(port)), CALL_SECONDS),
                                 server_hostname=proxies.SERVER_NAME)
    peer = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True))
    peer.initiate_connection()
    for _ in range(count):
        number = peer.get_next_available_stream_id()
        peer.send_headers(number, [
            (":method", "POST"), (":scheme", "https"), (":path", f"/{SERVICE}/ListRange"),
            (":authority", proxies.SERVER_NAME), ("te", "trailers"),
            ("content-type", "application/grpc")])
        peer.send_data(number, bytes(5), end_stream=True)  # an empty message
    stream.sendall(peer.data_to_send())
    return stream


def call(channel: grpc.Channel, method: str, request: bytes, metadata=()) -> tuple:
    """Makes a call of bytes; returns the reply's messages, and the initial metadata."""
    kind = channel.unary_stream if method in STREAMING_METHODS else channel.unary_unary
    path = f"/{SERVICE}/{method}"
    if method in STREAMING_METHODS:
        stream = kind(path)(request, timeout=CALL_SECONDS, metadata=metadata)
        return list(stream), dict(stream.initial_metadata())
    answer, done = kind(path).with_call(request, timeout=CALL_SECONDS, metadata=metadata)
    return [answer], dict(done.initial_metadata())


class ProxyCase:
    """Checks that apply to both proxies; PROXY is the class that runs the proxy.

    CHECK is the command that reads its configuration, and EXPECTED_WARNING the
    warning that CHECK may print.
    """

    PROXY: type
    CHECK: tuple[str, ...]
    EXPECTED_WARNING = r"(?!)"  # none

    def setUp(self):
        self.proxy = self.enterContext(self.PROXY(CERTIFICATES, SERVER.address))
        self.channel = CERTIFICATES.channel(self.proxy.address)
        self.addCleanup(self.channel.close)
        self.client = Client(self.channel)

    def code_of(self, method: str, metadata=(), request: bytes = b"") -> grpc.StatusCode:
        """Returns the status that a call through the proxy ends with."""
        with self.assertRaises(grpc.RpcError) as caught:
            self.channel.unary_unary(method)(request, timeout=CALL_SECONDS, metadata=metadata)
        return caught.exception.code()

    def test_the_proxy_itself_finds_no_fault_with_its_configuration(self):
        command = [proxies.program(self.CHECK[0]), *self.CHECK[1:], self.proxy.configuration]
        # Checks as an operator does: without the sockets that tests pass on.
        environment = {**os.environ, "PORTREG_PROXY_CERT": str(CERTIFICATES.both)}
        checked = subprocess.run(
            [str(each) for each in command], timeout=EXIT_SECONDS, capture_output=True,
            env=environment, text=True, check=False)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        warnings = [line for line in (checked.stdout + checked.stderr).splitlines()
                    if "warn" in line.lower() and not re.search(self.EXPECTED_WARNING, line)]
        self.assertEqual(warnings, [])

    def test_every_method_answers_as_the_server_itself_does(self):
        self.assertEqual(REQUESTS.keys() | {"Watch"}, {
            method.name for method in
            pb.DESCRIPTOR.services_by_name["PortRegistryService"].methods})
        direct = SERVER.channel()
        for method, request in REQUESTS.items():
            with self.subTest(method=method):
                answer, metadata = call(
                    self.channel, method, request.SerializeToString(), METADATA)
                self.assertEqual(
                    answer, call(direct, method, request.SerializeToString())[0])
                self.assertLessEqual(set(METADATA), set(metadata.items()))

    def test_errors_keep_their_details(self):
        for ask in (lambda client: client.lookup(port=70000),
                    lambda client: client.lookup(service="no-such-service"),
                    lambda client: client.listing(first_port=2, last_port=1)):
            self.assertEqual(refusal(lambda: ask(self.client)),
                             refusal(lambda: ask(DIRECT)))

    def test_a_request_above_the_servers_limit_is_refused_by_it(self):
        request = pb.LookupRequest(service="x" * 255 * 1024)
        self.assertEqual(
            self.code_of(f"/{SERVICE}/Lookup", request=request.SerializeToString()),
            grpc.StatusCode.INVALID_ARGUMENT)

    def test_headers_are_bounded(self):
        self.channel.unary_unary(f"/{SERVICE}/GetRegistryInfo")(
            b"", timeout=CALL_SECONDS, metadata=[("x-filler", "x" * BELOW_HEADER_LIMIT)])
        self.assertNotEqual(
            self.code_of(f"/{SERVICE}/GetRegistryInfo",
                         [("x-filler", "x" * ABOVE_HEADER_LIMIT)]),
            grpc.StatusCode.RESOURCE_EXHAUSTED)  # portregd would answer with this
        self.client.info()

    def test_who_reads_nothing_holds_up_nobody_else(self):
        self.client.info()
        for _ in range(3):
            self.addCleanup(listings_that_nobody_reads(self.proxy.address, 20).close)
        start = time.monotonic()
        for _ in range(100):
            self.client.info()
        self.assertLess(time.monotonic() - start, CALL_SECONDS)
        with CERTIFICATES.channel(self.proxy.address) as another:
            self.assertEqual(len(call(another, "ListRange", b"")[0]),
                             len(DIRECT.listing()))

    def test_headers_that_only_the_server_refuses_harm_no_other_call(self):
        watch = Stub(self.channel).Watch(pb.WatchRequest(), timeout=CALL_SECONDS)
        next(watch)
        with CERTIFICATES.channel(self.proxy.address) as another:
            with self.assertRaises(grpc.RpcError):
                call(another, "GetRegistryInfo", b"",
                     [("x-filler", "x" * ABOVE_SERVERS_HEADER_LIMIT)])
        self.client.info()
        self.assertTrue(watch.is_active())
        watch.cancel()

    def test_other_services_stay_outside(self):
        for method in ("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                       "/grpc.channelz.v1.Channelz/GetServers", "/any.Thing/Else"):
            self.assertEqual(self.code_of(method), grpc.StatusCode.UNIMPLEMENTED)

    def test_health_answers(self):
        answer = self.channel.unary_unary("/grpc.health.v1.Health/Check")(
            b"", timeout=CALL_SECONDS)
        self.assertEqual(answer, b"\x08\x01")  # status: SERVING

    def test_without_a_server_calls_are_unavailable(self):
        with Portregd() as server:
            proxy = self.enterContext(self.PROXY(CERTIFICATES, server.address))
        channel = CERTIFICATES.channel(proxy.address)
        self.addCleanup(channel.close)
        self.assertEqual(refusal(Client(channel).info).code, grpc.StatusCode.UNAVAILABLE)

    def test_a_second_server_takes_over(self):
        with Portregd() as first:
            proxy = self.enterContext(self.PROXY(CERTIFICATES, first.address, SERVER.address))
            channel = CERTIFICATES.channel(proxy.address)
            self.addCleanup(channel.close)
            client = Client(channel)
            client.info()
        for _ in range(20):
            client.info()


    def test_a_silent_watch_outlasts_the_other_limits(self):
        directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        local = directory / "local.csv"
        local.write_text(LOCAL)
        server = self.enterContext(
            Portregd(f"--local_file={local}", "--reload_interval=100ms"))
        proxy = self.enterContext(self.PROXY(
            CERTIFICATES, server.address,
            edit=lambda text: re.sub(self.LIMITS, lambda found: f"{found[1]} {SHORT}s", text)))
        channel = CERTIFICATES.channel(proxy.address)
        self.addCleanup(channel.close)
        watch = Stub(channel).Watch(pb.WatchRequest(), timeout=CALL_SECONDS)
        first = next(watch).revision
        # Waits for no event, because the test is that nothing happens
        # meanwhile.
        time.sleep(3 * SHORT)
        local.write_text(LOCAL.replace("Billing", "Invoices"))
        self.assertNotEqual(next(watch).revision, first)
        watch.cancel()


class HAProxyTest(ProxyCase, unittest.TestCase):
    PROXY = proxies.HAProxy
    CHECK = ("haproxy", "-c", "-f")
    LIMITS = r"(timeout (?:client|http-request|http-keep-alive|server)) +(?:60s|10s|5m)"

    def test_a_server_that_does_not_serve_gets_no_calls(self):
        with Portregd() as server:
            proxy = self.enterContext(
                proxies.HAProxy(CERTIFICATES, server.address, SERVER.address))
        # A health check, and not a call, has noticed the end.
        proxy.wait_until(lambda: proxy.servers_up() == 1, "the stopped server stays up")

    def test_no_call_fails_while_a_server_drains(self):
        with Portregd("--drain_delay=5s") as server:
            proxy = self.enterContext(
                proxies.HAProxy(CERTIFICATES, server.address, SERVER.address))
            channel = CERTIFICATES.channel(proxy.address)
            self.addCleanup(channel.close)
            client = Client(channel)
            # The drain ends early if nobody is connected.
            for _ in range(20):
                client.info()
            calls = 0
            server.send(signal.SIGTERM)
            while server.running():
                client.info()
                calls += 1
            self.assertEqual(server.wait(), 0)
            for _ in range(100):
                client.info()
        self.assertGreater(calls, 100)

    def test_invalid_base64_does_not_reach_the_server(self):
        # grpc encodes what it sends, so an added rule makes the header invalid
        # before the proxy's own rule, as a hostile client would.
        rule = "http-request del-header -bin -m end"
        spoil = "http-request set-header x-spoilt-bin !"
        outcomes = []
        for rules in (spoil, f"{spoil}\n    {rule}"):
            proxy = self.enterContext(proxies.HAProxy(
                CERTIFICATES, SERVER.address,
                edit=lambda text, rules=rules: text.replace(rule, rules)))
            channel = CERTIFICATES.channel(proxy.address)
            self.addCleanup(channel.close)
            try:
                Client(channel).info()
                outcomes.append(grpc.StatusCode.OK)
            except grpc.RpcError as error:
                outcomes.append(error.code())
        self.assertEqual(outcomes, [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.OK])

    def test_one_address_may_not_open_connections_without_end(self):
        few = self.enterContext(proxies.HAProxy(
            CERTIFICATES, SERVER.address,
            edit=lambda text: text.replace("sc0_conn_cur gt 100", "sc0_conn_cur gt 2")))
        channels = [CERTIFICATES.channel(few.address) for _ in range(3)]
        for channel in channels:
            self.addCleanup(channel.close)
        for channel in channels[:2]:
            Client(channel).info()
        self.assertEqual(refusal(Client(channels[2]).info).code,
                         grpc.StatusCode.UNAVAILABLE)

    def test_calls_above_the_rate_are_told_so(self):
        slow = self.enterContext(proxies.HAProxy(
            CERTIFICATES, SERVER.address,
            edit=lambda text: text.replace("gt 200000", "gt 5")))
        channel = CERTIFICATES.channel(slow.address)
        self.addCleanup(channel.close)
        client = Client(channel)
        for _ in range(5):
            client.info()
        told = refusal(client.info)
        self.assertEqual(told.code, grpc.StatusCode.RESOURCE_EXHAUSTED)
        self.assertIn("too many calls", told.message)

    def test_searches_above_their_rate_are_told_so(self):
        slow = self.enterContext(proxies.HAProxy(
            CERTIFICATES, SERVER.address,
            edit=lambda text: text.replace("gt 20000 ", "gt 5 ")))
        channel = CERTIFICATES.channel(slow.address)
        self.addCleanup(channel.close)
        client = Client(channel)
        for _ in range(3):
            client.search("https")
        client.check([])
        client.suggest()
        for costly in (lambda: client.search("https"), lambda: client.check([]), client.suggest):
            told = refusal(costly)
            self.assertEqual(told.code, grpc.StatusCode.RESOURCE_EXHAUSTED)
            self.assertIn("too many searches or checks", told.message)
        client.info()


class NginxTest(ProxyCase, unittest.TestCase):
    PROXY = proxies.Nginx
    CHECK = ("nginx", "-t", "-e", "stderr", "-c")
    # The only form that every nginx from 1.22 on reads.
    EXPECTED_WARNING = r'the "listen \.\.\. http2" directive is deprecated'
    LIMITS = (r"((?:client_header_timeout|client_body_timeout|send_timeout|keepalive_timeout|"
              r"grpc_read_timeout)) (?:10s|30s|60s|4m|5m)")

    def test_calls_above_the_rate_are_told_so(self):
        slow = self.enterContext(proxies.Nginx(
            CERTIFICATES, SERVER.address,
            edit=lambda text: text.replace(
                "20000r/s", "1r/m").replace("burst=20000", "burst=1")))
        channel = CERTIFICATES.channel(slow.address)
        self.addCleanup(channel.close)
        client = Client(channel)
        client.info()
        client.info()
        self.assertEqual(refusal(client.info).code, grpc.StatusCode.RESOURCE_EXHAUSTED)

    def test_searches_above_their_rate_are_told_so(self):
        slow = self.enterContext(proxies.Nginx(
            CERTIFICATES, SERVER.address,
            edit=lambda text: text.replace(" rate=2000r/s", " rate=1r/m").replace(
                "burst=2000 ", "burst=1 ")))
        channel = CERTIFICATES.channel(slow.address)
        self.addCleanup(channel.close)
        client = Client(channel)
        client.search("https")
        client.check([])
        for costly in (lambda: client.search("https"), lambda: client.check([]), client.suggest):
            self.assertEqual(refusal(costly).code, grpc.StatusCode.RESOURCE_EXHAUSTED)
        client.info()


if __name__ == "__main__":
    unittest.main()
