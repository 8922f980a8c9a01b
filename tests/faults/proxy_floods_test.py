"""Floods deploy/proxy/haproxy.cfg with what gRPC 1.51 cannot withstand by itself.

    PORTREGD=portregd python3 proxy_floods_test.py

The attackers speak TLS with the proxy, and a good client of the same proxy is
answered all the time. The server's memory stays flat, because the proxy does
not pass the floods on. nginx is not tested, because it passes on calls that are
reset.
"""

import contextlib
import pathlib
import ssl
import subprocess
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "deploy")]

import floods
import serving
from floods_test import FLOOD_SECONDS, MOST_LOG_LINES

import proxies

FLOODS = {**{name: floods.FLOODS[name] for name in floods.STARVING},
          **{name: flood for name, (flood, _) in
             floods.BEHIND_A_PROXY_ONLY.items()}}
ATTACKERS = 2
# Differs from the good client's, because the proxy counts calls and connections
# by address.
ATTACKERS_ADDRESS = "127.0.0.2"
# The longest time for a reply to a good client while the proxy is flooded.
PATIENT_SECONDS = 5 * serving.PATIENCE
# The growth that the calls explain that pass the proxy.
MOST_GROWTH_MIB = 64
BACK_SECONDS = 10
# The most CPU seconds of the server for each second of flood. Without the
# proxy's http-buffer-request it takes twice as much.
MOST_CPU = 0.5


class HAProxyTest(unittest.TestCase):

    def setUp(self):
        certificates = self.enterContext(proxies.Certificates())
        self.server = self.enterContext(serving.Attacked())
        self.proxy = self.enterContext(
            proxies.HAProxy(certificates, self.server.address))
        self.channel = lambda: certificates.channel(self.proxy.address)
        with contextlib.closing(self.channel()) as channel:
            serving.lookup(channel)

    def flood(self, name: str):
        """Floods the proxy from separate processes."""
        attackers = [subprocess.Popen(
            [sys.executable, "-B", __file__, self.proxy.address, name])
            for _ in range(ATTACKERS)]
        for each in attackers:
            self.assertEqual(each.wait(FLOOD_SECONDS + 30), 0)

    def check(self, name: str):
        before = self.server.usage()
        with serving.SteadyCaller(self.channel(), PATIENT_SECONDS) as caller:
            self.flood(name)
            answered = caller.answered
            self.assertTrue(serving.eventually(
                lambda: caller.answered > answered, 1),
                (caller.answered, caller.failures[-3:], self.proxy.log()[-600:]))
        caller.check()
        after = self.server.usage()
        print(f"{name}: {caller.answered} calls answered,"
              f" the slowest in {caller.slowest_seconds:.2f} s; server"
              f" {after.cpu_seconds - before.cpu_seconds:.2f} CPU s,"
              f" {after.resident_mib - before.resident_mib:+.0f} MiB", flush=True)
        self.assertLess(after.cpu_seconds - before.cpu_seconds,
                        MOST_CPU * FLOOD_SECONDS)
        self.assertLess(after.resident_mib - before.resident_mib, MOST_GROWTH_MIB)
        self.assertLessEqual(after.log_lines - before.log_lines, MOST_LOG_LINES)
        self.assertTrue(serving.eventually(
            lambda: self.server.usage().descriptors
            <= before.descriptors + 2, BACK_SECONDS))

    def test_what_is_withstood_behind_it_only(self):
        for name in FLOODS:
            with self.subTest(name):
                self.check(name)


def main(address: str, name: str):
    """Runs one attacker."""
    import floods_test
    anybody = ssl.create_default_context()
    anybody.check_hostname = False
    anybody.verify_mode = ssl.CERT_NONE
    anybody.set_alpn_protocols(["h2"])
    floods_test.attack(address, FLOODS[name], FLOOD_SECONDS, tls=anybody,
                       source=ATTACKERS_ADDRESS)


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[2] in FLOODS:
        main(*sys.argv[1:])
    else:
        unittest.main()
