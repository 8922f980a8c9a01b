"""Runs servers that refuse calls for reasons of their own, whatever is asked.

    refusing_servers.refused_by_a_busy_server("Lookup", b"\\x08\\x50").reason
    # "SERVER_BUSY"

Each server is started when it is needed, and ends when its answer has come.
"""

import contextlib
import pathlib
import signal
import sys
import tempfile

sys.path[:0] = [
    str(pathlib.Path(__file__).resolve().parents[1] / name)
    for name in ("integration", "operations")]

import grpc
import processes
from authority import Authority
from client import Client, Refusal, refusal

MOST_CALLS = 1
ADMITTED = "spiffe://test/ns/prod/sa/web"
STRANGER = "spiffe://test/ns/prod/sa/stranger"
# A Watch that knows no revision: it receives one, and stays open.
WATCH = ("Watch", b"")


def refused_by_a_busy_server(method: str, request: bytes) -> Refusal:
    """Returns the error of a call while a Watch occupies the only place for calls."""
    with processes.Portregd(f"--max_calls={MOST_CALLS}") as server:
        client = Client(server.channel())
        watch = client.open(*WATCH)
        next(watch)
        try:
            return refusal(lambda: client.raw(method, request))
        finally:
            watch.cancel()


def refused_by_a_stopping_server(method: str, request: bytes) -> Refusal:
    """Returns the error of a stream under way, and not yet read, when SIGINT comes."""
    with contextlib.ExitStack() as stack:
        server = processes.Portregd()
        stack.callback(server.kill)
        # Disables the measurement of bandwidth, because a client that measures
        # receives all of a listing before anyone reads it.
        client = Client(server.channel(
            options=(("grpc.http2.bdp_probe", 0),)))
        call = client.open(method, request)
        next(call)
        watch = client.open(*WATCH)
        next(watch)
        server.send(signal.SIGINT)
        # When another stream has ended, the server has begun to stop.
        refusal(lambda: list(watch))
        ended = refusal(lambda: list(call))
        if server.wait() != 0:
            raise AssertionError("portregd did not end well")
        return ended


def refused_as_a_stranger(method: str, request: bytes) -> Refusal:
    """Returns the error of a call with a valid certificate whose name is not admitted."""
    with tempfile.TemporaryDirectory(prefix="portreg-stranger-") as name:
        directory = pathlib.Path(name)
        servers, clients = Authority("servers"), Authority("clients")
        servers.issue_server().write(directory / "tls.crt",
                                     directory / "tls.key")
        (directory / "clients.crt").write_bytes(clients.certificate)
        with processes.Portregd(
                f"--tls_cert={directory}/tls.crt",
                f"--tls_key={directory}/tls.key",
                f"--tls_client_ca={directory}/clients.crt",
                f"--tls_allowed_clients={ADMITTED}") as server:
            stranger = clients.issue("stranger", uris=[STRANGER])
            credentials = grpc.ssl_channel_credentials(
                servers.certificate, stranger.key, stranger.certificate)
            with grpc.secure_channel(
                    processes.grpc_target(server.address), credentials,
                    (("grpc.enable_http_proxy", 0),)) as channel:
                return refusal(lambda: Client(channel).raw(method, request))
