import json

import numpy as np
import pytest

from saii_widgets.core.errors import InputError
from saii_widgets.core.origin import Origin


def test_round_trip_through_json() -> None:
    origin = Origin.now("clip", "abc", "Relevance", {"target": (0, 1), "start_layer": -1}, seed=3, encoder_passes=7)
    assert origin.settings == {"target": [0, 1], "start_layer": -1}
    assert Origin.from_dict(json.loads(json.dumps(origin.to_dict()))) == origin


def test_numbers_of_numpy_become_plain() -> None:
    settings = Origin(settings={"n": np.int64(3), "share": np.float32(0.5), "order": np.arange(2)}).settings
    assert settings == {"n": 3, "share": 0.5, "order": [0, 1]}
    with pytest.raises(InputError, match="JSON"):
        Origin(settings={"share": np.float32("nan")})


def test_now_names_versions() -> None:
    versions = Origin.now("clip").versions
    assert versions["numpy"] == np.__version__
    assert {"python", "pillow"} <= set(versions)


def test_nothing_known() -> None:
    assert Origin() == Origin.from_dict({})
    assert Origin.now(revision=None).revision == ""


@pytest.mark.parametrize("setting", [object(), float("nan"), {1, 2}])
def test_settings_that_json_can_not_hold(setting: object) -> None:
    with pytest.raises(InputError, match="JSON"):
        Origin(settings={"x": setting})


def test_entries_of_a_later_version() -> None:
    with pytest.raises(InputError, match="also carbon"):
        Origin.from_dict({"model": "x", "carbon": 3})
