"""The table of questions.json, and whether an answer is the one it wants.

    table = question_table.load()
    for row in table:
        row.differences(answer)     # [] if the answer is right

Knows JSON only: how questions are put to a server is another's concern.
"""

import json
import pathlib
import re
from typing import Any, Collection, NamedTuple

DIRECTORY = pathlib.Path(__file__).resolve().parent
QUESTIONS_FILE = DIRECTORY / "questions.json"
LOCAL_FILE = DIRECTORY / "local.csv"
# Those of the server that is asked.
SERVER_FLAGS = (f"--local_file={LOCAL_FILE}", "--max_watch=500ms")

PATTERN = "$matches"
# Fields of records that the first contract lacks.
LATER_FIELDS = ("aliases", "owner", "scope", "status")
EXPECTATIONS = ("answer", "contains", "summary", "reason")
KEYS = {"name", "method", "code", "fields", "request", "requestBytes", "fill",
        "resumeFrom", "sendRevision", "rereadEachMessage", *EXPECTATIONS}


class Row(NamedTuple):
    """One question, as it stands in the file."""

    name: str
    method: str
    code: str
    data: dict[str, Any]

    def request(self) -> dict:
        """The request as proto3 JSON."""
        request = dict(self.data["request"])
        fill = self.data.get("fill")
        if fill:
            request[fill["field"]] = [fill["item"]] * fill["count"]
        return request

    def request_bytes(self) -> bytes | None:
        """The request on the wire, where the row states bytes."""
        text = self.data.get("requestBytes")
        return None if text is None else bytes.fromhex(text)

    def without(self, fields: Collection[str]) -> "Row":
        """The row for a client whose records lack some of LATER_FIELDS."""
        return self._replace(data={
            key: _without(value, fields) if key in EXPECTATIONS else value
            for key, value in self.data.items()})

    def differences(self, answer: dict) -> list[str]:
        """In what an answer is not the one wanted; empty if in nothing."""
        if "answer" in self.data:
            wanted = self.data["answer"]
            return [] if answer == wanted else [f"{answer}, not {wanted}"]
        if "contains" in self.data:
            return differences(answer, self.data["contains"])
        records = answer.get("records", [])
        summary = dict(self.data["summary"])
        found = {"records": len(records), "first": records[0],
                 "last": records[-1]} if records else {"records": 0}
        return differences(found, summary)


def _without(wanted, fields: Collection[str]):
    """What is wanted but for some fields of records; details stay whole."""
    if isinstance(wanted, list):
        return [_without(item, fields) for item in wanted]
    if isinstance(wanted, dict):
        return {key: value if key == "details" else _without(value, fields)
                for key, value in wanted.items() if key not in fields}
    return wanted


def load() -> list[Row]:
    """The rows. Raises ValueError for a row that asks or expects nothing."""
    rows = []
    for data in json.loads(QUESTIONS_FILE.read_text("utf-8"))["questions"]:
        if (set(data) - KEYS or ("request" in data) == ("requestBytes" in data)
                or sum(key in data for key in EXPECTATIONS) != 1
                or ("reason" in data) == (data["code"] == "OK")):
            raise ValueError(f"unusable question: {data}")
        rows.append(Row(data["name"], data["method"], data["code"], data))
    return rows


def differences(found, wanted, path: str = "answer") -> list[str]:
    """Where `found` does not contain `wanted`, each with its path.

    In an object, null stands for an absent field; lists have equal lengths.
    """
    if isinstance(wanted, dict) and PATTERN in wanted:
        right = isinstance(found, str) and re.search(wanted[PATTERN], found)
        return [] if right else [f"{path}: {found!r} is not {wanted}"]
    if isinstance(wanted, dict) and isinstance(found, dict):
        told = []
        for key, value in wanted.items():
            place = f"{path}.{key}"
            if value is None:
                told += [f"{place}: {found[key]!r} is there"
                         ] if key in found else []
            elif key not in found:
                told.append(f"{place}: absent, not {value!r}")
            else:
                told += differences(found[key], value, place)
        return told
    if (isinstance(wanted, list) and isinstance(found, list)
            and len(wanted) == len(found)):
        return [text for number, pair in enumerate(zip(found, wanted))
                for text in differences(*pair, f"{path}[{number}]")]
    # In Python True == 1, in JSON it is not.
    if type(found) is type(wanted) and found == wanted:
        return []
    return [f"{path}: {found!r}, not {wanted!r}"]
