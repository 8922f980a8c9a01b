"""Drains or kills one of two replicas under load, and no client notices.

    PORTREGD=portregd PORTREG=portreg python3 replicas_test.py
"""

import json
import pathlib
import signal
import sys
import tempfile
import threading
import time
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / name)
                for name in ("integration", "interop")]

import grpc
import service
import tool
from client import Client, refusal
from generations import HEADER
from load import Load
from portreg_proto import SERVICE, Stub, pb
from processes import CALL_SECONDS, PATIENCE
from service import NOT_SERVING, SERVING, Service, eventually

CALLING = 4                 # threads that call on a channel each
CALLS_MEANWHILE = 1000
SERVICE_CONFIG = json.dumps({
    "loadBalancingConfig": [{"round_robin": {}}],
    "methodConfig": [{
        "name": [{"service": SERVICE}],
        "retryPolicy": {
            "maxAttempts": 3, "initialBackoff": "0.05s", "maxBackoff": "1s",
            "backoffMultiplier": 2, "retryableStatusCodes": ["UNAVAILABLE"]},
    }]})
DRAIN_DELAY, DRAIN_GRACE = 2, 2     # seconds
FLAGS = (f"--drain_delay={DRAIN_DELAY}s", f"--drain_grace={DRAIN_GRACE}s")
# The time that a loaded machine may add to a measured one.
LEEWAY = 1 * PATIENCE


def answered_by(server: Service) -> float:
    """Returns the number of calls that a replica has answered with OK."""
    return sum(server.metrics().values(
        "grpc_server_handled_total", grpc_code="OK"))


class ReplicasTest(unittest.TestCase):
    """Clients that know both replicas go on when one is left."""

    def setUp(self):
        self.restarts: list[float] = []  # seconds to the first answer
        self.replicas = [self.started(), self.started()]
        addresses = ",".join(each.address for each in self.replicas)
        self.target = f"ipv4:{addresses}"
        self.load = self.enterContext(Load(
            [self.calling() for _ in range(CALLING)] + [self.running_tool]))
        self.load.await_calls(CALLS_MEANWHILE)
        for replica in self.replicas:
            self.assertGreater(answered_by(replica), 100)

    def started(self, listen: str = "127.0.0.1:0") -> Service:
        """Returns a replica, which is killed after the test."""
        server = Service(*FLAGS, listen=listen)
        self.addCleanup(server.kill)
        return server

    def calling(self):
        """Returns a function that calls on a channel to both, with retries."""
        channel = service.open_channel(
            self.target, None, ("grpc.service_config", SERVICE_CONFIG),
            ("grpc.enable_retries", 1))
        self.addCleanup(channel.close)
        stub = Stub(channel)

        def call():
            answer = stub.Lookup(pb.LookupRequest(port=443),
                                 timeout=CALL_SECONDS)
            assert answer.records, answer
        return call

    def running_tool(self):
        """Runs the tool, which uses the client library, once."""
        outcome = tool.run(f"--target={self.target}", "443/tcp")
        assert outcome.code == 0, outcome

    def restart(self, old: Service) -> Service:
        """Replaces a replica by a new one, and waits until it answers its share of calls."""
        start = time.monotonic()
        new = self.started(old.address)
        Client(new.channel()).lookup(port=443)
        self.restarts.append(time.monotonic() - start)
        before = answered_by(new)
        self.assertTrue(eventually(
            lambda: answered_by(new) > before + 100))
        self.load.await_calls(CALLS_MEANWHILE)
        return new

    def end(self):
        """Checks that no call failed, and that a restarted replica answered within a second."""
        self.load.__exit__(None, None, None)
        self.load.check()
        self.assertLess(min(self.restarts), 1 * PATIENCE)
        self.assertGreater(self.load.done, 3 * CALLS_MEANWHILE)

    def test_a_replica_is_drained_under_load(self):
        for index in (0, 1):
            old = self.replicas[index]
            start = time.monotonic()
            old.send(signal.SIGTERM)
            self.assertEqual(old.wait(), 0)
            self.assertLess(time.monotonic() - start,
                            DRAIN_DELAY + DRAIN_GRACE + LEEWAY)
            self.load.await_calls(CALLS_MEANWHILE)
            self.replicas[index] = self.restart(old)
        self.end()

    def test_a_replica_is_killed_under_load(self):
        for index in (0, 1, 0):
            old = self.replicas[index]
            old.send(signal.SIGKILL)
            self.assertEqual(old.wait(), -signal.SIGKILL)
            self.load.await_calls(CALLS_MEANWHILE)
            self.replicas[index] = self.restart(old)
        self.end()


