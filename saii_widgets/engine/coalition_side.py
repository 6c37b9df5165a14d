"""One modality of a game: its pictures (or captions), the coalitions of them that were encoded, their expansions."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.errors import ModelError
from saii_widgets.engine.coalitions import Keep, all_coalitions, coalition_numbers, draw_coalitions
from saii_widgets.engine.expansion import Array, Design, ExactExpansion, Expansion
from saii_widgets.engine.games import Index
from saii_widgets.engine.models.model import Masked

_DOZEN: Final = 12
_DRAWS, _FRESH = 0, 1  # streams of random numbers
_SAME: Final = 1e-3  # of unit length: what batches of another size may change in half precision


@dataclass(frozen=True)
class Source:
    """A picture or caption before anything was computed of it.

    Parameters
    ----------
    key : str
        Says all that its embeddings depend on: model, content, players, masking.
    n_players : int
    mask : callable
        Makes it ready.
    """

    key: str
    n_players: int
    mask: Callable[[], Masked]


def least_coalitions(n: int, p: float) -> int:
    """Coalitions that a fit with one column a player needs.

    Some more than columns, or its errors are unbounded; and so many that each player is there, and is not there, in a
    dozen of them.
    """
    return max(n + 1 + max(8, n // 4), math.ceil(_DOZEN / min(p, 1 - p)))


class CoalitionSide:
    """All pictures (or captions) of a call.

    Coalitions are the same for all that have the same number of players, so a design is factorised once.

    Parameters
    ----------
    sources : sequence of Source
    index : Index
    order : {1, 2}
    seed : int
    label : str
        "masked pictures" or "masked captions".
    enumerated : int
        Up to this many players every coalition is encoded.
    kept : mutable mapping of str to array
        Embeddings by content, read and added to.
    progress : callable, optional
        Called with the number of coalitions just encoded.
    """

    passes = 0

    def __init__(
        self,
        sources: Sequence[Source],
        index: Index,
        order: int,
        *,
        seed: int,
        label: str,
        enumerated: int,
        kept: MutableMapping[str, NDArray[Any]],
        progress: Callable[[int], None] | None = None,
    ) -> None:
        self.sources, self.label = list(sources), label
        self._index, self._order, self._seed, self._kept, self._progress = index, order, seed, kept, progress
        self.exact = [source.n_players <= enumerated for source in self.sources]
        self._masked: dict[int, Masked] = {}
        self._exact_expansions: dict[tuple[int, int], ExactExpansion] = {}
        self._designs: dict[tuple[int, int, int, bool], Design] = {}
        self._counts: list[tuple[int, bool]] = []

    @property
    def is_exact(self) -> bool:
        """Whether every coalition of every picture (or caption) is encoded."""
        return all(self.exact)

    @property
    def least(self) -> int:
        """The least budget that serves all."""
        return 0 if self.is_exact else sum(self._least_by_node())

    @property
    def coalitions(self) -> list[int]:
        """Coalitions that the expansions of each source rest on."""
        drawn = sum(count * (2 if paired else 1) for count, paired in self._counts)
        return [2**s.n_players if exact else drawn for s, exact in zip(self.sources, self.exact, strict=True)]

    def missing(self, budget: int) -> int:
        """Coalitions that growing to a budget would encode."""
        return sum(len(keep) for k in range(len(self.sources)) for _, keep in self._wanted(k, self._plan(budget)))

    def grow(self, budget: int) -> None:
        """Encode what is missing for `budget` coalitions of each source."""
        self._counts = self._plan(budget)
        self._designs.clear()
        for k in range(len(self.sources)):
            self._encode(k, list(self._wanted(k, self._counts)))

    def expansions(self) -> list[list[Expansion]]:
        """For each source, its expansion at each node."""
        return [[self._expansion(k, q) for q in range(len(self._index.nodes))] for k in range(len(self.sources))]

    def singles_at(self, index: Index) -> list[Array]:
        """For each source, the betas of its players at the nodes of another index, (nodes, n, d)."""
        known = np.array(self._index.nodes)
        # values of the Lagrange polynomials of our nodes at the others
        rest = [np.delete(known, q) for q in range(len(known))]
        basis = np.stack(
            [
                ((np.array(index.nodes)[:, None] - other) / (node - other)).prod(1)
                for node, other in zip(known, rest, strict=True)
            ],
            1,
        )
        found = []
        for k, exact in enumerate(self.exact):
            if exact:
                table = self._table(k)
                found.append(np.stack([ExactExpansion(*table, p).singles for p in index.nodes]))
            else:
                ours = np.stack([self._expansion(k, q).singles for q in range(len(known))])
                found.append(np.einsum("rq,qnd->rnd", basis, ours))
        return found

    def fresh(self, source: int, node: int, count: int) -> tuple[Keep, NDArray[Any]]:
        """Coalitions that no fit has seen, (count, n), and their embeddings (count, d)."""
        n, p = self.sources[source].n_players, self._index.nodes[node]
        keep = draw_coalitions(n, count, p, (self._seed, _FRESH, node))
        if self.exact[source]:
            return keep, np.asarray(self._table(source)[0][coalition_numbers(keep)], np.float64)
        key = self._key(source, f"fresh {p!r}")
        have = len(self._kept.get(key, ()))
        if have < count:
            self._encode(source, [(key, keep[have:])])
        return keep, np.asarray(self._kept[key][:count], np.float64)

    def _plan(self, budget: int) -> list[tuple[int, bool]]:
        """For each node, how many coalitions are drawn, and whether their complements are encoded too."""
        nodes, weights = np.array(self._index.nodes), np.array(self._index.weights)
        shares = weights / np.sqrt(nodes * (1 - nodes))  # least variance for noise that is alike at all nodes
        least = np.array(self._least_by_node())
        counts = (least + max(0, budget - least.sum()) * shares / shares.sum()).astype(int)
        paired = (abs(nodes - 0.5) < 1e-9) & (counts >= 2 * least)
        return [(int(c) // 2, True) if pair else (int(c), False) for c, pair in zip(counts, paired, strict=True)]

    def _least_by_node(self) -> list[int]:
        drawn = [s.n_players for s, exact in zip(self.sources, self.exact, strict=True) if not exact]
        return [least_coalitions(max(drawn, default=0), p) for p in self._index.nodes]

    def _wanted(self, source: int, counts: list[tuple[int, bool]]) -> Iterator[tuple[str, Keep]]:
        n = self.sources[source].n_players
        if self.exact[source]:
            key = self._key(source, "all")
            if key not in self._kept:
                yield key, all_coalitions(n)
            return
        for q, (count, paired) in enumerate(counts):
            keep = self._drawn(n, q, count)
            for kind, rows in (("drawn", keep), *((("complements", ~keep),) if paired else ())):
                key = self._key(source, f"{kind} {self._index.nodes[q]!r}")
                have = len(self._kept.get(key, ()))
                if have < count:
                    yield key, rows[have:]

    def _drawn(self, n: int, node: int, count: int) -> Keep:
        return draw_coalitions(n, count, self._index.nodes[node], (self._seed, _DRAWS, node))

    def _key(self, source: int, kind: str) -> str:
        seed = "" if kind == "all" else f" seed {self._seed}"
        return f"{self.sources[source].key} {kind}{seed}"

    def _encode(self, source: int, wanted: list[tuple[str, Keep]]) -> None:
        if not wanted:
            return
        if source not in self._masked:
            self._masked[source] = self.sources[source].mask()
            if len(self._masked) == 1:
                self._refuse_chance(self._masked[source])
        keep = np.concatenate([rows for _, rows in wanted])
        before = 0

        def note(done: int, _: int, __: str) -> None:
            nonlocal before
            if self._progress is not None:
                self._progress(done - before)
            before = done

        values = self._masked[source].encode(keep, note).cpu().numpy()
        if not np.isfinite(values).all():
            raise ModelError(
                "finite embeddings",
                f"NaN or infinity among the {self.label}",
                "Load the model with precision='bfloat16' or 'float32'.",
            )
        self.passes += len(keep)
        for key, rows in wanted:
            new, values = values[: len(rows)], values[len(rows) :]
            self._kept[key] = np.concatenate([self._kept[key], new]) if key in self._kept else new

    def _refuse_chance(self, masked: Masked) -> None:
        """A model that answers differently when it is asked again can't be explained by asking."""
        everyone = np.ones((1, masked.n_players), bool)
        first, second = masked.encode(everyone), masked.encode(everyone)
        self.passes += 2
        apart = float((first - second).abs().max())
        if apart > _SAME:
            raise ModelError(
                "a model that gives the same embedding for the same input",
                f"two embeddings of one of the {self.label} that differ by {apart:.2g}",
                "Switch off dropout and other chance in the model.",
            )

    def _table(self, source: int) -> tuple[NDArray[Any], Keep]:
        """Embeddings of every coalition, and the coalitions."""
        return self._kept[self._key(source, "all")], all_coalitions(self.sources[source].n_players)

    def _expansion(self, source: int, node: int) -> Expansion:
        n, p = self.sources[source].n_players, self._index.nodes[node]
        if self.exact[source]:
            if (source, node) not in self._exact_expansions:
                self._exact_expansions[source, node] = ExactExpansion(*self._table(source), p)
            return self._exact_expansions[source, node]
        count, paired = self._counts[node]
        at = (n, node, count, paired)
        if at not in self._designs:
            self._designs[at] = Design(self._drawn(n, node, count), p, self._order, paired=paired)
        values, complements = (
            np.asarray(self._kept[self._key(source, f"{kind} {p!r}")][:count], np.float64)
            for kind in (("drawn", "complements") if paired else ("drawn", "drawn"))
        )
        return self._designs[at].fit(values, complements if paired else None)
