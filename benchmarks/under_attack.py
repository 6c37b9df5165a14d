"""Does asking the target help an attack? Feedback-based search against plain transfer, at equal steps."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np
import torch
from PIL import Image

from benchmarks.figures import Figure, Table, benchmark_options, publish
from benchmarks.unseen_scenes import FIRST_SEED, unseen_scenes
from saii_widgets.core.text import Caption
from saii_widgets.data.scenes.captions import TYPE_WORDS, compose, true_facts
from saii_widgets.data.scenes.facts import FACTS
from saii_widgets.engine.attacked import Attacked
from saii_widgets.engine.measures.feedback_modal_mutual_search import FeedbackModalMutualSearch
from saii_widgets.engine.measures.plain_transfer import PlainTransfer
from saii_widgets.engine.measures.retried_transfer import RetriedTransfer
from saii_widgets.engine.measures.task_performance import paired_interval
from saii_widgets.engine.models import load_model
from saii_widgets.engine.models.checkpoint import write_checksums
from saii_widgets.engine.models.two_towers import TwoTowers
from saii_widgets.engine.pair_attack import PairAttack
from saii_widgets.engine.surrogate_steps import Bounds
from saii_widgets.training.training_log import LOG_FILE

NAME = "under_attack"
ROUNDS: Final = 5
TOP: Final = 5
PLAIN: Final = "plain transfer"
RETRIED: Final = "retries alone"
SEARCH: Final = f"search, towards the target's first {TOP}"
SEED: Final = 1  # of the second model's training; that of the embedded one is 0
#: Words of the scenes' grammar that mean the same: a changed caption stays true.
NEAR: Final = {word: sorted(set(words) - {word}) for words in TYPE_WORDS.values() for word in words} | {
    "grey": ["gray"],
    "gray": ["grey"],
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and publish."""
    parser = benchmark_options(NAME, __doc__)
    parser.add_argument("--surrogate", metavar="FOLDER", type=Path, help="the second model; by default one is trained")
    parser.add_argument("--pairs", metavar="N", type=int, help="pairs to attack in each direction")
    parser.add_argument("--epsilon", metavar="N", type=int, default=4, help="levels of 255 (default %(default)s)")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    started = time.monotonic()
    embedded = load_model("embedded", device=options.device)
    with tempfile.TemporaryDirectory() as folder:
        made = options.surrogate or _second_model(Path(folder), quick=options.quick)
        second, trained = load_model(made, device=options.device), _how_trained(made)
    n_captions, n_pairs = (60, 4) if options.quick else (400, 40)
    n_pairs = options.pairs or n_pairs
    images, captions = _pairs(n_captions)
    bounds = Bounds(epsilon=options.epsilon / 255, step=options.epsilon / 4 / 255, near=NEAR)
    settings: dict[str, Any] = {"n_rounds": ROUNDS, "bounds": bounds}
    figures, rows, gains = [], [], list[float]()
    for of, target, through in (("embedded", embedded, second), ("second", second, embedded)):
        pairs = _held(target, images, captions)
        chosen = pairs[:n_pairs]
        shares = 100 * len(pairs) / n_captions
        figures.append(Figure(f"{of} model: own caption first among {n_captions}", shares, "%"))
        if not chosen:
            continue
        attacks: Mapping[str, PairAttack] = {
            PLAIN: PlainTransfer(target, through, **settings),
            RETRIED: RetriedTransfer(target, through, **settings),
            SEARCH: FeedbackModalMutualSearch(target, through, top=TOP, **settings),
        }
        found = {name: attack(images, captions, pairs=chosen) for name, attack in attacks.items()}
        figures += _figures(of, found, options.epsilon)
        gains += [100.0 * (one.success - other.success) for one, other in zip(found[SEARCH], found[PLAIN], strict=True)]
        rows += [(f"{of} model", name, *_row(attacked)) for name, attacked in found.items()]
    if gains:
        both = paired_interval(gains)
        figures += [
            Figure("both targets: gain over plain transfer", both.value, "points"),
            Figure("lower end of its interval", both.low, "points"),
            Figure("upper end", both.high, "points"),
        ]
    notes = [
        f"The embedded model and one trained from another seed ({trained}), each attacked through the other; "
        f"{n_captions} scenes from seed {FIRST_SEED:,}, ranked among all their captions; up to {n_pairs} pairs that "
        f"the target ranks first. Epsilon {options.epsilon}/255; {ROUNDS} rounds of 10 steps, of which plain transfer "
        "takes all and the others stop on success; at most one word a caption is changed, for a synonym; "
        f"{time.monotonic() - started:.0f} s.",
        "Retries alone begin each round anew at random and ask after it, as the search does, but lead to nothing: what "
        "the search gains over them is not due to asking often. Settings were chosen on other scenes.",
        "A query is one pair of a picture and a caption. Intervals: 95 %, bootstrap over pairs.",
    ]
    columns = ("target", "attack", "success in %", "95 % interval", "queries a pair", "steps a pair", "largest change")
    publish(NAME, figures, options, tables=[Table("Success on each target.", columns, rows)], notes=notes)


