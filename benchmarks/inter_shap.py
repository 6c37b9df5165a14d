"""InterSHAP on its published synthetic table, and on functions whose values are known."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.figures import Figure, Table, benchmark_options, publish
from benchmarks.plain_inter_shap import plain_inter_shap
from benchmarks.xor_network import SETTINGS, EarlyFusion, Setting, XorData, predictor, train, xor_data, xor_function
from saii_widgets.engine.explainers.inter_shap import InterShap

NAME = "inter_shap"
PUBLISHED: Final[dict[Setting, float]] = {"uniqueness": 0.2, "synergy": 98.0, "redundancy": 38.6}
ON_THE_FUNCTION: Final[dict[Setting, float]] = {"uniqueness": 0.0, "synergy": 99.7}
_POINTS: Final = 3.0
_PLAIN: Final = "our plain loop after the published procedure"
_PUBLISHED: Final = "the published program"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and publish."""
    parser = benchmark_options(NAME, __doc__)
    parser.add_argument("--peer", metavar="FOLDER", type=Path, help="a clone of the published program, to be timed")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    n_seeds, n_epochs, n_samples, n_background = (3, 40, 1500, 20) if options.quick else (5, 200, 3000, 100)
    figures, rows = _known_values(), []
    for setting in SETTINGS:
        runs, exact = [], []
        for seed in range(n_seeds):
            data = xor_data(setting, 20_000, seed)
            model, accuracy = train(data, n_epochs, seed)
            test = data.rows(slice(17_000, 17_000 + n_samples))
            result = InterShap(predictor(model), n_background=n_background, seed=seed)(*test)
            runs.append((accuracy, *result.companions["shares"].values.tolist()))
            if setting in ON_THE_FUNCTION:
                bits = _bits(data, setting, n_samples)
                exact.append(_score(InterShap(xor_function, n_background=n_background, seed=seed)(*bits)))
            if setting == "synergy" and seed == 0:
                figures += _speed(model, test, options.peer)
        mean, spread = np.mean(runs, 0), np.std(runs, 0, ddof=1)
        figures.append(_within("network", setting, mean[-1], PUBLISHED[setting]))
        if exact:
            figures.append(_within("XOR function", setting, float(np.mean(exact)), ON_THE_FUNCTION[setting]))
        rows.append(
            (setting, f"{mean[0]:.3f}", *(f"{m:.1f} +- {s:.1f}" for m, s in zip(mean[1:], spread[1:], strict=True)))
        )
    columns = ("setting", "held-out accuracy", "first alone", "second alone", "interaction")
    notes = [
        f"Two modalities of 200 and 100 dimensions, 20,000 samples, {n_epochs} epochs; means of {n_seeds} seeds of "
        f"data and training; {n_samples:,} test samples with {n_background} background samples each. Bars: the "
        f"published values within {_POINTS:g} points. Speed is that of an evaluation of one mixed sample, beside "
        f"{_PUBLISHED if options.peer else _PLAIN}, which gives the model one at a time."
    ]
    publish(
        NAME, figures, options, tables=[Table("Shares in %, and their spread over seeds.", columns, rows)], notes=notes
    )


def _score(result: Any) -> float:
    return float(result.companions["shares"]["interaction"])


def _within(of: str, setting: str, came: float, published: float) -> Figure:
    name = f"{setting}, {of}: share of interaction"
    return Figure(name, came, "%", at_least=max(0.0, published - _POINTS), at_most=published + _POINTS)


def _known_values() -> list[Figure]:
    """How far functions of two to four bits are from their exact values."""
    rules = (
        (2, lambda b: b.all(1), 100 / 3),
        (2, lambda b: b.sum(1) % 2 == 1, 100.0),
        (3, lambda b: b.sum(1) % 2 == 1, 75.0),
        (4, lambda b: b.sum(1) % 2 == 1, 200 / 3),
    )
    apart = 0.0
    for m, rule, known in rules:
        bits = np.array(list(product((0, 1), repeat=m)))

        def predict(modalities: list[Any], rule: Any = rule) -> NDArray[np.float64]:
            said = rule(np.stack(modalities, 1)).astype(float)
            return np.stack([1 - said, said], 1)

        apart = max(apart, abs(_score(InterShap(predict)(*bits.T)) - known))
    return [Figure("AND, XOR, parity of 3 and 4: largest distance from the exact value", apart, "points", at_most=1e-4)]


def _bits(data: XorData, setting: Setting, n: int) -> list[NDArray[np.float64]]:
    bits = data.bits[17_000 : 17_000 + n].astype(float)
    nothing = np.full_like(bits, -1)
    if setting == "uniqueness":
        return [bits, nothing]
    first, second = nothing.copy(), nothing.copy()
    first[:, 0], second[:, 1] = bits[:, 0], bits[:, 1]
    return [first, second]


def _speed(model: EarlyFusion, test: list[NDArray[np.float32]], peer: Path | None) -> list[Figure]:
    one = [part[:1] for part in test]
    single = InterShap(predictor(model))(*one, background=test)
    works = float(np.isfinite(single.companions["local"].values).all())
    figures = [Figure("a single sample works", works, "1 = yes", at_least=1)]
    started = time.perf_counter()
    result = InterShap(predictor(model))(*test)
    assert result.origin is not None
    ours = (time.perf_counter() - started) / result.origin.settings["evaluations"]
    figures.append(Figure("time an evaluation", 1e6 * ours, "microseconds"))
    theirs = _plain_time(model, test) if peer is None else _peer_time(peer, model, test)
    figures.append(Figure(f"speed over {_PLAIN if peer is None else _PUBLISHED}", theirs / ours, "times", at_least=1))
    return figures


def _plain_time(model: EarlyFusion, test: list[NDArray[np.float32]]) -> float:
    """Seconds an evaluation takes our plain loop, which evaluates one mixed sample at a time as well."""
    n_draws, n_explained = 50, 4
    draws = np.random.default_rng(0).integers(len(test[0]), size=(n_explained, n_draws))
    samples = [part[:n_explained] for part in test]
    started = time.perf_counter()
    evaluations = plain_inter_shap(predictor(model), samples, test, draws).evaluations
    return (time.perf_counter() - started) / evaluations


def _peer_time(folder: Path, model: EarlyFusion, test: list[NDArray[np.float32]]) -> float:
    """Seconds an evaluation takes the published program, which evaluates one mixed sample at a time."""
    sys.path.insert(0, str(folder))
    from synergy_evaluation.interaction_values import MultiModalExplainer  # pyright: ignore[reportMissingImports]

    class Samples(torch.utils.data.Dataset[Any]):
        def __len__(self) -> int:
            return len(test[0])

        def __getitem__(self, k: int) -> tuple[torch.Tensor, int]:
            return torch.from_numpy(np.concatenate([part[k] for part in test])), 0

        def set_length(self, n: int) -> None:
            """Asked for by the program; all samples stay."""

    samples, n_draws, n_explained = Samples(), 50, 4
    whole = type("Whole", (), {"forward": lambda _, x: model.layers(x.reshape(-1, x.shape[-1]))})()
    explainer = MultiModalExplainer(
        whole, samples, [part.shape[1] for part in test], concat=True, device="cpu", random_masking=n_draws
    )
    started = time.perf_counter()
    explainer([samples[k] for k in range(n_explained)])
    explainer.shaply_interaction_values()
    return (time.perf_counter() - started) / (n_explained * 3 * n_draws)


if __name__ == "__main__":
    main()
