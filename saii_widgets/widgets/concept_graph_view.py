"""Why this class and not that one: the concepts of a picture, their graph, and the text that speaks of them."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import traitlets as t
from PIL import Image

from saii_widgets.core.explanation import Explanation
from saii_widgets.core.narration import Narration
from saii_widgets.widgets.concept_data import ConceptData, Examples
from saii_widgets.widgets.concept_edit import Edit, Predict, checked_edit, scores_after
from saii_widgets.widgets.latest import Job, LatestWins
from saii_widgets.widgets.saii_widget import SaiiWidget
from saii_widgets.widgets.traits import Number, Place, WidgetError


class ConceptGraphView(SaiiWidget):
    """Concepts as segments of the picture and as a graph: click one for its name, contribution, examples and sentence.

    Red speaks for the class, blue against it; arrows are the signed contributions of edges. Classes, concepts and the
    threshold change without Python. Taking a concept away, moving it or swapping it asks `predict`, while the reader
    goes on; where the companion "removed" is known, taking away needs no Python either.

    Parameters
    ----------
    explanation : Explanation
        Over (class, concept), signed; the concept axis has masks or boxes of the matched segments, empty ones for
        concepts that are not in this picture. Shown where they are known: the companions "edges" over (class, concept,
        concept), from row to column; "strength" over (class, concept), 0 to 1; "presence" over (concept,); "relations"
        over (concept, concept, relation); "classifier" and "network" over (class,); "removed" and "network removed"
        over (concept, class), what the two say once a concept is taken away.
    narrations : mapping of str to Narration, optional
        The explanation in words, by the label of the class.
    examples : mapping of str or int to list of PIL.Image, optional
        Crops from other pictures, by label or place of the concept; the first eight of each are shown.
    predict : callable (edit) -> dict, optional
        Gets an edit and gives the scores over the classes of "classifier" and, if there is one, of "network", as lists
        or by label. It runs in a thread of its own; of several edits the latest wins.
    hypothesis : int
        The class that is explained, by default the predicted one.
    against : int
        A class to compare it with: differences are shown, why the one and not the other. -1 for none.
    selected_concept : int
        The chosen concept, -1 for none; by default the one that contributes most.
    threshold : float
        Share of the strongest edge, 0 to 1, below which edges are hidden; by default a few edges a concept are left.
    edit : dict
        What is changed: ``{}`` nothing, ``{"remove": i}``, ``{"move": [i, dx, dy]}`` by shares of the picture's width
        and height, or ``{"swap": [i, j]}``, where j counts all of `examples`, concept by concept.
    height : float
        Of picture and graph, 240 to 1200 pixels.

    Raises
    ------
    InputError
        Other axes, companions that don't fit, narrations or examples of a class or concept that is not there.

    Examples
    --------
    >>> import numpy as np
    >>> from saii_widgets import Axis, Explanation
    >>> from saii_widgets.core.narration import Narration, Span
    >>> masks = np.zeros((3, 40, 60), bool)
    >>> masks[0, 12:22, 6:20], masks[1, 26:36, 32:44] = True, True
    >>> concepts = Axis("concept", ("grille", "wheel", "ladder"), masks=masks)
    >>> classes = Axis("class", ("school bus", "fire engine"))
    >>> edges = np.zeros((2, 3, 3))
    >>> edges[0, 0, 1], edges[1, 1, 0] = 0.5, -0.25
    >>> companions = {"edges": Explanation(edges, (classes, concepts, concepts), "logit"),
    ...               "classifier": Explanation([0.9, 0.1], (classes,), "probability"),
    ...               "removed": Explanation([[0.4, 0.6], [0.8, 0.2], [0.9, 0.1]], (concepts, classes), "probability")}
    >>> result = Explanation([[1.2, 0.3, -0.2], [-0.8, 0.2, -1.5]], (classes, concepts), "logit", "One picture",
    ...                      companions=companions)
    >>> text = Narration("The grille contributed most.", [Span(4, 10, 0)], "school bus", concepts.labels)
    >>> view = ConceptGraphView(result, narrations={"school bus": text})
    >>> view.against = 1
    >>> round(view.value, 2), [name for name, _ in view.top(2)]
    (2.0, ['grille', 'ladder'])
    """

    _about = t.Dict().tag(sync=True)
    _values = t.Bytes(b"").tag(sync=True)
    _edges = t.Bytes(b"").tag(sync=True)
    _strength = t.Bytes(b"").tag(sync=True)
    _relations = t.Bytes(b"").tag(sync=True)
    _scores = t.List(t.Bytes()).tag(sync=True)
    _masks = t.Bytes(b"").tag(sync=True)
    _pictures = t.List(t.Bytes()).tag(sync=True)
    _examples = t.List(t.Bytes()).tag(sync=True)
    _live = t.Bool(False).tag(sync=True)
    _outcome = t.Dict().tag(sync=True)
    hypothesis = Place(0)
    against = Place(-1, least=-1)
    selected_concept = Place(-1, least=-1)
    threshold = Number(0.0, 0.0, 1.0)
    edit = t.Dict().tag(sync=True)
    height = Number(420.0, 240.0, 1200.0)

    def __init__(
        self,
        explanation: Explanation,
        *,
        narrations: Mapping[str, Narration] | None = None,
        examples: Examples | None = None,
        predict: Predict | None = None,
        **kwargs: Any,
    ) -> None:
        self._data, self._predict = ConceptData(explanation, narrations or {}, examples or {}), predict
        self._worker = LatestWins(self._ask, self._deliver, view=self)
        kwargs.setdefault("label", explanation.title or "Concepts of a picture")
        for name, value in self._beginning(kwargs.get("hypothesis")).items():
            kwargs.setdefault(name, value)
        super().__init__(**self._data.state(), _live=predict is not None, **kwargs)
        self.observe(self._follow, "edit")
        if self.edit:
            self._follow(None)

    @property
    def explanation(self) -> Explanation:
        """What is shown."""
        return self._data.result

    @property
    def examples(self) -> tuple[tuple[int, Image.Image], ...]:
        """The place of the concept and the picture of each example, as ``{"swap": [i, j]}`` counts them."""
        return self._data.placed

    @property
    def value(self) -> float | None:
        """What the chosen concept contributes, to the class or to the difference; None where none is chosen."""
        return None if self.selected_concept < 0 else float(self._shown()[self.selected_concept])

    @property
    def outcome(self) -> dict[str, dict[str, float]]:
        """What `predict` said to the edit: scores by class, of "classifier" and "network"; empty before it answers."""
        if not self.edit or self._outcome.get("edit") != self.edit:
            return {}
        labels = self._data.classes
        return {
            name: dict(zip(labels, scores, strict=True)) for name, scores in self._outcome.items() if name != "edit"
        }

    def top(self, n: int = 5) -> list[tuple[str, float]]:
        """The concepts that contribute most to the class, or to the difference that is shown, with their numbers."""
        shown = self._shown()
        return [(self._data.concepts[k], float(shown[k])) for k in abs(shown).argsort(kind="stable")[::-1][:n]]

    def wait(self, seconds: float | None = None) -> bool:
        """Until `predict` has answered the last edit; False where that took longer than `seconds`."""
        return self._worker.wait(seconds)

    def show(
        self,
        explanation: Explanation,
        *,
        narrations: Mapping[str, Narration] | None = None,
        examples: Examples | None = None,
    ) -> None:
        """Show another picture in place, unchanged; a class of the same name and place stays chosen."""
        before, data = self._data.classes, ConceptData(explanation, narrations or {}, examples or {})
        kept = self.hypothesis if before == data.classes else None
        with self.hold_sync(), self.hold_trait_notifications():
            self.edit, self.selected_concept, self.against = {}, -1, self.against if kept is not None else -1
            self._data = data
            for name, value in {**self._beginning(kept), **data.state()}.items():
                setattr(self, name, value)

    def fallback_html(self) -> str:
        from saii_widgets.core import html

        result, data = self.explanation, self._data
        picture = html.picture_figure(result.images[0], result.title) if result.images else ""
        numbers = self._shown()
        listed = [k for k, number in enumerate(numbers) if data.present[k] or number]
        bars = html.bar_list([data.concepts[k] for k in listed], numbers[listed], unit=result.unit)
        said = data.narrations.get(data.classes[self.hypothesis])
        text = "" if said is None else html.narration(said, with_style=False)
        against = f" and not {data.classes[self.against]}" if self.against >= 0 else ""
        title = f'<p class="saii-title">{escape(f"Why {data.classes[self.hypothesis]}{against}")}</p>'
        return f'{html.style()}<div class="saii">{title}{html.gallery([picture]) if picture else ""}{bars}{text}</div>'

    @t.validate("hypothesis", "against", "selected_concept")
    def _check_place(self, proposal: Any) -> int:
        name, place = proposal["trait"].name, proposal["value"]
        labels = self._data.concepts if name == "selected_concept" else self._data.classes
        if place >= len(labels):
            known = f"a place from 0 to {len(labels) - 1}" if labels else "-1: there are no concepts"
            raise WidgetError(f"{name} as {known}", str(place), "Choose another.")
        return place

    @t.validate("edit")
    def _check_edit(self, proposal: Any) -> Edit:
        return checked_edit(proposal["value"], self._data.present.tolist(), len(self._data.placed))

    def _beginning(self, hypothesis: int | None) -> dict[str, Any]:
        data, known = self._data, isinstance(hypothesis, int) and 0 <= hypothesis < len(self._data.classes)
        begin = hypothesis if known else data.predicted
        there = abs(data.result.values[begin]) * data.present
        strongest = int(there.argmax()) if data.present.any() else -1
        return {"hypothesis": begin, "selected_concept": strongest, "threshold": data.calm_threshold}

    def _shown(self) -> Any:
        values = self.explanation.values
        return values[self.hypothesis] - (values[self.against] if self.against >= 0 else 0)

    def _follow(self, _: Any) -> None:
        if self.edit and self._predict is not None:
            self._worker.submit(self.edit)
        else:
            self._worker.cancel()

    def _ask(self, job: Job, edit: Edit) -> dict[str, Any]:
        assert self._predict is not None
        scores = scores_after(self._predict, edit, self._data.classes)
        job.check()
        return {"edit": edit, **scores}

    def _deliver(self, outcome: dict[str, Any]) -> None:
        self._outcome = outcome
