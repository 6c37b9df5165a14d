"""Write in words why a classifier takes a picture for a class, or why not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.narration import Narration
from saii_widgets.core.origin import Origin
from saii_widgets.engine.concepts.crop_space import CropSpace
from saii_widgets.engine.concepts.graph_writer import MOST_TOLD, GraphWriter
from saii_widgets.engine.concepts.joint_space import JointSpace
from saii_widgets.engine.concepts.narrator_files import EMBEDDED, load_narrator
from saii_widgets.engine.concepts.prompt_writer import PromptWriter
from saii_widgets.engine.concepts.sentences import Said, compose, facts, join, parse, spans
from saii_widgets.engine.concepts.telling import Telling
from saii_widgets.engine.models import load_model
from saii_widgets.engine.models.model import DualEncoder


class Narrator:
    """Name the concepts of an explanation and write down how they count.

    Every concept gets the name whose text features are nearest to its own in a joint space. An encoder-decoder then
    reads these features and the graph of the strongest concepts, and writes freely. What it wrote is read back and
    compared with the scores; what doesn't agree is put right, and counted.

    Parameters
    ----------
    space : str or DualEncoder
        "embedded": the space that was learnt for the features of the embedded classifier. Otherwise a dual encoder
        (CLIP, SigLIP) or its name or folder, which reads cut-outs of the picture and serves any classifier.
    writer : str
        "embedded", or name or folder of a model of the T5 kind or a BLIP.
    names : sequence of str, optional
        What concepts may be called. Needed with another space; by default the parts of drawn vehicles.
    n_told : int
        How many concepts are told of, 1 to 6: the strongest.
    folder : Path, optional
        Of an own narrator, made by `saii train narrator`.

    Raises
    ------
    InputError
        A setting that doesn't exist.
    ModelError
        A model that can't be loaded.

    Source
    ------
    US 2025/0259436, paragraphs 17, 18, 23 to 27. What it writes before repair is measured in
    `benchmarks/narration.py`; after repair it agrees with the scores: `test_narrator.py::test_agrees_with_the_scores`.
    """

    def __init__(
        self,
        space: str | DualEncoder = "embedded",
        writer: str = "embedded",
        *,
        names: Sequence[str] | None = None,
        n_told: int = 5,
        folder: Path | None = None,
    ) -> None:
        if not 1 <= n_told <= MOST_TOLD:
            raise InputError(f"1 to {MOST_TOLD} concepts to tell of", repr(n_told), "Take 5.")
        self.n_told = n_told
        self._joint, self._graph, self._reads = load_narrator(folder or EMBEDDED)
        self.space: JointSpace | CropSpace = self._joint
        self.names = self._joint.names if names is None else tuple(names)
        if space != "embedded":
            model = load_model(space) if isinstance(space, str) else space
            self.space = CropSpace(model, names or ())
        self.writer: GraphWriter | PromptWriter = self._graph if writer == "embedded" else PromptWriter(writer)
        with torch.no_grad():
            self._texts = self.space.text_features(self.names)  # (m, width)
            if isinstance(self.writer, GraphWriter):
                self._known = self._joint.text_features(self.names)  # names that the writer can spell

    def name(self, explanation: Explanation) -> tuple[str, ...]:
        """A name for each place on the concept axis; "" where the concept is missing in the picture.

        Raises
        ------
        InputError
            Concepts of another classifier than the space was learnt for.
        """
        there, segments = self._looks(explanation)
        return self._named(explanation, there, self._nearest(segments))

    def __call__(self, explanation: Explanation, class_name: int | str | None = None) -> Narration:
        """Write.

        Parameters
        ----------
        explanation : Explanation
            Of a `ConceptExplainer`.
        class_name : int or str, optional
            Which class to tell of; by default the predicted one.

        Returns
        -------
        Narration
            `written` is the text before repair, `repairs` how many statements had to be put right.

        Raises
        ------
        InputError
            Another kind of explanation, or concepts of another classifier than the space was learnt for.
        LabelError
            A class that the explanation isn't about.
        """
        telling = Telling.of(explanation, class_name, n_told=self.n_told)
        there, segments = self._looks(explanation)
        nearest = self._nearest(segments)
        names = self._named(explanation, there, nearest)
        wanted = facts(telling, [names[k] for k in telling.concepts])
        rows = np.searchsorted(there, telling.concepts)
        tokens = self._write(explanation, telling, wanted, segments[rows], nearest[rows])
        text = join(compose(wanted), telling.class_name)
        return Narration(
            text,
            tuple(spans(text, wanted, telling.class_name)),
            telling.class_name,
            names,
            repairs=differences(parse(tokens), wanted),
            written=join(tokens, telling.class_name),
            origin=self._origin(explanation),
        )

    def _looks(self, explanation: Explanation) -> tuple[NDArray[np.intp], Tensor]:
        """The concepts that are in the picture, and what they look like in the space, (n, width)."""
        there = np.flatnonzero(explanation.companions["presence"].values > 0)
        return there, self._segments(explanation, there) if len(there) else self._texts[:0]

    def _named(self, explanation: Explanation, there: NDArray[np.intp], nearest: Tensor) -> tuple[str, ...]:
        names = [""] * len(explanation.axis("concept"))
        for k, name in zip(there, nearest.tolist(), strict=True):
            names[k] = self.names[name]
        return tuple(names)

    def _segments(self, explanation: Explanation, concepts: NDArray[np.intp]) -> Tensor:
        if isinstance(self.space, CropSpace):
            return self.space.of_concepts(explanation, concepts)
        features = explanation.companions["features"].values[concepts]
        origin = explanation.origin
        came = {"name": origin.model, "revision": origin.revision} if origin else {}
        if features.shape[1] != self._joint.settings["n_features"] or (came and came != self._reads):
            raise InputError(
                f"concepts of the classifier {self._reads['name']!r}, whose features the embedded space was learnt for",
                f"concepts of {origin.model if origin else 'another classifier'!r} with {features.shape[1]} features",
                "Take a CLIP or SigLIP as the space, and names: Narrator('openai/clip-vit-base-patch32', names=[...]).",
            )
        with torch.no_grad():
            return self._joint.segment_features(torch.from_numpy(features.copy()))

    def _nearest(self, segments: Tensor) -> Tensor:
        return (segments @ self._texts.T).argmax(1)

    def _write(
        self, explanation: Explanation, telling: Telling, wanted: Said, segments: Tensor, nearest: Tensor
    ) -> Sequence[str]:
        if isinstance(self.writer, PromptWriter):
            picture = explanation.images[0] if explanation.images else None
            return self.writer.write(wanted, telling.class_name, picture)
        with torch.no_grad():
            known = self._known[nearest]
            if isinstance(self.space, CropSpace):  # the writer looks through its own space, at what the name says
                segments = known
            return self.writer.write(self.writer.encode([telling], segments, known), [telling])[0]

    def _origin(self, explanation: Explanation) -> Origin:
        settings = {
            "space": "embedded" if isinstance(self.space, JointSpace) else self.space.about,
            "writer": "embedded" if isinstance(self.writer, GraphWriter) else self.writer.about,
            "n_told": self.n_told,
        }
        came = explanation.origin
        model, revision = (came.model, came.revision) if came else ("", "")
        return Origin.now(model, revision, "Narrator (US 2025/0259436)", settings=settings)


def differences(came: Said, wanted: Said) -> int:
    """How many statements of a text have to be changed, added or dropped."""
    changed = sum(a != b for a, b in zip(came.claims, wanted.claims, strict=False))
    changed += abs(len(came.claims) - len(wanted.claims)) + (came.predicted != wanted.predicted)
    return changed + len(set(came.nothing) ^ set(wanted.nothing))
