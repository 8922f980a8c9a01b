"""Asks the web door and gRPC the questions of questions.json.

    PORTREGD=portregd python3 web_table_test.py

Each answer in JSON must be the one that the table wants, and equal to gRPC's
answer in canonical proto3 JSON.
"""

import base64
import json
import unittest
import urllib.parse

import web  # first: adds the folders of the modules below

import processes
import question_table
import table_test
from google.protobuf.json_format import ParseDict
from portreg_proto import Stub, pb
from table_test import Outcome

# The parameters of GET paths, by the JSON names of their fields.
PARAMETERS = {
    "firstPort": "first", "lastPort": "last", "query": "q", "layers": "layer",
    "maxResults": "max_results", "includePortless": "include_portless",
    "resumeToken": "resume_token", "transport": "transport", "view": "view",
    "scope": "scope"}


def setUpModule():
    global SERVER
    SERVER = unittest.enterModuleContext(
        web.Door(*question_table.SERVER_FLAGS))
    table_test.SERVER = SERVER
    table_test.TABLE = question_table.load()
    with processes.Portregd() as other:
        call = Stub(other.channel()).ListRange(
            pb.ListRangeRequest(), timeout=processes.CALL_SECONDS)
        table_test.OTHER_TOKEN = next(call).resume_token
        call.cancel()


def outcome(answer: web.Answer, lines: bool = False) -> Outcome:
    """Returns the outcome of a call by the web in the form of one by gRPC."""
    if answer.status == 200:
        return Outcome("OK", answer.lines() if lines else [answer.json()], {})
    error = answer.json()
    details = []
    for detail in error.get("details", ()):
        details.append({"@type": f"type.googleapis.com/{detail['type']}",
                        **detail["debug"]})
    code = error["code"].upper().replace("CANCELED", "CANCELLED")
    status = {"code": error["code"], "message": error["message"],
              "details": details}
    return Outcome(code, [], status)


def get_target(method: str, request: dict) -> str | None:
    """Returns the path under /v1 that asks a question; None if there is none."""
    rest = {key: value for key, value in request.items()
            if key not in ("port", "service")}
    if not set(rest) <= set(PARAMETERS):
        return None
    if method in ("Lookup", "Classify") and "port" in request:
        word = "ports" if method == "Lookup" else "classify"
        path = f"/v1/{word}/{request['port']}"
    elif method == "Lookup" and "service" in request:
        name = urllib.parse.quote(request["service"], safe="")
        path = f"/v1/services/{name}"
    elif method == "ListRange":
        path = "/v1/ports"
    elif method == "Search":
        path = "/v1/search"
    elif method == "GetRegistryInfo":
        path = "/v1/info"
    else:
        return None
    return web.target(path, {
        PARAMETERS[key]: str(value).lower() if isinstance(value, bool)
        else value for key, value in rest.items()})


class WebAsker(table_test.GeneratedAsker):
    """Asks unary questions by POST, and listings by GET."""

    def ask(self, name: str, request: dict | bytes) -> Outcome:
        method = self.methods[name]
        if not method.server_streaming:
            return self.ask_unary(name, request)
        if name == "ListRange" and isinstance(request, dict):
            target = get_target(name, request)
            if target is not None:
                return outcome(SERVER.get(target), lines=True)
        return super().ask(name, request)

    def ask_unary(self, name: str, request: dict | bytes) -> Outcome:
        """Calls a unary method by POST."""
        if isinstance(request, dict):
            return outcome(SERVER.call(name, request))
        answer = SERVER.ask("POST", f"/{web.SERVICE}/{name}", request,
                            Content_Type="application/proto")
        if answer.status != 200:
            return outcome(answer)
        message = self.message_class(
            self.methods[name].output_type).FromString(answer.body)
        return Outcome("OK", [table_test.MessageToDict(message)], {})


