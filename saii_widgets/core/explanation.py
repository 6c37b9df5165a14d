"""Numbers over named axes: the one result type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import EllipsisType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError, LabelError
from saii_widgets.core.numbers import finite_float32, frozen_totals
from saii_widgets.core.origin import Origin
from saii_widgets.core.places import Key, keys_of, places
from saii_widgets.core.text import Caption
from saii_widgets.core.thumbnail import same_pixels, thumbnail

if TYPE_CHECKING:
    import pandas
    import shap
    import xarray


@dataclass(frozen=True, eq=False, repr=False)
class Explanation:
    """Numbers over named axes, with all that is needed to read them.

    Parameters
    ----------
    values : array
        Kept as float32, on the CPU, read-only; an axis each dimension.
    axes : tuple of Axis
        What the dimensions stand for.
    unit : str
        "logit", "probability", "relevance", "share", ...
    title : str
    baseline, total : float or array, optional
        What the model says without any and with all of the parts; an array runs over the leading axes.
    errors : array, optional
        Standard errors, shaped like the values.
    origin : Origin, optional
    companions : mapping of str to Explanation
        What was computed with it: "words", "logits", ... They are narrowed together.
    images : sequence of PIL.Image
        Kept as thumbnails of at most 512 pixels; along the image axis where there is one.
    captions : sequence of Caption
        Along the caption axis where there is one.

    Raises
    ------
    InputError
        Values that are not finite numbers, or that do not fit the axes, pictures or captions.
    """

    values: NDArray[np.float32]
    axes: tuple[Axis, ...]
    unit: str = "relevance"
    title: str = ""
    baseline: NDArray[np.float32] | float | None = None
    total: NDArray[np.float32] | float | None = None
    errors: NDArray[np.float32] | None = None
    origin: Origin | None = None
    companions: Mapping[str, Explanation] = field(default_factory=dict)
    images: tuple[Image.Image, ...] = ()
    captions: tuple[Caption, ...] = ()

    def __post_init__(self) -> None:
        def put(name: str, value: object) -> None:
            object.__setattr__(self, name, value)

        axes = (self.axes,) if isinstance(self.axes, Axis) else tuple(self.axes)
        put("axes", axes)
        put("values", finite_float32(self.values, axes, "values"))
        if self.errors is not None:
            put("errors", finite_float32(self.errors, axes, "errors"))
        for name in ("baseline", "total"):
            put(name, frozen_totals(getattr(self, name), self.values.shape, name))
        put("companions", dict(self.companions))
        put("images", tuple(thumbnail(image) for image in self.images))
        put("captions", tuple(self.captions))
        for kind, things in (("image", self.images), ("caption", self.captions)):
            axis = self._axis(kind)
            if things and axis is not None and len(things) != len(axis):
                raise InputError(
                    f"{len(axis)} {kind}s, one a place on the {kind} axis",
                    str(len(things)),
                    f"Give one {kind} a place.",
                )

    @classmethod
    def from_array(
        cls,
        values: ArrayLike,
        *,
        kinds: Sequence[str] | str,
        labels: Mapping[str, Sequence[str]] | None = None,
        grid: tuple[int, int] | None = None,
        image: Image.Image | None = None,
        caption: Caption | str | None = None,
        unit: str = "relevance",
        **more: Any,
    ) -> Explanation:
        """An explanation from numbers that were computed elsewhere.

        Parameters
        ----------
        values : array
            A dimension a kind; patches may come as one dimension or as two, rows and columns.
        kinds : sequence of str
            What the dimensions stand for.
        labels : mapping of kind to labels, optional
            By default the words of the caption, rows and columns of patches, else numbers.
        grid : (rows, columns), optional
            How patches lie, where they come as one dimension and are not a square.
        image, caption : optional
            The picture and the text that are explained.
        **more
            Other fields of :class:`Explanation`.
        """
        from saii_widgets.core.from_numbers import axes_for

        if isinstance(caption, str):
            caption = Caption.parse(caption)
        kinds = (kinds,) if isinstance(kinds, str) else tuple(kinds)
        array, axes = axes_for(values, kinds, labels or {}, grid, caption)
        if image is not None:
            more.setdefault("images", (image,))
        if caption is not None:
            more.setdefault("captions", (caption,))
        return cls(array, axes, unit, **more)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.values.shape

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of the axes, in order."""
        return tuple(axis.kind for axis in self.axes)

    @property
    def residual(self) -> NDArray[np.float32] | float | None:
        """What the values leave over: total - baseline - sum; None where total or baseline is not known."""
        if self.total is None or self.baseline is None:
            return None
        leading = max(np.ndim(self.total), np.ndim(self.baseline))
        rest = np.subtract(self.total, self.baseline) - self.values.sum(axis=tuple(range(leading, self.values.ndim)))
        return float(rest) if np.ndim(rest) == 0 else rest

    def axis(self, kind: str) -> Axis:
        """The first axis of a kind.

        Raises
        ------
        LabelError
            There is none.
        """
        found = self._axis(kind)
        if found is None:
            raise LabelError("an axis of this explanation", repr(kind), f"There are: {', '.join(self.kinds)}.")
        return found

    def _axis(self, kind: str) -> Axis | None:
        return next((axis for axis in self.axes if axis.kind == kind), None)

    def __getitem__(self, key: Key | EllipsisType | tuple[Key | EllipsisType, ...]) -> Explanation | float:
        """Some of the places along each axis: numbers, slices, labels, masks or lists of them, one an axis.

        Returns
        -------
        float
            Where one place is chosen on every axis.
        Explanation
            Otherwise; pictures, captions, companions and grouped words are narrowed with it. An axis on which one place
            is chosen by number or label is gone.

        Raises
        ------
        LabelError
            An unknown or ambiguous label (the choices are listed), or more keys than axes.
        """
        return self._narrowed(dict(enumerate(keys_of(key, self.kinds))))

    def select(self, **keys: Key) -> Explanation | float:
        """The same by kind: ``select(image="camera 3", caption=0)``.

        A kind that only groups another axis works too: the words of one caption are ``words.select(caption=1)``.
        """
        chosen: dict[int, Key] = {}
        groups: dict[str, Key] = {}
        for kind, key in keys.items():
            if kind in self.kinds:
                chosen[self.kinds.index(kind)] = key
            elif any(axis.grouped_by == kind for axis in self.axes):
                groups[kind] = key
            else:
                self.axis(kind)
        return self._narrowed(chosen, groups)

    def _narrowed(self, keys: Mapping[int, Key], groups: Mapping[str, Key] | None = None) -> Explanation | float:
        from saii_widgets.core.narrowing import narrow

        chosen = {k: places(self.axes[k], key) for k, key in keys.items()}
        by_group = {kind: places(self._group_axis(kind), key) for kind, key in (groups or {}).items()}
        return narrow(self, chosen, by_group)

    def _group_axis(self, kind: str) -> Axis:
        """Labels for an axis that this explanation only has as groups."""
        if kind == "caption" and self.captions:
            return Axis.captions(self.captions)
        n = max(max(axis.groups or (0,)) for axis in self.axes if axis.grouped_by == kind) + 1
        return Axis(kind, tuple(f"{kind} {k + 1}" for k in range(n)))

    def map(self, image: int | str = 0, caption: int | str = 0, **others: int | str) -> NDArray[np.float32]:
        """One map over the patches of one picture.

        Parameters
        ----------
        image, caption : int or str
            Which ones, where there are such axes.
        **others
            The place on every other axis that has more than one: ``map(layer=3)``.

        Returns
        -------
        float32 array, (rows, columns)

        Raises
        ------
        InputError
            No patches in a grid, or an axis left open.
        """
        grid = self.axis("patch").grid
        if grid is None:
            raise InputError(
                "patches that cover the picture in a grid", "some of them", "Take the map before choosing."
            )
        asked: dict[str, int | str] = {"image": image, "caption": caption, **others}
        index: list[Any] = []
        for axis in self.axes:
            if axis.kind == "patch":
                index.append(slice(None))
            elif axis.kind in asked:
                index.append(places(axis, asked[axis.kind]))
            elif len(axis) == 1:
                index.append(0)
            else:
                raise InputError(
                    f"a place on the {axis.kind} axis", "none", f"Say which of the {len(axis)}: map({axis.kind}=0)."
                )
        return self.values[tuple(index)].reshape(grid)

    def to_frame(self) -> pandas.DataFrame:
        """One row a value (pandas): a column each axis, rows and columns of patches, "value" and "error"."""
        from saii_widgets.core.conversions import to_frame

        return to_frame(self)

    def to_xarray(self) -> xarray.DataArray:
        """A labelled array (xarray), a dimension each axis."""
        from saii_widgets.core.conversions import to_xarray

        return to_xarray(self)

    def to_shap(self) -> shap.Explanation:
        """An explanation of the package shap, for its plots."""
        from saii_widgets.core.conversions import to_shap

        return to_shap(self)

    def renamed(self, title: str) -> Explanation:
        """The same under another title."""
        return replace(self, title=title)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Explanation):
            return NotImplemented
        plain = ("axes", "unit", "title", "origin", "captions", "companions")
        arrays = ("values", "errors", "baseline", "total")
        return (
            all(getattr(self, name) == getattr(other, name) for name in plain)
            and all(_same(getattr(self, name), getattr(other, name)) for name in arrays)
            and len(self.images) == len(other.images)
            and all(same_pixels(a, b) for a, b in zip(self.images, other.images, strict=True))
        )

    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def __repr__(self) -> str:
        axes = " x ".join(f"{axis.kind} {len(axis)}" for axis in self.axes)
        title = f", {self.title!r}" if self.title else ""
        with_ = f", with {', '.join(self.companions)}" if self.companions else ""
        return f"Explanation({axes}, {self.unit}{title}{with_})"

    def _repr_html_(self) -> str:
        from saii_widgets.core import html

        return html.explanation(self)


def _same(a: Any, b: Any) -> bool:
    return (a is None) == (b is None) and np.array_equal(a, b)
