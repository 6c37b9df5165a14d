"""Whether concepts are parts: what the segments that were matched with each of them truly show."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.concept_graph import ConceptGraph
from saii_widgets.data.vehicles.drawn_vehicle import DrawnVehicle
from saii_widgets.training.narrator import BACKGROUND, true_part


class Matched(NamedTuple):
    """A segment that was matched: with which concept, what it shows most, and whether that is the half of it."""

    concept: int
    part: str
    clear: bool


def largest_part(vehicle: DrawnVehicle, mask: NDArray[np.bool_]) -> str:
    """What a segment shows most, "background" included; no segment is left out."""
    shares = {part: int((mask & of_part).sum()) for part, of_part in vehicle.masks.items()}
    shares[BACKGROUND] = int(mask.sum()) - sum(shares.values())
    return max(shares, key=lambda part: shares[part])


def matched_parts(graphs: Sequence[ConceptGraph], vehicles: Sequence[DrawnVehicle]) -> list[Matched]:
    """All matched segments of pictures."""
    return [
        Matched(int(k), largest_part(vehicle, graph.masks[k]), true_part(vehicle, graph.masks[k]) != "")
        for graph, vehicle in zip(graphs, vehicles, strict=True)
        for k in np.flatnonzero(graph.present)
    ]


def part_names(matched: Sequence[Matched]) -> dict[int, str]:
    """Each concept's commonest part."""
    return {k: counts.most_common(1)[0][0] for k, counts in _counts(matched).items()}


def purity(matched: Sequence[Matched]) -> float:
    """Share of the segments that show their concept's commonest part."""
    commonest = sum(counts.most_common(1)[0][1] for counts in _counts(matched).values())
    return commonest / len(matched) if matched else float("nan")


def right_share(matched: Sequence[Matched], names: dict[int, str]) -> float:
    """Share of the segments that show the part that their concept was named after beforehand."""
    return float(np.mean([names.get(m.concept) == m.part for m in matched])) if matched else float("nan")


def _counts(matched: Sequence[Matched]) -> dict[int, Counter[str]]:
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for segment in matched:
        found[segment.concept][segment.part] += 1
    return found
