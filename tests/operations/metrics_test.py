"""Checks counts, bounded labels, and a log that no stranger can forge.

    PORTREGD=portregd python3 metrics_test.py
"""

import pathlib
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / name)
                for name in ("integration", "interop")]

import grpc
import reflection
import service
from client import Client, refusal
from portreg_proto import SERVICE, Stub, pb
from processes import CALL_SECONDS
from service import SERVING, Service, eventually

HANDLED = "grpc_server_handled_total"
STARTED = "grpc_server_started_total"
CHANNELZ = "/grpc.channelz.v1.Channelz/GetServers"
REQUEST_ID = "x-request-id"
TRACEPARENT = "traceparent"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
# Texts that would end a line, close a quote, begin a field, or move a cursor.
FORGERIES = (
    'a" severity="ERROR', 'a severity=ERROR', 'a\\" b="c', "a\\n2026-01-01",
    '{"severity":"ERROR"}', '","message":"reload failed', "a=b", "a b",
    "\\u000a", "%0a", "a" * 300)
# gRPC refuses these bytes in a text header, but accepts them in one that ends
# in -bin.
BYTES = (b"a\n2026-11-23T00:00:00.000Z ERROR forged",
         b"\r\n\x1b[2J\x00\xff\xfe", "\u202e\u2028".encode())


