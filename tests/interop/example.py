"""Checks the examples of client/examples, and provides a relay that disturbs them.

    with Relay(server.channel()) as relay:
        run the example against relay.address
    relay.listings  # the requests, after a listing had been broken off
"""

import socket
import subprocess
from concurrent import futures

import expected
import grpc
import processes
from portreg_proto import pb

EXAMPLES = processes.SOURCE_DIR / "client" / "examples"
RUN_SECONDS = 20 * processes.PATIENCE

COMMON_RECORDS = len(expected.common_layer().rows)
OUTPUT = f"""\
2082 cPanel: Web hosting control panel
2082/tcp infowave: Infowave Mobility Server
2082/udp infowave: Infowave Mobility Server
7000/tcp airplay: Apple AirPlay 2 receiver, as in Shairport Sync
-/tcp airplay: Protocol for streaming of audio/video content
-/udp airplay: Protocol for streaming of audio/video content
NOT_FOUND SERVICE_NOT_FOUND: service "no-such-name" is not in the registry
{COMMON_RECORDS} records, from 9/tcp discard: Discard protocol, the names that older programs ask for
2082 cPanel: Web hosting control panel
8090/tcp cyberpanel: CyberPanel hosting control panel
2 of 6 matches
did you mean kerberos?
6000: warning: assigned by IANA to x11
6000: warning: browsers refuse to connect to it (WHATWG Fetch)
6000: info: IANA notes unauthorised use: "Known Unauthorized Use on port 6003"
7109: info: unassigned by IANA: to be requested there, choosing it anyway is squatting
use 28558: 99 of 100 ports are free
"""


def run(command: list, directory=None, variables=None):
    """Runs an example to its end, for a bounded time."""
    kept = {name: value for name, value in processes.environment().items()
            if not name.lower().endswith("_proxy")}
    return subprocess.run(
        [str(part) for part in command], cwd=directory,
        env={**kept, **(variables or {})}, timeout=RUN_SECONDS,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


class Relay(grpc.GenericRpcHandler):
    """Passes calls on to a server, and breaks off the first listing.

    After the first message the listing ends with UNAVAILABLE. `listings` holds
    the request of every listing, `ids` the x-request-id of every call.
    """

    def __init__(self, channel: grpc.Channel):
        self._channel = channel
        self._server = grpc.server(futures.ThreadPoolExecutor(4))
        self._server.add_generic_rpc_handlers((self,))
        port = self._server.add_insecure_port(processes.ANY_PORT)
        self.address = f"127.0.0.1:{port}"
        self.listings: list = []
        self.ids: list[str] = []

    def __enter__(self):
        self._server.start()
        return self

    def __exit__(self, kind, value, traceback):
        self._server.stop(grace=None).wait(processes.EXIT_SECONDS)

    def service(self, handler_call_details):
        """Returns the handler of a method, for any method."""
        path = handler_call_details.method
        self.ids += [value for key, value in
                     handler_call_details.invocation_metadata
                     if key == "x-request-id"]
        if path.endswith("/ListRange"):
            return grpc.unary_stream_rpc_method_handler(
                lambda request, context: self._list(path, request, context))
        return grpc.unary_unary_rpc_method_handler(
            lambda request, context: self._ask(path, request, context))

    def _ask(self, path: str, request: bytes, context) -> bytes:
        try:
            return self._channel.unary_unary(path)(
                request, timeout=processes.CALL_SECONDS)
        except grpc.RpcError as error:
            context.set_trailing_metadata(error.trailing_metadata())
            context.abort(error.code(), error.details())

    def _list(self, path: str, request: bytes, context):
        self.listings.append(pb.ListRangeRequest.FromString(request))
        for message in self._channel.unary_stream(path)(
                request, timeout=processes.CALL_SECONDS):
            yield message
            if len(self.listings) == 1:
                context.abort(grpc.StatusCode.UNAVAILABLE, "broken off")


class ExampleChecks:
    """Checks what an example must do; a test case in its language defines how to run it.

    run_example(target) runs the example and returns its CompletedProcess.
    """

    server: processes.Portregd

    def run_example(self, target: str):
        """Runs the example."""
        raise NotImplementedError

    def assert_prints_all(self, done):
        """Checks the output of a run."""
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout, OUTPUT)

    def test_it_shows_what_a_server_answers(self):
        self.assert_prints_all(self.run_example(self.server.address))

    def test_it_goes_on_where_a_listing_broke_and_traces_its_calls(self):
        with Relay(self.server.channel()) as relay:
            self.assert_prints_all(self.run_example(relay.address))
        first, second = relay.listings
        self.assertEqual(first.resume_token, "")
        self.assertNotEqual(second.resume_token, "")
        self.assertEqual(list(second.layers), list(first.layers))
        self.assertEqual(len(relay.ids), len(set(relay.ids)))
        self.assertEqual(len(relay.ids), 9)

    def test_it_tells_in_a_line_that_nobody_answers(self):
        with socket.socket() as silent:  # bound, so that nobody listens there
            silent.bind(("127.0.0.1", 0))
            done = self.run_example(f"127.0.0.1:{silent.getsockname()[1]}")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, r"\AUNAVAILABLE: [^\n]+\n\Z")
