"""The drawn scenes are part of the recipe of the shipped weights, so their bits must not move.

A digest that differs means that the project's weights can no longer be reproduced from their seed. Either the order of
random choices or a painter has changed: take the change back, or train anew and write the new digests here. Or Pillow
(recorded with 13.0) rasterises differently: then pin the version that `constraints.txt` names. Compare the pictures
before anything else; single pixels that differ at edges speak for Pillow.
"""

from __future__ import annotations

import hashlib

import pytest

from saii_widgets.data.scenes import DrawnScene, draw

RECORDED: dict[tuple[int, int, bool], str] = {
    (0, 144, False): "b9f2160002d51516c344909a",
    (1, 144, False): "63ba903e5e913b6fd526fad4",
    (2, 144, False): "67eef9add93628ced4cc3ec9",
    (3, 144, False): "edde2bf9eb119e560ce4b0c4",
    (4, 144, False): "a6c2fd9c8fbb3ec9333d6d5e",
    (5, 144, False): "359cbcfeecc55ff6e065d5b6",
    (6, 144, False): "2d875e20690e1ff25305868b",
    (7, 144, False): "048d713f6eb5aa537badc74f",
    (0, 144, True): "60abb89ed0b234fa27b461dd",
    (1, 144, True): "b3a439ee2699745bf62a8699",
    (2, 144, True): "67f3460fd8ace22f775e9862",
    (0, 288, False): "e8336cea3a2da78bbc41cf62",
    (3, 288, True): "736744c278cf9a6d42164839",
    (5, 37, False): "0620f2b612bee5bd80e96554",
    (10_000_000, 144, False): "854e05e7fd525bdd68624e82",
    (20_000_000, 144, True): "1b05f769372ff76b2165e3c5",
}


def digest(scene: DrawnScene) -> str:
    parts = (
        scene.image.tobytes(),
        scene.truth.tobytes(),
        scene.masks.tobytes(),
        scene.vehicle_masks.tobytes(),
        repr(scene.vehicles).encode(),
    )
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:24]


@pytest.mark.parametrize(("seed", "size", "held_out"), RECORDED)
def test_scene_is_bit_for_bit_the_recorded_one(seed: int, size: int, held_out: bool) -> None:
    assert digest(draw(seed, size, held_out)) == RECORDED[seed, size, held_out]


def test_twenty_seeds_in_one_digest() -> None:
    together = hashlib.sha256("".join(digest(draw(seed)) for seed in range(100, 120)).encode())
    assert together.hexdigest()[:24] == "a5d8a095a311a1fdf842d905"


def test_a_digest_notices_one_pixel() -> None:
    scene = draw(0)
    before = digest(scene)
    red, green, blue = scene.image.getpixel((5, 5))
    scene.image.putpixel((5, 5), (red, green, blue ^ 1))
    assert digest(scene) != before
