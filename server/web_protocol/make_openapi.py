#!/usr/bin/python3
"""Makes openapi.json, the OpenAPI description of the web door's GET paths.

    make_openapi.py            # writes the file
    make_openapi.py --check    # exits 1 if it would change

Schemas and their texts come from the contract, through protoc. The paths and
their parameters are written here, and must be those of get_paths.cc; a test
asks a server for each.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2

HERE = pathlib.Path(__file__).resolve().parent
PROTO = HERE.parents[1] / "proto"
FILES = ("portreg/v1/port_record.proto",
         "portreg/v1/port_registry_service.proto")
OUTPUT = HERE / "openapi.json"
PACKAGE = ".portreg.v1."
RESPONSES = ("LookupResponse", "ClassifyResponse", "SearchResponse",
             "ListRangeResponse", "GetRegistryInfoResponse")

Field = descriptor_pb2.FieldDescriptorProto
SCALARS = {
    Field.TYPE_BOOL: {"type": "boolean"},
    Field.TYPE_STRING: {"type": "string"},
    Field.TYPE_INT32: {"type": "integer", "format": "int32"},
}
TIMESTAMP = {"type": "string", "format": "date-time"}

TRANSPORT = ("transport", "Limits records to those of this transport or of none.",
             {"type": "string", "enum": ["tcp", "udp", "sctp", "dccp"]})
LAYER = ("layer", "Limits records to those of this layer. May be repeated.",
         {"type": "array", "items": {
             "type": "string", "enum": ["local", "common", "iana"]}})
VIEW = ("view", "Adds the details of records.",
        {"type": "string", "enum": ["basic", "full"], "default": "basic"})
SCOPE = ("scope", "Limits local records to this scope, such as eu/prod.",
         {"type": "string", "maxLength": 64})
PORT = {"type": "integer", "minimum": 0, "maximum": 65535}


def in_query(name, description, schema, required=False) -> dict:
    """Returns a parameter of a query."""
    return {"name": name, "in": "query", "required": required,
            "description": description, "schema": schema}


def in_path(name, description, schema, example) -> dict:
    """Returns a parameter of a path."""
    return {"name": name, "in": "path", "required": True,
            "description": description, "schema": schema, "example": example}


def answers(message: str, media_type: str = "application/json",
            text: str = "The answer.") -> dict:
    """Returns the responses of a path."""
    etag = {"description": "A weak entity tag of the answer.",
            "schema": {"type": "string"}}
    return {
        "200": {"description": text, "headers": {"ETag": etag}, "content": {
            media_type: {"schema": {"$ref": f"#/components/schemas/{message}"}}}},
        "304": {"description": "If-None-Match has the answer's entity tag."},
        "default": {
            "description": "An error. Its status follows from its code.",
            "content": {"application/json": {
                "schema": {"$ref": "#/components/schemas/Error"}}}}}


def get(operation: str, summary: str, parameters: list, responses: dict) -> dict:
    """Returns a path that answers GET."""
    return {"get": {"operationId": operation, "summary": summary,
                    "parameters": parameters, "responses": responses}}


def paths() -> dict:
    """Returns all paths under /v1."""
    filters = [in_query(*TRANSPORT), in_query(*VIEW), in_query(*SCOPE)]
    listed = [in_query(*TRANSPORT), in_query(*LAYER), in_query(*VIEW), in_query(*SCOPE)]
    port = in_path("port", "A port number.", PORT, 443)
    return {
        "/v1/ports/{port}": get(
            "lookupPort", "Returns the records of a port.", [port, *filters],
            answers("LookupResponse")),
        "/v1/services/{name}": get(
            "lookupService", "Returns the records of a service name.",
            [in_path("name", "A service name or an alias, ignoring case.",
                     {"type": "string", "minLength": 1, "maxLength": 64}, "https"),
             *filters], answers("LookupResponse")),
        "/v1/ports": get(
            "listRange", "Lists the records that overlap a range of ports.",
            [in_query("first", "The first port.", {**PORT, "default": 0}),
             in_query("last", "The last port.", {**PORT, "default": 65535}),
             *listed,
             in_query("include_portless", "Adds the records without a port.",
                      {"type": "boolean", "default": False}),
             in_query("resume_token", "Continues after the line that had this token.",
                      {"type": "string"})],
            answers("ListRangeResponse", "application/x-ndjson",
                    "A line of JSON for each part of the listing; this is the schema "
                    "of a line. A body that breaks off is continued by the last "
                    "line's resume token.")),
        "/v1/search": get(
            "search", "Finds records by words.",
            [in_query("q", "Up to 16 words.",
                      {"type": "string", "minLength": 1, "maxLength": 256}, True),
             *listed,
             in_query("max_results", "The largest number of matches.",
                      {"type": "integer", "minimum": 0, "maximum": 500, "default": 50})],
            answers("SearchResponse")),
        "/v1/classify/{port}": get(
            "classify", "Returns the class of a port, and advice on choosing it.",
            [port, in_query("transport", "The transport that the port would be used on.",
                            TRANSPORT[2])],
            answers("ClassifyResponse")),
        "/v1/info": get(
            "getRegistryInfo", "Describes the registry that the server answers from.",
            [], answers("GetRegistryInfoResponse")),
    }


ERROR = {
    "type": "object",
    "description": "An error as the Connect protocol writes it.",
    "required": ["code", "message"],
    "properties": {
        "code": {"type": "string", "description":
                 "A code of gRPC in lower case, such as invalid_argument."},
        "message": {"type": "string", "description": "For people to read."},
        "details": {"type": "array", "items": {
            "type": "object",
            "required": ["type", "value"],
            "properties": {
                "type": {"type": "string", "description":
                         "google.rpc.ErrorInfo or google.rpc.BadRequest."},
                "value": {"type": "string", "description":
                          "The message in base64 without padding."},
                "debug": {"type": "object", "description":
                          "The message as JSON. ErrorInfo.reason is a name of "
                          "portreg.v1.ErrorReason without ERROR_REASON_."}}}}}}


class Contract:
    """Holds the contract's messages and enums, with their comments."""

    def __init__(self, files: descriptor_pb2.FileDescriptorSet):
        self.messages, self.enums, self._comments = {}, {}, {}
        for file in files.file:
            comments = {tuple(each.path): each.leading_comments
                        for each in file.source_code_info.location}
            for number, message in enumerate(file.message_type):
                name = f".{file.package}.{message.name}"
                self.messages[name] = message
                self._comments[name] = comments.get((4, number), "")
                for position, field in enumerate(message.field):
                    self._comments[f"{name}.{field.name}"] = comments.get(
                        (4, number, 2, position), "")
            for number, enum in enumerate(file.enum_type):
                name = f".{file.package}.{enum.name}"
                self.enums[name] = enum
                self._comments[name] = comments.get((5, number), "")

    def text(self, name: str) -> str:
        """Returns the comment of a type or a field, one line for each paragraph."""
        paragraphs = re.split(r"\n\s*\n", self._comments[name].strip())
        return "\n\n".join(" ".join(part.split()) for part in paragraphs)

    def value(self, field, found: set[str]) -> dict:
        """Returns the schema of a field's values; adds a type that it refers to."""
        if field.type_name == ".google.protobuf.Timestamp":
            return dict(TIMESTAMP)
        if field.type_name.startswith(PACKAGE):
            name = field.type_name.removeprefix(PACKAGE)
            found.add(field.type_name)
            return {"$ref": f"#/components/schemas/{name}"}
        return dict(SCALARS[field.type])

    def schema(self, name: str, found: set[str]) -> dict:
        """Returns the schema of a message or an enum; adds the types it refers to."""
        if name in self.enums:
            enum = self.enums[name]
            # Later versions of the server may have more values.
            return {"type": "string", "description": self.text(name),
                    "examples": [value.name for value in enum.value]}
        message = self.messages[name]
        properties = {}
        for field in message.field:
            schema = self.value(field, found)
            if field.label == Field.LABEL_REPEATED:
                schema = {"type": "array", "items": schema}
            text = self.text(f"{name}.{field.name}")
            properties[field.json_name] = {"description": text, **schema} if text else schema
        return {"type": "object", "description": self.text(name),
                "properties": properties}


