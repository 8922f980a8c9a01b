"""portreg annotate beside mawk, Miller and wc -l, on the same flow log."""

import contextlib
import csv
import io
import json
import os
import pathlib
import statistics
import subprocess
import time
from collections.abc import Iterator

import programs
from rows import Goal, Row, Settings, interleave, ratios

RECORDS = 10_000_000
QUICK_RECORDS = 20_000
# One round takes a minute, most of it mawk's and Miller's.
MOST_ROUNDS = 3
SEED = 15

# Looks up the destination's port, then the source's, as a team's own script does. It knows
# no other step of the rule, which makes it faster.
MAWK = """
NR == FNR { name[$2 " " $1] = $3; next }
{
  key = $8 " " $7
  if (key in name) print $0, name[key], $7, "destination"
  else {
    key = $8 " " $6
    if (key in name) print $0, name[key], $6, "source"
    else print $0, "-", "-", "-"
  }
}
"""


def lookup_table(settings: Settings) -> dict[tuple[str, str], str]:
    """Returns the services by port and number of the protocol."""
    exported = subprocess.run(
        [str(settings.binaries / "portreg"), "export", "--offline", "--format=lookup-csv",
         "--key=number"], capture_output=True, text=True, check=True).stdout
    return {(row["port"], row["protocol"]): row["service"]
            for row in csv.DictReader(io.StringIO(exported, newline=""))}


@contextlib.contextmanager
def flow_log(settings: Settings) -> Iterator[pathlib.Path]:
    """Yields the log, which is a gigabyte; it is removed afterwards."""
    path = programs.scratch(settings, "flow.log")
    records = QUICK_RECORDS if settings.quick else RECORDS
    with open(path, "wb") as file:
        subprocess.run([settings.binaries / "flow_log", str(records), str(SEED)], stdout=file,
                       check=True)
    try:
        yield path
    finally:
        path.unlink()


def commands(settings: Settings, log: pathlib.Path) -> dict[str, list[str]]:
    """Returns what is measured, by name. Writes the lookup table."""
    names = lookup_table(settings)
    blanks = programs.scratch(settings, "lookup.txt")
    blanks.write_text("".join(f"{port} {number} {name}\n"
                              for (port, number), name in names.items()))
    # JSON, because Miller would split CSV at the log's separator.
    objects = programs.scratch(settings, "lookup.json")
    objects.write_text(json.dumps([{"port": port, "protocol": number, "service": name}
                                   for (port, number), name in names.items()]))
    return {
        "annotate": [str(settings.binaries / "portreg"), "annotate", "--offline", str(log)],
        "mawk": ["mawk", MAWK, str(blanks), str(log)],
        "miller": ["mlr", "--inidx", "--ifs", " ", "--onidx", "--ofs", " ", "join", "-i", "json",
                   "--ur", "-l", "protocol,port", "-r", "8,7", "-j", "8,7", "-f", str(objects),
                   str(log)],
        "wc": ["wc", "-l", str(log)],
    }


def check_joins(joins: list[list[str]], log: pathlib.Path, settings: Settings):
    """Raises RuntimeError unless each join writes all lines, and names in many of them."""
    services = set(lookup_table(settings).values())
    count = len(log.read_text().splitlines())
    for command in joins:
        joined = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        lines = joined.splitlines()
        named = sum(not services.isdisjoint(line.split(" ")) for line in lines)
        if len(lines) != count or named < count / 5:
            raise RuntimeError(f"{command[0]}: {named} names in {len(lines)} of {count} lines")


def check_answers(ours: list[str], log: pathlib.Path, settings: Settings):
    """Compares the names with a plain reader's where one side alone has a name."""
    names = lookup_table(settings)
    annotated = subprocess.run(ours, capture_output=True, text=True, check=True).stdout
    lines = log.read_text().splitlines()
    compared = 0
    for line, added in zip(lines, annotated.splitlines(), strict=True):
        if not added.startswith(line + " "):
            raise RuntimeError(f"{line!r} became {added!r}")
        fields = line.split(" ")
        source, destination, protocol = fields[5:8]
        found = [(port, names[port, protocol]) for port in (source, destination)
                 if (port, protocol) in names]
        # Elsewhere the rule decides, of which this reader knows nothing.
        if len(found) != 1 or int(found[0][0]) >= 32768 or max(source, destination) == "0":
            continue
        service, port = added.split(" ")[14:16]
        compared += 1
        if port != found[0][0]:
            raise RuntimeError(f"{added!r} should name port {found[0][0]}")
        if service == "-":
            raise RuntimeError(f"{added!r} has no name")
    if compared < len(lines) / 3:
        raise RuntimeError(f"only {compared} lines of {len(lines)} were compared")


def rows(settings: Settings) -> Iterator[Row]:
    """Measures records a second, and the memory of annotate."""
    memory: list[float] = []
    with flow_log(settings) as log:
        measured = commands(settings, log)
        if settings.quick:
            check_answers(measured["annotate"], log, settings)
            check_joins([measured["mawk"], measured["miller"]], log, settings)
        records = QUICK_RECORDS if settings.quick else RECORDS
        # Brings the log into the page cache.
        subprocess.run(measured["wc"], capture_output=True, check=True)

        def measure(variant: str) -> float:
            name = variant.rstrip("'")
            begin = time.monotonic()
            with open(os.devnull, "wb") as null, \
                    subprocess.Popen(measured[name], stdout=null) as process:
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
            seconds = time.monotonic() - begin
            if process.returncode != 0:
                raise RuntimeError(f"{name} ended with {process.returncode}")
            if name == "annotate":
                memory.append(usage.ru_maxrss / 1024)
            return records / seconds

        rates = interleave([*measured, "annotate'"], min(settings.rounds, MOST_ROUNDS), measure)
    medians = {name: statistics.median(values) / 1e6 for name, values in rates.items()}
    for other, goal in (("mawk", 5.0), ("miller", 3.0), ("wc", 0.2)):
        title = {"mawk": "a mawk join", "miller": "a Miller join", "wc": "wc -l"}[other]
        yield Row(
            f"annotate / {title}, VPC records/s",
            Goal(">=", goal),
            "ratio",
            ratios(rates["annotate"], rates[other]),
            ratios(rates["annotate'"], rates["annotate"]),
            {"million/s annotate": medians["annotate"], f"million/s {other}": medians[other]},
            f"{records:,} records",
        )
    yield Row("annotate, most memory", Goal("<=", 64), "MB", memory)
