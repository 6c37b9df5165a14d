"""What a diagnosis found: faults, and the faulty logic that they share."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sized
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any, Literal

from PIL import Image

from saii_widgets.core import html
from saii_widgets.core.concept_graph import ConceptGraph
from saii_widgets.core.explanation import Explanation
from saii_widgets.engine.concepts.augmentation import AugmentationSet, Target, augmented
from saii_widgets.engine.concepts.concept_explainer import ConceptExplainer
from saii_widgets.engine.concepts.replacement import Fix

if TYPE_CHECKING:
    import pandas

Link = Literal["classifier", "attention", "matching", "network"]
_SHOWN = 3  # example pictures of each faulty logic


@dataclass(frozen=True, eq=False)
class Fault:
    """One error of the classifier.

    Parameters
    ----------
    image : int
        Which of the pictures.
    picture : PIL.Image
    true, predicted : str
    failed : {"classifier", "attention", "matching", "network"}
        The link of the chain that failed.
    concept : int, optional
        The concept that misled; None where no concept was found in the picture.
    contribution : float
        Its contribution to the predicted class less that to the true one, logits: the network's, or where that does not
        make the error the classifier's own, by greying.
    own_drop : float
        By how much the classifier's own such difference falls when the segment is greyed.
    fix : Fix, optional
        The picture with a good concept in its place; None where no picture of the true class is taken rightly.
    graph : ConceptGraph, optional
    explanation : Explanation, optional
        Why the predicted class and not the true one.
    """

    image: int
    picture: Image.Image
    true: str
    predicted: str
    failed: Link
    concept: int | None = None
    contribution: float = 0.0
    own_drop: float = 0.0
    fix: Fix | None = None
    graph: ConceptGraph | None = None
    explanation: Explanation | None = None

    @property
    def classifier_turns(self) -> bool:
        """Whether the classifier takes the mended picture rightly."""
        return self.fix is not None and self.fix.classifier == self.true

    @property
    def network_turns(self) -> bool:
        """Whether the network takes the mended graph rightly."""
        return self.fix is not None and self.fix.network == self.true


@dataclass(frozen=True, eq=False)
class FaultyLogic:
    """Errors that share their classes and the concept that misled.

    Parameters
    ----------
    true, predicted, name : str
        The concept's name.
    concept : int or None
    faults : tuple of Fault
        Those that it contributed most to come first.
    """

    true: str
    predicted: str
    name: str
    concept: int | None
    faults: tuple[Fault, ...]

    def __len__(self) -> int:
        return len(self.faults)

    @property
    def n_turned(self) -> int:
        """Errors of which the fix corrects the classifier's prediction."""
        return sum(fault.classifier_turns for fault in self.faults)

    def __str__(self) -> str:
        if not self.name:
            why = "with no concept found"
        elif self.faults[0].contribution > 0:
            why = f"because of {self.name}"
        else:
            why = f"though no concept speaks for it, {self.name} least against it"
        mended = f"{self.n_turned} mended by a good concept"
        return f"{self.true!r} taken for {self.predicted!r} {why}: {_errors(self)}, {mended}"


