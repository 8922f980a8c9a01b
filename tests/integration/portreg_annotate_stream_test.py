"""portreg annotate: growing files, pipes, compressed files, threads, memory, failures.

    PORTREG=portreg python3 portreg_annotate_stream_test.py
"""

import contextlib
import gzip
import os
import pathlib
import pty
import re
import select
import signal
import subprocess
import tempfile
import unittest
from collections.abc import Iterator

import processes
import tool

HEADER = b"srcport dstport protocol\n"
HEADER_ADDED = HEADER[:-1] + b" service service_port service_side service_rule\n"
FLOW = b"51000 443 6\n"
FLOW_ADDED = b"51000 443 6 https 443 destination named\n"
# Beyond what any number of blocks that are under way holds.
LARGE = HEADER + FLOW * 2_000_000
# Above what the tool needs for the registry, the names and the blocks.
MOST_MEGABYTES = 64


class StreamTestCase(unittest.TestCase):
    """Runs annotate beside the test."""

    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory(prefix="annotate-")))
        self.log = self.directory / "flow.log"

    @contextlib.contextmanager
    def running(self, *arguments: str, **options) -> Iterator[subprocess.Popen]:
        """The tool, which is ended if it has not ended by itself."""
        options = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE,
                   "stderr": subprocess.PIPE, **options}
        with subprocess.Popen([tool.portreg_path(), "annotate", "--offline", *arguments],
                              env=tool.environment(), **options) as process:
            try:
                yield process
            finally:
                process.kill()

    def expect(self, process: subprocess.Popen, wanted: bytes):
        """Reads until that much has come, which must be what is wanted."""
        got = b""
        while len(got) < len(wanted):
            ready = select.select([process.stdout], [], [], tool.RUN_SECONDS)[0]
            self.assertTrue(ready, f"only {got!r} comes")
            part = os.read(process.stdout.fileno(), len(wanted) - len(got))
            self.assertTrue(part, f"only {got!r} comes, then the end")
            got += part
        self.assertEqual(got, wanted)

    def end(self, process: subprocess.Popen, code: int = 0) -> tuple[bytes, str]:
        """Waits for the end; the rest of the output and the errors."""
        rest, errors = process.communicate(timeout=tool.RUN_SECONDS)
        self.assertEqual(process.returncode, code, errors)
        return rest, errors.decode()


