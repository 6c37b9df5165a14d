"""What becomes of a match when words or patches are taken away one after the other (SAII step 4, step by step)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Final, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from saii_widgets.core.as_picture import as_picture
from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import CaptionError, InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin
from saii_widgets.core.role import Role
from saii_widgets.core.scene import Scene
from saii_widgets.core.text import Caption
from saii_widgets.engine.explainers.relevance import Relevance
from saii_widgets.engine.models.model import DualEncoder
from saii_widgets.engine.pairing import as_captions, probabilities_of
from saii_widgets.engine.runtime import Progress

Order = Literal["importance"] | Sequence[int]
GREY: Final = (128, 128, 128)
_AT_ONCE: Final = 32  # greyed copies of the picture that are held at a time


class Counterfactual:
    """All captions' probabilities and the map, with nothing taken away, with one thing, with two ...

    Everything is computed beforehand, so that a slider over the steps needs no model. Words are taken out of the
    caption, which is rebuilt so that it reads; patches are greyed in the picture.

    Parameters
    ----------
    model : DualEncoder
    of : "words" or "patches"
        What is taken away.
    role : Role, optional
        Whose words go when the order is "importance"; None for all but function words.
    n_steps : int, optional
        How many are taken away at most when the order is "importance"; by default all.
    start_layer : int or "all"
        Of the relevance that orders and maps; -1, the last, is SAII's setting.
    progress : Progress, optional
        Called after every batch; may raise `Cancelled`.

    Raises
    ------
    InputError
        Another kind of thing to take away, an unknown role, or no step at all.
    ModelError
        The model's attention cannot be read.

    Source
    ------
    SAII section V, step 4, one word at a time. Logits and maps equal those of each caption or greyed picture by itself
    (`tests/engine/explainers/test_counterfactual.py`). Taking things away by falling relevance is the deletion game of
    Petsiuk, Das and Saenko 2018, arXiv:1806.07421.

    Examples
    --------
    >>> from saii_widgets import Counterfactual, load_model
    >>> from saii_widgets.data.scenes import draw
    >>> took = Counterfactual(load_model())(draw(1).image, "a red truck near a fence", ["a white bus", "a blue sky"])
    >>> took.kinds, took.companions["maps"].kinds
    (('step', 'caption'), ('step', 'patch'))
    """

    def __init__(
        self,
        model: DualEncoder,
        *,
        of: Literal["words", "patches"] = "words",
        role: Role | str | None = Role.PRINCIPAL,
        n_steps: int | None = None,
        start_layer: int | Literal["all"] = -1,
        progress: Progress | None = None,
    ) -> None:
        if of not in ("words", "patches"):
            raise InputError("'words' or 'patches'", repr(of), "Say what is taken away.")
        if role is not None and role not in tuple(Role):
            listed = ", ".join(repr(str(one)) for one in Role)
            raise InputError(f"one of the roles {listed}, or None", repr(role), "Say which words go.")
        if n_steps is not None and n_steps < 1:
            raise InputError("at least one step", repr(n_steps), "Leave out n_steps to take all away.")
        self.model, self.of, self.n_steps = model, of, n_steps
        self.role = None if role is None else Role(role)
        self.start_layer: int | Literal["all"] = start_layer
        self._relevance = Relevance(model, start_layer=start_layer, progress=progress)

    def __call__(
        self,
        image: Image.Image | Scene,
        caption: Caption | str,
        others: Sequence[Caption | str],
        *,
        order: Order = "importance",
    ) -> Explanation:
        """Take away and measure.

        Parameters
        ----------
        image : PIL.Image or Scene
        caption : Caption or str
            The one whose words go, or whose map says which patches go.
        others : sequence of Caption or str
            Captions that it competes with. Each text counts once, and the caption itself is passed over among them.
        order : "importance" or sequence of int
            By falling relevance for this caption, or the places of the words or patches that go, in this order.
            Words go by importance until nothing that names something would be left.

        Returns
        -------
        Explanation
            float32, axes (step, caption), unit "probability"; step 0 is with nothing taken away, the first caption is
            the one explained. Companions: "logits" over the same axes, and "maps" over (step, patch), the relevance of
            the patches for that caption. `origin.settings` holds "of" and "places", what went at step 1, 2, ...

        Raises
        ------
        CaptionError
            Nothing can be taken out of the caption, nothing would be left of it, or it is too long for the model.
        InputError
            No other caption, or an order that names a place twice or one that is not there.
        Cancelled
            From `progress`.
        """
        started = time.perf_counter()
        picture = as_picture(image)
        (own,) = as_captions([caption])
        rivals = list({c.text: c for c in as_captions(others) if c.text != own.text}.values())
        if not rivals:
            raise InputError("at least one other caption to compare with", "none", "Pass what else might be said.")
        places, passes = self._places(picture, own, order)
        if self.of == "words":
            given = not isinstance(order, str)
            table, maps, again = self._without_words(picture, own, rivals, places, given)
        else:
            table, maps, again = self._without_patches(picture, own, rivals, places)
        settings: dict[str, Any] = {
            "of": self.of,
            "places": places[: len(table) - 1],
            "order": "importance" if isinstance(order, str) else "given",
            "start_layer": self.start_layer,
            "probability": self.model.probability,
        }
        origin = Origin.now(
            self.model.name,
            self.model.revision,
            "Counterfactual",
            settings,
            masking="words left out" if self.of == "words" else f"patches grey {GREY}",
            encoder_passes=passes + again,
            seconds=time.perf_counter() - started,
        )
        return self._explanation(table, maps, picture, [own, *rivals], origin)

    def _places(self, picture: Image.Image, caption: Caption, order: Order) -> tuple[list[int], int]:
        """What goes, in order, and the encoder passes that it took to find out."""
        n = len(caption.words) if self.of == "words" else len(self.model.patch_axis(picture))
        if not isinstance(order, str):
            return _checked(order, n, self.of), 0
        if order != "importance":
            raise InputError("'importance' or places in order", repr(order), "Give the places as a list of numbers.")
        result = self._relevance([picture], [caption])
        assert result.origin is not None
        values = result.values[0, 0] if self.of == "patches" else result.companions["words"].values[0]
        found = range(n) if self.of == "patches" else self._candidates(caption)
        places = sorted(found, key=lambda k: -values[k])
        return places[: self.n_steps], result.origin.encoder_passes or 0

    def _candidates(self, caption: Caption) -> list[int]:
        words = enumerate(caption.words)
        if self.role is None:
            return [k for k, word in words if word.role is not Role.FUNCTION]
        return [k for k, word in words if word.role is self.role]

    def _without_words(
        self, picture: Image.Image, own: Caption, rivals: list[Caption], places: list[int], given: bool
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], int]:
        """Logits (steps, captions), maps (steps, patches), encoder passes."""
        left = [own]
        for k in range(len(places)):
            shorter = own.without(places[: k + 1], allow_empty=not given)
            if not shorter.words:
                break
            left.append(shorter)
        if len(left) == 1:
            raise CaptionError(
                "a caption out of which a word can be taken so that something stays",
                f"{own.text!r}" + ("" if self.role is None else f" and its {self.role} words"),
                "Say more about the picture, or name the words by order=[...].",
            )
        n = len(left)
        result = self._relevance([picture], [*left, *rivals], pairs=[(0, k) for k in range(n)])
        logits = result.companions["logits"].values[0]
        table = np.concatenate([logits[:n, None], np.tile(logits[n:], (n, 1))], axis=1)
        assert result.origin is not None
        return table, result.values[0, :n], result.origin.encoder_passes or 0

    def _without_patches(
        self, picture: Image.Image, own: Caption, rivals: list[Caption], places: list[int]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], int]:
        """The same for a picture of which more and more is grey."""
        boxes = np.asarray(self.model.patch_axis(picture).boxes) * np.tile(picture.size, 2)
        tables, maps, passes = [], [], 0
        for first in range(0, len(places) + 1, _AT_ONCE):
            counts = range(first, min(first + _AT_ONCE, len(places) + 1))
            greyed = [_greyed(picture, boxes[places[:k]]) for k in counts]
            result = self._relevance(greyed, [own, *rivals], pairs=[(n, 0) for n in range(len(greyed))])
            tables.append(result.companions["logits"].values)
            maps.append(result.values[:, 0])
            assert result.origin is not None
            passes += result.origin.encoder_passes or 0
        return np.concatenate(tables), np.concatenate(maps), passes

    def _explanation(
        self,
        table: NDArray[np.float32],
        maps: NDArray[np.float32],
        picture: Image.Image,
        captions: list[Caption],
        origin: Origin,
    ) -> Explanation:
        patches = self.model.patch_axis(picture)
        names = [word.text for word in captions[0].words] if self.of == "words" else patches.labels
        gone = ["nothing", *(names[k] for k in origin.settings["places"])]
        steps = Axis("step", tuple(f"{k}: {name}" for k, name in enumerate(gone)))
        axes = (steps, Axis.captions(captions))
        shown: dict[str, Any] = {"origin": origin, "images": (picture,), "captions": tuple(captions)}
        companions = {
            "logits": Explanation(table, axes, "logit", f"Logits, {self.of} taken away", **shown),
            "maps": Explanation(maps, (steps, patches), "relevance", f"Maps, {self.of} taken away", **shown),
        }
        shares = probabilities_of(self.model, torch.from_numpy(table).double()).numpy()
        title = f"Probabilities, {self.of} taken away"
        return Explanation(shares, axes, "probability", title, companions=companions, **shown)


def _checked(order: Sequence[int], n: int, of: str) -> list[int]:
    places = [int(k) for k in order]
    if not places or len(set(places)) != len(places) or not all(0 <= k < n for k in places):
        raise InputError(f"places of the {n} {of}, from 0, each once", repr(places), "Count them from 0.")
    return places


def _greyed(picture: Image.Image, boxes: NDArray[np.floating]) -> Image.Image:
    """A copy with boxes (k, 4) of left, top, right, bottom in pixels made grey."""
    copy = picture.convert("RGB")
    draw = ImageDraw.Draw(copy)
    for left, top, right, bottom in np.rint(boxes).astype(int).tolist():
        draw.rectangle((left, top, right - 1, bottom - 1), fill=GREY)  # the last pixel counts to the rectangle
    return copy
