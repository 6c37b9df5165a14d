"""Do interactions beat relevance maps, and these the random and centre baselines, on scenes that no one has seen?"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from benchmarks.figures import Figure, Table, benchmark_options, publish
from benchmarks.unseen_scenes import FIRST_SEED
from saii_widgets.compare import ComparisonTable, compare_explainers
from saii_widgets.compare.compare_explainers import patch_explainers
from saii_widgets.compare.contest import Make
from saii_widgets.core.scene import Scene
from saii_widgets.data.scenes.scenes_with_masks import scenes_with_masks
from saii_widgets.engine.models import load_model

NAME: Final = "compare"
MEASURES: Final = ("pointing", "grid game", "insertion and deletion", "faithfulness", "cost")
CLAIMED: Final = (
    "hit rate",
    "mass on the thing",
    "grid game above chance",
    "insertion less deletion",
    "R2",
    "rank correlation",
)
PAIRS: Final = (
    ("Interactions", "Relevance"),
    ("Relevance", "RandomBaseline"),
    ("Relevance", "CentreBaseline"),
    ("Interactions", "GradEclip"),
    ("GradEclip", "Relevance"),
)
_CLEAR: Final = 2.0  # standard errors
_BUDGET: Final = 4  # masked pictures a patch


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and publish."""
    parser = benchmark_options(NAME, __doc__)
    parser.add_argument("--model", default="embedded", help="name or folder; default: the weights that ship")
    parser.add_argument("--masking", default="drop", help="how parts are taken away (%(default)s)")
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED, help="of the scenes")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    model = load_model(options.model, device=options.device)
    n_scenes, n_grids = (6, 2) if options.quick else (200, 60)
    scenes = scenes_with_masks(n_scenes, first_seed=options.first_seed)
    table = compare_explainers(
        scenes,
        model,
        explainers=_explainers(model, scenes[0], options.masking),
        measures=MEASURES,
        n_asked=n_scenes,
        n_grids=n_grids,
        masking=options.masking,
    )
    notes = [
        f"Model `{options.model}`; {n_scenes} unseen scenes from seed {options.first_seed:,}, of each one named thing "
        f"that is plainly visible, drawn by lot; {n_grids} grids of four pictures; {time.monotonic() - started:.0f} s.",
        "Differences are paired over cases. A measure counts where the difference is more than two standard errors; "
        "six measures are looked at.",
        f"Parts are taken away by `{options.masking}`, by interactions and by measures alike. Interactions: "
        f"{_BUDGET} masked pictures a patch. Pointed with is the sum of the interactions of the words that name "
        "something; parts are ranked by their effect in the whole caption. Settings were chosen on other scenes.",
    ]
    publish(NAME, _figures(table), options, tables=[_differences(table), _means(table)], notes=notes)


def _explainers(model: Any, scene: Scene, masking: str) -> dict[str, Make]:
    """All that explain patches; interactions of single patches, where the leaderboard takes blocks to be quick."""
    budget = _BUDGET * len(model.patch_axis(scene.image))
    fine: dict[str, Any] = {"players": "patches", "budget": budget, "masking": masking}
    found = patch_explainers()
    return {**found, "Interactions": partial(found["Interactions"], **fine)}


def _figures(table: ComparisonTable) -> list[Figure]:
    won = {pair: {q for q in CLAIMED if table.difference(*pair, q).z > _CLEAR} for pair in PAIRS}
    baselines = won["Relevance", "RandomBaseline"] & won["Relevance", "CentreBaseline"]
    both = won["Interactions", "Relevance"]
    return [
        Figure("order-2 interactions clearly ahead of relevance maps", len(both), "measures", at_least=2),
        Figure("relevance maps clearly ahead of lot and middle", len(baselines), "measures", at_least=2),
        Figure("both on the same measures", len(both & baselines), "measures", at_least=2),
    ]


def _differences(table: ComparisonTable) -> Table:
    rows = []
    for quantity in CLAIMED:
        for first, second in PAIRS:
            apart = table.difference(first, second, quantity)
            rows.append(
                (
                    quantity,
                    f"{first} - {second}",
                    f"{apart.value:+.3f}",
                    f"{apart.error:.3f}",
                    f"{apart.z:+.1f}",
                    apart.n,
                )
            )
    columns = ("measure", "explainers", "difference", "standard error", "in standard errors", "cases")
    return Table("Paired differences.", columns, rows)


def _means(table: ComparisonTable) -> Table:
    quantities = [quantity.name for quantity in table.quantities]
    rows = [(name, *(f"{table[name, quantity].value:.3f}" for quantity in quantities)) for name in table.explainers]
    return Table("Means, the best mean rank first.", ("explainer", *quantities), rows)


if __name__ == "__main__":
    main()
