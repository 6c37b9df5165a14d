from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from PIL import Image

from saii_widgets.core.errors import InputError
from saii_widgets.data.scenes import PLACES, DrawnScene, draw
from saii_widgets.data.scenes.facts import (
    FACTS,
    FALSE,
    HELD_OUT,
    INDEX,
    SKIES,
    THINGS,
    TRUE,
    UNKNOWN,
    WEATHER,
    Fact,
)
from saii_widgets.data.scenes.truth import LEAST_SHARE, LEAST_SHARE_MOTORBIKE, LEAST_SHARE_VEHICLE


@pytest.fixture(scope="module")
def scenes() -> list[DrawnScene]:
    return [draw(seed, size=96) for seed in range(400)]


def test_shapes_and_kinds() -> None:
    scene = draw(1, size=60)
    assert isinstance(scene.image, Image.Image)
    assert (scene.image.mode, scene.image.size) == ("RGB", (60, 60))
    assert (scene.truth.dtype, scene.truth.shape) == (np.uint8, (len(FACTS),))
    assert (scene.masks.dtype, scene.masks.shape) == (np.bool_, (len(PLACES), 60, 60))
    assert (scene.vehicle_masks.dtype, scene.vehicle_masks.shape) == (np.bool_, (len(scene.vehicles), 60, 60))


def test_arrays_are_read_only() -> None:
    scene = draw(1, size=24)
    for array in (scene.truth, scene.masks, scene.vehicle_masks):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_a_scene_without_vehicles_has_empty_vehicle_masks(scenes: list[DrawnScene]) -> None:
    empty = [scene for scene in scenes if not scene.vehicles]
    assert empty
    for scene in empty:
        assert scene.vehicle_masks.shape == (0, 96, 96)
        assert not any(scene.truth[i] for i, fact in enumerate(FACTS) if fact.is_vehicle)
        mask = scene.mask_of(Fact(type="bus"))
        assert mask is not None
        assert not mask.any()


def test_same_seed_same_scene_other_seed_other_scene() -> None:
    assert draw(5).image.tobytes() == draw(5).image.tobytes()
    assert draw(5).image.tobytes() != draw(6).image.tobytes()


def test_size_does_not_change_what_is_in_a_scene() -> None:
    for seed in range(20):
        assert draw(seed, 64).vehicles == draw(seed, 200).vehicles


def test_things_agree_with_their_masks(scenes: list[DrawnScene]) -> None:
    seen: Counter[int] = Counter()
    for scene in scenes:
        for thing in THINGS:
            share = scene.masks[PLACES.index(thing)].mean()
            truth = scene.truth[INDEX[Fact(context=thing)]]
            seen[int(truth)] += 1
            if truth == TRUE:
                assert share >= LEAST_SHARE[thing]
            elif truth == UNKNOWN:
                assert 0 < share < LEAST_SHARE[thing]
            else:
                assert share == 0
    assert set(seen) == {FALSE, TRUE, UNKNOWN}


def test_vehicle_facts_agree_with_their_masks(scenes: list[DrawnScene]) -> None:
    for scene in scenes:
        shares = scene.vehicle_masks.mean((1, 2))
        for i, fact in enumerate(FACTS):
            if not fact.is_vehicle:
                continue
            named = [
                (kind, share)
                for (colour, kind), share in zip(scene.vehicles, shares, strict=True)
                if fact.colour in (None, colour)
                and (fact.type in (None, kind) or (fact.type, kind) == ("car", "police car"))
            ]
            plain = any(
                share >= (LEAST_SHARE_MOTORBIKE if kind == "motorbike" else LEAST_SHARE_VEHICLE)
                for kind, share in named
            )
            visible = any(share > 0 for _, share in named)
            assert scene.truth[i] == (TRUE if plain else UNKNOWN if visible else FALSE), fact


def test_one_sky_and_at_most_one_kind_of_fall(scenes: list[DrawnScene]) -> None:
    for scene in scenes:
        assert sum(scene.is_true(Fact(context=sky)) for sky in SKIES) == 1
        assert sum(scene.is_true(Fact(context=fall)) for fall in ("rain", "snow")) <= 1
        if scene.is_true(Fact(context="rain")):
            assert scene.is_true(Fact(context="wet"))
        assert all(scene.truth[INDEX[Fact(context=name)]] != UNKNOWN for name in (*SKIES, *WEATHER))


