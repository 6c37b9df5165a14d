"""The embedded matcher on scenes that it has not seen: captions told apart, wrong words noticed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from random import Random

import numpy as np
import torch

from benchmarks.caption_choice import SWAPS, Rate, held_out_facts, swapped_captions, with_all_vehicles
from benchmarks.figures import Figure, Table, benchmark_options, publish
from benchmarks.unseen_scenes import FIRST_SEED, FIRST_SEED_HELD_OUT, UnseenScene, unseen_scenes
from saii_widgets.data.scenes.captions import compose, true_facts
from saii_widgets.data.scenes.facts import FACTS, FALSE
from saii_widgets.engine.models.fusion_model import FusionModel
from saii_widgets.engine.models.load_matcher import load_matcher

NAME = "embedded_matcher"
_RIVALS = 9


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and publish."""
    parser = benchmark_options(NAME, __doc__)
    parser.add_argument("--model", default="embedded", help="name or folder; default: the weights that ship")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    torch.set_num_threads(1)
    model = load_matcher(options.model, device=options.device)
    n_scenes = 150 if options.quick else 1000
    scenes = unseen_scenes(n_scenes, model.patch_grid)
    held_out = unseen_scenes(n_scenes // 2, model.patch_grid, held_out=True)
    rng = Random(7)
    facts = [true_facts(scene.truth, scene.vehicles, rng, "mixed") for scene in scenes]
    rates = _own_captions(model, scenes, facts, rng)
    bars: list[float | None] = [85, None, None]
    cases: list[float] = []
    for what in SWAPS:
        stated = with_all_vehicles(scenes, facts) if what == "binding" else facts  # it takes two of them
        right = _swaps(model, scenes, swapped_captions(scenes, what, stated))
        rates[f"one word exchanged: {what}"] = Rate.of(right)
        bars.append(None)
        cases += right
    rates["one word exchanged"] = Rate.of(cases)
    bars.append(80)
    pairs = held_out_facts(held_out)
    for what in ("colour", "type"):
        unseen = swapped_captions(held_out, what, pairs, may_name_held_out=True)
        rates[f"pair never seen in training against another {what}"] = Rate.of(_swaps(model, held_out, unseen))
        bars.append(None)
    figures = [
        Figure(name, 100 * rate.share, "%", at_least=bar) for (name, rate), bar in zip(rates.items(), bars, strict=True)
    ]
    rows = [(name, rate.n, f"{100 * rate.share:.1f} %", f"{100 * rate.error:.1f}") for name, rate in rates.items()]
    notes = [
        f"Model `{options.model}`; {n_scenes:,} unseen scenes from seed {FIRST_SEED:,}, {len(held_out):,} with "
        f"held-out pairs from seed {FIRST_SEED_HELD_OUT:,}; {time.monotonic() - started:.0f} s.",
        "Told apart: a true caption of each scene and one of another scene that is false of it, each judged by itself "
        "at a probability of one half. One word exchanged: the true caption scores above the false one; all four kinds "
        "together.",
    ]
    table = Table("How many cases, and how sure.", ("what", "cases", "right", "standard error, points"), rows)
    publish(NAME, figures, options, tables=[table], notes=notes)


def _own_captions(
    model: FusionModel, scenes: Sequence[UnseenScene], facts: Sequence[Sequence[int]], rng: Random
) -> dict[str, Rate]:
    """True captions against those of other scenes that are false of the picture."""
    texts = [compose([FACTS[i] for i in stated], rng) for stated in facts]
    images, captions = [], []
    for n, scene in enumerate(scenes):
        false = [m for m, stated in enumerate(facts) if (scene.truth[list(stated)] == FALSE).any()]
        images += [scene.image] * (1 + _RIVALS)
        captions += [texts[n], *(texts[m] for m in rng.sample(false, _RIVALS))]
    logits = model.score(images, captions).reshape(len(scenes), -1)  # (n, own and rivals)
    own, others = logits[:, 0], logits[:, 1:]
    return {
        "true and false captions told apart": Rate.of(np.concatenate([own > 0, others[:, 0] <= 0]).tolist()),
        "own caption above a false one": Rate.of((own > others[:, 0]).tolist()),
        "own caption among 10": Rate.of((own > others.max(1)).tolist()),
    }


def _swaps(
    model: FusionModel, scenes: Sequence[UnseenScene], cases: tuple[list[int], list[str], list[str]]
) -> list[float]:
    rows, true, false = cases
    if not rows:
        return []
    logits = model.score([scenes[n].image for n in rows] * 2, true + false)
    return (logits[: len(rows)] > logits[len(rows) :]).astype(float).tolist()


if __name__ == "__main__":
    main()
