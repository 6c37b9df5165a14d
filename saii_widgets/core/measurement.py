"""One measure of trust: its number, how far that number is certain, and what it says."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from saii_widgets.core.errors import InputError
from saii_widgets.core.known_entries import known_entries

INTERVAL: Final = "95 % interval"


@dataclass(frozen=True)
class Measurement:
    """What one measure found for one explanation, or why it found nothing.

    Parameters
    ----------
    measure : str
        Which measure it is of: "faithfulness".
    quantity : str
        What the number is: "R2 on fresh coalitions".
    value : float, optional
        None where it can't be measured; `says` then gives the reason.
    unit : str
        "R2", "correlation", "logit", "pass" ...
    says : str
        One sentence for this value.
    low, high : float, optional
        Between which the number may be; None where it has no sampling error, or one that is not known.
    between : str
        What low and high are: "95 % interval", or "smallest and largest of 2" where there are too few for one.
    chance : float, optional
        What an explanation that knows nothing gets.
    passes : int
        Inputs that went through an encoder for it, or calls of a service. Two quantities of one measure that were
        paid for once carry the cost once.
    seconds : float
    along : sequence of float
        Where the curves are taken, such as shares of the players from 0 to 1.
    curves : mapping of str to sequence of float
        By name, as long as `along`.

    Raises
    ------
    InputError
        A number that is not finite, half an interval or one turned round, or curves of another length.
    """

    measure: str
    quantity: str
    value: float | None
    unit: str
    says: str
    low: float | None = None
    high: float | None = None
    chance: float | None = None
    between: str = INTERVAL
    passes: int = 0
    seconds: float = 0.0
    along: Sequence[float] = ()
    curves: Mapping[str, Sequence[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("value", "low", "high", "chance"):
            number = getattr(self, name)
            if number is not None and not math.isfinite(number):
                raise InputError(
                    f"a finite {name} of {self.quantity!r}", repr(number), "Say why there is none and pass None."
                )
            object.__setattr__(self, name, None if number is None else float(number))
        if (self.low is None) != (self.high is None) or (
            self.low is not None and self.high is not None and self.low > self.high
        ):
            raise InputError(
                f"both ends of the interval of {self.quantity!r}, the lower one first",
                f"{self.low} to {self.high}",
                "Give both, or none.",
            )
        along = tuple(float(x) for x in self.along)
        curves = {str(name): tuple(float(y) for y in ys) for name, ys in self.curves.items()}
        if any(len(ys) != len(along) for ys in curves.values()):
            raise InputError(f"curves of {len(along)} points", "others", "Give one value a place along.")
        object.__setattr__(self, "along", along)
        object.__setattr__(self, "curves", curves)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Measurement:
        """The reverse of :meth:`to_dict`; entries that this version does not know are an error."""
        return cls(**known_entries(cls, data, "a measurement"))
