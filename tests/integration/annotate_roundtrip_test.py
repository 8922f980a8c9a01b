"""annotate changes no byte that it does not add, whatever a log looks like.

    PORTREG=portreg python3 annotate_roundtrip_test.py

Logs are made from seeds. What was added is taken away again without looking at the
original.
"""

import os
import pathlib
import subprocess
import tempfile
import unittest

import annotated_logs as logs
import tool
from annotated_logs import Generator

SEEDS = range(4)
LINES = 400
# A log that spans several blocks.
LONG_LINES = 6_000


class RoundTripTest(unittest.TestCase):
    """One test for each way of writing logs."""

    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory(prefix="annotate-")))

    def annotate(self, log: bytes, *flags: str) -> bytes:
        """What the tool makes of a log, read from a file and from a pipe alike."""
        path = self.directory / "log"
        path.write_bytes(log)
        command = [tool.portreg_path(), "annotate", "--offline", *flags]
        outputs = []
        for arguments, typed in (([str(path)], b""), ([], log)):
            done = subprocess.run([*command, *arguments], input=typed, capture_output=True,
                                  env=tool.environment(), timeout=tool.RUN_SECONDS, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            outputs.append(done.stdout)
        self.assertEqual(outputs[0], outputs[1])
        return outputs[0]

    def assert_restored(self, log: bytes, restored: bytes):
        """Compares, and shows the place of the first difference."""
        if log == restored:
            return
        at = len(os.path.commonprefix([log, restored]))
        self.fail(f"at byte {at}: {log[max(0, at - 60):at + 60]!r}\n"
                  f"is restored as {restored[max(0, at - 60):at + 60]!r}")

    def check_delimited(self, seed: int, count: int, separator: bytes, quote: bool,
                        header: bytes, unset: bytes, *flags: str) -> tuple[bytes, bytes]:
        """Annotates a log of six fields and restores it. Returns the log and what became of it."""
        generator = Generator(seed)
        log = header + generator.delimited(count, 6, (1, 3, 4), separator, quote=quote)
        added = self.annotate(log, *flags)
        self.assertGreater(len(added), len(log) + count)
        self.assert_restored(log, logs.without_fields(added, separator, unset, quote))
        return log, added

    def test_vpc_flow_logs(self):
        names = b"account-id srcport srcaddr dstport protocol action"
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self.check_delimited(seed, LINES, b" ", False, names + b"\n", b"-")

    def test_vpc_flow_logs_without_a_header(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self.check_delimited(
                    seed, LINES, b" ", False, b"", b"-", "--format=vpc",
                    "--fields=account-id,srcport,srcaddr,dstport,protocol,action")

    def test_csv_of_every_separator(self):
        for seed in SEEDS:
            for separator in (b",", b";", b"|"):
                with self.subTest(seed=seed, separator=separator):
                    names = [b"start", b"src_port", b'"source, address"', b"dst_port", b"proto",
                             b"note"]
                    end = (b"\r\n", b"\n")[seed % 2]
                    self.check_delimited(seed, LINES, separator, True,
                                         separator.join(names) + end, b"")

    def test_csv_without_quotes(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self.check_delimited(seed, LINES, b",", False, b"a,sp,c,dp,pr,f\n", b"")

    def test_tsv(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self.check_delimited(seed, LINES, b"\t", False,
                                     b"a\tsrcPort\tc\tdstPort\tprotocol\tf\r\n", b"")

    def test_zeek_of_every_separator(self):
        for seed in SEEDS:
            separator = (b"\t", b"|", b"\x01")[seed % 3]
            with self.subTest(seed=seed):
                fields = [b"#fields", b"ts", b"id.orig_p", b"id.resp_h", b"id.resp_p", b"proto",
                          b"service"]
                types = [b"#types", b"time", b"port", b"addr", b"port", b"enum", b"string"]
                header = (b"#separator \\x%02x\n#unset_field" % separator[0] + separator + b"-\n"
                          + separator.join(fields) + b"\n" + separator.join(types) + b"\n")
                self.check_delimited(seed, LINES, separator, False, header, b"-")

    def test_objects(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                log = Generator(seed).objects(LINES)
                added = self.annotate(log, "--format=eve")
                self.assertGreater(len(added), len(log) + LINES)
                self.assert_restored(log, logs.without_members(added))

    def test_many_blocks_and_threads(self):
        names = b"account-id srcport srcaddr dstport protocol action\n"
        for seed in SEEDS[:3]:
            with self.subTest(seed=seed):
                log, added = self.check_delimited(seed, LONG_LINES, b" ", False, names, b"-",
                                                  "--threads=3")
                for threads in (1, 8):
                    self.assertEqual(self.annotate(log, f"--threads={threads}"), added, threads)
        with self.subTest("csv"):
            self.check_delimited(7, LONG_LINES, b",", True, b"a,sp,c,dp,pr,f\n", b"",
                                 "--threads=5")


class RestoringTest(unittest.TestCase):
    """The readers that take away what was added."""

    def test_restoring_takes_away_what_is_added_alone(self):
        self.assertEqual(logs.without_fields(b"a b https 443 source named\r\nc d\n", b" ", b"-"),
                         b"a b\r\nc d\n")
        self.assertEqual(
            logs.without_fields(b'"a\n""",b,,443,both,class\r\n"', b",", b"", True)[:11],
            b'"a\n""",b\r\n"')
        self.assertEqual(
            logs.without_members(b'{"service":1,"portreg_service":"x","portreg_service_port":1,'
                                 b'"portreg_service_side":"both","portreg_service_rule":"class"} \n'),
            b'{"service":1} \n')


if __name__ == "__main__":
    unittest.main()
