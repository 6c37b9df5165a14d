"""The whole sample study as a user runs it, and what importing the package costs.

Run as ``python -m benchmarks.study``. Each measurement is a process of its own: start of Python, imports, the embedded
model, all steps and the report are in it. Importing is measured against an empty Python.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.figures import Figure, Table, benchmark_options, publish

MOST_SECONDS: Final = 60
MOST_GIGABYTES: Final = 1.2
MOST_IMPORT: Final = 0.3
_STUDY: Final = """
import resource, sys
from saii_widgets.cli import main
assert main(["study", "--sample", "--out", sys.argv[1], "--device", "cpu"]) == 0
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(peak * (1 if sys.platform == "darwin" else 1024), file=sys.stderr)
"""
_IMPORT: Final = """
import json, sys, time
begin = time.perf_counter()
import saii_widgets
seconds = time.perf_counter() - begin
print(json.dumps([seconds, sorted({"torch", "transformers"} & set(sys.modules))]))
"""


@dataclass(frozen=True)
class Run:
    """One sample study: seconds by the clock, peak memory in bytes, size of its report in bytes."""

    seconds: float
    peak: int
    report: int


def run_study() -> Run:
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        words = [sys.executable, "-c", _STUDY, folder]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        seconds = time.perf_counter() - begin
        return Run(seconds, int(done.stderr.split()[-1]), (Path(folder) / "report.html").stat().st_size)


def import_package() -> tuple[float, list[str]]:
    """Seconds, and which heavy packages came along."""
    done = subprocess.run([sys.executable, "-c", _IMPORT], capture_output=True, text=True, check=True)
    seconds, heavy = json.loads(done.stdout)
    return seconds, heavy


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and keep with ``--save``."""
    options = benchmark_options("study", __doc__).parse_args(arguments)
    imports = [import_package() for _ in range(5)]
    runs = [run_study() for _ in range(1 if options.quick else 3)]
    seconds = statistics.median(run.seconds for run in runs)
    figures = [
        Figure("sample study, from the command to the report", seconds, "s", at_most=MOST_SECONDS),
        Figure("peak memory of it", max(run.peak for run in runs) / 1e9, "GB", at_most=MOST_GIGABYTES),
        Figure("import saii_widgets", statistics.median(s for s, _ in imports), "s", at_most=MOST_IMPORT),
        Figure("of torch and transformers imported with it", max(len(heavy) for _, heavy in imports), "", at_most=0),
        Figure("size of the report", runs[0].report / 1e6, "MB"),
    ]
    rows = [[f"run {i + 1}", run.seconds, run.peak / 1e9] for i, run in enumerate(runs)]
    table = Table("The sample study.", ("run", "seconds", "peak GB"), rows)
    publish("study", figures, options, tables=[table], notes=["Medians; 40 pictures, 400 calls, 32 pairs."])


if __name__ == "__main__":
    main()