def _second_model(folder: Path, *, quick: bool) -> Path:
    """A short run of the existing recipe from another seed: about five minutes of one core, or seconds for `quick`."""
    from saii_widgets.training.embedded_clip import train_embedded_clip
    from saii_widgets.training.recipe import Recipe

    seen, scenes, text_steps = (960, 200, 60) if quick else (20_160, 6_000, 1_200)
    recipe = Recipe(
        seed=SEED, n_seen=seen, second_act=seen // 2, n_scenes=scenes, warm_up=seen // 10, text_steps=text_steps
    )
    made = train_embedded_clip(folder / "second", recipe, n_processes=1)
    write_checksums(made)
    return made


def _how_trained(folder: Path) -> str:
    log = folder / LOG_FILE
    if not log.is_file():
        return folder.name
    with log.open() as lines:
        recipe = json.loads(next(lines))["recipe"]
    return f"seed {recipe['seed']}, {recipe['n_seen']:,} pictures seen"


def _pairs(n: int) -> tuple[list[Image.Image], list[Caption]]:
    """Scenes that training has not seen, with a caption of two facts or more; no two captions are alike."""
    found: dict[str, Image.Image] = {}
    for k, scene in enumerate(unseen_scenes(2 * n, (12, 12))):
        rng = Random(k)
        facts = true_facts(scene.truth, scene.vehicles, rng, "mixed")
        if len(facts) > 1:
            found.setdefault(compose([FACTS[i] for i in facts], rng), scene.image)
    texts = list(found)[:n]
    return [found[text] for text in texts], [Caption.parse(text) for text in texts]


def _held(target: TwoTowers, images: Sequence[Image.Image], captions: Sequence[Caption]) -> list[int]:
    logits = target.logits(images, captions).values
    return np.flatnonzero(logits.argmax(1) == np.arange(len(captions))).tolist()


def _figures(of: str, found: Mapping[str, Sequence[Attacked]], epsilon: int) -> list[Figure]:
    success = {name: [100.0 * one.success for one in attacked] for name, attacked in found.items()}
    change = max(one.largest_change for attacked in found.values() for one in attacked)
    figures = []
    for other, least in ((PLAIN, 5), (RETRIED, None)):
        gain = paired_interval(np.subtract(success[SEARCH], success[other]))
        figures += [
            Figure(f"{of} model as target: success of the search over {other}", gain.value, "points", at_least=least),
            Figure("lower end of the gain's interval", gain.low, "points"),
            Figure("upper end", gain.high, "points"),
        ]
    return [*figures, Figure(f"{of} model as target: largest change of a colour", change, "levels", at_most=epsilon)]


def _row(attacked: Sequence[Attacked]) -> tuple[str | float | int, ...]:
    success = paired_interval([100.0 * one.success for one in attacked])
    return (
        success.value,
        f"{success.low:.1f} to {success.high:.1f}",
        float(np.mean([one.n_queries for one in attacked])),
        float(np.mean([one.n_steps for one in attacked])),
        max(one.largest_change for one in attacked),
    )


if __name__ == "__main__":
    main()