def test_mask_of_a_true_fact_has_pixels_and_of_a_false_one_none(scenes: list[DrawnScene]) -> None:
    for scene in scenes[:150]:
        for i, fact in enumerate(FACTS):
            mask = scene.mask_of(fact)
            if fact.context in ("rain", "fog", "snow"):
                assert mask is None
                continue
            assert mask is not None
            assert (mask.dtype, mask.shape) == (np.bool_, (96, 96))
            assert mask.any() == (scene.truth[i] != FALSE), fact


def test_mask_of_a_fact_joins_the_vehicles_that_it_names() -> None:
    for scene in (draw(seed, 72) for seed in range(60)):
        red = scene.mask_of(Fact(colour="red"))
        expected = np.zeros((72, 72), bool)
        for (colour, _), mask in zip(scene.vehicles, scene.vehicle_masks, strict=True):
            if colour == "red":
                expected |= mask
        assert red is not None
        assert np.array_equal(red, expected)


def test_masks_of_different_things_do_not_overlap_but_for_fences(scenes: list[DrawnScene]) -> None:
    solid = [i for i, place in enumerate(PLACES) if place not in ("fence", "wet")]
    for scene in scenes[:100]:
        together = scene.masks[solid].sum(0) + scene.vehicle_masks.sum(0)
        assert together.max() <= 1
        fence = scene.masks[PLACES.index("fence")]
        assert not (fence & scene.vehicle_masks.any(0)).any()


def test_every_fact_occurs_true_and_false(scenes: list[DrawnScene]) -> None:
    held_out = [draw(seed, size=96, held_out=True) for seed in range(60)]
    truths = np.stack([scene.truth for scene in scenes + held_out])
    never = [FACTS[i] for i in np.flatnonzero(~(truths == TRUE).any(0))]
    always = [FACTS[i] for i in np.flatnonzero(~(truths == FALSE).any(0))]
    assert never == []
    assert always == []


def test_held_out_pairs_are_never_drawn_by_default(scenes: list[DrawnScene]) -> None:
    drawn = {vehicle for scene in scenes for vehicle in scene.vehicles}
    assert not drawn & set(HELD_OUT)
    for pair in HELD_OUT:
        assert not any(scene.truth[INDEX[Fact(*pair)]] for scene in scenes)


def test_held_out_scenes_show_only_held_out_pairs() -> None:
    drawn = {v for seed in range(60) for v in draw(seed, size=24, held_out=True).vehicles if v[0] is not None}
    assert drawn == set(HELD_OUT)


def test_a_true_colour_is_seen_in_its_mask() -> None:
    found = 0
    for scene in (draw(seed, 96) for seed in range(300)):
        if not scene.is_true(Fact(context="clear")) or not scene.is_true(Fact("red", "bus")):
            continue
        mask = scene.mask_of(Fact("red", "bus"))
        assert mask is not None
        red, green, blue = np.asarray(scene.image)[mask].mean(0)
        assert red > 1.5 * max(green, blue)
        found += 1
    assert found


def test_caption_is_reproducible_and_varied() -> None:
    scene = draw(3)
    assert scene.caption(4) == scene.caption(4)
    assert len({scene.caption(seed) for seed in range(20)}) > 5


@pytest.mark.parametrize("size", [0, -3, 2.5, "144", True, 5000, None])
def test_bad_size(size: object) -> None:
    with pytest.raises(InputError, match="a size in pixels from 1 to 4096"):
        draw(0, size=size)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [-1, 1.0, "7", None, False])
def test_bad_seed(seed: object) -> None:
    with pytest.raises(InputError, match="a seed, a whole number from 0 up"):
        draw(seed)  # type: ignore[arg-type]


def test_smallest_size_and_numpy_numbers() -> None:
    assert draw(2, size=1).masks.shape == (len(PLACES), 1, 1)
    assert draw(np.int64(2), size=np.int32(24)).image.tobytes() == draw(2, size=24).image.tobytes()


@pytest.mark.parametrize("fact", [Fact("pink", "car"), Fact(context="castle"), Fact(), Fact("red", "ambulance")])
def test_a_fact_that_no_scene_shows(fact: Fact) -> None:
    scene = draw(2, size=24)
    for ask in (scene.mask_of, scene.is_true):
        with pytest.raises(InputError, match="a fact that a drawn scene can show"):
            ask(fact)


def test_an_unknown_kind_of_caption() -> None:
    with pytest.raises(InputError, match="mixed, vehicles, context"):
        draw(2, size=24).caption(kind="poem")  # type: ignore[arg-type]
