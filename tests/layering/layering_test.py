"""Reads every #include and asserts which part of the project may use which.

    python3 layering_test.py

gRPC's and Protobuf's headers lie in /usr/include, so a missing link keeps
nobody from including them: the compiler cannot watch over the directions.
"""

import os
import pathlib
import re
import tempfile
import unittest

SOURCE_DIR = pathlib.Path(os.environ.get(
    "PORTREG_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
PARTS = ("common", "server", "client", "proto")
# Where public headers lie, which users include by what comes after it.
PUBLIC_HEADERS = ("client/include/", "client/mocks/include/",
                  "server/testing/include/")
# Projects of their own, as users have them; other rules hold there.
EXAMPLES = ("client/quickstart/", "client/examples/")

INCLUDE = re.compile(r'^\s*#\s*(?:include|include_next|import)\s*(.*?)\s*$',
                     re.MULTILINE)
TARGET = re.compile(r'[<"]([^>"]+)[>"]')
PROTO_IMPORT = re.compile(r'^\s*import\s+(?:public\s+|weak\s+)?"([^"]+)"\s*;',
                          re.MULTILINE)
GUARD = re.compile(r"\A(?:\s|//[^\n]*\n)*#ifndef (\w+)\n#define (\w+)\n")

# What an included path belongs to; the first prefix that fits.
OWNERS = (
    ("absl/", "absl"), ("grpc/", "grpc"), ("grpcpp/", "grpc"),
    ("google/", "google"), ("openssl/", "openssl"),
    ("utf8.h", "utfcpp"), ("utf8/", "utfcpp"),
    ("nlohmann/", "json"), ("prometheus/", "prometheus"),
    ("microhttpd.h", "microhttpd"), ("systemd/", "systemd"),
    ("portreg/v1/", "proto"), ("portreg/errordetails/", "proto"),
    ("gmock/", "gtest"), ("gtest/", "gtest"),
    ("portreg/testing/fake_server.h", "fake server"),
    ("portreg/testing/", "mocks"), ("portreg/", "client headers"),
    ("common/embedded/", "embedded data"), ("common/", "common"),
    ("server/", "server"), ("client/cli/", "tool"),
    ("client/", "client library"),
    ("sys/", "system"), ("net/", "system"), ("netinet/", "system"),
    ("arpa/", "system"), ("linux/", "system"))

# Which owners a file may include, by the first prefix of its path that fits.
MAY_INCLUDE = (
    ("common/embedded/", {"system", "absl", "common", "embedded data"}),
    ("common/tls/", {"system", "absl", "openssl", "common"}),
    ("common/sha256.", {"system", "absl", "common", "openssl"}),
    ("common/utf8.", {"system", "absl", "common", "utfcpp"}),
    ("common/quote.", {"system", "absl", "common", "utfcpp"}),
    ("common/", {"system", "absl", "common"}),
    # What is installed finds nothing beside it but what is installed too.
    ("server/testing/include/", {"system", "absl", "proto"}),
    ("client/include/", {"system", "absl", "proto", "client headers"}),
    ("client/mocks/", {"system", "absl", "grpc", "google", "gtest", "proto",
                       "client headers", "mocks"}),
    ("server/testing/", {"system", "absl", "grpc", "google", "proto",
                         "common", "server", "fake server"}),
    ("server/log.", {"system", "absl", "common", "json", "server"}),
    ("server/metrics", {"system", "absl", "common", "prometheus", "server"}),
    ("server/http_server.", {"system", "absl", "microhttpd", "server"}),
    ("server/service_manager.", {"system", "systemd", "server"}),
    ("server/memory_file.", {"system", "absl", "openssl", "server"}),
    ("server/", {"system", "absl", "grpc", "google", "proto", "common",
                 "embedded data", "server"}),
    ("client/cli/", {"system", "absl", "grpc", "google", "utfcpp", "proto",
                     "common", "embedded data", "client headers", "tool"}),
    ("client/", {"system", "absl", "grpc", "google", "proto", "common",
                 "client headers", "client library"}),
    ("proto/", {"google", "proto"}))


def owner_of(included: str) -> str:
    """What an included path belongs to; "unknown" if to nothing known."""
    for prefix, owner in OWNERS:
        if included.startswith(prefix):
            return owner
    return "system" if "/" not in included else "unknown"


def allowed_to(path: str) -> set[str]:
    """The owners that a file of the project may include."""
    return next(owners for prefix, owners in MAY_INCLUDE
                if path.startswith(prefix))


def guard_of(path: str) -> str:
    """The include guard of a header: its path, as it is included."""
    for directory in PUBLIC_HEADERS:
        path = path.removeprefix(directory)
    included = path.removeprefix("portreg/")
    return f"PORTREG_{re.sub(r'[^A-Za-z0-9]', '_', included).upper()}_"


def source_files(root: pathlib.Path, *endings: str) -> list[str]:
    """The paths of the project's files with one of the endings."""
    found = (str(path.relative_to(root)) for part in PARTS
             for ending in endings
             for path in (root / part).rglob(f"*{ending}"))
    return sorted(path for path in found if not path.startswith(EXAMPLES))


def included_by(path: str, text: str) -> list[str]:
    """The paths that a file includes.

    What is no path from the root or of the system has an owner "unknown".
    """
    if path.endswith(".proto"):
        return PROTO_IMPORT.findall(text)
    found = []
    for rest in INCLUDE.findall(text):
        target = TARGET.match(rest)
        if not target:
            found.append(f"macro/{rest}")
        elif rest[0] == '"' and "/" not in target[1]:
            found.append(f"./{target[1]}")  # not written from the root
        else:
            found.append(target[1])
    return found


def wrong_directions(root: pathlib.Path) -> list[str]:
    """"file includes path" for each include against the directions."""
    found = []
    for path in source_files(root, ".h", ".cc", ".proto"):
        for included in included_by(path, (root / path).read_text("utf-8")):
            if owner_of(included) not in allowed_to(path):
                found.append(f"{path} includes {included}")
    return found


def included_sources(root: pathlib.Path) -> list[str]:
    """"file includes path" for each include of something that is no header."""
    return [f"{path} includes {included}"
            for path in source_files(root, ".h", ".cc")
            for included in included_by(path, (root / path).read_text("utf-8"))
            if included.endswith((".cc", ".cpp", ".c"))]


def wrong_guards(root: pathlib.Path) -> list[str]:
    """The headers whose include guard is not their path."""
    found = []
    for path in source_files(root, ".h"):
        guard = GUARD.match((root / path).read_text("utf-8"))
        wanted = guard_of(path)
        if not guard or guard.groups() != (wanted, wanted):
            found.append(f"{path} has no guard {wanted}")
    return found


class LayeringTest(unittest.TestCase):
    """The project's own files."""

    def test_the_files_are_found(self):
        for part, endings in (("common", (".h", ".cc")),
                              ("server", (".h", ".cc")),
                              ("client", (".h", ".cc")),
                              ("client/cli", (".h", ".cc")),
                              ("client/include", (".h",)),
                              ("proto", (".proto",))):
            for ending in endings:
                with self.subTest(part=part, ending=ending):
                    self.assertTrue(any(
                        path.startswith(part + "/")
                        for path in source_files(SOURCE_DIR, ending)))

    def test_there_are_no_sources_of_other_endings(self):
        self.assertEqual(source_files(
            SOURCE_DIR, ".hpp", ".hh", ".cpp", ".cxx", ".c", ".inc"), [])

    def test_includes_keep_the_directions(self):
        self.assertEqual(wrong_directions(SOURCE_DIR), [])

    def test_no_file_includes_a_source(self):
        self.assertEqual(included_sources(SOURCE_DIR), [])

    def test_every_header_is_guarded_by_its_path(self):
        self.assertEqual(wrong_guards(SOURCE_DIR), [])


class MadeUpTest(unittest.TestCase):
    """The checks themselves, on a tree made up for them."""

    # file: (what it may include, what it must not)
    INCLUDES = {
        "common/a.h": (
            ["<string>", "<sys/stat.h>", '"absl/strings/str_cat.h"',
             '"common/b.h"'],
            ['"grpcpp/grpcpp.h"', "<grpcpp/grpcpp.h>", "<grpc/grpc.h>",
             '"google/protobuf/message.h"', '"portreg/client.h"',
             '"portreg/v1/port_record.pb.h"', '"server/server.h"',
             '"client/cli/main.h"', '"common/embedded/embedded.h"',
             '"openssl/evp.h"', "<utf8.h>", '"b.h"', '"../server/data.h"',
             "<boost/any.hpp>", "SOME_MACRO"]),
        "common/tls/a.cc": (
            ['"openssl/ssl.h"', '"common/tls/b.h"'],
            ['"grpcpp/grpcpp.h"', '"server/log.h"']),
        "common/sha256.cc": (['"openssl/evp.h"'], ["<utf8.h>"]),
        "common/utf8.h": (["<utf8.h>"], ['"openssl/evp.h"']),
        "common/embedded/x.cc": (
            ['"common/record.h"'], ['"server/server.h"']),
        "server/a.cc": (
            ['"common/a.h"', '"common/embedded/embedded.h"',
             '"grpcpp/grpcpp.h"', '"google/protobuf/message.h"',
             '"portreg/v1/port_record.pb.h"',
             '"portreg/errordetails/v1/error_details.pb.h"'],
            ['"client/channel.h"', '"portreg/client.h"',
             '"client/cli/flags.h"']),
        "client/a.cc": (
            ['"portreg/client.h"', '"portreg/v1/port_record.pb.h"',
             '"common/port.h"', '"client/channel.h"', '"grpcpp/grpcpp.h"'],
            ['"server/server.h"', '"common/embedded/embedded.h"',
             '"client/cli/flags.h"',
             '  #  include "server/server.h"  // comment']),
        "client/include/portreg/a.h": (
            ['"portreg/client_options.h"', '"absl/status/status.h"',
             '"portreg/v1/port_record.pb.h"'],
            ['"server/server.h"', '"common/embedded/embedded.h"',
             '"common/record.h"', '"client/channel.h"']),
        "client/mocks/include/portreg/testing/a.h": (
            ['"portreg/client.h"', '"gmock/gmock.h"'],
            ['"client/channel.h"', '"common/record.h"',
             '"server/service.h"']),
        "server/testing/include/portreg/testing/a.h": (
            ['"portreg/v1/port_record.pb.h"'],
            ['"server/service.h"', '"common/record.h"',
             '"portreg/client.h"', '"grpcpp/grpcpp.h"']),
        "server/testing/a.cc": (
            ['"portreg/testing/fake_server.h"', '"server/service.h"'],
            ['"portreg/client.h"', '"common/embedded/embedded.h"',
             '"portreg/testing/mock_stub.h"']),
        "client/cli/a.cc": (
            ['"portreg/client.h"', '"common/embedded/embedded.h"',
             '"client/cli/flags.h"'],
            ['"server/server.h"', '"client/channel.h"'])}

    def setUp(self):
        self.root = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory(prefix="layering-")))

    def write(self, path: str, text: str):
        """Writes a file of the tree."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, "utf-8")

    def test_every_direction_that_is_wrong_is_found_and_no_other(self):
        for path, (right, wrong) in self.INCLUDES.items():
            for included, found in ([(each, 0) for each in right]
                                    + [(each, 1) for each in wrong]):
                with self.subTest(path=path, included=included):
                    line = (included if "#" in included
                            else f"#include {included}")
                    self.write(path, f"#include <vector>\n{line}\n")
                    self.assertEqual(
                        len(wrong_directions(self.root)), found)
                    (self.root / path).unlink()

    def test_an_import_from_elsewhere_in_a_proto_is_found(self):
        self.write("proto/portreg/v1/a.proto",
                   'import "google/protobuf/any.proto";\n'
                   'import "portreg/v1/b.proto";\nimport "common/c.proto";\n')
        self.assertEqual(
            wrong_directions(self.root),
            ["proto/portreg/v1/a.proto includes common/c.proto"])

    def test_an_included_source_is_found(self):
        self.write("common/a.cc", '#include "common/b.cc"\n')
        self.assertEqual(included_sources(self.root),
                         ["common/a.cc includes common/b.cc"])

    def test_guards(self):
        table = {
            ("common/a.h", "PORTREG_COMMON_A_H_"): True,
            ("client/include/portreg/a.h", "PORTREG_A_H_"): True,
            ("server/testing/include/portreg/testing/a.h",
             "PORTREG_TESTING_A_H_"): True,
            ("client/cli/a_b.h", "PORTREG_CLIENT_CLI_A_B_H_"): True,
            ("common/a.h", "COMMON_A_H"): False,
            ("common/b.h", "PORTREG_COMMON_A_H_"): False}
        for (path, guard), right in table.items():
            with self.subTest(path=path, guard=guard):
                self.write(path, f"// Comment.\n#ifndef {guard}\n"
                                 f"#define {guard}\n#endif\n")
                self.assertEqual(not wrong_guards(self.root), right)
                (self.root / path).unlink()
        self.write("common/a.h", "#pragma once\n")
        self.assertEqual(wrong_guards(self.root),
                         ["common/a.h has no guard PORTREG_COMMON_A_H_"])


if __name__ == "__main__":
    unittest.main()
