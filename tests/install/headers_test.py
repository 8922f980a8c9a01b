"""Compiles each installed header by itself, as C++17.

    CXX=clang++ ... python3 headers_test.py    (see installation.py)
"""

import concurrent.futures
import os
import pathlib
import unittest

import installation

COMPILER_NAME = pathlib.Path(os.environ["CXX"]).name
FLAGS = ("-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror",
         "-fsyntax-only")


class HeadersTest(unittest.TestCase):
    """Compiles the headers of the component dev in a prefix of their own."""

    @classmethod
    def setUpClass(cls):
        cls.directory = installation.fresh_directory(
            f"headers-{COMPILER_NAME}")
        prefix = cls.directory / "prefix"
        installation.install(prefix, "dev")
        cls.include = prefix / "include"
        cls.headers = sorted(path for path in
                             installation.files_of(cls.include)
                             if path.endswith(".h"))

    def errors_of(self, header: str, text: str = "") -> str:
        """Returns the compiler's messages about a source that includes only a header.

        Warnings are errors. Empty if there are no messages.
        """
        source = self.directory / (header.replace("/", "_") + ".cc")
        source.write_text(f'#include "{header}"\n{text}\n')
        done = installation.attempt(
            *installation.COMPILER, *FLAGS, "-I", self.include, source)
        return done.stdout if done.returncode else ""

    def test_every_header_compiles_alone(self):
        self.assertIn("portreg/client.h", self.headers)
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            for header, errors in zip(
                    self.headers, pool.map(self.errors_of, self.headers)):
                with self.subTest(header=header):
                    self.assertEqual(errors, "")

    def test_what_is_wrong_is_noticed(self):
        for text in ("#include <not/there.h>", "int f(int unused) {}",
                     "static_assert(__cplusplus != 201703L);"):
            with self.subTest(text=text):
                self.assertIn("error", self.errors_of(
                    "portreg/error.h", text))


if __name__ == "__main__":
    unittest.main()
