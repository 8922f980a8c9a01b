"""What Search must answer, worked out word by word from the contract.

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

# A letter or digit; what is not ASCII counts as a letter.
LETTER = "[0-9A-Za-z\u0080-\U0010ffff]"
UPPER = {letter: letter + 32 for letter in range(ord("A"), ord("Z") + 1)}


class Match(NamedTuple):
    """One match of an answer, whoever gave it."""

    entry: Entry
    kind: int
    fields: tuple[int, ...]


@functools.cache
def fold(text: str) -> str:
    """The text with ASCII letters in lower case, and no others changed."""
    return text.translate(UPPER)


def names_text(entry: Entry) -> str:
    """The text of an entry's name, which its aliases are part of."""
    return fold(" ".join((entry.service, *entry.aliases)))


def matches(entries: Iterable[Entry], query: str) -> list[Match]:
    """All matches among entries in the order of ListRange, best first."""
    words = fold(query).split()
    whole = [re.compile(f"(?<!{LETTER}){re.escape(word)}(?!{LETTER})")
             for word in words]
    found = []
    for position, entry in enumerate(entries):
        names, description = names_text(entry), fold(entry.description)
        for word in words:
            if word not in names and word not in description:
                break
        else:
            kind = _kind(entry, words, whole)
            fields = tuple(field for field, text in (
                (pb.MATCH_FIELD_SERVICE, names),
                (pb.MATCH_FIELD_DESCRIPTION, description))
                if any(word in text for word in words))
            by_name = pb.MATCH_FIELD_SERVICE in fields
            found.append((
                (kind, not by_name, entry.layer, len(entry.service.encode()),
                 position), Match(entry, kind, fields)))
    return [match for _, match in sorted(found, key=lambda pair: pair[0])]


def _kind(entry: Entry, words: list[str], whole: list[re.Pattern]) -> int:
    """How the words stand in an entry that has all of them."""
    phrase = " ".join(words)
    service, description = fold(entry.service), fold(entry.description)
    names = [service, *map(fold, entry.aliases)]
    if entry.layer == COMMON and not entry.of_software:
        names += service.split(NAME_SEPARATOR)
    if phrase in names:
        return pb.MATCH_KIND_EXACT_NAME
    if service.startswith(phrase):
        return pb.MATCH_KIND_NAME_PREFIX
    text = names_text(entry)
    if all(pattern.search(text) or pattern.search(description)
           for pattern in whole):
        return pb.MATCH_KIND_WORD
    return pb.MATCH_KIND_PART_OF_WORD


def distance(one: str, other: str) -> int:
    """In how many letters two names differ, ignoring case.

    A letter more, less or another counts one, and so do two neighbours that
    have changed places.
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
