"""Train the embedded narrator from a seed: the joint space of segments and names, then the writer."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

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
from saii_widgets.training.towers import cosine_rate

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
    """Segments with true names, and the graphs of their pictures."""

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
        return cls(np.array(features, np.float32), np.array(names, np.intp), extractor.match_all(images))


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


def random_telling(graph: ConceptGraph, dice: np.random.Generator) -> Telling:
    """Something to tell of a graph: some of its concepts, with random scores, mirrored at random."""
    there = dice.permutation(np.flatnonzero(graph.present))[: dice.integers(0, 9)]
    n = len(there)
    boxes, relations = graph.boxes[there].copy(), graph.edges[np.ix_(there, there)].copy()
    for axis in (0, 1):
        if dice.random() < 0.5:
            boxes[:, [axis, axis + 2]] = 1 - boxes[:, [axis + 2, axis]]
            relations[..., axis] *= -1
    if dice.random() < 0.5:
        boxes, relations = boxes[:, [1, 0, 3, 2]], relations[..., [1, 0, 2, 3, 4]]
    values = dice.normal(dice.normal(0, 0.5), 1, n) * dice.gamma(1, 1, n)
    strengths = np.abs(values) / np.maximum(np.abs(values).max(initial=0), 1e-9) * dice.uniform(0.3, 1)
    return Telling.sorted(
        "", bool(dice.random() < 0.6), there, values, strengths, graph.features[there], boxes, relations
    )


def train_writer(
    space: JointSpace, graphs: Sequence[ConceptGraph], recipe: NarratorRecipe, log: Callable[[dict[str, object]], None]
) -> GraphWriter:
    """Learn to write; names are those that the space gives, so the writer reads them off the features."""
    torch.manual_seed(recipe.seed)
    dice = np.random.default_rng(recipe.seed + 1)
    writer = GraphWriter(_WORDS, recipe.width, recipe.size)
    optimizer = torch.optim.AdamW(writer.parameters(), lr=recipe.writer_rate, weight_decay=0.01)
    with torch.no_grad():
        texts = space.text_features(NAMES)
    started, smooth = time.monotonic(), 0.0
    for step in range(recipe.writer_steps):
        optimizer.param_groups[0]["lr"] = recipe.writer_rate * cosine_rate(step / recipe.writer_steps, step, 100, 0.02)
        encoded, written, tellings = [], [], []
        for _ in range(recipe.writer_batch):
            telling = random_telling(graphs[int(dice.integers(len(graphs)))], dice)
            with torch.no_grad():
                looks = torch.from_numpy(telling.features)[:, : space.settings["n_features"]]
                segments = space.segment_features(looks)
            nearest = (segments @ texts.T).argmax(1) if len(telling) else torch.zeros(0, dtype=torch.long)
            encoded.append(writer.encode(telling, segments, texts[nearest]))
            written.append(compose(facts(telling, [NAMES[k] for k in nearest])))
            tellings.append(telling)
        loss = writer.loss(encoded, written, tellings)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(writer.parameters(), 1.0)
        optimizer.step()
        smooth = loss.item() if not step else 0.98 * smooth + 0.02 * loss.item()
        if (step + 1) % 100 == 0:
            seconds = round(time.monotonic() - started, 1)
            log({"writer_step": step + 1, "loss": round(smooth, 4), "seconds": seconds})
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
    log_file = out / "training.jsonl"
    log_file.write_text(json.dumps({"recipe": asdict(recipe)}) + "\n")

    def log(line: dict[str, object]) -> None:
        with log_file.open("a") as file:
            file.write(json.dumps(line) + "\n")
        say(json.dumps(line))

    first = recipe.first_picture
    vehicles = [draw_vehicle(first + k, hard=k % 3 == 2) for k in range(recipe.n_pictures)]
    extractor = ConceptExtractor(classifier, seed=recipe.seed).fit([vehicle.image for vehicle in vehicles])
    named = NamedSegments.of(extractor, vehicles)
    say(f"{len(named.names):,} named segments of {len(vehicles):,} pictures")
    space = train_space(named, recipe, log)
    writer = train_writer(space, named.graphs, recipe, log)
    save_narrator(out, space, writer, classifier)
    return out
