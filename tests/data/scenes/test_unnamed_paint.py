"""Vehicles in colours that no caption names: the type is known, the colour is nobody's to say."""

from __future__ import annotations

import numpy as np

from saii_widgets.data.scenes import draw
from saii_widgets.data.scenes.facts import COLOURS, FALSE, INDEX, SERVICES, TRUE, UNKNOWN, Fact


def test_vehicles_stand_where_they_stood() -> None:
    for seed in range(20):
        plain, painted = draw(seed), draw(seed, unnamed_paint=1.0)
        assert [kind for _, kind in plain.vehicles] == [kind for _, kind in painted.vehicles]
        np.testing.assert_array_equal(plain.vehicle_masks, painted.vehicle_masks)
        pixels = [np.asarray(scene.image) for scene in (plain, painted)]
        repainted = any(kind not in SERVICES for _, kind in plain.vehicles)
        assert (pixels[0] != pixels[1]).any() <= repainted


def test_the_type_is_true_and_every_colour_of_it_unknown() -> None:
    seen = 0
    for seed in range(60):
        scene = draw(seed, unnamed_paint=1.0)
        assert all(colour is None for colour, _ in scene.vehicles)
        for _, kind in scene.vehicles:
            if kind in SERVICES or scene.truth[INDEX[Fact(type=kind)]] != TRUE:
                continue
            seen += 1
            for colour in COLOURS:
                assert scene.truth[INDEX[Fact(colour, kind)]] == UNKNOWN
                assert scene.truth[INDEX[Fact(colour=colour)]] == UNKNOWN
    assert seen > 30


def test_types_that_are_not_there_stay_false() -> None:
    for seed in range(30):
        scene = draw(seed, unnamed_paint=0.5)
        kinds = {kind for _, kind in scene.vehicles}
        for kind in {"bus", "truck", "motorbike"} - kinds:
            assert all(scene.truth[INDEX[Fact(colour, kind)]] == FALSE for colour in COLOURS)
