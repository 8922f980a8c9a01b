"""Checks which clients may call portregd under TLS: every client against every method.

    PORTREGD=portregd PORTREG=portreg python3 tls_matrix_test.py
"""

import datetime
import pathlib
import socket
import ssl
import sys
import tempfile
import threading
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / name)
                for name in ("integration", "interop")]

import grpc
import processes
import service
import tool
from authority import ADDRESS, DNS, EMAIL, URI, Authority, Pair, raw_names
from client import refusal
from portreg_proto import SERVICE, pb
from processes import CALL_SECONDS
from service import HEALTH, SERVING, Service

EXPIRED = datetime.timedelta(days=-1)
ALLOWED = "spiffe://test/ns/prod/sa/web"
PATTERNS = ("spiffe://test/ns/*/sa/web", "*.clients.test", "ops@test",
            "10.1.2.*")

# A good request of each method. A new method of the contract needs one here.
REQUESTS = {
    "Lookup": pb.LookupRequest(port=443),
    "BatchLookup": pb.BatchLookupRequest(
        requests=[pb.LookupRequest(port=443)]),
    "Classify": pb.ClassifyRequest(port=443),
    "Check": pb.CheckRequest(claims=[pb.Claim(first_port=443)]),
    "Suggest": pb.SuggestRequest(),
    "ListRange": pb.ListRangeRequest(first_port=1, last_port=1),
    "Search": pb.SearchRequest(query="https"),
    "Watch": pb.WatchRequest(),
    "GetRegistryInfo": pb.GetRegistryInfoRequest(),
}
METHODS = pb.DESCRIPTOR.services_by_name["PortRegistryService"].methods


def call(channel: grpc.Channel, method) -> bytes:
    """Returns the first message that a method of the service answers."""
    path = f"/{SERVICE}/{method.name}"
    request = REQUESTS[method.name].SerializeToString()
    if not method.server_streaming:
        return channel.unary_unary(path)(request, timeout=CALL_SECONDS)
    stream = channel.unary_stream(path)(request, timeout=CALL_SECONDS)
    try:
        return next(stream)
    finally:
        stream.cancel()


def check_health(channel: grpc.Channel) -> bytes:
    """Returns the answer of health."""
    return channel.unary_unary(HEALTH)(b"", timeout=CALL_SECONDS)


class TlsTest(unittest.TestCase):
    """Provides authorities, certificates, and flags for mutual TLS."""

    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(cls.enterClassContext(
            tempfile.TemporaryDirectory(prefix="portreg-tls-")))
        cls.servers = Authority("servers")
        cls.clients = Authority("clients")
        cls.write("tls", cls.servers.issue_server())
        (cls.directory / "clients.crt").write_bytes(cls.clients.certificate)
        (cls.directory / "servers.crt").write_bytes(cls.servers.certificate)
        cls.tls = (f"--tls_cert={cls.directory}/tls.crt",
                   f"--tls_key={cls.directory}/tls.key")
        cls.mutual = (*cls.tls, f"--tls_client_ca={cls.directory}/clients.crt")

    @classmethod
    def write(cls, name: str, pair: Pair) -> tuple[str, str]:
        """Writes a pair, and returns its paths."""
        paths = (cls.directory / f"{name}.crt", cls.directory / f"{name}.key")
        pair.write(*paths)
        return str(paths[0]), str(paths[1])

    def channel(self, address: str, pair: Pair | None,
                authority: Authority | None = None) -> grpc.Channel:
        """Returns a channel whose client has this certificate, or none."""
        credentials = grpc.ssl_channel_credentials(
            (authority or self.servers).certificate,
            pair and pair.key, pair and pair.certificate)
        channel = service.channel_to(address, credentials)
        self.addCleanup(channel.close)
        return channel


