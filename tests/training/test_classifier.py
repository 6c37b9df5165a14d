"""The classifier of drawn vehicles: the same bits from the same seed, and saved as it is loaded."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from saii_widgets.cli import main
from saii_widgets.data.vehicles import VEHICLE_KINDS, draw_vehicle
from saii_widgets.engine.models.load_classifier import EMBEDDED_CLASSIFIER, load_classifier
from saii_widgets.training.classifier import drawn, normalised, train_classifier, varied
from saii_widgets.training.classifier_recipe import FIRST_TEST_SEED, FIRST_TRAINING_SEED, ClassifierRecipe

TINY = ClassifierRecipe(
    n_pictures=20,
    n_seen=48,
    sizes=(24, 40),
    side=32,
    embedding=4,
    widths=(4, 6),
    depths=(1, 1),
    batch=8,
    warm_up=8,
    n_tested=6,
)


def quiet(_: str) -> None:
    """Nothing is said."""


def test_the_same_seed_gives_the_same_bits(tmp_path: Path) -> None:
    torch.manual_seed(1)
    one = train_classifier(tmp_path / "one", TINY, say=quiet)
    torch.manual_seed(2)
    two = train_classifier(tmp_path / "two", TINY, say=quiet)
    other = train_classifier(tmp_path / "other", replace(TINY, seed=1), say=quiet)
    weights = [(folder / "model.safetensors").read_bytes() for folder in (one, two, other)]
    assert weights[0] == weights[1] != weights[2]


def test_it_loads_as_it_was_measured(tmp_path: Path) -> None:
    said: list[str] = []
    folder = train_classifier(tmp_path, TINY, say=said.append)
    classifier = load_classifier(folder, device="cpu")
    assert classifier.labels == VEHICLE_KINDS
    assert len(classifier.revision) == 12
    log = [json.loads(line) for line in (folder / "training.jsonl").read_text().splitlines()]
    assert log == [json.loads(line) for line in said]
    assert log[0]["recipe"]["n_seen"] == log[-2]["seen"] == 48
    for name, hard in (("plain", False), ("hard", True)):
        vehicles = [draw_vehicle(FIRST_TEST_SEED + k, size=TINY.sizes[k % 2], hard=hard) for k in range(6)]
        found = classifier.class_logits([vehicle.image for vehicle in vehicles]).argmax(1)
        right = [VEHICLE_KINDS[n] == vehicle.kind for n, vehicle in zip(found, vehicles, strict=True)]
        assert log[-1][name] == pytest.approx(sum(right) / 6, abs=1e-3)


def test_training_prepares_pictures_as_the_saved_processor_does(tmp_path: Path) -> None:
    classifier = load_classifier(train_classifier(tmp_path, TINY, say=quiet), device="cpu")
    pixels, kinds = drawn(TINY, 70, 3, 0.0)
    vehicles = [draw_vehicle(70 + k, size=TINY.sizes[k % 2]) for k in range(3)]
    wanted = torch.cat([classifier.preprocess([vehicle.image]) for vehicle in vehicles])
    torch.testing.assert_close(normalised(pixels), wanted, atol=1e-4, rtol=1e-4)
    assert [VEHICLE_KINDS[k] for k in kinds] == [vehicle.kind for vehicle in vehicles]


def test_pictures_are_varied_and_greyed() -> None:
    pixels, _ = drawn(TINY, 70, 4, 0.5)
    always = replace(TINY, grey=1.0, shift=2)
    one, two = (varied(pixels, always, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(one, two)
    assert one.shape == (4, 3, 32, 32)
    assert ((one == 0).all(1).flatten(1).sum(1) >= 9).all()
    assert not (varied(pixels, replace(always, grey=0.0), torch.Generator().manual_seed(3)) == 0).all(1).any()


def test_seeds_of_training_and_tests_are_apart() -> None:
    shipped = ClassifierRecipe()
    assert FIRST_TEST_SEED + shipped.n_tested <= FIRST_TRAINING_SEED
    log = (EMBEDDED_CLASSIFIER / "training.jsonl").read_text().splitlines()
    assert json.loads(log[0])["recipe"] == json.loads(json.dumps(shipped.__dict__))


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[ClassifierRecipe] = []

    def pretend(out: Path, recipe: ClassifierRecipe) -> Path:
        asked.append(recipe)
        return out

    monkeypatch.setattr("saii_widgets.training.classifier.train_classifier", pretend)
    command = ["train", "classifier", "--out", str(tmp_path), "--seed", "3", "--pictures", "96", "--scenes", "20"]
    assert main(command) == 0
    assert asked == [ClassifierRecipe(seed=3, n_seen=96, n_pictures=20)]
    assert str(tmp_path.resolve()) in capsys.readouterr().out
    assert main([*command, "--drawn", "x"]) == 2
    assert "saii train classifier" in capsys.readouterr().err