def read_contract() -> Contract:
    """Reads the .proto files by protoc."""
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run(["protoc", "-I", PROTO, "--include_source_info",
                        f"--descriptor_set_out={file.name}", *FILES], check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString(file.read())
    return Contract(files)


def schemas(contract: Contract) -> dict:
    """Returns the schemas of all responses, and of the types they refer to."""
    made, wanted = {}, [PACKAGE + name for name in RESPONSES]
    while wanted:
        name = wanted.pop()
        if name not in made:
            found: set[str] = set()
            made[name] = contract.schema(name, found)
            wanted += found
    return {name.removeprefix(PACKAGE): made[name] for name in sorted(made)}


def description() -> str:
    """Returns the text of openapi.json."""
    version = re.search(r"project\(portreg VERSION (\S+)",
                        (HERE.parents[1] / "CMakeLists.txt").read_text("utf-8"))[1]
    return json.dumps({
        "openapi": "3.1.0",
        "info": {
            "title": "portreg", "version": version,
            "summary": "The port-number registry as a service",
            "description": "The answers are those of portreg.v1.PortRegistryService in "
                           "proto3 JSON: fields with default values are absent. Clients "
                           "must tolerate fields and values that they do not know.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "paths": paths(),
        "components": {"schemas": {"Error": ERROR, **schemas(read_contract())}},
    }, indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Writes or checks the file; returns the exit code."""
    made = description()
    if sys.argv[1:] == ["--check"]:
        if OUTPUT.read_text("utf-8") == made:
            return 0
        print(f"{OUTPUT.name} is not what {pathlib.Path(__file__).name} makes",
              file=sys.stderr)
        return 1
    OUTPUT.write_text(made, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
