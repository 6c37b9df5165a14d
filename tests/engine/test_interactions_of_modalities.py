"""`Interactions` of models that take a list of modalities: players from three of them, and from other numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from saii_widgets.core.errors import InputError, ModelError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.study import Study
from saii_widgets.core.text import Caption
from saii_widgets.engine.coalitions import all_coalitions
from saii_widgets.engine.explainers.interactions import Interactions
from saii_widgets.engine.models.blackbox import BlackBox
from saii_widgets.engine.runtime import Cancelled
from tests.engine.test_interactions import Weight, banzhaf, definition, shapley
from tests.engine.tiny_models import pictures

NAMES = ("image", "text", "weather")
CAPTION = "a red truck"
WEATHER = {"rain": 2.0, "wind": 5.0, "night": 1.0}
CALM = {"rain": 0.0, "wind": 1.0, "night": 0.0}
GRID = {"image": (2, 2)}
PAIRS = {"main": (1, 0), "image × weather": (0, 2), "text × weather": (1, 2)}
SINGLES = {"patch": 0, "word": 1, "weather": 2}


def score(modalities: list[Any]) -> np.ndarray:
    """Something of everything with everything, three at a time too."""
    found = []
    for image, text, row in zip(*modalities, strict=True):
        quarters = np.asarray(image, float).reshape(2, 12, 2, 12, 3).mean((1, 3, 4)).ravel() / 255
        words = np.array([word in text.split() for word in CAPTION.split()], float)
        numbers = np.array([row["rain"] - row["wind"], row["night"] + 1, row["wind"]])
        found.append(np.tanh(quarters[:3] * words * numbers).sum() + quarters[3] * numbers[1] + words[2] * numbers[2])
    return np.array(found)


def asked(model: Any = score, **settings: Any) -> Interactions:
    known = {"modalities": NAMES, "players": GRID, "background": {"weather": CALM}, "budget": 1024}
    return Interactions(model, **(known | settings))


def table_by_hand(picture: Image.Image, backgrounds: list[dict[str, float]]) -> np.ndarray:
    """Scores of all 2^10 coalitions: four quarters of the picture, three words, three features."""
    pixels = np.asarray(picture)
    grey = pixels.mean((0, 1)).round()
    inputs: list[list[Any]] = [[], []]
    for keep in all_coalitions(10):
        shown = pixels.copy()
        for k in range(4):
            if not keep[k]:
                shown[k // 2 * 12 : k // 2 * 12 + 12, k % 2 * 12 : k % 2 * 12 + 12] = grey
        inputs[0].append(Image.fromarray(shown))
        inputs[1].append(" ".join(word for word, here in zip(CAPTION.split(), keep[4:7], strict=True) if here))
    found = []
    for other in backgrounds:
        kept = [dict(zip(WEATHER, keep[7:], strict=True)) for keep in all_coalitions(10)]
        rows = [{key: (WEATHER if own[key] else other)[key] for key in WEATHER} for own in kept]
        found.append(score([*inputs, rows]))
    return np.mean(found, axis=0)


def check(result: Explanation, table: np.ndarray, weight: Weight) -> None:
    places = [range(4), range(4, 7), range(7, 10)]

    def over(a: int, b: int) -> list[list[float]]:
        return [[definition(table, 10, (i, j), weight) if i != j else 0 for j in places[b]] for i in places[a]]

    parts = {"main": result, **result.companions}
    for name, (a, b) in PAIRS.items():
        np.testing.assert_allclose(parts[name].values, over(a, b), atol=1e-6, err_msg=name)
    for name, k in SINGLES.items():
        wanted = [definition(table, 10, (i,), weight) for i in places[k]]
        np.testing.assert_allclose(parts[name].values, wanted, atol=1e-6, err_msg=name)
    for name, k in {"patches": 0, "words": 1, "weather × weather": 2}.items():
        np.testing.assert_allclose(parts[name].values, over(k, k), atol=1e-6, err_msg=name)
    assert all(part.errors is not None and not part.errors.any() for part in parts.values())


@pytest.mark.parametrize(
    ("settings", "weight"),
    [({"p": 0.3}, banzhaf(0.3)), ({}, banzhaf(0.5)), ({"p": 0.7}, banzhaf(0.7)), ({"index": "shapley"}, shapley)],
    ids=["p=.3", "p=.5", "p=.7", "shapley"],
)
def test_equals_brute_force(settings: dict[str, Any], weight: Weight) -> None:
    (picture,) = pictures(1, (24, 24))
    result = asked(order=2, **settings)(picture, CAPTION, WEATHER)
    check(result, table_by_hand(picture, [CALM]), weight)
    assert result.kinds == ("word", "patch")
    assert result.companions["text × weather"].kinds == ("word", "weather")
    assert result.companions["image × weather"].axis("weather").labels == ("rain", "wind", "night")
    assert np.abs(result.companions["text × weather"].values).max() > 0.1
    assert (len(result.images), result.captions[0].text) == (1, CAPTION)
    assert result.origin is not None
    said = result.origin.settings
    assert (said["r2"] < 1, said["every_coalition"], said["players"]) == (True, True, [4, 3, 3])
    assert result.origin.masking == "image: mean, text: delete, weather: background"


def test_several_rows_of_background_are_averaged() -> None:
    (picture,) = pictures(1, (24, 24))
    rows = [CALM, {"rain": 1.0, "wind": 9.0, "night": 0.0}, {"rain": 3.0, "wind": 0.0, "night": 1.0}]
    result = asked(order=2, background={"weather": rows})(picture, CAPTION, WEATHER)
    check(result, table_by_hand(picture, rows), banzhaf(0.5))
    assert result.origin is not None
    assert result.origin.encoder_passes == 2 + 3 * 1024


@pytest.mark.parametrize(("index", "p"), [("banzhaf", 0.3), ("banzhaf", 0.5), ("shapley", 0.5)])
def test_a_planted_game_of_three(index: Any, p: float) -> None:
    """`6 x_truck x_left x_wind`: each pair has 6 times the chance of the third, each single that of the two others."""

    def planted(modalities: list[Any]) -> list[float]:
        images, texts, rows = modalities
        return [
            6.0 * ("truck" in text) * (np.asarray(image)[0, 0, 0] == 200) * row[1]
            for image, text, row in zip(images, texts, rows, strict=True)
        ]

    picture = Image.new("RGB", (8, 8))
    picture.paste((200, 0, 0), (0, 0, 4, 8))
    settings: dict[str, Any] = {"players": {"image": (1, 2)}, "background": {"weather": np.zeros(3)}}
    found = asked(planted, index=index, p=p, **settings)(picture, CAPTION, np.ones(3))
    pair, single = (3.0, 2.0) if index == "shapley" else (6 * p, 6 * p**2)
    wanted = np.zeros((3, 2))
    wanted[2, 0] = pair
    np.testing.assert_allclose(found.values, wanted, atol=1e-6)
    np.testing.assert_allclose(found.companions["text × weather"].values[2], [0, pair, 0], atol=1e-6)
    np.testing.assert_allclose(found.companions["image × weather"].values[0], [0, pair, 0], atol=1e-6)
    np.testing.assert_allclose(found.companions["weather"].values, [0, single, 0], atol=1e-6)
    assert found.companions["weather"].axis("weather").labels == ("weather 1", "weather 2", "weather 3")


@pytest.mark.parametrize("settings", [{"p": 0.7}, {"index": "shapley"}])
def test_drawn_coalitions_recover_an_order_two_game(settings: dict[str, Any]) -> None:
    """18 players: four pictures' patches, words and ten sensors, of which one meets a word and two each other."""
    weights = np.random.default_rng(0).normal(size=10)

    def sensed(modalities: list[Any]) -> np.ndarray:
        images, texts, rows = modalities
        truck = np.array(["truck" in text for text in texts], float)
        light = np.array([np.asarray(image)[..., 0].mean() / 100 for image in images])
        return rows @ weights + 2 * truck * rows[:, 4] - 3 * rows[:, 0] * rows[:, 1] + light

    (picture,) = pictures(1, (24, 24))
    text = "a truck near trees"
    explainer = asked(sensed, background={"weather": np.zeros(10)}, budget=700, order=2, **settings)
    found = explainer(picture, text, np.ones(10))
    wanted = np.zeros((4, 10))
    wanted[found.axis("word").labels.index("truck"), 4] = 2
    np.testing.assert_allclose(found.companions["text × weather"].values, wanted, atol=1e-4)
    np.testing.assert_allclose(found.companions["weather × weather"].values[0, 1], -3, atol=1e-4)
    np.testing.assert_allclose(found.companions["image × weather"].values, 0, atol=1e-4)
    assert found.origin is not None
    assert found.origin.settings["r2"] > 0.999
    assert not found.origin.settings["every_coalition"]


