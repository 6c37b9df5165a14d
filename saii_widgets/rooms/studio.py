"""The studio: a study to walk through, step by step, in a notebook."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ipywidgets import GridBox, Layout, Stack, VBox, Widget, jslink

from saii_widgets.core.errors import InputError
from saii_widgets.core.study import Study
from saii_widgets.rooms.code import call_code, view_code
from saii_widgets.rooms.links import same_pairs
from saii_widgets.rooms.notice import notice
from saii_widgets.rooms.plan import PLAN
from saii_widgets.rooms.room import Live, Room
from saii_widgets.widgets.heatmap_view import HeatmapView
from saii_widgets.widgets.latest import Job, LatestWins
from saii_widgets.widgets.page import Panels, to_html
from saii_widgets.widgets.pair_matrix import PairMatrix
from saii_widgets.widgets.saii_widget import SaiiWidget
from saii_widgets.widgets.studio_bar import StudioBar
from saii_widgets.widgets.word_cloud import WordCloud

if TYPE_CHECKING:
    from saii_widgets.engine.models.model import DualEncoder
    from saii_widgets.stepwise import Stepwise

    Again = Callable[[dict[str, str]], tuple[Stepwise, list[str]]]

_SIDE_BY_SIDE: Final = "repeat(auto-fit, minmax(min(100%, 26rem), 1fr))"
_STUDY_FILE, _PAGE_FILE = "studio.saii", "studio.html"


class Studio(VBox):
    """A study in rooms, one a step; what is chosen in one is chosen in all.

    Made by :func:`studio`. It is shown at once and filled while the steps are computed in a thread of their own.

    Parameters
    ----------
    study : Study
        What is shown.
    stepwise : Stepwise, optional
        What computes it; without it the study is shown as it is.
    opening : sequence of str
        The lines of Python that give ``study``, and ``stepwise`` where there is one.
    again : callable (roles) -> Stepwise and its opening lines, optional
        Begins the same study with some words in other roles.

    Attributes
    ----------
    bar : StudioBar
        Steps, progress, and what can be done.
    views : list of list of SaiiWidget
        The widgets of each room, empty until its step is computed.
    live : dict of int to Live
        By place of their room: what is computed while one looks at it.
    """

    def __init__(
        self,
        study: Study,
        stepwise: Stepwise | None = None,
        *,
        opening: Sequence[str] = (),
        again: Again | None = None,
    ) -> None:
        self.study, self.stepwise = study, stepwise
        self.views: list[list[SaiiWidget]] = [[] for _ in PLAN]
        self.live: dict[int, Live] = {}
        self._choosers: dict[int, SaiiWidget] = {}
        self._opening, self._again = list(opening), again
        self._model_at_work = threading.Lock()
        self._report: Callable[[int, int, str], None] | None = None
        self._paths: dict[str, Path] = {}
        self._linked: list[Widget] = []
        actions = {"save study": self._save_here, "export page": self._export_here}
        if stepwise is not None:
            stepwise.progress = self._progress
            actions |= {"cancel": self.cancel, "go on": self.go_on, "run again": self.run_again}
        self.bar = StudioBar([{"title": room.title, "about": room.about} for room in PLAN], actions=actions)
        self._boxes = [GridBox(layout=_layout(grid_template_columns=_SIDE_BY_SIDE)) for _ in PLAN]
        stack = Stack(self._boxes, selected_index=0, layout=_layout())
        super().__init__([self.bar, stack], layout=_layout())
        self._turn = jslink((self.bar, "step"), (stack, "selected_index"))
        self._runs = LatestWins(self._work, lambda _: None, view=self.bar)
        self.bar.observe(self._turned, "step")
        self.bar.notice = notice(study)
        if stepwise is None:
            for place, room in enumerate(PLAN):
                self._furnish(place, room)
        else:
            self.go_on()
        self._write_code()

    # -- computing -------------------------------------------------------------------------------------------------

    def go_on(self) -> None:
        """Compute what is not computed yet, in a thread of its own."""
        if self.stepwise is None:
            raise InputError(
                "pictures and a model to compute with", "a saved study", "Open the pictures with studio()."
            )
        self.bar.unfinished = True
        self._runs.submit(self.stepwise)

    def run_again(self) -> None:
        """Compute all steps anew with the roles that words were given by hand; what is shown stays until then.

        Raises
        ------
        InputError
            No word has another role, or the study was opened as it is.
        """
        roles = self._new_roles()
        if self._again is None or self.stepwise is None or not roles:
            raise InputError("a word with another role", "none", "Click a word in the room of the words first.")
        self._runs.cancel()
        before = {word: str(role) for word, role in self.stepwise.roles.items()}
        self.stepwise, self._opening = self._again({**before, **roles})
        self.stepwise.progress = self._progress
        self.study = self.stepwise.study
        for place in range(len(PLAN)):
            self.bar.mark(place, "waiting")
        self.go_on()

    def _new_roles(self) -> dict[str, str]:
        clouds = (widget for views in self.views for widget in views if isinstance(widget, WordCloud))
        return {word: str(role) for cloud in clouds for word, role in cloud.changes.items()}

    def _roles_changed(self, _: Any) -> None:
        roles = self._new_roles()
        said = ", ".join(f"“{word}” is {role} now" for word, role in roles.items())
        self.bar.changed = f"{said}. Run the steps again to see what it changes." if said and self._again else ""

    def cancel(self) -> None:
        """Stop after what is being worked on; :meth:`go_on` goes on there."""
        self._runs.cancel()

    def wait(self, seconds: float | None = None) -> bool:
        """Until nothing is being computed; False where that takes longer than `seconds`."""
        return self._runs.wait(seconds) and all(live.wait(seconds) for live in self.live.values())

    def _progress(self, done: int, total: int, label: str) -> None:
        if self._report is not None:  # a changed caption has a bar of its own
            self._report(done, total, label)

    def _work(self, job: Job, stepwise: Stepwise) -> None:
        from saii_widgets.stepwise import STEPS

        rooms = sorted(enumerate(PLAN), key=lambda entry: STEPS.index(entry[1].steps[-1]))
        for turn, (place, room) in enumerate(rooms):
            if self.bar.steps[place]["state"] in ("done", "left out"):
                continue
            self.bar.mark(place, "working")

            def report(done: int, total: int, label: str = "", turn: int = turn, room: Room = room) -> None:
                job.check()
                self.bar.progress = min(1.0, (turn + done / max(1, total)) / len(PLAN))
                self.bar.status = f"{room.title}: {label}" if label else room.title

            try:
                for step in room.steps:
                    report(0, 1)
                    with self._model_at_work:
                        self._report = report
                        try:
                            stepwise.take(step)
                        finally:
                            self._report = None
                self._furnish(place, room)
            except InputError as problem:
                self.bar.mark(place, "failed", str(problem))
            except BaseException:
                self.bar.mark(place, "waiting")
                raise
        self.bar.unfinished = False

    def _furnish(self, place: int, room: Room) -> None:
        """Put the widgets of a finished step into its room."""
        found = room.found(self.study)
        if not room.views and self.stepwise is None:
            self.bar.mark(place, "left out", "it is computed while one looks, which needs the pictures and a model")
            return
        if room.views and not found:
            reasons = self.study.settings.get("left out", {})
            note = next((reasons[step] for step in room.steps if step in reasons), "the study does not hold it")
            self.bar.mark(place, "left out", note)
            return
        views = [view.make(self.study) for view in found]
        self.views[place] = views
        if room.live is not None and self.stepwise is not None:
            if place in self.live:
                self.live[place].rest()
            self._choosers[place] = self._chooser(place)
            self._choosers[place].observe(self._turned, "chosen")
            self.live[place] = room.live(self.stepwise, self._model_at_work)
        for view in views:
            if isinstance(view, WordCloud):
                view.observe(self._roles_changed, "roles")
                self.bar.changed = ""
        for widget in self._shown(place):
            widget.observe(self._write_code)
        live = self.live.get(place)
        beside = [VBox(live.widgets, layout=_layout())] if live else []
        below = [VBox(live.below, layout=_layout(grid_column="1 / -1"))] if live and live.below else []
        self._boxes[place].children = [*views, *beside, *below]
        self._link()
        self.bar.mark(place, "done")
        self.bar.notice = notice(self.study)
        self._turned()

    # -- what follows what -----------------------------------------------------------------------------------------

    def _shown(self, place: int) -> list[SaiiWidget]:
        live = self.live.get(place)
        return [*self.views[place], *((*live.widgets, *live.below) if live else ())]

    def _link(self) -> None:
        """Link the widgets of all rooms anew; the front end does it, so it holds without Python too."""
        for link in self._linked:
            link.close()
        self._linked = [jslink(*link) for link in same_pairs(widget for room in self.views for widget in room)]

    def _turned(self, _: Any = None) -> None:
        """Only the room that is looked at computes for the pair that was chosen."""
        for place, live in list(self.live.items()):
            if place == self.bar.step:
                self._follow(place)
            else:
                live.rest()
        self._write_code()

    def _follow(self, place: int) -> None:
        view = self._choosers[place]
        if isinstance(view, PairMatrix | HeatmapView):
            self.live[place].choose(view.chosen["image"], view.chosen["caption"])

    def _chooser(self, place: int) -> SaiiWidget:
        """The view on which a room's pair is chosen: its own first one, or that of the room that it follows."""
        if own := self.views[place]:
            return own[0]
        rooms = zip(PLAN, self.views, strict=True)
        shown = ((v.needs, widget) for room, views in rooms for v, widget in zip(room.views, views, strict=False))
        return next(widget for needs, widget in shown if needs == PLAN[place].follows)

    def _write_code(self, _: Any = None) -> None:
        self.bar.code = self.code

    # -- what is taken away ----------------------------------------------------------------------------------------

    @property
    def code(self) -> str:
        """The lines of Python that give what is shown now, from pictures to widget."""
        place = self.bar.step
        found = PLAN[place].found(self.study)
        lines = ["import saii_widgets as sw", "", *self._opening]
        for view, widget in zip(found, self.views[place], strict=False):
            lines += view_code(view, widget)
        if live := self.live.get(place):
            lines += live.code()
        return "\n".join(lines)

    def save(self, path: str | Path) -> Path:
        """Write the study as it is now into one file; see :meth:`Study.save`."""
        return self.study.save(path)

    def to_html(self, path: str | Path | None = None, title: str = "Study") -> str:
        """One page with all rooms that are finished; it needs neither Python nor a network.

        Parameters
        ----------
        path : str or Path, optional
            Where to write it.
        title : str

        Returns
        -------
        str
            The page.
        """
        self._write_code()
        for place in self.live:  # on the page nothing can follow the chosen pair any more
            self._follow(place)
        for live in self.live.values():
            live.rest()
            live.wait()
        groups = [[*views, *(self.live[k].lasting if k in self.live else ())] for k, views in enumerate(self.views)]
        widgets = [self.bar, *(widget for group in groups for widget in group)]
        panels = Panels(self.bar, "step", groups)
        page = to_html(widgets, path, title, links=list(same_pairs(widgets)), panels=panels)
        self._turned()
        return page

    def _save_here(self) -> None:
        self._written(self.save(self._own_path(_STUDY_FILE)), "The study")

    def _export_here(self) -> None:
        path = self._own_path(_PAGE_FILE)
        self.to_html(path)
        self._written(path, "The page")

    def _own_path(self, name: str) -> Path:
        """A file in the working folder that nobody else has written."""
        if name not in self._paths:
            first = Path(name)
            numbered = (first.with_stem(f"{first.stem}-{k}") for k in range(2, 10_000))
            self._paths[name] = first if not first.exists() else next(p for p in numbered if not p.exists())
        return self._paths[name]

    def _written(self, path: Path, what: str) -> None:
        self.bar.status = f"{what} is in {path} ({path.stat().st_size / 1e6:.1f} MB)."

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        return bundle if bundle is None else {**bundle, "text/html": self.bar.fallback_html()}


