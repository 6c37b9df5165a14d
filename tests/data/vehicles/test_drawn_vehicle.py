"""Drawn vehicles: what is drawn is what the masks say, by seed, and twins differ in nothing but their layout."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from saii_widgets.core.errors import InputError
from saii_widgets.data.vehicles import (
    LAYOUT_TWINS,
    TELLING_PARTS,
    VEHICLE_KINDS,
    VEHICLE_PARTS,
    DrawnVehicle,
    draw_vehicle,
)
from saii_widgets.data.vehicles.kinds import SPARE_PARTS


@pytest.fixture(scope="module")
def plain() -> list[DrawnVehicle]:
    return [draw_vehicle(seed) for seed in range(200)]


@pytest.fixture(scope="module")
def hard() -> list[DrawnVehicle]:
    return [draw_vehicle(seed, hard=True) for seed in range(200)]


def colours_of(vehicle: DrawnVehicle, part: str) -> NDArray[np.float64]:
    return np.asarray(vehicle.image, float)[vehicle.masks[part]].mean(0)


def ahead(vehicle: DrawnVehicle, part: str) -> float:
    """How far ahead the middle of a part lies, as a share of the picture."""
    left, _, right, _ = vehicle.parts[part]
    middle = (left + right) / 2
    return middle if vehicle.faces == "right" else 1 - middle


def test_shapes_and_names() -> None:
    vehicle = draw_vehicle(3, size=60)
    assert (vehicle.image.mode, vehicle.image.size) == ("RGB", (60, 60))
    assert vehicle.kind in VEHICLE_KINDS
    assert set(vehicle.masks) == set(vehicle.parts) <= set(VEHICLE_PARTS)
    for mask in vehicle.masks.values():
        assert (mask.dtype, mask.shape) == (np.bool_, (60, 60))
        with pytest.raises(ValueError, match="read-only"):
            mask[0, 0] = True


def test_a_seed_is_a_picture() -> None:
    for hard in (False, True):
        assert draw_vehicle(5, hard=hard).image.tobytes() == draw_vehicle(5, hard=hard).image.tobytes()
        assert draw_vehicle(5, hard=hard).image.tobytes() != draw_vehicle(6, hard=hard).image.tobytes()
    assert draw_vehicle(5).image.tobytes() != draw_vehicle(5, hard=True).image.tobytes()
    assert [draw_vehicle(s, size=32).kind for s in range(30)] == [draw_vehicle(s, size=64).kind for s in range(30)]


def test_masks_do_not_overlap_and_boxes_fit(plain: list[DrawnVehicle], hard: list[DrawnVehicle]) -> None:
    for vehicle in plain + hard:
        assert sum(mask.astype(int) for mask in vehicle.masks.values()).max() == 1
        for part, mask in vehicle.masks.items():
            left, top, right, bottom = (round(edge * 96) for edge in vehicle.parts[part])
            assert mask[top:bottom, left:right].sum() == mask.sum() > 0
            assert mask[top].any()
            assert mask[bottom - 1].any()
            assert mask[:, left].any()
            assert mask[:, right - 1].any()


def test_every_kind_has_its_parts(plain: list[DrawnVehicle]) -> None:
    assert {vehicle.kind for vehicle in plain} == set(VEHICLE_KINDS)
    telling = set().union(*TELLING_PARTS.values())
    always = {"body", "window", "wheel", "door", "grille", "head lamp", "bumper", "mirror", "stripe"}
    assert set(VEHICLE_PARTS) == telling | always
    for vehicle in plain:
        assert set(TELLING_PARTS[vehicle.kind]) | always <= set(vehicle.masks)
        extra = set(vehicle.masks) - always - set(TELLING_PARTS[vehicle.kind])
        assert extra <= {"light bar"}, vehicle.kind  # that of a fire engine


def test_no_two_kinds_have_the_same_parts_but_twins(plain: list[DrawnVehicle]) -> None:
    parts = {vehicle.kind: frozenset(vehicle.masks) for vehicle in plain}
    same = {(a, b) for a in VEHICLE_KINDS for b in VEHICLE_KINDS if a < b and parts[a] == parts[b]}
    assert same == {tuple(sorted(pair)) for pair in LAYOUT_TWINS}


def test_telling_parts_are_large_enough_to_see(plain: list[DrawnVehicle]) -> None:
    for vehicle in plain:
        for part in TELLING_PARTS[vehicle.kind]:
            assert vehicle.masks[part].sum() >= 40, (vehicle.kind, part)


@pytest.mark.parametrize("pair", LAYOUT_TWINS)
def test_twins_differ_in_their_layout_alone(pair: tuple[str, str]) -> None:
    first_ahead, second_ahead = TELLING_PARTS[pair[0]]
    assert TELLING_PARTS[pair[0]] == TELLING_PARTS[pair[1]]
    for seed in range(60):
        one, other = (draw_vehicle(seed, kind) for kind in pair)
        assert (one.faces, set(one.masks)) == (other.faces, set(other.masks))
        assert (ahead(one, first_ahead) > ahead(one, second_ahead)) != (
            ahead(other, first_ahead) > ahead(other, second_ahead)
        )
        for part in one.masks:
            away = np.abs(colours_of(one, part) - colours_of(other, part)).max()
            assert away < (30 if part in TELLING_PARTS[pair[0]] else 12), (seed, part)
        union = np.logical_or.reduce(list(one.masks.values())) | np.logical_or.reduce(list(other.masks.values()))
        for axis, step in ((0, 1), (0, -1), (1, 1), (1, -1)):  # pixels of the edge are mixed
            union = union | np.roll(union, step, axis)
        assert np.array_equal(np.asarray(one.image)[~union], np.asarray(other.image)[~union])


def test_paint_does_not_give_the_kind_away() -> None:
    """The nearest mean colour of a body names the kind far less often than its parts do."""
    vehicles = [draw_vehicle(seed) for seed in range(400)]
    colours = np.array([colours_of(vehicle, "body") for vehicle in vehicles])
    kinds = np.array([vehicle.kind for vehicle in vehicles])
    distances = np.linalg.norm(colours[200:, None] - colours[None, :200], axis=2)
    assert (kinds[:200][distances.argmin(1)] == kinds[200:]).mean() < 0.6


def test_wheels_are_one_mask_of_several_places(plain: list[DrawnVehicle]) -> None:
    for vehicle in plain:
        columns = vehicle.masks["wheel"].any(0)
        assert (np.diff(columns.astype(int)) == 1).sum() >= 2


def test_both_directions_occur(plain: list[DrawnVehicle]) -> None:
    for vehicle in plain:
        assert ahead(vehicle, "grille") > ahead(vehicle, "window") > 0
    assert {vehicle.faces for vehicle in plain} == {"left", "right"}


def test_hard_pictures_are_hard(plain: list[DrawnVehicle], hard: list[DrawnVehicle]) -> None:
    def size(vehicles: list[DrawnVehicle]) -> float:
        return float(np.mean([sum(m.sum() for m in v.masks.values()) for v in vehicles]))

    assert size(hard) < 0.75 * size(plain)
    lacking = [set(SPARE_PARTS) - set(vehicle.masks) for vehicle in hard]
    assert np.mean([bool(parts) for parts in lacking]) > 0.5
    assert set().union(*lacking) == set(SPARE_PARTS)
    reach = [np.asarray(vehicle.image, float).mean() for vehicle in hard]
    assert np.std(reach) > np.std([np.asarray(vehicle.image, float).mean() for vehicle in plain])


def test_what_stands_before_a_vehicle_is_no_part_of_it() -> None:
    """A vehicle whose body has a gap in a row was painted over there."""
    covered = 0
    for seed in range(100):
        vehicle = draw_vehicle(seed, hard=True)
        whole = np.logical_or.reduce(list(vehicle.masks.values()))
        rows = np.flatnonzero(whole.any(1))
        row = whole[rows[len(rows) // 2]]
        covered += (np.diff(row.astype(int)) == 1).sum() > 1
    assert covered >= 10


@pytest.mark.parametrize("seed", [-1, 1.5, "7", True, None])
def test_a_seed_is_a_whole_number(seed: object) -> None:
    with pytest.raises(InputError, match="a seed"):
        draw_vehicle(seed)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("size", [0, 15, 4000, 96.0])
def test_a_size_is_a_number_of_pixels(size: object) -> None:
    with pytest.raises(InputError, match="a size in pixels"):
        draw_vehicle(1, size=size)  # pyright: ignore[reportArgumentType]


def test_an_unknown_kind_lists_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"'tram'.*school bus, fire engine"):
        draw_vehicle(1, "tram")