class FollowTest(StreamTestCase):
    """--follow."""

    def append(self, data: bytes):
        """Adds to the log."""
        with open(self.log, "ab") as file:
            file.write(data)

    def test_lines_come_as_the_file_grows(self):
        self.log.write_bytes(HEADER + FLOW)
        with self.running("--follow", str(self.log)) as process:
            self.expect(process, HEADER_ADDED + FLOW_ADDED)
            self.append(FLOW + FLOW[:5])
            self.expect(process, FLOW_ADDED)
            self.append(FLOW[5:])
            self.expect(process, FLOW_ADDED)
            self.append(b"x\n")
            self.expect(process, b"x\n")
            process.send_signal(signal.SIGINT)
            rest, errors = self.end(process, 130)
            self.assertEqual(rest, b"")
            self.assertIn("1 of 5 lines could not be read", errors)
            self.assertIn("line 5 of ", errors)

    def test_an_unfinished_line_is_written_at_the_end(self):
        self.log.write_bytes(HEADER + FLOW + FLOW[:-1])
        with self.running("--follow", str(self.log)) as process:
            self.expect(process, HEADER_ADDED + FLOW_ADDED)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(self.end(process, 130)[0], FLOW_ADDED[:-1])

    def test_a_replaced_file_is_followed_by_its_name(self):
        self.log.write_bytes(HEADER + FLOW)
        with self.running("--follow", str(self.log)) as process:
            self.expect(process, HEADER_ADDED + FLOW_ADDED)
            for _ in range(3):
                os.rename(self.log, self.directory / "old.log")
                with open(self.directory / "old.log", "ab") as file:
                    file.write(FLOW)
                self.expect(process, FLOW_ADDED)
                (self.directory / "new").write_bytes(b"dstport,srcport,proto\n")
                os.rename(self.directory / "new", self.log)
                self.expect(process, b"dstport,srcport,proto,service,service_port,"
                                     b"service_side,service_rule\n")
                self.append(b"443,51000,6\n")
                self.expect(process, b"443,51000,6,https,443,destination,named\n")
                (self.directory / "new").write_bytes(HEADER + FLOW)
                os.rename(self.directory / "new", self.log)
                self.expect(process, HEADER_ADDED + FLOW_ADDED)

    def test_a_truncated_file_begins_again(self):
        self.log.write_bytes(HEADER + FLOW + FLOW)
        with self.running("--follow", str(self.log)) as process:
            self.expect(process, HEADER_ADDED + FLOW_ADDED * 2)
            for _ in range(3):
                with open(self.log, "wb") as file:
                    file.write(HEADER)
                self.expect(process, HEADER_ADDED)
                self.append(FLOW)
                self.expect(process, FLOW_ADDED)

    def test_a_truncated_file_need_not_repeat_its_titles(self):
        titles = b"srcport,dstport,proto\n"
        self.log.write_bytes(titles + b"51000,443,6\n")
        with self.running("--follow", str(self.log)) as process:
            added = b",https,443,destination,named\n"
            self.expect(process, titles[:-1] + b",service,service_port,service_side,"
                                 b"service_rule\n51000,443,6" + added)
            self.log.write_bytes(b"51001,443,6\n")
            self.expect(process, b"51001,443,6" + added)
            self.append(b"51002,443,6\n")
            self.expect(process, b"51002,443,6" + added)

    def test_what_cannot_be_followed_is_refused(self):
        self.log.write_bytes(gzip.compress(FLOW))
        fifo = self.directory / "fifo"
        os.mkfifo(fifo)
        holder = os.open(fifo, os.O_RDWR)
        self.addCleanup(os.close, holder)
        for path, saying in ((self.log, "is compressed"), (fifo, "is no regular file"),
                             (self.directory / "none", "cannot be read")):
            outcome = tool.run("annotate", "--offline", "--follow", str(path))
            self.assertEqual((outcome.code, outcome.stdout), (1, ""))
            self.assertIn(saying, outcome.stderr)

    def test_a_reader_that_leaves_ends_it(self):
        self.log.write_bytes(HEADER)
        with self.running("--follow", str(self.log)) as process:
            self.expect(process, HEADER_ADDED)
            process.stdout.close()
            self.append(FLOW)
            self.assertEqual(process.wait(tool.RUN_SECONDS), -signal.SIGPIPE)


class PipeTest(StreamTestCase):
    """Standard input, standard output and failures of both."""

    def test_lines_come_as_they_are_written(self):
        with self.running() as process:
            process.stdin.write(HEADER)
            process.stdin.flush()
            self.expect(process, HEADER_ADDED)
            for part in (FLOW + FLOW[:3], FLOW[3:]):
                process.stdin.write(part)
                process.stdin.flush()
                self.expect(process, FLOW_ADDED)
            process.stdin.write(FLOW[:-1])
            process.stdin.close()
            process.stdin = None
            self.assertEqual(self.end(process)[0], FLOW_ADDED[:-1])

    def test_a_reader_that_leaves_ends_it(self):
        self.log.write_bytes(LARGE)
        for threads in ("1", "4"):
            with self.running(f"--threads={threads}", str(self.log)) as process:
                self.expect(process, HEADER_ADDED)
                process.stdout.close()
                self.assertEqual(process.wait(tool.RUN_SECONDS), -signal.SIGPIPE)

    def test_a_full_disk_ends_it_although_the_input_goes_on(self):
        self.log.write_bytes(LARGE)
        for arguments in (("--threads=1", str(self.log)), ("--threads=4", str(self.log)),
                          ("--threads=4",)):
            with open("/dev/full", "wb") as full, \
                    self.running(*arguments, stdout=full) as process:
                if len(arguments) == 1:
                    # The pipe stays open, so that threads wait for more.
                    process.stdin.write(HEADER + FLOW)
                    process.stdin.flush()
                self.assertEqual(process.wait(tool.RUN_SECONDS), 1)
                self.assertIn(b"standard output cannot be written", process.stderr.read())

    def test_an_interrupt_ends_it(self):
        with self.running() as process:
            process.stdin.write(HEADER)
            process.stdin.flush()
            self.expect(process, HEADER_ADDED)
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(tool.RUN_SECONDS), 130)

    def test_files_follow_each_other_in_their_order(self):
        first, second = self.directory / "1", self.directory / "2"
        first.write_bytes(HEADER + FLOW)
        second.write_bytes(b"sp,dp,pr\n443,51000,6\nx\n")
        outcome = tool.run("annotate", "--offline", str(first), "-", str(second),
                           typed=HEADER + b"y\n")
        self.assertEqual(outcome.stdout, (
            HEADER_ADDED + FLOW_ADDED + HEADER_ADDED + b"y\n"
            b"sp,dp,pr,service,service_port,service_side,service_rule\n"
            b"443,51000,6,https,443,source,named\nx\n").decode())
        self.assertIn("2 of 7 lines", outcome.stderr)
        self.assertIn("line 2 of standard input", outcome.stderr)


