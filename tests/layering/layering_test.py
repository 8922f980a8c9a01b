"""Reads every #include, and checks that each part of the project uses only permitted parts.

    python3 layering_test.py

The compiler cannot check this, because the headers of gRPC and Protobuf are in
/usr/include, where every part finds them.
"""

import collections
import os
import pathlib
import re
import tempfile
import unittest

SOURCE_DIR = pathlib.Path(os.environ.get(
    "PORTREG_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
PARTS = ("common", "server", "client", "proto")
# The directories of public headers, which users include by the rest of the
# path.
PUBLIC_HEADERS = ("client/include/", "client/mocks/include/",
                  "server/testing/include/")
# Projects of their own, as users have them, with other rules.
EXAMPLES = ("client/quickstart/", "client/examples/")

INCLUDE = re.compile(r'^\s*#\s*(?:include|include_next|import)\s*(.*?)\s*$',
                     re.MULTILINE)
TARGET = re.compile(r'[<"]([^>"]+)[>"]')
PROTO_IMPORT = re.compile(r'^\s*import\s+(?:public\s+|weak\s+)?"([^"]+)"\s*;',
                          re.MULTILINE)
GUARD = re.compile(r"\A(?:\s|//[^\n]*\n)*#ifndef (\w+)\n#define (\w+)\n")

# The owners of included paths outside all rooms. The first prefix that fits
# counts.
OWNERS = (
    ("absl/", "absl"), ("grpc/", "grpc"), ("grpcpp/", "grpc"),
    ("google/", "protobuf"), ("openssl/", "openssl"),
    ("utf8.h", "utfcpp"), ("utf8/", "utfcpp"),
    ("simdjson.h", "simdjson"), ("zlib.h", "zlib"), ("zstd.h", "zstd"),
    ("nlohmann/", "json"), ("prometheus/", "prometheus"),
    ("microhttpd.h", "microhttpd"), ("gnutls/", "gnutls"), ("systemd/", "systemd"),
    ("portreg/v1/", "proto"), ("portreg/errordetails/", "proto"),
    ("gmock/", "gtest"), ("gtest/", "gtest"),
    ("portreg/testing/fake_server.h", "server/testing/include"),
    ("portreg/testing/", "client/mocks"), ("portreg/", "client/include"),
    ("sys/", "system"), ("net/", "system"), ("netinet/", "system"),
    ("arpa/", "system"), ("linux/", "system"))

# The other rooms and libraries that each room may include, besides the system
# and Abseil. A room follows those that it may include, so that there are no
# circles.
MAY_INCLUDE = {
    "proto": {"protobuf", "proto"},
    "common/system": set(),
    "common/text": {"openssl", "utfcpp"},
    "common/tls": {"openssl"},
    "common/model": {"common/text"},
    "common/names": {"common/model"},
    "common/changes": {"common/model", "common/names", "common/text"},
    "common/judgement": {"common/model", "common/text"},
    "common/flows": {"common/model", "common/names"},
    "common/search": {"common/model", "common/system", "common/text"},
    "common/data": {"common/model", "common/system", "common/text"},
    "common/import": {"common/data", "common/model", "common/text"},
    "common/embedded": {"common/data", "common/model"},
    "common/page": {"json", "common/judgement", "common/model", "common/names",
                    "common/text"},
    # The only room of common that uses the messages.
    "common/answers": {"protobuf", "proto", "common/judgement", "common/model", "common/search",
                       "common/text"},

    "server/workers": {"grpc", "common/system"},
    "server/replies": {"protobuf", "grpc", "proto", "common/answers",
                       "common/model", "common/search"},
    "server/service": {"protobuf", "grpc", "proto", "common/answers",
                       "common/model", "common/system", "common/text",
                       "server/replies", "server/workers"},
    "server/net": {"protobuf", "grpc", "common/model", "common/system",
                   "common/text", "server/replies", "server/service"},
    "server/process": {"grpc", "json", "systemd", "common/system",
                       "common/text", "server/service"},
    "server/tls": {"gnutls", "grpc", "openssl", "common/answers", "common/system",
                   "common/text", "common/tls"},
    "server/reload": {"common/changes", "common/data", "common/embedded",
                      "common/judgement", "common/model", "common/system", "common/text",
                      "server/process", "server/replies"},
    "server/http": {"microhttpd", "zlib", "common/system", "common/text",
                    "server/net", "server/tls"},
    "server/web_protocol": {"json", "protobuf", "proto", "common/answers",
                            "common/system", "common/text", "server/http",
                            "server/service"},
    "server/web": {"grpc", "proto", "common/answers", "common/model",
                   "common/system", "common/text", "server/http", "server/net",
                   "server/replies", "server/service", "server/web_protocol",
                   "server/workers"},
    "server/metrics": {"prometheus", "common/model", "common/text",
                       "server/http", "server/net", "server/process",
                       "server/reload", "server/service", "server/tls",
                       "server/web"},
    "server/daemon": {"protobuf", "common/model", "common/page",
                      "common/system", "common/text", "server/metrics",
                      "server/net", "server/process", "server/reload",
                      "server/service", "server/tls", "server/web"},
    # Installed headers find only other installed headers.
    "server/testing/include": {"proto"},
    "server/testing": {"protobuf", "grpc", "proto", "common/answers",
                       # Its CMake file links portreg::ranges, not the data.
                       "common/embedded", "common/model", "common/text", "server/replies",
                       "server/service", "server/testing/include"},

    "client/include": {"proto"},
    "client/mocks": {"protobuf", "grpc", "gtest", "proto", "client/include"},
    "client/calls": {"grpc", "proto", "common/system", "common/text",
                     "client/include"},
    "client/replies": {"protobuf", "grpc", "proto", "common/judgement", "common/model",
                       "common/text", "client/calls"},
    "client/connections": {"grpc", "proto", "common/model", "common/system",
                           "common/tls", "client/include", "client/calls",
                           "client/replies"},
    "client/lookups": {"protobuf", "grpc", "proto", "common/model",
                       "common/system", "client/include", "client/calls",
                       "client/connections"},
    "client/listings": {"grpc", "proto", "common/model", "common/system",
                        "client/include", "client/calls",
                        "client/connections", "client/replies"},
    "client/watches": {"grpc", "proto", "common/system", "client/include",
                       "client/calls", "client/connections",
                       "client/replies"},
    "client/api": {"common/system", "common/tls", "client/include",
                   "client/calls", "client/connections", "client/listings",
                   "client/lookups", "client/watches"},
    "client/mirror": {"proto", "common/answers", "common/flows", "common/model",
                      "common/names", "common/system", "client/include", "client/calls",
                      "client/replies"},

    "client/cli/display": {"utfcpp", "proto", "common/answers",
                           "common/model", "common/text"},
    "client/cli/base": {"client/include", "common/import", "common/model", "common/text",
                        "client/cli/display"},
    "client/cli/flags": {"common/judgement", "common/model", "common/text",
                         "client/cli/base"},
    "client/cli/audit": {"common/model", "common/text"},
    "client/cli/streams": {"zlib", "zstd"},
    "client/cli/flow_logs": {"simdjson", "common/flows", "common/model", "common/names",
                             "common/text", "client/cli/base"},
    "client/cli/annotate": {"common/system", "client/cli/flow_logs", "client/cli/streams"},
    "client/cli/sources": {"protobuf", "proto", "client/include", "common/answers",
                           # Its CMake file links portreg::ranges, not the data.
                           "common/changes", "common/data", "common/embedded",
                           "common/model", "common/search", "common/text",
                           "client/cli/base"},
    "client/cli/check": {"proto", "common/data", "common/judgement", "common/model",
                         "common/text", "client/cli/sources"},
    "client/cli/formats": {"protobuf", "utfcpp", "proto", "common/answers",
                           "common/data", "common/judgement", "common/model",
                           "common/names", "common/text",
                           "client/cli/audit", "client/cli/base",
                           "client/cli/check", "client/cli/display"},
    "client/cli/changes": {"proto", "common/answers", "common/changes", "common/model",
                           "common/text", "client/cli/display", "client/cli/formats"},
    "client/cli/lookup_tables": {"utfcpp", "common/model", "common/names", "common/text",
                                 "client/cli/base", "client/cli/display",
                                 "client/cli/formats"},
    "client/cli/commands": {"protobuf", "proto", "common/answers",
                            "common/data", "common/import", "common/judgement", "common/model",
                            "common/names", "common/page", "common/search", "common/text",
                            "client/cli/annotate", "client/cli/audit",
                            "client/cli/base", "client/cli/changes", "client/cli/check",
                            "client/cli/display", "client/cli/flow_logs",
                            "client/cli/formats", "client/cli/lookup_tables",
                            "client/cli/sources", "client/cli/streams"},
    # The main() of this room connects the other rooms.
    "client/cli": {"protobuf", "grpc", "common/system", "client/cli/base",
                   "client/cli/commands", "client/cli/display",
                   "client/cli/flags", "client/cli/sources"},
}
EVERYWHERE = {"system", "absl"}


NAMESPACE = re.compile(r"(?:inline )?namespace (?:([\w:]+) )?\{$")
# Matches definitions only: no semicolon follows the name.
TYPE = re.compile(r"(?:class|struct|union|enum class|enum) "
                  r"(?:alignas\([^)]*\) |ABSL_\w+ |\[\[\w+\]\] )*"
                  r"(\w+)(?: final)?(?: ?(?::(?!:)|\{).*)?$")


def room_of(path: str) -> str:
    """Returns the room that a file of the project lies in; "" if it lies in none."""
    fitting = [room for room in MAY_INCLUDE if path.startswith(f"{room}/")]
    return max(fitting, key=len, default="")


def owner_of(included: str) -> str:
    """Returns the room or library that an included path belongs to.

    Returns "unknown" if the path belongs to none.
    """
    for prefix, owner in OWNERS:
        if included.startswith(prefix):
            return owner
    return room_of(included) or ("system" if "/" not in included else "unknown")


def may_include(path: str, included: str) -> bool:
    """Returns True if a file of the project may include a path."""
    room, owner = room_of(path), owner_of(included)
    return owner == room or owner in EVERYWHERE | MAY_INCLUDE.get(room, set())


def guard_of(path: str) -> str:
    """Returns the include guard of a header: its path, as it is included."""
    for directory in PUBLIC_HEADERS:
        path = path.removeprefix(directory)
    included = path.removeprefix("portreg/")
    return f"PORTREG_{re.sub(r'[^A-Za-z0-9]', '_', included).upper()}_"


def source_files(root: pathlib.Path, *endings: str) -> list[str]:
    """Returns the paths of the project's files with one of the endings."""
    found = (str(path.relative_to(root)) for part in PARTS
             for ending in endings
             for path in (root / part).rglob(f"*{ending}"))
    return sorted(path for path in found if not path.startswith(EXAMPLES))


def included_by(path: str, text: str) -> list[str]:
    """Returns the paths that a file includes.

    A path that is neither from the root nor of the system has the owner
    "unknown".
    """
    if path.endswith(".proto"):
        return PROTO_IMPORT.findall(text)
    found = []
    for rest in INCLUDE.findall(text):
        target = TARGET.match(rest)
        if not target:
            found.append(f"macro/{rest}")
        elif rest[0] == '"' and "/" not in target[1]:
            found.append(f"./{target[1]}")  # not a path from the root
        else:
            found.append(target[1])
    return found


def wrong_directions(root: pathlib.Path) -> list[str]:
    """Returns "file includes path" for each include against the directions."""
    found = []
    for path in source_files(root, ".h", ".cc", ".proto"):
        for included in included_by(path, (root / path).read_text("utf-8")):
            if not may_include(path, included):
                found.append(f"{path} includes {included}")
    return found


def included_sources(root: pathlib.Path) -> list[str]:
    """Returns "file includes path" for each include of something that is no header."""
    return [f"{path} includes {included}"
            for path in source_files(root, ".h", ".cc")
            for included in included_by(path, (root / path).read_text("utf-8"))
            if included.endswith((".cc", ".cpp", ".c"))]


def wrong_guards(root: pathlib.Path) -> list[str]:
    """Returns the headers whose include guard is not their path."""
    found = []
    for path in source_files(root, ".h"):
        guard = GUARD.match((root / path).read_text("utf-8"))
        wanted = guard_of(path)
        if not guard or guard.groups() != (wanted, wanted):
            found.append(f"{path} has no guard {wanted}")
    return found


def defined_types(text: str) -> list[str]:
    """Returns the full names of the types that a file defines in named namespaces.

    Relies on the format: namespaces and their types begin in the first column.
    """
    namespaces, found = [], []
    for line in text.splitlines():
        if opened := NAMESPACE.match(line):
            namespaces.append(opened[1] or "")
        elif line.startswith("}  // namespace"):
            namespaces.pop()
        elif (defined := TYPE.match(line)) and "" not in namespaces:
            found.append("::".join([*namespaces, defined[1]]))
    return found


def types_defined_twice(root: pathlib.Path) -> list[str]:
    """Returns "type is defined in file and file" for each type with two definitions."""
    files = collections.defaultdict(list)
    for path in source_files(root, ".h", ".cc"):
        for name in defined_types((root / path).read_text("utf-8")):
            files[name].append(path)
    return [f"{name} is defined in {' and '.join(paths)}"
            for name, paths in sorted(files.items()) if len(paths) > 1]


class LayeringTest(unittest.TestCase):
    """Checks the project's own files."""

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

    def test_every_file_lies_in_a_room_and_every_room_has_files(self):
        rooms = {room_of(path)
                 for path in source_files(SOURCE_DIR, ".h", ".cc", ".proto")
                 # Leaves out files that are generated from gRPC's own file.
                 if not path.startswith("server/health/")}
        self.assertEqual(rooms, set(MAY_INCLUDE))

    def test_no_room_may_include_one_that_comes_after_it(self):
        rooms = list(MAY_INCLUDE)
        for i, room in enumerate(rooms):
            self.assertEqual(MAY_INCLUDE[room] & set(rooms[i + 1:]), set(), room)

    def test_common_knows_no_grpc_and_one_room_of_it_the_messages(self):
        for room, allowed in MAY_INCLUDE.items():
            if room.startswith("common/"):
                self.assertNotIn("grpc", allowed, room)
                self.assertEqual("protobuf" in allowed or "proto" in allowed,
                                 room == "common/answers", room)

    def test_client_and_server_do_not_know_each_other(self):
        for room, allowed in MAY_INCLUDE.items():
            other = {"client": "server/", "server": "client/"}.get(
                room.partition("/")[0], "-")
            self.assertFalse([each for each in allowed
                              if each.startswith(other)], room)

    def test_there_are_no_sources_of_other_endings(self):
        self.assertEqual(source_files(
            SOURCE_DIR, ".hpp", ".hh", ".cpp", ".cxx", ".c", ".inc"), [])

    def test_includes_keep_the_directions(self):
        self.assertEqual(wrong_directions(SOURCE_DIR), [])

    def test_no_file_includes_a_source(self):
        self.assertEqual(included_sources(SOURCE_DIR), [])

    def test_no_two_types_share_a_name(self):
        self.assertIn("portreg::server::Snapshot",
                      defined_types((SOURCE_DIR / "server/replies/snapshot.h")
                                    .read_text("utf-8")))
        self.assertEqual(types_defined_twice(SOURCE_DIR), [])

    def test_every_header_is_guarded_by_its_path(self):
        self.assertEqual(wrong_guards(SOURCE_DIR), [])


class MadeUpTest(unittest.TestCase):
    """Checks the functions above on a made-up tree."""

    # file: (paths that it may include, paths that it must not)
    INCLUDES = {
        "common/model/a.h": (
            ["<string>", "<sys/stat.h>", '"absl/strings/str_cat.h"',
             '"common/model/b.h"', '"common/text/quote.h"'],
            ['"grpcpp/grpcpp.h"', "<grpcpp/grpcpp.h>", "<grpc/grpc.h>",
             '"google/protobuf/message.h"', '"portreg/client.h"',
             '"portreg/v1/port_record.pb.h"', '"server/net/server.h"',
             '"client/cli/main.h"', '"common/embedded/embedded.h"',
             '"common/answers/answers.h"', '"common/data/csv.h"',
             '"openssl/evp.h"', "<utf8.h>", '"b.h"', '"../data/csv.h"',
             "<boost/any.hpp>", "SOME_MACRO"]),
        "common/a.h": (["<string>"], ['"common/model/port.h"']),
        "common/answers/a.cc": (
            ['"portreg/v1/port_record.pb.h"', '"google/protobuf/message.h"'],
            ['"grpcpp/grpcpp.h"', '"common/data/csv.h"']),
        "common/tls/a.cc": (
            ['"openssl/ssl.h"', '"common/tls/b.h"'],
            ['"grpcpp/grpcpp.h"', '"server/process/log.h"']),
        "server/service/a.cc": (
            ['"common/answers/answers.h"', '"server/replies/snapshot.h"',
             '"grpcpp/grpcpp.h"', '"google/protobuf/message.h"',
             '"portreg/v1/port_record.pb.h"',
             '"portreg/errordetails/v1/error_details.pb.h"'],
            ['"client/connections/channel.h"', '"portreg/client.h"',
             '"client/cli/flags/flags.h"', '"server/daemon/flags.h"']),
        "client/api/a.cc": (
            ['"portreg/client.h"', '"client/connections/channel.h"'],
            ['"server/net/server.h"', '"common/embedded/embedded.h"',
             '"client/cli/flags/flags.h"',
             '  #  include "server/net/server.h"  // comment']),
        "client/include/portreg/a.h": (
            ['"portreg/client_options.h"', '"absl/status/status.h"',
             '"portreg/v1/port_record.pb.h"'],
            ['"server/net/server.h"', '"common/embedded/embedded.h"',
             '"common/model/record.h"', '"client/connections/channel.h"']),
        "client/mocks/include/portreg/testing/a.h": (
            ['"portreg/client.h"', '"gmock/gmock.h"'],
            ['"client/connections/channel.h"', '"common/model/record.h"',
             '"server/service/service.h"']),
        "server/testing/include/portreg/testing/a.h": (
            ['"portreg/v1/port_record.pb.h"'],
            ['"server/service/service.h"', '"common/model/record.h"',
             '"portreg/client.h"', '"grpcpp/grpcpp.h"']),
        "server/testing/a.cc": (
            ['"portreg/testing/fake_server.h"', '"server/service/service.h"'],
            ['"portreg/client.h"', '"common/data/csv.h"',
             '"portreg/testing/mock_stub.h"']),
        "client/cli/commands/a.cc": (
            ['"client/cli/base/verbs.h"', '"client/cli/formats/json.h"'],
            ['"server/net/server.h"', '"client/connections/channel.h"',
             '"grpcpp/grpcpp.h"', '"portreg/client.h"'])}

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

    def test_a_type_that_is_defined_twice_is_found_and_no_other(self):
        self.write("server/a.h", "namespace portreg::server {\n"
                                 "struct Once;\nstruct Twice {\n};\n"
                                 "class ABSL_LOCKABLE Thrice final : public A {\n"
                                 "  struct Within {};\n};\n"
                                 "}  // namespace portreg::server\n")
        self.write("client/a.cc", "namespace portreg {\nnamespace {\n"
                                  "struct Twice {};\n}  // namespace\n"
                                  "struct Once {};\nstruct Within {};\n"
                                  "}  // namespace portreg\n")
        self.assertEqual(types_defined_twice(self.root), [])
        self.write("common/a.h", "namespace portreg {\nnamespace server {\n"
                                 "enum class Twice { kA };\nclass Thrice\n"
                                 "    : public B {};\n"
                                 "}  // namespace server\n}  // namespace portreg\n")
        self.assertEqual(
            types_defined_twice(self.root),
            [f"portreg::server::{name} is defined in common/a.h and server/a.h"
             for name in ("Thrice", "Twice")])

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
