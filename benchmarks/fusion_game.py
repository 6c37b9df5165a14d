"""All pairs of a fusion model from one set of coalitions: calls against per-pair sampling, and against shapiq."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import ViltConfig, ViltForImageAndTextRetrieval

from benchmarks.figures import Figure, Table, benchmark_options, publish
from benchmarks.unseen_scenes import FIRST_SEED
from saii_widgets.core.text import Caption
from saii_widgets.data.scenes import draw
from saii_widgets.engine.coalition_weights import IndexName
from saii_widgets.engine.fusion_game import FusionGame
from saii_widgets.engine.models.fusion_model import FusionModel
from saii_widgets.engine.models.load_matcher import load_matcher

NAME = "fusion_game"
_INDICES: Final[tuple[IndexName, ...]] = ("banzhaf", "shapley")
_PEER_INDEX: Final = {"banzhaf": "FBII", "shapley": "SII"}
_PEERS: Final = {
    "banzhaf": ("RegressionFBII", "ProxySPEX"),
    "shapley": ("KernelSHAPIQ", "InconsistentKernelSHAPIQ", "SVARMIQ", "SHAPIQ", "PermutationSamplingSII", "ProxySPEX"),
}
Array = NDArray[np.float64]
Keep = NDArray[np.bool_]


class Blocks(NamedTuple):
    """Players of a picture: blocks of patches."""

    patches: Keep
    regions: None = None

    @classmethod
    def of(cls, grid: tuple[int, int], rows: int, columns: int) -> Blocks:
        y, x = np.divmod(np.arange(grid[0] * grid[1]), grid[1])
        owner = (y * rows // grid[0]) * columns + x * columns // grid[1]
        return cls(owner == np.arange(rows * columns)[:, None])


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and publish."""
    parser = benchmark_options(NAME, __doc__)
    parser.add_argument("--model", default="embedded", help="name or folder of the matcher; default: the embedded one")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    started = time.process_time()
    model = load_matcher(options.model, device=options.device)
    quick = options.quick
    budget, n_draws, n_seeds, blocks = (192, 24, 3, (2, 2)) if quick else (1024, 48, 6, (2, 3))
    figures, rows = _against_pairs(model, budget, n_draws)
    table = _table(model, blocks)
    players = table.n_image + table.n_words
    budgets = (2 ** (players - 2), 2 ** (players - 1))
    more, peers = _against_shapiq(table, budgets, n_seeds)
    figures += more
    columns = (
        "index",
        "calls",
        "standard error",
        "R2 of order 2",
        "R2 of the fit",
        "variance of scores",
        "variance of a pair's draw",
    )
    tables = [
        Table("Against per-pair sampling, 36 blocks of patches.", columns, rows),
        Table(
            "Mean squared error against brute force.",
            ("index", "method", *(f"{calls} calls" for calls in budgets)),
            peers,
        ),
    ]
    if not quick:
        figures.append(Figure("a call at ViLT-B/32 size, random weights", _seconds_at_full_size(), "s"))
    notes = [
        f"Model `{options.model}`, scene {FIRST_SEED}: {_scene()[1].text!r}; {time.process_time() - started:.0f} s of "
        f"one core. Per-pair sampling takes 4 calls a pair and draw; its variance is measured on {n_draws} random "
        f"pairs. Brute force: all coalitions of {blocks[0] * blocks[1]} blocks and {table.n_words} words; {n_seeds} "
        "seeds.",
        "Why the first bar is hard: at p = 1/2 the ratio is about pairs x variance of a pair's draw over 16 x the "
        "variance of scores that the fit leaves. Four calls that differ in one pair alone share all that "
        "has nothing to do with it; one set of coalitions for all pairs has to fit it first.",
    ]
    publish(NAME, figures, options, tables=tables, notes=notes)


def _scene() -> tuple[Any, Caption]:
    scene = draw(FIRST_SEED)
    return scene.image, Caption.parse(scene.caption(3, "mixed"))


def _against_pairs(model: FusionModel, budget: int, n_draws: int) -> tuple[list[Figure], list[tuple[Any, ...]]]:
    image, caption = _scene()
    pair = model.mask_pair(image, caption, Blocks.of(model.patch_grid, 6, 6))
    n, m = pair.n_image, pair.n_words
    figures, rows = [], []
    for index in _INDICES:
        game = FusionGame(pair, n, m, index=index)
        found = game.estimate(budget)
        error = float(np.sqrt((found.cross.errors**2).mean()))
        variance = pair_variance(pair, n, m, index, n_draws)
        wanted = n * m * 4 * variance / error**2  # the same standard error for each of n m pairs, four calls a draw
        figures.append(
            Figure(f"{index}, {n} x {m} pairs: calls of per-pair sampling over ours", wanted / found.calls, "times", 50)
        )
        spread = float(np.var(list(game.known[1])))
        rows.append((index, found.calls, f"{error:.3g}", f"{found.r2:.3f}", f"{found.fit_r2:.3f}", spread, variance))
    return figures, rows


