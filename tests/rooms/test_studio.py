"""The studio without a browser: what is computed when, what follows what, what can be taken away."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import saii_widgets as sw
from saii_widgets.core.errors import CaptionError, InputError
from saii_widgets.rooms.code import settings_of
from saii_widgets.rooms.links import same_pairs
from saii_widgets.rooms.notice import notice
from saii_widgets.rooms.plan import PLAN
from saii_widgets.stepwise import Stepwise
from saii_widgets.widgets import HeatmapView, WordCloud

WORDS, CAPTIONS, MAPS, DELETION, EVALUATION = 0, 2, 3, 4, 8


def states(studio: sw.Studio) -> list[str]:
    return [step["state"] for step in studio.bar.steps]


def heat(studio: sw.Studio, place: int) -> HeatmapView:
    return next(widget for widget in studio.views[place] if isinstance(widget, HeatmapView))


def test_every_room_is_computed_and_furnished(finished: sw.Studio) -> None:
    assert states(finished) == ["left out", *["done"] * (len(PLAN) - 1)]  # there are no texts to count words in
    assert finished.bar.error == ""
    assert not finished.bar.busy
    assert not finished.bar.unfinished
    for room, views in zip(PLAN[1:], finished.views[1:], strict=True):
        assert len(views) == len(room.views)
    np.testing.assert_array_equal(heat(finished, MAPS).result.values, finished.study["step3"].values)


def test_one_pair_is_chosen_in_all_rooms_that_show_it(finished: sw.Studio) -> None:
    links = list(same_pairs(widget for room in finished.views for widget in room))
    joined = [{type(one).__name__, type(other).__name__} for (one, _), (other, _) in links]
    assert joined.count({"PairMatrix", "HeatmapView"}) == 3  # captions and maps, short phrases, all pairs
    assert joined.count({"HeatmapView"}) == 1  # maps and deletion
    assert len(links) == 4


def test_a_changed_caption_is_explained_beside_the_original(opened: Callable[..., sw.Studio]) -> None:
    studio = opened()
    assert studio.wait(60)
    studio.bar.step = MAPS
    heat(studio, MAPS).chosen = {"image": 2, "caption": 1}
    rewrite = studio.live[MAPS]
    own = studio.study["step3"].captions[1].text
    assert rewrite.editor.caption == own
    assert rewrite.wait(20)
    assert rewrite.editor.effects_of == own
    assert rewrite.bars.result.axes[0].labels[0] == own
    rewrite.editor.caption = "a green bus near a metal fence"
    assert rewrite.wait(20)
    assert rewrite.editor.error == ""
    alone = sw.Relevance(studio.stepwise.model)([studio.stepwise.few.scenes[2]], ["a green bus near a metal fence"])
    np.testing.assert_allclose(rewrite.view.other.values, alone.values, atol=1e-6)
    assert rewrite.view.layout.display is None
    np.testing.assert_array_equal(rewrite.view.result.values[0, 0], studio.study["step3"].values[2, 1])
    assert rewrite.editor.effects_of == "a green bus near a metal fence"
    captions = ["a green bus near a metal fence", *(c.text for c in studio.study["step3"].captions)]
    logits = studio.stepwise.model.logits([studio.stepwise.few.scenes[2].image], captions)
    np.testing.assert_allclose(rewrite.bars.result.values, logits.companions["probabilities"].values[0], atol=1e-5)
    assert "a green bus near a metal fence" in studio.code
    rewrite.editor.caption = own
    assert rewrite.wait(20)
    assert rewrite.view.other is None
    assert rewrite.view.layout.display == "none"
    assert rewrite.editor.effects_of == own


def test_a_caption_that_cannot_be_read_says_so_in_the_editor(opened: Callable[..., sw.Studio]) -> None:
    studio = opened()
    assert studio.wait(60)
    rewrite = studio.live[MAPS]
    rewrite.editor.caption = "truck " * 60
    assert rewrite.wait(20)
    assert "wanted" in rewrite.editor.error
    assert rewrite.view.other is None
    rewrite.editor.caption = "a red truck"
    assert rewrite.wait(20)
    assert rewrite.editor.error == ""


def test_the_slider_follows_when_its_room_is_looked_at(opened: Callable[..., sw.Studio]) -> None:
    studio = opened()
    assert studio.wait(60)
    slider = studio.live[DELETION].slider
    captions = [caption.text for caption in studio.study["step3"].captions]
    assert slider.caption.text == captions[0]
    heat(studio, DELETION).chosen = {"image": 1, "caption": 1}
    assert studio.wait(20)
    assert slider.caption.text == captions[0]  # nobody looks
    studio.bar.step = DELETION
    assert studio.wait(20)
    assert slider.caption.text == captions[1]
    assert set(slider.removals) == {"principal words", "strongest patches"}
    own, first, *_ = slider.removal.result.axis("caption").labels
    assert own == captions[1]
    assert len(set(own.split()) ^ set(first.split())) in (2, 4)  # one word, and perhaps its article
    result = slider.removal.result
    assert all(result.values[0, 1] >= result.values[0, k] for k in (2, 3))  # the likeliest rivals come first


def test_a_page_shows_one_pair_in_all_rooms(opened: Callable[..., sw.Studio]) -> None:
    studio = opened()
    assert studio.wait(60)
    heat(studio, DELETION).chosen = {"image": 1, "caption": 1}
    own = studio.study["step3"].captions[1].text
    studio.to_html()
    assert studio.bar.step == WORDS
    assert studio.live[DELETION].slider.caption.text == own


def test_stopped_work_goes_on_where_it_was(opened: Callable[..., sw.Studio], monkeypatch: pytest.MonkeyPatch) -> None:
    begun, may_go_on = threading.Event(), threading.Event()
    step3 = Stepwise.step3

    def slow(self: Stepwise, *arguments: Any) -> Any:
        begun.set()
        assert may_go_on.wait(30)
        return step3(self, *arguments)

    monkeypatch.setattr(Stepwise, "step3", slow)
    studio = opened()
    assert begun.wait(30)
    assert states(studio)[1:4] == ["done", "done", "working"]
    studio.cancel()
    may_go_on.set()
    assert studio.wait(30)
    assert states(studio)[3:] == ["waiting"] * 6
    assert studio.bar.unfinished
    assert studio.bar.status == ""
    studio.go_on()
    assert studio.wait(60)
    assert states(studio)[1:] == ["done"] * 8
    assert not studio.bar.unfinished


def test_a_step_that_fails_says_why_and_the_others_are_computed(
    opened: Callable[..., sw.Studio], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: Stepwise) -> None:
        raise CaptionError("captions with context", "'a red truck'", "Say what stands around.")

    monkeypatch.setattr(Stepwise, "step4", fails)
    studio = opened()
    assert studio.wait(60)
    assert states(studio)[1:] == ["done", "done", "done", "failed", "done", "done", "done", "done"]
    assert (
        studio.bar.steps[DELETION]["note"] == "wanted captions with context; got 'a red truck'. Say what stands around."
    )


@pytest.mark.parametrize("place", [place for place in range(1, len(PLAN)) if PLAN[place].views])
def test_the_code_gives_what_is_shown(finished: sw.Studio, tmp_path: Path, place: int) -> None:
    path = finished.save(tmp_path / "study.saii")
    again = sw.studio(path)
    again.bar.step = place
    widget = again.views[place][-1]
    changed: dict[str, Any] = {"chosen": {"image": 1, "caption": 2}}
    if isinstance(widget, HeatmapView):
        only = len(widget.result.axis("caption")) == 1
        changed = {"chosen": {"image": 1, "caption": 0 if only else 2}, "opacity": 0.35, "smooth": False}
    for name, value in changed.items():
        setattr(widget, name, value)
    assert again.bar.code == again.code
    *lines, last = again.code.splitlines()
    scope: dict[str, Any] = {}
    exec("\n".join(lines), scope)
    made = eval(last, scope)
    assert type(made).__name__ == type(widget).__name__
    np.testing.assert_array_equal(made.result.values, widget.result.values)
    for name in changed:
        assert getattr(made, name) == getattr(widget, name)


def test_the_code_from_pictures_runs(finished: sw.Studio, tmp_path: Path) -> None:
    folder = tmp_path / "camera"
    folder.mkdir()
    for scene in finished.stepwise.pictures.scenes:
        scene.image.save(folder / f"{scene.name}.png")
    studio = sw.studio(folder, n_pairs=2, n_many=3, roles={"fence": "principal"})
    assert studio.wait(60)
    studio.bar.step = DELETION
    scope: dict[str, Any] = {}
    exec(studio.code, scope)
    np.testing.assert_array_equal(scope["study"]["step4"].values, studio.study["step4"].values)
    assert scope["stepwise"].roles == {"fence": "principal"}


def test_what_lives_in_memory_is_named_in_the_code(finished: sw.Studio) -> None:
    assert "images = ...  # what the studio was given" in finished.code
    assert "sw.Stepwise(images, model=model, n_pairs=4, n_many=8)" in finished.code


def test_a_saved_study_opens_without_torch(finished: sw.Studio, tmp_path: Path) -> None:
    path = finished.save(tmp_path / "study.saii")
    code = (
        "import sys, saii_widgets as sw\n"
        f"studio = sw.studio({str(path)!r})\n"
        "assert [s['state'] for s in studio.bar.steps] == ['left out', *['done'] * 6, 'left out', 'done']\n"
        "assert studio.live == {}\n"
        "studio.to_html()\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_a_saved_study_is_not_computed_again(finished: sw.Studio) -> None:
    with pytest.raises(InputError, match=r"a saved study alone; got a study and model, n_pairs\. Pass its pictures"):
        sw.studio(finished.study, model="embedded", n_pairs=3)
    with pytest.raises(InputError, match="pictures and a model to compute with"):
        sw.studio(finished.study).go_on()


def test_an_unfinished_study_shows_what_it_holds(finished: sw.Studio) -> None:
    part = sw.Study()
    part["step2"] = finished.study["step2"]
    part.settings["left out"] = {"step4": "no principal words"}
    studio = sw.studio(part)
    assert [k for k, state in enumerate(states(studio)) if state == "done"] == [CAPTIONS]
    assert studio.bar.steps[DELETION]["note"] == "no principal words"
    assert studio.bar.steps[MAPS]["note"] == "the study does not hold it"


def test_buttons_write_files_and_never_over_others(opened: Callable[..., sw.Studio]) -> None:
    Path("studio.saii").write_text("somebody's")
    studio = opened()
    assert studio.wait(60)
    studio.bar._hear(studio.bar, {"action": "save study"}, [])
    studio.bar._hear(studio.bar, {"action": "export page"}, [])
    assert Path("studio.saii").read_text() == "somebody's"
    assert sw.Study.load("studio-2.saii") == studio.study
    assert "saii-data" in Path("studio.html").read_text(encoding="utf-8")
    assert studio.bar.status.startswith("The page is in studio.html (")
    studio.bar._hear(studio.bar, {"action": "save study"}, [])
    assert not Path("studio-3.saii").exists()
    studio.bar._hear(studio.bar, {"action": "<img onerror=x>"}, [])
    assert "has no action" in studio.bar.error


def test_words_with_other_roles_run_the_steps_again(opened: Callable[..., sw.Studio]) -> None:
    captions = [f"a red truck near a metal fence, number {k}" for k in range(8)]
    studio = opened(captions=captions)
    assert studio.wait(60)
    (cloud,) = studio.views[WORDS]
    assert studio.bar.changed == ""
    cloud.roles = {**cloud.roles, "truck": "function"}
    assert studio.bar.changed == "“truck” is function now. Run the steps again to see what it changes."
    studio.bar._hear(studio.bar, {"action": "run again"}, [])
    assert studio.wait(60)
    assert studio.bar.changed == ""
    assert studio.study["step3"].captions[0].words[2].role == "function"
    assert studio.stepwise.roles == {"truck": "function"}
    assert "roles={'truck': 'function'}" in studio.code
    (cloud,) = studio.views[WORDS]
    cloud.roles = {**cloud.roles, "metal fence": "principal"}
    studio.run_again()
    assert studio.wait(60)
    assert studio.stepwise.roles == {"truck": "function", "metal fence": "principal"}
    with pytest.raises(InputError, match="a word with another role"):
        studio.run_again()


def test_wrong_pictures_are_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        sw.studio(tmp_path / "nothing")
    with pytest.raises(InputError):
        sw.studio([], model="embedded")


def test_where_no_script_runs_the_steps_are_listed(finished: sw.Studio) -> None:
    bundle = finished._repr_mimebundle_()
    assert "3 Maps" in bundle["text/html"]
    assert "<script" not in bundle["text/html"]


def test_code_names_only_what_was_set(finished: sw.Studio) -> None:
    cloud = WordCloud({"truck": 2, "fence": 1})
    assert settings_of(cloud) == {}
    cloud.roles = {**cloud.roles, "fence": "function"}
    assert settings_of(cloud) == {"roles": {"fence": "function"}}
    assert settings_of(finished.views[EVALUATION][0]) == {
        "reference": 0.5,
        "reference_label": "guessing",
        "interval": "95 % interval",
        "order": "by value",
    }


def test_pictures_that_cannot_be_read_are_named(tmp_path: Path, pictures: list[sw.Scene], model: Any) -> None:
    for k, scene in enumerate(pictures[:3]):
        scene.image.save(tmp_path / f"{k}.png")
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    studio = sw.studio(tmp_path, model=model, n_pairs=2, n_many=3, labels={})
    assert studio.bar.notice == "1 picture file could not be read and was left out: broken.jpg."
    studio.cancel()
    assert studio.wait(60)


def test_a_notice_shows_three_and_counts_the_rest(pictures: list[sw.Scene]) -> None:
    study = sw.Study()
    assert notice(study) == ""
    study.tables["skipped records"] = [{"row": k, "reason": "no date"} for k in range(2, 7)]
    assert notice(study) == (
        "5 rows of the records could not be read and were left out: 2 (no date), 3 (no date), 4 (no date), and 2 more."
    )
    study.scenes["a"] = sw.Scene(image=pictures[0].image, name="north", notes=("Far from all drawings.",))
    assert notice(study).endswith(" 1 picture carries a warning: north (Far from all drawings).")
