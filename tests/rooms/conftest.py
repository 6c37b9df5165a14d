"""A small study to walk through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from saii_widgets import Scene, Studio, load_model, studio
from saii_widgets.data.scenes import draw


@pytest.fixture(scope="session")
def pictures() -> list[Scene]:
    return [Scene(image=draw(seed).image, name=f"camera {seed}") for seed in range(8)]


@pytest.fixture(scope="session")
def model() -> Any:
    return load_model("embedded")


@pytest.fixture
def opened(pictures: list[Scene], model: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Studio]:
    """``opened(**settings)`` is a studio in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def opened(**settings: Any) -> Studio:
        return studio(pictures, model=model, **{"n_pairs": 4, "n_many": 8, "labels": {}, **settings})

    return opened


@pytest.fixture(scope="session")
def finished(pictures: list[Scene], model: Any) -> Iterator[Studio]:
    """One that is not changed by the tests that look at it."""
    made = studio(pictures, model=model, n_pairs=4, n_many=8)
    assert made.wait(60)
    return made
