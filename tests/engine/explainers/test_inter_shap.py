"""InterSHAP against its definition, and against answers known beforehand."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations, product
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from saii_widgets.core.errors import InputError, ModelError
from saii_widgets.core.scene import Scene
from saii_widgets.engine.explainers.inter_shap import InterShap
from saii_widgets.engine.modality_game import ModalityGame, interaction_weights
from saii_widgets.engine.modality_shares import data_set_shares
from saii_widgets.engine.models.blackbox import BlackBox
from tests.engine.models.tiny_fusion import tiny_fusion
from tests.engine.tiny_models import pictures, tiny_model

Rule = Callable[..., bool]


def classes_of(rule: Rule) -> Callable[[list[Any]], NDArray[np.float64]]:
    """Probabilities (n, 2) of a rule over binary modalities."""

    def predict(modalities: list[Any]) -> NDArray[np.float64]:
        said = np.array([float(rule(*bits)) for bits in zip(*modalities, strict=True)])
        return np.stack([1 - said, said], 1)

    return predict


def truth_table(m: int) -> list[NDArray[np.int64]]:
    return list(np.array(list(product((0, 1), repeat=m))).T)


def score(predict: Any, samples: list[Any]) -> float:
    """The data set's score at double precision."""
    game = ModalityGame(predict, samples, samples)
    v = game.values(0, game.n_samples).mean(1)
    mean = (v @ interaction_weights(game.n_modalities).reshape(game.n_modalities**2, -1).T).mean(0)
    return 100 * data_set_shares(mean.reshape(1, game.n_modalities, -1))[0, -1]


def one_of(n: int) -> tuple[Rule, list[Any]]:
    """'Exactly one is 1', with half of the samples positive."""
    samples = [bits for bits in product((0, 1), repeat=n) if sum(bits) == 1]
    negative = [bits for bits in product((0, 1), repeat=n) if sum(bits) != 1]
    samples = samples * len(negative) + negative * len(samples)
    return (lambda *bits: sum(bits) == 1), list(np.array(samples).T)


@pytest.mark.parametrize(
    ("rule", "samples", "known"),
    [
        (lambda a, b: a and b, truth_table(2), 100 / 3),
        (lambda a, b: a != b, truth_table(2), 100),
        (lambda a, b, c: (a + b + c) % 2, truth_table(3), 75),
        (lambda a, b, c, d: (a + b + c + d) % 2, truth_table(4), 200 / 3),
    ],
    ids=["and", "xor", "parity of 3", "parity of 4"],
)
def test_known_values(rule: Rule, samples: list[Any], known: float) -> None:
    assert score(classes_of(rule), samples) == pytest.approx(known, abs=1e-9)
    result = InterShap(classes_of(rule))(*samples)
    assert result.companions["shares"]["interaction"] == pytest.approx(known, abs=1e-4)


@pytest.mark.parametrize(("n", "known"), [(3, 92.61), (4, 95.00)])
def test_exactly_one(n: int, known: float) -> None:
    rule, samples = one_of(n)
    assert score(classes_of(rule), samples) == pytest.approx(known, abs=0.005)


def test_weights_equal_all_orders_of_modalities() -> None:
    """Shapley values by joining in every order; pairs by the index of the game with one player gone or joined."""
    m = 4
    v = np.random.default_rng(0).normal(size=2**m)
    phi = interaction_weights(m) @ v
    shapley = np.zeros(m)
    orders = list(permutations(range(m)))
    for order in orders:
        s = 0
        for i in order:
            shapley[i] += (v[s | 1 << i] - v[s]) / len(orders)
            s |= 1 << i
    np.testing.assert_allclose(phi.sum(1), shapley, atol=1e-12)
    np.testing.assert_allclose(phi.sum(), v[-1] - v[0], atol=1e-12)
    for i, j in product(range(m), repeat=2):
        if i == j:
            continue
        others = [k for k in range(m) if k not in (i, j)]
        index, pair_orders = 0.0, list(permutations([*others, -1]))  # -1: where the pair joins
        for order in pair_orders:
            s = sum(1 << k for k in order[: order.index(-1)])
            index += v[s | 1 << i | 1 << j] - v[s | 1 << i] - v[s | 1 << j] + v[s]
        assert phi[i, j] == pytest.approx(index / len(pair_orders) / 2, abs=1e-12)


