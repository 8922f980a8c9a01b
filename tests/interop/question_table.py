"""Reads the table of questions.json, and compares answers with it.

    table = question_table.load()
    for row in table:
        row.differences(answer)     # [] if the answer is right

Knows JSON only. The callers put the questions to a server.
"""

import json
import pathlib
import re
from typing import Any, Collection, NamedTuple

DIRECTORY = pathlib.Path(__file__).resolve().parent
QUESTIONS_FILE = DIRECTORY / "questions.json"
LOCAL_FILE = DIRECTORY / "local.csv"
# The flags of the server that is asked.
SERVER_FLAGS = (f"--local_file={LOCAL_FILE}", "--max_watch=500ms")

PATTERN = "$matches"
# Fields of records that the first contract lacks.
LATER_FIELDS = ("aliases", "owner", "scope", "status")
EXPECTATIONS = ("answer", "contains", "summary", "reason")
KEYS = {"name", "method", "code", "fields", "request", "requestBytes", "fill",
        "resumeFrom", "sendRevision", "rereadEachMessage", *EXPECTATIONS}


class Row(NamedTuple):
    """One question of the file."""

    name: str
    method: str
    code: str
    data: dict[str, Any]

    def request(self) -> dict:
        """Returns the request as proto3 JSON."""
        request = dict(self.data["request"])
        fill = self.data.get("fill")
        if fill:
            request[fill["field"]] = [fill["item"]] * fill["count"]
        return request

    def request_bytes(self) -> bytes | None:
        """Returns the request on the wire if the row states bytes, else None."""
        text = self.data.get("requestBytes")
        return None if text is None else bytes.fromhex(text)

    def without(self, fields: Collection[str]) -> "Row":
        """Returns the row for a client whose records lack some of LATER_FIELDS."""
        return self._replace(data={
            key: _without(value, fields) if key in EXPECTATIONS else value
            for key, value in self.data.items()})

    def differences(self, answer: dict) -> list[str]:
        """Returns how an answer differs from the one wanted; empty if it does not."""
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
    """Returns what is wanted without some fields of records; keeps the details of errors."""
    if isinstance(wanted, list):
        return [_without(item, fields) for item in wanted]
    if isinstance(wanted, dict):
        return {key: value if key == "details" else _without(value, fields)
                for key, value in wanted.items() if key not in fields}
    return wanted


def load() -> list[Row]:
    """Returns the rows. Raises ValueError for a row that asks or expects nothing."""
    rows = []
    for data in json.loads(QUESTIONS_FILE.read_text("utf-8"))["questions"]:
        if (set(data) - KEYS or ("request" in data) == ("requestBytes" in data)
                or sum(key in data for key in EXPECTATIONS) != 1
                or ("reason" in data) == (data["code"] == "OK")):
            raise ValueError(f"unusable question: {data}")
        rows.append(Row(data["name"], data["method"], data["code"], data))
    return rows


def differences(found, wanted, path: str = "answer") -> list[str]:
    """Returns where `found` does not contain `wanted`, each with its path.

    In an object, null means an absent field. Lists have equal lengths.
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
    # Compares types too, because in Python True == 1, and in JSON it is not.
    if type(found) is type(wanted) and found == wanted:
        return []
    return [f"{path}: {found!r}, not {wanted!r}"]