class DrainTest(unittest.TestCase):
    """Checks a server between SIGTERM and its end."""

    @classmethod
    def setUpClass(cls):
        # A listing of 24 MB fits no connection's buffers, so it stays under way
        # until somebody reads it.
        rows = [f"s{port},{port},tcp,{'x' * 8000}" for port in range(3000)]
        directory = cls.enterClassContext(
            tempfile.TemporaryDirectory(prefix="portreg-drain-"))
        cls.local_file = pathlib.Path(directory, "local.csv")
        cls.local_file.write_text(HEADER + "\n".join(rows))

    def setUp(self):
        self.serve()

    def serve(self, *flags: str):
        """Starts a server, and a client of it."""
        self.server = Service(
            *FLAGS, f"--local_file={self.local_file}", *flags)
        self.addCleanup(self.server.kill)
        self.channel = self.server.channel()
        self.client = Client(self.channel)
        self.client.lookup(port=1)

    def health(self, channel: grpc.Channel | None = None) -> dict[str, bytes]:
        """Returns the health of all names, on the service's port or on `channel`."""
        return {name: service.health_of(channel or self.channel, name)
                for name in ("", SERVICE)}

    def open_streams(self) -> list:
        """Returns a Watch and a listing that is not read to its end, both under way."""
        watch = Stub(self.channel).Watch(pb.WatchRequest())
        next(watch)
        listing = self.client.open_listing()
        next(listing)
        return [watch, listing]

    def test_health_says_so_while_calls_are_served(self):
        self.serve("--drain_delay=60s")
        admin = service.channel_to(self.server.admin_address)
        self.addCleanup(admin.close)
        self.assertEqual(set(self.health().values()), {SERVING})
        self.server.send(signal.SIGTERM)
        self.assertTrue(eventually(
            lambda: set(self.health().values()) == {NOT_SERVING}, 1))
        self.assertTrue(eventually(
            lambda: set(self.health(admin).values()) == {NOT_SERVING}, 1))
        self.assertEqual(service.health_of(admin, "liveness"), SERVING)
        self.assertEqual(self.server.metric("portreg_draining"), 1)
        # Clients that have not noticed the drain are served, on old and new
        # connections.
        self.client.lookup(port=443)
        Client(self.server.channel()).lookup(port=443)
        self.assertTrue(self.server.running())
        # A second SIGTERM ends the delay early.
        self.server.send(signal.SIGTERM)
        self.assertEqual(self.server.wait(), 0)
        messages = [line.message for line in self.server.log()]
        self.assertEqual(messages[-2:], ["draining", "stopped"])

    def test_streams_are_ended_with_a_reason(self):
        streams = self.open_streams()
        start = time.monotonic()
        self.server.send(signal.SIGTERM)
        for stream in streams:
            refused = refusal(lambda: list(stream))
            self.assertEqual((refused.code, refused.reason),
                             (grpc.StatusCode.UNAVAILABLE, "SERVER_STOPPING"))
        self.assertGreaterEqual(time.monotonic() - start, DRAIN_DELAY)
        self.assertEqual(self.server.wait(), 0)
        self.assertLess(time.monotonic() - start,
                        DRAIN_DELAY + DRAIN_GRACE + LEEWAY)

    def test_streams_that_nobody_reads_do_not_outlast_the_grace(self):
        streams = self.open_streams()
        start = time.monotonic()
        self.server.send(signal.SIGTERM)
        self.assertEqual(self.server.wait(), 0)
        self.assertLess(time.monotonic() - start,
                        DRAIN_DELAY + DRAIN_GRACE + LEEWAY)
        self.assertEqual(len(streams), 2)

    def test_the_delay_ends_once_nobody_is_connected(self):
        self.channel.close()
        start = time.monotonic()
        self.server.send(signal.SIGTERM)
        self.assertEqual(self.server.wait(), 0)
        self.assertLess(time.monotonic() - start, DRAIN_DELAY)

    def test_sigint_and_a_second_signal_skip_the_delay(self):
        start = time.monotonic()
        self.server.send(signal.SIGINT)
        self.assertEqual(self.server.wait(), 0)
        self.assertLess(time.monotonic() - start, DRAIN_DELAY)
        with Service("--drain_delay=1h") as other:
            Client(other.channel()).lookup(port=1)
            other.send(signal.SIGTERM)
            self.assertTrue(eventually(
                lambda: other.metric("portreg_draining") == 1))
            start = time.monotonic()
            other.send(signal.SIGTERM)
            self.assertEqual(other.wait(), 0)
            self.assertLess(time.monotonic() - start, DRAIN_DELAY)
            other.kill()

    def test_calls_under_way_are_answered(self):
        """Checks that calls fail only with the reason of a stopping server."""
        failures = []
        done = [0]

        def call():
            while True:
                try:
                    self.client.lookup(port=443)
                    done[0] += 1
                except grpc.RpcError as error:
                    failures.append(error.code())
                    return

        thread = threading.Thread(target=call, daemon=True)
        thread.start()
        self.assertTrue(eventually(lambda: done[0] > 10))
        self.server.send(signal.SIGTERM)
        self.assertEqual(self.server.wait(), 0)
        thread.join(CALL_SECONDS)
        self.assertEqual(failures, [grpc.StatusCode.UNAVAILABLE])
        self.assertGreater(done[0], 100)


if __name__ == "__main__":
    unittest.main(verbosity=2)
