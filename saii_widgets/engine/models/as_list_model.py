"""`as_list_model`: a callable that takes a list of modalities, checked before anything is paid for."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from saii_widgets.core.errors import ModelError

Predict = Callable[[list[Any]], Any]
"""Inputs of n samples -> scores (n,), or probabilities (n, classes)."""


def name_of(model: Any) -> str:
    """What results call a model."""
    return str(getattr(model, "name", "")) or getattr(model, "__name__", type(model).__name__)


def as_list_model(model: Any) -> Predict:
    """A callable on one list of modalities, as it is.

    Raises
    ------
    ModelError
        Anything else, or a callable with another number of arguments.
    """
    if not callable(model) or isinstance(model, type):
        raise ModelError(
            "a callable on a list of modalities, or an image-text model",
            type(model).__name__,
            "Pass a function such as lambda modalities: model(*modalities).",
        )
    if (n := _required(model)) > 1:
        raise ModelError(
            "a callable on one list of modalities",
            f"{name_of(model)}, which takes {n} arguments",
            "Pass lambda modalities: f(*modalities), or BlackBox(f) where f scores pictures and captions.",
        )
    return model


def _required(call: Any) -> int:
    """How many arguments a callable can't do without; 1 where nothing is known of it."""
    try:
        parameters = inspect.signature(call).parameters.values()
    except (TypeError, ValueError):
        return 1
    places = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(one.kind in places and one.default is inspect.Parameter.empty for one in parameters)