class CountsTest(unittest.TestCase):
    """Checks metrics after a known sequence of calls."""

    def setUp(self):
        self.server = self.enterContext(Service())
        self.channel = self.server.channel()
        self.client = Client(self.channel)

    def handled(self, method: str, code: str) -> float:
        """Returns the number of calls of a method that ended with a code; 0 without a series."""
        return sum(self.server.metrics().values(
            HANDLED, grpc_method=method, grpc_code=code))

    def test_calls_are_counted_by_method_and_code(self):
        for _ in range(7):
            self.client.lookup(port=443)
        for _ in range(3):
            refusal(lambda: self.client.lookup(port=70000))
        refusal(lambda: self.client.lookup(service="no-such-service"))
        refusal(lambda: self.client.raw("Lookup", b"\xff"))
        self.client.classify(port=1)
        self.client.search("https")
        self.client.check([pb.Claim(first_port=1)])
        refusal(lambda: self.client.check([pb.Claim()]))
        for _ in range(2):
            self.client.suggest()
        self.client.info()
        messages = len(self.client.listing(first_port=1, last_port=6000))
        for keys in (1, 10, 11, 1000):
            self.client.batch([pb.LookupRequest(port=1)] * keys)
        watch = Stub(self.channel).Watch(pb.WatchRequest())
        next(watch)
        self.assertTrue(eventually(
            lambda: self.server.metric("portreg_watches") == 1))
        self.assertTrue(eventually(
            lambda: self.server.metric("portreg_calls_in_flight") == 1))
        watch.cancel()
        self.assertTrue(eventually(
            lambda: self.handled("Watch", "Canceled") == 1))

        for method, code, count in (
                ("Lookup", "OK", 7), ("Lookup", "InvalidArgument", 4),
                ("Lookup", "NotFound", 1), ("Classify", "OK", 1),
                ("Check", "OK", 1), ("Check", "InvalidArgument", 1),
                ("Suggest", "OK", 2),
                ("Search", "OK", 1), ("GetRegistryInfo", "OK", 1),
                ("ListRange", "OK", 1), ("BatchLookup", "OK", 4),
                ("BatchLookup", "InvalidArgument", 0)):
            self.assertEqual(self.handled(method, code), count, (method, code))
        metrics = self.server.metrics()
        for method, count in (("Lookup", 12), ("Watch", 1), ("ListRange", 1)):
            kind = ("unary" if method == "Lookup" else "server_stream")
            labels = dict(grpc_service=SERVICE, grpc_method=method,
                          grpc_type=kind)
            for name in (STARTED, "grpc_server_msg_received_total",
                         "grpc_server_handling_seconds_count"):
                self.assertEqual(metrics.value(name, **labels), count,
                                 (name, method))
            buckets = metrics.values("grpc_server_handling_seconds_bucket",
                                     **labels)
            self.assertEqual(buckets, sorted(buckets))
            self.assertEqual(buckets[-1], count)
        sent = "grpc_server_msg_sent_total"
        self.assertEqual(metrics.value(sent, grpc_method="Lookup"), 7)
        self.assertEqual(metrics.value(sent, grpc_method="Watch"), 1)
        self.assertGreater(messages, 1)
        self.assertEqual(metrics.value(sent, grpc_method="ListRange"), messages)
        self.expect_batches(metrics, (1, 10, 11, 1000))
        for bound in ("0.001", "0.5", "60"):
            self.assertGreater(metrics.value(
                "grpc_server_handling_seconds_bucket", grpc_method="Lookup",
                le=bound), 0)

    def expect_batches(self, metrics, sizes):
        """Checks that the histogram of batches has these sizes."""
        self.assertEqual(metrics.value("portreg_batch_size_count"), len(sizes))
        self.assertEqual(metrics.value("portreg_batch_size_sum"), sum(sizes))
        for bound in (1, 10, 50, 100, 250, 500, 1000, float("inf")):
            label = "+Inf" if bound == float("inf") else str(bound)
            self.assertEqual(
                metrics.value("portreg_batch_size_bucket", le=label),
                sum(size <= bound for size in sizes), bound)

    def test_the_registry_and_the_process_are_told(self):
        info = self.client.info()
        metrics = self.server.metrics()
        self.assertEqual(metrics.labels("portreg_registry_info"),
                         {(("revision", info.revision),)})
        self.assertEqual(metrics.labels("portreg_build_info"),
                         {(("version", info.server_version),)})
        names = {1: "local", 2: "common", 3: "iana"}
        for number in {layer.layer for layer in info.layers}:
            # A layer may have several files.
            files = [layer for layer in info.layers if layer.layer == number]
            self.assertEqual(
                metrics.value("portreg_registry_records", layer=names[number]),
                sum(layer.record_count for layer in files))
            self.assertEqual(
                metrics.value("portreg_registry_set_aside_rows",
                              layer=names[number]),
                sum(layer.set_aside_count for layer in files))
        self.assertEqual(metrics.value("portreg_connections"), 1)
        self.assertEqual(metrics.value("portreg_connections_accepted_total"), 1)
        self.assertEqual(metrics.value("portreg_connections_limit"), 10000)
        self.assertEqual(metrics.value("portreg_draining"), 0)
        self.assertEqual(metrics.value("portreg_log_lines_dropped_total"), 0)
        for name in ("process_cpu_seconds_total", "process_max_fds",
                     "process_resident_memory_bytes", "process_open_fds",
                     "process_start_time_seconds",
                     "portreg_registry_published_timestamp_seconds"):
            self.assertGreater(metrics.value(name), 0, name)
        for reason in ("total", "peer", "descriptors"):
            self.assertEqual(metrics.value(
                "portreg_connections_refused_total", reason=reason), 0)
        for reason in ("calls", "queue", "unread_bytes"):
            self.assertEqual(metrics.value(
                "portreg_calls_refused_total", reason=reason), 0)

    def test_calls_that_wait_for_a_worker(self):
        self.assertEqual(self.server.metric("portreg_queued_calls"), 0)
        before = self.server.metric("portreg_queue_seconds_count")
        for _ in range(3):
            self.client.search("http")
        self.client.lookup(port=1)
        self.assertEqual(
            self.server.metric("portreg_queue_seconds_count"), before + 3)

    def test_strangers_add_no_labels(self):
        self.client.lookup(port=1)

        def shape():
            metrics = self.server.metrics()
            return {name: metrics.labels(name) for name in metrics.series}

        # One of each kind of stranger's call may add a code of "other".
        self.strange_calls(range(1))
        before = shape()
        self.strange_calls(range(1, 200))
        self.assertEqual(shape(), before)
        metrics = self.server.metrics()
        self.assertEqual(metrics.labels(STARTED), {
            (("grpc_method", "other"), ("grpc_service", "other"),
             ("grpc_type", "unary"))} | {
            (("grpc_method", method.name), ("grpc_service", SERVICE),
             ("grpc_type",
              "server_stream" if method.server_streaming else "unary"))
            for method in pb.DESCRIPTOR.services_by_name[
                "PortRegistryService"].methods})
        self.assertGreaterEqual(
            metrics.value(STARTED, grpc_method="other"), 3 * 200)
        self.assertNotIn("stranger", metrics.text)

    def strange_calls(self, numbers):
        """Calls methods and services that do not exist."""
        for number in numbers:
            for path in (f"/{SERVICE}/Stranger{number}",
                         f"/stranger{number}.Service/Lookup",
                         f"/stranger{number}\"}} 1/x"):
                refused = refusal(lambda: self.channel.unary_unary(path)(
                    b"", timeout=CALL_SECONDS))
                self.assertEqual(refused.code, grpc.StatusCode.UNIMPLEMENTED)

    def test_the_admin_side_has_health_channelz_and_reflection(self):
        admin = service.channel_to(self.server.admin_address)
        self.addCleanup(admin.close)
        for name in ("", SERVICE, "liveness"):
            self.assertEqual(service.health_of(admin, name), SERVING, name)
        refused = refusal(lambda: service.health_of(admin, "nobody"))
        self.assertEqual(refused.code, grpc.StatusCode.NOT_FOUND)
        servers = admin.unary_unary(CHANNELZ)(b"", timeout=CALL_SECONDS)
        self.assertTrue(servers)
        with reflection.ReflectionCall(admin) as call:
            self.assertIn("grpc.health.v1.Health", call.services())
            services = call.services()
        # Each service can be described, as generic clients need it.
        for name in services:
            described = reflection.pool_of(admin, name).FindServiceByName(name)
            self.assertTrue(described.methods, name)
        self.assertEqual(
            {method.name for method in reflection.pool_of(
                admin, "grpc.health.v1.Health").FindServiceByName(
                    "grpc.health.v1.Health").methods}, {"Check", "Watch"})
        # The service's own port offers only health.
        self.assertEqual(service.health_of(self.channel), SERVING)
        for path in (CHANNELZ, reflection.METHOD):
            refused = refusal(lambda: self.channel.unary_unary(path)(
                b"", timeout=CALL_SECONDS))
            self.assertEqual(refused.code, grpc.StatusCode.UNIMPLEMENTED, path)


