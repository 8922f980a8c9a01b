"""Rotates certificates under load, and no client notices.

    PORTREGD=portregd python3 rotation_test.py
"""

import datetime
import pathlib
import signal
import socket
import ssl
import sys
import tempfile
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / name)
                for name in ("integration", "interop")]

import grpc
import service
from authority import ADDRESS, Authority, Pair, raw_names
from load import Load
from mounted import Mounted, replace
from portreg_proto import Stub, pb
from processes import CALL_SECONDS
from service import Service, eventually

CALLING = 3                 # threads that call on a connection each
CONNECTING = 2              # threads that connect anew for each call
CALLS_MEANWHILE = 300       # calls during and after each change
CERTIFICATES = "certificates"


def ask(channel: grpc.Channel):
    """Makes one lookup, which must be answered."""
    answer = Stub(channel).Lookup(
        pb.LookupRequest(port=443), timeout=CALL_SECONDS)
    assert answer.revision and answer.records, answer


class RotationTest(unittest.TestCase):
    """A server of mutual TLS under load, of which no call may fail.

    Clients know both authorities of servers, old and new.
    """

    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory(prefix="portreg-rotation-")))
        self.servers = (Authority("servers 1"), Authority("servers 2"))
        self.clients = (Authority("clients 1"), Authority("clients 2"))
        self.trust = b"".join(each.certificate for each in self.servers)
        self.pair = self.servers[0].issue_server()
        self.client = self.clients[0].issue("client")
        self.files = Mounted(self.directory / "tls", {
            **self.contents(self.pair), "ca.crt": self.clients[0].certificate})
        self.server = Service(
            f"--tls_cert={self.files.path('tls.crt')}",
            f"--tls_key={self.files.path('tls.key')}",
            f"--tls_client_ca={self.files.path('ca.crt')}",
            "--reload_interval=100ms", "--drain_delay=0s")
        self.addCleanup(self.server.kill)
        self.assertEqual(self.presented(), self.pair)
        self.connected = 0
        self.under_load = self.enterContext(self.load())
        self.under_load.await_calls(CALLS_MEANWHILE)

    @staticmethod
    def contents(pair: Pair) -> dict[str, bytes]:
        """Returns the files of a pair."""
        return {"tls.crt": pair.certificate, "tls.key": pair.key}

    def channel(self, client: Pair) -> grpc.Channel:
        """Returns a channel with a connection of its own."""
        return service.channel_to(
            self.server.address, grpc.ssl_channel_credentials(
                self.trust, client.key, client.certificate))

    def load(self) -> Load:
        """Returns a load on one connection for each thread, and on a new one for each call."""
        def staying():
            channel = self.channel(self.client)
            self.addCleanup(channel.close)
            return lambda: ask(channel)

        def connecting():
            channel = self.channel(self.client)
            try:
                ask(channel)
                self.connected += 1
            finally:
                channel.close()

        return Load([staying() for _ in range(CALLING)]
                    + [connecting] * CONNECTING)

    def presented(self, client: Pair | None = None) -> object:
        """Returns the pair that new connections get; its certificate if the pair is unknown."""
        context = ssl.create_default_context(
            ssl.Purpose.SERVER_AUTH, cadata=self.trust.decode())
        # Python 3.13 and later set this by default.
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        context.set_alpn_protocols(["h2"])
        client = client or self.client
        certificate = self.directory / "probe.crt"
        key = self.directory / "probe.key"
        client.write(certificate, key)
        context.load_cert_chain(certificate, key)
        host, _, port = self.server.address.rpartition(":")
        with socket.create_connection((host, int(port)), CALL_SECONDS) as raw:
            with context.wrap_socket(raw, server_hostname=host) as tls:
                found = ssl.DER_cert_to_PEM_cert(tls.getpeercert(True))
        known = {self.pair.certificate.decode(): self.pair}
        return known.get(found, found)

    def expect_presented(self, pair: Pair):
        """Waits until new connections get this pair, and metrics report it."""
        self.pair = pair
        self.assertTrue(eventually(lambda: self.presented() == pair),
                        self.server.stderr())
        self.under_load.await_calls(CALLS_MEANWHILE)
        self.assertTrue(eventually(lambda: self.failing() == 0))
        self.assertEqual(
            self.server.metric("portreg_certificate_expiry_timestamp_seconds",
                               file="tls_cert"), pair.not_after.timestamp())

    def failing(self) -> float:
        """Returns 1 if the last attempt to reload failed, else 0."""
        return self.server.metric("portreg_reload_failing",
                                  subject=CERTIFICATES)

    def expect_refused(self, change):
        """Makes a change that must be refused, and checks that the earlier pair is kept."""
        kept = self.pair
        failures = self.server.reloads(CERTIFICATES, "failure")
        complaints = len(self.server.log("reload failed"))
        change()
        self.assertTrue(eventually(
            lambda: self.server.reloads(CERTIFICATES, "failure") > failures))
        self.assertEqual(self.failing(), 1)
        self.assertTrue(eventually(
            lambda: len(self.server.log("reload failed")) > complaints))
        line = self.server.log("reload failed")[-1]
        self.assertEqual(
            (line.severity, line.fields["subject"]), ("ERROR", CERTIFICATES))
        self.assertTrue(line.fields["error"])
        self.under_load.await_calls(CALLS_MEANWHILE)
        self.assertEqual(self.presented(), kept)
        self.assertEqual(
            self.server.metric("portreg_certificate_expiry_timestamp_seconds",
                               file="tls_cert"), kept.not_after.timestamp())

    def end(self, calls: int = 2000):
        """Ends the load, and checks that enough calls were made and none failed."""
        self.under_load.await_calls(max(1, calls - self.under_load.done))
        self.assertTrue(eventually(lambda: self.connected > 100, 60))
        self.under_load.__exit__(None, None, None)
        self.under_load.check()

    def test_a_renewed_pair_is_served_to_new_connections(self):
        pairs = [self.servers[i % 2].issue_server() for i in range(4)]
        self.files.swap({**self.contents(pairs[0]),
                         "ca.crt": self.clients[0].certificate})
        self.expect_presented(pairs[0])
        self.files.rename(self.contents(pairs[1]))
        self.expect_presented(pairs[1])
        self.files.write(self.contents(pairs[2]))
        self.expect_presented(pairs[2])
        self.files.write(self.contents(pairs[3]))
        self.server.send(signal.SIGHUP)
        self.expect_presented(pairs[3])
        self.assertGreaterEqual(
            self.server.reloads(CERTIFICATES, "success"), len(pairs))
        self.assertGreaterEqual(
            len(self.server.log("certificates reloaded")), len(pairs))
        self.end()

    def test_a_bad_pair_is_refused_and_the_old_one_served(self):
        good = self.servers[0].issue_server()
        certificate, key = self.files.path("tls.crt"), self.files.path("tls.key")
        expired = self.servers[0].issue_server(
            valid_for=datetime.timedelta(hours=-1))
        for kind, change in {
                "half a certificate": lambda: certificate.write_bytes(
                    good.certificate[:len(good.certificate) // 2]),
                "mismatched": lambda: certificate.write_bytes(good.certificate),
                "half a key": lambda: key.write_bytes(good.key[:60]),
                "expired": lambda: self.files.write(self.contents(expired)),
                "a name that gRPC cannot take": lambda: self.files.write(
                    self.contents(self.servers[0].issue("named", raw=raw_names(
                        (ADDRESS, b"12345"))))),
                "empty": lambda: certificate.write_bytes(b""),
                "gone": certificate.unlink,
                "no authority": lambda: self.files.swap({
                    **self.contents(good), "ca.crt": b"none"}),
        }.items():
            with self.subTest(kind):
                self.expect_refused(change)
        replace(certificate, b"")  # a file again, because the link was removed
        self.files.rename({**self.contents(good),
                           "ca.crt": self.clients[0].certificate})
        self.expect_presented(good)
        self.end()

    def test_clients_authorities_are_exchanged(self):
        old, new = self.clients
        comer = new.issue("comer")
        with self.assertRaises(grpc.RpcError):
            self.ask_once(comer)
        both = old.certificate + new.certificate
        self.files.rename({"ca.crt": both})
        self.assertTrue(eventually(lambda: self.is_taken(comer)),
                        self.server.stderr())
        self.assertEqual(
            self.server.metric("portreg_certificate_expiry_timestamp_seconds",
                               file="tls_client_ca"),
            min(each.not_after.timestamp() for each in self.clients))
        self.end()
        # After the old authority is removed, its clients can no longer connect,
        # but those of the new one can.
        self.files.rename({"ca.crt": new.certificate})
        self.assertTrue(eventually(lambda: not self.is_taken(self.client)))
        self.assertTrue(self.is_taken(comer))

    def ask_once(self, client: Pair):
        """Makes one call on a new connection."""
        channel = self.channel(client)
        try:
            ask(channel)
        finally:
            channel.close()

    def is_taken(self, client: Pair) -> bool:
        """Returns True if a new connection with this certificate is accepted."""
        try:
            self.ask_once(client)
            return True
        except grpc.RpcError as error:
            self.assertEqual(error.code(), grpc.StatusCode.UNAVAILABLE)
            return False


if __name__ == "__main__":
    unittest.main(verbosity=2)
