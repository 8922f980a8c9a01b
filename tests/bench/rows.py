"""Defines the rows of the benchmark's table, how rounds make them, and how they are shown.

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
    """The settings of one run of the table."""

    # The directory of the release build's programs, and that of the dynamically
    # linked plain server. The second may be absent if no group that runs needs
    # it.
    binaries: pathlib.Path
    dynamic_binaries: pathlib.Path
    # The directory for files of the run, and for those of the servers that it
    # starts.
    output: pathlib.Path
    # How often each variant is measured; at least 1.
    rounds: int
    # True: rounds are as short as possible, because only the answers are
    # checked.
    quick: bool = False

    def seconds(self, normal: float) -> float:
        """Returns the length of a measurement that normally takes `normal` seconds."""
        return 0.05 if self.quick else normal

    def repetitions(self, normal: int) -> int:
        """Returns how often to repeat what is normally repeated `normal` times."""
        return min(normal, 3) if self.quick else normal

    def calls(self, normal: int) -> int:
        """Returns how many calls to make where `normal` are usual."""
        return min(normal, 1000) if self.quick else normal


@dataclasses.dataclass(frozen=True)
class Goal:
    """The bound of a row's figure."""

    operator: Literal["<=", ">=", "reported"]
    # The bound, in the row's unit. A row that is only reported ignores it.
    number: float = 0.0
    # True if the bound is `number` above the upper quartile of the A/A control,
    # for differences that are no larger than the noise of the measurement.
    above_control: bool = False

    def describe(self) -> str:
        """Returns the goal as the table shows it."""
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
    # One value for each round.
    values: list[float]
    # The A/A control: `values` of the same thing measured twice in each round.
    # It is None if there is no control.
    control: list[float] | None = None
    # The medians that the ratio was made of, by name with the unit.
    absolute: dict[str, float] = dataclasses.field(default_factory=dict)
    note: str = ""
    # The reason why there are no values. Empty if there are values.
    failure: str = ""

    @property
    def figure(self) -> float:
        """Returns the median of the rounds, which is compared with the goal."""
        return statistics.median(self.values)

    @property
    def met(self) -> bool | None:
        """Returns True if the goal is met, and None if there is no goal."""
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
    """Returns the row of something that could not be measured."""
    return Row(name, REPORTED, "", [], failure=reason)


def quartiles(values: Sequence[float]) -> tuple[float, float]:
    """Returns the lower and the upper quartile of at least one value."""
    if len(values) == 1:
        return values[0], values[0]
    lower, _, upper = statistics.quantiles(values, n=4, method="inclusive")
    return lower, upper


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Divides round by round, so that the drift of the machine cancels out."""
    return [a / b for a, b in zip(above, below, strict=True)]


def interleave(
    variants: Sequence[str], rounds: int, measure: Callable[[str], Result]
) -> dict[str, list[Result]]:
    """Measures each variant once a round.

    Each round begins with another variant, and every second round is reversed,
    so that no variant always follows the same one. For a control, name a
    variant twice, such as "A" and "A'". `measure` receives the name.
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
    """Returns the row's figure, to be printed before the table is complete."""
    return ": ".join(filter(None, [row.name, " ".join(filter(None, _cells(row)[1:]))]))


HEADER = ["row", "median", "quartiles", "A/A quartiles", "goal", "met"]


def table(rows: Iterable[Row]) -> str:
    """Returns the rows as a Markdown table with aligned columns."""
    lines = [HEADER, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADER))]
    padded = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |"
        for line in lines
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([padded[0], rule, *padded[1:]])


def details(rows: Iterable[Row]) -> str:
    """Returns the figures that the rows were made of, a line for each row."""
    lines = []
    for row in rows:
        parts = [f"{name} {_number(value)}" for name, value in row.absolute.items()]
        parts += [row.note] if row.note else []
        if parts:
            lines.append(f"{row.name}: {'; '.join(parts)}")
    return "\n".join(lines)


def write_json(rows: Iterable[Row], machine: dict[str, str], path: pathlib.Path) -> None:
    """Writes all measured values, those of every round included."""
    entries = []
    for row in rows:
        entry = dataclasses.asdict(row)
        entry["met"] = row.met
        if not row.failure:
            entry["figure"] = row.figure
            entry["quartiles"] = quartiles(row.values)
        entries.append(entry)
    path.write_text(json.dumps({"machine": machine, "rows": entries}, indent=1) + "\n")
