"""Checks that portreg --offline answers like a portregd without files, and needs no files.

    PORTREGD=portregd PORTREG=portreg python3 portreg_offline_test.py
"""

import random
import unittest

import registry_files
import tool
from processes import Portregd
from tool_case import COMMANDS, ToolTestCase

SEED = 6335


def setUpModule():
    global SERVER
    SERVER = unittest.enterModuleContext(Portregd())


class OfflineTest(ToolTestCase):
    """Compares answers of the server with those of the tool alone."""

    def random_keys(self) -> list[str]:
        chance = random.Random(SEED)
        names = [row[0] for row in registry_files.read_rows(
            registry_files.EMBEDDED_IANA_FILE) if row[0]]
        tails = ("", "/tcp", "/udp", "/sctp", "/dccp")
        keys = []
        for _ in range(150):
            first = chance.choice((chance.randrange(1024),
                                   chance.randrange(65536)))
            keys.append(f"{first}{chance.choice(tails)}")
            last = min(65535, first + chance.randrange(50))
            keys.append(f"{first}-{last}{chance.choice(tails)}")
            name = chance.choice(names)
            keys.append(chance.choice((name, name.upper(), name.title()))
                        + chance.choice(tails))
        return [*keys, "no-such", "SMB", "socks proxy", 'a"b',
                "no\x1bsuch\u202e"]

    def assert_same(self, *arguments: str):
        online = tool.run(f"--target={SERVER.address}", *arguments)
        offline = tool.run("--offline", *arguments)
        self.assertEqual(offline.code, online.code)
        self.assertEqual(offline.stdout, online.stdout)
        self.assertEqual(offline.stderr, online.stderr)
        self.assertIn(offline.code, (0, 2))

    def test_offline_lookups_equal_the_servers(self):
        keys = self.random_keys()
        for flags in (["-o", "json"], ["-o", "ndjson"], ["-o", "csv"], [],
                      ["--short"], ["-o", "json", "--layer=iana"]):
            with self.subTest(flags=flags):
                self.assert_same(*flags, "lookup", "--", *keys)

    def test_other_offline_answers_equal_the_servers(self):
        chance = random.Random(SEED)
        ports = [str(chance.randrange(65536)) for _ in range(50)]
        for arguments in (
                ("classify", *ports), ("classify", "-o", "json", *ports),
                ("list", "-o", "json", "--portless"), ("list", "-o", "csv"),
                ("list", "0-1023/udp", "--layer=common"),
                ("search", "web", "proxy"), ("search", "htps"),
                ("search", "-o", "json", "--details", "sql"),
                ("info", "-o", "json"), ("info", "--short")):
            with self.subTest(arguments=arguments[:3]):
                self.assert_same(*arguments)

    def test_no_server_is_needed(self):
        with tool.silent_server() as listener:
            for command in COMMANDS:
                outcome = tool.run(
                    "--offline", *command, variables={
                        "PORTREG_TARGET": tool.address_of(listener)})
                self.assertEqual((outcome.code, outcome.stderr), (0, ""))
            listener.settimeout(0)
            self.assertRaises(BlockingIOError, listener.accept)


if __name__ == "__main__":
    unittest.main()
