"""Runs compression_test.mjs, which sends requests that grpc-js compresses.

    PORTREGD=portregd PORTREG_NODE=node PORTREG_NODE_DIRECTORY=packages \\
        python3 node_compression_test.py
"""

import pathlib
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / name)
                for name in ("integration", "operations")]

from example import run
from node_packages import installed, node
from service import Service

PROGRAM = pathlib.Path(__file__).with_name("compression_test.mjs")


class NodeCompressionTest(unittest.TestCase):
    """Asks the service and the admin side."""

    def test_a_compressed_request_is_refused_by_the_name_of_its_encoding(self):
        with Service("--reflection") as server:
            done = run([node(), installed(PROGRAM),
                        f"--target={server.address}",
                        f"--admin={server.admin_address}"])
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (0, "", ""))


if __name__ == "__main__":
    unittest.main()