class MatrixTest(TlsTest):
    """Tries no, expired, wrong-CA, not-allowed and right certificates."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.enterClassContext(Service(
            *cls.mutual, f"--tls_allowed_clients={','.join(PATTERNS)}"))

    def test_requests_are_there_for_every_method(self):
        self.assertEqual(set(REQUESTS), {method.name for method in METHODS})

    def test_no_certificate_of_the_authority_no_call(self):
        strangers = {
            "none": None,
            "expired": self.clients.issue("old", uris=[ALLOWED],
                                          valid_for=EXPIRED),
            "wrong CA": Authority("strangers").issue("web", uris=[ALLOWED]),
            "the server's CA": self.servers.issue("web", uris=[ALLOWED]),
        }
        for kind, pair in strangers.items():
            channel = self.channel(self.server.address, pair)
            for method in METHODS:
                with self.subTest(certificate=kind, method=method.name):
                    refused = refusal(lambda: call(channel, method))
                    self.assertEqual(refused.code, grpc.StatusCode.UNAVAILABLE)
                    # The handshake fails, before any call.
                    self.assertIsNone(refused.reason)
            with self.subTest(certificate=kind, method="health"):
                self.assertEqual(refusal(lambda: check_health(channel)).code,
                                 grpc.StatusCode.UNAVAILABLE)
        started = self.server.metrics().values("grpc_server_started_total")
        self.assertEqual(sum(started), self.calls_before)

    def setUp(self):
        self.calls_before = sum(
            self.server.metrics().values("grpc_server_started_total"))

    def test_names_that_are_not_allowed_are_denied(self):
        denied = {
            "no names": self.clients.issue(ALLOWED),
            "another": self.clients.issue("a", uris=["spiffe://test/other"]),
            "a part more": self.clients.issue(
                "b", uris=["spiffe://test/ns/a/b/sa/web"]),
            "longer": self.clients.issue("c", uris=[ALLOWED + "2"]),
            "DNS": self.clients.issue("d", dns=["clients.test"]),
            "e-mail": self.clients.issue("e", emails=["dev@test"]),
            "IP": self.clients.issue("f", addresses=["10.1.3.4"]),
            "subject alone": self.clients.issue("x.clients.test"),
        }
        for kind, pair in denied.items():
            channel = self.channel(self.server.address, pair)
            for method in METHODS:
                with self.subTest(names=kind, method=method.name):
                    refused = refusal(lambda: call(channel, method))
                    self.assertEqual(
                        (refused.code, refused.reason, refused.domain),
                        (grpc.StatusCode.PERMISSION_DENIED,
                         "CLIENT_NOT_ALLOWED", "portreg"))
            with self.subTest(names=kind, method="health"):
                # Health reveals nothing of the registry.
                self.assertEqual(check_health(channel), SERVING)

    def test_allowed_names_may_call_every_method(self):
        allowed = {
            "URI": self.clients.issue("a", uris=[ALLOWED]),
            "one of two": self.clients.issue(
                "b", uris=["spiffe://test/other", ALLOWED]),
            "DNS": self.clients.issue("c", dns=["x.clients.test"]),
            "DNS in capitals": self.clients.issue("c", dns=["X.Clients.TEST"]),
            "e-mail": self.clients.issue("d", emails=["ops@test"]),
            "IP": self.clients.issue("e", addresses=["10.1.2.3"]),
        }
        for kind, pair in allowed.items():
            channel = self.channel(self.server.address, pair)
            for method in METHODS:
                with self.subTest(names=kind, method=method.name):
                    self.assertTrue(call(channel, method))
            with self.subTest(names=kind, method="health"):
                self.assertEqual(check_health(channel), SERVING)

    def test_health_on_the_admin_side_needs_no_certificate(self):
        channel = service.channel_to(self.server.admin_address)
        self.addCleanup(channel.close)
        for name in ("", SERVICE, "liveness"):
            with self.subTest(name):
                self.assertEqual(service.health_of(channel, name), SERVING)
        # The admin side offers no method of the registry.
        for method in METHODS:
            with self.subTest(method.name):
                self.assertEqual(refusal(lambda: call(channel, method)).code,
                                 grpc.StatusCode.UNIMPLEMENTED)

    def test_the_tool_calls_with_the_right_certificate_alone(self):
        target = (f"--target={self.server.address}",
                  f"--cacert={self.directory}/servers.crt")
        for name, pair, code in (
                ("right", self.clients.issue("a", uris=[ALLOWED]), 0),
                ("denied", self.clients.issue("b"), 64 + 7),
                ("wrong", Authority("x").issue("c", uris=[ALLOWED]), 64 + 14)):
            certificate, key = self.write(name, pair)
            outcome = tool.run(*target, f"--cert={certificate}",
                               f"--key={key}", "443/tcp")
            self.assertEqual(outcome.code, code, (name, outcome.stderr))
        outcome = tool.run(*target, "443/tcp")
        self.assertEqual(outcome.code, 64 + 14, outcome.stderr)


class TlsAloneTest(TlsTest):
    """Checks TLS without certificates of clients, and TLS on one side only."""

    def test_clients_need_no_certificate_unless_one_is_asked_for(self):
        with Service(*self.tls) as server:
            channel = self.channel(server.address, None)
            for method in METHODS:
                self.assertTrue(call(channel, method), method.name)
            self.assertEqual(check_health(channel), SERVING)
            refused = refusal(lambda: check_health(
                self.channel(server.address, None, Authority("others"))))
            self.assertEqual(refused.code, grpc.StatusCode.UNAVAILABLE)

    def test_every_client_of_the_authority_is_allowed_without_a_list(self):
        with Service(*self.mutual) as server:
            for pair in (self.clients.issue("any"),
                         self.clients.issue("any", uris=["spiffe://x/y"])):
                channel = self.channel(server.address, pair)
                for method in METHODS:
                    self.assertTrue(call(channel, method), method.name)
            refused = refusal(
                lambda: check_health(self.channel(server.address, None)))
            self.assertEqual(refused.code, grpc.StatusCode.UNAVAILABLE)

    def test_plaintext_and_tls_do_not_meet(self):
        with Service(*self.tls) as server:
            refused = refusal(lambda: check_health(server.channel()))
            self.assertEqual(refused.code, grpc.StatusCode.UNAVAILABLE)
            outcome = tool.run(f"--target={server.address}", "443/tcp")
            self.assertEqual(outcome.code, 78, outcome.stderr)
            self.assertIn(server.address, outcome.stderr)
        with Service() as server:
            refused = refusal(
                lambda: check_health(self.channel(server.address, None)))
            self.assertEqual(refused.code, grpc.StatusCode.UNAVAILABLE)
            # The port still serves.
            self.assertEqual(check_health(server.channel()), SERVING)


# Names that make gRPC 1.51 end the process in a handshake, or that it misreads.
BAD_NAMES = {
    **{f"address of {size} bytes": raw_names((ADDRESS, b"x" * size))
       for size in (0, 1, 3, 5, 8, 15, 17, 32, 200)},
    "NUL in a DNS name": raw_names((DNS, b"good.test\0.evil.test")),
    "NUL in a URI": raw_names((URI, b"spiffe://test/a\0b")),
    "NUL in an e-mail address": raw_names((EMAIL, b"\0@test")),
    "bad after good": raw_names((DNS, b"good.test"), (ADDRESS, b"12345")),
}
# Names that cannot be parsed. OpenSSL does not load them for a server's own
# certificate.
BROKEN_NAMES = {
    "no names at all": b"\xff",
    "cut": raw_names((DNS, b"good.test"))[:-1],
}


class BadNamesTest(TlsTest):
    """Checks that certificates with names that gRPC cannot read end no process."""

    def test_clients_are_refused_and_others_served(self):
        with Service(*self.mutual) as server:
            good = self.clients.issue("good", dns=["good.test"])
            for kind, names in (BAD_NAMES | BROKEN_NAMES).items():
                with self.subTest(kind):
                    bad = self.clients.issue("bad", raw=names)
                    refused = refusal(lambda: check_health(
                        self.channel(server.address, bad)))
                    self.assertEqual(refused.code, grpc.StatusCode.UNAVAILABLE)
                    self.assertEqual(check_health(
                        self.channel(server.address, good)), SERVING)
            # The log has at most one refusal a second.
            self.assertIn("the peer's certificate::has an IP address name that "
                          "is not 4 or 16 bytes long",
                          server.log("gRPC")[0].fields["text"])

    def test_names_of_authorities_between_count_for_nothing(self):
        between = self.clients.issue_authority(
            "between", raw_names((ADDRESS, b"12345")))
        pair = between.issue("good", dns=["good.test"])
        chain = pair._replace(
            certificate=pair.certificate + between.certificate)
        with Service(*self.mutual) as server:
            self.assertEqual(check_health(
                self.channel(server.address, chain)), SERVING)

    def test_the_servers_own_are_refused_at_start(self):
        for kind, names in (BAD_NAMES | BROKEN_NAMES).items():
            with self.subTest(kind):
                certificate, key = self.write(
                    "named", self.servers.issue("named", raw=names))
                outcome = processes.run(
                    f"--listen={processes.ANY_PORT}",
                    f"--tls_cert={certificate}", f"--tls_key={key}")
                self.assertEqual(outcome.code, 1, outcome.stderr)
                self.assertIn(f"tls_cert {certificate}: the first certificate "
                              "has ", outcome.stderr)

    def test_the_tool_refuses_servers_with_them(self):
        for kind, names in BAD_NAMES.items():
            with self.subTest(kind):
                self.refuse(names, "443")
        for command in (("list", "1-100"), ("info",)):
            with self.subTest(command):
                self.refuse(BAD_NAMES["bad after good"], *command)

    def refuse(self, names: bytes, *command: str):
        """Runs the tool against a server with such a certificate."""
        pair = self.servers.issue("named", raw=names)
        with TlsListener(*self.write("listener", pair)) as listener:
            outcome = tool.run(f"--target={listener.address}",
                               f"--cacert={self.directory}/servers.crt",
                               *command)
        self.assertEqual(outcome.code, 64 + 14, outcome.stderr)
        self.assertIn("the server's certificate has ", outcome.stderr)


class TlsListener:
    """A server that completes a handshake with any client, and then closes."""

    def __init__(self, certificate: str, key: str):
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._context.set_alpn_protocols(["h2"])
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = "{}:{}".format(*self._socket.getsockname())
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()

    def _run(self):
        while True:
            try:
                raw, _ = self._socket.accept()
            except OSError:
                return
            raw.settimeout(CALL_SECONDS)
            try:
                with self._context.wrap_socket(raw, server_side=True) as tls:
                    tls.recv(1)
            except OSError:
                raw.close()


class MistakesTest(TlsTest):
    """Checks the tool's line about a client's mistakes."""

    def complaint(self, server: Service, *flags: str) -> str:
        """Returns the tool's error; the tool must get no answer."""
        outcome = tool.run(f"--target={server.address}", *flags, "443")
        self.assertEqual(outcome.code, 64 + 14, outcome.stderr)
        self.assertEqual(outcome.stderr.count("\n"), 1, outcome.stderr)
        self.assertIn(server.address, outcome.stderr)
        return outcome.stderr

    def test_the_other_protocol_is_named(self):
        with Service(*self.tls) as server:
            self.assertIn("--tls", self.complaint(server))
        with Service() as server:
            self.assertIn("--plaintext", self.complaint(server, "--tls"))

    def test_certificates_that_are_missing_or_not_trusted_are_named(self):
        trust = f"--cacert={self.directory}/servers.crt"
        stranger = self.write("stranger", Authority("x").issue("a"))
        with Service(*self.mutual) as server:
            self.assertIn("--cert", self.complaint(server, trust))
            self.assertIn("refuses the client certificate", self.complaint(
                server, trust, f"--cert={stranger[0]}",
                f"--key={stranger[1]}"))
            self.assertIn("is not trusted", self.complaint(
                server, f"--cacert={self.directory}/clients.crt"))

    def test_files_are_checked_before_anything_is_sent(self):
        pair = self.write("mine", self.clients.issue("a"))
        for flags, said in (
                ((f"--cacert={pair[1]}",), "holds a private key"),
                ((f"--cert={pair[1]}", f"--key={pair[0]}"), "mine.key: holds"),
                ((f"--cert={pair[0]}", f"--key={self.directory}/tls.key"),
                 "is not the key"),
                (("--cacert=/dev/zero",), "/dev/zero: is no regular file")):
            with self.subTest(flags):
                outcome = tool.run("--target=127.0.0.1:1", *flags, "443")
                self.assertEqual(outcome.code, 1, outcome.stderr)
                self.assertIn(said, outcome.stderr)