class CompressedTest(StreamTestCase):
    """gzip, by its first bytes."""

    def test_gzip_of_several_members(self):
        packed = gzip.compress(HEADER) + gzip.compress(FLOW * 100_000) + bytes(512)
        expected = (HEADER_ADDED + FLOW_ADDED * 100_000).decode()
        self.log.write_bytes(packed)
        self.assertEqual(tool.run("annotate", "--offline", str(self.log)).stdout, expected)
        self.assertEqual(tool.run("annotate", "--offline", typed=packed).stdout, expected)

    def test_broken_gzip_is_named_after_what_could_be_read(self):
        packed = gzip.compress(HEADER + os.urandom(1000).hex().encode() + b"\n" + FLOW * 100_000)
        for data, saying in ((packed[:-9], "end too early"), (packed + b"x" * 40, "are broken"),
                             (packed[:40] + b"\xff" * 40 + packed[80:], "are broken")):
            self.log.write_bytes(data)
            outcome = tool.run("annotate", "--offline", str(self.log))
            self.assertEqual(outcome.code, 1)
            self.assertIn(f"{self.log}: the data of gzip {saying}", outcome.stderr)


class WorkTest(StreamTestCase):
    """Threads, memory and progress."""

    def test_any_number_of_threads_gives_the_same_bytes(self):
        lines = [b"%d %d %d\n" % (i % 65536, (i * 7) % 65536, (6, 17, 1, 999)[i % 4])
                 for i in range(200_000)]
        self.log.write_bytes(HEADER + b"".join(lines))
        outcomes = [tool.run("annotate", "--offline", f"--threads={threads}", str(self.log))
                    for threads in (1, 2, 7, 64)]
        for outcome in outcomes[1:]:
            self.assertEqual(outcome.stdout, outcomes[0].stdout)
            self.assertEqual(outcome.stderr, outcomes[0].stderr)
        self.assertIn("50000 of 200001 lines", outcomes[0].stderr)

    def test_memory_stays_flat(self):
        self.log.write_bytes(LARGE)
        lines = LARGE.count(b"\n") - 1
        # Standard input keeps the tool alive when the log is done.
        with self.running(str(self.log), "-") as process:
            left = len(HEADER_ADDED) + lines * len(FLOW_ADDED)
            while left > 0:
                left -= len(os.read(process.stdout.fileno(), min(left, 1 << 20)))
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text("ascii")
            self.assertEqual(self.end(process), (b"", ""))
        peak = int(re.search(r"^VmHWM:\s*(\d+) kB", status, re.MULTILINE)[1])
        # A sanitizer has memory of its own.
        if processes.PATIENCE == 1:
            self.assertLess(peak / 1024, MOST_MEGABYTES)

    def test_progress_is_shown_on_a_terminal_during_long_work(self):
        ours, theirs = pty.openpty()
        with self.running(stdout=subprocess.DEVNULL, stderr=theirs) as process:
            os.close(theirs)
            shown = b""
            with contextlib.suppress(BrokenPipeError):
                while b"lines/s" not in shown:
                    process.stdin.write(HEADER if not shown else FLOW)
                    process.stdin.write(FLOW * 10_000)
                    process.stdin.flush()
                    if select.select([ours], [], [], 0)[0]:
                        shown += os.read(ours, 4096)
            process.stdin.close()
            self.assertEqual(process.wait(tool.RUN_SECONDS), 0)
            shown += os.read(ours, 4096)
        os.close(ours)
        self.assertRegex(shown.decode(), r"portreg: [\d.]+ [kMG]?B, [\d.]+ million lines, "
                         r"[\d.]+ million lines/s")
        # Erased at the end.
        self.assertTrue(re.search(rb"\r\x1b\[K\Z", shown), shown)


if __name__ == "__main__":
    unittest.main()
