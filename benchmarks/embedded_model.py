"""The embedded model on scenes that it has not seen: captions chosen, wrong words noticed, things pointed at."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.caption_choice import SWAPS, OwnCaptions, Rate, held_out_facts, one_word_swap, with_all_vehicles
from benchmarks.figures import Figure, Table, benchmark_options, publish
from benchmarks.pointing_game import Mapper, Pointing, mean_of, play
from benchmarks.unseen_scenes import FIRST_SEED, FIRST_SEED_HELD_OUT, UnseenScene, unseen_scenes
from saii_widgets.engine.explainers.relevance import Relevance
from saii_widgets.engine.models import load_model
from saii_widgets.engine.models.model import DualEncoder

NAME = "embedded_model"
LAST, ALL = "last layer", "all layers"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and publish."""
    parser = benchmark_options(NAME, __doc__)
    parser.add_argument("--model", default="embedded", help="name or folder; default: the weights that ship")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    model = load_model(options.model, device=options.device)
    n_scenes, n_pictures = (1000, 12) if options.quick else (1000, 100)
    scenes = unseen_scenes(n_scenes, model.patch_grid)
    held_out = unseen_scenes(n_scenes // 2, model.patch_grid, held_out=True)
    figures, rates = _choices(model, scenes, held_out)
    rounds = play(scenes, {LAST: _mapper(model, -1), ALL: _mapper(model, "all")}, n_pictures)
    figures += _pointing_figures(mean_of(rounds))
    notes = [
        f"Model `{options.model}`; {n_scenes:,} unseen scenes from seed {FIRST_SEED:,}, {len(held_out):,} with "
        f"held-out pairs from seed {FIRST_SEED_HELD_OUT:,}; up to {n_pictures} pictures a thing in the pointing game; "
        f"{time.monotonic() - started:.0f} s.",
        "Own caption among n: the mean over all draws of n - 1 captions of other scenes that are false of the picture. "
        "Pointing: the patch of the largest relevance lies on the thing that the caption names.",
    ]
    publish(NAME, figures, options, tables=[_rate_table(rates), _pointing_table(rounds)], notes=notes)


def _choices(
    model: DualEncoder, scenes: Sequence[UnseenScene], held_out: Sequence[UnseenScene]
) -> tuple[list[Figure], dict[str, Rate]]:
    pictures = model.embed_images([scene.image for scene in scenes]).cpu().numpy()
    own = OwnCaptions(scenes, pictures, model, "mixed")
    rates = {
        "own caption among 10": own.among(10),
        "own caption among 32": own.among(32),
        "own caption among 10 of the same vehicle type": own.among_same_type(10),
    }
    bars = [95, 88, 80]
    for what in SWAPS:
        facts = with_all_vehicles(scenes, own.facts) if what == "binding" else own.facts  # it takes two of them
        rates[f"one word exchanged: {what}"] = one_word_swap(scenes, pictures, model, what, facts)
        bars.append(90)
    unseen = model.embed_images([scene.image for scene in held_out]).cpu().numpy()
    pairs = held_out_facts(held_out)
    for what in ("colour", "type"):
        rates[f"pair never seen in training against another {what}"] = one_word_swap(
            held_out, unseen, model, what, pairs, may_name_held_out=True
        )
        bars.append(80)
    figures = [
        Figure(name, 100 * rate.share, "%", at_least=bar) for (name, rate), bar in zip(rates.items(), bars, strict=True)
    ]
    for kind in ("vehicles", "context"):
        name = f"own caption among 10, {kind} only"
        rates[name] = OwnCaptions(scenes, pictures, model, kind).among(10)
        figures.append(Figure(name, 100 * rates[name].share, "%"))
    return figures, rates


def _mapper(model: DualEncoder, start_layer: int | Literal["all"]) -> Mapper:
    relevance = Relevance(model, start_layer=start_layer)

    def maps(images: Sequence[Image.Image], caption: str) -> NDArray[np.float32]:
        return relevance(images, [caption]).values.reshape(len(images), *model.patch_grid)

    return maps


def _pointing_figures(mean: Pointing) -> list[Figure]:
    figures = []
    for layers, times in ((LAST, 4), (ALL, 6)):
        hits = mean.hits[layers]
        figures += [
            Figure(f"pointing, {layers}: hit rate against mask area", hits / mean.area, "times", at_least=times),
            Figure(f"pointing, {layers}: hit rate above that of a centre map", hits / mean.centre, "times", at_least=1),
        ]
    return figures


def _rate_table(rates: dict[str, Rate]) -> Table:
    rows = [(name, rate.n, f"{100 * rate.share:.1f} %", f"{100 * rate.error:.1f}") for name, rate in rates.items()]
    return Table("How many cases, and how sure.", ("what", "cases", "right", "standard error, points"), rows)


def _pointing_table(rounds: Sequence[Pointing]) -> Table:
    rows = [
        (r.thing, r.n, *(f"{share:.3f}" for share in (r.area, r.chance, r.centre, r.hits[LAST], r.hits[ALL])))
        for r in (*rounds, mean_of(rounds))
    ]
    columns = ("thing", "pictures", "mask area", "random patch", "centre map", LAST, ALL)
    return Table("Pointing game, hit rate of each named thing.", columns, rows)


if __name__ == "__main__":
    main()
