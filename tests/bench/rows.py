"""The rows of the benchmark's table: what one is, how rounds make it, how it is shown.

A group of rows is a module with `def rows(settings) -> Iterator[Row]`, named in
table.py's GROUPS.
"""

import dataclasses
import json
import pathlib
import statistics
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, TypeVar

Result = TypeVar("Result")


@dataclasses.dataclass(frozen=True)
class Settings:
    """What one run of the table works with."""

    # Where the release build's programs are, and those of the plain, dynamically
    # linked one; the second may be absent where only groups without it run.
    binaries: pathlib.Path
    dynamic_binaries: pathlib.Path
    # Files that a run leaves behind, and those of the servers that it starts.
    output: pathlib.Path
    # How often each variant is measured, at least 1.
    rounds: int
    # Whether the answers count and not the times: rounds as short as can be.
    quick: bool = False

    def seconds(self, normal: float) -> float:
        """How long one measurement lasts that should take `normal` seconds."""
        return 0.05 if self.quick else normal

    def repetitions(self, normal: int) -> int:
        """How often to repeat what should be done `normal` times in a measurement."""
        return min(normal, 3) if self.quick else normal

    def calls(self, normal: int) -> int:
        """How many calls to make where there should be `normal` in a measurement."""
        return min(normal, 1000) if self.quick else normal


@dataclasses.dataclass(frozen=True)
class Goal:
    """What a row's figure has to be."""

    operator: Literal["<=", ">=", "reported"]
    # The bound, in the row's unit. Nothing to a row that is only reported.
    number: float = 0.0
    # Whether the bound is `number` above the upper quartile of the A/A control,
    # for differences no larger than what the same thing measured twice shows.
    above_control: bool = False

    def describe(self) -> str:
        """The goal as the table shows it."""
        if self.operator == "reported":
            return "reported"
        sign = {"<=": "≤", ">=": "≥"}[self.operator]
        if self.above_control:
            return f"{sign} A/A + {self.number:.0%}"
        return f"{sign} {self.number:g}"


REPORTED = Goal("reported")


@dataclasses.dataclass
class Row:
    """One line of the table."""

    name: str
    goal: Goal
    # "ratio", or the unit of `values`: "ms", "ns", "MB" and so on.
    unit: str
    # One a round.
    values: list[float]
    # The same as `values`, of the same thing measured twice in each round; None
    # where there is no such thing.
    control: list[float] | None = None
    # What the ratio was made of, by name with its unit: medians.
    absolute: dict[str, float] = dataclasses.field(default_factory=dict)
    note: str = ""
    # Why there are no values. Empty: there are.
    failure: str = ""

    @property
    def figure(self) -> float:
        """The median of the rounds, which is compared with the goal."""
        return statistics.median(self.values)

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where there is none."""
        if self.failure:
            return False
        if self.goal.operator == "reported":
            return None
        bound = self.goal.number
        if self.goal.above_control:
            if not self.control:
                raise ValueError(f"row {self.name!r}: the goal needs a control")
            bound += quartiles(self.control)[1]
        return self.figure <= bound if self.goal.operator == "<=" else self.figure >= bound


def failed(name: str, reason: str) -> Row:
    """The row of what could not be measured."""
    return Row(name, REPORTED, "", [], failure=reason)


def quartiles(values: Sequence[float]) -> tuple[float, float]:
    """The lower and the upper quartile of at least one value."""
    if len(values) == 1:
        return values[0], values[0]
    lower, _, upper = statistics.quantiles(values, n=4, method="inclusive")
    return lower, upper


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Round by round, so that the machine's drift falls out."""
    return [a / b for a, b in zip(above, below, strict=True)]


def interleave(
    variants: Sequence[str], rounds: int, measure: Callable[[str], Result]
) -> dict[str, list[Result]]:
    """Measures each variant once a round.

    Each round begins with another variant, and every second one goes backwards,
    so that none always follows the same one. Name a variant twice, such as "A"
    and "A'", for a control; `measure` gets the name.
    """
    results: dict[str, list[Result]] = {variant: [] for variant in variants}
    for number in range(rounds):
        shift = number % len(variants)
        order = [*variants[shift:], *variants[:shift]]
        if number % 2 == 1:
            order.reverse()
        for variant in order:
            results[variant].append(measure(variant))
    return results


def _number(value: float) -> str:
    if value == 0 or 0.01 <= abs(value) < 100:
        return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2g}"


def _cells(row: Row) -> list[str]:
    if row.failure:
        return [row.name, "", "", "", "", f"FAILED: {row.failure}"]
    lower, upper = quartiles(row.values)
    spread = f"{_number(lower)}–{_number(upper)}"
    control = ""
    if row.control:
        bounds = quartiles(row.control)
        control = f"{_number(bounds[0])}–{_number(bounds[1])}"
    unit = "" if row.unit == "ratio" else f" {row.unit}"
    met = {True: "met", False: "NOT MET", None: ""}[row.met]
    return [row.name, _number(row.figure) + unit, spread, control, row.goal.describe(), met]


def brief(row: Row) -> str:
    """The row's figure, for whoever waits for the table."""
    return ": ".join(filter(None, [row.name, " ".join(filter(None, _cells(row)[1:]))]))


HEADER = ["row", "median", "quartiles", "A/A quartiles", "goal", "met"]


def table(rows: Iterable[Row]) -> str:
    """The rows as a Markdown table that is also readable as it stands."""
    lines = [HEADER, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADER))]
    padded = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |"
        for line in lines
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([padded[0], rule, *padded[1:]])


def details(rows: Iterable[Row]) -> str:
    """What the rows' figures were made of, a line each."""
    lines = []
    for row in rows:
        parts = [f"{name} {_number(value)}" for name, value in row.absolute.items()]
        parts += [row.note] if row.note else []
        if parts:
            lines.append(f"{row.name}: {'; '.join(parts)}")
    return "\n".join(lines)


def write_json(rows: Iterable[Row], machine: dict[str, str], path: pathlib.Path) -> None:
    """Everything that was measured, every round of it."""
    entries = []
    for row in rows:
        entry = dataclasses.asdict(row)
        entry["met"] = row.met
        if not row.failure:
            entry["figure"] = row.figure
            entry["quartiles"] = quartiles(row.values)
        entries.append(entry)
    path.write_text(json.dumps({"machine": machine, "rows": entries}, indent=1) + "\n")
