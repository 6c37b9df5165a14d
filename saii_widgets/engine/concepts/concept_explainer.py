"""Why this class, and why not that one: from a picture to signed contributions of its concepts and their relations."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from saii_widgets.core.as_picture import as_picture
from saii_widgets.core.axis import Axis
from saii_widgets.core.concept_graph import RELATIONS, ConceptGraph
from saii_widgets.core.errors import InputError, ModelError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin
from saii_widgets.core.places import place
from saii_widgets.core.scene import Scene
from saii_widgets.engine.concepts.concept_results import why_not
from saii_widgets.engine.concepts.contributions import Contributions, Method
from saii_widgets.engine.concepts.distillation import agreement
from saii_widgets.engine.concepts.extractor import ConceptExtractor
from saii_widgets.engine.concepts.fitted_files import read_fitted, write_fitted
from saii_widgets.engine.concepts.occlusion import Occlusion
from saii_widgets.engine.concepts.reasoning_network import ReasoningNetwork
from saii_widgets.engine.models.prediction_only import PredictionOnly
from saii_widgets.engine.runtime import Progress

if TYPE_CHECKING:
    from saii_widgets.engine.models.classifier import Classifier

N_HYPOTHESES: Final = 3
_HELD_OUT: Final = 8  # one picture in so many


class ConceptExplainer:
    """Explains decisions of an image classifier by visual concepts and how they lie to one another.

    ``fit`` finds the classifier's concepts and distils a graph network from it; a call matches the concepts in
    a picture, builds their graph and weighs its nodes and edges for each class hypothesis.

    Parameters
    ----------
    classifier : Classifier or PredictionOnly
        One that gives predictions only is explained by greying superpixels: no fit, no edges, no network.
    n_concepts : int
        Size of the vocabulary that the classes share.
    n_clusters : int, optional
        See :class:`ConceptExtractor`.
    layers : sequence of str, optional
        Of the classifier; by default its two middle layers.
    classes : sequence of str, optional
        The classes to be explained; by default those that the classifier predicts on the fitted pictures.
    method : {"node drop", "gradient x embedding", "shapley"}
        See :class:`Contributions`.
    edges : bool
        False leaves the relations out of the network, which shows what they are worth.
    seed : int

    Attributes
    ----------
    extractor : ConceptExtractor
        `extractor.concepts` is the vocabulary with its examples.
    network : ReasoningNetwork or None
        None before the fit.
    fidelity : dict of str to float
        How often network and classifier name the same class, on pictures that the network was not distilled from: "held
        out" as they are, "concept deleted" with one concept greyed, "moved" with one moved.

    Examples
    --------
    >>> explainer = ConceptExplainer(classifier).fit(images)  # doctest: +SKIP
    >>> explainer(image)["school bus"]  # doctest: +SKIP
    >>> explainer.why_not(image, "taxi")  # doctest: +SKIP
    """

    def __init__(
        self,
        classifier: Classifier | PredictionOnly,
        *,
        n_concepts: int = 24,
        n_clusters: int | None = None,
        layers: Sequence[str] | None = None,
        classes: Sequence[str] | None = None,
        method: Method = "node drop",
        edges: bool = True,
        seed: int = 0,
    ) -> None:
        self.classifier: Any = classifier
        self.method: Method = method
        self.edges, self.seed = edges, seed
        self.network: ReasoningNetwork | None = None
        self.fidelity: dict[str, float] = {}
        self._extractor = (
            ConceptExtractor(
                self.classifier,
                layers=layers,
                n_concepts=n_concepts,
                n_clusters=n_clusters,
                classes=classes,
                seed=seed,
            )
            if not isinstance(classifier, PredictionOnly)
            else None
        )

    @property
    def extractor(self) -> ConceptExtractor:
        """Finds the concepts.

        Raises
        ------
        ModelError
            The classifier gives predictions only.
        """
        if self._extractor is None:
            raise self._closed()
        return self._extractor

    def fit(self, images: Sequence[Image.Image | Scene], progress: Progress | None = None) -> ConceptExplainer:
        """Find the concepts and distil the network.

        After an interruption a second call does not read the pictures again. Until it has ended there is no network.

        Parameters
        ----------
        images : sequence of PIL.Image or Scene
            Some hundred unlabelled pictures of all classes that matter. One in eight is held out to measure fidelity.
        progress : Progress, optional
            Called after every batch; may raise `Cancelled`.

        Raises
        ------
        InputError
            See :meth:`ConceptExtractor.fit`.
        ModelError
            The classifier gives predictions only.
        """
        pictures = [as_picture(image) for image in images]
        self.network, self.fidelity = None, {}  # those of an earlier fit know other concepts
        extractor = self.extractor.fit(pictures, progress)
        graphs = extractor.match_all(pictures)
        fitting = [n for n, graph in enumerate(graphs) if graph.hypothesis in extractor.classes]
        order = np.random.default_rng(self.seed).permutation(fitting)
        held, rest = order[: len(order) // _HELD_OUT + 1], order[len(order) // _HELD_OUT + 1 :]
        network = ReasoningNetwork(
            [concept.label for concept in extractor.concepts],
            extractor.classes,
            graphs[0].features.shape[1],
            edges=self.edges,
            seed=self.seed,
        )
        network.distil(self.classifier, [graphs[n] for n in rest], [pictures[n] for n in rest], progress=progress)
        self.fidelity = agreement(network, self.classifier, [graphs[n] for n in held], [pictures[n] for n in held])
        self.network = network
        return self

    def fitted(self) -> ReasoningNetwork:
        """The network.

        Raises
        ------
        InputError
            No fit yet.
        ModelError
            The classifier gives predictions only, so that there will be none.
        """
        if self._extractor is None:
            raise self._closed()
        if self.network is None:
            raise InputError("an explainer that was fitted", "one that was not", "Call fit(images) first.")
        return self.network

    def graph(self, image: Image.Image | Scene) -> ConceptGraph:
        """The concept graph of a picture.

        Raises
        ------
        InputError
            No concept is found; the message says why.
        """
        picture = as_picture(image)
        graph = self.extractor.match(picture)
        if not graph.present.any():
            raise InputError(
                "a picture with a concept of the vocabulary",
                self.extractor.why_nothing(picture),
                "Fit on such pictures.",
            )
        return graph

    def __call__(self, image: Image.Image | Scene, classes: Sequence[str] | None = None) -> Explanation:
        """Explain the decision on a picture.

        Parameters
        ----------
        image : PIL.Image or Scene
        classes : sequence of str, optional
            Hypotheses; by default the three that the classifier finds most likely, the predicted one first.

        Returns
        -------
        Explanation
            float32, axes (class, concept), unit "logit", signed; the concept axis has masks and boxes of the matched
            segments. Companions: "strength" (class, concept) from 0 to 1, "edges" (class, concept, concept) from the
            first concept to the second, "presence" (concept,), "relations" (concept, concept, relation), "features"
            (concept, feature), "rest" (class,), what lies beside the concepts, and the probabilities "classifier" and
            "network" (class,). For a classifier that gives predictions only the concepts are superpixels, and edges,
            relations, features, rest and network are not there.

        Raises
        ------
        InputError
            No fit yet, no concept found, or a class that was not fitted.
        """
        started = time.perf_counter()
        picture = as_picture(image)
        if self._extractor is None:
            return self._by_occlusion(picture, classes)
        network = self.fitted()
        logits = self.classifier.class_logits([picture])[0].detach().float().cpu()
        hypotheses = self._hypotheses(logits, network.classes, classes)
        graph = self.graph(picture)
        assert self.extractor.codebook is not None
        looks = self.extractor.codebook.n_looks
        found = Contributions(network, self.method)(graph, hypotheses)
        axis = found.axis("class")
        answers = network.logits([graph])[0].float().cpu().softmax(0).numpy()
        beside = {
            "relations": Explanation(
                graph.edges, (graph.concepts, graph.concepts, Axis("relation", RELATIONS)), "share", title="Relations"
            ),
            "features": Explanation(
                graph.features[:, :looks],
                (graph.concepts, Axis("feature", tuple(map(str, range(looks))))),
                "feature",
                title="Features of the concepts",
            ),
            "classifier": self._probabilities(logits, axis),
            "network": Explanation(
                answers[[network.classes.index(name) for name in hypotheses]], (axis,), "probability", title="Network"
            ),
        }
        assert found.origin is not None
        origin = Origin.now(
            model=self.classifier.name,
            revision=self.classifier.revision,
            method=found.origin.method,
            settings={**found.origin.settings, "fidelity": self.fidelity, "hypothesis": graph.hypothesis},
            seed=self.seed,
            seconds=time.perf_counter() - started,
        )
        return replace(
            found,
            title=f"Why {hypotheses[0]!r}",
            companions={**found.companions, **beside},
            images=(picture,),
            origin=origin,
        )

    def why_not(self, image: Image.Image | Scene, other: str) -> Explanation:
        """Why the predicted class and not another: the difference of their contributions.

        Returns
        -------
        Explanation
            Over (concept,), positive for the predicted class; companions as in a call.

        Raises
        ------
        InputError
            The other class is the predicted one, or was not fitted.
        """
        said = self.classifier.labels[int(self.classifier.class_logits([as_picture(image)])[0].argmax())]
        if other == said:
            raise InputError("another class than the predicted one", repr(other), "Ask why not one of the others.")
        return why_not(self(image, [said, other]), said, other)

    def save(self, folder: str | Path) -> Path:
        """Write the fitted explainer as `concepts.safetensors` and `concepts.json`; the classifier is not part of it.

        Raises
        ------
        InputError
            No fit yet.
        """
        settings = {"method": self.method, "edges": self.edges, "seed": self.seed, "fidelity": self.fidelity}
        return write_fitted(Path(folder), self.extractor, self.fitted(), settings)

    @classmethod
    def load(cls, folder: str | Path, classifier: Classifier) -> ConceptExplainer:
        """Read a fitted explainer back.

        Raises
        ------
        ModelError
            No such files, damaged ones, or another classifier than the one that was fitted.
        """
        extractor, network, settings = read_fitted(Path(folder), classifier)
        explainer = cls(
            classifier,
            n_concepts=extractor.n_concepts,
            n_clusters=extractor.n_clusters,
            layers=extractor.reader.layers,
            classes=extractor.classes,
            method=settings["method"],
            edges=network.with_edges,
            seed=settings["seed"],
        )
        explainer._extractor, explainer.network = extractor, network
        explainer.fidelity = {str(name): float(x) for name, x in settings["fidelity"].items()}
        return explainer

    def _closed(self) -> ModelError:
        return ModelError(
            "a classifier whose layers can be read",
            f"{self.classifier.name}, which gives predictions only",
            "Call the explainer: it is explained by greying superpixels. Or load one with load_classifier().",
        )

    def _hypotheses(self, logits: Tensor, known: Sequence[str], asked: Sequence[str] | None) -> list[str]:
        axis = Axis("class", tuple(known))
        if isinstance(asked, str):
            asked = [asked]
        if asked is not None:
            return [axis.labels[place(axis, name)] for name in asked]
        said = self.classifier.labels[int(logits.argmax())]
        if said not in known:
            raise InputError(
                f"a picture of a class that was fitted ({', '.join(known)})",
                f"one that the classifier takes for {said!r}",
                "Fit with pictures of it too, or name the hypotheses: classes=[...].",
            )
        columns = [self.classifier.labels.index(name) for name in known]
        best = logits[columns].argsort(descending=True)[:N_HYPOTHESES].tolist()
        return [axis.labels[int(k)] for k in best]

    def _probabilities(self, logits: Tensor, axis: Axis) -> Explanation:
        said = logits.softmax(0).numpy()
        columns = [self.classifier.labels.index(name) for name in axis.labels]
        return Explanation(said[columns], (axis,), "probability", title="Classifier")

    def _by_occlusion(self, picture: Image.Image, classes: Sequence[str] | None) -> Explanation:
        logits = torch.as_tensor(self.classifier.class_logits([picture]))[0].detach().float().cpu()
        hypotheses = self._hypotheses(logits, tuple(self.classifier.labels), classes)
        found = Occlusion(self.classifier)(picture, hypotheses)
        return replace(
            found,
            title=f"Why {hypotheses[0]!r}, by greying superpixels: the classifier gives predictions only",
            companions={**found.companions, "classifier": self._probabilities(logits, found.axis("class"))},
        )
