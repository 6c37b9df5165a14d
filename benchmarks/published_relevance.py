"""The published program of Chefer et al., run from the user's own clone on our weights.

    git clone https://github.com/hila-chefer/Transformer-MM-Explainability FOLDER

Its CLIP is `FOLDER/CLIP/clip/model.py`, its method the function `interpret` of `FOLDER/CLIP_explainability.ipynb`. Both
are read there at run time. One thing is changed: the method's `.cuda()`, which asks for a GPU, becomes `.to(device)`.
"""

from __future__ import annotations

import importlib
import json
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor


class PublishedRelevance:
    """`interpret` over the clone's own model class.

    Parameters
    ----------
    folder : Path
        The clone.
    model : transformers.CLIPModel
        Whose weights are used.
    """

    def __init__(self, folder: Path, model: Any) -> None:
        package = types.ModuleType("published_clip")
        package.__path__ = [str(folder / "CLIP" / "clip")]
        sys.modules["published_clip"] = package  # its own __init__ would ask for torchvision and ftfy
        vision, text = model.config.vision_config, model.config.text_config
        self._model = importlib.import_module("published_clip.model").CLIP(
            model.config.projection_dim,
            vision.image_size,
            vision.num_hidden_layers,
            vision.hidden_size,
            vision.patch_size,
            text.max_position_embeddings,
            text.vocab_size,
            text.hidden_size,
            text.num_attention_heads,
            text.num_hidden_layers,
        )
        self._model.load_state_dict(_their_names(model.state_dict()))
        self._model.eval()
        self._interpret = _method(folder / "CLIP_explainability.ipynb")

    def __call__(self, pixels: Tensor, ids: Tensor, start_layer: int, text_start_layer: int) -> tuple[Tensor, Tensor]:
        """Text relevance (M, 77, 77) and image relevance (M, patches) of one picture (1, 3, s, s) and ids (M, 77)."""
        return self._interpret(pixels, ids, self._model, pixels.device, start_layer, text_start_layer)


def _method(notebook: Path) -> Callable[..., tuple[Tensor, Tensor]]:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    source = next(text for text in sources if text.startswith("def interpret("))
    namespace: dict[str, Any] = {"torch": torch, "np": importlib.import_module("numpy")}
    namespace |= {"start_layer": -1, "start_layer_text": -1}
    exec(source.replace(".cuda()", ".to(device)"), namespace)
    return namespace["interpret"]


def _their_names(ours: dict[str, Tensor]) -> dict[str, Tensor]:
    """transformers' weights under the names of OpenAI's CLIP."""
    theirs = {
        "logit_scale": ours["logit_scale"],
        "text_projection": ours["text_projection.weight"].T,
        "visual.proj": ours["visual_projection.weight"].T,
        "visual.class_embedding": ours["vision_model.embeddings.class_embedding"],
        "visual.conv1.weight": ours["vision_model.embeddings.patch_embedding.weight"],
        "visual.positional_embedding": ours["vision_model.embeddings.position_embedding.weight"],
        "token_embedding.weight": ours["text_model.embeddings.token_embedding.weight"],
        "positional_embedding": ours["text_model.embeddings.position_embedding.weight"],
    }
    norms = {"visual.ln_pre": "vision_model.pre_layrnorm", "visual.ln_post": "vision_model.post_layernorm"}
    norms["ln_final"] = "text_model.final_layer_norm"
    blocks = {"visual.transformer": "vision_model", "transformer": "text_model"}
    parts = {"ln_1": "layer_norm1", "ln_2": "layer_norm2", "mlp.c_fc": "mlp.fc1", "mlp.c_proj": "mlp.fc2"}
    parts["attn.out_proj"] = "self_attn.out_proj"
    for their_tower, our_tower in blocks.items():
        n_layers = sum(key.startswith(our_tower) and key.endswith("mlp.fc1.weight") for key in ours)
        for k in range(n_layers):
            block, layer = f"{their_tower}.resblocks.{k}", f"{our_tower}.encoder.layers.{k}"
            norms |= {f"{block}.{their}": f"{layer}.{our}" for their, our in parts.items()}
            for kind in ("weight", "bias"):
                joined = torch.cat([ours[f"{layer}.self_attn.{x}_proj.{kind}"] for x in "qkv"])
                theirs[f"{block}.attn.in_proj_{kind}"] = joined
    for their, our in norms.items():
        theirs |= {f"{their}.{kind}": ours[f"{our}.{kind}"] for kind in ("weight", "bias")}
    return theirs