class StartTest(TlsTest):
    """Checks the refusals at start, whose message names the flag."""

    def refused(self, *flags: str, **options) -> str:
        """Returns the error of portregd, which must not start."""
        outcome = processes.run(*flags, **options)
        self.assertEqual(outcome.code, 1, outcome.stderr)
        self.assertEqual(outcome.stdout, "")
        self.assertEqual(outcome.stderr.count("\n"), 1, outcome.stderr)
        self.assertTrue(outcome.stderr.startswith("portregd: "), outcome.stderr)
        return outcome.stderr

    def test_plaintext_that_others_reach_needs_insecure(self):
        for flag, address in (
                ("listen", "0.0.0.0:0"), ("listen", "[::]:0"),
                ("listen", "127.0.0.1:0,0.0.0.0:0"),
                ("admin_listen", "0.0.0.0:0"),
                ("metrics_listen", "0.0.0.0:0")):
            with self.subTest(flag=flag, address=address):
                flags = [f"--{flag}={address}"]
                if flag != "listen":
                    flags.append(f"--listen={processes.ANY_PORT}")
                message = self.refused(*flags)
                self.assertIn(f"--{flag}={address.rpartition(',')[2]}", message)
                if flag == "listen":
                    self.assertIn("--insecure", message)
                    # The flag --admin_insecure applies to the other side only.
                    self.refused(*flags, "--admin_insecure")
                else:
                    self.assertIn("--admin_insecure", message)
                    # TLS applies to the service only.
                    self.refused(*flags, *self.tls)

    def test_the_admin_side_may_be_plaintext_beside_tls(self):
        for flag in ("--insecure", "--admin_insecure"):
            with self.subTest(flag), Service(
                    flag, *self.tls, "--admin_listen=0.0.0.0:0",
                    "--metrics_listen=0.0.0.0:0") as server:
                port = server.admin_address.rpartition(":")[2]
                self.assertEqual(
                    check_health(server.channel(f"127.0.0.1:{port}")), SERVING)
                server.metrics()

    def test_a_misspelt_variable_never_takes_tls_away(self):
        for name in ("PORTREGD_TLS_CRT", "PORTREGD_TLS_CLIENT_CAS"):
            with self.subTest(name):
                self.assertIn(name, self.refused(variables={name: "x.pem"}))

    def test_insecure_or_tls_allows_it(self):
        for flags in (("--insecure",), self.tls):
            with Service(*flags, listen="0.0.0.0:0") as server:
                port = server.address.rpartition(":")[2]
                channel = (self.channel(f"127.0.0.1:{port}", None)
                           if flags == self.tls
                           else server.channel(f"127.0.0.1:{port}"))
                self.assertEqual(check_health(channel), SERVING)

    def test_incomplete_or_unusable_files_are_refused(self):
        other = self.write("other", self.servers.issue_server())
        expired = self.write("expired",
                             self.servers.issue_server(valid_for=EXPIRED))
        half = self.directory / "half.crt"
        half.write_bytes(self.servers.issue_server().certificate[:300])
        cert, key = self.tls
        listen = f"--listen={processes.ANY_PORT}"
        for flags, named in (
                ((cert,), "tls_key"), ((key,), "tls_cert"),
                ((f"--tls_client_ca={self.directory}/clients.crt",),
                 "tls_cert"),
                ((cert, key, "--tls_allowed_clients=a"), "tls_client_ca"),
                ((cert, f"--tls_key={other[1]}"), "other.key"),
                ((f"--tls_cert={expired[0]}", f"--tls_key={expired[1]}"),
                 "expired.crt"),
                ((f"--tls_cert={half}", key), "half.crt"),
                ((cert, key, f"--tls_client_ca={self.directory}/none.crt"),
                 "none.crt")):
            with self.subTest(flags=flags):
                self.assertIn(named, self.refused(listen, *flags))


if __name__ == "__main__":
    unittest.main(verbosity=2)
