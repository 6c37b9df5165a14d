"""The narrator's files: safetensors and JSON, nothing that runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from saii_widgets.core.errors import ModelError
from saii_widgets.engine.concepts.graph_writer import GraphWriter
from saii_widgets.engine.concepts.joint_space import JointSpace
from saii_widgets.engine.models.checkpoint import verify, write_checksums
from saii_widgets.engine.models.classifier import Classifier

EMBEDDED: Final = Path(__file__).parents[1] / "models" / "embedded" / "narrator"
_FORMAT: Final = "saii-narrator"
_VERSION: Final = 2
#: The T5's two embeddings of tokens and its output are one matrix, which is kept once.
_SAME: Final = ("t5.encoder.embed_tokens.weight", "t5.decoder.embed_tokens.weight", "t5.lm_head.weight")


def save_narrator(folder: Path, space: JointSpace, writer: GraphWriter, classifier: Classifier) -> None:
    """Write weights in half precision, settings and checksums."""
    settings = {
        "format": _FORMAT,
        "version": _VERSION,
        "classifier": {"name": classifier.name, "revision": classifier.revision},
        "space": space.settings,
        "writer": writer.settings,
    }
    (folder / "config.json").write_text(json.dumps(settings, indent=1) + "\n")
    state = {f"space.{name}": tensor for name, tensor in space.state_dict().items()}
    state |= {f"writer.{name}": tensor for name, tensor in writer.state_dict().items() if name not in _SAME}
    half = {name: tensor.half().contiguous() for name, tensor in state.items()}
    save_file(half, folder / "model.safetensors", metadata={"format": "pt"})
    write_checksums(folder)


def load_narrator(folder: Path) -> tuple[JointSpace, GraphWriter, dict[str, str]]:
    """The joint space, the writer, and the classifier whose features they read.

    Raises
    ------
    ModelError
        Files that are missing, damaged or of another version.
    """
    verify(folder)
    try:
        settings: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        if (settings["format"], settings["version"]) != (_FORMAT, _VERSION):
            raise ValueError(f"format {settings['format']!r}, version {settings['version']!r}")
        space, writer = JointSpace(**settings["space"]), GraphWriter(**settings["writer"])
        state = {name: tensor.float() for name, tensor in load_file(folder / "model.safetensors").items()}
        _fill(space, {name[6:]: tensor for name, tensor in state.items() if name.startswith("space.")}, ())
        _fill(writer, {name[7:]: tensor for name, tensor in state.items() if name.startswith("writer.")}, _SAME)
        return space.eval(), writer.eval(), dict(settings["classifier"])
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise ModelError(
            "a narrator (config.json and model.safetensors, as `saii train narrator` writes them)",
            f"{folder.name}: {error}",
            "Install the package anew, or train one.",
        ) from error


def _fill(module: torch.nn.Module, state: dict[str, torch.Tensor], tied: tuple[str, ...]) -> None:
    report = module.load_state_dict(state, strict=False)
    if report.unexpected_keys or set(report.missing_keys) - set(tied):
        raise ValueError(f"weights that do not fit: {[*report.unexpected_keys, *report.missing_keys][:3]}")
