"""Word clouds coloured by role."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from saii_widgets.core.errors import InputError
from saii_widgets.core.role import Role
from saii_widgets.data.cloud import draw_cloud
from saii_widgets.data.corpus import Corpus

SIZES = {"truck": 9.0, "metal fence": 5.0, "Łódź": 3.0, "забор": 2.0}
ROLES = {"truck": Role.PRINCIPAL, "metal fence": Role.NON_PRINCIPAL}


def colours(image: Image.Image) -> set[tuple[int, ...]]:
    """Colours that fill at least 20 pixels."""
    found, counts = np.unique(np.asarray(image).reshape(-1, 3), axis=0, return_counts=True)
    return {tuple(int(v) for v in colour) for colour, n in zip(found, counts, strict=True) if n >= 20}


def luminance(colour: tuple[int, ...]) -> float:
    parts = [v / 255 / 12.92 if v <= 10 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize(
    ("theme", "ground", "principal", "context"),
    [("light", (255, 255, 255), (0, 114, 178), (179, 74, 0)), ("dark", (17, 17, 17), (86, 180, 233), (230, 159, 0))],
)
def test_roles_have_their_colours_and_enough_contrast(
    theme: str, ground: tuple[int, ...], principal: tuple[int, ...], context: tuple[int, ...]
) -> None:
    image = draw_cloud(SIZES, ROLES, theme=theme, width=400, height=200)  # type: ignore[arg-type]
    assert image.size == (400, 200)
    assert image.mode == "RGB"
    assert {ground, principal, context} <= colours(image)
    for colour in (principal, context):
        light, dark = sorted((luminance(colour), luminance(ground)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_the_same_words_give_the_same_picture() -> None:
    first, second = (draw_cloud(SIZES, ROLES, width=300, height=200) for _ in range(2))
    assert first.tobytes() == second.tobytes()
    assert first.tobytes() != draw_cloud(SIZES, ROLES, width=300, height=200, seed=1).tobytes()


def test_words_that_the_font_cannot_show_are_left_out_and_said() -> None:
    with pytest.warns(UserWarning, match="車, 🚚"):
        image = draw_cloud({**SIZES, "車": 9, "🚚": 9}, ROLES, width=300, height=200)
    assert image.info["left out"] == "車, 🚚"
    with pytest.raises(InputError, match="words that the font can show"):
        draw_cloud({"車": 1}, {})


def test_settings_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'light' or 'dark'"):
        draw_cloud(SIZES, ROLES, theme="blue")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="200 x 120"):
        draw_cloud(SIZES, ROLES, width=10)
    with pytest.raises(InputError, match="TrueType font"):
        draw_cloud(SIZES, ROLES, font=tmp_path / "none.ttf")


def test_the_cloud_of_a_corpus_leaves_function_words_out() -> None:
    corpus = Corpus(["the red truck", "a red truck", "the metal fence"])
    assert corpus.cloud(width=300, height=200).tobytes() == corpus.cloud(width=300, height=200).tobytes()
    plain = corpus.with_roles({"red": Role.NON_PRINCIPAL, "truck": Role.NON_PRINCIPAL}).cloud(width=300, height=200)
    assert (0, 114, 178) in colours(corpus.cloud(width=300, height=200))
    assert (0, 114, 178) not in colours(plain)
