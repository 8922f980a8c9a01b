"""Checks the output and the end of portreg watch, with servers that start and stop.

    PORTREG=portreg python3 portreg_watch_test.py
"""

import contextlib
import fcntl
import json
import pathlib
import queue
import re
import select
import sys
import tempfile
import threading
import unittest
from typing import Callable, Iterator

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "interop")]

from google.protobuf import json_format
import grpc
import tool
from portreg_proto import pb, records

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ  (\S*)  (.*)\n\Z")


def told(revision: str, **layers: int) -> pb.WatchResponse:
    """Returns a server's message: a revision, and how many records each layer has."""
    return pb.WatchResponse(revision=revision, layers=[
        pb.LayerInfo(layer=records.Layer.Value(f"LAYER_{name.upper()}"),
                     record_count=count) for name, count in layers.items()])


def script(*streams: list) -> Callable:
    """Returns the answers of a fake service: each stream its messages, then its error.

    A stream that ends with neither error nor None ends with OK; None keeps it
    open. Streams after the last one stay open without a message.
    """
    waiting = iter(streams)

    def answer(method, context):
        assert method == "Watch", method
        for step in next(waiting, [None]):
            if step is None:
                over = threading.Event()
                if context.add_callback(over.set):
                    over.wait()
            elif isinstance(step, grpc.StatusCode):
                context.abort(step, "because")
            else:
                yield step
    return answer


class Watching:
    """Runs portreg watch, and reads its output line by line."""

    def __init__(self, *arguments: str):
        self.process = tool.start("watch", *arguments)
        self._lines = {name: queue.Queue() for name in ("stdout", "stderr")}
        self._readers = [
            threading.Thread(target=self._read, args=(name,), daemon=True)
            for name in self._lines]
        for reader in self._readers:
            reader.start()

    def _read(self, name: str):
        for line in getattr(self.process, name):
            self._lines[name].put(line.decode("utf-8"))
        self._lines[name].put("")

    def line(self, name: str = "stdout") -> str:
        """Returns the next line; empty at the end."""
        return self._lines[name].get(timeout=tool.RUN_SECONDS)

    def stop(self):
        """Kills the process."""
        self.process.kill()
        self.process.wait()
        for reader in self._readers:
            reader.join(tool.RUN_SECONDS)
        self.process.stdout.close()
        self.process.stderr.close()


@contextlib.contextmanager
def watching(*arguments: str) -> Iterator[Watching]:
    """Runs portreg watch until the block ends."""
    watch = Watching(*arguments)
    try:
        yield watch
    finally:
        watch.stop()


class OutputTest(unittest.TestCase):
    """Checks the output for each revision."""

    def test_a_line_has_time_revision_and_layers(self):
        answer = script([told("aaa", local=3, common=51, iana=14271),
                         told("bbb"), None])
        with tool.fake_service(answer) as target, \
                watching(f"--target={target}") as watch:
            self.assertEqual(LINE.match(watch.line()).groups(),
                             ("aaa", "local 3, common 51, iana 14271"))
            self.assertEqual(LINE.match(watch.line()).groups(), ("bbb", ""))

    def test_json_is_an_object_a_line(self):
        messages = [told("aaa", iana=1), told("bbb", local=2)]
        for form in ("json", "ndjson"):
            with self.subTest(form=form), tool.fake_service(
                    script([*messages, None])) as target:
                done = tool.run("watch", f"--target={target}", "-o", form,
                                "--count=2")
                self.assertEqual((done.code, done.stderr), (0, ""))
                self.assertEqual(
                    [json.loads(line) for line in done.stdout.splitlines()],
                    [json_format.MessageToDict(each) for each in messages])

    def test_short_is_the_revision(self):
        with tool.fake_service(script([told("aaa"), None])) as target:
            done = tool.run("watch", f"--target={target}", "--short",
                            "--count=1")
        self.assertEqual(done[:3], (0, "aaa\n", ""))

    def test_what_a_server_tells_cannot_write_over_the_screen(self):
        with tool.fake_service(script([told("a\x1b[2J\nb"), None])) as target:
            done = tool.run("watch", f"--target={target}", "--count=1")
        self.assertNotIn("\x1b", done.stdout)
        self.assertEqual(done.stdout.count("\n"), 1)

    def test_each_line_comes_at_once(self):
        begun = threading.Event()

        def answer(_, context):
            yield told("aaa")
            begun.wait(tool.RUN_SECONDS)
            yield told("bbb")
            context.abort(grpc.StatusCode.UNIMPLEMENTED, "no more")

        with tool.fake_service(answer) as target, \
                watching(f"--target={target}", "--short") as watch:
            self.assertEqual(watch.line(), "aaa\n")
            begun.set()
            self.assertEqual(watch.line(), "bbb\n")


