"""Measures single functions, and glibc's functions for the same questions."""

import json
import pathlib
import subprocess
import sys
from collections.abc import Iterator

import programs
from rows import REPORTED, Goal, Row, Settings, ratios

REPETITIONS = 30
SECONDS = 0.02
SERVICES = pathlib.Path("/etc/services")

# Titles of rows by the benchmark's name in micro/. Nanoseconds depend on the machine,
# so they are reported and have no goal.
OURS = {
    "AtPort": "in-process lookup by port",
    "ByName": "in-process lookup by name",
    "ByUnknownName": "in-process lookup by an unknown name",
    "States": "states of a port on all transports",
    "ClassOfPort": "class of a port",
    "ParseLookup/by_port": "parsing a LookupRequest, by port",
    "ParseLookup/by_name": "parsing a LookupRequest, by name",
    "StoredReply/by_port": "stored reply to a parsed request, by port",
    "StoredReply/by_name": "stored reply to a parsed request, by name",
    "HandleLookup/by_port": "handler Lookup, by port",
    "HandleLookup/by_port_serialised": "the same, serialised",
    "HandleLookup/by_name": "handler Lookup, by name",
    "HandleClassify": "handler Classify",
}
# Goals of searches, as multiples of a lookup's handler in the same run.
LOOKUP = "HandleLookup/by_port"
EMBEDDED_GOAL = Goal("<=", 20)
LARGE_GOAL = Goal("<=", 100)
SEARCHES = {
    "one_word": ("search for postgresql", True),
    "two_words": ("search for web server", True),
    "misspelt": ("search for postgrsql, which is nothing's name", True),
    "commonest_word": ("search for protocol, the commonest word", True),
    "one_letter": ("search for e", False),
    "sixteen_letters": ("search for sixteen words of a letter each", False),
    "own_name": ("search for app-012345", True),
    "own_name_misspelt": ("search for app-0x2345, which is nothing's name", True),
    "own_word": ("search for server, which is in each row", True),
}
REGISTRIES = {"Embedded": ("", EMBEDDED_GOAL), "Large": (", 150,000 local rows", LARGE_GOAL)}
BUILDS = {
    "BuildSearchIndex/embedded": "building the search index",
    "BuildSearchIndex/large": "building the search index, 150,000 local rows",
}
# The functions of glibc, each with the benchmark of ours that answers the same.
THEIRS = {"ByPort": ("getservbyport_r", "AtPort"), "ByName": ("getservbyname_r", "ByName")}


def _run(settings: Settings, command: list[str], name: str) -> tuple[dict[str, list[float]], dict]:
    """Returns nanoseconds of each repetition by benchmark, and the program's context."""
    output = programs.scratch(settings, f"{name}.json")
    command = command + [
        f"--benchmark_repetitions={settings.repetitions(REPETITIONS)}",
        f"--benchmark_min_time={settings.seconds(SECONDS)}",
        # Interleaves the benchmarks, so that a slow moment does not hit only
        # one.
        "--benchmark_enable_random_interleaving=true",
        f"--benchmark_out={output}",
    ]
    done = subprocess.run(
        programs.pinned(programs.LOAD_CPU, command),
        capture_output=True,
        text=True,
        timeout=programs.PATIENCE_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{name}: {done.stderr.strip()[-300:]}")
    report = json.loads(output.read_text())
    times: dict[str, list[float]] = {}
    for run in report["benchmarks"]:
        if run.get("error_occurred"):
            raise RuntimeError(f"{name}: {run['name']}: {run['error_message']}")
        if run["run_type"] == "iteration":
            times.setdefault(run["run_name"], []).append(run["cpu_time"])
    return times, report["context"]


def _services_file(settings: Settings) -> pathlib.Path:
    """Writes the whole registry as a services file; returns its path."""
    path = programs.scratch(settings, "services")
    tool = str(settings.binaries / "portreg")
    with path.open("w") as file:
        subprocess.run([tool, "--offline", "export", "--format=services"], stdout=file, check=True)
    return path


def _their_rows(
    settings: Settings, title: str, prefix: list[str], ours: dict[str, list[float]]
) -> Iterator[Row]:
    command = [*prefix, str(settings.binaries / "bench_getservby")]
    times, context = _run(settings, command, "getservby")
    for name, (function, our_name) in THEIRS.items():
        yield Row(
            f"{function}, {title} / in-process lookup",
            REPORTED,
            "ratio",
            ratios(times[name], ours[our_name]),
            absolute={"ns": min(times[name]), "ns in process": min(ours[our_name])},
            note=f"services in the file: {int(context['services']):,}",
        )


def _search_rows(ours: dict[str, list[float]]) -> Iterator[Row]:
    for registry, (rows_of, goal) in REGISTRIES.items():
        for search, (title, has_goal) in SEARCHES.items():
            times = ours.get(f"Search/{registry}_{search}")
            if times is None:
                continue
            yield Row(
                f"{title}{rows_of} / handler Lookup by port",
                goal if has_goal else REPORTED,
                "ratio",
                ratios(times, ours[LOOKUP]),
                absolute={"ns": min(times), "ns Lookup": min(ours[LOOKUP])},
            )
    for name, title in BUILDS.items():
        yield Row(title, REPORTED, "ms", ours[name], absolute={"best ms": min(ours[name])})


def rows(settings: Settings) -> Iterator[Row]:
    """Yields processor times of single calls with random keys."""
    ours, _ = _run(settings, [str(settings.binaries / "bench_micro")], "micro")
    for name, title in OURS.items():
        yield Row(title, REPORTED, "ns", ours[name], absolute={"best ns": min(ours[name])})
    yield from _search_rows(ours)
    if SERVICES.exists():
        yield from _their_rows(settings, "the system's file", [], ours)
    else:
        print(f"micro: there is no {SERVICES}: no rows of getservby* with it", file=sys.stderr)
    # Replaces the system's file for one process only, which needs root and a
    # mount namespace. Some chroots do not allow it.
    probe = ["unshare", "--mount", "true"]
    if not SERVICES.exists() or subprocess.run(probe, capture_output=True).returncode != 0:
        print("micro: no mount namespace: no rows of getservby* with a full file", file=sys.stderr)
        return
    script = 'mount --bind "$1" "$2" && shift 2 && exec "$@"'
    mounted = ["unshare", "--mount", "sh", "-c", script, "sh", str(_services_file(settings))]
    yield from _their_rows(settings, "the whole registry as file", [*mounted, str(SERVICES)], ours)
