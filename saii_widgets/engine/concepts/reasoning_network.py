"""A graph network that answers as the classifier does, from concepts and their relations alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

from saii_widgets.core.concept_graph import RELATIONS, ConceptGraph
from saii_widgets.core.errors import InputError
from saii_widgets.engine.runtime import Progress

if TYPE_CHECKING:
    from saii_widgets.engine.models.classifier import Classifier

_GATE_WIDTH: Final = 16
_USUAL_PARTS: Final = 64  # a segment's size is told as against so many a picture


class GraphBatch(NamedTuple):
    """Graphs of one vocabulary: present (N, k), features and size of the nodes (N, k, d + 1), edges (N, k, k, 5).

    Beside them features and size of the rest of each picture, (N, d + 1).
    """

    present: Tensor
    features: Tensor
    edges: Tensor
    rest: Tensor


class ReasoningNetwork(nn.Module):
    """y = W s + E(concat over classes c of G^c(h)): class-specific weights e^c_ji on the edges of one graph.

    All classes read the same node features h, of which the segment's size is one: how much goes with a segment depends
    on it. What node j tells node i is gated by their relations, weighed by e^c_ji and summed; a layer norm follows, as
    batch norm over so few nodes misleads. How much a node counts, which the norm takes away, is learnt once for all
    classes. A node that is missing tells nothing, hears nothing and is not read. What lies beside the concepts is read
    once, as classifiers do look at it; its share of a decision can so be told from that of the concepts.

    s is the sum of the features of nodes and rest, each weighed by its share of the picture: what a classifier that
    averages over the picture decides by. W is solved for, and E learns what it leaves. Of whole pictures W may leave
    next to nothing, and E would add little but noise: a graph gets E less (1 - a) times the E of its picture before any
    edit, where a is the share of the logits' spread that W leaves in pictures that it was not solved for.

    Parameters
    ----------
    concepts, classes : sequence of str
        The k concepts of the vocabulary and the C classes.
    n_features : int
        Of a node, d.
    width : int
        Of the hidden features, w.
    edges : bool
        False leaves the messages out, which shows what they are worth.
    seed : int
        Of the weights, and of the interventions in :meth:`distil`.

    Source
    ------
    US 2025/0259436, paragraphs 15 and 16; Ge et al., CVPR 2021. Against a loop over classes, nodes and edges:
    `test_reasoning_network.py::test_logits_equal_a_loop`. Deviations: gates from relative edge features, one
    graph for all classes, layer norm, the rest of the picture, W s.
    """

    weights: Tensor
    scale: Tensor
    evidence: Tensor
    left: Tensor

    def __init__(
        self,
        concepts: Sequence[str],
        classes: Sequence[str],
        n_features: int,
        *,
        width: int = 32,
        edges: bool = True,
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.concepts, self.classes, self.n_features = tuple(concepts), tuple(classes), int(n_features)
        self.width, self.with_edges, self.seed = int(width), bool(edges), int(seed)
        k, c = len(self.concepts), len(self.classes)
        if k < 1 or c < 2:
            raise InputError("a concept and two classes or more", f"{k} concepts, {c} classes", "Fit on more pictures.")
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            self.encoder = nn.Linear(n_features + 1, width)
            self.identity = nn.Parameter(torch.randn(k, width) * 0.3)
            self.told = nn.Linear(width, width, bias=False)
            self.gate = nn.Sequential(nn.Linear(len(RELATIONS), _GATE_WIDTH), nn.GELU(), nn.Linear(_GATE_WIDTH, width))
            self.weights = nn.Parameter(torch.randn(c, k, k) / k**0.5)  # e^c_ji at (c, j, i)
            self.norm = nn.LayerNorm(width)
            self.amount = nn.Linear(n_features + 1, 1)
            self.usual = nn.Parameter(torch.zeros(k))
            nn.init.zeros_(self.amount.weight)
            self.readout = nn.Parameter(torch.randn(c, k, width) / (k * width) ** 0.5)
            self.decision = nn.Sequential(nn.Linear(c * width, 2 * width), nn.GELU(), nn.Linear(2 * width, c))
            self.straight = nn.Linear(c * width, c)
            self.aside = nn.Linear(n_features + 1, width)
            self.readout_aside = nn.Parameter(torch.randn(c, width) / width**0.5)
        self.register_buffer("scale", torch.ones(()))
        self.register_buffer("evidence", torch.zeros(c, n_features + 1))  # W, and what stands without any features
        self.register_buffer("left", torch.ones(()))  # a

    def nodes(self, batch: GraphBatch, keep: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Embeddings of the nodes that are there, in every class's graph.

        Parameters
        ----------
        batch : GraphBatch
        keep : Tensor, (N, k, k) or (N, C, k, k), optional
            How much each edge (j, i) counts, by default 1.

        Returns
        -------
        Tensor, (N, C, p, w)
            p is the largest number of nodes of a graph; zeros where one has fewer.
        Tensor, (N, p)
            Which concepts these are.
        """
        k = len(self.concepts)
        most = max(1, int(batch.present.sum(1).max()))
        places = torch.argsort(1 - batch.present, dim=1, stable=True)[
            :, :most
        ]  # (N, p); a graph has few of the k concepts
        rows = torch.arange(len(places), device=places.device)[:, None]
        there = batch.present[rows, places]  # (N, p)
        h = there[..., None] * functional.gelu(self.encoder(batch.features[rows, places]) + self.identity[places])
        nodes = h[:, None].expand(-1, len(self.classes), -1, -1)
        if self.with_edges:
            pairs = places[:, :, None] * k + places[:, None, :]  # (N, p, p), from j to i
            gate = self.gate(batch.edges.flatten(1, 2)[rows[..., None], pairs])  # (N, p, p, w)
            apart = there[:, :, None] * there[:, None, :] * (pairs % (k + 1) != 0)
            weights = self.weights.flatten(1)[:, pairs].transpose(0, 1) * apart[:, None]  # (N, C, p, p)
            if keep is not None:
                kept = keep if keep.dim() == 4 else keep[:, None]
                index = pairs.flatten(1)[:, None].expand(-1, kept.shape[1], -1)
                weights = weights * kept.flatten(2).gather(2, index).view(len(places), -1, most, most)
            nodes = nodes + torch.einsum("ncji,njiw->nciw", weights, gate * self.told(h)[:, :, None])
        amount = functional.softplus(self.amount(batch.features[rows, places])[..., 0] + self.usual[places])  # (N, p)
        return (there * amount)[:, None, :, None] * functional.gelu(self.norm(nodes)), places

    def shares(self, batch: GraphBatch) -> Tensor:
        """Shares of the picture of nodes, and of the rest as the last one, (N, k + 1)."""
        there = torch.cat([batch.present, torch.ones_like(batch.present[:, :1])], 1)
        return there * torch.exp2(torch.cat([batch.features[..., -1], batch.rest[:, -1:]], 1)) / _USUAL_PARTS

    def amounts(self, batch: GraphBatch) -> Tensor:
        """Features of nodes, and of the rest as the last one, by their shares of the picture, (N, k + 1, d)."""
        shown = torch.cat([batch.features, batch.rest[:, None]], 1)[..., :-1]
        return self.shares(batch)[..., None] * shown

    def weigh(self, batch: GraphBatch) -> Tensor:
        """W s, logits (N, C)."""
        return functional.linear(self.amounts(batch).sum(1), self.evidence[:, :-1], self.evidence[:, -1])

    def decide(self, nodes: Tensor, places: Tensor, rest: Tensor) -> Tensor:
        """E, logits (N, C), from what :meth:`nodes` gives and the rest of the pictures (N, d + 1)."""
        graphs = torch.einsum("ncpw,cnpw->ncw", nodes, self.readout[:, places])
        graphs = (graphs + functional.gelu(self.aside(rest))[:, None] * self.readout_aside).flatten(1)  # (N, C w)
        return self.scale * (self.straight(graphs) + self.decision(graphs))

    def reason(self, batch: GraphBatch, keep: Tensor | None = None) -> Tensor:
        """E of graphs, logits (N, C); see :meth:`nodes` for `keep`."""
        return self.decide(*self.nodes(batch, keep), batch.rest)

    def answer(self, weighed: Tensor, reasoned: Tensor, whole: Tensor) -> Tensor:
        """Logits (N, C) from W s and E of graphs, and E of their pictures before any edit."""
        return weighed + reasoned - (1 - self.left) * whole

    def forward(self, batch: GraphBatch, keep: Tensor | None = None, whole: Tensor | None = None) -> Tensor:
        """Logits (N, C).

        Parameters
        ----------
        batch : GraphBatch
        keep : Tensor, optional
            See :meth:`nodes`.
        whole : Tensor, (N, C) or (C,), optional
            E of the pictures before any edit; by default these graphs are whole.
        """
        reasoned = self.reason(batch, keep)
        return self.answer(self.weigh(batch), reasoned, reasoned if whole is None else whole)

    def logits(self, graphs: Sequence[ConceptGraph]) -> Tensor:
        """Logits (N, C) of graphs of this vocabulary, without a gradient.

        Raises
        ------
        InputError
            A graph of another vocabulary.
        """
        with torch.no_grad():
            batch = self.eval().batch(graphs)
            if all(graph.whole is None for graph in graphs):
                return self(batch)
            pictures = {id(graph.original): graph.original for graph in graphs}  # many graphs may be edits of one
            which = {key: n for n, key in enumerate(pictures)}
            whole = self.reason(self.batch(list(pictures.values())))
            return self(batch, whole=whole[[which[id(graph.original)] for graph in graphs]])

    def batch(self, graphs: Sequence[ConceptGraph]) -> GraphBatch:
        """Graphs as tensors."""
        for graph in graphs:
            if graph.concepts.labels != self.concepts or graph.features.shape[1] != self.n_features:
                raise InputError(
                    f"a graph of {len(self.concepts)} concepts with {self.n_features} features each",
                    f"one of {len(graph)} with {graph.features.shape[1]}, or of other concepts",
                    "Match the picture with the extractor that the network was distilled with.",
                )
        k, d = len(self.concepts), self.n_features
        stacked = (
            np.array([part(graph) for graph in graphs], np.float32).reshape(len(graphs), *shape)
            for part, shape in (
                (lambda graph: graph.present, (k,)),
                (_with_size, (k, self.n_features + 1)),
                (lambda graph: graph.edges, (k, k, len(RELATIONS))),
                (lambda graph: _rest_with_size(graph, d), (d + 1,)),
            )
        )
        like = self.readout
        return GraphBatch(*(torch.from_numpy(array).to(like.device, like.dtype) for array in stacked))

    def distil(
        self,
        classifier: Classifier,
        graphs: Sequence[ConceptGraph],
        images: Sequence[Image.Image],
        *,
        deletions: int = 12,
        moves: int = 2,
        epochs: int | None = None,
        progress: Progress | None = None,
    ) -> ReasoningNetwork:
        """Learn the classifier's answers, also to pictures whose segments are greyed or moved.

        Parameters
        ----------
        classifier : Classifier
        graphs : sequence of ConceptGraph
            One a picture.
        images : sequence of PIL.Image
        deletions, moves : int
            Edited pictures that the classifier sees for each picture.
        epochs : int, optional
            By default 20, and more for few pictures.
        progress : Progress, optional

        Raises
        ------
        InputError
            Different numbers of graphs and pictures, or classes that the classifier lacks.
        """
        from saii_widgets.engine.concepts.distillation import distil

        distil(self, classifier, graphs, images, deletions=deletions, moves=moves, epochs=epochs, progress=progress)
        return self


def _with_size(graph: ConceptGraph) -> NDArray[np.float32]:
    """Features and, as the last one, log2 of the share of the picture over 1 / 64; zeros where one is missing."""
    share = graph.masks.mean((1, 2))
    size = np.log2(_USUAL_PARTS * np.where(graph.present, share, 1 / _USUAL_PARTS))
    return np.column_stack([graph.features, size])


def _rest_with_size(graph: ConceptGraph, d: int) -> NDArray[np.float32]:
    """The same of what lies beside the concepts; as usual where it was not read, and no smaller than a pixel."""
    size = np.log2(_USUAL_PARTS * max(graph.rest_share, 1 / graph.masks[0].size))
    return np.append(graph.rest if graph.rest.size else np.zeros(d), size).astype(np.float32)
