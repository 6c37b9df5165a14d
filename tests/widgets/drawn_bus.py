"""A drawn school bus with its parts as concepts, and the explanation that an explainer would give of it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from PIL import Image, ImageDraw

from saii_widgets.core.axis import Axis
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.narration import Narration, Span

SIZE: Final = (320, 240)
CLASSES: Final = ("school bus", "fire engine", "taxi")
PARTS: Final[dict[str, tuple[int, int, int, int]]] = {
    "window row": (112, 62, 282, 98),
    "grille": (38, 128, 62, 170),
    "front wheel": (78, 158, 120, 200),
    "rear wheel": (226, 158, 268, 200),
    "stop sign": (126, 104, 150, 128),
    "head lamp": (40, 112, 58, 126),
}
CONCEPTS: Final = (*PARTS, "ladder", "taxi sign")
PRESENT: Final = len(PARTS)
VALUES: Final = np.array(
    [
        [0.62, 0.35, 0.12, 0.08, 1.24, -0.21, 0.18, 0.05],
        [-0.30, 0.52, 0.20, 0.15, -0.74, 0.33, -1.35, 0.02],
        [-0.41, -0.12, 0.10, 0.06, -0.35, 0.22, 0.04, -1.10],
    ],
    np.float32,
)
RELATIONS: Final = ("dx", "dy", "distance", "size ratio", "overlap")


def picture() -> Image.Image:
    image = Image.new("RGB", SIZE, (176, 206, 230))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 178, 320, 240), fill=(112, 114, 118))
    draw.rectangle((0, 168, 320, 180), fill=(120, 158, 96))
    draw.rounded_rectangle((94, 46, 292, 182), 16, fill=(242, 178, 24))
    draw.rounded_rectangle((36, 106, 140, 182), 12, fill=(242, 178, 24))
    draw.rectangle((94, 136, 292, 142), fill=(40, 40, 40))
    for x in range(114, 276, 34):
        draw.rounded_rectangle((x, 64, x + 28, 96), 4, fill=(60, 84, 110))
    draw.rectangle((38, 128, 60, 168), fill=(70, 72, 78))
    for y in range(132, 168, 6):
        draw.line((38, y, 60, y), fill=(170, 172, 176), width=2)
    draw.ellipse((40, 112, 57, 126), fill=(255, 246, 200), outline=(90, 70, 20))
    for x in (78, 226):
        draw.ellipse((x, 158, x + 42, 200), fill=(34, 34, 36))
        draw.ellipse((x + 13, 171, x + 29, 187), fill=(150, 152, 156))
    draw.regular_polygon((138, 116, 13), 8, rotation=22, fill=(200, 30, 36), outline=(255, 255, 255))
    return image


def masks() -> np.ndarray:
    drawn = np.zeros((len(CONCEPTS), SIZE[1], SIZE[0]), bool)
    for k, (name, box) in enumerate(PARTS.items()):
        one = Image.new("1", SIZE)
        draw = ImageDraw.Draw(one)
        if "wheel" in name or "lamp" in name or "sign" in name:
            draw.ellipse(box, fill=1)
        else:
            draw.rounded_rectangle(box, 6, fill=1)
        drawn[k] = np.asarray(one)
    return drawn


def explanation(*, companions: bool = True, **more: Any) -> Explanation:
    rng = np.random.default_rng(5)
    n, m = len(CONCEPTS), len(CLASSES)
    classes, concepts = Axis("class", CLASSES), Axis("concept", CONCEPTS, masks=masks())
    edges = (rng.normal(0, 0.25, (m, n, n)) * (rng.random((m, n, n)) < 0.5)).astype(np.float32)
    edges[:, np.arange(n), np.arange(n)] = edges[:, PRESENT:] = edges[:, :, PRESENT:] = 0
    edges[0, 4, 0], edges[0, 0, 4], edges[0, 1, 2] = 0.81, 0.34, -0.42
    removed = np.tile([0.91, 0.06, 0.03], (n, 1))
    removed[4], removed[0], removed[1] = [0.31, 0.58, 0.11], [0.66, 0.2, 0.14], [0.8, 0.15, 0.05]
    beside = {
        "edges": Explanation(edges, (classes, concepts, concepts), "logit"),
        "strength": Explanation(np.abs(VALUES) / np.abs(VALUES).max(), (classes, concepts), "share"),
        "presence": Explanation(np.arange(n) < PRESENT, (concepts,), "share"),
        "relations": Explanation(rng.normal(0, 0.3, (n, n, 5)), (concepts, concepts, Axis("relation", RELATIONS))),
        "classifier": Explanation([0.91, 0.06, 0.03], (classes,), "probability"),
        "network": Explanation([0.88, 0.08, 0.04], (classes,), "probability"),
        "removed": Explanation(removed, (concepts, classes), "probability"),
        "network removed": Explanation(removed[:, ::1] * 0.9 + 0.1 / 3, (concepts, classes), "probability"),
    }
    more.setdefault("title", "A drawn school bus")
    more.setdefault("images", (picture(),))
    return Explanation(VALUES, (classes, concepts), "logit", companions=beside if companions else {}, **more)


def narration() -> Narration:
    text = (
        "The stop sign at the left of the body contributed most (+1.24), followed by the window row along"
        " the top (+0.62) and the grille at the front (+0.35). The head lamp speaks against"
        " school bus (−0.21). No ladder was found."
    )
    said = [("stop sign", 4), ("window row", 0), ("grille", 1), ("head lamp", 5), ("ladder", 6)]
    spans = [Span(text.index(name), text.index(name) + len(name), k, "name") for name, k in said]
    for piece, k, kind in (
        ("at the left of the body", 4, "place"), ("+1.24", 4, "number"), ("along the top", 0, "place"),
        ("+0.62", 0, "number"), ("at the front", 1, "place"), ("speaks against", 5, "sign"),
    ):  # fmt: skip
        spans.append(Span(text.index(piece), text.index(piece) + len(piece), k, kind))
    return Narration(text, tuple(spans), "school bus", CONCEPTS, repairs=1)


def examples() -> dict[str | int, list[Image.Image]]:
    whole = picture()
    shifted = {name: (box[0] - 8, box[1] - 8, box[2] + 8, box[3] + 8) for name, box in PARTS.items()}
    crops: dict[str | int, list[Image.Image]] = {}
    for name, box in shifted.items():
        crop = whole.crop(box)
        crops[name] = [crop, crop.rotate(8), crop.transpose(Image.Transpose.FLIP_LEFT_RIGHT)]
    ladder = Image.new("RGB", (60, 40), (200, 40, 36))
    draw = ImageDraw.Draw(ladder)
    draw.line((4, 14, 56, 14), fill=(230, 230, 230), width=3)
    draw.line((4, 26, 56, 26), fill=(230, 230, 230), width=3)
    for x in range(8, 56, 8):
        draw.line((x, 14, x, 26), fill=(230, 230, 230), width=2)
    crops[6] = [ladder]
    return crops
