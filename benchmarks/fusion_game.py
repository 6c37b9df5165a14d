"""All pairs of a fusion model from one set of coalitions: calls against per-pair sampling, and against shapiq."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

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
    parser.add_argument("--peer", metavar="FOLDER", type=Path, help="where shapiq is installed")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    started = time.monotonic()
    model = load_matcher(options.model, device=options.device)
    budget, n_draws, n_seeds, blocks = (384, 40, 5, (2, 3)) if options.quick else (2048, 1000, 30, (3, 3))
    figures, rows = _against_pairs(model, budget, n_draws)
    table = _table(model, blocks)
    tables = [Table("Against per-pair sampling, 36 blocks of patches.", ("index", "calls", "error", "R2"), rows)]
    more, peers = _against_shapiq(table, options.peer, n_seeds)
    figures += more
    tables.append(
        Table("Mean squared error against brute force.", ("index", "method", "256 calls", "512 calls"), peers)
    )
    notes = [
        f"Model `{options.model}`, scene {FIRST_SEED}: {_scene()[1].text!r}; {time.monotonic() - started:.0f} s. "
        f"Per-pair sampling takes 4 calls a pair and draw; its variance is measured on {n_draws} random pairs. "
        f"Brute force: all coalitions of {blocks[0] * blocks[1]} blocks and the words; {n_seeds} seeds."
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
        found = FusionGame(pair, n, m, index=index).estimate(budget)
        error = float(np.sqrt((found.cross.errors**2).mean()))
        # the same standard error for each of n m pairs, four calls a draw
        wanted = n * m * 4 * _pair_variance(pair, n, m, index, n_draws) / error**2
        figures.append(
            Figure(f"{index}, {n} x {m} pairs: calls of per-pair sampling over ours", wanted / found.calls, "times", 50)
        )
        rows.append((index, found.calls, f"{error:.3g}", f"{found.r2:.3f}"))
    return figures, rows


def _pair_variance(ask: Callable[[Keep, Keep], Array], n: int, m: int, index: IndexName, n_draws: int) -> float:
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


def _against_shapiq(game: LookUp, folder: Path | None, n_seeds: int) -> tuple[list[Figure], list[tuple[Any, ...]]]:
    n = game.n_image + game.n_words
    off = np.triu_indices(n, 1)
    figures, rows = [], []
    for index in _INDICES:
        exact = FusionGame(game.ask, game.n_image, game.n_words, index=index).estimate(2**n)
        truth = _all_pairs(exact)[off]
        methods: dict[str, Callable[[int, int], Array]] = {"ours": _ours(game, index)}
        if folder is not None:
            methods |= {name: _theirs(game, index, name, folder) for name in _PEERS[index]}
        errors: dict[str, list[float]] = {}
        for name, estimate in methods.items():
            try:
                errors[name] = [
                    float(np.mean([(estimate(budget, seed)[off] - truth) ** 2 for seed in range(n_seeds)]))
                    for budget in (256, 512)
                ]
            except ImportError as error:  # one of them asks for a package that may not be there
                rows.append((index, name, f"left out: {error.__cause__}", ""))
                continue
            rows.append((index, name, *(f"{e:.3g}" for e in errors[name])))
        ours = errors.pop("ours")
        if errors:
            for k, budget in enumerate((256, 512)):
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


def _theirs(game: LookUp, index: IndexName, name: str, folder: Path) -> Callable[[int, int], Array]:
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
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


if __name__ == "__main__":
    main()
