"""The base of all widgets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets as t

from saii_widgets.core.colour import DIVERGING, SEQUENTIAL
from saii_widgets.core.errors import InputError
from saii_widgets.widgets.hot_reload import reloads, watch
from saii_widgets.widgets.module import module, style
from saii_widgets.widgets.traits import Number

TABLES = SEQUENTIAL.tobytes() + DIVERGING.tobytes()  # 2 x 256 x 3 bytes


class SaiiWidget(anywidget.AnyWidget):
    """A view that also works without a kernel: in a saved notebook and in an exported page.

    A subclass named ``WordEditor`` has its JavaScript in ``word_editor.js`` and its style in ``word_editor.css``.
    Numbers travel as float32 bytes, once; texts and choices as JSON. No trait but `_esm` and `_css` is ever run.

    Parameters
    ----------
    label : str
        The accessible name.
    status : str
        What goes on, shown under the widget.
    error : str
        What went wrong and what to do about it, shown under the widget.
    busy : bool
        Something is being computed.
    progress : float
        How much of it is done, 0 to 1.
    """

    _tables = t.Bytes(TABLES).tag(sync=True)
    label = t.Unicode("").tag(sync=True)
    status = t.Unicode("").tag(sync=True)
    error = t.Unicode("").tag(sync=True)
    busy = t.Bool(False).tag(sync=True)
    progress = Number(0.0, 0.0, 1.0)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        name = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in cls.__name__).lstrip("_")
        if "_esm" not in cls.__dict__ and (Path(__file__).parent / f"{name}.js").is_file():
            cls._file_name = name
            cls._esm = module(name)
            cls._css = style(name)
        super().__init_subclass__(**kwargs)

    _file_name: str = ""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if reloads():
            watch(self)

    def open(self) -> None:
        """Open the line to the page; an edit is heard while a cell runs, where the front end sees to that.

        JupyterLab sends comm messages to a subshell beside the cell. ipykernel 7.4 hands them to the shell that spoke
        last instead, the main one after the cell that made the widget, where they would wait for the next cell.
        """
        super().open()
        comm: Any = self.comm
        if comm is not None:
            comm._reply_subshell_for = lambda _, asked: asked

    def reload(self) -> None:
        """Read the widget's JavaScript and style again, for whoever works on them; open views are drawn anew."""
        self.set_trait("_esm", module(self._file_name))
        self.set_trait("_css", style(self._file_name))

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the page sends; what does not hold is shown as an error, and the page gets back what does."""
        try:
            super().set_state(sync_data)
        except (InputError, t.TraitError) as problem:
            self.error = str(problem)
            self.send_state([name for name in sync_data if name in self.keys])

    def to_html(self, path: str | Path | None = None, title: str | None = None) -> str:
        """One page that holds this widget and all it needs; it works without Python and without a network.

        Parameters
        ----------
        path : str or Path, optional
            Where to write it.
        title : str, optional
            By default the widget's label.

        Returns
        -------
        str
            The page.
        """
        from saii_widgets.widgets.page import to_html

        return to_html([self], path, title or self.label)

    def fallback_html(self) -> str:
        """How the widget looks where no script runs: on GitHub, or in a notebook that is not trusted."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        return {**data, "text/html": self.fallback_html()}, metadata
