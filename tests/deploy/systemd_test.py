"""Checks the units of deploy/systemd by systemd's own tools.

    PORTREGD=portregd python3 systemd_test.py

Starts no unit, because that needs a system whose first process is systemd.
"""

import configparser
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import unittest

import deploy_paths
from processes import EXIT_SECONDS, READY_SECONDS, Portregd, run

SYSTEMD = deploy_paths.DEPLOY_DIR / "systemd"
UNITS = ("portregd.service", "portregd-refresh.service", "portregd-refresh.timer")
SERVICES = UNITS[:2]
MOST_EXPOSURE = 1.5
EXAMPLES = {"refresh.conf": "portregd.service", "tls.conf": "portregd.service",
            "refresh-tls.conf": "portregd-refresh.service"}
# The paths of programs in the units, and the paths in this build.
PROGRAMS = {"/usr/bin/portregd": os.environ["PORTREGD"],
            "/usr/lib/portreg/portreg-refresh":
                str(deploy_paths.DEPLOY_DIR / "refresh/portreg-refresh")}


def analyze(*arguments: object) -> subprocess.CompletedProcess:
    """Runs systemd-analyze to its end."""
    return subprocess.run(["systemd-analyze", *map(str, arguments)], capture_output=True,
                          text=True, timeout=EXIT_SECONDS, check=False)


def seconds(duration: str) -> float:
    """Returns the seconds of a duration that Abseil wrote with one unit."""
    number, unit = re.fullmatch(r"([0-9.]+)(ms|s|m|h)", duration).groups()
    return float(number) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[unit]



class VariablesTest(unittest.TestCase):
    """Checks the variables of portregd in all files of deploy."""

    def test_none_of_tls_is_set_to_nothing(self):
        # An empty value would keep portregd from starting.
        empty = re.compile(
            r"PORTREGD_TLS_\w+[\"']?\s*(?:=|:|,\s*value:)\s*(?:\"\"|'')?\s*[}\"']*$", re.M)
        for path in sorted(deploy_paths.DEPLOY_DIR.rglob("*")):
            if path.is_file() and path.suffix != ".png":
                with self.subTest(path.name):
                    self.assertIsNone(empty.search(path.read_text("utf-8")))
        for line in ("PORTREGD_TLS_KEY=", "  PORTREGD_TLS_KEY: ''",
                     "- {name: PORTREGD_TLS_KEY, value: \"\"}"):
            self.assertIsNotNone(empty.search(line), line)