@dataclass(frozen=True, eq=False, repr=False)
class DiagnosisResult:
    """Errors of a classifier, explained, grouped and mended.

    Parameters
    ----------
    explainer : ConceptExplainer
    names : tuple of str
        Of the concepts.
    images, labels : tuple
        The pictures that were diagnosed, with their true classes.
    faults : tuple of Fault
        An error each, in the order of the pictures.
    left_out : int
        Errors towards classes that were not fitted.
    """

    explainer: ConceptExplainer
    names: tuple[str, ...]
    images: tuple[Image.Image, ...]
    labels: tuple[str, ...]
    faults: tuple[Fault, ...]
    left_out: int = 0

    def __len__(self) -> int:
        return len(self.faults)

    @cached_property
    def logics(self) -> tuple[FaultyLogic, ...]:
        """The faulty logic, the commonest first."""
        groups: dict[tuple[str, str, int | None], list[Fault]] = defaultdict(list)
        for fault in self.faults:
            groups[fault.true, fault.predicted, fault.concept].append(fault)
        found = [
            FaultyLogic(
                true,
                predicted,
                "" if concept is None else self.names[concept],
                concept,
                tuple(sorted(faults, key=lambda fault: -fault.contribution)),
            )
            for (true, predicted, concept), faults in groups.items()
        ]
        return tuple(sorted(found, key=lambda logic: -len(logic)))

    @property
    def explanations(self) -> dict[int, Explanation]:
        """Why the predicted class and not the true one, by the number of the picture."""
        return {fault.image: fault.explanation for fault in self.faults if fault.explanation is not None}

    def rows(self) -> list[dict[str, Any]]:
        """The table, a row an error."""
        return [
            {
                "picture": fault.image,
                "true": fault.true,
                "predicted": fault.predicted,
                "misled by": None if fault.concept is None else self.names[fault.concept],
                "contribution": fault.contribution,
                "classifier's own drop": fault.own_drop,
                "failed": fault.failed,
                "replaced by": None if fault.fix is None else self.names[fault.fix.good.concept],
                "classifier after": None if fault.fix is None else fault.fix.classifier,
                "network after": None if fault.fix is None else fault.fix.network,
                "mended": fault.classifier_turns,
            }
            for fault in self.faults
        ]

    def to_frame(self) -> pandas.DataFrame:
        """The table as a data frame."""
        import pandas

        return pandas.DataFrame(self.rows())

    def augmentation(self, n: int, seed: int = 0) -> AugmentationSet:
        """Pictures for training against the faulty logic, made from the diagnosed pictures alone.

        The commoner a faulty logic, the more of them: misled pictures without the misleading concept, or without one
        beside it; pictures of the true class with it in the place of another; pictures of the class that it was taken
        for without it. Each keeps its true class.

        Parameters
        ----------
        n : int
        seed : int

        Raises
        ------
        InputError
            No error for which a concept was found.
        """
        targets = [
            Target(logic.true, logic.predicted, logic.concept, tuple(fault.image for fault in logic.faults))
            for logic in self.logics
            if logic.concept is not None
        ]
        return augmented(self.explainer, self.images, self.labels, targets, n, seed)

    def summary(self) -> str:
        """What was found, in words, a line each."""
        links = Counter(fault.failed for fault in self.faults)
        turned = sum(fault.classifier_turns for fault in self.faults)
        head = f"{_errors(self)} in {len(self.images)} pictures; {turned} mended by a good concept"
        if self.left_out:
            head += f"; {self.left_out} towards classes that were not fitted are left out"
        if not self.faults:
            return f"No error to explain: {head}" if self.left_out else f"No error in {len(self.images)} pictures"
        failed = ", ".join(f"{link} {count}" for link, count in links.most_common())
        return "\n".join([head, f"What failed: {failed}", *(str(logic) for logic in self.logics)])

    def __repr__(self) -> str:
        return f"DiagnosisResult({self.summary().splitlines()[0]})"

    def _repr_html_(self) -> str:
        found = [html.style(), f'<div class="saii"><p class="saii-title">{escape(self.summary().splitlines()[0])}</p>']
        for logic in self.logics[:10]:
            shown = []
            for fault in logic.faults[:_SHOWN]:
                shown.append(html.picture_figure(fault.picture, f"picture {fault.image}", side=112))
                if fault.fix is not None:
                    after = f"with {self.names[fault.fix.good.concept]}: {fault.fix.classifier}"
                    shown.append(html.picture_figure(fault.fix.picture, after, side=112))
            found.append(f"<p>{escape(str(logic))}</p>{html.gallery(shown, least=112)}")
        found += [html.table(self.rows(), units={"contribution": "logit", "classifier's own drop": "logit"}), "</div>"]
        return "".join(found)


def _errors(some: Sized) -> str:
    return f"{len(some)} error{'' if len(some) == 1 else 's'}"
