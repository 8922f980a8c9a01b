"""Changes files under a server, in the ways that files change in practice.

    files = Mounted(directory, {"tls.crt": b"...", "tls.key": b"..."})
    files.swap({"tls.crt": b"...", "tls.key": b"..."})

swap() works as Kubernetes does. A mounted Secret or ConfigMap has links to
..data/NAME, and ..data is a link to a directory that is replaced by renaming.
"""

import itertools
import os
import pathlib


class Mounted:
    """A directory whose files are links through ..data."""

    def __init__(self, directory: pathlib.Path, contents: dict[str, bytes]):
        self._directory = directory
        self._versions = itertools.count(1)
        directory.mkdir()
        self.swap(contents)
        for name in contents:
            self.path(name).symlink_to(pathlib.Path("..data", name))

    def path(self, name: str) -> pathlib.Path:
        """Returns the path of a file."""
        return self._directory / name

    def swap(self, contents: dict[str, bytes]):
        """Replaces all files at once, by renaming a link over ..data."""
        version = self._directory / f"..version_{next(self._versions)}"
        version.mkdir()
        for name, content in contents.items():
            (version / name).write_bytes(content)
        link = self._directory / "..data_tmp"
        link.symlink_to(version.name)
        os.replace(link, self._directory / "..data")

    def rename(self, contents: dict[str, bytes]):
        """Replaces one file after the other, each by renaming another over it."""
        for name, content in contents.items():
            replace(self.path(name), content)

    def write(self, contents: dict[str, bytes]):
        """Writes into the files themselves, one after the other."""
        for name, content in contents.items():
            self.path(name).write_bytes(content)


def replace(path: pathlib.Path, content: bytes):
    """Replaces a file by renaming another over it."""
    new = path.with_name(path.name + ".new")
    new.write_bytes(content)
    os.replace(new, path)
