"""Reloads data under load: no call fails, and no answer mixes two snapshots.

    PORTREGD=portregd python3 reload_test.py
"""

import csv
import io
import pathlib
import queue
import signal
import sys
import tempfile
import threading
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / name)
                for name in ("integration", "interop")]

import grpc
import service
from client import Client
from generations import (
    FIRST_PORT, HEADER, Answers, file_of, generations_in)
from load import Load
from mounted import Mounted, replace
from portreg_proto import Stub, pb, records
from processes import CALL_SECONDS, SOURCE_DIR
from service import Service, eventually

CALLS_MEANWHILE = 100       # calls during and after each change
REGISTRY = "registry"
INTERVAL = "--reload_interval=100ms"


class Watcher:
    """Reads a Watch stream on a thread of its own."""

    def __init__(self, channel: grpc.Channel, revision: str = ""):
        self._call = Stub(channel).Watch(pb.WatchRequest(revision=revision))
        self._seen: queue.Queue = queue.Queue()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        try:
            for message in self._call:
                self._seen.put(message)
        except grpc.RpcError as error:
            self._seen.put(error)

    def next(self):
        """Returns the next message. Raises queue.Empty if none comes in time."""
        message = self._seen.get(timeout=CALL_SECONDS)
        if isinstance(message, grpc.RpcError):
            raise message
        return message

    def close(self):
        """Ends the stream."""
        self._call.cancel()
        self._thread.join(CALL_SECONDS)


class LoadedTest(unittest.TestCase):
    """A server whose local file changes under load."""

    INTERVAL = "100ms"

    def setUp(self):
        directory = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory(prefix="portreg-reload-")))
        self.files = Mounted(directory / "data", {"local.csv": file_of(0)})
        self.generation = 0
        self.server = Service(
            f"--local_file={self.files.path('local.csv')}",
            f"--reload_interval={self.INTERVAL}")
        self.addCleanup(self.server.kill)
        self.answers = Answers()
        self.client = Client(self.server.channel())
        self.load = self.enterContext(Load(
            [self.calling(self.answers.lookup),
             self.calling(self.answers.batch),
             self.calling(lambda c: self.answers.listing(c, 0)),
             self.calling(lambda c: self.answers.listing(c, 2)),
             self.calling(self.answers.search),
             self.connecting]))
        self.load.await_calls(CALLS_MEANWHILE)

    def calling(self, ask):
        """Returns a function that calls one of Answers' functions on a connection of its own."""
        channel = service.channel_to(self.server.address)
        self.addCleanup(channel.close)
        return lambda: ask(channel)

    def connecting(self):
        """Makes a call on a new connection."""
        channel = service.channel_to(self.server.address)
        try:
            self.answers.lookup(channel)
        finally:
            channel.close()

    def served(self) -> int:
        """Returns the generation that is served now, by one answer."""
        answer = self.client.lookup(port=FIRST_PORT)
        return generations_in(answer.records).pop()

    def expect_next(self, change):
        """Makes a change to the next generation, and waits for it."""
        self.generation += 1
        change({"local.csv": file_of(self.generation)})
        self.assertTrue(
            eventually(lambda: self.served() == self.generation),
            self.server.stderr())
        self.load.await_calls(CALLS_MEANWHILE)

    def expect_refused(self, content: bytes, named: str):
        """Writes a file that must be refused, and checks that the earlier data is still served."""
        failures = self.server.reloads(REGISTRY, "failure")
        replace(self.files.path("local.csv"), content)
        self.assertTrue(eventually(
            lambda: self.server.reloads(REGISTRY, "failure") > failures))
        self.assertEqual(self.server.metric(
            "portreg_reload_failing", subject=REGISTRY), 1)
        self.assertTrue(eventually(lambda: any(
            named in str(line.fields["error"])
            for line in self.server.log("reload failed"))),
            self.server.stderr())
        self.load.await_calls(CALLS_MEANWHILE)
        self.assertEqual(self.served(), self.generation)

    def end(self):
        """Ends the load, and checks that no call failed and no answer was mixed."""
        self.load.await_calls(max(1, 2000 - self.load.done), seconds=60)
        self.load.__exit__(None, None, None)
        self.load.check()