def random_model(seed: int, n_classes: int = 3) -> Callable[[list[Any]], NDArray[np.float64]]:
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=(d, 8)) for d in (3, 2, 4)]
    top = rng.normal(size=(8, n_classes))

    def predict(modalities: list[Any]) -> NDArray[np.float64]:
        hidden = np.tanh(sum(x @ w for x, w in zip(modalities, weights, strict=True)))
        logits = np.exp(hidden @ top)
        return logits / logits.sum(1, keepdims=True)

    return predict


def samples_of(n: int, seed: int) -> list[NDArray[np.float64]]:
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(n, d)) for d in (3, 2, 4)]


def test_local_matrices_equal_a_plain_computation() -> None:
    predict, samples, background = random_model(0), samples_of(5, 1), samples_of(7, 2)
    result = InterShap(predict, batch=4)(*samples, background=background)
    local = result.companions["local"]
    weights = interaction_weights(3)
    full = predict(samples)
    for a in range(5):
        label, v = full[a].argmax(), np.zeros(8)
        for s, b in product(range(8), range(7)):
            mixed = [(samples[k][a] if s >> k & 1 else background[k][b])[None] for k in range(3)]
            v[s] += predict(mixed)[0, label] / 7
        np.testing.assert_allclose(local.values[a], weights @ v, atol=1e-6)
        assert local.total[a] == pytest.approx(v[-1])  # pyright: ignore[reportIndexIssue, reportOptionalSubscript]
        assert local.baseline[a] == pytest.approx(v[0])  # pyright: ignore[reportIndexIssue, reportOptionalSubscript]
    np.testing.assert_allclose(result.values, np.abs(local.values.mean(0)), atol=1e-6)
    size = np.abs(local.values)
    expected = 100 * (1 - np.trace(size, axis1=1, axis2=2) / size.sum((1, 2)))
    np.testing.assert_allclose(result.companions["local shares"].values, expected, rtol=1e-4)
    for name in ("local", "parts", "shapley"):
        residual = result.companions[name].residual
        np.testing.assert_allclose(residual, 0, atol=1e-6, err_msg=name)


def test_a_single_sample_works_and_one_without_background_is_refused() -> None:
    predict, background = random_model(0), samples_of(20, 2)
    many = samples_of(4, 1)
    one = [part[2:3] for part in many]
    alone = InterShap(predict)(*one, background=background)
    together = InterShap(predict)(*many, background=background)
    np.testing.assert_allclose(
        alone.companions["local"].values[0], together.companions["local"].values[2], rtol=1e-5, atol=1e-7
    )
    with pytest.raises(InputError, match="background for a single sample"):
        InterShap(predict)(*one)


@pytest.mark.parametrize("n_draws", [5, 40])
def test_errors_are_calibrated(n_draws: int) -> None:
    """Over 200 draws of samples and background the z scores have the spread of a standard normal."""
    predict, whole = random_model(3), samples_of(4000, 5)
    truth = InterShap(predict, n_background=400)(*whole)
    z, scores = [], []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        own, other = rng.choice(4000, 40, replace=False), rng.choice(4000, 40, replace=False)
        given = [x[other] for x in whole]
        result = InterShap(predict, n_background=n_draws, seed=seed)(*[x[own] for x in whole], background=given)
        assert result.errors is not None
        z.append((result.values - truth.values) / result.errors)
        share, known = result.companions["shares"], truth.companions["shares"]
        assert share.errors is not None
        scores.append((share.values - known.values) / share.errors)
    large = truth.values > 0.01  # near zero the absolute value is biased
    assert 0.8 < np.mean(np.square(z)[:, large]) < 1.25
    assert 0.7 < np.mean(np.square(scores)[:, -1]) < 1.35


def test_background_is_dealt_out_evenly() -> None:
    game = ModalityGame(random_model(0), samples_of(30, 1), samples_of(20, 2), n_draws=4, seed=3)
    assert (np.bincount(game.draws.ravel()) == 6).all()
    assert all(len(set(row)) == 4 for row in game.draws.tolist())
    values = game.values(3, 5)
    game_of_all = ModalityGame(random_model(0), samples_of(30, 1), samples_of(20, 2))
    np.testing.assert_allclose(values[0], game_of_all.values(3, 4)[0][game.draws[3]], atol=1e-12)