class LogTest(unittest.TestCase):
    """Checks the access log, and the attempts of strangers to write into it."""

    def call(self, channel: grpc.Channel, metadata, path=None):
        """Makes one lookup with metadata; gRPC itself may refuse to send it."""
        path = path or f"/{SERVICE}/Lookup"
        try:
            channel.unary_unary(path)(
                pb.LookupRequest(port=443).SerializeToString(),
                metadata=metadata, timeout=CALL_SECONDS)
        except (grpc.RpcError, ValueError):
            pass

    def logged(self, server: Service, count: int) -> list:
        """Returns the access log's lines, once there are that many."""
        self.assertTrue(eventually(lambda: len(server.log("call")) >= count),
                        (count, server.stderr()[-2000:]))
        return server.log("call")

    def test_every_call_is_logged_with_what_ties_it_to_others(self):
        for form in ("text", "json"):
            with Service("--access_log=1", f"--log_format={form}") as server:
                client = Client(server.channel())
                self.call(server.channel(),
                          [(REQUEST_ID, "id-1"), (TRACEPARENT, TRACE)])
                refusal(lambda: client.lookup(port=70000))
                client.listing(first_port=1, last_port=2)
                lines = self.logged(server, 3)
                self.assertEqual(
                    [line.fields["method"] for line in lines],
                    ["Lookup", "Lookup", "ListRange"])
                self.assertEqual(
                    (lines[0].fields["request_id"],
                     lines[0].fields["traceparent"]), ("id-1", TRACE))
                for line in lines:
                    self.assertEqual(line.severity, "INFO")
                    self.assertLess(float(line.fields["seconds"]), CALL_SECONDS)
                    self.assertIn("127.0.0.1", str(line.fields["peer"]))
                self.assertEqual([line.fields["code"] for line in lines],
                                 ["OK", "INVALID_ARGUMENT", "OK"])

    def test_a_log_line_cannot_be_forged(self):
        for form in ("text", "json"):
            with self.subTest(form), Service(
                    "--access_log=1", f"--log_format={form}") as server:
                channel = server.channel()
                for text in FORGERIES:
                    self.call(channel, [(REQUEST_ID, text),
                                        (TRACEPARENT, text)])
                for raw in BYTES:
                    self.call(channel, [("x-request-id-bin", raw)])
                    self.call(channel, [(REQUEST_ID, raw.decode("latin-1"))])
                sent = len(FORGERIES) + len(BYTES)
                for text in FORGERIES:
                    self.call(channel, [], path="/" + text)
                    self.call(channel, [], path=f"/{SERVICE}/{text}")
                # log() asserts that every line is a complete line of portregd.
                lines = self.logged(server, sent + 2 * len(FORGERIES))
                for text, line in zip(FORGERIES, lines):
                    logged = str(line.fields["request_id"])
                    self.assertEqual(logged, text)
                self.assertEqual(
                    {line.severity for line in server.log()}, {"INFO"})
                self.assertEqual(
                    {line.fields["method"] for line in lines},
                    {"Lookup", "other"})
                self.assertFalse(server.log("reload failed"))

    def test_a_share_of_the_calls_is_logged(self):
        calls = 2000
        for share, least, most in ((0, 0, 0), (0.1, 100, 320)):
            with Service(f"--access_log={share}") as server:
                client = Client(server.channel())
                for _ in range(calls):
                    client.lookup(port=1)
                self.assertTrue(eventually(
                    lambda: least <= len(server.log("call"))))
                # The expected number is 0.1 of 2,000, with a standard deviation
                # of 13. The bounds 100 and 320 are more than seven of these
                # away.
                self.assertLessEqual(len(server.log("call")), most)


if __name__ == "__main__":
    unittest.main(verbosity=2)
