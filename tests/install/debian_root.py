"""Makes a bare Debian in a directory, for tests of packages.

    with debian_root.DebianRoot() as root:
        root.install(package_file)
        root.run("portreg", "--version")

The Debian is of the host's release, or of another release that is named. Needs
root, debootstrap and the mirror of the host's own apt. Makes the Debian in
PORTREG_INSTALL_WORK. Keeps the files of debootstrap and apt in
build/bare_debian for later runs and for other tests, also at the same time.
Mounts nothing, so the Debian has no /proc, no /etc/hosts and no certificate.
When the Debian is removed, every process in it is ended.
"""

import contextlib
import fcntl
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

# Resolved, because it is compared with the kernel's name of the directory.
WORK_DIR = pathlib.Path(os.environ["PORTREG_INSTALL_WORK"]).resolve()
KEPT_DIR = pathlib.Path(__file__).resolve().parents[2] / "build/bare_debian"
BOOTSTRAP_SECONDS = 900
COMMAND_SECONDS = 600
EXIT_SECONDS = 10

ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root", "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive",
    # Keeps proxies, because a mirror may be reached through one.
    **{name: value for name, value in os.environ.items()
       if name.lower().endswith("_proxy")}}
CERTIFICATES = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")


def codename() -> str:
    """Returns the host's release of Debian, such as "bookworm"."""
    for line in pathlib.Path("/etc/os-release").read_text().splitlines():
        name, _, value = line.partition("=")
        if name == "VERSION_CODENAME":
            return value.strip('"')
    raise RuntimeError("/etc/os-release has no VERSION_CODENAME")


def sources(release: str) -> list[tuple[str, str, str]]:
    """Returns the sources of a release: address, suite, component.

    They are the host's own, with the release in place of the host's. The first
    source is that of the release itself.
    """
    done = subprocess.run(
        ["apt-get", "indextargets", "--format",
         "$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)",
         "Created-By: Packages"],
        capture_output=True, text=True, timeout=COMMAND_SECONDS, check=True)
    found = {tuple(words[1:]) for words in
             map(str.split, done.stdout.splitlines())
             if len(words) == 4 and words[0] == "Debian"
             and words[2].partition("-")[0] == codename()}
    in_order = sorted(found, key=lambda source: (source[1], source[2]))
    if not in_order or in_order[0][1] != codename():
        raise RuntimeError("apt has no lists of packages: run apt-get update")
    return [(uri, release + suite.removeprefix(codename()), component)
            for uri, suite, component in in_order]


def run(command: list[object], seconds: float) -> str:
    """Runs a command to its end and returns its output.

    Raises AssertionError with the output unless it exits with 0. A command that
    takes longer than `seconds` is ended with all processes that it started.
    """
    with subprocess.Popen(
            [str(each) for each in command], env=ENVIRONMENT,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace",
            start_new_session=True) as process:
        try:
            output, _ = process.communicate(timeout=seconds)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}: exit code "
                             f"{process.returncode}\n{output}")
    return output


def end_processes_in(directory: pathlib.Path):
    """Ends every process whose root directory is `directory`."""
    deadline = time.monotonic() + EXIT_SECONDS
    while time.monotonic() < deadline:
        found = False
        for link in pathlib.Path("/proc").glob("[0-9]*/root"):
            try:
                if os.readlink(link) == str(directory):
                    found = True
                    os.kill(int(link.parent.name), signal.SIGKILL)
            except (FileNotFoundError, ProcessLookupError):
                pass  # the process has ended by itself
            except PermissionError:
                pass  # the process belongs to another user
        if not found:
            return
    raise TimeoutError(f"a process in {directory} does not end")


def remove(directory: pathlib.Path):
    """Removes a root with its processes, and with mounts that debootstrap left."""
    end_processes_in(directory)
    mounted = [line.split()[1] for line in
               pathlib.Path("/proc/self/mounts").read_text().splitlines()]
    for path in reversed(mounted):
        if path.startswith(f"{directory}/"):
            subprocess.run(["umount", path], timeout=EXIT_SECONDS, check=True)
    shutil.rmtree(directory, ignore_errors=False)