def test_an_additive_model_has_no_interactions() -> None:
    def additive(modalities: list[Any]) -> list[float]:
        images, texts, rows = modalities
        parts = zip(images, texts, rows, strict=True)
        return [np.asarray(image)[..., 1].mean() + len(text.split()) + row["wind"] ** 2 for image, text, row in parts]

    found = asked(additive)(*pictures(1, (24, 24)), CAPTION, WEATHER)
    for name in PAIRS:
        values = found.values if name == "main" else found.companions[name].values
        assert np.abs(values).max() < 1e-6
    np.testing.assert_allclose(found.companions["weather"].values, [0, 24, 0], atol=1e-6)


def test_errors_of_drawn_coalitions_hold() -> None:
    """Over 40 seeds, 90 to 99 % of all cells lie within two of their errors of the exact values."""
    (picture,) = pictures(1, (24, 24))
    exact = asked()(picture, CAPTION, WEATHER)
    names = ("text × weather", "image × weather", "word", "weather")
    within = []
    for seed in range(40):
        found = asked(budget=80, seed=seed)(picture, CAPTION, WEATHER)
        for name in names:
            part = found.companions[name]
            assert part.errors is not None
            within.append(np.abs(part.values - exact.companions[name].values).ravel() < 2 * part.errors.ravel())
    assert 0.9 < np.concatenate(within).mean() < 0.99


