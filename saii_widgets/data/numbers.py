"""Columns of text as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import pandas as pd


def numbers(values: Sequence[Any] | pd.Series) -> pd.Series:
    """Values as float64, NaN where they are no number; the index of a series is kept."""
    series = values if isinstance(values, pd.Series) else pd.Series(list(values), dtype=object)
    return cast(pd.Series, pd.to_numeric(series, errors="coerce")).astype(np.float64)
