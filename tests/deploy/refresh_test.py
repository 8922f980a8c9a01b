"""Runs deploy/refresh/portreg-refresh with an HTTP server and a real portregd.

    PORTREGD=portregd PORTREG=portreg python3 refresh_test.py
"""

import contextlib
import hashlib
import http.server
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import threading
import time
import unittest

import deploy_paths
from authority import Authority
from processes import EXIT_SECONDS, PATIENCE, READY_SECONDS, Portregd, environment, run

REFRESH = deploy_paths.DEPLOY_DIR / "refresh/portreg-refresh"
DONE, USAGE, BUSY, NOT_FETCHED, NOT_USABLE, NOT_SERVED, NOT_WRITTEN, NOT_ASKED = range(8)
RUN_SECONDS = 60 * PATIENCE
SERVED_SECONDS = 30
# A row that IANA's file does not have; the tests ask for its port.
NEW_ROW = b"portreg-test,6335,tcp,Added for a test,,,,,,,,\r\n"
HTML = b"<!DOCTYPE html><html><body>Down for maintenance</body></html>\n"


def setUpModule():
    """Makes the server's first file, and the file that IANA then publishes."""
    global OLD, NEW
    OLD = subprocess.run(
        [os.environ["PORTREG"], "--offline", "export", "--format=iana-csv"],
        capture_output=True, timeout=EXIT_SECONDS, check=True).stdout
    NEW = OLD + NEW_ROW


def checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def end_session(leader: int):
    """Ends the remaining processes of a session."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


class Publisher:
    """An HTTP server on loopback that publishes `content`, optionally with faults."""

    def __init__(self, content: bytes):
        self.content = content
        self.status = 200
        # The number of bytes that the header promises beyond those that are
        # sent.
        self.withheld = 0
        # True: the length is not stated.
        self.endless = False
        # Sends nothing until this is set.
        self.speaks = threading.Event()
        self.speaks.set()
        self.asked = threading.Event()
        self.statuses: list[int] = []
        publisher = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                publisher.asked.set()
                publisher.speaks.wait(RUN_SECONDS)
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    publisher.answer(self)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/ports.csv"

    def answer(self, request):
        """Answers a request as the attributes define."""
        tag = f'"{checksum(self.content)[:16]}"'
        unchanged = request.headers.get("If-None-Match") == tag
        status = 304 if self.status == 200 and unchanged else self.status
        self.statuses.append(status)
        request.send_response(status)
        request.send_header("ETag", tag)
        if status == 304:
            request.end_headers()
            return
        if not self.endless:
            request.send_header("Content-Length", str(len(self.content) + self.withheld))
        request.end_headers()
        request.wfile.write(self.content)
        while self.endless:
            request.wfile.write(bytes(1 << 20))

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        self.speaks.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class RefreshCase(unittest.TestCase):
    """Provides a file, a publisher, and functions to refresh the file."""

    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.file = self.directory / "iana.csv"
        self.publisher = self.enterContext(Publisher(NEW))

    def command(self, *flags: str) -> list[str]:
        """Returns the command line of a refresh; without a server, unless flags name one."""
        return [str(REFRESH), f"--file={self.file}", f"--url={self.publisher.url}",
                "--target=", f"--wait={SERVED_SECONDS}", *flags]

    def variables(self, **more: str) -> dict[str, str]:
        return environment({name: os.environ[name] for name in ("PORTREGD", "PORTREG")} | more)

    def refresh(self, *flags: str, **variables: str) -> subprocess.CompletedProcess:
        """Runs a refresh to its end."""
        return subprocess.run(
            self.command(*flags), env=self.variables(**variables), capture_output=True,
            text=True, stdin=subprocess.DEVNULL, timeout=RUN_SECONDS, check=False)

    def assert_refresh(self, code: int, *flags: str, **variables: str) -> str:
        """Refreshes, with that exit code; returns the text on stderr."""
        done = self.refresh(*flags, **variables)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertEqual(list(self.directory.glob("*.new*")), [])
        return done.stderr

    def assert_kept(self, content: bytes = None):
        """Checks that the file has not changed."""
        self.assertEqual(self.file.read_bytes(), OLD if content is None else content)


class FetchTest(RefreshCase):
    """Checks which content is fetched and accepted. No server runs."""

    def setUp(self):
        super().setUp()
        self.file.write_bytes(OLD)

    def test_success(self):
        self.assert_refresh(DONE)
        self.assert_kept(NEW)
        self.assertEqual((self.directory / "iana.csv.previous").read_bytes(), OLD)
        self.assertEqual(self.file.stat().st_mode & 0o777, 0o644)

    def test_what_is_there_is_not_fetched_again(self):
        self.assert_refresh(DONE)
        before = self.file.stat()
        self.assert_refresh(DONE)
        self.assertEqual(self.publisher.statuses, [200, 304])
        self.assertEqual(self.file.stat().st_ino, before.st_ino)
        self.assertEqual(self.file.stat().st_mtime_ns, before.st_mtime_ns)

    def test_another_file_in_its_place_is_fetched_again(self):
        self.assert_refresh(DONE)
        self.file.write_bytes(OLD)
        self.assert_refresh(DONE)
        self.assertEqual(self.publisher.statuses, [200, 200])
        self.assert_kept(NEW)
        self.assert_refresh(DONE)
        self.assertEqual(self.publisher.statuses, [200, 200, 304])

    def test_the_first_file_of_all(self):
        self.file.unlink()
        self.assert_refresh(DONE)
        self.assert_kept(NEW)

    def test_each_refused_answer_leaves_the_file_alone(self):
        lines = OLD.splitlines(keepends=True)
        for name, code, change in (
                ("truncated", NOT_FETCHED, {"content": NEW[:len(NEW) // 2], "withheld": 1000}),
                ("cut, as if whole", NOT_USABLE, {"content": NEW[:len(NEW) // 2]}),
                ("web page", NOT_USABLE, {"content": HTML}),
                ("not found", NOT_FETCHED, {"status": 404, "content": HTML}),
                ("server error", NOT_FETCHED, {"status": 500, "content": NEW}),
                ("empty", NOT_USABLE, {"content": b""}),
                ("too few rows", NOT_USABLE, {"content": b"".join(lines[:len(lines) * 9 // 10])}),
                ("not UTF-8", NOT_USABLE, {"content": NEW + b"\xff\xfe,1,tcp,,,,,,,,,\r\n"}),
                ("too long", NOT_FETCHED, {"content": bytes(33 << 20)}),
                ("without end", NOT_FETCHED, {"endless": True})):
            with self.subTest(name), Publisher(NEW) as self.publisher:
                for attribute, value in change.items():
                    setattr(self.publisher, attribute, value)
                self.assertIn(self.publisher.url, self.assert_refresh(code))
                self.assert_kept()
                self.assertFalse((self.directory / "iana.csv.etag").exists())

    def test_nobody_answers(self):
        with Publisher(NEW) as gone:
            pass
        self.assert_refresh(NOT_FETCHED, f"--url={gone.url}")
        self.assert_kept()

    def test_a_slow_server_is_given_up(self):
        self.publisher.speaks.clear()
        start = time.monotonic()
        self.assert_refresh(NOT_FETCHED, "--max-time=1")
        self.assertLess(time.monotonic() - start, 10 * PATIENCE)
        self.assert_kept()

    def test_of_two_at_once_the_second_gives_way(self):
        self.publisher.speaks.clear()
        with subprocess.Popen(self.command(), env=self.variables(),
                              stdout=subprocess.DEVNULL) as first:
            self.assertTrue(self.publisher.asked.wait(READY_SECONDS))
            done = self.refresh()
            self.publisher.speaks.set()
            self.assertEqual(done.returncode, BUSY, done.stderr)
            self.assertEqual(first.wait(RUN_SECONDS), DONE)
        self.assert_kept(NEW)

    def test_a_download_that_outlives_a_killed_refresh_does_not_keep_the_lock(self):
        self.publisher.speaks.clear()
        with subprocess.Popen(self.command(), env=self.variables(),
                              stdout=subprocess.DEVNULL, start_new_session=True) as first:
            self.assertTrue(self.publisher.asked.wait(READY_SECONDS))
            first.kill()
            first.wait(EXIT_SECONDS)
            self.addCleanup(end_session, first.pid)
            self.publisher.asked.clear()
            second = subprocess.Popen(self.command(), env=self.variables(),
                                      stdout=subprocess.DEVNULL)
            self.addCleanup(second.kill)
            # The first one has asked, so it holds the lock.
            self.assertTrue(self.publisher.asked.wait(READY_SECONDS))
            self.publisher.speaks.set()
            self.assertEqual(second.wait(RUN_SECONDS), DONE)
        self.assert_kept(NEW)
        self.assertEqual(list(self.directory.glob("*.new*")), [])

    def test_links_that_others_put_beside_the_file_are_not_followed(self):
        victim = self.directory / "victim"
        victim.write_bytes(HTML)
        names = ("previous", "etag", "etag.sha256", "seed.new", "previous.new", "back.new")
        for name in names:
            (self.directory / f"iana.csv.{name}").symlink_to(victim)
        self.assert_refresh(DONE)
        self.assert_kept(NEW)
        self.file.unlink()
        self.assert_refresh(DONE, "--seed")
        self.assert_kept(OLD)
        self.assertEqual(victim.read_bytes(), HTML)
        absent = self.directory / "absent"
        (self.directory / "iana.csv.lock").unlink()
        (self.directory / "iana.csv.lock").symlink_to(absent)
        self.assert_refresh(NOT_WRITTEN)
        self.assertFalse(absent.exists())

    def test_dry_run_changes_nothing(self):
        before = {path.name for path in self.directory.iterdir()}
        self.assert_refresh(DONE, "--dry-run")
        self.assert_kept()
        self.assertLessEqual({path.name for path in self.directory.iterdir()},
                             before | {"iana.csv.lock"})
        self.publisher.content = HTML
        self.assert_refresh(NOT_USABLE, "--dry-run")

    def test_what_is_wrong_with_a_local_file_holds_nothing_up(self):
        local = self.directory / "local.csv"
        local.write_text("Service Name,Port Number,Transport Protocol,Description\n"
                         "a,7100,tcp,A\nb,7100,tcp,B\n")
        self.assertEqual(run("--check", f"--local_file={local}").code, 1)
        self.assert_refresh(DONE, PORTREGD_LOCAL_FILE=str(local))
        self.assert_kept(NEW)

    def test_a_directory_that_cannot_be_written(self):
        self.assert_refresh(NOT_WRITTEN, f"--file={self.directory}/none/iana.csv")

    def test_usage(self):
        for flag in ("--no-such-flag", "--wait=soon", "--file="):
            self.assertIn("portreg-refresh: ", self.assert_refresh(USAGE, flag))
        told = subprocess.run([str(REFRESH), "--help"], capture_output=True, text=True,
                              timeout=EXIT_SECONDS, check=True).stdout
        self.assertIn("https://www.iana.org/assignments/", told)

    def test_flags_are_variables_too(self):
        other = self.directory / "other.csv"
        subprocess.run([str(REFRESH)], timeout=RUN_SECONDS, check=True,
                       stdout=subprocess.DEVNULL, env=self.variables(
                           PORTREG_REFRESH_FILE=str(other), PORTREG_REFRESH_TARGET="",
                           PORTREG_REFRESH_URL=self.publisher.url))
        self.assertEqual(other.read_bytes(), NEW)

    def test_seed_writes_what_is_embedded_unless_there_is_a_file(self):
        self.file.write_bytes(HTML)
        self.assert_refresh(DONE, "--seed")
        self.assert_kept(HTML)
        self.file.unlink()
        self.assert_refresh(DONE, "--seed")
        self.assert_kept(OLD)
        self.assertFalse(self.publisher.asked.is_set())


class ServerTest(RefreshCase):
    """Refreshes a file that a portregd serves."""

    def serve(self, *flags: str) -> Portregd:
        """Starts portregd with the first file."""
        self.file.write_bytes(OLD)
        return self.enterContext(
            Portregd(f"--iana_file={self.file}", "--reload_interval=100ms", *flags))

    def checksum_at(self, server: Portregd) -> str:
        """Returns the checksum of the layer iana that a server serves."""
        told = subprocess.run(
            [os.environ["PORTREG"], f"--target={server.address}", "info", "-o", "json"],
            capture_output=True, timeout=EXIT_SECONDS, check=True).stdout
        return next(layer["sha256"] for layer in json.loads(told)["layers"]
                    if layer["layer"] == "LAYER_IANA")

    def test_success_is_that_the_server_serves_it(self):
        server = self.serve()
        self.assertEqual(self.checksum_at(server), checksum(OLD))
        self.assert_refresh(DONE, f"--target={server.address}")
        self.assertEqual(self.checksum_at(server), checksum(NEW))

    def test_a_time_that_no_timestamp_can_hold_does_not_take_a_good_file_back(self):
        # Applies to any served file. A file on tmpfs can have such a time.
        directory = self.enterContext(tempfile.TemporaryDirectory(dir="/dev/shm"))
        local = pathlib.Path(directory) / "local.csv"
        local.write_bytes(OLD.splitlines(keepends=True)[0] + NEW_ROW)
        os.utime(local, (253_402_300_800, 253_402_300_800))
        server = self.serve(f"--local_file={local}")
        self.assert_refresh(DONE, f"--target={server.address}")
        self.assertEqual(self.checksum_at(server), checksum(NEW))

    def test_a_file_of_any_name(self):
        self.file = self.directory / "a\nb 'c' \\.csv"
        server = self.serve()
        self.assert_refresh(DONE, f"--target={server.address}")
        self.assertEqual(self.checksum_at(server), checksum(NEW))
        self.assert_refresh(DONE, f"--target={server.address}")
        self.assertEqual(self.publisher.statuses, [200, 304])

    def test_the_command_to_reload_is_run(self):
        server = self.serve("--reload_interval=0")
        self.assert_refresh(DONE, f"--target={server.address}",
                            f"--reload-command=kill -HUP {server.pid}")
        self.assertEqual(self.checksum_at(server), checksum(NEW))

    def test_what_the_server_refuses_is_taken_back(self):
        server = self.serve()
        # The check accepts fewer rows, and the server does not.
        lines = OLD.splitlines(keepends=True)
        few = [line for line in lines if b",Unassigned," not in line]
        self.publisher.content = b"".join(few)
        told = self.assert_refresh(
            NOT_SERVED, f"--target={server.address}", "--wait=2", PORTREGD_ALLOW_FEWER_ROWS="1")
        self.assertIn("taken back", told)
        self.assert_kept()
        self.assertEqual((self.directory / "iana.csv.refused").read_bytes(), b"".join(few))
        self.assertEqual(self.checksum_at(server), checksum(OLD))
        # The next content is fetched and served as usual.
        self.publisher.content = NEW
        self.assert_refresh(DONE, f"--target={server.address}")
        self.assertEqual(self.checksum_at(server), checksum(NEW))

    def test_a_server_that_does_not_look_keeps_the_old_file(self):
        server = self.serve("--reload_interval=0")
        self.assert_refresh(NOT_SERVED, f"--target={server.address}", "--wait=1")
        self.assert_kept()

    def test_a_server_that_is_away_keeps_the_old_file(self):
        with Portregd() as gone:
            pass
        self.file.write_bytes(OLD)
        told = self.assert_refresh(NOT_ASKED, f"--target={gone.address}", "--wait=1")
        self.assertIn(gone.address, told)
        self.assert_kept()
        self.assertFalse((self.directory / "iana.csv.previous").exists())

    def test_a_server_that_cannot_be_understood_never_serves_what_is_taken_back(self):
        """Asks a TLS server in plaintext, as if flags for portreg had been forgotten."""
        certificate, key = self.directory / "tls.crt", self.directory / "tls.key"
        Authority("refresh").issue_server().write(certificate, key)
        server = self.serve(f"--tls_cert={certificate}", f"--tls_key={key}")
        self.assert_refresh(NOT_ASKED, f"--target={server.address}", "--wait=1")
        self.assert_kept()

    def test_flags_for_mutual_tls_are_those_of_the_guide(self):
        authority, directory = Authority("refresh"), self.directory
        (directory / "ca.crt").write_bytes(authority.certificate)
        # Like the certificate of overlays/mtls/certificate.yaml: without an
        # address.
        authority.issue("portregd", dns=["portregd"]).write(
            directory / "tls.crt", directory / "tls.key")
        self.file.write_bytes(OLD)
        server = self.enterContext(Portregd(
            f"--iana_file={self.file}", "--reload_interval=100ms",
            f"--tls_cert={directory}/tls.crt", f"--tls_key={directory}/tls.key",
            f"--tls_client_ca={directory}/ca.crt"))
        guide = (deploy_paths.DEPLOY_DIR / "README.md").read_text()
        flags = re.search(r"`(--cacert=.* --server-name=portregd)`", guide)[1]
        for name in ("ca.crt", "tls.crt", "tls.key"):
            flags = flags.replace("...", f"{directory}/{name}", 1)
        self.assert_refresh(DONE, f"--target={server.address}",
                            PORTREG_REFRESH_PORTREG_FLAGS=flags)
        self.assert_kept(NEW)

    def test_sidecar_refreshes_again_and_again_until_it_is_ended(self):
        server = self.serve()
        sidecar = self.enterContext(subprocess.Popen(
            self.command("--every=1", f"--target={server.address}"),
            env=self.variables(), stdout=subprocess.DEVNULL))
        self.addCleanup(sidecar.kill)

        def wait_until(condition):
            deadline = time.monotonic() + RUN_SECONDS
            while not condition():
                self.assertIsNone(sidecar.poll())
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.05)

        for content in (NEW, OLD + NEW_ROW.replace(b"test", b"again")):
            self.publisher.content = content
            wait_until(lambda wanted=checksum(content): self.checksum_at(server) == wanted)
        self.publisher.status = 500
        wait_until(lambda: 500 in self.publisher.statuses)
        sidecar.send_signal(signal.SIGTERM)
        self.assertEqual(sidecar.wait(EXIT_SECONDS), 0)


class LintTest(unittest.TestCase):
    def test_shellcheck_finds_nothing(self):
        done = subprocess.run(["shellcheck", str(REFRESH)], capture_output=True, text=True,
                              timeout=RUN_SECONDS, check=False)
        self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    unittest.main()
