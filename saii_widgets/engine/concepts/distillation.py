"""Interventional distillation: what the classifier says of edited pictures, learnt from edited graphs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from saii_widgets.core.axis import Axis
from saii_widgets.core.concept_graph import ConceptGraph
from saii_widgets.core.errors import InputError
from saii_widgets.core.places import place
from saii_widgets.engine.concepts.picture_edits import greyed, with_moved_region
from saii_widgets.engine.concepts.reasoning_network import GraphBatch, ReasoningNetwork
from saii_widgets.engine.runtime import Progress

if TYPE_CHECKING:
    from saii_widgets.engine.models.classifier import Classifier

_TEACHER_BATCH: Final = 64
_BATCH: Final = 16  # pictures, each with some of its edits
_LEAST_STEPS: Final = 1_000  # below, the network has not yet learnt what edits change
_LEAST_ROUNDS: Final = 20
_DROPPED: Final = 0.1  # share of the features
_WEIGHED: Final = 256
_MOST_LEFT: Final = 0.1  # of the logits' variance
_RIDGES: Final = tuple(10.0**n for n in range(-4, 3))
_EDITS_A_ROUND: Final = 3  # of a picture; the others have their turn in other rounds
_FARTHEST_MOVE: Final = 0.5  # in widths and heights of the picture
_LEARNING_RATE: Final = 3e-3
_WEIGHT_DECAY: Final = 0.3
_CHANGE: Final = 4.0  # weight of the errors in what an edit changes
_PREDICTED: Final = 4.0  # and in what it changes in the logit of the class that was predicted


@dataclass(frozen=True)
class Edit:
    """One edit of one picture: concepts that are greyed, one that is moved, or none."""

    source: int
    gone: tuple[int, ...] = ()
    moved: int | None = None
    dx: float = 0.0
    dy: float = 0.0

    def graph(self, graph: ConceptGraph) -> ConceptGraph:
        """The graph after the edit."""
        if self.moved is not None:
            return graph.moved(self.moved, self.dx, self.dy)
        for k in self.gone:
            graph = graph.without(k)
        return graph

    def image(self, image: Image.Image, graph: ConceptGraph) -> Image.Image:
        """The picture after the edit."""
        if self.moved is not None:
            return with_moved_region(image, graph.masks[self.moved], self.dx, self.dy)
        return greyed(image, np.any(graph.masks[list(self.gone)], axis=0)) if self.gone else image


Shown = tuple[Image.Image, ConceptGraph, Edit]


def draw_edits(graphs: Sequence[ConceptGraph], deletions: int, moves: int, seed: int) -> list[Edit]:
    """Edits of each graph: mostly single deletions, each concept at most once; a third are of several; then moves."""
    rng = np.random.default_rng(seed)
    edits: list[Edit] = []
    for source, graph in enumerate(graphs):
        there = rng.permutation(np.flatnonzero(graph.present)).tolist()
        several = deletions // 3 if len(there) > 2 else 0
        edits += [Edit(source, (k,)) for k in there[: deletions - several]]
        for _ in range(several):
            size = int(rng.integers(2, len(there)))
            edits.append(Edit(source, tuple(sorted(rng.permutation(there)[:size].tolist()))))
        for k in rng.permutation(there)[:moves].tolist():
            left, top, right, bottom = graph.boxes[k].tolist()
            # so that the segment stays within the picture
            dx = float(rng.uniform(max(-left, -_FARTHEST_MOVE), min(1 - right, _FARTHEST_MOVE)))
            dy = float(rng.uniform(max(-top, -_FARTHEST_MOVE), min(1 - bottom, _FARTHEST_MOVE)))
            edits.append(Edit(source, moved=k, dx=dx, dy=dy))
    return edits


def distil(
    network: ReasoningNetwork,
    classifier: Classifier,
    graphs: Sequence[ConceptGraph],
    images: Sequence[Image.Image],
    *,
    deletions: int,
    moves: int,
    epochs: int | None,
    progress: Progress | None,
) -> None:
    """Train the network in place; see :meth:`ReasoningNetwork.distil`."""
    if not graphs or len(graphs) != len(images):
        raise InputError("a graph for every picture", f"{len(graphs)} and {len(images)}", "Match all the pictures.")
    axis = Axis("class", tuple(classifier.labels))
    columns = [place(axis, name) for name in network.classes]
    edits = draw_edits(graphs, deletions, moves, network.seed)
    whole = [(image, graph, Edit(n)) for n, (image, graph) in enumerate(zip(images, graphs, strict=True))]
    plain = torch.cat(list(_answers(classifier, columns, whole, progress, "pictures")))  # (N, C)
    shown = [(images[edit.source], graphs[edit.source], edit) for edit in edits]
    edited = torch.cat([plain[:0], *_answers(classifier, columns, shown, progress, "edited pictures")])  # (E, C)
    with torch.no_grad():
        network.scale.copy_(plain.std().clamp(min=1e-3))
        weights, left = solve_evidence(network, graphs, plain)
        network.evidence.copy_(weights)
        network.left.fill_(left)
    rounds = max(_LEAST_ROUNDS, -(-_LEAST_STEPS // -(-len(graphs) // _BATCH))) if epochs is None else epochs
    _train(network, graphs, edits, plain, edited, rounds, progress)


def solve_evidence(network: ReasoningNetwork, graphs: Sequence[ConceptGraph], plain: Tensor) -> tuple[Tensor, float]:
    """W of the network's formula by ridge regression, and what it leaves.

    How strong the ridge is, and what it leaves, is told by leaving out one picture after the other. Where W s does not
    explain most of the logits' variance, W is zero: it would bring in more noise than it explains.

    Returns
    -------
    Tensor, (C, d + 1)
        The last column is the intercept.
    float
        Share of the logits' standard deviation that is left.
    """
    from sklearn.linear_model import RidgeCV

    amounts = network.amounts(network.batch(graphs)).sum(1).cpu().numpy()  # (N, d)
    wanted = plain.numpy()
    ridges = np.var(amounts, 0).sum() * np.array(_RIDGES)
    fitted: Any = RidgeCV(ridges, store_cv_results=True).fit(amounts, wanted)
    missed = fitted.cv_results_.mean((0, 1)).min() / max(np.var(wanted, 0).mean(), 1e-12)
    weights = np.column_stack([fitted.coef_, fitted.intercept_])
    if missed > _MOST_LEFT:
        weights, missed = np.column_stack([0 * fitted.coef_, wanted.mean(0)]), 1.0
    return torch.from_numpy(weights.astype(np.float32)), float(np.sqrt(missed))


def _answers(
    classifier: Classifier, columns: Sequence[int], shown: Sequence[Shown], progress: Progress | None, label: str
) -> Iterator[Tensor]:
    for start in range(0, len(shown), _TEACHER_BATCH):
        batch = [edit.image(image, graph) for image, graph, edit in shown[start : start + _TEACHER_BATCH]]
        yield classifier.class_logits(batch).detach().float().cpu()[:, list(columns)]
        if progress is not None:
            progress(start + len(batch), len(shown), label)


def _train(
    network: ReasoningNetwork,
    graphs: Sequence[ConceptGraph],
    edits: Sequence[Edit],
    plain: Tensor,
    edited: Tensor,
    epochs: int,
    progress: Progress | None,
) -> None:
    base = network.batch(graphs)
    present = torch.zeros(len(edits), *base.present.shape[1:])
    edges = torch.zeros(len(edits), *base.edges.shape[1:])
    for n, edit in enumerate(edits):  # one at a time: all their masks would fill the memory
        after = edit.graph(graphs[edit.source])
        present[n], edges[n] = torch.tensor(after.present), torch.tensor(after.edges)
    source = torch.tensor([edit.source for edit in edits], dtype=torch.long)
    of_picture = [torch.nonzero(source == n)[:, 0] for n in range(len(graphs))]
    generator = torch.Generator().manual_seed(network.seed)
    optimizer = torch.optim.AdamW(network.parameters(), lr=_LEARNING_RATE, weight_decay=_WEIGHT_DECAY)
    steps = epochs * -(-len(graphs) // _BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _LEARNING_RATE, total_steps=max(steps, 2))
    spread, predicted = float(network.scale), plain.argmax(1)
    with torch.no_grad():
        weighed = network.weigh(base)
        weighed_after = torch.empty(len(edits), weighed.shape[1])
        for rows in torch.arange(len(edits)).split(_WEIGHED):
            whose = source[rows]
            shown = base.features[whose] * present[rows][..., None]
            weighed_after[rows] = network.weigh(GraphBatch(present[rows], shown, edges[rows], base.rest[whose]))
    network.train()
    for epoch in range(epochs):
        for pictures in torch.randperm(len(graphs), generator=generator).split(_BATCH):
            dealt = [of_picture[n][torch.randperm(len(of_picture[n]), generator=generator)] for n in pictures.tolist()]
            rows = torch.cat([edits_of[:_EDITS_A_ROUND] for edits_of in dealt])
            whose = torch.cat([torch.full((min(len(e), _EDITS_A_ROUND),), m) for m, e in enumerate(dealt)])
            # a picture and its edits lose the same features, or the change that an edit makes would drown in chance
            kept = torch.rand(len(pictures), 1, base.features.shape[2], generator=generator) >= _DROPPED
            shown = base.features[pictures] * kept / (1 - _DROPPED)
            rest = base.rest[pictures] * kept[:, 0] / (1 - _DROPPED)
            batch = GraphBatch(
                torch.cat([base.present[pictures], present[rows]]),
                torch.cat([shown, shown[whose] * present[rows][..., None]]),
                torch.cat([base.edges[pictures], edges[rows]]),
                rest[torch.cat([torch.arange(len(pictures)), whose])],
            )
            reasoned = network.reason(batch)
            before = reasoned[: len(pictures)]
            of_graphs = torch.cat([weighed[pictures], weighed_after[rows]])
            came = network.answer(of_graphs, reasoned, torch.cat([before, before[whose]]))
            first, second = came[: len(pictures)], came[len(pictures) :]
            loss = _loss(first, plain[pictures], spread)
            if len(rows):
                change = second - first[whose]
                wanted = edited[rows] - plain[pictures][whose]
                loss = loss + _loss(second, edited[rows], spread) + _CHANGE * _error(change, wanted, spread)
                said = predicted[pictures][whose][:, None]
                missed = (change - wanted).gather(1, said) / spread
                loss = loss + _PREDICTED * (missed**2).mean()
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimizer.step()
            schedule.step()
        if progress is not None:
            progress(epoch + 1, epochs, "rounds of distillation")
    network.eval()


def _loss(came: Tensor, wanted: Tensor, spread: float) -> Tensor:
    kl = functional.kl_div(came.log_softmax(1), wanted.log_softmax(1), log_target=True, reduction="batchmean")
    return _error(came, wanted, spread) + kl


def _error(came: Tensor, wanted: Tensor, spread: float) -> Tensor:
    """Squared error of the logits about their mean over the classes, and of that mean with less weight."""
    error = (came - wanted) / spread
    mean = error.mean(1, keepdim=True)
    return ((error - mean) ** 2).mean() + 0.25 * (mean**2).mean()


def agreement(
    network: ReasoningNetwork, classifier: Classifier, graphs: Sequence[ConceptGraph], images: Sequence[Image.Image]
) -> dict[str, float]:
    """How often network and classifier name the same of the network's classes.

    Returns
    -------
    dict of str to float
        Shares of 1: "held out" for the pictures as they are, "concept deleted" with one concept greyed, "moved" with
        one moved; the latter two only where a picture has a concept.
    """
    axis = Axis("class", tuple(classifier.labels))
    columns = [place(axis, name) for name in network.classes]
    edits = draw_edits(graphs, 1, 1, network.seed + 1)
    kinds = {
        "held out": [(image, graph, Edit(n)) for n, (image, graph) in enumerate(zip(images, graphs, strict=True))],
        "concept deleted": [(images[e.source], graphs[e.source], e) for e in edits if e.gone],
        "moved": [(images[e.source], graphs[e.source], e) for e in edits if e.moved is not None],
    }
    found: dict[str, float] = {}
    for name, shown in kinds.items():
        if shown:
            wanted = torch.cat(list(_answers(classifier, columns, shown, None, ""))).argmax(1)
            came = network.logits([edit.graph(graph) for _, graph, edit in shown]).cpu().argmax(1)
            found[name] = float((wanted == came).float().mean())
    return found
