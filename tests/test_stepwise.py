"""The whole study on a user's own JPEGs and a CSV, and each step against its definition."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from saii_widgets.core.errors import CaptionError, InputError, StudyError
from saii_widgets.core.scene import Scene
from saii_widgets.core.study import Study
from saii_widgets.core.text import Caption, Role
from saii_widgets.data.scenes import draw
from saii_widgets.data.window import Window
from saii_widgets.engine.models import load_model
from saii_widgets.engine.models.model import DualEncoder
from saii_widgets.steps.deletion import map_cosine, top_overlap
from saii_widgets.stepwise import STEPS, Stepwise

N = 12


@pytest.fixture(scope="module")
def model() -> DualEncoder:
    return load_model("embedded", device="cpu")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's own pictures: JPEG files and a table of texts, nothing else."""
    folder = tmp_path_factory.mktemp("camera")
    for i in range(N):
        draw(900 + i, 240).image.save(folder / f"2026-03-01_08-{i:02d}-00.jpg", quality=85)
    with (folder / "texts.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["when", "said"])
        for i in range(30):
            said = ["a red bus on the road", "Fog near the bridge!", "a blue van and a red car", "traffic cones"][i % 4]
            writer.writerow([f"2026-03-01 08:{i:02d}", said])
    return folder


@pytest.fixture(scope="module")
def finished(folder: Path, model: DualEncoder) -> Stepwise:
    from saii_widgets.data import read_records

    records = read_records(folder / "texts.csv", text="said", time="when")
    stepwise = Stepwise(folder, records=records, model=model, n_pairs=6, n_many=10, window=Window(minutes=8))
    stepwise.run()
    return stepwise


def test_all_steps_are_done_and_kept(finished: Stepwise, tmp_path: Path) -> None:
    study = finished.study
    assert study.settings["done"] == list(STEPS)
    assert {"words", "retrieval", "meeting", "vocabulary", "step1", "step2", "step3", "step4", "step5", "step6"} <= set(
        study.explanations
    )
    assert Study.load(study.save(tmp_path / "a.saii")) == study


def test_captions_come_from_the_model_alone(finished: Stepwise) -> None:
    """The best vehicle of each caption is the model's own first choice; no fact of a drawing is at hand."""
    vocabulary = finished.vocabulary
    logits = finished.many.raw_logits([Caption.parse(text) for text in vocabulary.vehicles])
    for row, caption in zip(logits, finished.captions(), strict=True):
        assert caption.text.startswith(vocabulary.vehicles[int(row.argmax())])
        assert sum(sky in caption.text for sky in vocabulary.skies) == 1


def test_step2_logits_and_probabilities(finished: Stepwise, model: DualEncoder) -> None:
    step = finished.step2()
    expected = model.logits(finished.few.images, finished.captions()[:6]).values
    np.testing.assert_allclose(step.values, expected, rtol=1e-5, atol=1e-5)
    share = np.exp(step.values - step.values.max(1, keepdims=True))
    share /= share.sum(1, keepdims=True)
    np.testing.assert_allclose(step.companions["probabilities"].values, share, atol=1e-6)
    ranks = [[1 + (row > value).sum() for value in row] for row in step.values]
    np.testing.assert_array_equal(step.companions["ranks"].values, ranks)


def test_step3_losers_have_no_relevance(finished: Stepwise) -> None:
    largest = finished.step3(target="max")
    winners = largest.companions["logits"].values.argmax(1)
    assert np.isfinite(largest.values).all()
    for n, row in enumerate(largest.values):
        for m, patches in enumerate(row):
            assert patches.any() == (m == winners[n])


def test_maps_carry_the_names_of_the_pictures(finished: Stepwise) -> None:
    names = tuple(scene.name for scene in finished.few.scenes)
    for result in (finished.step3(), finished.step3().companions["words"], finished.step5()):
        assert result.axis("image").labels == names


def test_step3_contrast_of_two_captions(finished: Stepwise) -> None:
    contrast = finished.step3(target=(0, 1))
    assert contrast.kinds == ("image", "patch")
    assert "why" in contrast.title


def test_step4_measures_the_deletion(finished: Stepwise) -> None:
    change = finished.step4()
    before, after = change.companions["before"], change.companions["after"]
    for caption in after.captions:
        assert not caption.indices(Role.PRINCIPAL)
    np.testing.assert_allclose(change.values[:, 2], change.values[:, 1] - change.values[:, 0], atol=1e-5)
    likeness = change.companions["map likeness"].values
    for i in range(6):
        a, b = before.values[i, i].astype(float), after.values[i, i].astype(float)
        assert likeness[i, 0] == pytest.approx(a @ b / np.sqrt((a @ a) * (b @ b)), rel=1e-4)
        top = [set(np.argsort(-m, kind="stable")[:29]) for m in (a, b)]  # a fifth of 144 patches
        assert likeness[i, 1] == pytest.approx(len(top[0] & top[1]) / 29)


def test_the_verdict_has_intervals_and_a_control(finished: Stepwise) -> None:
    rows = {row["quantity"]: row for row in finished.study.tables["verdict"]}
    assert all(row["low"] <= row["value"] <= row["high"] for row in rows.values())
    assert rows["share on principal words, before"]["value"] > 0
    assert rows["fall of the logit beyond the control"]["value"] == pytest.approx(
        rows["fall of the logit, principal words deleted"]["value"] - rows["fall of the logit, control"]["value"]
    )


def test_step5_uses_short_phrases_and_any_layer(finished: Stepwise) -> None:
    kept = finished.step5()
    assert all(not caption.indices(Role.PRINCIPAL) for caption in kept.captions)
    assert max(len(caption.words) for caption in kept.captions) <= 4
    everywhere = finished.step5(start_layer="all")
    assert everywhere.origin is not None
    assert everywhere.origin.settings["start_layer"] == 0
    assert not np.allclose(kept.values, everywhere.values)


def test_step6_is_square(finished: Stepwise) -> None:
    assert finished.step6().shape == (10, 10)


def test_records_meet_only_within_the_window(finished: Stepwise) -> None:
    scenes = {scene.name: scene for scene in finished.many.scenes}
    assert finished.records is not None
    times: dict[str, list[object]] = {}
    for record in finished.records:
        times.setdefault(record.text, []).append(record.time)
    assert finished.study.tables["pairs"]
    for row in finished.study.tables["pairs"]:
        taken = scenes[row["picture"]].time
        assert taken is not None
        assert any(abs((taken - time).total_seconds()) <= 8 * 60 for time in times[row["record"]])  # type: ignore[operator]


def test_an_interrupted_study_goes_on(folder: Path, model: DualEncoder, tmp_path: Path) -> None:
    first = Stepwise(folder, model=model, n_pairs=4, n_many=6)
    for name in STEPS[:6]:
        first.take(name)
    path = first.study.save(tmp_path / "a.saii")
    second = Stepwise(folder, model=model, n_pairs=4, n_many=6, study=Study.load(path))
    kept = second.study["step2"]
    second.run()
    assert second.study["step2"] is kept
    whole = Stepwise(folder, model=model, n_pairs=4, n_many=6).run()
    assert second.study.tables == whole.tables
    assert second.study.settings == whole.settings
    np.testing.assert_array_equal(second.study["step6"].values, whole["step6"].values)


def test_other_settings_are_refused_by_name(folder: Path, model: DualEncoder) -> None:
    begun = Stepwise(folder, model=model, n_pairs=4).study
    with pytest.raises(StudyError, match="others for n_pairs, seed"):
        Stepwise(folder, model=model, n_pairs=5, seed=1, study=begun)


def test_own_captions_are_kept(folder: Path, model: DualEncoder) -> None:
    texts = [f"a red bus near trees and people {i % 3} times" for i in range(N)]
    stepwise = Stepwise(folder, captions=texts, model=model, n_many=5)
    assert [c.text for c in stepwise.captions()] == [texts[i] for i in stepwise.study.settings["chosen"]]
    assert stepwise.words() is not None


def test_labels_make_any_model_evaluable(folder: Path, model: DualEncoder) -> None:
    texts = ["a bus near trees", "a bus near people"] * (N // 2)
    scenes = [Scene.open(path) for path in sorted(folder.glob("*.jpg"))] * 2
    labels = {"trees": [True, False] * N, "people": [False, True] * N}
    settings: dict[str, Any] = {"model": model, "n_pairs": 4, "n_many": 10, "labels": labels}
    stepwise = Stepwise(scenes, captions=texts * 2, **settings)
    stepwise.run()
    assert "evaluate" not in stepwise.study.settings["left out"]
    rows = stepwise.study.tables["evaluation"]
    assert Stepwise(scenes, captions=texts * 2, **settings).evaluate() == rows, "with no step taken before it"
    assert {row["phrase"] for row in rows} >= {"trees", "people"}
    assert {row["n"] for row in rows} == {2 * N - 10}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"captions": ["one"]}, "1 captions and 12 pictures"),
        ({"images": []}, "at least one picture"),
        (
            {"captions": ["a bus near a tree"] * (N - 1) + [""]},
            r"for the picture 2026-03-01_08-11-00.jpg; got an empty text",
        ),
        ({"captions": ["the of and"] * N}, "only stop words"),
        ({"pairing": "all-to-all", "records": "texts.csv"}, "one-to-one"),
    ],
)
def test_bad_input_is_said(folder: Path, model: DualEncoder, change: dict[str, object], message: str) -> None:
    from saii_widgets.data import read_records

    settings: dict[str, object] = {"images": folder, **change}
    if "records" in settings:
        settings["records"] = read_records(folder / "texts.csv", text="said")
    with pytest.raises(InputError, match=message):
        Stepwise(settings.pop("images"), model=model, **settings).run()  # type: ignore[arg-type]


def test_a_caption_of_principal_words_only_is_named(folder: Path, model: DualEncoder) -> None:
    stepwise = Stepwise(folder, captions=["a red bus"] * N, model=model)
    with pytest.raises(CaptionError, match="'a red bus'"):
        stepwise.step4()


def test_likeness_of_maps_by_hand() -> None:
    a, b = np.array([1, 0, 0, 2], np.float32), np.array([0, 0, 3, 4], np.float32)
    assert map_cosine(a, b) == pytest.approx(8 / (np.sqrt(5) * 5))
    assert map_cosine(a, np.zeros(4, np.float32)) == 0
    assert top_overlap(a, b, 0.5) == 0.5
    assert top_overlap(a, np.zeros(4, np.float32)) == 0
