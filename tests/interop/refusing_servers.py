"""Servers that refuse calls for reasons of their own, whatever is asked.

    refusing_servers.refused_by_a_busy_server("Lookup", b"\\x08\\x50").reason
    # "SERVER_BUSY"

Each is started when it is needed, and is gone when its answer is there.
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
# A Watch that knows no revision: it is told one, and stays open.
WATCH = ("Watch", b"")


def refused_by_a_busy_server(method: str, request: bytes) -> Refusal:
    """What a call ends with while a Watch takes the only place there is."""
    with processes.Portregd(f"--max_calls={MOST_CALLS}") as server:
        client = Client(server.channel())
        watch = client.open(*WATCH)
        next(watch)
        try:
            return refusal(lambda: client.raw(method, request))
        finally:
            watch.cancel()


def refused_by_a_stopping_server(method: str, request: bytes) -> Refusal:
    """What a stream under way, and not yet read, ends with upon SIGINT."""
    with contextlib.ExitStack() as stack:
        server = processes.Portregd()
        stack.callback(server.kill)
        # A client that measures its bandwidth receives all of a listing before
        # anyone reads it.
        client = Client(server.channel(
            options=(("grpc.http2.bdp_probe", 0),)))
        call = client.open(method, request)
        next(call)
        watch = client.open(*WATCH)
        next(watch)
        server.send(signal.SIGINT)
        # It has begun to stop when another stream has ended.
        refusal(lambda: list(watch))
        ended = refusal(lambda: list(call))
        if server.wait() != 0:
            raise AssertionError("portregd did not end well")
        return ended


def refused_as_a_stranger(method: str, request: bytes) -> Refusal:
    """What a call with a sound certificate of a name not admitted ends with."""
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
