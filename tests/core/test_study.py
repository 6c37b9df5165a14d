"""A study comes back as it was saved, and nothing that is wrong with a file passes."""

from __future__ import annotations

import json
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import LabelError, StudyError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin
from saii_widgets.core.scene import Scene
from saii_widgets.core.study import Study
from saii_widgets.core.text import Caption


def picture(seed: int, size: int = 24) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 255, (size, size + 3, 3), np.uint8))


@pytest.fixture
def study() -> Study:
    rng = np.random.default_rng(0)
    captions = (Caption.parse("a red truck near a metal fence"), Caption.parse("ein Auto im Nebel 🚗"))
    images = (picture(0), picture(1, 600))
    axes = (Axis.images(["one", "<b>two</b>"]), Axis.captions(captions))
    words = Explanation(rng.random((2, len(Axis.words(captions)))), (axes[0], Axis.words(captions)), captions=captions)
    origin = Origin.now("embedded", "abc", "Relevance", {"start_layer": -1, "text": "Straße"}, seed=3, seconds=0.5)
    study = Study()
    study["maps"] = Explanation(
        rng.normal(size=(2, 2, 6)),
        (*axes, Axis.patches(2, 3)),
        "relevance",
        title="Maps",
        errors=rng.random((2, 2, 6)),
        total=rng.random((2, 2)),
        baseline=0.25,
        origin=origin,
        companions={"words": words},
        images=images,
        captions=captions,
    )
    study["masked"] = Explanation([1.0], (Axis("concept", ("wheel",), masks=np.ones((1, 4, 5), bool)),), "share")
    study.scenes["one"] = Scene(
        picture(0),
        captions[0],
        "one",
        datetime(2026, 11, 21, 8, 15),
        (40.1, -75.3),
        {"fence": np.eye(24, 27, dtype=bool)},
        ("turned by its EXIF orientation",),
    )
    study.scenes["two"] = Scene(picture(1))
    study.tables["verdict"] = [{"quantity": "share", "value": 0.5, "n": 3, "none": None}]
    study.settings["done"] = ["words"]
    study.arrays["dear"] = rng.normal(size=(3, 4)).astype(np.float32)
    return study


def edited(path: Path, change: Any) -> Path:
    """The same file with its manifest changed by `change`."""
    with zipfile.ZipFile(path) as file:
        entries = {name: file.read(name) for name in file.namelist()}
    manifest = json.loads(entries["manifest.json"])
    change(manifest)
    entries["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(path, "w") as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return path


def test_round_trip(study: Study, tmp_path: Path) -> None:
    again = Study.load(study.save(tmp_path / "a.saii"))
    assert again == study
    assert again["maps"].values.dtype == np.float32
    assert not again["maps"].values.flags.writeable
    assert again["maps"].origin == study["maps"].origin
    assert again.save(tmp_path / "b.saii").read_bytes() == (tmp_path / "a.saii").read_bytes()


def test_equality_sees_every_part(study: Study, tmp_path: Path) -> None:
    path = study.save(tmp_path / "a.saii")
    for change in (
        lambda s: s.tables.clear(),
        lambda s: s.settings.update(done=[]),
        lambda s: s.scenes.pop("two"),
        lambda s: s.explanations.update(masked=s["maps"]),
        lambda s: s.arrays.clear(),
        lambda s: s.arrays.update(dear=s.arrays["dear"] + 1),
    ):
        other = Study.load(path)
        change(other)
        assert other != study


def test_studies_from_before_there_were_arrays_open(study: Study, tmp_path: Path) -> None:
    old = Study.load(edited(study.save(tmp_path / "a.saii"), lambda m: m.pop("arrays")))
    assert (old.arrays, old["maps"]) == ({}, study["maps"])


def test_a_picture_stands_once(study: Study, tmp_path: Path) -> None:
    path = study.save(tmp_path / "a.saii")
    pictures = [name for name in zipfile.ZipFile(path).namelist() if name.startswith("pictures/")]
    assert len(pictures) == 3  # picture 1 is stored whole and as a thumbnail


def test_unknown_names_list_the_choices(study: Study) -> None:
    with pytest.raises(LabelError, match="maps, masked"):
        study["map"]
    assert "maps" in study
    assert "map" not in study
    assert repr(study) == "Study: 2 scenes, 2 explanations, 1 table"


def test_what_json_cannot_hold_is_refused_before_writing(study: Study, tmp_path: Path) -> None:
    study.tables["bad"] = [{"value": float("nan")}]
    with pytest.raises(StudyError, match="finite numbers"):
        study.save(tmp_path / "a.saii")
    assert not (tmp_path / "a.saii").exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.pop("scenes"),
        lambda m: m.update(scenes=[]),
        lambda m: m["scenes"]["one"].update(image="../../etc/passwd"),
        lambda m: m["scenes"]["one"].update(place=[400, 0]),
        lambda m: m["scenes"]["one"].update(time="yesterday"),
        lambda m: m["scenes"]["one"]["caption"]["words"].append(["x", 900, 901, "principal"]),
        lambda m: m["scenes"]["one"]["caption"]["words"][0].__setitem__(3, "king"),
        lambda m: m["explanations"]["maps"].update(values="arrays/none.npy"),
        lambda m: m["explanations"]["maps"]["axes"].pop(),
        lambda m: m["explanations"]["maps"].update(title=7),
        lambda m: m["explanations"]["maps"]["origin"].update(evil=1),
        lambda m: m["explanations"].update(maps=3),
        lambda m: m.update(tables={"a": [1]}),
        lambda m: m.update(settings=None),
        lambda m: m.update(arrays=["dear"]),
        lambda m: m["arrays"].update(dear="arrays/none.npy"),
    ],
)
def test_hostile_manifests_are_refused(study: Study, tmp_path: Path, change: Any) -> None:
    path = edited(study.save(tmp_path / "a.saii"), change)
    with pytest.raises(StudyError):
        Study.load(path)


@pytest.mark.parametrize("header", [{"version": 99}, {"format": "other"}, {"version": None}])
def test_other_formats_are_named(study: Study, tmp_path: Path, header: dict[str, object]) -> None:
    path = edited(study.save(tmp_path / "a.saii"), lambda m: m.update(header))
    with pytest.raises(StudyError, match="Open it with the version"):
        Study.load(path)


def test_endless_companions_are_refused(study: Study, tmp_path: Path) -> None:
    def nest(manifest: dict[str, Any]) -> None:
        leaf = manifest["explanations"]["masked"]
        for _ in range(20):
            leaf = {**leaf, "companions": {"deeper": leaf}}
        manifest["explanations"]["masked"] = leaf

    with pytest.raises(StudyError, match="eight deep"):
        Study.load(edited(study.save(tmp_path / "a.saii"), nest))
