"""Whether measures of trust give the answers that are known beforehand, and how long they take.

Information on tables whose split is known, on noise and on a mixture of all four atoms; Granger influence and
synergistic faithfulness of an additive model and of XOR, through `Interactions` and `trust`; insertion and deletion of
a game that is solved by hand; and the time of each measure on one picture of the embedded model.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
import torch

import saii_widgets as sw
from benchmarks.figures import Figure, Table, benchmark_options, publish
from saii_widgets.core.measurement import Measurement
from saii_widgets.core.scene import Scene
from saii_widgets.data.scenes import draw
from saii_widgets.engine.explained_pair import ExplainedPair
from saii_widgets.engine.measures.curves import curves
from saii_widgets.engine.measures.insertion_deletion import greedy_order, insertion_deletion
from saii_widgets.engine.measures.ipfp import information_atoms
from saii_widgets.engine.trust import MEASURES, measured

_CAPTION: Final = "a green bus and a black van near a metal fence"
_SIDE: Final = 7
Outcomes = Iterable[tuple[Any, Any, Any]]
Found = tuple[list[Figure], list[Table]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    options = benchmark_options("trust", __doc__).parse_args(arguments)
    torch.set_num_threads(2)
    figures: list[Figure] = []
    tables: list[Table] = []
    for measure in (_known, _samples, _principles, _by_hand, _one_picture):
        more, table = measure(options)
        figures += more
        tables += table
    notes = [
        "Processor time, so that other work on the machine does not count; no less than what passes on an idle one.",
        "The solver of the decomposition takes at most 2,000 outer steps.",
        f"One drawn picture, {_SIDE} x {_SIDE} parts, {_CAPTION!r}, embedded model, two threads.",
    ]
    publish("trust", figures, options, tables=tables, notes=notes)


def _table(outcomes: Outcomes) -> np.ndarray:
    """P[x1, x2, y] where all outcomes are equally likely."""
    rows = list(outcomes)
    columns = [list(dict.fromkeys(column)) for column in zip(*rows, strict=True)]
    table = np.zeros([len(column) for column in columns])
    for row in rows:
        table[tuple(column.index(value) for column, value in zip(columns, row, strict=True))] += 1
    return table


def _gate(rule: Callable[[int, int], Any]) -> np.ndarray:
    return _table((a, b, rule(a, b)) for a, b in itertools.product((0, 1), repeat=2))


_KNOWN: Final = {
    "AND": (_gate(lambda a, b: a & b), (0.3113, 0, 0, 0.5)),
    "OR": (_gate(lambda a, b: a | b), (0.3113, 0, 0, 0.5)),
    "XOR": (_gate(lambda a, b: a ^ b), (0, 0, 0, 1)),
    "Y = (X1, X2)": (_gate(lambda a, b: (a, b)), (0, 1, 1, 0)),
    "Y = X1": (_gate(lambda a, _: a), (0, 1, 0, 0)),
    "X1 = X2 = Y": (_table((a, a, a) for a in (0, 1)), (1, 0, 0, 0)),
    "SUM": (_gate(lambda a, b: a + b), (0.5, 0, 0, 1)),
    "RDNXOR": (
        _table(((a, r), (b, r), (a ^ b, r)) for a, b, r in itertools.product((0, 1), repeat=3)),
        (1, 0, 0, 1),
    ),
    "all four": (
        _table(((r, u, a), (r, v, b), (r, u, v, a ^ b)) for r, u, v, a, b in itertools.product((0, 1), repeat=5)),
        (1, 1, 1, 1),
    ),
}


def _known(_: argparse.Namespace) -> Found:
    rows = []
    worst = 0.0
    for name, (table, answer) in _KNOWN.items():
        found = information_atoms(table)
        worst = max(worst, float(np.abs(found - answer).max()))
        rows.append((name, *found.tolist()))
    columns = ("bits", "redundant", "unique 1", "unique 2", "synergistic")
    figure = Figure("information of nine known tables, largest error", worst, "bit", at_most=0.02)
    return [figure], [Table("Tables whose split is known", columns, rows)]


def _samples(options: argparse.Namespace) -> Found:
    rng = np.random.default_rng(0)
    replicates = 2 if options.quick else 10
    some = partial(sw.InformationDecomposition, n_permutations=replicates, n_bootstrap=0)
    r, u, v, a, b = rng.integers(0, 2, (5, 14_000))
    image, text, outcome = r + 2 * u + 4 * a, r + 2 * v + 4 * b, r + 2 * u + 4 * v + 8 * (a ^ b)
    mixed = some(n_clusters=8, n_components=20).of_embeddings(_spread(image, rng), _spread(text, rng), outcome)
    ten = [rng.integers(0, 10, 20_000) for _ in range(3)]
    assert mixed.origin is not None
    first, second, outcome = (labels[:13_000] for labels in ten)
    noise = some().of_embeddings(first, second, outcome)
    assert noise.origin is not None
    began = time.process_time()
    decompose = sw.InformationDecomposition(n_permutations=0, n_bootstrap=0)
    first, second, outcome = (labels[:10_000] for labels in ten)
    decompose.of_embeddings(_spread(first, rng), _spread(second, rng), outcome)
    seconds = time.process_time() - began
    advised = noise.origin.settings["advised_rows"]
    return [
        Figure("mixture of four atoms from embeddings, largest error", _per_cent(mixed.values), "%", at_most=5),
        Figure(
            f"noise in 10 clusters, 13,000 rows ({advised:,} advised), largest part",
            float(noise.values.max()),
            "bit",
            at_most=0.05,
        ),
        Figure("10,000 rows, 10 x 10 x 10 clusters: embeddings clustered and solved", seconds, "s", at_most=5),
    ], []


def _per_cent(values: np.ndarray) -> float:
    return 100 * float(np.abs(values - 1).max())


def _spread(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Embeddings (n, 24) around one direction a label."""
    centres = np.linalg.qr(rng.normal(size=(24, 24)))[0][: labels.max() + 1]
    return centres[labels] + 0.01 * rng.normal(size=(len(labels), 24))


