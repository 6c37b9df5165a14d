"""Tiny random image classifiers, one a family."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from transformers import (
    ConvNextConfig,
    ConvNextForImageClassification,
    ConvNextImageProcessorPil,
    DeiTConfig,
    DeiTForImageClassification,
    DeiTImageProcessorPil,
    ResNetConfig,
    ResNetForImageClassification,
    SwinConfig,
    SwinForImageClassification,
    ViTConfig,
    ViTForImageClassification,
    ViTImageProcessorPil,
)

LABELS = ("bus", "van", "taxi")
_SIDE = {"height": 32, "width": 32}
_NAMES: dict[str, Any] = {"id2label": dict(enumerate(LABELS)), "label2id": {n: k for k, n in enumerate(LABELS)}}
_VIT: dict[str, Any] = {
    "hidden_size": 16,
    "num_hidden_layers": 4,
    "num_attention_heads": 2,
    "intermediate_size": 24,
    "image_size": 32,
    "patch_size": 8,
    **_NAMES,
}


def _resnet() -> tuple[Any, Any]:
    config = ResNetConfig(embedding_size=8, hidden_sizes=[8, 12, 16], depths=[1, 2, 1], layer_type="basic", **_NAMES)
    return ResNetForImageClassification(config), ViTImageProcessorPil(size=_SIDE)


def _convnext() -> tuple[Any, Any]:
    config = ConvNextConfig(hidden_sizes=[8, 12, 16, 20], depths=[1, 1, 1, 1], image_size=64, **_NAMES)
    return ConvNextForImageClassification(config), ConvNextImageProcessorPil(size={"shortest_edge": 64})


def _vit() -> tuple[Any, Any]:
    return ViTForImageClassification(ViTConfig(**_VIT)), ViTImageProcessorPil(size=_SIDE)


def _deit() -> tuple[Any, Any]:
    processor = DeiTImageProcessorPil(size={"height": 40, "width": 40}, crop_size=_SIDE)
    return DeiTForImageClassification(DeiTConfig(**_VIT)), processor


def _swin() -> tuple[Any, Any]:
    config = SwinConfig(
        image_size=32, patch_size=2, embed_dim=8, depths=[1, 1, 1], num_heads=[1, 2, 2], window_size=4, **_NAMES
    )
    return SwinForImageClassification(config), ViTImageProcessorPil(size=_SIDE)


FAMILIES = {"resnet": _resnet, "convnext": _convnext, "vit": _vit, "deit": _deit, "swin": _swin}


def save_tiny_classifier(family: str, folder: Path) -> Path:
    """A folder in transformers' format; batch normalisation has seen something, and heads say something."""
    torch.manual_seed(0)
    model, processor = FAMILIES[family]()
    model.train()
    with torch.no_grad():
        for _ in range(3):
            model(pixel_values=torch.randn(4, 3, *((64, 64) if family == "convnext" else (32, 32))))
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.add_(0.1 * torch.randn_like(parameter))
    model.eval().save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder
