"""Derives the right answers of Search from the words of the contract.

    search_rules.matches(WANTED.listing(portless=True), "over ssl")
    search_rules.distance("http", "htpt")    # 1

Reads every record for every query, and shares nothing with the server.
"""

import functools
import re
from typing import Iterable, NamedTuple

from enum_names import COMMON
from expected import NAME_SEPARATOR, Entry
from portreg_proto import pb

# A letter or digit; every character outside ASCII counts as a letter.
LETTER = "[0-9A-Za-z\u0080-\U0010ffff]"
UPPER = {letter: letter + 32 for letter in range(ord("A"), ord("Z") + 1)}


class Match(NamedTuple):
    """One match of an answer, from the server or from these rules."""

    entry: Entry
    kind: int
    fields: tuple[int, ...]


@functools.cache
def fold(text: str) -> str:
    """Returns the text with only its ASCII letters in lower case."""
    return text.translate(UPPER)


def names_text(entry: Entry) -> str:
    """Returns the text of an entry's name and its aliases."""
    return fold(" ".join((entry.service, *entry.aliases)))


@functools.cache
def texts_of(entry: Entry) -> dict[int, str]:
    """Returns the text of each field that is searched, in the fields' order."""
    return {pb.MATCH_FIELD_SERVICE: names_text(entry),
            pb.MATCH_FIELD_DESCRIPTION: fold(entry.description),
            pb.MATCH_FIELD_OWNER: fold(entry.owner),
            pb.MATCH_FIELD_ASSIGNEE: fold(entry.assignee)}


@functools.cache
def _lines_of(entry: Entry) -> str:
    """Returns all texts that are searched, a line each, so that no word is in two of them."""
    return "\n".join(texts_of(entry).values())


def matches(entries: Iterable[Entry], query: str) -> list[Match]:
    """Returns all matches among entries in the order of ListRange, best first."""
    words = fold(query).split()
    whole = [re.compile(f"(?<!{LETTER}){re.escape(word)}(?!{LETTER})")
             for word in words]
    found = []
    for position, entry in enumerate(entries):
        lines = _lines_of(entry)
        for word in words:
            if word not in lines:
                break
        else:
            kind = _kind(entry, words, whole)
            fields = tuple(field for field, text in texts_of(entry).items()
                           if any(word in text for word in words))
            # An assignee counts as much as an owner.
            place = min(fields[0], pb.MATCH_FIELD_OWNER)
            found.append((
                (kind, place, entry.layer, len(entry.service.encode()),
                 position), Match(entry, kind, fields)))
    return [match for _, match in sorted(found, key=lambda pair: pair[0])]


def _kind(entry: Entry, words: list[str], whole: list[re.Pattern]) -> int:
    """Returns how the words occur in an entry that has all of them."""
    phrase = " ".join(words)
    service = fold(entry.service)
    names = [service, *map(fold, entry.aliases)]
    if entry.layer == COMMON and not entry.of_software:
        names += service.split(NAME_SEPARATOR)
    if phrase in names:
        return pb.MATCH_KIND_EXACT_NAME
    if service.startswith(phrase):
        return pb.MATCH_KIND_NAME_PREFIX
    texts = texts_of(entry).values()
    if all(any(pattern.search(text) for text in texts) for pattern in whole):
        return pb.MATCH_KIND_WORD
    return pb.MATCH_KIND_PART_OF_WORD


def distance(one: str, other: str) -> int:
    """Returns the number of letters in which two names differ, ignoring case.

    A letter added, dropped or replaced counts one, and so do two exchanged
    neighbours.
    """
    one, other = fold(one), fold(other)
    rows = [[], list(range(len(other) + 1))]
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, wanted in enumerate(other, start=1):
            best = min(rows[-1][j] + 1, row[j - 1] + 1,
                       rows[-1][j - 1] + (letter != wanted))
            if (i > 1 and j > 1 and letter == other[j - 2]
                    and one[i - 2] == wanted):
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows = [rows[-1], row]
    return rows[-1][-1]
