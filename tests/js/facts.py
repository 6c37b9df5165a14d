"""What Python says, for JavaScript to agree with."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import numpy as np
from PIL import Image

from saii_widgets.core.colour import DIVERGING, SEQUENTIAL, ink_on
from saii_widgets.core.drawing import overlay
from saii_widgets.core.errors import CaptionError
from saii_widgets.core.function_words import STOP_WORDS
from saii_widgets.core.html.numbers import shown
from saii_widgets.core.lexicon import Lexicon
from saii_widgets.core.role import Role
from saii_widgets.core.scale import Scale
from saii_widgets.core.text import Caption
from saii_widgets.core.word_spans import word_spans
from saii_widgets.widgets.map_data import DRAWING
from saii_widgets.widgets.map_figure import LookScale
from saii_widgets.widgets.word_editor import _carried

TEXTS = [
    "a red truck near a metal fence",
    "Two-door cars, parked in front of brick walls; 3.5 m, 1,000 lorries!",
    "😀 a 👨‍👩‍👧‍👦 family 👍🏽 by 🇩🇪🇫🇷 flags 🏴󠁧󠁢󠁥󠁮󠁧󠁿 and ❤️",
    "سيارة حمراء بالقرب من سياج معدني",
    "משאית אדומה ליד גדר",
    "लाल ट्रक की तस्वीर",
    "道路上的红色卡车",
    "รถบรรทุกสีแดง",
    "e\u0301tude cafe\u0301 naïve Straße STRASSE",
    "it's the driver's 'red' car—or lorry?",
    "snake_case _x _ 4x4 v2.0 1:30 a.b",
    "zero\u200dwidth می\u200cخواهم",
    "⑩.5 ②.5 x² 10²,3 ½ Ⅻ",
    "  spaces\tand\nlines  ",
    "→ ↑ © ® ™ ☂ ♥",
    "sunset skies and bus stops",
]
_LETTERS = (
    "ab é\u0301\u0430\u0628\u05d0\u0915\u093e\u4e2d\U0001f600\U0001f468\u200d\U0001f1e9\U0001f1eb\U0001f3fd"
    " 12.,:-'’_\u00ad\u2010 ½²①\u2192☂"
)


def facts() -> dict[str, Any]:
    chance = random.Random(7)
    texts = [*TEXTS, *("".join(chance.choices(_LETTERS, k=chance.randint(0, 14))) for _ in range(800))]
    lexicon = Lexicon.traffic().with_roles(
        {"two-door car": Role.PRINCIPAL, "straße": Role.PRINCIPAL, "metal": Role.FUNCTION}
    )
    more = ["buses", "lorries", "fences", "metal fences", "unknown", "glass", "SKIES"]
    entries = [*lexicon.roles, *sorted(STOP_WORDS), *more]
    captions = [*TEXTS, *(" ".join(chance.choices(entries, k=chance.randint(1, 6))) for _ in range(400))]
    parsed = [(text, caption) for text in captions if (caption := _parsed(text, lexicon)) is not None]
    return {
        "numbers": list(_numbers()),
        "tables": list(SEQUENTIAL.tobytes() + DIVERGING.tobytes()),
        "colours": list(_colours()),
        "spans": [[text, word_spans(text)] for text in texts],
        "lexicon": {"roles": {k: str(v) for k, v in lexicon.roles.items()}, "stops": sorted(STOP_WORDS)},
        "captions": [[text, [[w.text, w.start, w.end, str(w.role)] for w in c.words]] for text, c in parsed],
        "kept": list(_kept(chance)),
        "overlays": list(_overlays()),
        "cells": list(_cells()),
    }


def _parsed(text: str, lexicon: Lexicon) -> Caption | None:
    try:
        return Caption.parse(text, lexicon)
    except CaptionError:
        return None


def _numbers() -> Any:
    values = [0, 1, -1, 3, 250, 1234.6, -99.96, 12.344, 1.5, 0.5, 0.0123, -0.0123, 0.00321, -3.21e-7]
    for value in [*values, 0.99951, 0.99949, 0.0004, *np.random.default_rng(3).normal(0, 2, 20).round(4).tolist()]:
        for unit in ("probability", "logit", "cosine", "AUC", "correlation", "rank", "relevance"):
            for signed, bare in ((False, False), (True, False), (False, True)):
                text = shown(value, unit, signed=signed, bare=bare)
                yield {"value": value, "unit": unit, "signed": signed, "bare": bare, "text": text}


def _colours() -> Any:
    for name, table in (("sequential", SEQUENTIAL), ("diverging", DIVERGING)):
        for share in (0.0, 0.1, 0.33, 0.5019, 0.9, 1.0):
            colour = table[round(share * 255)]
            yield {"table": name, "share": share, "colour": colour.tolist(), "ink": ink_on(colour)}


def _kept(chance: random.Random) -> Any:
    for _ in range(60):
        texts = [["truck", *chance.choices(["red", "bus", "car", "tree", "a"], k=chance.randint(0, 5))] for _ in "12"]
        before, after = (Caption.parse(" ".join(words)) for words in texts)
        for k in range(len(before.words)):
            before = before.with_role(k, chance.choice(list(Role)))
        yield {
            "before": [[w.text, str(w.role)] for w in before.words],
            "after": [[w.text, str(w.role)] for w in after.words],
            "roles": [str(w.role) for w in _carried(before, after).words],
        }


def _cells() -> Any:
    """Signed numbers as coloured cells, RGBA; what lies under z standard errors is transparent."""
    rng = np.random.default_rng(5)
    for n, m, tested, z, no_self in ((3, 5, False, 0.0, False), (4, 6, True, 2.0, False), (4, 6, True, 0.0, False),
                                     (5, 5, True, 1.0, True)):  # fmt: skip
        values = rng.normal(0, 1, (n, m)).astype(np.float32)
        errors = (0.2 + rng.random((n, m))).astype(np.float32) if tested else np.zeros((n, m), np.float32)
        if no_self:
            np.fill_diagonal(values, 0)
        rows, columns = rng.permutation(n), rng.permutation(m)[1:]
        reach = float(np.abs(values).max())
        seen = np.abs(values) >= z * errors
        if no_self:
            np.fill_diagonal(seen, val=False)
        colours = Scale(-reach, reach, signed=True).colours(values) * seen[..., None]
        pixels = np.concatenate([colours, 255 * seen[..., None]], axis=-1)[np.ix_(rows, columns)]
        yield {
            "n": n, "m": m, "values": values.ravel().tolist(), "errors": errors.ravel().tolist() if tested else [],
            "z": z, "low": -reach, "high": reach, "rows": rows.tolist(), "columns": columns.tolist(),
            "no_self": no_self, "pixels": pixels.ravel().tolist(),
        }  # fmt: skip


def _overlays() -> Any:
    """Maps over noise, as Python draws them, at the picture's own size; no pixel lies between two patches."""
    rng = np.random.default_rng(11)
    for grid, size, box, smooth, signed, opacity, threshold in (
        ((3, 4), (40, 30), (0, 0, 1, 1), True, False, 0.8, 0.0),
        ((9, 9), (64, 64), (0.1, 0.2, 0.9, 0.75), True, True, 0.5, 0.3),
        ((7, 5), (33, 47), (0, 0.1, 1, 0.9), False, True, 1.0, 0.0),
        ((14, 14), (26, 20), (0, 0, 1, 1), False, False, 0.3, 0.6),
        ((1, 1), (8, 8), (0, 0, 1, 1), True, False, 0.8, 0.0),
        ((20, 20), (16, 12), (0, 0, 1, 1), True, False, 0.8, 0.0),
    ):
        pixels = rng.integers(0, 256, (size[1], size[0], 3), np.uint8)
        values = rng.normal(0, 1, grid).astype(np.float32) if signed else rng.random(grid, np.float32)
        reach = float(np.abs(values).max())
        scale = LookScale(-reach if signed else 0.0, reach, signed, opacity, threshold)
        left, top, right, bottom = box
        lines = [np.linspace(a, b, n + 1) for a, b, n in ((top, bottom, grid[0]), (left, right, grid[1]))]
        boxes = [(x, y, r, b) for y, b in pairwise(lines[0]) for x, r in pairwise(lines[1])]
        drawn = overlay(Image.fromarray(pixels), values, scale=scale, boxes=boxes, smooth=smooth, width=size[0])
        yield {
            "grid": grid, "size": size, "extent": box, "smooth": smooth, "pixels": pixels.reshape(-1).tolist(),
            "values": values.reshape(-1).tolist(), "drawing": DRAWING, "drawn": np.asarray(drawn).reshape(-1).tolist(),
            "look": {"low": scale.low, "high": scale.high, "signed": signed, "opacity": opacity,
                     "threshold": threshold},
        }  # fmt: skip
