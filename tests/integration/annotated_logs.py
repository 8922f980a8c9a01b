"""Makes flow logs, and takes away again what annotate added to them.

The readers here are plain and slow, and share nothing with the tool's.
"""

import json
import random
import re

ADDED = ("service", "service_port", "service_side", "service_rule")
SIDES = {"source", "destination", "both"}
RULES = {"format", "tcp-flags", "local", "named", "class", "number", "same-port"}


def lines_of(text: bytes) -> list[tuple[bytes, bytes]]:
    """The lines of a text, each with its end: LF, CRLF or nothing."""
    found = []
    while text:
        line, newline, text = text.partition(b"\n")
        if newline and line.endswith(b"\r"):
            found.append((line[:-1], b"\r\n"))
        elif not newline and line.endswith(b"\r"):
            found.append((line[:-1], b"\r"))
        else:
            found.append((line, newline))
    return found


def rows_of(text: bytes, separator: bytes) -> list[tuple[list[bytes], bytes]]:
    """The rows of well-formed CSV as raw fields, each with its end."""
    part = re.escape(separator)
    field_and_end = re.compile(
        rb'("(?:[^"]|"")*"\r?|[^' + part + rb"\n]*)(" + part + rb"|\n|\Z)")
    rows: list[tuple[list[bytes], bytes]] = []
    fields: list[bytes] = []
    at = 0
    while at < len(text) or fields:
        found = field_and_end.match(text, at)
        if not found:
            raise ValueError(f"no field begins at {text[at:at + 40]!r}")
        field, end = found.groups()
        at = found.end()
        if end == separator:
            fields.append(field)
            continue
        if field.endswith(b"\r"):
            field, end = field[:-1], b"\r" + end
        rows.append(([*fields, field], end))
        fields = []
    return rows


def is_added(fields: list[bytes], unset: bytes) -> bool:
    """Whether four fields are what annotate adds to a line."""
    _, port, side, rule = fields
    if fields == [unset] * 4:
        return True
    return (port.isdigit() and side.decode("latin-1") in SIDES
            and rule.decode("latin-1") in RULES)


def is_header(fields: list[bytes]) -> bool:
    """Whether four fields are the titles that annotate adds, or Zeek's types of them."""
    names = [field.decode("latin-1") for field in fields]
    return (names in ([*ADDED], [f"portreg_{name}" for name in ADDED],
                      ["string", "port", "string", "string"]))


def without_fields(text: bytes, separator: bytes, unset: bytes, quoted: bool = False) -> bytes:
    """A log of separated fields without what annotate added."""
    rows = (rows_of(text, separator) if quoted else
            [(line.split(separator), end) for line, end in lines_of(text)])
    restored = bytearray()
    for fields, end in rows:
        if len(fields) > 4 and (is_added(fields[-4:], unset) or is_header(fields[-4:])):
            fields = fields[:-4]
        restored += separator.join(fields) + end
    return bytes(restored)


def without_members(text: bytes) -> bytes:
    """A log of JSON objects without what annotate added."""
    restored = bytearray()
    for line in text.splitlines(keepends=True):
        for prefix in (b"", b"portreg_"):
            at = max(line.rfind(b',"' + prefix + b'service":'),
                     line.rfind(b',"' + prefix + b'service_port":')
                     if b',"' + prefix + b'service":' not in line else -1)
            if at >= 0 and b'"' + prefix + b'service_rule":' in line[at:]:
                end = line.rindex(b"}")
                json.loads(b"{" + line[at + 1:end] + b"}")
                line = line[:at] + line[end:]
                break
        restored += line
    return bytes(restored)