@contextlib.contextmanager
def alone_in(directory: pathlib.Path):
    """Makes a directory, and locks it against other processes that use this function."""
    directory.mkdir(parents=True, exist_ok=True)
    with open(directory / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def new_directory(parent: pathlib.Path) -> pathlib.Path:
    """Returns a new directory for a root, which remove_leftovers() finds."""
    return pathlib.Path(tempfile.mkdtemp(prefix="root-", dir=parent))


def remove_leftovers(parent: pathlib.Path):
    """Removes the roots that an interrupted run left."""
    for leftover in parent.glob("root-*"):
        remove(leftover)


def base(release: str) -> pathlib.Path:
    """Returns the directory of a minimal Debian, which it makes unless it exists."""
    directory = KEPT_DIR / f"base-{release}"
    making = KEPT_DIR / "making"
    with alone_in(making):
        remove_leftovers(making)
        if not directory.exists():
            unfinished = new_directory(making)
            try:
                run(["debootstrap", "--variant=minbase", release, unfinished,
                     sources(release)[0][0]], BOOTSTRAP_SECONDS)
            except BaseException:
                remove(unfinished)
                raise
            unfinished.rename(directory)
    return directory


class DebianRoot:
    """A copy of the base, which is removed with its context."""

    def __init__(self, release: str | None = None):
        self._release = release or codename()
        origin = base(self._release)
        WORK_DIR.mkdir(parents=True, exist_ok=True)
        remove_leftovers(WORK_DIR)
        self.path = new_directory(WORK_DIR)
        self._archives = KEPT_DIR / f"archives-{self._release}"
        self._archives.mkdir(exist_ok=True)
        try:
            run(["cp", "-a", f"{origin}/.", self.path], COMMAND_SECONDS)
            # Users other than root need to read its directories.
            self.path.chmod(0o755)
            run(["cp", "-a", f"{self._archives}/.",
                 self.path / "var/cache/apt/archives"], COMMAND_SECONDS)
            self._write_apt_files()
            self.apt_get("update")
        except BaseException:
            remove(self.path)
            raise

    def _write_apt_files(self):
        (self.path / "etc/apt/sources.list").write_text("".join(
            f"deb {uri} {suite} {component}\n"
            for uri, suite, component in sources(self._release)))
        settings = 'APT::Install-Recommends "false";\n'
        if CERTIFICATES.exists():
            # Copies certificates for apt only; the rest of this Debian has
            # none.
            shutil.copy(CERTIFICATES, self.path / "apt-certificates")
            settings += 'Acquire::https::CAInfo "/apt-certificates";\n'
        (self.path / "etc/apt/apt.conf.d/90test").write_text(settings)
        # Does not write each file through to the disk, because that takes
        # minutes and the root is temporary.
        (self.path / "etc/dpkg/dpkg.cfg.d/90test").write_text("force-unsafe-io\n")
        if pathlib.Path("/etc/resolv.conf").exists():
            shutil.copy("/etc/resolv.conf", self.path / "etc/resolv.conf")

    def run(self, *command: object) -> str:
        """Runs a command in the root, see run()."""
        return run(["chroot", self.path, *command], COMMAND_SECONDS)

    def apt_get(self, *arguments: str) -> str:
        """Runs apt-get in the root."""
        return self.run("apt-get", "--yes", "--quiet", *arguments)

    def install(self, *packages: pathlib.Path | str):
        """Installs packages, by file or by name, with what they depend on."""
        names = []
        for package in packages:
            if isinstance(package, pathlib.Path):
                shutil.copy(package, self.path / "tmp")
                names.append(f"/tmp/{package.name}")
            else:
                names.append(package)
        self.apt_get("install", *names)
        for name in names:
            if name.startswith("/tmp/"):
                (self.path / name[1:]).unlink()
        self.keep_archives()

    def keep_archives(self):
        """Keeps the packages that apt has fetched for the next time."""
        for archive in (self.path / "var/cache/apt/archives").glob("*.deb"):
            kept = self._archives / archive.name
            if not kept.exists():
                # Renames a complete copy, because another test may copy the
                # file at this moment.
                part = self._archives / f"{archive.name}.{os.getpid()}"
                shutil.copy(archive, part)
                part.rename(kept)

    def files(self) -> set[str]:
        """Returns the paths of all files in the root."""
        return {f"/{path.relative_to(self.path)}"
                for path in self.path.rglob("*") if not path.is_dir()}

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        remove(self.path)
