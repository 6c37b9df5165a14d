"""Pictures for training that are aimed at faulty logic, made from a user's own pictures by edits."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from PIL import Image

from saii_widgets.core.concept_graph import ConceptGraph
from saii_widgets.core.errors import InputError
from saii_widgets.engine.concepts.concept_explainer import ConceptExplainer
from saii_widgets.engine.concepts.picture_edits import greyed, with_region_from
from saii_widgets.engine.concepts.replacement import cut_out

_TRIES: Final = 20  # draws for each picture that is wanted


@dataclass(frozen=True)
class Target:
    """A faulty logic to be trained against.

    Parameters
    ----------
    true, predicted : str
        Pictures of the one that are taken for the other.
    concept : int
        Because of this concept.
    images : tuple of int
        Pictures in which it misled.
    """

    true: str
    predicted: str
    concept: int
    images: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class AugmentationSet:
    """Edited pictures with their classes.

    Parameters
    ----------
    images : tuple of PIL.Image
    labels : tuple of str
    edits : tuple of str
        What was done to each.
    """

    images: tuple[Image.Image, ...]
    labels: tuple[str, ...]
    edits: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        return f"AugmentationSet({len(self)} pictures of {len(set(self.labels))} classes)"

    def save(self, folder: str | Path) -> Path:
        """Write the pictures as PNG, and `labels.csv` with the columns file, label, edit."""
        into = Path(folder)
        into.mkdir(parents=True, exist_ok=True)
        with (into / "labels.csv").open("w", newline="", encoding="utf-8") as file:
            table = csv.writer(file)
            table.writerow(("file", "label", "edit"))
            for n, (image, label, edit) in enumerate(zip(self.images, self.labels, self.edits, strict=True)):
                name = f"{n:05d}.png"
                image.save(into / name)
                table.writerow((name, label, edit))
        return into


def augmented(
    explainer: ConceptExplainer,
    images: Sequence[Image.Image],
    labels: Sequence[str],
    targets: Sequence[Target],
    n: int,
    seed: int,
) -> AugmentationSet:
    """Draw edited pictures for targets, each as often as it has pictures.

    Parameters
    ----------
    explainer : ConceptExplainer
        Finds the concepts.
    images, labels : sequence
        What may be edited; an edited picture keeps its label.
    targets : sequence of Target
    n : int
    seed : int

    Raises
    ------
    InputError
        No target, or none that leads to an edit.
    """
    if not targets or n < 1:
        came = f"{len(targets)} targets, {n} pictures"
        raise InputError("faulty logic and a number of pictures", came, "Diagnose pictures with errors.")
    editor = _Editor(images, labels, explainer.extractor.match_all(images), np.random.default_rng(seed))
    weights = np.array([len(target.images) for target in targets], float)
    drawn: list[_Edited] = []
    edits = (editor.less, editor.beside, editor.put_in, editor.without)
    for k in range(_TRIES * n):
        if len(drawn) == n:
            break
        target = targets[int(editor.dice.choice(len(targets), p=weights / weights.sum()))]
        made = edits[k % len(edits)](target)
        drawn += [made] if made is not None else []
    if not drawn:
        raise InputError("pictures with the concepts of the faulty logic", "none", "Give more pictures.")
    pictures, classes, done = zip(*drawn, strict=True)
    return AugmentationSet(pictures, classes, done)


class _Edited(NamedTuple):
    picture: Image.Image
    label: str
    edit: str


@dataclass(frozen=True, eq=False)
class _Editor:
    """The kinds of edits; None where no picture allows one."""

    images: Sequence[Image.Image]
    labels: Sequence[str]
    graphs: Sequence[ConceptGraph]
    dice: np.random.Generator

    def less(self, target: Target) -> _Edited | None:
        """A misled picture without the concept."""
        return self._greyed(int(self.dice.choice(target.images)), target.concept)

    def beside(self, target: Target) -> _Edited | None:
        """A misled picture that keeps the concept and loses another."""
        n = int(self.dice.choice(target.images))
        others = [int(k) for k in np.flatnonzero(self.graphs[n].present) if k != target.concept]
        return self._greyed(n, int(self.dice.choice(others))) if others else None

    def put_in(self, target: Target) -> _Edited | None:
        """A picture of the true class with the concept of a misled one in the place of one of its own."""
        source = int(self.dice.choice(target.images))
        places = {
            n: [k for k in np.flatnonzero(self.graphs[n].present) if k != target.concept] for n in self._of(target.true)
        }
        hosts = [n for n, others in places.items() if len(others) and n != source]
        if not hosts:
            return None
        n = int(self.dice.choice(hosts))
        k = int(self.dice.choice(places[n]))
        crop = cut_out(self.images[source], self.graphs[source], target.concept)
        picture = with_region_from(self.images[n], self.graphs[n].masks[k], crop)
        label = self.graphs[n].concepts.labels
        return _Edited(picture, self.labels[n], f"{label[target.concept]} in the place of {label[k]}")

    def without(self, target: Target) -> _Edited | None:
        """A picture of the class that was predicted wrongly, without the concept."""
        hosts = [n for n in self._of(target.predicted) if self.graphs[n].present[target.concept]]
        return self._greyed(int(self.dice.choice(hosts)), target.concept) if hosts else None

    def _of(self, label: str) -> list[int]:
        return [n for n, other in enumerate(self.labels) if other == label]

    def _greyed(self, n: int, concept: int) -> _Edited:
        picture = greyed(self.images[n], self.graphs[n].masks[concept])
        return _Edited(picture, self.labels[n], f"{self.graphs[n].concepts.labels[concept]} greyed")
