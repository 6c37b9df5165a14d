"""What every benchmark does with its figures: print them, compare them with their bars, keep them.

A benchmark is a module with a ``main(arguments=None)``::

    options = benchmark_options("relevance", __doc__).parse_args(arguments)
    ...
    publish("relevance", [Figure("32 x 32, last layer", 23.1, "times as fast", at_least=20)], options)
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.machine import describe_machine

RESULTS: Final = Path(__file__).with_name("RESULTS.md")
_PREAMBLE: Final = """# Measured

Each section is written by `python -m benchmarks.NAME --save` and replaced by the next such run.
"""


@dataclass(frozen=True)
class Figure:
    """One measured number.

    Parameters
    ----------
    figure : str
        What was measured, in a few words.
    value : float
    unit : str
        "%", "times as fast", "s", "GB" ...
    at_least, at_most : float, optional
        The bar, on one side or on both, in the same unit. A figure without a bar is shown, but claims nothing.
    """

    figure: str
    value: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None

    @property
    def bar(self) -> str | None:
        """The bar in words: ">= 95"."""
        limits = ((">=", self.at_least), ("<=", self.at_most))
        sides = [f"{sign} {limit:g}" for sign, limit in limits if limit is not None]
        return " and ".join(sides) or None

    @property
    def holds(self) -> bool | None:
        """Whether the value is within the bar; None without a bar, False for a value that is no number."""
        if self.bar is None:
            return None
        low = self.at_least is None or self.value >= self.at_least
        high = self.at_most is None or self.value <= self.at_most
        return bool(low and high)  # a comparison with NaN is False

    def cells(self) -> tuple[str, ...]:
        verdict = {True: "yes", False: "**no**", None: ""}[self.holds]
        return self.figure, f"{self.value:.4g}", self.unit, self.bar or "", verdict

    def to_dict(self) -> dict[str, Any]:
        value = round(float(self.value), 6)
        finite = value if abs(value) < float("inf") else None  # JSON knows neither NaN nor infinity
        return {"figure": self.figure, "value": finite, "unit": self.unit, "bar": self.bar, "holds": self.holds}


@dataclass(frozen=True)
class Table:
    """Details that stand below the figures and claim nothing."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str | float | int]]

    def to_markdown(self) -> str:
        return f"{self.title}\n\n{_markdown(self.columns, [[_cell(c) for c in row] for row in self.rows])}"


def benchmark_options(name: str, description: str | None) -> argparse.ArgumentParser:
    """A parser with the options that all benchmarks share: ``--quick``, ``--save``, ``--device``."""
    summary = (description or name).strip().splitlines()[0]
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{name}", description=summary)
    run = parser.add_mutually_exclusive_group()
    run.add_argument("--quick", action="store_true", help="measure less; done within 50 s on two cores")
    run.add_argument("--save", action="store_true", help=f"write the table into {RESULTS.name}; a full run only")
    parser.add_argument("--device", default="cpu", help="where to compute: cpu (default), cuda, mps")
    return parser


def publish(
    name: str,
    figures: Sequence[Figure],
    options: argparse.Namespace,
    *,
    tables: Sequence[Table] = (),
    notes: Sequence[str] = (),
    results: Path = RESULTS,
) -> None:
    """Print the table, then one line of JSON with the figures that have a bar; with ``--save`` keep the table.

    Parameters
    ----------
    name : str
        Of the benchmark's module.
    figures : sequence of Figure
    options : argparse.Namespace
        What :func:`benchmark_options` parsed.
    tables : sequence of Table
        Details below the figures.
    notes : sequence of str
        A sentence each: what was measured on what, with which seeds.
    results : Path
        The file that ``--save`` writes into.
    """
    columns = ("figure", "value", "unit", "bar", "holds")
    blocks = [*notes, f"Machine: {describe_machine(options.device)}."]
    blocks += [_markdown(columns, [figure.cells() for figure in figures]), *(table.to_markdown() for table in tables)]
    body = "\n\n".join(blocks)
    print(body + "\n")
    if options.save:
        _replace_section(results, name, body)
    print(json.dumps([figure.to_dict() for figure in figures if figure.bar]), flush=True)


def _replace_section(results: Path, name: str, body: str) -> None:
    before = results.read_text() if results.exists() else _PREAMBLE
    heading, *sections = re.split(r"^(?=## )", before, flags=re.MULTILINE)
    kept = {section.split("\n", 1)[0].removeprefix("## "): section.rstrip() for section in sections}
    kept[name] = f"## {name}\n\n`python -m benchmarks.{name}`. {body}".rstrip()
    unfinished = results.with_suffix(".part")
    unfinished.write_text("\n\n".join([heading.rstrip(), *(kept[key] for key in sorted(kept))]) + "\n")
    unfinished.replace(results)


def _markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [tuple(columns), *(tuple(row) for row in rows)]
    widths = [max(3, *(len(cell) for cell in column)) for column in zip(*lines, strict=True)]
    padded = ["| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |" for line in lines]
    padded.insert(1, "|" + "|".join("-" * (w + 2) for w in widths) + "|")
    return "\n".join(padded)


def _cell(value: str | float | int) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