class EndTest(unittest.TestCase):
    """Checks how the command ends, and with what exit code."""

    def test_count_ends_it(self):
        answer = script([told("aaa"), told("bbb"), told("ccc"), None])
        with tool.fake_service(answer) as target:
            done = tool.run("watch", f"--target={target}", "--short",
                            "--count=2")
        self.assertEqual(done[:3], (0, "aaa\nbbb\n", ""))

    def test_ctrl_c_exits_130_without_a_word(self):
        with tool.fake_service(script([told("aaa"), None])) as target:
            process = tool.start("watch", f"--target={target}", "--short")
            self.assertEqual(process.stdout.readline(), b"aaa\n")
            self.assertEqual(tool.interrupt(process)[:3], (130, "", ""))

    def test_a_server_that_cannot_be_reached_is_one_line_within_3_s(self):
        with tool.closed_port() as closed, tool.black_hole() as hole, \
                tool.silent_server() as silent:
            for target in (closed, hole, tool.address_of(silent)):
                with self.subTest(target=target):
                    done = tool.run("watch", f"--target={target}")
                    self.assertEqual((done.code, done.stdout), (78, ""))
                    self.assertRegex(done.stderr,
                                     rf"\Aportreg: .*{target}.*\n\Z")
                    self.assertEqual(done.stderr.count("\n"), 1)
                    bound = 3 * tool.processes.PATIENCE
                    if done.seconds >= bound:
                        done = tool.quickest("watch", f"--target={target}")
                    self.assertLess(done.seconds, bound)

    def test_a_server_that_tells_nothing_is_one_line(self):
        with tool.fake_service(script([None])) as target:
            done = tool.run("watch", f"--target={target}", "--timeout=300ms")
        self.assertEqual(done[:3], (
            68, "", f"portreg: {target}: no answer within 300ms\n"))

    def test_an_error_that_would_stay_ends_it(self):
        for code, exit_code in ((grpc.StatusCode.PERMISSION_DENIED, 71),
                                (grpc.StatusCode.UNAUTHENTICATED, 80)):
            for before in ([], [told("aaa")]):
                with tool.fake_service(script([*before, code])) as target:
                    done = tool.run("watch", f"--target={target}", "--short")
                self.assertEqual(
                    done[:3], (exit_code, "aaa\n" if before else "",
                               f"portreg: {target}: because\n"))

    def test_a_server_without_watch_is_said_to_be_older(self):
        with tool.fake_service(script(), without=("Watch",)) as target:
            done = tool.run("watch", f"--target={target}")
        self.assertEqual((done.code, done.stdout), (76, ""))
        self.assertIn("may be older than this tool, or another service", done.stderr)

    def test_what_it_does_not_take_is_refused(self):
        for arguments, word in (
                (("--offline",), "--offline"), (("443",), "lookup watch"),
                (("--count=0",), "--count=0"), (("-o", "csv"), "csv"),
                (("-o", "wide"), "wide"), (("--details",), "--details"),
                (("--format=json",), "--format")):
            done = tool.run("watch", *arguments)
            self.assertEqual((done.code, done.stdout), (1, ""), arguments)
            self.assertIn(word, done.stderr)
        done = tool.run("443", "--offline", "--count=1")
        self.assertEqual((done.code, done.stderr),
                         (1, "portreg: --count belongs to watch and suggest\n"))