class WebTableTest(table_test.TableTest):
    """Asks each row of the table by the web."""

    # Other programs run these tests.
    test_with_messages_generated_from_the_proto = None
    test_with_messages_made_from_reflection = None
    test_reflection_lists_the_service = None

    def test_the_door_answers_as_the_table_wants(self):
        self.ask_the_table(WebAsker())

    def check_refusal(self, outcome, row):
        # By GET, the reader of parameters refuses a wrong value of an enum, and does
        # not state its place in the list.
        if row.method == "ListRange":
            self.assertEqual(outcome.status["details"][0]["reason"],
                             row.data["reason"])
            return
        super().check_refusal(outcome, row)


class EqualTest(unittest.TestCase):
    """Tests that every way to ask has the same answer."""

    def test_json_is_grpcs_answer_in_canonical_form(self):
        by_grpc, by_web = table_test.GeneratedAsker(), WebAsker()
        compared = 0
        for row in table_test.TABLE:
            if row.method == "Watch":
                continue
            request = row.request_bytes() or row.request()
            with self.subTest(row=row.name):
                if "resumeFrom" in row.data:
                    request["resumeToken"] = table_test.OTHER_TOKEN
                wanted, found = (asker.ask(row.method, request)
                                 for asker in (by_grpc, by_web))
                self.assertEqual(found.messages, wanted.messages)
                self.assertEqual(found.code, wanted.code)
                if row.method == "ListRange":
                    self.assertEqual(
                        [detail.get("reason") for detail in
                         found.status.get("details", ())][:1],
                        [detail.get("reason") for detail in
                         wanted.status.get("details", ())][:1])
                else:
                    self.assertEqual(
                        found.status.get("details"),
                        wanted.status.get("details"))
                    self.assertEqual(found.status.get("message"),
                                     wanted.status.get("message"))
                compared += 1
        self.assertGreater(compared, 120)

    def test_each_get_path_gives_the_bytes_of_the_call(self):
        asked = set()
        for row in table_test.TABLE:
            request = row.request_bytes() or row.request()
            target = (get_target(row.method, request)
                      if isinstance(request, dict) else None)
            if target is None or row.code != "OK" or row.method == "ListRange":
                continue
            # Paths accept names of enum values, but no numbers.
            if any(isinstance(request.get(name), int)
                   for name in ("view", "transport")):
                continue
            with self.subTest(row=row.name, target=target):
                self.assertEqual(SERVER.get(target).body,
                                 SERVER.call(row.method, request).body)
                asked.add(row.method)
        self.assertEqual(asked, {"Lookup", "Classify", "Search",
                                 "GetRegistryInfo"})

    def test_connect_by_get_and_by_protobuf_give_the_same(self):
        asker = table_test.GeneratedAsker()
        for row in table_test.TABLE:
            request = row.request_bytes() or row.request()
            if (not isinstance(request, dict) or row.code != "OK"
                    or asker.methods[row.method].server_streaming):
                continue
            text = json.dumps(request)
            if len(text) > 4000:
                continue
            path = f"/{web.SERVICE}/{row.method}"
            method = asker.methods[row.method]
            message = ParseDict(request, asker.message_class(
                method.input_type)()).SerializeToString()
            encoded = base64.urlsafe_b64encode(message).decode().rstrip("=")
            with self.subTest(row=row.name):
                wanted = SERVER.call(row.method, request).body
                self.assertEqual(SERVER.get(web.target(path, {
                    "connect": "v1", "encoding": "json",
                    "message": text})).body, wanted)
                by_post = SERVER.ask("POST", path, message,
                                     Content_Type="application/proto")
                self.assertEqual(by_post.headers["Content-Type"],
                                 "application/proto")
                self.assertEqual(SERVER.get(web.target(path, {
                    "encoding": "proto", "base64": 1,
                    "message": encoded})).body, by_post.body)
                answer = asker.message_class(
                    method.output_type).FromString(by_post.body)
                self.assertEqual(
                    table_test.MessageToDict(answer), json.loads(wanted))


if __name__ == "__main__":
    unittest.main()