def test_torch_and_lists_are_modalities_too() -> None:
    def predict(modalities: list[Any]) -> torch.Tensor:
        numbers, words = modalities
        lengths = torch.tensor([float(len(word)) for word in words])
        return torch.sigmoid(numbers[:, 0] * lengths)

    numbers, words = torch.linspace(-1, 1, 6)[:, None], ["a", "bb", "ccc", "dddd", "e", "ff"]
    result = InterShap(predict, modalities=("number", "word"))(numbers, words)
    assert result.axes[0].labels == ("number", "word")
    assert result.unit == "score"
    assert result["number", "word"] > 0  # pyright: ignore[reportOperatorIssue]


def test_an_additive_model_has_no_interaction() -> None:
    def predict(modalities: list[Any]) -> NDArray[np.float64]:
        return modalities[0][:, 0] + 2 * modalities[1][:, 0]

    rng = np.random.default_rng(0)
    local = InterShap(predict)(rng.normal(size=(9, 1)), rng.normal(size=(9, 1))).companions["local"]
    np.testing.assert_allclose(local.values[:, 0, 1], 0, atol=1e-6)


def test_pairs_of_a_dual_encoder_cost_one_table() -> None:
    model = tiny_model("clip", torch.float32)
    images, captions = pictures(3), ["a red truck", "the blue bus", "a metal fence"]
    result = InterShap(model, value="logit")(images, captions)
    assert result.origin is not None
    assert result.origin.encoder_passes == 6
    f = model.logits(images, captions).values.astype(float)
    phi = 0.5 * (f.diagonal() - f.mean(1) - f.mean(0) + f.diagonal().mean())
    np.testing.assert_allclose(result.companions["local"].values[:, 0, 1], phi, atol=1e-5)
    scenes = [Scene(image, caption, name=f"camera {k}") for k, (image, caption) in enumerate(zip(images, captions))]  # type: ignore[arg-type]  # noqa: B905
    again = InterShap(model, value="logit")(scenes)
    np.testing.assert_array_equal(again.values, result.values)
    assert again.companions["local"].axes[0].labels[1] == "camera 1"
    given = InterShap(model)(images[:1], captions[:1], background=(images[1:], captions[1:]))
    assert given.companions["local"].shape == (1, 2, 2)


def test_waterfall_and_force_plots_of_shap_take_the_parts() -> None:
    shap = pytest.importorskip("shap")
    result = InterShap(random_model(0), modalities=("image", "text", "sound"))(*samples_of(6, 1))
    parts = result.companions["parts"].to_shap()
    assert parts.values.shape == (6, 6)
    np.testing.assert_allclose(parts.values.sum(1) + parts.base_values, result.companions["parts"].total, rtol=1e-5)
    mpl.use("agg")
    axes = shap.plots.waterfall(parts[0], show=False)
    labels = {label.get_text() for label in axes.get_yticklabels()}
    assert labels == set(result.companions["parts"].axis("part").labels)
    figure = shap.plots.force(parts[0], matplotlib=True, show=False)
    assert figure.axes[0].texts
    import matplotlib.pyplot as plt

    plt.close("all")


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ((np.zeros((3, 1)),), "2 to 10 modalities"),
        ((np.zeros((3, 1)), np.zeros((2, 1))), "as many samples"),
        ((np.zeros((0, 1)), np.zeros((0, 1))), "at least one"),
        ((), "modalities"),
    ],
)
def test_wrong_inputs(inputs: tuple[Any, ...], said: str) -> None:
    with pytest.raises(InputError, match=said):
        InterShap(lambda m: m[0][:, 0])(*inputs)