class Generator:
    """Makes odd lines of logs from a seed."""

    PORTS = [b"443", b"53", b"51000", b"65535", b"1", b"7100", b"0"]
    BAD_PORTS = [b"65536", b"-1", b"4 3", b"x", b"443443443443", b"\xff\xfe", b"+80"]
    PROTOCOLS = [b"6", b"17", b"132", b"1", b"50", b"tcp", b"UDP", b"icmp"]

    def __init__(self, seed: int):
        self.random = random.Random(seed)

    def end(self) -> bytes:
        """A line end."""
        return self.random.choice([b"\n", b"\n", b"\r\n"])

    def filler(self, forbidden: bytes, longest: int = 12) -> bytes:
        """Any bytes but some: invalid UTF-8, control characters, nothing."""
        kind = self.random.randrange(12)
        if kind == 0:
            return b""
        if kind == 1:
            longest *= 50
        length = self.random.randrange(1, longest)
        raw = bytes(self.random.choice(b"abcxyz019 .:-/\\'\xc3\xbc\xff\x80\x00\x1b\"{}[]\r,;|\t")
                    for _ in range(length))
        return bytes(byte for byte in raw if byte not in forbidden + b"\n").strip(b"\r")

    def port(self) -> bytes:
        """Mostly a port."""
        return self.random.choice(self.PORTS * 3 + self.BAD_PORTS)

    def flow(self) -> tuple[bytes, bytes, bytes]:
        """Two ports and a protocol."""
        return self.port(), self.port(), self.random.choice(self.PROTOCOLS)

    def delimited(self, count: int, columns: int, places: tuple[int, int, int],
                  separator: bytes, forbidden: bytes = b"", quote: bool = False) -> bytes:
        """Lines of fields; a few have too few or too many, or are blank or very long."""
        text = bytearray()
        for _ in range(count):
            kind = self.random.randrange(60)
            if kind == 0:
                text += self.end()
                continue
            number = columns + (self.random.choice([-1, 1, 2]) if kind == 1 else 0)
            fields = [self.filler(separator + forbidden + b'"') for _ in range(number)]
            # A line that annotate cannot read must not look as if it had been annotated.
            fields[-1] = fields[-1] or b"v"
            if kind == 2:
                # The last is longer than what annotate reads as a line.
                fields[0] = b"long" * self.random.choice([5_000] * 6 + [70_000, 300_000])
            for place, value in zip(places, self.flow()):
                if place < number:
                    fields[place] = value
            if quote:
                fields = [self.quoted(field) for field in fields]
            text += separator.join(fields) + self.end()
        # The last line may lack its end.
        return bytes(text) if self.random.random() < 0.5 else bytes(text).rstrip(b"\r\n")

    def quoted(self, field: bytes) -> bytes:
        """A field that may be in quotes, with odd bytes within."""
        kind = self.random.randrange(6)
        if kind == 0:
            return b'"' + field + b'"'
        if kind == 1 and not field.isdigit():
            inner = self.random.choice([b'""', b"\n", b"\r\n", b",", b";\t|", b'"",""'])
            return b'"' + field + inner + b'"'
        return field

    def objects(self, count: int) -> bytes:
        """Lines of JSON, some of which are none."""
        text = bytearray()
        for _ in range(count):
            source, destination, protocol = self.flow()
            members = {"timestamp": self.random.random(), "event_type": "netflow",
                       "nested": {"src_port": 1, "list": [1, {"a": "}"}], "text": "\\\"{}"},
                       "src_port": self.json_number(source),
                       "dest_port": self.json_number(destination),
                       "proto": protocol.decode("latin-1"), "empty": {}, "none": None,
                       "words": "ü" * self.random.randrange(20)}
            kind = self.random.randrange(14)
            if kind == 0:
                members["service"] = "theirs"
            if kind == 1:
                del members["src_port"]
            if kind == 2:
                members["payload"] = "x" * self.random.choice([10_000] * 8 + [300_000, 1_300_000])
            keys = list(members)
            self.random.shuffle(keys)
            separators = self.random.choice([(",", ":"), (", ", ": "), (" ,", " :")])
            line = json.dumps({key: members[key] for key in keys}, separators=separators,
                              ensure_ascii=self.random.random() < 0.5).encode()
            if kind == 3:
                line = line[:-1]
            if kind == 4:
                line = self.filler(b"")
            if kind == 5:
                line = line.replace(b'"words"', b'"w\xff\xfe"')
            text += line + self.random.choice([b"", b"", b" ", b"\t"]) + self.end()
        return bytes(text) if self.random.random() < 0.5 else bytes(text).rstrip(b"\r\n")

    def json_number(self, text: bytes) -> int | str:
        """A port as a number or a text."""
        if text.isdigit() and self.random.random() < 0.8:
            return int(text)
        return text.decode("latin-1")
