"""The samples that ship with the package."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from random import Random

import numpy as np
import pytest
from PIL import Image

from saii_widgets.core.errors import InputError
from saii_widgets.data import Corpus, Window, read_camera_folder, read_records
from saii_widgets.data.samples import SAMPLES, sample_folder, sample_path
from saii_widgets.data.samples.make import MOST_MINUTES, make_samples
from saii_widgets.data.samples.witness import describe
from saii_widgets.data.scenes import draw
from saii_widgets.data.scenes.captions import COLOUR_WORDS, TYPE_WORDS
from saii_widgets.data.scenes.facts import Fact

_COLOUR = {word: colour for colour, words in COLOUR_WORDS.items() for word in words}
_TYPE = {word: kind for kind, words in TYPE_WORDS.items() for word in words}


@pytest.mark.parametrize(
    ("name", "n", "kind"),
    [("calls.csv", 400, "Traffic"), ("street.csv", 60, "Vehicle crime"), ("stops.csv", 60, "Vehicle search")],
)
def test_every_row_is_read_by_the_reader_that_its_header_asks_for(name: str, n: int, kind: str) -> None:
    records = read_records(sample_path(name))
    assert len(records) == n
    assert records.skipped == []
    assert kind in set(records.frame["kind"])
    assert records.frame[["time", "lat", "lng"]].notna().all().all()


@pytest.mark.parametrize(
    ("name", "column", "word"),
    [
        ("calls.csv", "e", "invented"),
        ("street.csv", "Reported by", "Invented"),
        ("stops.csv", "Policing operation", "Invented"),
    ],
)
def test_every_row_says_that_it_is_invented(name: str, column: str, word: str) -> None:
    with sample_path(name).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert all(word in row[column] for row in rows)
    personal = ("Gender", "Age range", "Self-defined ethnicity", "Officer-defined ethnicity")
    assert all(not row.get(field) for row in rows for field in personal)
    assert not any(re.search(r"\d{3}[- ]\d{4}", row.get("desc") or "") for row in rows)


def test_pictures_have_time_and_place_and_are_small() -> None:
    folder = read_camera_folder(sample_path("camera"))
    assert len(folder) == 40
    assert folder.skipped == []
    assert all(scene.time and scene.place and scene.image.size == (320, 320) for scene in folder)
    assert not any(scene.notes for scene in folder)
    files = list(sample_path("camera").iterdir())
    assert all(file.stat().st_size < 25_000 for file in files)
    with Image.open(files[0]) as image:
        assert "invented" in image.getexif()[0x010E]


def test_every_picture_has_calls_within_its_window() -> None:
    folder, calls = read_camera_folder(sample_path("camera")), read_records(sample_path("calls.csv"))
    near = Window(minutes=MOST_MINUTES, kilometres=0.3).matches(folder.scenes, calls.frame)
    assert (near.sum(1) >= 5).all()
    assert near.any(0).sum() < len(calls) * 0.6


def test_a_witness_names_only_vehicles_that_are_in_the_picture() -> None:
    named = 0
    for seed in range(12):
        scene = draw(seed)
        for k in range(6):
            text = describe(scene, Random(k))
            for colour, kind in re.findall(rf"({'|'.join(_COLOUR)}) ({'|'.join(_TYPE)})\b", text):
                assert scene.is_true(Fact(_COLOUR[colour], _TYPE[kind])), text
                named += 1
    assert named > 30


def test_principal_words_of_the_calls_are_vehicles_and_colours() -> None:
    corpus = Corpus(read_records(sample_path("calls.csv")).texts)
    assert {"van", "car", "bus", "truck", "red", "blue"} <= set(corpus.principal(16))
    assert {"metal fence", "road markings", "zebra crossing"} <= set(corpus.counts().index)


def test_unknown_samples() -> None:
    with pytest.raises(InputError, match=r"calls\.csv"):
        sample_path("none")
    assert all(sample_path(name).exists() for name in SAMPLES)
    assert (sample_folder() / "README.md").read_text(encoding="utf-8").startswith("# Samples")


@pytest.mark.slow
def test_the_samples_can_be_made_again(tmp_path: Path) -> None:
    make_samples(tmp_path)
    for name in ("calls.csv", "street.csv", "stops.csv"):
        assert (tmp_path / name).read_bytes() == sample_path(name).read_bytes()
    made = sorted(path.name for path in (tmp_path / "camera").iterdir())
    assert made == sorted(path.name for path in sample_path("camera").iterdir())
    for name in made:
        with Image.open(tmp_path / "camera" / name) as new, Image.open(sample_path("camera") / name) as old:
            difference = np.abs(np.asarray(new, int) - np.asarray(old, int)).mean()
            assert difference < 2  # libjpeg may round otherwise elsewhere