@pytest.mark.parametrize(
    ("predict", "said"),
    [(lambda m: m[0][:-1, 0], "scores of 3 samples"), (lambda m: m[0][:, 0] * np.nan, "finite")],
)
def test_a_model_that_returns_nonsense(predict: Any, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        InterShap(predict)(np.ones((3, 1)), np.ones((3, 1)))


def test_wrong_settings() -> None:
    with pytest.raises(ModelError, match="callable on a list"):
        InterShap(3)  # pyright: ignore[reportArgumentType]
    with pytest.raises(InputError, match="probability"):
        InterShap(lambda m: m[0], value="odds")  # pyright: ignore[reportArgumentType]
    with pytest.raises(InputError, match="background sample"):
        InterShap(lambda m: m[0], n_background=0)
    with pytest.raises(InputError, match="names of 2"):
        InterShap(lambda m: m[0][:, 0], modalities=("a",))(np.ones((3, 1)), np.ones((3, 1)))
    with pytest.raises(InputError, match="a pair each"):
        InterShap(tiny_model("clip", torch.float32))(pictures(2), ["a red truck"])


def noted(result: Any) -> list[str]:
    return [note for note in result.origin.settings["notes"] if "another match" in note]


@pytest.mark.parametrize("kind", ["pairs", "callable"])
def test_a_background_of_matching_pairs_is_noted(kind: str) -> None:
    """Own pairs as background: the share is 50 % whatever the model does."""
    x = np.random.default_rng(0).normal(size=(30, 4))

    def grey_as_long(images: list[Any], captions: list[str]) -> list[float]:
        return [float(np.asarray(i).mean() == len(c)) for i, c in zip(images, captions, strict=True)]

    model: Any = BlackBox(grey_as_long) if kind == "pairs" else lambda m: np.exp(-((m[0] - m[1]) ** 2).sum(1))
    flat = [Image.new("RGB", (8, 8), (k, k, k)) for k in range(3, 9)]
    inputs: Any = (flat, ["x" * k for k in range(3, 9)]) if kind == "pairs" else (x, x + 0.1)
    trap = InterShap(model)(*inputs)
    assert float(trap.companions["shares"]["interaction"]) == pytest.approx(50, abs=0.1)
    assert len(noted(trap)) == 1
    assert "note" in trap.title
    turned = list(inputs[1][1:]) + list(inputs[1][:1])
    fair = InterShap(model)(*inputs, background=(inputs[0], turned if kind == "pairs" else np.array(turned)))
    assert not noted(fair)
    assert "note" not in fair.title
    assert float(fair.companions["shares"]["interaction"]) > 60


def test_classes_have_no_such_trap() -> None:
    bits = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])

    def xor(m: list[Any]) -> np.ndarray:
        said = (m[0] != m[1]).astype(float)
        return np.stack([1 - said, said], 1)

    assert not noted(InterShap(xor)(*bits.T))


def test_samples_without_effect_are_named() -> None:
    result = InterShap(lambda m: np.zeros(len(m[0])))(np.ones((3, 1)), np.ones((3, 1)))
    assert result.origin is not None
    assert result.origin.settings["no_effect"] == [0, 1, 2]
    assert result.companions["shares"]["interaction"] == 0


def red_for_red(images: list[Any], captions: list[str]) -> list[float]:
    """Red of a picture where its caption says so, and letters in any case."""
    reds = [float(np.asarray(image)[..., 0].mean()) / 255 for image in images]
    return [red * ("red" in text) + 0.01 * len(text) for red, text in zip(reds, captions, strict=True)]


@pytest.mark.parametrize("kind", ["dual encoder", "matcher", "callable"])
def test_one_line_for_every_kind_of_model(kind: str) -> None:
    shap = pytest.importorskip("shap")
    models = {"dual encoder": tiny_model("clip"), "matcher": tiny_fusion("vilt"), "callable": BlackBox(red_for_red)}
    images, captions = pictures(3), ["a red truck", "the blue bus", "a red fence"]
    result = InterShap(models[kind])(images, captions)
    assert result.unit == ("score" if kind == "callable" else "probability")
    assert result.companions["local"].shape == (3, 2, 2)
    parts = result.companions["parts"]
    assert parts.axis("part").labels == ("image", "text", "image × text")
    np.testing.assert_allclose(parts.residual, 0, atol=1e-5)  # pyright: ignore
    mpl.use("agg")
    import matplotlib.pyplot as plt

    assert shap.plots.waterfall(parts.to_shap()[1], show=False).get_yticklabels()
    assert shap.plots.force(parts.to_shap()[1], matplotlib=True, show=False).axes[0].texts
    plt.close("all")
    alone = InterShap(models[kind])(images[:1], captions[:1], background=(images, captions))
    assert alone.companions["parts"].to_shap()[0].values.shape == (3,)  # pyright: ignore


def test_a_callable_on_pictures_and_captions_is_told_how() -> None:
    with pytest.raises(ModelError, match=r"red_for_red, which takes 2 arguments.*BlackBox\(f\)"):
        InterShap(red_for_red)  # pyright: ignore[reportArgumentType]
