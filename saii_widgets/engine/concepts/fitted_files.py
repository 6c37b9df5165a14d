"""A fitted explainer on disk: numbers as safetensors, all else as JSON, and nothing that runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from PIL import Image
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from saii_widgets.core.errors import ModelError
from saii_widgets.engine.concepts.codebook import Codebook
from saii_widgets.engine.concepts.concept import Concept
from saii_widgets.engine.concepts.extractor import ConceptExtractor
from saii_widgets.engine.concepts.reasoning_network import ReasoningNetwork

if TYPE_CHECKING:
    from saii_widgets.engine.models.classifier import Classifier

NUMBERS: Final = "concepts.safetensors"
ABOUT: Final = "concepts.json"
_FORMAT: Final = "saii-concepts"
_VERSION: Final = 2


def write_fitted(
    folder: Path, extractor: ConceptExtractor, network: ReasoningNetwork, settings: dict[str, Any]
) -> Path:
    """Write a fitted extractor and its network into a folder, which is made where it is missing."""
    assert extractor.codebook is not None
    tensors = {
        f"codebook.{name}": torch.from_numpy(np.ascontiguousarray(a)) for name, a in extractor.codebook.arrays().items()
    }
    tensors |= {f"network.{name}": tensor.detach().cpu().contiguous() for name, tensor in network.state_dict().items()}
    for k, concept in enumerate(extractor.concepts):
        if concept.examples:
            tensors[f"examples.{k}"] = torch.from_numpy(np.stack([np.array(image) for image in concept.examples]))
    reader, classifier = extractor.reader, extractor.classifier
    about = {
        "format": _FORMAT,
        "version": _VERSION,
        "classifier": {"name": classifier.name, "revision": classifier.revision, "labels": list(classifier.labels)},
        "classes": list(extractor.classes),
        "concepts": [
            {"label": concept.label, "share": concept.share, "importance": dict(concept.importance)}
            for concept in extractor.concepts
        ],
        "extractor": {
            "layers": list(reader.layers),
            "threshold": reader.threshold,
            "inside": reader.inside,
            "segments": list(reader.segments),
            "seed": extractor.seed,
        },
        "network": {"width": network.width, "edges": network.with_edges, "seed": network.seed},
        "settings": settings,
    }
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / NUMBERS)
    (folder / ABOUT).write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return folder


def read_fitted(folder: Path, classifier: Classifier) -> tuple[ConceptExtractor, ReasoningNetwork, dict[str, Any]]:
    """Read what :func:`write_fitted` wrote, for the classifier that was fitted.

    Raises
    ------
    ModelError
        No such files, damaged ones, or another classifier.
    """
    try:
        about = json.loads((folder / ABOUT).read_text("utf-8"))
        tensors = load_file(folder / NUMBERS)
        if (about["format"], about["version"]) != (_FORMAT, _VERSION):
            raise ValueError(f"{about['format']!r}, version {about['version']!r}")
        fitted = about["classifier"]
        concepts = tuple(
            Concept(
                str(entry["label"]),
                float(entry["share"]),
                {str(name): float(x) for name, x in entry["importance"].items()},
                tuple(Image.fromarray(a) for a in tensors[f"examples.{k}"].numpy())
                if f"examples.{k}" in tensors
                else (),
            )
            for k, entry in enumerate(about["concepts"])
        )
        codebook = Codebook.from_arrays(_under("codebook.", tensors, numpy=True))
        if codebook.n_concepts != len(concepts):
            raise ValueError(f"{len(concepts)} concepts in a codebook of {codebook.n_concepts}")
        n_features = len(codebook.mean)
        shape = about["network"]
        network = ReasoningNetwork(
            [concept.label for concept in concepts],
            about["classes"],
            n_features,
            width=shape["width"],
            edges=shape["edges"],
            seed=shape["seed"],
        )
        network.load_state_dict(_under("network.", tensors))
        settings = dict(about["settings"])
        entry = about["extractor"]
        came = (classifier.name, classifier.revision, list(classifier.labels))
    except (OSError, SafetensorError, KeyError, TypeError, ValueError, RuntimeError, AttributeError) as error:
        raise ModelError(
            f"a folder as ConceptExplainer.save writes it, with {NUMBERS} and {ABOUT}",
            f"{folder.name}: {error}",
            "Fit anew, or fetch the folder again.",
        ) from error
    if came != (fitted["name"], fitted["revision"], fitted["labels"]):
        raise ModelError(
            f"the classifier that was fitted, {fitted['name']!r} (revision {fitted['revision']!r}) with "
            f"{len(fitted['labels'])} classes",
            f"{classifier.name!r} (revision {classifier.revision!r}) with {len(classifier.labels)}",
            "Load that one, or fit anew.",
        )
    extractor = ConceptExtractor(
        classifier, n_concepts=len(concepts), n_clusters=len(codebook.centres), **{k: entry[k] for k in sorted(entry)}
    )
    extractor.codebook, extractor.concepts, extractor.classes = codebook, concepts, tuple(about["classes"])
    return extractor, network.eval(), settings


def _under(start: str, tensors: dict[str, torch.Tensor], *, numpy: bool = False) -> dict[str, Any]:
    return {k.removeprefix(start): v.numpy() if numpy else v for k, v in tensors.items() if k.startswith(start)}
