"""Measures, prints the table of ratios, and writes it as JSON.

    table.py --binaries DIR --dynamic_binaries DIR --output DIR [--rounds N] [--quick]
             [GROUP...]

Exit code 1 if a group of rows failed, or a goal is not met and the run is not a
quick one.
"""

import argparse
import importlib
import os
import pathlib
import platform
import sys
import traceback
from collections.abc import Iterator

import rows as vocabulary
from rows import Row, Settings

# Modules with a function rows(settings), in the order of the table.
GROUPS = [
    "unary",
    "shipped",
    "batch",
    "claims",
    "coalesced",
    "listing",
    "etcd",
    "latency",
    "fairness",
    "web",
    "instructions",
    "start",
    "check",
    "annotate",
    "page",
    "memory",
    "micro",
]


def machine() -> dict[str, str]:
    """Describes the machine and the software that the figures hold for."""
    model = "unknown"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    memory = pathlib.Path("/proc/meminfo").read_text().splitlines()[0].split()
    return {
        "processor": model,
        "cores": str(os.cpu_count()),
        "memory": f"{int(memory[1]) / 2**20:.0f} GiB",
        "kernel": platform.release(),
        "system": platform.freedesktop_os_release()["PRETTY_NAME"],
    }


def rows_of(group: str, settings: Settings) -> Iterator[Row]:
    """Yields the group's rows. If the group fails, a last row reports it."""
    try:
        yield from importlib.import_module(group).rows(settings)
    except Exception as error:  # pylint: disable=broad-except
        # Goes on after any error, because the other groups are still useful.
        traceback.print_exc()
        yield vocabulary.failed(group, f"{type(error).__name__}: {error}"[:120])


def parse_arguments() -> argparse.Namespace:
    """Returns the parsed command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binaries", type=pathlib.Path, required=True)
    parser.add_argument("--dynamic_binaries", type=pathlib.Path, default=pathlib.Path())
    parser.add_argument("--output", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, help="default: 15, of a quick run 2")
    parser.add_argument("--quick", action="store_true", help="check answers, not times")
    parser.add_argument(
        "groups", nargs="*", metavar="GROUP", help=f"default: all of {', '.join(GROUPS)}"
    )
    arguments = parser.parse_args()
    unknown = set(arguments.groups) - set(GROUPS)
    if unknown:
        parser.error(f"no group {', '.join(sorted(unknown))}: there are {', '.join(GROUPS)}")
    return arguments


def main() -> int:
    """Runs the groups that the command line asks for."""
    arguments = parse_arguments()
    settings = Settings(
        binaries=arguments.binaries.resolve(),
        dynamic_binaries=arguments.dynamic_binaries.resolve(),
        output=arguments.output.resolve(),
        rounds=arguments.rounds or (2 if arguments.quick else 15),
        quick=arguments.quick,
    )
    settings.output.mkdir(parents=True, exist_ok=True)
    chosen = arguments.groups or GROUPS
    measured: list[Row] = []
    for group in GROUPS:
        if group not in chosen:
            continue
        for row in rows_of(group, settings):
            print(vocabulary.brief(row), flush=True)
            measured.append(row)
    print("\n" + vocabulary.table(measured) + "\n\n" + vocabulary.details(measured))
    vocabulary.write_json(measured, machine(), settings.output / "table.json")
    if any(row.failure for row in measured):
        return 1
    return 0 if settings.quick or all(row.met is not False for row in measured) else 1


if __name__ == "__main__":
    sys.exit(main())