def pair_variance(ask: Callable[[Keep, Keep], Array], n: int, m: int, index: IndexName, n_draws: int) -> float:
    """Mean over pairs of the variance of one draw of D_i D_j f, from two draws for each of some random pairs."""
    rng = np.random.default_rng(0)
    keep = np.zeros((n_draws, 2, 4, n + m), bool)
    for k in range(n_draws):
        i, j = rng.integers(n), n + rng.integers(m)
        for draw_number in range(2):
            p = 0.5 if index == "banzhaf" else rng.random()  # Shapley: the probability itself is uniform
            rest = rng.random(n + m) < p
            for corner, (a, b) in enumerate(((True, True), (True, False), (False, True), (False, False))):
                rest[i], rest[j] = a, b
                keep[k, draw_number, corner] = rest
    flat = keep.reshape(-1, n + m)
    values = ask(flat[:, :n], flat[:, n:]).reshape(n_draws, 2, 4)
    derivative = values @ np.array([1.0, -1.0, -1.0, 1.0])  # (draws, 2)
    return float((np.diff(derivative, axis=1) ** 2).mean() / 2)


class LookUp:
    """All coalitions of a small game, asked once."""

    def __init__(self, ask: Callable[[Keep, Keep], Array], n_image: int, n_words: int) -> None:
        self.n_image, self.n_words, n = n_image, n_words, n_image + n_words
        keep = (np.arange(2**n)[:, None] >> np.arange(n) & 1).astype(bool)
        self._values = ask(keep[:, :n_image], keep[:, n_image:])
        self._bits = 1 << np.arange(n)

    def __call__(self, keep: Keep) -> Array:
        return self._values[np.atleast_2d(np.asarray(keep, bool)) @ self._bits]

    def ask(self, keep_image: Keep, keep_words: Keep) -> Array:
        return self(np.concatenate([keep_image, keep_words], 1))


def _table(model: FusionModel, blocks: tuple[int, int]) -> LookUp:
    image, caption = _scene()
    words = caption.words[:4]
    spans = type("Words", (), {"spans": [((word.start, word.end),) for word in words]})()
    pair = model.mask_pair(image, caption, Blocks.of(model.patch_grid, *blocks), spans)
    return LookUp(pair, pair.n_image, pair.n_words)


def _against_shapiq(game: LookUp, budgets: tuple[int, int], n_seeds: int) -> tuple[list[Figure], list[tuple[Any, ...]]]:
    n = game.n_image + game.n_words
    off = np.triu_indices(n, 1)
    figures, rows = [], []
    for index in _INDICES:
        exact = FusionGame(game.ask, game.n_image, game.n_words, index=index).estimate(2**n)
        truth = _all_pairs(exact)[off]
        errors: dict[str, list[float]] = {}
        for name in ("ours", *_PEERS[index]):
            try:
                estimate = _ours(game, index) if name == "ours" else _theirs(game, index, name)
                errors[name] = [
                    float(np.mean([(estimate(budget, seed)[off] - truth) ** 2 for seed in range(n_seeds)]))
                    for budget in budgets
                ]
            except ImportError as error:  # shapiq, or a package that one of its approximators asks for
                rows.append((index, name, f"left out: {error.__cause__ or error}", ""))
                continue
            rows.append((index, name, *(f"{e:.3g}" for e in errors[name])))
        ours = errors.pop("ours")
        for k, budget in enumerate(budgets if errors else ()):
            best = min(error[k] for error in errors.values())
            name = f"{index}, {n} players, {budget} calls: error of shapiq's best approximator over ours"
            figures.append(Figure(name, best / ours[k], "times", at_least=1))
    return figures, rows


def _all_pairs(found: Any) -> Array:
    return np.block([[found.image_pairs.values, found.cross.values], [found.cross.values.T, found.word_pairs.values]])


def _ours(game: LookUp, index: IndexName) -> Callable[[int, int], Array]:
    def estimate(budget: int, seed: int) -> Array:
        return _all_pairs(FusionGame(game.ask, game.n_image, game.n_words, index=index, seed=seed).estimate(budget))

    return estimate


def _theirs(game: LookUp, index: IndexName, name: str) -> Callable[[int, int], Array]:
    approximators = importlib.import_module("shapiq.approximator")
    n = game.n_image + game.n_words

    def estimate(budget: int, seed: int) -> Array:
        settings = {} if name == "RegressionFBII" else {"index": _PEER_INDEX[index]}
        peer = getattr(approximators, name)(n=n, max_order=2, random_state=seed, **settings)
        found = peer.approximate(budget, game)
        pairs = np.zeros((n, n))
        for i, j in zip(*np.triu_indices(n, 1), strict=True):
            pairs[i, j] = found[(int(i), int(j))]
        return pairs

    return estimate


def _seconds_at_full_size() -> float:
    """Processor time of a coalition at ViLT-B/32's size: 144 patches, 12 tokens."""
    model: Any = ViltForImageAndTextRetrieval(ViltConfig()).eval()
    ids, pixels = torch.ones(4, 12, dtype=torch.long), torch.zeros(4, 3, 384, 384)
    with torch.no_grad():
        started = time.process_time()
        model(input_ids=ids, pixel_values=pixels)
        return (time.process_time() - started) / len(ids)


if __name__ == "__main__":
    main()
