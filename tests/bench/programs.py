"""Starts the servers that the benchmark measures, and the programs that load them.

Servers run on one processor and the programs that load them on another, so that
neither takes time from the other.
"""

import contextlib
import json
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from typing import IO, Any

from rows import Settings

_CPUS = sorted(os.sched_getaffinity(0))
SERVER_CPU = _CPUS[0]
# A machine with one processor can still check answers.
LOAD_CPU = _CPUS[min(1, len(_CPUS) - 1)]

# A measurement ends within a second or two.
PATIENCE_SECONDS = 120


class Server:
    """A process that serves."""

    def __init__(self, pid: int, address: str) -> None:
        self.pid = pid
        # The address in gRPC's naming: "127.0.0.1:41234", "unix:/tmp/x".
        self.address = address


def free_port() -> int:
    """Returns a port of 127.0.0.1 on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def pinned(cpu: int, command: list[str]) -> list[str]:
    """Returns the command that runs `command` on that processor."""
    return ["taskset", "--cpu-list", str(cpu), *command]


def _drain(stream: IO[str]) -> None:
    for _ in stream:
        pass


@contextlib.contextmanager
def serving(
    command: list[str], ready: str = r"^READY (\S+)", address: str = ""
) -> Iterator[Server]:
    """Runs a server until the block ends.

    The server is ready once it has printed a line, to either stream, that
    matches `ready`. Its address is the first group of the pattern unless
    `address` is given.
    """
    process = subprocess.Popen(
        pinned(SERVER_CPU, command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = []
    try:
        for line in process.stdout:
            said.append(line)
            found = re.search(ready, line)
            if found:
                address = address or found[1]
                break
        else:
            raise RuntimeError(f"{command[0]} ended before it served: {''.join(said)[-500:]}")
        # Reads the pipe, because a full pipe would stop the server.
        threading.Thread(target=_drain, args=[process.stdout], daemon=True).start()
        yield Server(process.pid, address)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def portregd(
    settings: Settings, program: str = "portregd", listen: str = "127.0.0.1:0", **flags: Any
):
    """Runs portregd, or bench_server, which is portregd with the empty call."""
    command = [str(settings.binaries / program), f"--listen={listen}"]
    return serving(command + _flags(flags))


def self_signed(settings: Settings) -> dict[str, pathlib.Path]:
    """Returns a self-signed certificate of 127.0.0.1 and its key, as files.

    The keys are the names of portregd's flags.
    """
    files = {name: scratch(settings, f"{name}.pem") for name in ("tls_cert", "tls_key")}
    command = ["openssl", "req", "-x509", "-nodes", "-days", "1", "-subj", "/CN=portreg"]
    command += ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1"]
    command += ["-out", str(files["tls_cert"]), "-keyout", str(files["tls_key"])]
    subprocess.run(command, check=True, capture_output=True)
    return files


def plain_server(settings: Settings):
    """Runs the plain server, linked with the libraries as Debian's packages have them."""
    return serving([str(settings.dynamic_binaries / "plain_server"), "127.0.0.1:0"])


@contextlib.contextmanager
def redis() -> Iterator[Server]:
    """Runs a Redis that writes nothing to disk; yields a Server whose address is its port."""
    port = str(free_port())
    command = ["redis-server", "--port", port, "--bind", "127.0.0.1"]
    command += ["--save", "", "--appendonly", "no"]
    with serving(command, "Ready to accept connections", port) as server:
        yield server


@contextlib.contextmanager
def etcd() -> Iterator[Server]:
    """Runs an etcd of one member that does not wait for its disk."""
    client, peer = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    with tempfile.TemporaryDirectory() as directory:
        command = ["etcd", "--data-dir", directory, "--unsafe-no-fsync"]
        command += ["--listen-client-urls", client, "--advertise-client-urls", client]
        command += ["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer]
        command += ["--initial-cluster", f"default={peer}"]
        address = client.removeprefix("http://")
        with serving(command, "serving insecure client requests|ready to serve", address) as server:
            yield server


def load(settings: Settings, program: str, server: Server | None, **flags: Any) -> dict[str, Any]:
    """Runs one of the programs that load a server; returns what it has measured.

    Raises if an answer was wrong.
    """
    command = [str(settings.binaries / program)]
    if server is not None:
        command.append(f"--server_pid={server.pid}")
        if "port" not in flags:
            command.append(f"--target={server.address}")
    command += _flags(flags)
    done = subprocess.run(
        pinned(LOAD_CPU, command),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()[-300:]}")
    return json.loads(done.stdout)


def saturate(
    settings: Settings,
    server: Server,
    workload: str,
    index: int,
    connections: int = 1,
    streams: int = 64,
) -> dict[str, float]:
    """Asks one question of a workload again and again with h2load.

    `streams` calls are under way at once on each connection.

    h2load uses less processor time for a call than the server does, so the
    server is never idle; a gRPC client uses more. Returns rate (calls a second)
    and server_us (processor time of a call). Raises unless each reply has the
    size of the right one, which no error has.
    """
    file = scratch(settings, "request.bin")
    question = load(settings, "question", None, workload=workload, index=index, file=file)
    calls = settings.calls(25_000)
    command = ["h2load", "-n", str(calls), "-c", str(connections), "-m", str(streams)]
    command += ["-d", str(file)]
    command += ["-H", "content-type: application/grpc", "-H", "te: trailers"]
    command.append(f"http://{server.address}{question['method']}")
    before = cpu_seconds(server.pid)
    said = subprocess.run(
        pinned(LOAD_CPU, command),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=True,
    ).stdout
    used = cpu_seconds(server.pid) - before
    succeeded = re.search(r"(\d+) succeeded", said)
    data = re.search(r"\((\d+)\) data", said)
    rate = re.search(r"finished in .*?, ([\d.]+) req/s", said)
    if not (succeeded and data and rate) or int(succeeded[1]) != calls:
        raise RuntimeError(f"h2load: {said[-500:]}")
    # gRPC puts a prefix of five bytes before a message.
    if int(data[1]) != calls * (5 + question["answer_bytes"]):
        raise RuntimeError(f"{workload} {index}: replies of {data[1]} bytes in all are not right")
    return {"rate": float(rate[1]), "server_us": used * 1e6 / calls}


def cpu_seconds(pid: int) -> float:
    """Returns the processor time that all threads of a process have used."""
    # Makes the clock of a process like clock_getcpuclockid(3), which Python
    # lacks.
    return time.clock_gettime((~pid << 3) | 2)


def _flags(values: dict[str, Any]) -> list[str]:
    return [
        f"--{name}={str(value).lower() if isinstance(value, bool) else value}"
        for name, value in values.items()
    ]


def scratch(settings: Settings, name: str) -> pathlib.Path:
    """Returns a path for a file of this run."""
    return settings.output / name
