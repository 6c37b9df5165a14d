"""How much faster relevance is than its definition, and than the published program.

Measured in one run, on one thread of a CPU, in processor time (`--device` moves all sides): a CLIP of ViT-B/32's size
with random weights.
The slow side is `benchmarks/slow_relevance.py`: a repeated picture, one autograd call a layer. Sides take turns; ratios
are of medians.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import torch
from torch import Tensor

from benchmarks.figures import Figure, Table, benchmark_options, publish
from benchmarks.published_relevance import PublishedRelevance
from benchmarks.random_clip import random_captions, random_clip, random_pictures
from benchmarks.slow_relevance import slow_relevance
from saii_widgets.engine.explainers.relevance import Relevance
from saii_widgets.engine.models.clip import Clip
from saii_widgets.engine.pairing import as_captions

_N = 32


class Sides:
    """The same work, done in several ways."""

    def __init__(self, device: str) -> None:
        made = random_clip()
        self.clip = Clip(made.model.to(device), made.image_processor, made.tokenizer, name=made.name)  # pyright: ignore
        self.pictures, self.captions = random_pictures(_N), as_captions(random_captions(_N))

    def ours(self, n: int, m: int, start: int) -> None:
        Relevance(self.clip, start_layer=start, text_start_layer=start)(self.pictures[:n], self.captions[:m])

    def slow(self, n: int, m: int, start: int, *, one_call: bool = False, padded: bool = False) -> None:
        texts = self.texts(m, padded=padded)
        for picture in self.pictures[:n]:
            slow_relevance(
                self.clip.model,
                self.clip.prepare_images([picture]),
                texts,
                torch.eye(m, device=self.clip.device),
                readout=self.clip.text_tower.readout(texts),  # pyright: ignore[reportOptionalCall]
                start_layer=start,
                text_start_layer=start,
                one_call=one_call,
            )

    def texts(self, m: int, *, padded: bool) -> Mapping[str, Tensor]:
        texts = self.clip.prepare_captions(self.captions[:m])
        missing = 77 - texts["input_ids"].shape[1]
        return {k: torch.nn.functional.pad(x, (0, missing)) for k, x in texts.items()} if padded else texts

    def published(self, folder: Path) -> Callable[[int, int, int], None]:
        interpret = PublishedRelevance(folder, self.clip.model).__call__

        def run(n: int, m: int, start: int) -> None:
            ids = self.texts(m, padded=True)["input_ids"]
            for picture in self.pictures[:n]:
                interpret(self.clip.prepare_images([picture])["pixel_values"], ids, start, start)

        return run


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = benchmark_options("relevance", __doc__)
    parser.add_argument("--peer", type=Path, help="a clone of hila-chefer/Transformer-MM-Explainability")
    parser.add_argument("--only-memory", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    if options.only_memory:
        print(_peak_of_this_process(options.device))
        return
    # first, while this process is small: a child inherits its parent's peak
    command = [sys.executable, "-m", "benchmarks.relevance", "--only-memory", "--device", options.device]
    peak = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1])
    sides = Sides(options.device)
    figures, rows = _speed(sides, quick=options.quick)
    figures.append(Figure("32 x 32, last layer, peak memory", peak, "GB", at_most=2))
    if options.peer:
        more, more_rows = _peer(sides, options.peer, quick=options.quick)
        figures += more
        rows += more_rows
    table = Table(
        "Medians of seconds of processor time; sides take turns.", ("work", "side", "seconds", "repeats"), rows
    )
    notes = [
        "ViT-B/32 size, random weights, one thread; captions of 8 to 20 words, padded to the longest on both sides "
        "unless the row says 77 tokens, which is what the published program always reads.",
        "32 x 32: the slow side is timed on some pictures with all 32 captions and scaled to 32 pictures; its work is "
        "one such call a picture, so the scaling is exact but for noise.",
    ]
    publish("relevance", figures, options, tables=[table], notes=notes)


def _speed(sides: Sides, *, quick: bool) -> tuple[list[Figure], list[Sequence[Any]]]:
    last = sides.clip.n_image_layers - 1
    figures: list[Figure] = []
    rows: list[Sequence[Any]] = []

    def compare(work: str, bar: float, repeats: int, slow_share: float, ways: Mapping[str, Callable[[], None]]) -> None:
        seconds = _take_turns(ways, repeats)
        for side, took in seconds.items():
            rows.append((work, side, took * (1 if side == "ours" else slow_share), repeats))
        for side, took in seconds.items():
            if side != "ours":
                ratio = took * slow_share / seconds["ours"]
                figures.append(
                    Figure(f"{work}, against {side}", ratio, "times as fast", bar if side == "slow" else None)
                )

    compare(
        "1 x 10, last layer",
        2.5,
        3 if quick else 15,
        1,
        {
            "ours": lambda: sides.ours(1, 10, last),
            "slow": lambda: sides.slow(1, 10, last),
            "slow with 77 tokens": lambda: sides.slow(1, 10, last, padded=True),
            "slow in one autograd call": lambda: sides.slow(1, 10, last, one_call=True),
        },
    )
    compare(
        "1 x 10, all layers",
        4,
        1 if quick else 5,
        1,
        {
            "ours": lambda: sides.ours(1, 10, 0),
            "slow": lambda: sides.slow(1, 10, 0),
            "slow in one autograd call": lambda: sides.slow(1, 10, 0, one_call=True),
        },
    )
    timed = 1 if quick else 4
    compare(
        "32 x 32, last layer",
        20,
        1 if quick else 3,
        _N / timed,
        {"ours": lambda: sides.ours(_N, _N, last), "slow": lambda: sides.slow(timed, _N, last)},
    )
    return figures, rows


def _peer(sides: Sides, folder: Path, *, quick: bool) -> tuple[list[Figure], list[Sequence[Any]]]:
    published = sides.published(folder)
    figures: list[Figure] = []
    rows: list[Sequence[Any]] = []
    for work, start, repeats in (
        ("1 x 10, last layer", sides.clip.n_image_layers - 1, 3 if quick else 15),
        ("1 x 10, all layers", 0, 1 if quick else 5),
    ):
        ways = {
            "published program": lambda start=start: published(1, 10, start),
            "slow with 77 tokens": lambda start=start: sides.slow(1, 10, start, padded=True),
        }
        seconds = _take_turns(ways, repeats)
        rows += [(work, side, took, repeats) for side, took in seconds.items()]
        ratio = seconds["slow with 77 tokens"] / seconds["published program"]
        figures.append(Figure(f"{work}, slow over the published program", ratio, "of its time", at_most=1.1))
    return figures, rows


def _take_turns(ways: Mapping[str, Callable[[], None]], repeats: int) -> dict[str, float]:
    """Median seconds of each way; one round to warm up where there is more than one to measure."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for k in range(repeats + (repeats > 1)):
        for name, way in ways.items():
            began = _clock()
            way()
            if k or repeats == 1:
                seconds[name].append(_clock() - began)
    return {name: median(values) for name, values in seconds.items()}


def _clock() -> float:
    """Seconds of this process's one thread, which other programs hardly change; on a GPU, of the wall's clock."""
    if torch.cuda.is_initialized():
        torch.cuda.synchronize()
        return time.perf_counter()
    return time.process_time()


def _peak_of_this_process(device: str) -> float:
    """GB, with weights and libraries; on a GPU, of its memory."""
    sides = Sides(device)
    sides.ours(_N, _N, sides.clip.n_image_layers - 1)
    if device.startswith("cuda"):
        return torch.cuda.max_memory_allocated() / 2**30
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024) / 2**30


if __name__ == "__main__":
    main()
