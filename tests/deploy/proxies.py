"""Runs HAProxy and nginx with the configurations of deploy/proxy, for tests.

    with proxies.Certificates() as certificates, Portregd() as server:
        with proxies.HAProxy(certificates, server.address) as proxy:
            channel = certificates.channel(proxy.address)

The configurations are used unchanged, except for addresses and files in them. A
proxy inherits the socket that it listens on, so that no port is chosen before
it is bound. Every process is ended at the end.
"""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time

import deploy_paths
import grpc

from processes import CALL_SECONDS, EXIT_SECONDS, PATIENCE, READY_SECONDS

PROXY_DIR = deploy_paths.DEPLOY_DIR / "proxy"
SERVER_NAME = "localhost"


def program(name: str) -> str:
    """Returns the path of a program. Raises RuntimeError if it is not installed."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None:
        raise RuntimeError(f"{name} is not installed: deploy/install_dependencies.sh test")
    return found


class Certificates:
    """A throw-away certificate for the proxies, in files of a directory."""

    def __init__(self):
        self._directory = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self._directory.name)
        self.certificate = self.path / "server.crt"
        self.key = self.path / "server.key"
        self.both = self.path / "server.pem"
        subprocess.run(
            [program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
             f"/CN={SERVER_NAME}", "-addext",
             f"subjectAltName=DNS:{SERVER_NAME},IP:127.0.0.1",
             "-keyout", self.key, "-out", self.certificate],
            capture_output=True, timeout=EXIT_SECONDS, check=True)
        self.both.write_bytes(self.certificate.read_bytes() + self.key.read_bytes())

    def channel(self, address: str) -> grpc.Channel:
        """Returns a new channel by TLS that trusts only the certificate."""
        return grpc.secure_channel(
            f"ipv4:{address}",
            grpc.ssl_channel_credentials(self.certificate.read_bytes()),
            options=[("grpc.enable_http_proxy", 0), ("grpc.enable_retries", 0),
                     ("grpc.ssl_target_name_override", SERVER_NAME),
                     ("grpc.use_local_subchannel_pool", 1)])

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        self._directory.cleanup()


def listening_socket() -> socket.socket:
    """Returns a socket that listens on a free port of loopback."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(1024)
    return listener


def address_of(listener: socket.socket) -> str:
    """Returns host:port of a socket."""
    host, port = listener.getsockname()
    return f"{host}:{port}"


class _Proxy:
    """A proxy's process; `address` is the address that it listens on."""

    def __init__(self):
        self._directory = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self._directory.name)
        self._listener = listening_socket()
        self.address = address_of(self._listener)
        self._log = open(self.path / "log", "w+b")
        self._process = None

    def _start(self, command: list[object], environment: dict[str, str],
               inherited: list[socket.socket]):
        self._process = subprocess.Popen(
            [str(each) for each in command], env={**os.environ, **environment},
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log,
            pass_fds=[each.fileno() for each in inherited])
        for each in inherited:
            each.close()

    @property
    def pid(self) -> int:
        """Returns the number of the started process, which may be a parent of workers."""
        return self._process.pid

    def log(self) -> str:
        """Returns what the proxy has written so far."""
        return (self.path / "log").read_text(errors="replace")

    def running(self) -> bool:
        """Returns True if the process has not ended."""
        return self._process.poll() is None

    def wait_until(self, condition, what: str, seconds: float = READY_SECONDS):
        """Waits until condition() is true. Raises TimeoutError with the log after `seconds`."""
        deadline = time.monotonic() + seconds

        def met() -> bool:
            try:
                return condition()
            except OSError:
                return False  # the proxy may not listen yet, or has ended

        while not met():
            if not self.running() or time.monotonic() > deadline:
                raise TimeoutError(f"{what}: {self.log()}")
            time.sleep(0.02)

    def stop(self):
        """Ends the process and removes its files."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=EXIT_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(timeout=EXIT_SECONDS)
        self._log.close()
        self._directory.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        self.stop()


class HAProxy(_Proxy):
    """HAProxy before one or two servers; ready once each server is up."""

    CONFIGURATION = PROXY_DIR / "haproxy.cfg"

    def __init__(self, certificates: Certificates, *servers: str, wait: bool = True,
                 edit=lambda text: text):
        super().__init__()
        stats = listening_socket()
        self.stats_address = address_of(stats)
        first, second = (servers * 2)[:2]
        self.environment = {
            "PORTREG_PROXY_LISTEN": f"fd@{self._listener.fileno()}",
            "PORTREG_PROXY_CERT": str(certificates.both),
            "PORTREG_PROXY_STATS": f"fd@{stats.fileno()}",
            "PORTREGD_1": first, "PORTREGD_2": second}
        self.configuration = self.path / "haproxy.cfg"
        self.configuration.write_text(edit(self.CONFIGURATION.read_text()))
        try:
            self._start([program("haproxy"), "-db", "-f", self.configuration],
                        self.environment, [self._listener, stats])
            if wait:
                self.wait_until(lambda: self.servers_up() == 2, "haproxy sees no server")
        except BaseException:
            self.stop()
            raise

    def metrics(self) -> str:
        """Returns the text of HAProxy's own /metrics."""
        host, port = self.stats_address.split(":")
        with socket.create_connection((host, int(port)), timeout=CALL_SECONDS) as connection:
            connection.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
            with connection.makefile("rb") as reply:
                return reply.read().decode()

    def servers_up(self) -> int:
        """Returns how many servers of the backend are up by its health checks."""
        # Counts only checked servers, because a server is up before its first
        # check.
        return len(re.findall(
            r'haproxy_server_check_status\{[^}]*proxy="portregd",[^}]*state="L7OK"[^}]*\} 1',
            self.metrics()))


class Nginx(_Proxy):
    """nginx before one or two servers."""

    CONFIGURATION = PROXY_DIR / "nginx.conf"

    def __init__(self, certificates: Certificates, *servers: str,
                 edit=lambda text: text):
        super().__init__()
        first, second = (servers * 2)[:2]
        text = edit(self.CONFIGURATION.read_text())
        for old, new in (
                ("listen 6335 ", f"listen {self.address} "),
                ("server 127.0.0.1:16335 ", f"server {first} "),
                ("server 127.0.0.1:26335 ", f"server {second} "),
                ("/etc/nginx/portreg.crt", str(certificates.certificate)),
                ("/etc/nginx/portreg.key", str(certificates.key)),
                ("/run/portreg-proxy.pid", str(self.path / "pid"))):
            if text.count(old) != 1:
                raise AssertionError(f"{self.CONFIGURATION.name} does not say {old!r} once")
            text = text.replace(old, new)
        self.configuration = self.path / "nginx.conf"
        self.configuration.write_text(text)
        try:
            self._start([program("nginx"), "-p", self.path, "-e", "stderr", "-c",
                         self.configuration, "-g", "daemon off;"],
                        {"NGINX": f"{self._listener.fileno()};"}, [self._listener])
        except BaseException:
            self.stop()
            raise
