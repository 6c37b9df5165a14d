"""How much less interactions cost when they are factorised, and how well they predict.

Measured in one run, on one thread of a CPU, in processor time: a small CLIP and one of ViT-B/32's size, random
weights, 49 patches and 10 words unless said otherwise. The other side is `benchmarks/plain_interactions.py`, or with
`--peer` the published program of FIxLIP.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch

from benchmarks.figures import Figure, Table, benchmark_options, publish
from benchmarks.plain_interactions import Fit, PlainGame, joint_fit, r_squared, sampled_deviation
from benchmarks.published_interactions import PublishedInteractions
from benchmarks.random_clip import random_captions, random_clip, random_pictures, small_random_clip
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.scene import Scene
from saii_widgets.data import samples
from saii_widgets.engine.explainers.interactions import Interactions
from saii_widgets.engine.models.clip import Clip
from saii_widgets.rooms.plan import PLAN
from saii_widgets.rooms.studio import studio
from saii_widgets.rooms.together import Together

_SAMPLES: Final = Path(samples.__path__[0]) / "camera"
_WORDS: Final = "red truck near blue bus under tree and rain light"
_FRESH: Final = 1000
_MULTISHAP_PASSES: Final = 227_360  # of its sampled mode, by default, for 49 x 10 players
Rows = list[Sequence[Any]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = benchmark_options("interactions", __doc__)
    parser.add_argument("--peer", type=Path, help="a clone of hbaniecki/fixlip; needs shapiq")
    parser.add_argument("--only-memory", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    if options.only_memory:
        print(_peak_of_this_process())
        return
    figures: list[Figure] = []
    tables: list[Table] = []
    # first, while this process is small: a child inherits its parent's peak
    command = [sys.executable, "-m", "benchmarks.interactions", "--only-memory"]
    peak = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1])
    figures.append(Figure("order 2, 196 patches x 20 words, peak memory", peak, "GB", at_most=2))
    for measure in (_one_pair, _many_pairs, _shapley, _studio):
        more, table = measure(options)
        figures += more
        tables += table
    peer = "the published program" if options.peer else "our plain implementation of the published procedure"
    notes = [
        "Random weights, one thread, processor time; masking: mean pixels, hidden tokens; players: patches and tokens. "
        f"R2 on {_FRESH} fresh coalitions.",
        f"The joint mode is {peer} (FIxLIP). At ViT-B/32 size its seconds a coalition are measured and multiplied.",
        "MultiSHAP: its default of 227,360 passes and the passes it needs for our standard error are counted, and its "
        "seconds a pass measured, on the same weights and by the fastest way that it could take (batches).",
    ]
    publish("interactions", figures, options, tables=tables, notes=notes)


def _one_pair(options: argparse.Namespace) -> tuple[list[Figure], list[Table]]:
    game = PlainGame(small_random_clip(), random_pictures(1, side=112)[0], _WORDS)
    fresh = game.fresh(_FRESH)
    truth = game(fresh)
    rows: Rows = []
    cheapest: dict[tuple[int, str], tuple[float, float, float]] = {}
    for masks in (128, 300) if options.quick else (128, 300, 600, 1160, 2400):
        explainer = _ours(game.clip, budget=masks, order=2)
        seconds, surrogate = _timed(lambda one=explainer: one.surrogate(game.picture, game.caption))
        for prediction in ("expansion", "product"):
            one = replace(surrogate, prediction=prediction)
            score = r_squared(truth, one.predict(fresh[:, : game.n], fresh[:, game.n :]))
            encodings = masks + 2**game.m
            cheapest[masks, prediction] = (score, encodings, seconds)
            rows.append((f"ours, {masks} masks, {prediction}", encodings, score, seconds))
    peer = PublishedInteractions(options.peer, game) if options.peer else None
    modes: list[tuple[str, int, Callable[[int], Fit]]] = [
        ("joint", b, peer.joint if peer else lambda budget: joint_fit(game, budget))
        for b in ((12,) if options.quick else (12, 14))
    ]
    if peer:
        modes += [("cross-modal", b, peer.across) for b in ((12, 14) if options.quick else (12, 14, 16))]
    joint = (0.0, 0.0, 0.0)
    bits = modes[0][1] if options.quick else 14  # of the joint mode that is compared with
    for mode, power, fit in modes:
        seconds, fitted = _timed(lambda fit=fit, power=power: fit(2**power))
        score = r_squared(truth, fitted.predict(fresh[:, : game.n], fresh[:, game.n :]))
        rows.append((f"{mode}, 2^{power}", fitted.encodings, score, seconds))
        if mode == "joint":
            joint = (score, fitted.encodings, seconds)
    equal = min((x for x in cheapest.values() if x[0] >= joint[0]), key=lambda x: x[1], default=(0.0, np.inf, np.inf))
    best = max(cheapest[300, name][0] for name in ("expansion", "product"))
    figures = [
        Figure("one pair, 300 image masks, the better of order 2 and product", best, "R2", at_least=0.5),
        Figure(
            f"one pair, joint mode's (2^{bits}) encodings at equal R2",
            joint[1] / equal[1],
            "times ours",
            at_least=None if options.quick else 15,
        ),
        Figure(
            f"one pair, joint mode's (2^{bits}) processor time at equal R2",
            joint[2] / equal[2],
            "times ours",
            at_least=15,
        ),
    ]
    if not options.quick:
        figures.append(_at_full_size(joint, equal))
    title = f"One pair, {game.n} patches x {game.m} words, small CLIP."
    return figures, [Table(title, ("way", "encodings", "R2", "seconds"), rows)]


def _at_full_size(joint: Sequence[float], equal: Sequence[float]) -> Figure:
    """Processor time at ViT-B/32's size for the coalitions that either side takes."""
    game = PlainGame(random_clip(), random_pictures(1)[0], _WORDS)
    few = game.fresh(32)
    a_coalition = _timed(lambda: game(few))[0] / len(few)
    masks = int(equal[1]) - 2**game.m
    ours = _timed(lambda: _ours(game.clip, budget=masks, order=2).surrogate(game.picture, game.caption))[0]
    return Figure(
        "one pair at ViT-B/32 size, joint mode's processor time at equal encodings",
        a_coalition * joint[1] / 2 / ours,
        "times ours",
        at_least=15,
    )