class ReloadTest(LoadedTest):
    """Makes changes that are complete at once."""

    def test_every_answer_is_of_one_snapshot_however_files_change(self):
        watchers = [Watcher(self.server.channel()) for _ in range(3)]
        for watcher in watchers:
            self.addCleanup(watcher.close)
        revisions = [self.client.info().revision]
        told = {watcher: [watcher.next()] for watcher in watchers}
        successes = self.server.reloads(REGISTRY, "success")
        ways = [self.files.swap, self.files.write, self.files.swap,
                self.files.rename, self.files.rename, self.files.write]
        for way in ways:
            self.expect_next(way)
            revisions.append(self.client.info().revision)
        self.assertEqual(len(set(revisions)), len(ways) + 1)
        # A reload is counted, and logged, after it is published.
        self.assertTrue(eventually(
            lambda: self.server.reloads(REGISTRY, "success") - successes
            == len(ways)))
        # Each stream received each revision, once and in order.
        for watcher, messages in told.items():
            messages += [watcher.next() for _ in revisions[1:]]
            self.assertEqual([each.revision for each in messages], revisions)
            self.assertEqual(
                {layer.layer for layer in messages[-1].layers},
                {records.LAYER_LOCAL, records.LAYER_COMMON,
                 records.LAYER_IANA})
        self.assertTrue(eventually(
            lambda: len(self.server.log("registry reloaded")) == len(ways)))
        self.assertEqual(
            [line.fields["revision"]
             for line in self.server.log("registry reloaded")], revisions[1:])
        self.assertEqual(
            self.server.metrics().labels("portreg_registry_info"),
            {(("revision", revisions[-1]),)})
        self.end()
        self.assertEqual(set(self.answers.generation_of.values()),
                         set(range(len(ways) + 1)))

    def test_a_bad_file_is_refused_and_the_old_data_served(self):
        good = file_of(1)
        for content, named in (
                # Cut in the second field, because after the third field it
                # would be a valid row.
                (good[:good.index(b"20500,") + 3], "local.csv"),
                (b"", "empty"),
                (b"a,b\n1,2\n", "Service Name"),
                (HEADER.encode() + b"x,70000,tcp,\n", "70000"),
                (good + b"\xff", "UTF-8")):
            with self.subTest(named):
                self.expect_refused(content, named)
        failures = self.server.reloads(REGISTRY, "failure")
        self.files.path("local.csv").unlink()
        self.assertTrue(eventually(
            lambda: self.server.reloads(REGISTRY, "failure") > failures))
        self.expect_next(self.files.rename)
        self.assertTrue(eventually(lambda: self.server.metric(
            "portreg_reload_failing", subject=REGISTRY) == 0))
        self.end()


class SlowWriterTest(LoadedTest):
    """Writes a file in more time than passes between two looks at it."""

    INTERVAL = "1s"

    def test_a_file_is_let_be_while_it_is_written(self):
        path = self.files.path("local.csv")
        looks = 0
        for _ in range(2):
            self.generation += 1
            content = file_of(self.generation)
            with path.open("wb", buffering=0) as file:
                for start in range(0, len(content), 5_000):
                    file.write(content[start:start + 5_000])
                    self.load.await_calls(10)
                    looks += 1
            self.assertTrue(
                eventually(lambda: self.served() == self.generation),
                self.server.stderr())
        self.assertGreater(looks, 10)
        # A part of a file lacks records, and its answers would have failed the
        # checks.
        self.assertTrue(eventually(
            lambda: self.server.reloads(REGISTRY, "success") == 2))
        self.assertEqual(self.server.reloads(REGISTRY, "failure"), 0)
        self.end()


class UnsettledTest(LoadedTest):
    """Changes a file before each look at it."""

    INTERVAL = "300ms"

    def change_without_pause(self, change) -> threading.Event:
        """Makes several changes for each look, on a thread, until the event is set."""
        done = threading.Event()

        def run():
            while not done.wait(0.1):
                change()
        thread = threading.Thread(target=run)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(done.set)
        return done

    def unsettled(self) -> float:
        return self.server.metric("portreg_reload_unsettled", subject=REGISTRY)

    def next_generation(self) -> bytes:
        self.generation += 1
        return file_of(self.generation)

    def test_a_file_that_is_renamed_without_pause_is_taken_and_reported(self):
        self.assertEqual(self.unsettled(), 0)
        path = self.files.path("local.csv")
        done = self.change_without_pause(
            lambda: replace(path, self.next_generation()))
        self.assertTrue(eventually(
            lambda: self.server.reloads(REGISTRY, "success") >= 3, 30))
        self.assertTrue(eventually(lambda: self.unsettled() == 1))
        self.assertTrue(eventually(
            lambda: self.server.log("files change without pause")))
        line = self.server.log("files change without pause")[0]
        self.assertEqual((line.severity, line.fields["subject"]),
                         ("WARNING", REGISTRY))
        self.assertIn("yes", str(line.fields["taken"]))
        done.set()
        self.assertTrue(eventually(
            lambda: self.served() == self.generation), self.server.stderr())
        self.assertTrue(eventually(lambda: self.unsettled() == 0))
        self.assertEqual(self.server.reloads(REGISTRY, "failure"), 0)
        self.end()

    def test_a_file_that_is_written_without_pause_is_left_and_reported(self):
        path = self.files.path("local.csv")

        def append():
            with path.open("ab") as file:
                file.write(b"\n")
        done = self.change_without_pause(append)
        self.assertTrue(eventually(
            lambda: self.server.log("files change without pause")))
        line = self.server.log("files change without pause")[0]
        self.assertIn("no", str(line.fields["taken"]))
        self.assertTrue(eventually(lambda: self.unsettled() == 1))
        self.load.await_calls(CALLS_MEANWHILE)
        done.set()
        self.expect_next(self.files.rename)
        self.assertTrue(eventually(lambda: self.unsettled() == 0))
        self.end()


