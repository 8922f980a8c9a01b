"""A portregd with a web door, and a client of it.

    with web.Door("--local_file=mine.csv") as server:
        answer = server.ask("GET", "/v1/ports/443")
        assert answer.status == 200 and answer.json()["records"]
"""

import http.client
import json
import pathlib
import socket
import ssl
import sys
import urllib.parse
from typing import Any, NamedTuple

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / name)
                for name in ("integration", "interop", "faults", "operations")]

import processes
import serving

SERVICE = "portreg.v1.PortRegistryService"
SECONDS = 20 * processes.PATIENCE


class Answer(NamedTuple):
    """A response of HTTP."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> Any:
        """The body, which is JSON."""
        return json.loads(self.body)

    def lines(self) -> list:
        """The body, which is a line of JSON for each message."""
        return [json.loads(line) for line in self.body.splitlines()]

    def reason(self) -> str:
        """Returns the contract's reason of an error; empty if it has none."""
        for detail in self.json().get("details", ()):
            if detail["type"] == "google.rpc.ErrorInfo":
                return detail["debug"]["reason"]
        return ""


def address(announced: str) -> tuple[str, int]:
    """The host and the port of an address such as [::1]:80."""
    host, _, port = announced.rpartition(":")
    return host.strip("[]"), int(port)


def connection(announced: str, context: ssl.SSLContext | None = None,
               ) -> http.client.HTTPConnection:
    """A connection to a door, which is opened by the first request."""
    if context is not None:
        return http.client.HTTPSConnection(
            *address(announced), timeout=SECONDS, context=context)
    return http.client.HTTPConnection(*address(announced), timeout=SECONDS)


def ask(through: http.client.HTTPConnection, method: str, target: str,
        body: bytes | None = None, **headers: str) -> Answer:
    """Sends a request. Underscores in names of headers become hyphens."""
    through.request(method, target, body, {
        name.replace("_", "-"): value for name, value in headers.items()})
    response = through.getresponse()
    return Answer(response.status, response.headers, response.read())


def raw(announced: str, sent: bytes, seconds: float = SECONDS) -> bytes:
    """Returns all that a door answers to `sent` until it ends the connection."""
    with socket.create_connection(address(announced), seconds) as plug:
        try:
            plug.sendall(sent)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has answered before it had read all
        received = b""
        try:
            while part := plug.recv(65536):
                received += part
        except ConnectionResetError:
            pass
        return received


class Door(serving.Attacked):
    """A server with a web door on loopback, in plaintext unless flags say otherwise."""

    def __init__(self, *flags: str, web_listen: str = "127.0.0.1:0",
                 **options):
        super().__init__(f"--web_listen={web_listen}", *flags, **options)

    @property
    def web(self) -> str:
        """The address of the door's first listener."""
        return self.announced["WEB"][0]

    def ask(self, method: str, target: str, body: bytes | None = None,
            **headers: str) -> Answer:
        """The answer to a request on a connection of its own."""
        through = connection(self.web)
        try:
            return ask(through, method, target, body, **headers)
        finally:
            through.close()

    def get(self, target: str, **headers: str) -> Answer:
        """The answer to GET."""
        return self.ask("GET", target, **headers)

    def call(self, method: str, request: dict, **headers: str) -> Answer:
        """The answer to a unary call of the Connect protocol by POST."""
        return self.ask("POST", f"/{SERVICE}/{method}",
                        json.dumps(request).encode(),
                        **{"Content_Type": "application/json", **headers})


def target(path: str, parameters: dict[str, Any]) -> str:
    """A path with a query; a list repeats its parameter."""
    query = urllib.parse.urlencode(parameters, doseq=True)
    return f"{path}?{query}" if query else path