def _principles(_: argparse.Namespace) -> Found:
    """A picture that shows something or is one colour; a caption that says something or nothing."""

    def shows(images: Any) -> np.ndarray:
        return np.array([float(np.asarray(image, float).std((0, 1)).max() > 1) for image in images])

    def says(captions: Any) -> np.ndarray:
        return np.array([float("truck" in caption) for caption in captions])

    def additive(images: Any, captions: Any) -> np.ndarray:
        return 2 * shows(images) - 3 * says(captions)

    def xor(images: Any, captions: Any) -> np.ndarray:
        """The score of what is said of the whole pair."""
        return 1.0 * (shows(images) == says(captions))

    found: dict[str, dict[str, float]] = {}
    for name, score in (("additive", additive), ("XOR", xor)):
        model = sw.BlackBox(score, name=name, grid=(1, 1))
        scene = Scene(draw(1).image, sw.Caption.parse("truck"))
        table = sw.trust(sw.Interactions(model)(scene), model, scene, measures=_MODALITY)
        found[name] = {one.quantity: float(one.value) for one in table if one.value is not None}
    influences = [name for name in found["XOR"] if name.startswith("influence")]
    synergy = "synergy of what is ranked first"
    return [
        Figure("additive model, G", max(found["additive"][name] for name in influences), "", at_most=1e-6),
        Figure("additive model, D", abs(found["additive"][synergy]), "score", at_most=1e-6),
        Figure("XOR, G", min(found["XOR"][name] for name in influences), "", at_least=0.5),
        Figure("XOR, D", found["XOR"][synergy], "score", at_least=1e-6),
    ], []


_MODALITY: Final = ("Granger influence", "synergistic faithfulness")


def _by_hand(_: argparse.Namespace) -> Found:
    """1 for player 0, .9 for 1, .8 for 2, and 2 more where 0 and 2 meet: AID is 2.2 / 3 in the best order."""
    main, pairs = np.array([1.0, 0.9, 0.8]), np.array([[0.0, 0, 2], [0, 0, 0], [2, 0, 0]])

    def game(keep: np.ndarray) -> np.ndarray:
        return keep @ main + 2 * (keep[:, 0] & keep[:, 2])

    errors = [
        abs(insertion_deletion(game, greedy_order(main, one)).aid - answer)
        for one, answer in ((None, 0.4 / 3), (pairs, 2.2 / 3))
    ]
    return [Figure("insertion less deletion of a planted game, error", max(errors), "", at_most=1e-9)], []


def _one_picture(options: argparse.Namespace) -> Found:
    model, picture = sw.load_model(), draw(1).image
    regions = np.arange(picture.height)[:, None] * _SIDE // picture.height * _SIDE
    regions = regions + np.arange(picture.width) * _SIDE // picture.width
    parts = regions == np.arange(_SIDE**2)[:, None, None]
    explainer = partial(sw.Interactions, players=(parts, "words"), budget=150)
    told = explainer(model, order=2)(picture, _CAPTION)
    figures = []
    alone: dict[str, Any] = {"steps": None, "n_random": 0, "n_draws": 0}
    nine = "24 groups, with 4 random and 4 redrawn orders"
    for label, settings, most in (("every player alone", alone, 10), (nine, {}, None)):
        pair = ExplainedPair.of(told, model, picture)
        began = time.process_time()
        (aid,) = curves(pair, order=2, **settings)
        seconds = time.process_time() - began
        what = f"insertion and deletion of order 2, 49 parts, {label}"
        figures += [
            Figure(what, seconds, "s", at_most=most),
            Figure(f"its area, {label}", float(aid.value or 0), "logit"),
        ]
    maps = sw.Relevance(model)([picture], [_CAPTION])
    rows = []
    names = ("faithfulness", "cost") if options.quick else tuple(MEASURES)
    for kind, pair in (
        ("interactions", ExplainedPair.of(told, model, picture, make=explainer)),
        ("relevance", ExplainedPair.of(maps, model, picture)),
    ):
        for name in names:
            rows += [_row(kind, one) for one in measured(name, MEASURES[name], pair)]
    columns = ("explanation", "quantity", "value", "low", "high", "by chance", "passes", "s")
    return figures, [Table("Every measure on one picture", columns, rows)]


def _row(kind: str, one: Measurement) -> tuple[str | float | int, ...]:
    numbers = tuple("" if x is None else x for x in (one.value, one.low, one.high, one.chance))
    return kind, one.quantity, *numbers, one.passes, one.seconds


if __name__ == "__main__":
    main()