class SignalTest(unittest.TestCase):
    """Sends SIGHUP, also with files that have not changed."""

    def test_sighup_reloads_at_once_and_tells_what_has_not_changed(self):
        directory = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory(prefix="portreg-reload-")))
        path = directory / "local.csv"
        path.write_bytes(file_of(0))
        with Service(f"--local_file={path}", "--reload_interval=0") as server:
            client = Client(server.channel())
            before = client.info()
            server.send(signal.SIGHUP)
            self.assertTrue(eventually(
                lambda: server.reloads(REGISTRY, "unchanged") == 1))
            self.assertEqual(client.info(), before)
            path.write_bytes(file_of(1))
            self.assertEqual(client.info(), before)
            server.send(signal.SIGHUP)
            self.assertTrue(eventually(
                lambda: client.info().revision != before.revision))
            self.assertTrue(eventually(
                lambda: server.reloads(REGISTRY, "success") == 1))
            self.assertEqual(server.reloads(REGISTRY, "failure"), 0)
            self.assertGreater(server.metric(
                "portreg_reload_last_success_timestamp_seconds",
                subject=REGISTRY), 1.7e9)

    def test_a_watch_that_knows_the_revision_is_told_the_next_one_only(self):
        directory = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory(prefix="portreg-reload-")))
        path = directory / "local.csv"
        path.write_bytes(file_of(0))
        with Service(f"--local_file={path}", INTERVAL) as server:
            client = Client(server.channel())
            first = client.info().revision
            knows = Watcher(server.channel(), first)
            other = Watcher(server.channel(), "another")
            self.assertEqual(other.next().revision, first)
            replace(path, file_of(1))
            second = knows.next().revision
            self.assertNotEqual(second, first)
            self.assertEqual(other.next().revision, second)
            self.assertTrue(eventually(
                lambda: server.metric("portreg_watches") == 2))
            for watcher in (knows, other):
                watcher.close()
            self.assertTrue(eventually(
                lambda: server.metric("portreg_watches") == 0))


class FewerRowsTest(unittest.TestCase):
    """Serves a file of IANA's with over 5 % fewer rows than the last good one."""

    def test_rows_may_not_vanish_at_once(self):
        with (SOURCE_DIR / "common/embedded/iana.csv").open(
                encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        directory = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory(prefix="portreg-reload-")))
        path = directory / "iana.csv"

        def cut(share: float):
            # Cuts rows from the middle, so that the landmark ports stay.
            middle = len(rows) // 2
            missing = int(share * len(rows))
            text = io.StringIO()
            csv.writer(text).writerows(
                rows[:middle] + rows[middle + missing:])
            replace(path, text.getvalue().encode())

        def records_now() -> float:
            return server.metric("portreg_registry_records", layer="iana")

        cut(0)
        with Service(f"--iana_file={path}", INTERVAL) as server:
            whole = records_now()
            cut(0.04)
            self.assertTrue(eventually(lambda: records_now() < whole))
            fewer = records_now()
            # 8 % fewer than at first, and 4.2 % fewer than the last good one.
            cut(0.08)
            self.assertTrue(eventually(lambda: records_now() < fewer))
            fewest = records_now()
            # 6.5 % fewer than the last good one.
            cut(0.14)
            self.assertTrue(eventually(
                lambda: server.reloads(REGISTRY, "failure") == 1))
            self.assertEqual(records_now(), fewest)
            self.assertTrue(eventually(lambda: server.log("reload failed")))
            line = server.log("reload failed")[-1]
            self.assertIn("fewer", str(line.fields["error"]))
            self.assertIn("--allow_fewer_rows", str(line.fields["error"]))
            cut(0)
            self.assertTrue(eventually(lambda: records_now() == whole))
            self.assertTrue(eventually(lambda: server.metric(
                "portreg_reload_failing", subject=REGISTRY) == 0))


if __name__ == "__main__":
    unittest.main(verbosity=2)
