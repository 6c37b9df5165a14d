from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from benchmarks.figures import Figure, Table, benchmark_options, publish
from benchmarks.machine import describe_machine


@pytest.mark.parametrize(
    ("figure", "bar", "holds"),
    [
        (Figure("hits", 95.0, "%", at_least=95), ">= 95", True),
        (Figure("hits", 94.999, "%", at_least=95), ">= 95", False),
        (Figure("memory", 2.1, "GB", at_most=2), "<= 2", False),
        (Figure("ratio", 1.0, "x", at_least=0.9, at_most=1.1), ">= 0.9 and <= 1.1", True),
        (Figure("ratio", 1.2, "x", at_least=0.9, at_most=1.1), ">= 0.9 and <= 1.1", False),
        (Figure("hits", math.nan, "%", at_least=0), ">= 0", False),
        (Figure("area", 8.0, "%"), None, None),
    ],
)
def test_bar(figure: Figure, bar: str | None, holds: bool | None) -> None:
    assert figure.bar == bar
    assert figure.holds is holds


def test_last_line_is_json_of_what_has_a_bar(capsys: pytest.CaptureFixture[str]) -> None:
    figures = [
        Figure("hits", 96.12345678, "%", at_least=95),
        Figure("area", 8, "%"),
        Figure("x", math.nan, "s", at_most=1),
    ]
    publish("demo", figures, benchmark_options("demo", "Demo.").parse_args(["--quick"]), notes=["A note."])
    lines = capsys.readouterr().out.rstrip().splitlines()
    assert json.loads(lines[-1]) == [
        {"figure": "hits", "value": 96.123457, "unit": "%", "bar": ">= 95", "holds": True},
        {"figure": "x", "value": None, "unit": "s", "bar": "<= 1", "holds": False},
    ]
    assert "A note." in lines
    assert any("area" in line for line in lines[:-1])


def test_save_replaces_its_own_section_only(tmp_path: Path) -> None:
    results = tmp_path / "RESULTS.md"

    def save(name: str, value: float) -> None:
        options = benchmark_options(name, "Demo.").parse_args(["--save"])
        tables = [Table("Details", ("thing", "n"), [("sky", value)])]
        publish(name, [Figure("speed", value, "x", at_least=1)], options, tables=tables, results=results)

    save("second", 2.25)
    save("first", 1.5)
    save("second", 7.75)
    text = results.read_text()
    assert text.startswith("# Measured")
    assert [line for line in text.splitlines() if line.startswith("## ")] == ["## first", "## second"]
    assert "7.75" in text
    assert "1.5" in text
    assert "2.25" not in text
    assert list(tmp_path.iterdir()) == [results]


def test_a_quick_run_is_not_saved(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        benchmark_options("demo", "Demo.").parse_args(["--quick", "--save"])
    assert "not allowed with" in capsys.readouterr().err


def test_machine_names_python_and_packages() -> None:
    text = describe_machine()
    assert "Python 3." in text
    assert "numpy 2" in text
    assert "cores" in text