def studio(
    images: Any,
    records: Any = None,
    captions: Sequence[str] | None = None,
    *,
    model: str | Path | DualEncoder | None = None,
    **settings: Any,
) -> Studio:
    """Walk through a stepwise study: pictures and texts in, one room a step, everything linked.

    Parameters
    ----------
    images : path, CameraFolder, sequence of Scene, path, PIL.Image or array; or Study, or path of a saved study
        The pictures. A study, or a file that ends in ".saii", is shown as it is and needs neither model nor torch.
    records : path or Records, optional
        Texts to find principal words in, as for :class:`Stepwise`.
    captions : sequence of str, optional
        The pictures' own captions, in their order.
    model : str, path or DualEncoder, optional
        "embedded" unless something else is said.
    **settings
        All others of :class:`Stepwise`: `roles`, `n_pairs`, `n_many`, `start_layer`, `seed` ...

    Returns
    -------
    Studio
        To be shown in a notebook; what is computed appears in it. :meth:`Studio.to_html` writes it as a page.

    Raises
    ------
    InputError
        Pictures, records or captions that can't be used; settings for a study that is finished.

    Examples
    --------
    studio("camera/", records="calls.csv")
    """
    given = {"records": records, "captions": captions, "model": model, **settings}
    given = {name: value for name, value in given.items() if value is not None}
    if isinstance(images, Study) or (isinstance(images, str | Path) and Path(images).suffix == ".saii"):
        if given:
            raise InputError(
                "a saved study alone", f"a study and {', '.join(given)}", "Pass its pictures to compute something new."
            )
        study = images if isinstance(images, Study) else Study.load(images)
        source = "study = sw.Study.load({!r})".format("study.saii" if isinstance(images, Study) else str(images))
        return Studio(study, opening=[source])
    from saii_widgets.stepwise import Stepwise

    stepwise = Stepwise(images, **given)

    def opening(arguments: dict[str, Any]) -> list[str]:
        lines = call_code("stepwise = sw.Stepwise", {"images": images, **arguments}, "images")
        return [*lines, "study = stepwise.run()"]

    def again(roles: dict[str, str]) -> tuple[Stepwise, list[str]]:
        loaded = {**given, "records": stepwise.records, "model": stepwise.model, "roles": roles}
        return Stepwise(stepwise.pictures.scenes, **loaded), opening({**given, "roles": roles})

    return Studio(stepwise.study, stepwise, opening=opening(given), again=again)


def _layout(**more: str) -> Layout:
    return Layout(overflow="visible", width="100%", grid_gap="24px 32px", **more)