class UnitsTest(unittest.TestCase):
    """Checks copies of the units that name this build's programs."""

    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        # Links, because a unit must quote a path with a blank.
        self.links = {}
        for installed, built in PROGRAMS.items():
            link = self.directory / pathlib.Path(installed).name
            link.symlink_to(built)
            self.links[installed] = str(link)
        for name in UNITS:
            (self.directory / name).write_text(self.with_links(SYSTEMD / name))
        self.service = self.unit("portregd.service")["Service"]

    def with_links(self, unit: pathlib.Path) -> str:
        """Returns the text of a unit that names this build's programs."""
        text = unit.read_text()
        for installed, link in self.links.items():
            text = text.replace(installed, link)
        return text

    def unit(self, name: str) -> configparser.ConfigParser:
        """Returns a unit's settings; if one is set twice, the last value."""
        parser = configparser.ConfigParser(strict=False, interpolation=None)
        parser.optionxform = str
        parser.read(self.directory / name)
        return parser

    def add_drop_in(self, name: str):
        """Adds an example to the unit that it is for."""
        unit = EXAMPLES[name]
        directory = self.directory / f"{unit}.d"
        directory.mkdir(exist_ok=True)
        (directory / name).write_text(self.with_links(SYSTEMD / "examples" / name))

    def assert_verified(self):
        for name in UNITS:
            done = analyze("verify", "--man=no", "--recursive-errors=no", self.directory / name)
            self.assertEqual((done.returncode, done.stderr), (0, ""), name)

    def test_systemd_finds_no_fault(self):
        self.assert_verified()

    def test_systemd_finds_no_fault_with_the_examples(self):
        examples = sorted(path.name for path in (SYSTEMD / "examples").iterdir())
        self.assertEqual(examples, sorted(EXAMPLES))
        for name in examples:
            self.add_drop_in(name)
        self.assert_verified()

    def test_what_is_wrong_is_noticed(self):
        with open(self.directory / "portregd.service", "a") as unit:
            unit.write("[Service]\nNoSuchSetting=yes\n")
        with self.assertRaises(AssertionError):
            self.assert_verified()

    def test_exposure_is_low(self):
        for name in SERVICES:
            done = analyze("security", "--offline=true",
                           f"--threshold={round(MOST_EXPOSURE * 10)}", self.directory / name)
            self.assertEqual(done.returncode, 0, done.stdout)
            exposure = float(re.search(r"exposure level for \S+: ([0-9.]+)", done.stdout)[1])
            self.assertLessEqual(exposure, MOST_EXPOSURE)

    def test_the_server_has_time_to_drain(self):
        told = run("--help").stdout
        drain = sum(seconds(re.search(rf"--drain_{part}=(\S+)", told)[1])
                    for part in ("delay", "grace"))
        self.assertGreater(float(self.service["TimeoutStopSec"]), drain + 2)

    def test_descriptors_suffice_for_the_connections_that_are_allowed(self):
        connections = int(re.search(r"--max_connections=(\d+)", run("--help").stdout)[1])
        self.assertGreater(int(self.service["LimitNOFILE"]), connections + 100)

    def test_variables_are_flags(self):
        flags = set(re.findall(r"^  --(\w+)", run("--help").stdout, re.MULTILINE))
        named = set()
        for path in (SYSTEMD / "portregd.default", *(SYSTEMD / "examples").iterdir()):
            named |= set(re.findall(r"PORTREGD_([A-Z_]+)=", path.read_text()))
        self.assertIn("TLS_CERT", named)
        self.assertEqual({name.lower() for name in named} - flags, set())

    def test_server_and_refresh_are_one_user_of_one_directory(self):
        self.add_drop_in("refresh.conf")
        refresh = self.unit("portregd-refresh.service")["Service"]
        served = self.unit("portregd.service.d/refresh.conf")["Service"]
        self.assertEqual(self.service["User"], refresh["User"])
        self.assertEqual(served["StateDirectory"], refresh["StateDirectory"])
        told = subprocess.run([PROGRAMS["/usr/lib/portreg/portreg-refresh"], "--help"],
                              capture_output=True, text=True, timeout=EXIT_SECONDS, check=True)
        self.assertIn(f"--file={served['Environment'].removeprefix('PORTREGD_IANA_FILE=')} ",
                      told.stdout)

    def test_the_timer_starts_the_refresh_once_a_day(self):
        timer = self.unit("portregd-refresh.timer")["Timer"]
        self.assertEqual((timer["OnCalendar"], timer["Persistent"]), ("daily", "yes"))
        self.assertIn("RandomizedDelaySec", timer)
        # absent, so the timer starts the service of its own name
        self.assertNotIn("Unit", timer)


class NotificationTest(unittest.TestCase):
    """Checks portregd's messages to its supervisor, sd_notify(3): Type=notify."""

    def test_it_says_when_it_is_ready_reloads_and_stops(self):
        directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        supervisor = self.enterContext(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        supervisor.bind(str(directory / "notify"))
        supervisor.settimeout(READY_SECONDS)

        def states() -> list[str]:
            """Returns the states of the next message."""
            return [line for line in supervisor.recv(4096).decode().splitlines()
                    if not line.startswith("MONOTONIC_USEC=")]

        with Portregd(variables={"NOTIFY_SOCKET": str(directory / "notify")}) as server:
            self.assertIn("READY=1", states())
            server.send(signal.SIGHUP)
            self.assertIn("RELOADING=1", states())
            self.assertIn("READY=1", states())
            server.send(signal.SIGTERM)
            self.assertIn("STOPPING=1", states())
            self.assertEqual(server.wait(), 0)


if __name__ == "__main__":
    unittest.main()