def _many_pairs(options: argparse.Namespace) -> tuple[list[Figure], list[Table]]:
    n, words, masks = (8, 6, 128) if options.quick else (32, 10, 300)
    clip = small_random_clip()
    pictures, captions = random_pictures(n, side=112), random_captions(n, words=words)

    def passes(result: Explanation) -> int:
        assert result.origin is not None
        assert result.origin.encoder_passes is not None
        return result.origin.encoder_passes

    together_s, together = _timed(lambda: _ours(clip, budget=masks)(pictures, captions))
    # one-sided fits: each picture with a caption of one word, each caption with a picture of one player
    single_s, single = _timed(lambda: _ours(clip, budget=masks)(pictures[0], captions[0]))
    one_sided = n * (passes(single) - 2**words) + n * 2**words

    def apart() -> None:
        for picture in pictures:
            _ours(clip, budget=masks)(picture, "bus")
        for caption in captions:
            _ours(clip, budget=masks, players=("blocks 7", "tokens"))(pictures[0], caption)

    apart_s, _ = _timed(apart)
    pairs = n * n
    figures = [
        Figure(
            f"{n} x {n} pairs, encoder passes", passes(together) / one_sided, f"of {2 * n} one-sided fits", at_most=1.2
        ),
        Figure(f"{n} x {n} pairs, processor time", together_s / apart_s, f"of {2 * n} one-sided fits", at_most=1.2),
        Figure(
            f"{n} x {n} pairs, passes of pair-by-pair calls",
            pairs * passes(single) / passes(together),
            "times as many",
            at_least=0.9 * n,
        ),
        Figure(
            f"{n} x {n} pairs, passes of the joint mode (2^14 a pair)",
            pairs * 2**15 / passes(together),
            "times as many",
            at_least=300,
        ),
    ]
    rows: Rows = [
        ("all pairs in one call", passes(together), together_s),
        (f"{2 * n} one-sided fits", one_sided, apart_s),
        ("pair by pair (one measured)", pairs * passes(single), pairs * single_s),
    ]
    title = f"{n} pictures x {n} captions of {words} words, {masks} masks each."
    return figures, [Table(title, ("way", "encoder passes", "seconds"), rows)]


