"""Runs ClickHouse with a dictionary of a lookup table, for tests.

    if clickhouse.SERVER:
        with clickhouse.Server(text) as server:
            server.query("SELECT 1")

Its files are in a temporary directory, it listens on loopback, and it is gone
at the end.
"""

import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from processes import PATIENCE, READY_SECONDS

# The server, or None where it is not installed.
SERVER = shutil.which("clickhouse-server", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
QUERY_SECONDS = 30 * PATIENCE
TRIES = 5

CONFIGURATION = """<yandex>
  <logger><level>warning</level><console>1</console></logger>
  <listen_host>127.0.0.1</listen_host>
  <http_port>{port}</http_port>
  <path>{directory}/data/</path>
  <tmp_path>{directory}/tmp/</tmp_path>
  <users_config>{directory}/users.xml</users_config>
  <dictionaries_config>{directory}/dictionary.xml</dictionaries_config>
  <mark_cache_size>1048576</mark_cache_size>
</yandex>
"""
USERS = """<yandex>
  <profiles><default/></profiles>
  <quotas><default/></quotas>
  <users><default>
    <password/><networks><ip>127.0.0.1</ip></networks>
    <profile>default</profile><quota>default</quota>
  </default></users>
</yandex>
"""
# The dictionary of deploy/pipelines.md as XML, which older versions of ClickHouse read too.
DICTIONARY = """<dictionaries><dictionary>
  <name>portreg</name>
  <source><file><path>{directory}/lookup.csv</path><format>CSVWithNames</format></file></source>
  <layout><complex_key_hashed/></layout>
  <lifetime>300</lifetime>
  <structure>
    <key>
      <attribute><name>port</name><type>UInt16</type></attribute>
      <attribute><name>protocol</name><type>UInt8</type></attribute>
    </key>
    {attributes}
  </structure>
</dictionary></dictionaries>
"""


class Server:
    """A server whose dictionary portreg has the CSV `table`, whose key is number."""

    def __init__(self, table: str):
        self._directory = tempfile.TemporaryDirectory()
        self._path = pathlib.Path(self._directory.name)
        (self._path / "lookup.csv").write_text(table, "utf-8")
        (self._path / "users.xml").write_text(USERS, "utf-8")
        attributes = "".join(
            f"<attribute><name>{name}</name><type>String</type><null_value/></attribute>"
            for name in table.partition("\n")[0].split(",")[2:])
        (self._path / "dictionary.xml").write_text(
            DICTIONARY.format(directory=self._path, attributes=attributes), "utf-8")
        self._process: subprocess.Popen | None = None

    def __enter__(self) -> "Server":
        # It takes no port 0, and another process may take the port that was free.
        for _ in range(TRIES):
            if self._start():
                return self
        self.__exit__(None, None, None)
        raise RuntimeError("clickhouse-server did not start")

    def _start(self) -> bool:
        """Starts the server on a free port. Returns whether it answers."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        config = self._path / "config.xml"
        config.write_text(CONFIGURATION.format(port=self._port, directory=self._path), "utf-8")
        self._process = subprocess.Popen(
            [SERVER, f"--config-file={config}"], cwd=self._path, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + READY_SECONDS
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                if self.query("SELECT 1") == "1\n":
                    return True
            except OSError:
                time.sleep(0.05)
        self._end()
        return False

    def query(self, text: str) -> str:
        """The answer to a query, tab-separated."""
        url = f"http://127.0.0.1:{self._port}/?{urllib.parse.urlencode({'query': text})}"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(url, timeout=QUERY_SECONDS) as answer:
                return answer.read().decode("utf-8")
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode("utf-8")) from error

    def _end(self):
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def __exit__(self, kind, value, traceback):
        self._end()
        self._directory.cleanup()
