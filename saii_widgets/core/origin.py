"""Where numbers come from: model, method, settings, cost, versions."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import numpy as np

from saii_widgets.core.errors import InputError
from saii_widgets.core.known_entries import known_entries

_PACKAGES: Final = ("saii-widgets", "numpy", "pillow", "torch", "transformers")


@dataclass(frozen=True)
class Origin:
    """How an explanation was computed. ``Origin.now`` fills in the versions.

    Parameters
    ----------
    model, revision : str
        Name of the model, and the revision or checksum of its weights.
    method : str
        Name of the method, with its source.
    settings : mapping
        What the method was asked for; anything that JSON can hold, and numbers and arrays of numpy.
    masking : str, optional
        How parts were taken away, where the method does that.
    seed : int, optional
    encoder_passes : int, optional
        Forward passes through an encoder.
    seconds : float, optional
    versions : mapping of str to str
        Packages and their versions.

    Raises
    ------
    InputError
        Settings that JSON can't hold.
    """

    model: str = ""
    revision: str = ""
    method: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    masking: str | None = None
    seed: int | None = None
    encoder_passes: int | None = None
    seconds: float | None = None
    versions: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        try:
            settings = json.loads(json.dumps(dict(self.settings), allow_nan=False, default=_plain))
        except (TypeError, ValueError) as error:
            raise InputError(
                "settings that JSON can hold", str(error), "Use text, numbers, lists, mappings."
            ) from error
        object.__setattr__(self, "settings", settings)
        object.__setattr__(self, "versions", dict(self.versions))
        for name in ("model", "revision", "method"):
            object.__setattr__(self, name, str(getattr(self, name) or ""))

    @classmethod
    def now(
        cls,
        model: str = "",
        revision: str | None = "",
        method: str = "",
        settings: Mapping[str, Any] | None = None,
        *,
        masking: str | None = None,
        seed: int | None = None,
        encoder_passes: int | None = None,
        seconds: float | None = None,
    ) -> Origin:
        """An origin with the versions of what is installed here."""
        return cls(
            model=model,
            revision=revision or "",
            method=method,
            settings=settings or {},
            masking=masking,
            seed=seed,
            encoder_passes=encoder_passes,
            seconds=seconds,
            versions=_versions(),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Origin:
        """The reverse of :meth:`to_dict`; entries that this version does not know are an error."""
        return cls(**known_entries(cls, data, "an origin"))


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is nothing that JSON can hold")


@cache
def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