def _shapley(options: argparse.Namespace) -> tuple[list[Figure], list[Table]]:
    clip = small_random_clip() if options.quick else random_clip()
    side = 112 if options.quick else 224
    game = PlainGame(clip, random_pictures(1, side=side)[0], _WORDS)
    budget = 700 if options.quick else 1000
    seconds, found = _timed(lambda: _ours(clip, index="shapley", budget=budget)(game.picture, game.caption))
    assert found.errors is not None
    error = float(np.sqrt((found.errors.astype(float) ** 2).mean()))
    deviation = sampled_deviation(game, *((12, 24) if options.quick else (24, 16)))
    passes = 4 * game.n * game.m * (deviation / error) ** 2
    few = game.fresh(32)
    a_pass = _timed(lambda: game(few))[0] / len(few)
    size = "small CLIP" if options.quick else "ViT-B/32 size"
    figures = [
        Figure(
            f"Shapley, {size}, MultiSHAP's processor time at equal standard error",
            passes * a_pass / seconds,
            "times ours",
            at_least=200,
        )
    ]
    default = deviation / np.sqrt(_MULTISHAP_PASSES / 4 / game.n / game.m)
    rows: Rows = [
        ("ours", sum(_passes_by_side(found)), error, seconds),
        ("MultiSHAP, its default", _MULTISHAP_PASSES, default, _MULTISHAP_PASSES * a_pass),
        ("MultiSHAP, our error", round(passes), error, passes * a_pass),
    ]
    title = f"Shapley interactions, {game.n} patches x {game.m} words, {size}; MultiSHAP counted, not run."
    return figures, [Table(title, ("way", "passes", "standard error", "seconds"), rows)]


def _passes_by_side(found: Explanation) -> tuple[int, int]:
    assert found.origin is not None
    said = found.origin.settings
    return said["masked_pictures_each"], said["masked_captions_each"]


def _studio(options: argparse.Namespace) -> tuple[list[Figure], list[Table]]:
    """The room of the studio on two threads, by the wall's clock: what a user waits for."""
    del options
    torch.set_num_threads(2)
    pictures = [Scene.open(path).image for path in sorted(_SAMPLES.glob("*.jpg"))[:4]]
    caption = "a red truck near a metal fence and a tree"
    opened = studio(pictures, captions=[caption, "a bus", "a van", "a car"], n_pairs=4, n_many=4, labels={})
    opened.wait()
    place = next(place for place, room in enumerate(PLAN) if room.title == "Together")
    live = opened.live[place]
    assert isinstance(live, Together)
    captions = opened.stepwise.captions() if opened.stepwise else []
    own = next(k for k, one in enumerate(captions) if one.text == caption)
    other = (own + 1) % len(captions)
    times: list[tuple[float, float]] = []
    began = 0.0

    def note(_: Any) -> None:
        origin = live.matrix.result.origin
        assert origin is not None
        times.append((time.perf_counter() - began, origin.settings["error_over_spread"] or np.inf))

    live.choose(other, other)  # libraries warm up
    live.wait()
    live.matrix.observe(note, "_values")
    began = time.perf_counter()
    live.choose(own, own)
    live.wait()
    torch.set_num_threads(1)
    enough = [seconds for seconds, error in times if error <= 0.1]
    return [
        Figure("embedded model in the studio, two threads, first matrix", times[0][0], "s", at_most=1),
        Figure("embedded model in the studio, errors a tenth of the spread", [*enough, np.inf][0], "s", at_most=10),
    ], []


def _ours(clip: Clip, **settings: Any) -> Interactions:
    return Interactions(clip, **{"players": ("patches", "tokens"), **settings})


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of this process's one thread, which other programs hardly change, and what came out."""
    began = time.process_time()
    came = work()
    return time.process_time() - began, came


def _peak_of_this_process() -> float:
    """GB, with weights and libraries."""
    clip = small_random_clip(rows=14)
    caption = random_captions(1, words=20)[0]
    _ours(clip, order=2, budget=1000)(random_pictures(1, side=224)[0], caption)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024) / 2**30


if __name__ == "__main__":
    main()
