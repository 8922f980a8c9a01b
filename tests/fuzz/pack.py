#!/usr/bin/env python3
"""Packs and unpacks the inputs of a fuzzer, which corpus/NAME.zip holds.

    pack.py unpack NAME DIRECTORY   writes the inputs into a new directory
    pack.py pack NAME DIRECTORY     replaces the archive by a directory's files
    pack.py add NAME FILE...        adds inputs to the archive

An added input is named after its SHA-1, as libFuzzer names inputs. Equal inputs
give equal bytes of the archive: entries are sorted by name, and have the same
time, owner and mode. They are not compressed, because the compressed bytes
would depend on the version of zlib.
"""

import hashlib
import pathlib
import sys
import zipfile

CORPUS_DIR = pathlib.Path(__file__).resolve().parent / "corpus"
EARLIEST = (1980, 1, 1, 0, 0, 0)  # The format has no earlier time.
UNIX = 3
MODE = 0o100644


def archive_of(name: str) -> pathlib.Path:
    """Returns the path of a fuzzer's archive."""
    return CORPUS_DIR / f"{name}.zip"


def read(archive: pathlib.Path) -> dict[str, bytes]:
    """Returns the inputs of an archive by their names."""
    with zipfile.ZipFile(archive) as packed:
        return {entry.filename: packed.read(entry)
                for entry in packed.infolist()}


def write(archive: pathlib.Path, inputs: dict[str, bytes]):
    """Replaces an archive."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for name, content in sorted(inputs.items()):
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.create_system = UNIX
            entry.external_attr = MODE << 16
            packed.writestr(entry, content)


def files_of(directory: pathlib.Path) -> dict[str, bytes]:
    """Returns the contents of a directory's files by their names."""
    return {path.name: path.read_bytes() for path in directory.iterdir()
            if path.is_file()}


def unpack(archive: pathlib.Path, directory: pathlib.Path):
    """Writes the inputs into a directory, which must not exist."""
    directory.mkdir(parents=True)
    for name, content in read(archive).items():
        (directory / name).write_bytes(content)


def add(archive: pathlib.Path, files: list[pathlib.Path]):
    """Adds inputs to an archive, or makes the archive."""
    inputs = read(archive) if archive.exists() else {}
    known = set(inputs.values())
    for content in (path.read_bytes() for path in files):
        if content not in known:
            inputs[hashlib.sha1(content).hexdigest()] = content
    write(archive, inputs)


def main(arguments: list[str]):
    match arguments:
        case ["unpack", name, directory]:
            unpack(archive_of(name), pathlib.Path(directory))
        case ["pack", name, directory]:
            write(archive_of(name), files_of(pathlib.Path(directory)))
        case ["add", name, *files] if files:
            add(archive_of(name), list(map(pathlib.Path, files)))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
