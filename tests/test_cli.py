"""`saii` as a user meets it: what it prints, what it leaves, how it stops."""

from __future__ import annotations

from pathlib import Path

import pytest

from saii_widgets import cli
from saii_widgets.core.errors import StudyError
from saii_widgets.core.scene import Scene
from saii_widgets.core.study import Study
from saii_widgets.data.scenes import draw
from saii_widgets.stepwise import STEPS, Stepwise
from saii_widgets.training.narrator_recipe import NarratorRecipe


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    for i in range(8):
        draw(700 + i, 160).image.save(folder / f"{i}.jpg")
    (folder / "broken.jpg").write_bytes(b"no picture")
    return folder


def study(camera: Path, out: Path, *more: str) -> int:
    small = ("--pairs", "3", "--many", "5", "--device", "cpu")
    return cli.main(["study", "--images", str(camera), "--out", str(out), *small, *more])


def test_a_study_ends_with_the_path_of_its_report(
    camera: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert study(camera, tmp_path) == 0
    printed = capsys.readouterr()
    report = Path(printed.out.strip().splitlines()[-1])
    assert report == (tmp_path / "report.html").resolve()
    assert report.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "1 skipped pictures" in printed.err
    assert "broken.jpg" in report.read_text(encoding="utf-8")
    assert Study.load(tmp_path / "study.saii").settings["done"] == list(STEPS)


def test_a_finished_study_is_not_overwritten(camera: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Study().save(tmp_path / "study.saii")
    before = (tmp_path / "study.saii").read_bytes()
    assert study(camera, tmp_path) == 2
    assert "--resume" in capsys.readouterr().err
    assert (tmp_path / "study.saii").read_bytes() == before


def test_ctrl_c_keeps_what_is_done_and_resume_goes_on(
    camera: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: Stepwise) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Stepwise, "step4", interrupted)
        assert study(camera, tmp_path) == 130
    assert "6 of 10 steps are kept" in capsys.readouterr().err
    assert Study.load(tmp_path / "study.saii").settings["done"] == list(STEPS[:6])

    def again(_: Stepwise) -> None:
        raise AssertionError("step 3 was done before")

    with monkeypatch.context() as patch:
        patch.setattr(Stepwise, "step2", again)
        assert study(camera, tmp_path, "--resume") == 0
    assert Study.load(tmp_path / "study.saii").settings["done"] == list(STEPS)


def test_resume_with_other_settings_names_them(
    camera: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: Stepwise) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Stepwise, "step1", interrupted)
        study(camera, tmp_path)
    assert study(camera, tmp_path, "--resume", "--seed", "7") == 2
    assert "others for seed" in capsys.readouterr().err


def test_a_full_disk_is_one_clear_line(
    camera: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StudyError("a place where study.saii can be written", "No space left on device", "Free some space.")

    monkeypatch.setattr(Study, "save", full)
    assert study(camera, tmp_path) == 2
    assert "No space left on device" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--images", "nowhere"], "a folder of pictures"),
        (["--sample", "--model", "no-such/model"], "no-such/model"),
        (["--images", ".", "--captions", "nowhere.txt"], "one caption a line"),
        (["--sample", "--records", "nowhere.csv"], "--records goes with --images"),
        (["--sample", "--resume"], "a study to go on with"),
        (["--sample", "--minutes", "-5"], "minutes"),
        (["--sample", "--start-layer", "first"], "a layer number or 'all'"),
        (["--sample", "--pairs", "0"], "at least 2"),
    ],
)
def test_what_the_user_got_wrong_is_one_line(
    arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert cli.main(["study", "--out", str(tmp_path / "out"), *arguments]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.startswith("saii study: wanted")
    assert len(error.strip().splitlines()) == 1


def test_a_report_needs_no_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = Study().save(tmp_path / "empty.saii")
    assert cli.main(["report", str(path), "--out", str(tmp_path / "r.html")]) == 0
    assert capsys.readouterr().out.strip() == str((tmp_path / "r.html").resolve())
    assert cli.main(["report", str(tmp_path / "none.saii")]) == 2


def test_explainers_are_compared_into_a_table_and_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("compare", "--explainers", "GradEclip", "--measures", "pointing", "--sample", "--scenes", "3")
    assert cli.main([*asked, "--device", "cpu", "--out", str(tmp_path)]) == 0
    page = Path(capsys.readouterr().out.strip().splitlines()[-1])
    assert page == (tmp_path / "explainers.html").resolve()
    rows = (tmp_path / "explainers.csv").read_text().splitlines()
    assert len(rows) == 1 + 4 * 2, "three baselines are always there, and pointing has two quantities"


def test_two_models_are_compared_on_a_study(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study_of = Study()
    for k in range(2):
        study_of.scenes[f"{k}"] = Scene.open(draw(700 + k, 160).image, "a red car near a metal fence", name=f"{k}")
    file = study_of.save(tmp_path / "study.saii")
    asked = ("compare", "--models", "embedded", "embedded", "--study", str(file), "--device", "cpu")
    assert cli.main([*asked, "--out", str(tmp_path)]) == 0
    assert (tmp_path / "models.html").resolve() == Path(capsys.readouterr().out.strip().splitlines()[-1])
    assert (tmp_path / "models.csv").read_text().splitlines()[0] == "word,value,error"


def test_comparing_what_is_not_there_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for more in (["--explainers", "Guess"], ["--explainers", "all", "--measures", "taste"]):
        assert cli.main(["compare", *more, "--sample", "--scenes", "1", "--out", str(tmp_path), "--device", "cpu"]) == 2
        assert capsys.readouterr().err.strip().splitlines()[-1].startswith("saii compare: ")
    assert cli.main(["compare", "--explainers", "all", "--sample", "--scenes", "0"]) == 2
    assert "--scenes" in capsys.readouterr().err


def test_the_narrator_is_made_again_by_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def pretend(out: Path, recipe: NarratorRecipe) -> Path:
        asked.append((recipe.seed, recipe.n_pictures))
        return out

    monkeypatch.setattr("saii_widgets.training.narrator.train_narrator", pretend)
    command = ["train", "narrator", "--out", str(tmp_path), "--seed", "5", "--scenes", "70"]
    assert cli.main(command) == 0
    assert asked == [(5, 70)]
    assert capsys.readouterr().out.strip() == str(tmp_path.resolve())
    assert cli.main([*command, "--drawn", "x"]) == 2
    assert "saii train narrator" in capsys.readouterr().err
