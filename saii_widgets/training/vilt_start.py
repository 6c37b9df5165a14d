"""A matcher that begins with what the embedded CLIP knows: its picture tower below, layers that compare above."""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor, nn
from transformers import CLIPModel, ViltForImageAndTextRetrieval
from transformers.models.clip.modeling_clip import CLIPEncoderLayer
from transformers.models.vilt.modeling_vilt import ViltLayer

from saii_widgets.training.tokenizer import BEGIN, END
from saii_widgets.training.vilt_recipe import ViltRecipe


def new_matcher(clip: CLIPModel, pixels: Tensor, recipe: ViltRecipe) -> ViltForImageAndTextRetrieval:
    """A ViLT of the recipe's size; what has no counterpart in the CLIP is drawn from torch's global generator.

    Parameters
    ----------
    clip : CLIPModel
        Its layers become the first layers.
    pixels : Tensor, (b, 3, s, s)
        Some normalised pictures: ViLT has no layer norm between embeddings and layers, so the CLIP's one is folded
        into the embeddings with the mean of its divisor over these pictures.
    recipe : ViltRecipe
    """
    config = recipe.config(clip.config)
    model = ViltForImageAndTextRetrieval(config)
    for name, weight in model.named_parameters():
        if weight.dim() == 2 and "embedding" not in name:
            nn.init.xavier_uniform_(weight)
    with torch.no_grad():
        _fold_embeddings(model, clip, pixels)
        lower = cast(list[CLIPEncoderLayer], list(clip.vision_model.encoder.layers))
        layers = cast(list[ViltLayer], list(model.vilt.encoder.layer))
        for ours, theirs in zip(layers, lower, strict=False):
            _copy_layer(ours, theirs)
        for ours in layers[len(lower) :]:  # alike things attend to one another from the start
            ours.attention.attention.key.weight.copy_(ours.attention.attention.query.weight)
            ours.attention.output.dense.weight.mul_(0.5)
            ours.output.dense.weight.mul_(0.5)
        model.vilt.layernorm.load_state_dict(clip.vision_model.post_layernorm.state_dict())
        _say_words_as_patches_show_them(model, clip)
    return model


def _fold_embeddings(model: ViltForImageAndTextRetrieval, clip: CLIPModel, pixels: Tensor) -> None:
    vision, ours = clip.vision_model, model.vilt.embeddings
    norm = vision.pre_layrnorm
    embedded = vision.embeddings(pixels)  # (b, 1 + n, w)
    spread = (embedded.var(-1, unbiased=False) + norm.eps).sqrt()  # (b, 1 + n)
    gain = norm.weight / spread[:, 1:].mean()
    kernel = vision.embeddings.patch_embedding.weight  # (w, 3, p, p)
    places = vision.embeddings.position_embedding.weight  # (1 + n, w)
    ours.patch_embeddings.projection.weight.copy_((kernel - kernel.mean(0)) * gain[:, None, None, None])
    cast(Tensor, ours.patch_embeddings.projection.bias).copy_(norm.bias)
    ours.position_embeddings[0, 1:].copy_((places[1:] - places[1:].mean(-1, keepdim=True)) * gain)
    ours.position_embeddings[0, 0].zero_()
    ours.cls_token[0, 0].copy_(norm(embedded[0, 0]))  # no pixel reaches the class token here, so this is exact
    ours.token_type_embeddings.weight.zero_()


def _copy_layer(ours: ViltLayer, theirs: CLIPEncoderLayer) -> None:
    pairs: list[tuple[Any, Any]] = [
        (ours.attention.attention.query, theirs.self_attn.q_proj),
        (ours.attention.attention.key, theirs.self_attn.k_proj),
        (ours.attention.attention.value, theirs.self_attn.v_proj),
        (ours.attention.output.dense, theirs.self_attn.out_proj),
        (ours.layernorm_before, theirs.layer_norm1),
        (ours.layernorm_after, theirs.layer_norm2),
        (ours.intermediate.dense, theirs.mlp.fc1),
        (ours.output.dense, theirs.mlp.fc2),
    ]
    for mine, its in pairs:
        mine.load_state_dict(its.state_dict())


def _say_words_as_patches_show_them(model: ViltForImageAndTextRetrieval, clip: CLIPModel) -> None:
    """Each word begins as the direction in which a patch would be projected onto the word's own text embedding."""
    vocabulary = torch.arange(clip.text_model.embeddings.token_embedding.num_embeddings)
    ends = torch.ones_like(vocabulary)
    tokens = torch.stack([ends * BEGIN, vocabulary, ends * END], 1)  # (v, 3)
    text = clip.text_projection(clip.text_model(input_ids=tokens).pooler_output)
    direction = nn.functional.normalize(text, dim=-1) @ clip.visual_projection.weight  # (v, w)
    ours = model.vilt.embeddings.text_embeddings
    ours.word_embeddings.weight.copy_(nn.functional.normalize(direction, dim=-1))
    nn.init.normal_(ours.position_embeddings.weight, std=0.02)
    ours.token_type_embeddings.weight.zero_()