class InterruptionTest(unittest.TestCase):
    """Checks streams that end or break, and are opened again."""

    def test_a_stream_that_ends_goes_on_without_a_word(self):
        answer = script([told("aaa")], [told("aaa"), told("bbb")], [None])
        with tool.fake_service(answer) as target:
            done = tool.run("watch", f"--target={target}", "--short",
                            "--count=2")
        self.assertEqual(done[:3], (0, "aaa\nbbb\n", ""))

    def test_a_stream_that_breaks_goes_on_with_a_line_on_stderr(self):
        broken = grpc.StatusCode.UNAVAILABLE
        answer = script([told("aaa"), broken], [broken], [broken],
                        [told("bbb"), None])
        with tool.fake_service(answer) as target:
            done = tool.run("watch", f"--target={target}", "--short",
                            "--count=2")
        self.assertEqual(done[:3], (
            0, "aaa\nbbb\n",
            f"portreg: no answer from {target}: because; trying again\n"
            f"portreg: {target} answers again\n"))

    def test_a_server_that_is_back_with_the_same_revision_is_said_to_be(self):
        broken = grpc.StatusCode.UNAVAILABLE
        answer = script([told("aaa"), broken], [broken],
                        [told("aaa"), told("bbb"), None])
        with tool.fake_service(answer) as target:
            done = tool.run("watch", f"--target={target}", "--short",
                            "--count=2")
        self.assertEqual(done.stderr.splitlines()[-1],
                         f"portreg: {target} answers again")
        self.assertEqual(done.stdout, "aaa\nbbb\n")

    def test_a_real_server_that_restarts_is_said_to_be_back(self):
        with tempfile.TemporaryDirectory() as directory:
            listen = f"unix:{directory}/socket"
            server = tool.processes.Portregd(listen=listen)
            try:
                with watching(f"--target={listen}", "--short") as watch:
                    watch.line()
                    server.stop()
                    self.assertIn("trying again", watch.line("stderr"))
                    server = tool.processes.Portregd(listen=listen)
                    self.assertEqual(watch.line("stderr"),
                                     f"portreg: {listen} answers again\n")
            finally:
                server.kill()


class SlowReaderTest(unittest.TestCase):
    """Sends revisions faster than they are read."""

    # More than a small pipe and the tool hold.
    REVISIONS = 600
    PIPE_BYTES = 4096

    def test_the_newest_comes_and_the_rest_is_counted(self):
        shown, sent = threading.Event(), threading.Event()

        def answer(_, context):
            for number in range(self.REVISIONS):
                yield told(f"{number:032x}")
                # The first line is printed before the next revision is sent.
                shown.wait(tool.RUN_SECONDS)
            yield told("last")
            sent.set()
            context.abort(grpc.StatusCode.UNIMPLEMENTED, "no more")

        with tool.fake_service(answer) as target:
            process = tool.start("watch", f"--target={target}", "--short")
            try:
                fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ,
                            self.PIPE_BYTES)
                select.select([process.stdout], [], [], tool.RUN_SECONDS)
                shown.set()
                self.assertTrue(sent.wait(tool.RUN_SECONDS))
                stdout, stderr = process.communicate(timeout=tool.RUN_SECONDS)
            finally:
                process.kill()
                process.communicate()
        lines = stdout.decode("utf-8").splitlines()
        self.assertEqual(lines[-1], "last")
        self.assertEqual(lines[0], f"{0:032x}")
        self.assertEqual(lines, [*sorted(lines[:-1]), "last"])
        left_out = sum(int(number) for number in re.findall(
            r"portreg: (\d+) revisions? (?:is|are) left out",
            stderr.decode("utf-8")))
        self.assertGreater(left_out, 0)
        self.assertEqual(len(lines) + left_out, self.REVISIONS + 1)
        self.assertEqual(process.returncode, 76)


if __name__ == "__main__":
    unittest.main()