def test_players_and_maskings_are_chosen_by_modality() -> None:
    (picture,) = pictures(1, (24, 24))
    seen: list[Any] = []

    def watched(modalities: list[Any]) -> np.ndarray:
        seen.append(modalities)
        return score(modalities)

    players = {"image": "blocks 4", "text": [[0], [1, 2]], "weather": ["night", ["rain", "wind"]]}
    found = asked(watched, players=players, masking="blur")(picture, Caption.parse(CAPTION), WEATHER)
    assert found.shape == (2, 4)
    assert found.companions["weather"].axis("weather").labels == ("night", "rain + wind")
    assert {text for _, texts, _ in seen for text in texts} == {"", "a", "red truck", CAPTION}
    assert {(row["rain"], row["wind"]) for *_, rows in seen for row in rows} == {(2.0, 5.0), (0.0, 1.0)}
    assert found.origin is not None
    assert found.origin.masking.startswith("image: blur")
    for_all = asked(players="phrases")(picture, CAPTION, WEATHER)
    assert (len(for_all.axis("patch")), for_all.axis("word").labels) == (49, (CAPTION,))


def test_other_numbers_and_kinds_of_modalities() -> None:
    first, second = pictures(2, (24, 24))
    one, two, rows = np.arange(3.0), np.ones((2, 4)), {"a": np.zeros((2, 3)), "b": np.zeros((2, 4))}

    def of_rows(modalities: list[Any]) -> np.ndarray:
        a, b = modalities
        assert (a.shape[1:], b.shape[1:]) == ((3,), (2, 4))
        return a[:, 2] * b[:, 1].sum(1)

    found = Interactions(of_rows, modalities=("a", "b"), background=rows, budget=32)(one, two)
    assert (found.kinds, list(found.companions)) == (("a", "b"), ["a", "b"])
    np.testing.assert_allclose(found.values, [[0, 0], [0, 0], [0, 8]], atol=1e-6)

    def of_pictures(modalities: list[Any]) -> list[float]:
        return [float(np.asarray(a).mean() * np.asarray(b).mean()) for a, b in zip(*modalities, strict=True)]

    names: Any = ("photo", "thermal")
    both = Interactions(of_pictures, modalities=names, players=dict.fromkeys(names, (1, 2)), budget=16)(first, second)
    assert (both.kinds, list(both.companions)) == (("patch", "patch"), list(names))
    assert len(both.images) == 2


def test_probabilities_are_of_the_class_of_the_whole_sample() -> None:
    (picture,) = pictures(1, (24, 24))

    def classes(modalities: list[Any]) -> np.ndarray:
        return np.stack([-score(modalities), score(modalities), np.zeros(len(modalities[1]))], 1)

    plain, of_class = (asked(model)(picture, CAPTION, WEATHER) for model in (score, classes))
    np.testing.assert_array_equal(plain.values, of_class.values)
    assert (plain.unit, of_class.unit) == ("score", "probability")


