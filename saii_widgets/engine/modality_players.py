"""Pictures, texts and rows of features as modalities: their players, and what a model is shown without some of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.core.scene import Scene
from saii_widgets.core.text import Caption
from saii_widgets.engine.caption_players import Span, caption_axis, caption_players
from saii_widgets.engine.coalition_weights import Keep
from saii_widgets.engine.feature_row import FeatureRow
from saii_widgets.engine.image_players import image_players
from saii_widgets.engine.models.masked_inputs import shortened
from saii_widgets.engine.models.painted_picture import PaintedPicture
from saii_widgets.engine.pair_players import PairPlayers

_GRID: Final = (7, 7)
_TAKEN: Final = ("image", "caption", "word", "patch", "words", "patches")  # what axes and companions are called


@dataclass(frozen=True)
class Modality:
    """One modality of one sample, cut into players.

    Attributes
    ----------
    name : str
    axis : Axis
        Of kind "patch" or "word"; of features, called as the modality.
    shown : callable
        Coalitions (K, n) and the number of a background row -> what the model is given, K of it.
    masking : str
        How players are taken away.
    key : str
        One line for all that `shown` depends on.
    n_background : int
        Rows that stand in for what is taken away.
    image, caption : optional
        The whole of it, as results carry it.
    """

    name: str
    axis: Axis
    shown: Callable[[Keep, int], Any]
    masking: str
    key: str
    n_background: int = 1
    image: Image.Image | None = None
    caption: Caption | None = None

    def __len__(self) -> int:
        return len(self.axis)


@dataclass(frozen=True)
class ModalityPlayers:
    """How modalities are cut into players, and how these are taken away.

    Parameters
    ----------
    names : tuple of str
        Of two or more modalities, in the order in which the model takes them.
    shared : PairPlayers
        For every picture and every text.
    asked : mapping of str to players
        For single modalities: of a picture also (rows, columns) of patches, 7 x 7 by default; of a row of features
        groups of their names or places.
    background : mapping of str to rows
        What stands in for a feature that is taken away: a row like the explained one, or several, over which scores
        are averaged. Rows of several modalities are taken together.

    Raises
    ------
    InputError
        Names that occur twice or that results use otherwise, or players or a background of another name.
    """

    names: tuple[str, ...]
    shared: PairPlayers
    asked: Mapping[str, Any] = field(default_factory=dict)
    background: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = self.names
        if len(names) < 2 or len(set(names)) < len(names) or not all(isinstance(name, str) and name for name in names):
            raise InputError(
                "names of two or more modalities",
                repr(names),
                "Name each once: modalities=('image', 'text', 'weather').",
            )
        for what, given in (("players", self.asked), ("a background", self.background)):
            if unknown := [repr(name) for name in given if name not in names]:
                raise InputError(
                    f"{what} by the names {', '.join(map(repr, names))}", ", ".join(unknown), "Take one of the names."
                )

    def cut(self, inputs: Sequence[Any]) -> list[Modality]:
        """The modalities of one sample.

        Raises
        ------
        InputError
            Not as many as names, one that is empty, features without a background or with one that does not fit.
        """
        if len(inputs) != len(self.names):
            raise InputError(
                f"one input each for {', '.join(self.names)}",
                f"{len(inputs)}",
                "Give one sample: a picture, a text, a row of features, in the order of modalities=.",
            )
        found = [self._one(*given) for given in zip(self.names, inputs, strict=True)]
        most = self.n_background(found)
        for one in found:
            if one.n_background not in (1, most):
                raise InputError(
                    "backgrounds of as many rows each, or of one",
                    f"{one.n_background} of {one.name!r} and {most} of another",
                    "The k-th rows of all modalities belong to one sample.",
                )
        return found

    @staticmethod
    def n_background(modalities: Sequence[Modality]) -> int:
        """How often a coalition is asked: once for each row of the background."""
        return max(one.n_background for one in modalities)

    def _one(self, name: str, given: Any) -> Modality:
        if isinstance(given, Scene | Image.Image | str | Caption):
            if name in self.background:
                raise InputError(
                    f"a background of features only, not of {name!r}",
                    type(given).__name__,
                    "Leave it out: see masking=.",
                )
            return self._picture(name, given) if isinstance(given, Scene | Image.Image) else self._text(name, given)
        return self._row(name, given)

    def _picture(self, name: str, given: Scene | Image.Image) -> Modality:
        picture = given.image if isinstance(given, Scene) else given
        asked: Any = self.asked.get(name, self.shared.image)
        cuts = _EvenCuts(asked if isinstance(asked, tuple) else _GRID)
        players = image_players(cuts, picture, "patches" if isinstance(asked, tuple) else asked)
        painted = PaintedPicture(picture, cuts.patch_axis(picture), players, self.shared.image_masking)
        return Modality(
            name,
            players.axis,
            lambda keep, _: [painted(row) for row in keep],
            self.shared.image_masking,
            self.shared.image_key(name, picture, players),
            image=picture,
        )

    def _text(self, name: str, given: Caption | str) -> Modality:
        caption = Caption.parse(given) if isinstance(given, str) else given
        players = caption_players(_EvenCuts(_GRID), caption, self.asked.get(name, self.shared.caption))
        return Modality(
            name,
            caption_axis([players]),
            lambda keep, _: [shortened(caption.text, players.spans, row) for row in keep],
            self.shared.caption_masking,
            self.shared.caption_key(name, caption, players),
            caption=caption,
        )

    def _row(self, name: str, given: Any) -> Modality:
        if name in _TAKEN:
            raise InputError(
                "features by a name of their own", repr(name), "Results call other things so; name the modality anew."
            )
        if name not in self.background:
            raise InputError(
                f"a background for the features of {name!r}",
                "none",
                f"Pass background={{{name!r}: rows}}: what stands in for a feature that is taken away.",
            )
        row = FeatureRow.of(name, given, self.background[name])
        labels, members = row.grouped(self.asked.get(name))
        always = ~members.any(0)
        return Modality(
            name,
            Axis(name, labels),
            lambda keep, k: row.mixed(always | (keep @ members), k),
            "background",
            repr((name, row, members.tolist())),
            n_background=len(row.others),
        )


@dataclass(frozen=True)
class _EvenCuts:
    """Of pictures and texts of which no model says how it cuts them."""

    grid: tuple[int, int]

    def patch_axis(self, image: Image.Image) -> Axis:  # noqa: ARG002
        return Axis.patches(*self.grid)

    def token_spans(self, caption: Caption) -> tuple[Span, ...]:
        return tuple((word.start, word.end) for word in caption.words)
