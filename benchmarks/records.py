"""Emergency calls read and their words counted: 100,000 rows on one core.

Run as ``python -m benchmarks.records``. The calls are written for the run, in the columns of the Montgomery County
table, each with an address, a township and nine words of a witness drawn by lot; reading them takes the text from the
description, the time and the place, and counting finds words, phrases of the lexicon and collocations. What is claimed
is processor time on one core, which is the time that passes where nothing else runs on it.
"""

from __future__ import annotations

import argparse
import csv
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Final

from benchmarks.figures import Figure, Table, benchmark_options, publish

N_ROWS: Final = 100_000
MOST_SECONDS: Final = 3.0
_PARTS: Final = ("part", "best run", "worst run")
_COLUMNS: Final = ("lat", "lng", "desc", "zip", "title", "timeStamp", "twp", "addr", "e")
_TITLES: Final = ("Traffic: VEHICLE ACCIDENT -", "EMS: CARDIAC EMERGENCY", "Fire: GAS-ODOR/LEAK")
_WORDS: Final = (
    *("red", "blue", "white", "green", "truck", "van", "car", "bus", "metal", "fence", "zebra", "crossing", "road"),
    *("markings", "traffic", "light", "rain", "night", "wet", "people", "near", "beside", "hit", "caller", "says"),
    *("stopped", "left", "lane", "overcast", "sky", "brick", "wall"),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and keep with ``--save``."""
    options = benchmark_options("records", __doc__).parse_args(arguments)
    cores = _cores()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "calls.csv"
        write_calls(path, N_ROWS)
        _run_on({min(cores)} if cores else cores)
        runs = [_measure(path) for _ in range(1 if options.quick else 5)]
        _run_on(cores)
    _publish(runs, options)


def write_calls(path: Path, n_rows: int, seed: int = 0) -> None:
    """Write invented calls into a CSV file."""
    rng = Random(seed)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        for number in range(n_rows):
            address = f"ROAD {number % 977} & LANE {number % 31}"
            when = f"2026-11-{1 + number % 28:02d} 10:{number % 60:02d}:52"
            said = " ".join(rng.choices(_WORDS, k=9))
            description = f"{address}; NORTH BRINDLE; {said}; Station {number % 300}; {when.replace(' ', ' @ ')};"
            place = (round(40 + rng.random(), 6), round(-66 - rng.random(), 6))
            writer.writerow([*place, description, "", rng.choice(_TITLES), when, "NORTH BRINDLE", address, 1])


def _cores() -> set[int]:
    """The cores this process may run on; none where the system can't tell (macOS, Windows)."""
    return os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()


def _run_on(cores: set[int]) -> None:
    if cores:
        os.sched_setaffinity(0, cores)


def _measure(path: Path) -> dict[str, float]:
    from saii_widgets.data import Corpus, read_records

    begin, used = time.perf_counter(), time.process_time()
    records = read_records(path)
    read = time.perf_counter()
    counts = Corpus(records.texts).counts()
    end, spent = time.perf_counter(), time.process_time()
    if len(records) != N_ROWS or records.skipped or counts["metal fence"] < 1:
        raise RuntimeError(f"{len(records)} of {N_ROWS} rows were read")
    return {"reading": read - begin, "counting": end - read, "both": end - begin, "processor": spent - used}


def _publish(runs: Sequence[dict[str, float]], options: argparse.Namespace) -> None:
    best = min(runs, key=lambda run: run["processor"])
    figure = Figure("100,000 calls read and counted, one core", best["processor"], "s", at_most=MOST_SECONDS)
    rows = [[part, best[part], max(run[part] for run in runs)] for part in best]
    table = Table("Seconds; all but the last are by the clock, other programs of the machine among them.", _PARTS, rows)
    note = f"Processor time, best of {len(runs)}, the first with the imports of pandas in it; invented calls, seed 0."
    publish("records", [figure], options, tables=[table], notes=[note])


if __name__ == "__main__":
    main()
