"""Train the embedded narrator from a seed: the joint space of segments and names, then the writer."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from saii_widgets.core.concept_graph import ConceptGraph
from saii_widgets.data.vehicles import VEHICLE_PARTS, draw_vehicle
from saii_widgets.data.vehicles.drawn_vehicle import DrawnVehicle
from saii_widgets.engine.concepts.extractor import ConceptExtractor
from saii_widgets.engine.concepts.graph_writer import GraphWriter
from saii_widgets.engine.concepts.joint_space import JointSpace
from saii_widgets.engine.concepts.narrator_files import save_narrator
from saii_widgets.engine.concepts.sentences import compose, facts
from saii_widgets.engine.concepts.telling import Telling
from saii_widgets.engine.models.classifier import Classifier
from saii_widgets.training.narrator_recipe import NarratorRecipe
from saii_widgets.training.random_telling import ConceptDeck, random_telling
from saii_widgets.training.towers import cosine_rate
from saii_widgets.training.training_log import TrainingLog

BACKGROUND: Final = "background"
NAMES: Final = (*VEHICLE_PARTS, BACKGROUND)
#: Other words for the same thing; the space learns them, concepts are named by the first.
SYNONYMS: Final = {
    "wheel": ("tyre",),
    "grille": ("radiator grille", "engine grille"),
    "head lamp": ("headlight",),
    "mirror": ("side mirror",),
    "light bar": ("flashing light",),
    "roof sign": ("taxi sign",),
    "window": ("window pane",),
    BACKGROUND: ("ground", "sky"),
}
_WORDS: Final = sorted({word for name in NAMES for each in (name, *SYNONYMS.get(name, ())) for word in each.split()})
_MAJORITY: Final = 0.5  # share of a segment that must be of one part to be named after it
_AT_ONCE: Final = 8  # batches that are drawn together
_WARM_UP: Final = 100  # steps
_FALLS: Final = 0.3  # share of the steps in which the rate falls


def true_part(vehicle: DrawnVehicle, mask: NDArray[np.bool_]) -> str:
    """The part that most of a segment shows, "background" for no vehicle, or "" where no part has the half of it."""
    area = max(int(mask.sum()), 1)
    shares = {part: (mask & of_part).sum() / area for part, of_part in vehicle.masks.items()}
    best = max(shares, key=lambda part: shares[part], default="")
    if best and shares[best] >= _MAJORITY:
        return best
    return BACKGROUND if 1 - sum(shares.values()) >= _MAJORITY else ""


@dataclass(frozen=True)
class NamedSegments:
    """Segments with true names, and the graphs of their pictures, with what segments are matched by."""

    features: NDArray[np.float32]  # (n, d)
    names: NDArray[np.intp]  # (n,) places in NAMES
    graphs: list[ConceptGraph]

    @classmethod
    def of(cls, extractor: ConceptExtractor, vehicles: Sequence[DrawnVehicle]) -> NamedSegments:
        """Of pictures that the extractor was fitted on."""
        images = [vehicle.image for vehicle in vehicles]
        assert extractor.codebook is not None
        features, names = [], []
        for vehicle, segments in zip(vehicles, extractor.read(images), strict=True):
            if not len(segments):
                continue
            described = extractor.codebook.features(segments.features)[:, : extractor.codebook.n_looks]
            for k in range(len(segments)):
                part = true_part(vehicle, segments.mask(k))
                if part:
                    features.append(described[k])
                    names.append(NAMES.index(part))
        n_looks = extractor.codebook.n_looks
        graphs = [
            replace(graph, features=graph.features[:, :n_looks], rest=np.zeros(0))
            for graph in extractor.match_all(images)
        ]
        return cls(np.array(features, np.float32), np.array(names, np.intp), graphs)


def train_space(named: NamedSegments, recipe: NarratorRecipe, log: Callable[[dict[str, object]], None]) -> JointSpace:
    """Learn the joint space by InfoNCE."""
    generator = torch.Generator().manual_seed(recipe.seed)
    dice = np.random.default_rng(recipe.seed)
    torch.manual_seed(recipe.seed)
    space = JointSpace(named.features.shape[1], _WORDS, NAMES, recipe.width)
    optimizer = torch.optim.AdamW(space.parameters(), lr=recipe.space_rate, weight_decay=0.01)
    counts = np.bincount(named.names, minlength=len(NAMES))
    weight = torch.from_numpy(1 / np.sqrt(np.maximum(counts, 1)))[torch.from_numpy(named.names)]
    features, names = torch.from_numpy(named.features), torch.from_numpy(named.names)
    for step in range(recipe.space_steps):
        drawn = torch.multinomial(weight, recipe.space_batch, replacement=True, generator=generator)
        said = [str(dice.choice([name, name, *SYNONYMS.get(name, ())])) for name in NAMES]
        jittered = features[drawn] * (1 + 0.05 * torch.randn(recipe.space_batch, 1, generator=generator))
        loss = space.loss(jittered, said, names[drawn])
        optimizer.param_groups[0]["lr"] = recipe.space_rate * cosine_rate(step / recipe.space_steps, step, 50, 0.05)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if (step + 1) % 250 == 0:
            log({"space_step": step + 1, "loss": round(loss.item(), 4)})
    return space.eval()


@torch.no_grad()
def _nearest(space: JointSpace, looks: NDArray[np.float32], texts: Tensor) -> tuple[Tensor, Tensor]:
    """Segments (n, width) in the space, and which of the texts is nearest to each."""
    segments = space.segment_features(torch.from_numpy(looks))
    return segments, (segments @ texts.T).argmax(1)


def _batches(
    graphs: Sequence[ConceptGraph], deck: ConceptDeck, size: int, dice: np.random.Generator
) -> list[list[Telling]]:
    """Tellings of pictures and of the deck, half each; those of about one length together, which saves padding."""
    tellings = [
        deck.deal(dice) if k % 2 else random_telling(graphs[int(dice.integers(len(graphs)))], dice)
        for k in range(_AT_ONCE * size)
    ]
    tellings.sort(key=len)
    return [tellings[k * size : (k + 1) * size] for k in dice.permutation(_AT_ONCE)]


def _rate(step: int, n_steps: int) -> float:
    """Share of the learning rate: all of it after a short warm-up, and evenly down to nothing in the last part."""
    return min((step + 1) / _WARM_UP, 1, (n_steps - step) / (_FALLS * n_steps))


def train_writer(
    space: JointSpace,
    graphs: Sequence[ConceptGraph],
    recipe: NarratorRecipe,
    log: Callable[[dict[str, object]], None],
    checkpoint: Callable[[GraphWriter], None],
) -> GraphWriter:
    """Learn to write; names are those that the space gives, so the writer reads them off the features."""
    torch.manual_seed(recipe.seed)
    dice = np.random.default_rng(recipe.seed + 1)
    writer = GraphWriter(_WORDS, recipe.width, recipe.size)
    optimizer = torch.optim.AdamW(writer.parameters(), lr=recipe.writer_rate, weight_decay=0.01)
    with torch.no_grad():
        texts = space.text_features(NAMES)
    looks = np.concatenate([graph.features[graph.present] for graph in graphs])
    deck = ConceptDeck.of(graphs, _nearest(space, looks, texts)[1].numpy())
    started, smooth = time.monotonic(), 0.0
    batches: list[list[Telling]] = []
    for step in range(recipe.writer_steps):
        optimizer.param_groups[0]["lr"] = recipe.writer_rate * _rate(step, recipe.writer_steps)
        if not batches:
            batches = _batches(graphs, deck, recipe.writer_batch, dice)
        tellings = batches.pop()
        segments, nearest = _nearest(space, np.concatenate([telling.features for telling in tellings]), texts)
        written = [
            compose(facts(telling, [NAMES[k] for k in names]))
            for telling, names in zip(tellings, nearest.split([len(telling) for telling in tellings]), strict=True)
        ]
        loss = writer.loss(writer.encode(tellings, segments, texts[nearest]), written, tellings)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(writer.parameters(), 1.0)
        optimizer.step()
        smooth = loss.item() if not step else 0.98 * smooth + 0.02 * loss.item()
        if (step + 1) % 100 == 0:
            seconds = round(time.monotonic() - started, 1)
            log({"writer_step": step + 1, "loss": round(smooth, 5), "seconds": seconds})
        if (step + 1) % 500 == 0:
            checkpoint(writer)
    return writer.eval()


def train_narrator(
    out: Path,
    recipe: NarratorRecipe | None = None,
    *,
    classifier: Classifier | None = None,
    say: Callable[[str], None] = print,
) -> Path:
    """Draw vehicles, find the classifier's concepts, learn to name them and to write of them.

    Parameters
    ----------
    out : Path
        Folder for weights, settings and the training log.
    recipe : NarratorRecipe, optional
        By default that of the shipped weights.
    classifier : Classifier, optional
        Whose features are named; by default the embedded one.
    say : callable
        Receives a line now and then.

    Returns
    -------
    Path
        The folder `out`.
    """
    from saii_widgets.engine.models.load_classifier import load_classifier

    recipe = recipe or NarratorRecipe()
    classifier = classifier or load_classifier("embedded", device="cpu")
    out.mkdir(parents=True, exist_ok=True)
    log = TrainingLog(out, say)
    log.begin(recipe)
    first = recipe.first_picture
    vehicles = [draw_vehicle(first + k, hard=k % 3 == 2) for k in range(recipe.n_pictures)]
    extractor = ConceptExtractor(classifier, seed=recipe.seed).fit([vehicle.image for vehicle in vehicles])
    named = NamedSegments.of(extractor, vehicles)
    say(f"{len(named.names):,} named segments of {len(vehicles):,} pictures")
    space = train_space(named, recipe, log)
    halfway = out / "checkpoint"
    halfway.mkdir(exist_ok=True)
    writer = train_writer(
        space, named.graphs, recipe, log, lambda writer: save_narrator(halfway, space, writer, classifier)
    )
    save_narrator(out, space, writer, classifier)
    return out
