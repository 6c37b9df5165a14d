"""The heat map's Python side: what it takes, what it refuses, what it sends and what it saves."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.core.drawing import overlay
from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.text import Caption
from saii_widgets.widgets.heatmap_view import HeatmapView
from saii_widgets.widgets.map_figure import look, painted, shown_maps
from saii_widgets.widgets.traits import WidgetError

CAPTIONS = (Caption.parse("a red truck"), Caption.parse("a $x^2$ bus & <b>van</b>"))


def pairs(title: str = "Relevance", seed: int = 0) -> Explanation:
    rng = np.random.default_rng(seed)
    images = [Image.fromarray(rng.integers(0, 256, (30, 40, 3), np.uint8)) for _ in range(3)]
    words = Axis.words(CAPTIONS)
    return Explanation(
        rng.random((3, 2, 12)),
        (Axis.images(["one", "two", "three"]), Axis.captions(CAPTIONS), Axis.patches(3, 4)),
        title=title,
        images=tuple(images),
        captions=CAPTIONS,
        companions={"words": Explanation(rng.random((3, len(words))), (Axis.images(list("abc")), words))},
    )


def test_numbers_travel_once_as_they_are() -> None:
    result = pairs()
    view = HeatmapView(result)
    assert np.array_equal(np.frombuffer(view._values, "<f4").reshape(result.shape), result.values)
    assert [Image.open(io.BytesIO(one)).size for one in view._pictures] == [(40, 30)] * 3
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(view._pictures[1]))), np.asarray(result.images[1]))
    assert view.chosen == {"image": 0, "caption": 0}


def test_patches_need_not_be_last() -> None:
    values = np.random.default_rng(1).random((12, 5)).astype(np.float32)
    view = HeatmapView(Explanation.from_array(values, kinds=("patch", "layer"), grid=(3, 4)))
    view.chosen = {"layer": 3}
    assert np.array_equal(view.map(), values[:, 3].reshape(3, 4))
    assert np.array_equal(np.frombuffer(view._values, "<f4").reshape(5, 12), values.T)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("opacity", 1.1, "opacity of the HeatmapView as a number from 0 to 1"),
        ("threshold", float("nan"), "threshold of the HeatmapView"),
        ("colours", "jet", "'auto', 'sequential', 'diverging'"),
        ("scale", "log", "'this map', 'all maps'"),
        ("mode", "swipe", "a second result"),
        ("chosen", {"image": 0}, "a place on each of image, caption"),
        ("chosen", {"image": 3, "caption": 0}, "a place of 3 images"),
        ("chosen", {"image": True, "caption": 0}, "a place of 3 images"),
        ("selected_patch", -2, "from -1 on"),
    ],
)
def test_wrong_traits_say_what_to_do(name: str, value: Any, message: str) -> None:
    view = HeatmapView(pairs())
    before = getattr(view, name)
    with pytest.raises(WidgetError, match=message):
        setattr(view, name, value)
    assert getattr(view, name) == before
    view.set_state({name: value})
    assert message in view.error
    assert getattr(view, name) == before


def test_results_that_cant_be_shown_are_refused() -> None:
    with pytest.raises(InputError, match="patches that cover the picture"):
        HeatmapView(Explanation.from_array(np.ones(3), kinds="word", labels={"word": ["a", "b", "c"]}))
    with pytest.raises(InputError, match="over the same axes"):
        HeatmapView(pairs(), Explanation.from_array(np.ones(12), kinds="patch", grid=(3, 4)))
    with pytest.raises(InputError, match="masks for 3 pictures"):
        HeatmapView(pairs(), masks=[{}])


def test_showing_another_result_keeps_what_can_stay() -> None:
    view = HeatmapView(pairs(), pairs("after", 1), mode="difference", chosen={"image": 2, "caption": 1})
    view.show(pairs("new", 2)[:2])  # type: ignore[arg-type]
    assert view.chosen == {"image": 0, "caption": 1}
    assert view.mode == "one"
    assert view._about["title"] == "new"
    assert view._others == b""


def test_maps_are_those_that_the_mode_asks_for() -> None:
    one, other = pairs(), pairs("after", 1)
    view = HeatmapView(one, other, chosen={"image": 1, "caption": 1})
    assert [shown.name for shown in shown_maps(view)] == ["Relevance", "after"]
    same = HeatmapView(one, pairs(seed=1))
    assert [shown.name for shown in shown_maps(same)] == ["first", "second"], "two of the same title"
    same.mode = "difference"
    assert [shown.name for shown in shown_maps(same)] == ["second − first"]
    same.mode = "one"
    assert [shown.name for shown in shown_maps(same)] == ["Relevance"]
    view.mode = "difference"
    [difference] = shown_maps(view)
    assert np.array_equal(difference.values, other.map(1, 1) - one.map(1, 1))
    assert look(view, [difference]).signed
    view.mode = "one"
    [alone] = shown_maps(view)
    assert not look(view, [alone]).signed
    assert look(view, [alone]).high == alone.values.max()
    view.scale = "all maps"
    assert look(view, [alone]).high == max(one.values.max(), other.values.max())


def test_painting_is_the_reports() -> None:
    view = HeatmapView(pairs())
    [one] = shown_maps(view)
    mine = np.asarray(painted(view, one, look(view, [one])), int)
    report = np.asarray(overlay(one.image, one.values, width=384), int)
    assert np.abs(mine - report).max() <= 1
    view.opacity = 0.0
    plain = np.asarray(painted(view, one, look(view, [one])), int)
    view.opacity, view.threshold = 1.0, 1.0
    high = np.asarray(painted(view, one, look(view, [one])), int)
    assert 0 < (np.abs(high - plain).max(axis=-1) > 5).mean() < 0.2


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
@pytest.mark.parametrize("mode", ["one", "side by side"])
def test_save(tmp_path: Path, ending: str, mode: str) -> None:
    masks = {"truck": np.eye(30, 40, dtype=bool)}
    view = HeatmapView(pairs(), pairs("after 😀", 1), masks=masks, mode=mode, chosen={"image": 0, "caption": 1})
    path, again = tmp_path / f"map.{ending}", tmp_path / f"again.{ending}"
    view.save(path)
    view.save(again)
    data = path.read_bytes()
    if ending == "png":
        image = np.asarray(Image.open(path).convert("RGB"))
        assert image.shape[1] > image.shape[0] if mode == "side by side" else image.shape[0] > 500
        assert (image[0, 0] == 255).all()
        assert image[100, 200].min() < 255
        assert np.array_equal(image, np.asarray(Image.open(again).convert("RGB")))
    elif ending == "svg":
        text = re.sub(r"<[^>]*>", " ", data.decode())
        assert "relevance" in text
        assert "$x^2$" in text
        assert "&lt;" in text or "<b>" not in data.decode()
        assert ("after" in text) == (mode == "side by side")
    else:
        assert data.startswith(b"%PDF")
        assert data == again.read_bytes()


def test_save_refuses_other_endings_and_missing_folders(tmp_path: Path) -> None:
    view = HeatmapView(pairs())
    with pytest.raises(InputError, match=r"ends in \.png, \.svg, \.pdf"):
        view.save(tmp_path / "map.bmp")
    with pytest.raises(InputError, match=r"a place where map\.png can be written"):
        view.save(tmp_path / "no" / "map.png")


def test_many_pairs_stay_small() -> None:
    rng = np.random.default_rng(0)
    names = [f"camera {k}" for k in range(32)]
    small = rng.integers(0, 256, (20, 20, 3), np.uint8)
    image = Image.fromarray(small).resize((512, 512), Image.Resampling.BICUBIC)
    result = Explanation(
        rng.random((32, 32, 196)),
        (Axis.images(names), Axis.captions([f"a truck {k}" for k in range(32)]), Axis.patches(14, 14)),
        images=(image,) * 32,
    )
    assert len(HeatmapView(result).to_html()) < 10_000_000


def test_without_scripts_the_result_is_drawn() -> None:
    fallback = HeatmapView(pairs()).fallback_html()
    assert "<img" in fallback
    assert "<script" not in fallback
