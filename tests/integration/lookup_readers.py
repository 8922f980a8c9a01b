"""Reads lookup tables by the rules that the programs document that load them.

Each function takes the text of a table, and raises Refused where the program
would not load it, or would load something else than what stands there.
"""

import csv
import io
import json
from collections.abc import Iterator

import yaml


class Refused(Exception):
    """The program would not load the table."""


def _rows(text: str, **dialect) -> Iterator[list[str]]:
    """The rows of a CSV file; readers take a mistake in it for its end."""
    try:
        yield from csv.reader(io.StringIO(text, newline=""), strict=True, **dialect)
    except csv.Error as error:
        raise Refused(str(error)) from error


def _column(header: list[str], title: str) -> int:
    if title not in header:
        raise Refused(f"no column {title} in {header}")
    return header.index(title)


def _mapping(value: object) -> dict:
    """A mapping whose keys are texts."""
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise Refused("no mapping of texts")
    return value


def _load_yaml(text: str) -> dict:
    try:
        return _mapping(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise Refused(str(error)) from error


def opentelemetry_csv(text: str, key: str, value: str = "") -> dict[str, str | dict[str, str]]:
    """The lookup processor's source csv: key_column, and value_column or whole rows.

    Later rows of a key replace earlier ones, which would go unnoticed.
    """
    header, *rows = _rows(text)
    at = _column(header, key)
    if len({fields[at] for fields in rows}) != len(rows):
        raise Refused("a key twice")
    if value:
        return {fields[at]: fields[_column(header, value)] for fields in rows}
    return {fields[at]: dict(zip(header, fields, strict=True)) for fields in rows}


def opentelemetry_yaml(text: str) -> dict:
    """The lookup processor's source yaml: a map of texts to scalars or to maps."""
    return _load_yaml(text)


class VectorTable:
    """An enrichment table of type file: CSV with a header row, all of it texts."""

    def __init__(self, text: str):
        self._header, *self._rows = _rows(text)
        if any(len(row) != len(self._header) for row in self._rows):
            raise Refused("rows of unequal lengths")

    def record(self, **condition: str) -> dict[str, str]:
        """get_enrichment_table_record: the only row that meets the condition."""
        found = [row for row in self._rows
                 if all(row[_column(self._header, title)] == value
                        for title, value in condition.items())]
        if len(found) != 1:
            raise Refused(f"{len(found)} rows found")
        return dict(zip(self._header, found[0], strict=True))

    def most_rows_of(self, *titles: str) -> int:
        """The most rows that have the same values under the titles."""
        counts: dict[tuple[str, ...], int] = {}
        for row in self._rows:
            key = tuple(row[_column(self._header, title)] for title in titles)
            counts[key] = counts.get(key, 0) + 1
        return max(counts.values())


def _translations(dictionary: dict) -> dict[str, str]:
    if not all(isinstance(value, str) for value in dictionary.values()):
        raise Refused("a translation is no text")
    return dictionary


def logstash_yaml(text: str) -> dict[str, str]:
    """The translate filter's dictionary_path, *.yaml: keys must be texts."""
    return _translations(_load_yaml(text))


def logstash_json(text: str) -> dict[str, str]:
    """The same, *.json."""
    return _translations(_mapping(json.loads(text)))


def telegraf_json(text: str) -> dict[str, dict[str, str]]:
    """The lookup processor's format json: only texts are supported for all elements."""
    table = _mapping(json.loads(text))
    for tags in table.values():
        _translations(_mapping(tags))
    return table


def telegraf_csv_key_values(text: str) -> dict[str, dict[str, str]]:
    """The same, csv_key_values: titles are tags; lines with # are comments; no empty tag."""
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith("#")]
    header, *rows = _rows("".join(lines))
    if len(header) < 2 or any(len(row) != len(header) for row in rows):
        raise Refused("rows of unequal lengths")
    return {row[0]: {tag: value for tag, value in zip(header[1:], row[1:], strict=True) if value}
            for row in rows}


def graylog_csv(text: str, key: str, value: str) -> dict[str, str]:
    """The CSV file adapter: a key that comes twice is an error.

    Its reader takes a backslash for an escape, so that values with one are not
    what stands in the file; they are left out here.
    """
    header, *rows = _rows("".join(
        line for line in text.splitlines(keepends=True) if "\\" not in line), escapechar="\\")
    table: dict[str, str] = {}
    for row in rows:
        if row[_column(header, key)] in table:
            raise Refused("a key twice")
        table[row[_column(header, key)]] = row[_column(header, value)]
    return table


def clickhouse_csv_with_names(text: str) -> dict[tuple[int, int], str]:
    """CSVWithNames into (port UInt16, protocol UInt8) -> service String."""
    header, *rows = _rows(text)
    at = [_column(header, title) for title in ("port", "protocol", "service")]
    table = {}
    for row in rows:
        port, protocol, service = (row[place] for place in at)
        if not (0 <= int(port) < 1 << 16 and 0 <= int(protocol) < 1 << 8):
            raise Refused("a number out of range")
        table[int(port), int(protocol)] = service
    if len(table) != len(rows):
        raise Refused("a key twice")
    return table
