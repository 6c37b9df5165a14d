"""A model's files: where they are, that they are whole, and that nothing in them runs."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import SafetensorError
from transformers import (
    AutoImageProcessor,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
)
from transformers.utils import logging

from saii_widgets.core.errors import ModelError
from saii_widgets.engine.models.hub import hub_snapshot

EMBEDDED: Final = Path(__file__).parent / "embedded" / "clip"
CHECKSUMS: Final = "checksums.json"
_VOCABULARIES: Final = ("tokenizer.json", "vocab.json", "spiece.model", "tokenizer.model")
_PICKLES: Final = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")


@dataclass(frozen=True)
class Checkpoint:
    """A folder in transformers' format.

    Parameters
    ----------
    name, revision : str
        What results say they come from.
    folder : Path
        Holds config.json, safetensors, the image processor and the tokenizer.
    model_type : str
        As config.json has it.
    """

    name: str
    revision: str
    folder: Path
    model_type: str

    def weights(self, model_class: Any, dtype: torch.dtype) -> PreTrainedModel:
        """The model in evaluation mode.

        Raises
        ------
        ModelError
            Weights are missing, damaged or of another shape.
        """
        try:
            with _quiet():
                model, report = model_class.from_pretrained(
                    self.folder,
                    dtype=dtype,
                    use_safetensors=True,
                    trust_remote_code=False,
                    local_files_only=True,
                    output_loading_info=True,
                )
        except (SafetensorError, OSError, RuntimeError, ValueError, KeyError) as error:
            raise ModelError(
                f"the weights of a {self.model_type} model",
                f"files in {self.folder} that do not load: {error}",
                "Fetch the checkpoint anew.",
            ) from error
        missing = sorted(report["missing_keys"])
        if missing:
            raise ModelError(
                f"all weights of a whole {self.model_type} model ({model_class.__name__})",
                f"{self.folder}, which lacks {len(missing)} of them, such as {missing[0]}",
                "Take the checkpoint of the whole model, not of one tower and not without its head.",
            )
        return model.eval()

    def image_processor(self, processor_class: Any) -> Any:
        """The Pillow image processor, which needs no torchvision."""
        try:
            with _quiet():
                # only the automatic choice reads the backend
                chosen = {"backend": "pil"} if processor_class is AutoImageProcessor else {}
                return processor_class.from_pretrained(self.folder, local_files_only=True, **chosen)
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(
                "a description of how pictures are prepared (preprocessor_config.json or processor_config.json)",
                f"{self.folder} without a usable one: {error}",
                "Take it from the checkpoint that the weights came from.",
            ) from error

    def tokenizer(self) -> PreTrainedTokenizerBase:
        """The tokenizer; one that gives spans of characters where the files allow it."""
        try:
            # without any of these transformers makes an empty tokenizer and says nothing
            if not any((self.folder / file).exists() for file in _VOCABULARIES):
                raise FileNotFoundError(f"none of {', '.join(_VOCABULARIES)}")
            with _quiet():
                if (self.folder / "tokenizer.json").exists():
                    return PreTrainedTokenizerFast.from_pretrained(self.folder, local_files_only=True)
                return AutoTokenizer.from_pretrained(self.folder, local_files_only=True, trust_remote_code=False)
        except (OSError, ValueError, KeyError, ImportError) as error:
            raise ModelError(
                "a tokenizer (tokenizer.json)",
                f"{self.folder} without a usable one: {error}",
                "Take it from the checkpoint that the weights came from.",
            ) from error


def open_checkpoint(name: str, *, offline: bool | None = None) -> Checkpoint:
    """Find a checkpoint by "embedded", folder or hub name, and check its files before anything is loaded.

    Raises
    ------
    ModelError
        It is not there, is no model, holds only pickles, or is not what its checksums say.
    """
    if name == "embedded":
        folder, revision = EMBEDDED, "embedded"
        if not folder.is_dir():
            raise ModelError(
                "the embedded model",
                f"a package without its files ({folder})",
                "Install the package anew, or train the model with: saii train.",
            )
        revision = verify(folder)
    elif Path(name).expanduser().is_dir():
        folder = Path(name).expanduser().resolve()
        revision = verify(folder) if (folder / CHECKSUMS).exists() else _fingerprint(folder)
        name = folder.name
    elif _looks_like_a_path(name):
        raise ModelError("the folder of a model", f"{name}, which does not exist", "Check the path.")
    else:
        folder, revision = hub_snapshot(name, offline=offline)
    return Checkpoint(name, revision, folder, _model_type(folder))


def write_checksums(folder: Path) -> None:
    """Write the SHA-256 of every file of a model into its folder, so that a damaged one is refused."""
    sums = {p.name: _sha256(p) for p in sorted(folder.iterdir()) if p.is_file() and p.name != CHECKSUMS}
    (folder / CHECKSUMS).write_text(json.dumps(sums, indent=2) + "\n")


def verify(folder: Path) -> str:
    """Check every file of a folder against its checksums; the first 12 digits of the weights' are the revision.

    Raises
    ------
    ModelError
        No checksums, or a file that is missing or another.
    """
    try:
        sums: dict[str, str] = json.loads((folder / CHECKSUMS).read_text())
    except (OSError, ValueError) as error:
        raise ModelError(f"the checksums of {folder.name}", str(error), "Install the package anew.") from error
    for file, wanted in sums.items():
        path = folder / Path(file).name
        came = _sha256(path) if path.is_file() else "no such file"
        if came != wanted:
            raise ModelError(
                f"{path.name} with SHA-256 {wanted[:12]}...",
                f"{came[:12]}{'...' if path.is_file() else ''} in {folder}",
                "The file is damaged or was replaced: install the package anew, or fetch the checkpoint anew.",
            )
    return sums.get("model.safetensors", "")[:12]


def _fingerprint(folder: Path) -> str:
    """Tells two local checkpoints of one name apart without reading gigabytes: size and date of the weights."""
    stats = [p.stat() for p in sorted(folder.glob("*.safetensors"))]
    return hashlib.sha256(repr([(s.st_size, s.st_mtime_ns) for s in stats]).encode()).hexdigest()[:12]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _looks_like_a_path(name: str) -> bool:
    return name.startswith((".", "~", "/", "\\")) or Path(name).is_absolute() or name.count("/") > 1 or "\\" in name


def _model_type(folder: Path) -> str:
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        model_type = str(config["model_type"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            "a model in transformers' format (config.json with a model_type)",
            f"{folder} without one ({type(error).__name__})",
            "OpenCLIP's own format is not read: take the checkpoint in transformers' format.",
        ) from error
    if not list(folder.glob("*.safetensors")):
        pickles = sorted(p.name for pattern in _PICKLES for p in folder.glob(pattern))
        raise ModelError(
            "weights as safetensors",
            f"only pickles, which can run code: {', '.join(pickles)}" if pickles else f"no weights in {folder}",
            "Convert them where you trust them: model.save_pretrained(folder, safe_serialization=True).",
        )
    return model_type


@contextmanager
def _quiet() -> Iterator[None]:
    """No progress bars and no advice while loading; what is wrong is raised by us."""
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    advice = os.environ.get("TRANSFORMERS_NO_ADVISORY_WARNINGS")
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    os.environ["TRANSFORMERS_NO_ADVISORY_WARNINGS"] = "1"
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
        if advice is None:
            del os.environ["TRANSFORMERS_NO_ADVISORY_WARNINGS"]
        else:
            os.environ["TRANSFORMERS_NO_ADVISORY_WARNINGS"] = advice
