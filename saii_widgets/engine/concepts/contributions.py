"""How much each concept and each edge of a graph contributes to each class."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final, Literal, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from saii_widgets.core.axis import Axis
from saii_widgets.core.concept_graph import ConceptGraph
from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin
from saii_widgets.core.places import place
from saii_widgets.engine.concepts.concept_results import concept_result
from saii_widgets.engine.concepts.reasoning_network import GraphBatch, ReasoningNetwork
from saii_widgets.engine.concepts.shapley import coalitions_of, shapley_values

Method = Literal["node drop", "gradient x embedding", "shapley"]
_BATCH: Final = 128


class Contributions:
    """Signed contributions of nodes and edges to a reasoning network's logits.

    Parameters
    ----------
    network : ReasoningNetwork
    method : {"node drop", "gradient x embedding", "shapley"}
        "node drop": by how much the logit falls when the node is removed; it follows the classifier, from which the
        network learnt such removals. "shapley": the mean of that fall over all orders, for up to 12 concepts.
        "gradient x embedding": the patent's score, which follows the classifier less. Edges: by how much the logit
        falls when the edge is removed, for the last method gradient times weight.

    Source
    ------
    US 2025/0259436, paragraphs 16 and 22. `test_contributions.py::test_node_drop_is_the_difference_of_two_passes`.
    """

    def __init__(self, network: ReasoningNetwork, method: Method = "node drop") -> None:
        if method not in get_args(Method):
            raise InputError(f"a method, one of {', '.join(map(repr, get_args(Method)))}", repr(method), "Choose one.")
        self.network, self.method = network, method

    def __call__(self, graph: ConceptGraph, classes: Sequence[str] | None = None) -> Explanation:
        """Weigh the graph.

        Parameters
        ----------
        graph : ConceptGraph
        classes : sequence of str, optional
            By default all of the network's.

        Returns
        -------
        Explanation
            float32, axes (class, concept), unit "logit"; zero where a concept is missing. Companions: "edges" (class,
            concept, concept), from the first to the second; "strength" (class, concept), 0 for no contribution to 1 for
            the class's largest; "presence" (concept,); "rest" (class,), by how much the logit would fall if the rest of
            the picture were as usual. Baseline and total are the network's logits without any concept and with all.

        Raises
        ------
        LabelError
            A class that the network does not know.
        InputError
            Too many concepts for exact Shapley values.
        """
        started = time.perf_counter()
        axis = Axis("class", self.network.classes)
        rows = [place(axis, name) for name in (axis.labels if classes is None else classes)]
        batch = self.network.eval().batch([graph])
        with torch.no_grad():
            whole = self.network.reason(self.network.batch([graph.original]))
            there = batch.present[0]
            ends = self._run(batch, whole, torch.stack([torch.zeros_like(there), there]))  # (2, C)
            size_alone = torch.cat([torch.zeros_like(batch.rest[:, :-1]), batch.rest[:, -1:]], 1)
            usual = self._run(batch._replace(rest=size_alone), whole, batch.present)[0]  # (C,)
        if self.method == "gradient x embedding":
            nodes, edges = self._gradients(batch, rows)
        else:
            with torch.no_grad():
                nodes = self._shapley(batch, whole) if self.method == "shapley" else self._drops(batch, whole)
                nodes, edges = nodes[rows], self._edge_drops(batch, whole)[rows]
        labels = [axis.labels[row] for row in rows]
        rest = Explanation((ends[1] - usual).numpy()[rows], (Axis("class", tuple(labels)),), "logit", title="The rest")
        return concept_result(
            nodes,
            labels,
            graph.concepts,
            edges=edges,
            present=graph.present,
            baseline=ends[0].numpy()[rows],
            total=ends[1].numpy()[rows],
            more={"rest": rest},
            origin=Origin.now(
                method=f"Contributions of concepts ({self.method})",
                settings={"method": self.method, "edges": self.network.with_edges},
                seed=self.network.seed,
                seconds=time.perf_counter() - started,
            ),
        )

    def _run(self, batch: GraphBatch, whole: Tensor, present: Tensor, keep: Tensor | None = None) -> Tensor:
        """Logits (K, C) of one graph with the nodes present (K, k), or the edges kept (K, k, k).

        `whole` is E of the graph before any edit.
        """
        found = []
        for start in range(0, len(present), _BATCH):
            rows = present[start : start + _BATCH]
            pairs = rows[:, :, None] * rows[:, None, :]
            rest = batch.rest.expand(len(rows), -1)
            part = GraphBatch(rows, batch.features * rows[..., None], batch.edges * pairs[..., None], rest)
            found.append(self.network(part, None if keep is None else keep[start : start + _BATCH], whole))
        return torch.cat(found).float().cpu()

    def _drops(self, batch: GraphBatch, whole: Tensor) -> NDArray[np.float64]:
        there = batch.present[0]
        k = len(there)
        rows = torch.cat([there[None], there * (1 - torch.eye(k, dtype=there.dtype, device=there.device))])
        logits = self._run(batch, whole, rows).double().numpy()  # (1 + k, C)
        return (logits[0] - logits[1:]).T  # a missing node changes nothing

    def _shapley(self, batch: GraphBatch, whole: Tensor) -> NDArray[np.float64]:
        there = torch.nonzero(batch.present[0])[:, 0]
        keep = coalitions_of(len(there))
        rows = torch.zeros(len(keep), batch.present.shape[1], dtype=batch.present.dtype, device=there.device)
        rows[:, there] = torch.from_numpy(keep).to(rows)
        found = np.zeros((len(self.network.classes), rows.shape[1]))
        if len(there):
            found[:, there.cpu().numpy()] = shapley_values(self._run(batch, whole, rows).double().numpy()).T
        return found

    def _edge_drops(self, batch: GraphBatch, whole: Tensor) -> NDArray[np.float64]:
        there = batch.present[0]
        k = len(there)
        found = np.zeros((len(self.network.classes), k, k))
        if not self.network.with_edges:
            return found
        pairs = torch.nonzero(torch.outer(there, there) * (1 - torch.eye(k, device=there.device)))  # (m, 2)
        keep = torch.ones(1 + len(pairs), k, k, dtype=there.dtype, device=there.device)
        keep[torch.arange(len(pairs)) + 1, pairs[:, 0], pairs[:, 1]] = 0
        logits = self._run(batch, whole, there.expand(len(keep), k), keep).double().numpy()
        j, i = pairs.cpu().numpy().T
        found[:, j, i] = (logits[0] - logits[1:]).T
        return found

    def _gradients(self, batch: GraphBatch, rows: Sequence[int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        k = batch.present.shape[1]
        keep = torch.ones_like(batch.edges[..., 0])[:, None].repeat(1, len(self.network.classes), 1, 1)
        nodes, places = self.network.nodes(batch, keep.requires_grad_())  # (1, C, p, w), (1, p)
        logits = self.network.decide(nodes, places, batch.rest)[0]
        evidence = (self.network.amounts(batch)[0, :-1] @ self.network.evidence[:, :-1].T).T.cpu().numpy()  # (C, k)
        found, edges = np.zeros((len(rows), k)), np.zeros((len(rows), k, k))
        for n, row in enumerate(rows):
            asked = [nodes, keep] if self.network.with_edges else [nodes]
            slopes = torch.autograd.grad(logits[row], asked, retain_graph=True)
            found[n, places[0].cpu()] = (slopes[0] * nodes).sum((0, 1, 3)).detach().cpu().numpy()
            found[n] += evidence[row]  # linear in the features
            if len(slopes) > 1:
                edges[n] = slopes[1].sum((0, 1)).cpu().numpy()
        return found, edges
