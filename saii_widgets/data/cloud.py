"""A word cloud whose colours show the roles of the words."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any, Final, Literal

from PIL import Image, ImageDraw, ImageFont

from saii_widgets.core.errors import InputError
from saii_widgets.core.role import Role

Theme = Literal["light", "dark"]
#: Blue and orange of Okabe and Ito, which the common kinds of colour blindness tell apart; darker on white.
_COLOURS: Final[dict[str, dict[Role, str]]] = {
    "light": {Role.PRINCIPAL: "#0072b2", Role.NON_PRINCIPAL: "#b34a00", Role.FUNCTION: "#6b6b6b"},
    "dark": {Role.PRINCIPAL: "#56b4e9", Role.NON_PRINCIPAL: "#e69f00", Role.FUNCTION: "#a0a0a0"},
}
_GROUND: Final = {"light": "#ffffff", "dark": "#111111"}
_NO_GLYPH: Final = "\U0010fffd"


def draw_cloud(
    sizes: Mapping[str, float],
    roles: Mapping[str, Role],
    *,
    theme: Theme = "light",
    width: int = 800,
    height: int = 400,
    font: str | Path | None = None,
    seed: int = 0,
) -> Image.Image:
    """Draw words as large as they are frequent, in the colour of their role, with a legend below.

    Parameters
    ----------
    sizes : mapping of str to float
        Words, the largest number largest.
    roles : mapping of str to Role
    theme : {"light", "dark"}
    width, height : int
        Pixels.
    font : path, optional
        A TrueType font; by default the one that comes with the wordcloud package, which has Latin, Greek and Cyrillic
        letters. Words that the font can't show are left out with a warning, and named in ``image.info["left out"]``.
    seed : int
        Of the placement; the same seed gives the same picture.

    Raises
    ------
    InputError
        Unknown theme, a picture too small, or no word that the font can show.
    """
    from wordcloud import WordCloud
    from wordcloud.wordcloud import FONT_PATH

    if theme not in _GROUND:
        raise InputError("a theme 'light' or 'dark'", repr(theme), "Choose one of the two.")
    if width < 200 or height < 120:
        raise InputError("a cloud of at least 200 x 120 pixels", f"{width} x {height}", "Make it larger.")
    path = str(font or FONT_PATH)
    letters = _open_font(path, 14)
    shown = {word: size for word, size in sizes.items() if _can_show(letters, word)}
    left_out = [word for word in sizes if word not in shown]
    if not shown:
        raise InputError(
            "words that the font can show", ", ".join(left_out[:10]) or "no word", "Pass font= with a font that can."
        )
    if left_out:
        warnings.warn(
            f"the word cloud leaves out words that its font can't show: {', '.join(left_out[:10])}; pass font=",
            stacklevel=2,
        )
    colours = _COLOURS[theme]

    def colour(word: str, **_: Any) -> str:
        return colours[roles.get(word, Role.NON_PRINCIPAL)]

    cloud = WordCloud(
        font_path=path,
        width=width,
        height=height - _LEGEND,
        background_color=_GROUND[theme],
        color_func=colour,
        random_state=Random(seed),
        prefer_horizontal=1.0,
        max_words=len(shown),
        min_font_size=9,
    ).generate_from_frequencies(shown)
    image = Image.new("RGB", (width, height), _GROUND[theme])
    image.paste(cloud.to_image(), (0, 0))
    _add_legend(image, {role for word, role in roles.items() if word in shown}, colours, letters)
    if left_out:
        image.info["left out"] = ", ".join(left_out)
    return image


_LEGEND: Final = 28


def _open_font(path: str, size: int) -> ImageFont.FreeTypeFont:
    try:
        return ImageFont.truetype(path, size)
    except OSError as error:
        raise InputError("a TrueType font", f"{path} ({error})", "Pass the path of a .ttf or .otf file.") from error


def _can_show(font: ImageFont.FreeTypeFont, word: str) -> bool:
    return _NO_GLYPH not in {_drawn(font, char) for char in set(word) - {" "}}


def _drawn(font: ImageFont.FreeTypeFont, char: str) -> str:
    """The character, or `_NO_GLYPH` where the font draws the box that stands for none."""
    drawings = []
    for letter in (char, _NO_GLYPH):
        canvas = Image.new("L", (48, 48))
        ImageDraw.Draw(canvas).text((8, 8), letter, fill=255, font=font)
        drawings.append(canvas.tobytes())
    return _NO_GLYPH if drawings[0] == drawings[1] else char


def _add_legend(
    image: Image.Image, roles: set[Role], colours: Mapping[Role, str], font: ImageFont.FreeTypeFont
) -> None:
    draw = ImageDraw.Draw(image)
    x, y = 10, image.height - _LEGEND + 6
    for role in (role for role in Role if role in roles):
        draw.rectangle((x, y + 2, x + 12, y + 14), fill=colours[role])
        label = f"{role} words"
        draw.text((x + 18, y), label, fill=colours[role], font=font)
        x += 18 + round(font.getlength(label)) + 24
