"""A change to a concept of a picture, and what classifier and network say to it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from saii_widgets.core.errors import InputError
from saii_widgets.widgets.concept_data import SCORES
from saii_widgets.widgets.traits import WidgetError

Edit = dict[str, Any]
Predict = Callable[[Edit], Mapping[str, Any]]

_WAYS: Final = '{"remove": i}, {"move": [i, dx, dy]} or {"swap": [i, j]}'


def checked_edit(edit: Mapping[str, Any], present: Sequence[bool], n_examples: int) -> Edit:
    """An edit in plain numbers, as `predict` gets it.

    Parameters
    ----------
    edit : mapping
        ``{}``: the picture as it is. ``{"remove": i}``: concept i is taken away. ``{"move": [i, dx, dy]}``: it is moved
        by shares of the picture's width and height, to the right and down. ``{"swap": [i, j]}``: example j of the
        widget's `examples` stands in its place.
    present : sequence of bool
        Which concepts are in the picture.
    n_examples : int

    Raises
    ------
    WidgetError
        Anything else, or a concept that is not in the picture.
    """
    if not edit:
        return {}
    way, given = next(iter(edit.items()))
    parts = [given] if way == "remove" else given
    lengths = {"remove": 1, "move": 3, "swap": 2}
    if len(edit) != 1 or way not in lengths or not isinstance(parts, list | tuple) or len(parts) != lengths[way]:
        raise WidgetError(f"an edit as {_WAYS}", repr(dict(edit)), "Make one change at a time.")
    if any(isinstance(one, bool) or not isinstance(one, int | float) or not math.isfinite(one) for one in parts):
        raise WidgetError(f"finite numbers in an edit, as {_WAYS}", repr(dict(edit)), "Give places and shares.")
    concept = parts[0]
    if not isinstance(concept, int) or not 0 <= concept < len(present) or not present[concept]:
        there = ", ".join(str(k) for k, one in enumerate(present) if one) or "none"
        raise WidgetError(f"a concept that is in the picture: {there}", repr(concept), "Choose one of these.")
    if way == "remove":
        return {"remove": concept}
    if way == "move":
        dx, dy = (min(1.0, max(-1.0, float(share))) for share in parts[1:])
        return {"move": [concept, dx, dy]}
    if not isinstance(parts[1], int) or not 0 <= parts[1] < n_examples:
        raise WidgetError(f"an example from 0 to {n_examples - 1}", repr(parts[1]), "Choose one of `examples`.")
    return {"swap": [concept, parts[1]]}


def scores_after(predict: Predict, edit: Edit, classes: Sequence[str]) -> dict[str, list[float]]:
    """What `predict` says to an edit: a list over the classes for the classifier, and for the network if it has one.

    Raises
    ------
    InputError
        No classifier's scores among them, or not one finite number a class.
    """
    said = predict(edit)
    if not isinstance(said, Mapping) or SCORES[0] not in said:
        came = f"entries {', '.join(map(str, said))}" if isinstance(said, Mapping) else type(said).__name__
        wanted = 'a dict with "classifier", and with "network" if there is one, from predict'
        raise InputError(wanted, came, "Return probabilities of the classes.")
    return {name: _over(said[name], name, classes) for name in SCORES if said.get(name) is not None}


def _over(scores: Any, name: str, classes: Sequence[str]) -> list[float]:
    if isinstance(scores, Mapping):
        scores = [scores.get(label, math.nan) for label in classes]
    if hasattr(scores, "detach"):  # a torch tensor, without importing torch
        scores = scores.detach().cpu().float().numpy()
    try:
        numbers = np.asarray(scores, np.float64)
    except (TypeError, ValueError):
        numbers = np.array(math.nan)
    if numbers.shape != (len(classes),) or not np.isfinite(numbers).all():
        wanted = f"{len(classes)} finite scores of the {name}, one a class"
        raise InputError(wanted, repr(scores)[:80], "Give one for each class of the explanation.")
    return numbers.tolist()
