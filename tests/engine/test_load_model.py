"""What load_model refuses, and what it says then."""

from __future__ import annotations

import json
import logging
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from huggingface_hub import constants
from safetensors.torch import load_file, save_file

from saii_widgets.core.errors import ModelError
from saii_widgets.engine.models import checkpoint, hub, load_model
from saii_widgets.engine.models.checkpoint import write_checksums
from tests.engine.tiny_models import save_tiny


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return save_tiny("clip", tmp_path / "tiny")


def edit_config(folder: Path, **changes: Any) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def no_network(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError("no network")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(hub, "snapshot_download", _missing)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))


def _missing(*_: Any, **settings: Any) -> str:
    assert settings["local_files_only"]
    raise FileNotFoundError("not in the cache")


@pytest.mark.parametrize("name", ["openai/clip-vit-base-patch32", "no-such-model"])
def test_a_hub_name_without_network_says_what_can_be_loaded(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    no_network(monkeypatch, tmp_path / "none")
    for key in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(key, raising=False)
    with pytest.raises(ModelError, match=r"cannot be reached.*'embedded'.*folder") as error:
        load_model(name)
    assert name in str(error.value)


def test_offline_asks_no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "_reachable", lambda: pytest.fail("asked the network"))
    monkeypatch.setattr(hub, "snapshot_download", _missing)
    with pytest.raises(ModelError, match="offline"):
        load_model("openai/clip-vit-base-patch32", offline=True)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match="offline"):
        load_model("openai/clip-vit-base-patch32")


def test_a_repository_with_pickles_alone_is_taken_at_the_hubs_conversion(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    class Hub:
        files = ("config.json", "pytorch_model.bin")

        def list_repo_files(self, _: str) -> tuple[str, ...]:
            return self.files

        def get_repo_discussions(self, _: str, **wanted: str) -> list[SimpleNamespace]:
            assert wanted["author"] == "SFconvertbot"
            return [SimpleNamespace(num=3, title="Adding `safetensors` variant of this model")]

    asked = []

    def download(_: str, *, revision: str | None, **settings: Any) -> str:
        asked.append((revision, settings["local_files_only"]))
        return str(folder)

    monkeypatch.setattr(hub, "_reachable", lambda: True)
    monkeypatch.setattr(hub, "HfApi", Hub)
    monkeypatch.setattr(hub, "snapshot_download", download)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    assert load_model("openai/some-clip", device="cpu").name == "openai/some-clip"
    monkeypatch.setattr(Hub, "files", ("config.json", "model.safetensors"))
    load_model("openai/some-clip", device="cpu")
    assert asked == [("refs/pr/3", False), (None, False)]


def test_a_path_that_is_not_there_is_never_looked_up_on_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "_reachable", lambda: pytest.fail("asked the network"))
    for path in ("./missing", "../a/b", "a/b/c"):
        with pytest.raises(ModelError, match="does not exist"):
            load_model(path)


def test_no_dual_encoder(folder: Path) -> None:
    edit_config(folder, model_type="vit")
    with pytest.raises(ModelError, match=r"'vit'.*clip, siglip, siglip2"):
        load_model(folder)


def test_no_model_at_all(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"config\.json"):
        load_model(tmp_path)
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(ModelError, match=r"config\.json"):
        load_model(tmp_path)


def test_pickles_are_refused_and_never_opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    monkeypatch.setattr(torch, "load", lambda *_, **__: pytest.fail("opened a pickle"))
    with pytest.raises(ModelError, match=r"safetensors.*pytorch_model\.bin.*safe_serialization"):
        load_model(folder)
    (folder / "pytorch_model.bin").unlink()
    with pytest.raises(ModelError, match="no weights"):
        load_model(folder)


def test_remote_code_is_never_run(folder: Path) -> None:
    (folder / "evil.py").write_text("raise SystemExit('ran remote code')")
    edit_config(folder, auto_map={"AutoModel": "evil.Model", "AutoConfig": "evil.Config"})
    assert load_model(folder, device="cpu").name == "tiny"


def test_damaged_weights(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:500])
    with pytest.raises(ModelError, match="do not load"):
        load_model(folder)


def test_weights_of_one_tower(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    kept = {k: v for k, v in weights.items() if k.startswith("vision_model")}
    save_file(kept, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(ModelError, match=r"lacks \d+ of them.*one tower"):
        load_model(folder)


def test_weights_of_another_shape(folder: Path) -> None:
    edit_config(folder, projection_dim=5)
    with pytest.raises(ModelError, match="weights of a clip model"):
        load_model(folder)


@pytest.mark.parametrize("file", ["tokenizer.json", "preprocessor_config.json"])
def test_missing_parts(folder: Path, file: str) -> None:
    (folder / file).unlink()
    with pytest.raises(ModelError, match=r"tokenizer|pictures are prepared"):
        load_model(folder)


def test_checksums(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "EMBEDDED", folder)
    write_checksums(folder)
    model = load_model("embedded", device="cpu")
    assert (model.name, len(model.revision)) == ("embedded", 12)
    weights = folder / "model.safetensors"
    changed = bytearray(weights.read_bytes())
    changed[-1] ^= 1
    weights.write_bytes(changed)
    with pytest.raises(ModelError, match=r"SHA-256.*damaged or was replaced"):
        load_model("embedded")
    with pytest.raises(ModelError, match="SHA-256"):
        load_model(folder)
    weights.unlink()
    with pytest.raises(ModelError, match="no such file"):
        load_model("embedded")
    (folder / checkpoint.CHECKSUMS).unlink()
    with pytest.raises(ModelError, match="checksums"):
        load_model("embedded")


def test_a_package_without_the_embedded_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(checkpoint, "EMBEDDED", tmp_path / "none")
    with pytest.raises(ModelError, match="saii train"):
        load_model()


def test_settings_are_checked_before_anything_is_read() -> None:
    with pytest.raises(ModelError, match="float32, bfloat16, float16"):
        load_model("embedded", precision="float8")
    with pytest.raises(ModelError, match="'auto'"):
        load_model("embedded", device="tpu")


def test_loading_is_quiet_and_leaves_the_log_as_it_was(
    folder: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger("transformers")
    before = logger.level
    load_model(folder, device="cpu")
    assert logger.level == before
    assert not caplog.records
    assert capsys.readouterr() == ("", "")
