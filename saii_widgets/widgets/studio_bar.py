"""The bar above a studio's rooms: where one is, what is being computed, and what can be taken away from here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import traitlets as t

from saii_widgets.core.errors import InputError
from saii_widgets.widgets.saii_widget import SaiiWidget
from saii_widgets.widgets.traits import Place, WidgetError

STATES: Final = ("waiting", "working", "done", "left out", "failed")
ACTIONS: Final = ("cancel", "go on", "run again", "save study", "export page")
Action = Callable[[], None]


class StudioBar(SaiiWidget):
    """Steps to go to, with how far each is; progress and cancel; save, export, copy as code.

    Parameters
    ----------
    steps : sequence of mapping
        Each with "title", and with "about" (what is to be seen there), "state" (one of `STATES`) and "note" (why it
        was left out or failed), where they are known.
    step : int
        The one that is looked at.
    code : str
        Lines of Python that give what is shown.
    unfinished : bool
        Something is left to be computed, so that a stopped run can go on.
    changed : str
        What was changed since the steps were computed, so that they can be run again: "fence is principal now".
    actions : mapping of str to callable, optional
        What the buttons do, by the names in `ACTIONS`; a button without one is not shown.
    offered : list of str
        The names of the actions that there are; they follow from `actions`.

    Raises
    ------
    InputError
        No steps, or an action under another name.

    Examples
    --------
    >>> bar = StudioBar([{"title": "Captions", "state": "done"}, {"title": "Maps", "about": "Where it comes from."}])
    >>> bar.step = 1
    >>> bar.steps[bar.step]["state"]
    'waiting'
    """

    steps = t.List(t.Dict()).tag(sync=True)
    step = Place(0)
    code = t.Unicode("").tag(sync=True)
    unfinished = t.Bool(False).tag(sync=True)
    changed = t.Unicode("").tag(sync=True)
    offered = t.List(t.Unicode()).tag(sync=True)

    def __init__(
        self, steps: Sequence[Mapping[str, Any]], *, actions: Mapping[str, Action] | None = None, **kwargs: Any
    ) -> None:
        if not steps:
            raise InputError("at least one step", "none", "Say what there is to look at.")
        self._actions = dict(actions or {})
        if unknown := [name for name in self._actions if name not in ACTIONS]:
            raise InputError(f"actions out of {', '.join(ACTIONS)}", repr(unknown[0]), "Use one of these names.")
        kwargs.setdefault("label", "Steps of the study")
        super().__init__(steps=[_whole(step) for step in steps], offered=list(self._actions), **kwargs)
        self.on_msg(self._hear)

    def mark(self, place: int, state: str, note: str = "") -> None:
        """Say how far a step is.

        Parameters
        ----------
        place : int
            Of the step, from 0.
        state : str
            One of `STATES`.
        note : str
            Why, where it was left out or failed.
        """
        steps = list(self.steps)
        steps[place] = _whole({**steps[place], "state": state, "note": note})
        self.steps = steps

    def fallback_html(self) -> str:
        from saii_widgets.core import html

        rows = [{"step": step["title"], "state": step["state"], "note": step["note"]} for step in self.steps]
        return f'{html.style()}<div class="saii">{html.table(rows)}</div>'

    @t.validate("steps")
    def _check_steps(self, proposal: Any) -> list[dict[str, str]]:
        return [_whole(step) for step in proposal["value"]]

    @t.validate("step")
    def _check_step(self, proposal: Any) -> int:
        if proposal["value"] >= len(self.steps):
            raise WidgetError(f"step from 0 to {len(self.steps) - 1}", str(proposal["value"]), "Choose another.")
        return proposal["value"]

    def _hear(self, _: Any, content: Any, __: Any) -> None:
        """Do what a button asks for; what goes wrong with it is shown under the bar."""
        action = self._actions.get(str(content.get("action"))) if isinstance(content, dict) else None
        if action is None:
            self.error = f"This bar has no action {content!r}."
            return
        try:
            self.error = ""
            action()
        except InputError as problem:
            self.error = str(problem)


def _whole(step: Mapping[str, Any]) -> dict[str, str]:
    whole = {"about": "", "state": "waiting", "note": "", **{str(k): str(v) for k, v in step.items()}}
    if not whole.get("title"):
        raise WidgetError("a title for each step", repr(dict(step)), "Name it.")
    if whole["state"] not in STATES:
        raise WidgetError(f"a state out of {', '.join(STATES)}", repr(whole["state"]), "Use one of these.")
    return whole
