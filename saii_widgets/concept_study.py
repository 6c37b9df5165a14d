"""Pictures in, and out come why each is taken for its class: fitted concepts, explanations, texts, one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PIL import Image

from saii_widgets.core.errors import InputError
from saii_widgets.core.narration import Narration
from saii_widgets.core.scene import Scene
from saii_widgets.core.study import Study

if TYPE_CHECKING:
    from saii_widgets.engine.concepts.concept_explainer import ConceptExplainer
    from saii_widgets.engine.concepts.narrator import Narrator
    from saii_widgets.engine.runtime import Progress

STUDY_FILE: Final = "concepts.saii"
PAGE_FILE: Final = "concepts.html"
EXPLAINER_FOLDER: Final = "explainer"
TEXTS: Final = "texts"


def study_concepts(
    explainer: ConceptExplainer,
    scenes: Sequence[Scene],
    *,
    narrator: Narrator | None = None,
    progress: Progress | None = None,
) -> Study:
    """Explain some pictures by concepts, in words too.

    Parameters
    ----------
    explainer : ConceptExplainer
        Fitted.
    scenes : sequence of Scene
        Each under a name of its own.
    narrator : Narrator, optional
    progress : Progress, optional

    Returns
    -------
    Study
        An explanation a picture, by its name; the table "texts" with a narration a row (picture, class, and what
        `Narration.to_dict` gives); the table "left out" with pictures in which nothing was found, and why.
    """
    from saii_widgets.engine.concepts.what_if import WhatIf
    from saii_widgets.rooms.concepts import told_in_full

    study = Study()
    study.settings["fidelity"] = explainer.fidelity
    study.settings["concepts"] = [repr(concept) for concept in explainer.extractor.concepts]
    study.tables |= {TEXTS: [], "left out": []}
    for n, scene in enumerate(scenes):
        try:
            what_if, explained = WhatIf(explainer, scene.image), explainer(scene)
        except InputError as error:
            study.tables["left out"].append({"picture": scene.name, "reason": str(error)})
            continue
        explained, narrations = told_in_full(explained, what_if, narrator)
        study.tables[TEXTS] += [
            {"picture": scene.name, "class": label, **said.to_dict()} for label, said in narrations.items()
        ]
        study.scenes[scene.name] = scene
        study[scene.name] = replace(explained, title=f"{scene.name}: {explained.title.lower()}")
        if progress is not None:
            progress(n + 1, len(scenes), "pictures explained")
    return study


def narrations_of(study: Study, picture: str) -> dict[str, Narration]:
    """The texts of a picture, by class."""
    rows = [row for row in study.tables.get(TEXTS, []) if row["picture"] == picture]
    plain = [{key: value for key, value in row.items() if key not in ("picture", "class")} for row in rows]
    return {row["class"]: Narration.from_dict(entry) for row, entry in zip(rows, plain, strict=True)}


def write_concepts(study: Study, path: str | Path, examples: Mapping[int, Sequence[Image.Image]] | None = None) -> Path:
    """One page with a view a picture, one below the other; it works without Python.

    Parameters
    ----------
    study : Study
        Of :func:`study_concepts`; a saved one serves as well, without torch.
    path : str or Path
    examples : mapping of int to list of PIL.Image, optional
        Of each concept, from other pictures.

    Raises
    ------
    InputError
        A study without such explanations, or a place that can't be written to.
    """
    from saii_widgets.widgets.concept_graph_view import ConceptGraphView
    from saii_widgets.widgets.page import to_html

    shown = {name: each for name, each in study.explanations.items() if each.kinds == ("class", "concept")}
    if not shown:
        left = [f"{row['picture']}: {row['reason']}" for row in study.tables.get("left out", [])]
        raise InputError(
            "a study with explanations over (class, concept)", "; ".join(left) or "none", "Use study_concepts()."
        )
    views = [
        ConceptGraphView(each, narrations=narrations_of(study, name), examples=examples or {}, label=each.title)
        for name, each in shown.items()
    ]
    to_html(views, path, "Why this class, and why not that one")
    return Path(path)
