"""Opens more connections than the server accepts: it survives, and serves afterwards.

    PORTREGD=portregd python3 exhaustion_test.py

Either the descriptors run out (CVE-2023-4785: gRPC's own listener never accepts
again), or connections exceed their limits, over TCP, TLS and a unix socket.
"""

import contextlib
import tempfile
import unittest

import serving
import wire

DESCRIPTORS = 64
# The descriptors in use when the server accepts no more connections: it keeps
# 16 free, and descriptors that were closed meanwhile may leave gaps.
TAKEN = DESCRIPTORS - 16 - 4
CONNECTIONS = 120
CALLS = 5
LIMIT = 8
MORE = 4
# A connection that was refused is closed within this time.
CLOSED_SECONDS = 5 * serving.PATIENCE
OTHER_PEER = "127.0.0.2"


class Endpoint:
    """A way to reach a server: over TCP, TLS or a unix socket."""

    def __init__(self, kind: str, directory: str):
        self.kind = kind
        self.certificate = (
            serving.make_certificate(directory) if kind == "TLS" else None)
        self.listen = (f"unix:{directory}/socket" if kind == "unix socket"
                       else "127.0.0.1:0")

    def server(self, *flags: str, wrapper: tuple = ()) -> serving.Attacked:
        """Returns a server that is reached in this way."""
        if self.certificate:
            flags = (*flags, *self.certificate.flags())
        return serving.Attacked(*flags, listen=self.listen, wrapper=wrapper)

    def call(self, server: serving.Attacked):
        """Makes a call on a new connection. Raises grpc.RpcError."""
        channel = server.fresh_channel(
            credentials=self.certificate and self.certificate.credentials())
        with contextlib.closing(channel):
            serving.lookup(channel)


def endpoint(test: unittest.TestCase, kind: str) -> Endpoint:
    """Returns an Endpoint whose files are removed when the test ends."""
    return Endpoint(kind, test.enterContext(tempfile.TemporaryDirectory()))


def assert_gone(server: serving.Attacked, descriptors: int):
    """Waits until the server has noticed that its clients closed."""
    # The server accepts connections in their order, so once it has closed this
    # one, it has accepted all earlier ones.
    with contextlib.closing(wire.dial(server.address)) as last, \
            contextlib.suppress(ConnectionError):
        last.settimeout(10 * serving.PATIENCE)
        last.sendall(b"neither TLS nor HTTP/2\r\n\r\n")
        while last.recv(4096):
            pass
    assert serving.eventually(
        lambda: server.usage().descriptors <= descriptors + 1, 10), (
            "it keeps descriptors of closed connections")


class DescriptorsTest(unittest.TestCase):
    """Opens 120 connections under `ulimit -n 64`, closes them, and makes 5 calls."""

    def check(self, kind: str):
        way = endpoint(self, kind)
        limit = ("prlimit", f"--nofile={DESCRIPTORS}:{DESCRIPTORS}", "--")
        with way.server(wrapper=limit) as server:
            way.call(server)
            before = server.usage().descriptors
            for _ in range(2):
                with contextlib.ExitStack() as held:
                    # Connections that wait to be accepted count as connected.
                    for _ in range(CONNECTIONS):
                        held.enter_context(wire.dial(server.address))
                    self.assertTrue(serving.eventually(
                        lambda: server.usage().descriptors >= TAKEN, 10))
                    self.assertTrue(server.running())
                assert_gone(server, before)
                for _ in range(CALLS):
                    way.call(server)
            self.assertLessEqual(server.usage().log_lines, 20, server.stderr())

    def test_calls_succeed_after_tcp_connections_took_all_descriptors(self):
        self.check("TCP")

    def test_calls_succeed_after_tls_connections_took_all_descriptors(self):
        self.check("TLS")

    def test_calls_succeed_after_unix_connections_took_all_descriptors(self):
        self.check("unix socket")

    def test_who_is_connected_is_served_while_descriptors_are_out(self):
        limit = ("prlimit", f"--nofile={DESCRIPTORS}:{DESCRIPTORS}", "--")
        with serving.Attacked(wrapper=limit) as server:
            channel = server.fresh_channel()
            serving.lookup(channel)
            with serving.SteadyCaller(channel) as caller, \
                    contextlib.ExitStack() as held:
                for _ in range(CONNECTIONS):
                    connection = held.enter_context(
                        wire.Connection(server.address))
                    connection.start()
                before = caller.answered
                self.assertTrue(serving.eventually(
                    lambda: caller.answered > before + 20, 10))
            caller.check()


