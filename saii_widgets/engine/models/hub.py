"""Checkpoints of the Hugging Face hub, or of its cache on this machine."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from huggingface_hub import HfApi, constants, scan_cache_dir, snapshot_download
from huggingface_hub.errors import (
    CacheNotFound,
    GatedRepoError,
    HFValidationError,
    HTTPError,  # pyright: ignore[reportPrivateImportUsage]
    RepositoryNotFoundError,
)

from saii_widgets.core.errors import ModelError

_FILES: Final = ["*.json", "model*.safetensors", "*.txt", "*.model"]
_CONVERTER: Final = "SFconvertbot"  # the hub's own account that offers pickles again as safetensors


def hub_snapshot(name: str, *, offline: bool | None = None) -> tuple[Path, str]:
    """Folder and revision of a checkpoint, fetched if the hub can be asked, else from the cache.

    Parameters
    ----------
    name : str
        "owner/name" on the hub.
    offline : bool, optional
        Ask no hub; by default what HF_HUB_OFFLINE says.

    Raises
    ------
    ModelError
        No such model, no access to it, or no network; the message says what can be loaded here.
    """
    refused = constants.HF_HUB_OFFLINE if offline is None else offline
    offline = refused or not _reachable()
    try:
        revision = None if offline else _safe_revision(name)
        folder = snapshot_download(name, revision=revision, allow_patterns=_FILES, local_files_only=offline)
    except GatedRepoError as error:
        raise ModelError(
            f"access to {name!r}", "a model whose licence is not yet accepted", "Accept it on the hub and log in."
        ) from error
    except (RepositoryNotFoundError, HFValidationError) as error:
        raise ModelError("the name of a model", f"{name!r}, which the hub does not know", _here()) from error
    except (HTTPError, OSError) as error:
        why = "the hub is not to be asked (offline)" if refused else "the hub cannot be reached"
        raise ModelError(f"the model {name!r}", f"{why}, and its cache here does not hold it", _here()) from error
    return Path(folder), Path(folder).name


def _reachable() -> bool:
    """Whether the hub answers at all; the hub's own client would try for half a minute."""
    if any(os.environ.get(key) for key in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")):
        return True
    parts = urlsplit(constants.ENDPOINT)
    try:
        with socket.create_connection((parts.hostname, parts.port or 443), timeout=5):
            return True
    except OSError:
        return False


def _safe_revision(name: str) -> str | None:
    """The main revision where it has safetensors, else the hub's own conversion of it."""
    api = HfApi()
    if any(file.endswith(".safetensors") for file in api.list_repo_files(name)):
        return None
    offers = api.get_repo_discussions(name, author=_CONVERTER, discussion_type="pull_request")
    return next((f"refs/pr/{offer.num}" for offer in offers if "safetensors" in offer.title), None)


def _here() -> str:
    """What can be loaded on this machine."""
    try:
        cached = sorted(repo.repo_id for repo in scan_cache_dir().repos if repo.repo_type == "model")
    except CacheNotFound:
        cached = []
    known = ", ".join(repr(name) for name in ["embedded", *cached])
    return f"Here these can be loaded: {known}, or a folder in transformers' format by its path."