def test_what_was_paid_for_is_kept() -> None:
    (picture,) = pictures(1, (24, 24))
    asked_for, broken = [0], [True]

    def fails(modalities: list[Any]) -> Any:
        asked_for[0] += len(modalities[0])
        if broken[0] and asked_for[0] > 700:
            raise ConnectionError("gone away")
        return score(modalities)

    study = Study()
    explainer = asked(fails, study=study)
    with pytest.raises(ModelError, match=r"gone away.*scores are kept"):
        explainer(picture, CAPTION, WEATHER)
    broken[0], before = False, asked_for[0]
    found = explainer(picture, CAPTION, WEATHER)
    assert asked_for[0] - before < 1024 - 650
    again = asked_for[0]
    other = asked(fails, study=study)(picture, CAPTION, WEATHER)
    np.testing.assert_array_equal(found.values, other.values)
    assert asked_for[0] == again + 2, "the whole sample, to see whether the model is still the same"
    asked(fails, study=study)(picture, CAPTION, WEATHER | {"wind": 4.0})
    assert asked_for[0] > again + 1000


def test_refined_and_cancelled() -> None:
    (picture,) = pictures(1, (24, 24))
    told: list[tuple[int, int]] = []
    rounds = list(asked(budget="auto", progress=lambda *said: told.append(said[:2])).refine(picture, CAPTION, WEATHER))
    assert len(rounds) > 2
    calls = [one.origin.settings["coalitions"] for one in rounds if one.origin is not None]
    assert calls == sorted(calls)
    assert told[-1][0] <= told[-1][1]

    def stop(*_: Any) -> None:
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        asked(progress=stop)(picture, CAPTION, WEATHER)


PICTURE = pictures(1, (24, 24))[0]
GOOD = (PICTURE, CAPTION, WEATHER)


@pytest.mark.parametrize(
    ("settings", "inputs", "said"),
    [
        ({}, (PICTURE, CAPTION), "one input each for image, text, weather"),
        ({}, (*GOOD, 1), "got 4"),
        ({"background": None}, GOOD, "a background for the features of 'weather'"),
        ({"background": {"wether": CALM}}, GOOD, "by the names 'image', 'text', 'weather'; got 'wether'"),
        ({"players": {"picture": "patches"}}, GOOD, "players by the names"),
        ({"background": {"weather": CALM, "text": "b"}}, GOOD, "a background of features only"),
        ({"background": {"weather": {"rain": 1.0}}}, GOOD, "with the same names"),
        ({"background": {"weather": []}}, GOOD, "with the same names"),
        ({"background": {"weather": np.zeros(4)}}, (PICTURE, CAPTION, np.ones(3)), "a background of its shape"),
        ({"players": GRID | {"weather": [["rain"], ["rain"]]}}, GOOD, "each in one group"),
        ({"players": GRID | {"weather": ["storm"]}}, GOOD, "groups of features"),
        ({"modalities": ("image",)}, GOOD, "two or more modalities"),
        ({"modalities": ("image", "text", "text")}, GOOD, "Name each once"),
        ({"modalities": ("image", "text", "word"), "background": {"word": CALM}}, GOOD, "a name of their own"),
        ({"modalities": None}, GOOD, "Name the modalities"),
        ({"budget": 5}, GOOD, "a budget of at least"),
        ({"masking": "drop"}, GOOD, "masking"),
        ({"prediction": "product"}, GOOD, "prediction='expansion'"),
        ({"nodes": 3}, GOOD, "no nodes"),
    ],
)
def test_bad_input_is_said(settings: dict[str, Any], inputs: tuple[Any, ...], said: str) -> None:
    with pytest.raises(InputError, match=said):
        asked(**settings)(*inputs)


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (lambda modalities: [np.nan] * len(modalities[0]), "NaN"),
        (lambda modalities: score(modalities)[1:], "scores of 2 samples"),
        (lambda modalities: np.random.default_rng().normal(size=len(modalities[0])), "same score for the same input"),
        (definition, "takes 4 arguments"),
        (BlackBox(definition), "a callable on a list of modalities"),
    ],
)
def test_bad_models_are_refused(model: Any, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        asked(model)(*GOOD)


def test_what_belongs_to_pairs_is_refused() -> None:
    with pytest.raises(ModelError, match="dual encoder"):
        asked().surrogate(PICTURE, CAPTION)
    with pytest.raises(InputError, match="pictures and captions"):
        Interactions(score)(*GOOD)