class ConnectionLimitsTest(unittest.TestCase):
    """Checks --max_connections and --max_connections_per_peer."""

    def fill(self, server: serving.Attacked, held: contextlib.ExitStack,
             source: str | None = None):
        """Opens as many connections as the limit allows, and checks that they stay open."""
        kept = [held.enter_context(wire.Connection(
            server.address, source=source)) for _ in range(LIMIT)]
        for connection in kept:
            connection.start()
            kinds = {each.kind for each in self.until_settings(connection)}
            self.assertIn(wire.SETTINGS, kinds)

    def until_settings(self, connection: wire.Connection):
        """Yields frames up to the server's first SETTINGS."""
        for each in connection.frames(10 * serving.PATIENCE):
            yield each
            if each.kind == wire.SETTINGS:
                return

    def assert_turned_away(self, server: serving.Attacked,
                           source: str | None = None):
        with wire.Connection(server.address, source=source) as connection:
            connection.start()
            self.assertTrue(connection.closed_within(CLOSED_SECONDS))

    def check_total(self, kind: str):
        way = endpoint(self, kind)
        with way.server(f"--max_connections={LIMIT}") as server:
            before = server.usage().descriptors
            for _ in range(2):
                # The connections of calls count until the server has noticed
                # their end.
                self.assertTrue(serving.eventually(
                    lambda: server.usage().descriptors <= before, 10))
                with contextlib.ExitStack() as held:
                    for _ in range(LIMIT):
                        held.enter_context(wire.dial(server.address))
                    # The limit is reached, so a call's own connection is one
                    # too many.
                    self.assertTrue(serving.eventually(
                        lambda: server.usage().descriptors >= before + LIMIT,
                        10))
                    for _ in range(MORE):
                        self.assert_turned_away(server)
                assert_gone(server, before)
                for _ in range(CALLS):
                    way.call(server)

    def test_connections_beyond_the_total_are_turned_away_tcp(self):
        self.check_total("TCP")

    def test_connections_beyond_the_total_are_turned_away_tls(self):
        self.check_total("TLS")

    def test_connections_beyond_the_total_are_turned_away_unix_socket(self):
        self.check_total("unix socket")

    def test_one_full_peer_leaves_room_for_another(self):
        with serving.Attacked(f"--max_connections_per_peer={LIMIT}") as server:
            with contextlib.ExitStack() as held:
                self.fill(server, held, OTHER_PEER)
                for _ in range(MORE):
                    self.assert_turned_away(server, OTHER_PEER)
                channel = server.fresh_channel()       # from 127.0.0.1
                held.callback(channel.close)
                for _ in range(CALLS):
                    serving.lookup(channel)
            # Connections are accepted again once the server has noticed the end
            # of the others.
            with contextlib.ExitStack() as held:
                self.assertTrue(serving.eventually(
                    lambda: self.stays(server, held), 10))

    def stays(self, server: serving.Attacked,
              held: contextlib.ExitStack) -> bool:
        """Returns True if a new connection of the other peer is served."""
        connection = held.enter_context(
            wire.Connection(server.address, source=OTHER_PEER))
        connection.start()
        return any(each.kind == wire.SETTINGS
                   for each in self.until_settings(connection))

    def test_a_flood_beyond_the_limit_is_told_in_few_lines(self):
        with serving.Attacked("--max_connections=1") as server:
            with contextlib.ExitStack() as held:
                held.enter_context(wire.dial(server.address))
                for _ in range(500):
                    with contextlib.suppress(OSError):
                        wire.dial(server.address).close()
                self.assertLess(
                    server.usage().log_lines, 20, server.stderr())


if __name__ == "__main__":
    unittest.main()
