"""Compares a lookup by the web door with nginx, which returns the same bytes of a file.

Also compares lookups by gRPC with the door open and closed.
"""

import contextlib
import http.client
import itertools
import pathlib
import re
import statistics
import subprocess
import tempfile
from collections.abc import Iterator

import programs
from rows import Goal, Row, Settings, interleave, ratios

PATH = "/v1/ports/443"
CONNECTIONS = 16
# libmicrohttpd copies each field of a request; nginx does nothing but send the file.
NGINX_GOAL = Goal("<=", 1.5)
GRPC_GOAL = Goal("<=", 0.05, above_control=True)

CONFIGURATION = """
daemon off;
master_process off;
pid {directory}/pid;
error_log stderr notice;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  default_type application/json;
  keepalive_requests 1000000000;
  open_file_cache max=100;
  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  server {{ listen {address}; root {directory}; }}
}}
"""


@contextlib.contextmanager
def nginx(body: bytes) -> Iterator[programs.Server]:
    """Runs an nginx of one process that has the answer as a file."""
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        directory.chmod(0o755)
        file = directory / PATH.lstrip("/")
        file.parent.mkdir(parents=True)
        file.write_bytes(body)
        address = f"127.0.0.1:{programs.free_port()}"
        configuration = directory / "nginx.conf"
        configuration.write_text(CONFIGURATION.format(directory=directory, address=address))
        command = ["nginx", "-p", name, "-e", "stderr", "-c", str(configuration)]
        with programs.serving(command, "event method", address) as server:
            yield server


def fetch(server: programs.Server) -> bytes:
    """Returns the body of the answer."""
    connection = http.client.HTTPConnection(server.address, timeout=programs.PATIENCE_SECONDS)
    with contextlib.closing(connection):
        connection.request("GET", PATH)
        response = connection.getresponse()
        body = response.read()
    if response.status != 200:
        raise RuntimeError(f"{server.address} answers {response.status}: {body[:300]!r}")
    return body


def get(settings: Settings, server: programs.Server, size: int) -> float:
    """Returns the microseconds of processor time that a GET costs the server."""
    calls = settings.calls(30_000)
    before = programs.cpu_seconds(server.pid)
    said = subprocess.run(
        programs.pinned(programs.LOAD_CPU, [
            "h2load", "--h1", "-n", str(calls), "-c", str(CONNECTIONS),
            f"http://{server.address}{PATH}"]),
        capture_output=True,
        text=True,
        timeout=programs.PATIENCE_SECONDS,
        check=True,
    ).stdout
    used = programs.cpu_seconds(server.pid) - before
    succeeded = re.search(r"(\d+) succeeded", said)
    data = re.search(r"\((\d+)\) data", said)
    if not (succeeded and data) or int(succeeded[1]) != calls or int(data[1]) != calls * size:
        raise RuntimeError(f"h2load: {said[-500:]}")
    return used * 1e6 / calls


def beside_nginx(settings: Settings) -> Iterator[Row]:
    """Compares a GET of the door with a GET of nginx."""
    with contextlib.ExitStack() as running:
        door = running.enter_context(programs.serving(
            [str(settings.binaries / "portregd"), "--listen=127.0.0.1:0",
             "--web_listen=127.0.0.1:0"], r"^WEB (\S+)"))
        body = fetch(door)
        file = running.enter_context(nginx(body))
        if fetch(file) != body:
            raise RuntimeError("nginx does not return the same bytes")
        servers = {"door": door, "nginx": file, "nginx'": file}
        costs = interleave(list(servers), settings.rounds,
                           lambda variant: get(settings, servers[variant], len(body)))
    yield Row(
        "JSON by GET / nginx with the same bytes, server CPU",
        NGINX_GOAL,
        "ratio",
        ratios(costs["door"], costs["nginx"]),
        ratios(costs["nginx'"], costs["nginx"]),
        {
            "µs a GET": statistics.median(costs["door"]),
            "µs of nginx": statistics.median(costs["nginx"]),
        },
    )


def beside_closed(settings: Settings) -> Iterator[Row]:
    """Compares lookups by gRPC with the door open and closed."""
    with (programs.portregd(settings, web_listen="127.0.0.1:0") as opened,
          programs.portregd(settings) as closed):
        servers = {"open": opened, "closed": closed, "closed'": closed}
        index = itertools.count()
        costs = interleave(list(servers), settings.rounds, lambda variant: programs.saturate(
            settings, servers[variant], "port", next(index))["server_us"])
    yield Row(
        "Lookup by gRPC, web door open / closed, server CPU",
        GRPC_GOAL,
        "ratio",
        ratios(costs["open"], costs["closed"]),
        ratios(costs["closed'"], costs["closed"]),
        {"µs a call": statistics.median(costs["open"])},
    )


def rows(settings: Settings) -> Iterator[Row]:
    """Measures the server CPU of requests on kept connections."""
    yield from beside_nginx(settings)
    yield from beside_closed(settings)
