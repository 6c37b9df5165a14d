"""Reading attention out of an unmodified transformers model, through its attention interface."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS, eager_mask
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

NAME: Final = "saii_widgets"

Reader = Callable[[Tensor, Tensor, Tensor, Tensor | None, float], Tensor]
"""(queries (n, h, q, c), keys (n, h, t, c), values (n, h, t, c), mask, scaling) -> attended values (n, h, q, c)."""

_active = threading.local()
_one_reader = threading.RLock()  # a model's attention setting is shared by all threads


def _attend(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float,
    **_: Any,
) -> tuple[Tensor, None]:
    reader = getattr(_active, "readers", {}).get(module)
    if reader is not None:
        out = reader(query, key, value, attention_mask, scaling)
    else:
        out = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=attention_mask, scale=scaling)
    return out.transpose(1, 2).contiguous(), None


ALL_ATTENTION_FUNCTIONS.register(NAME, _attend)
ALL_MASK_ATTENTION_FUNCTIONS.register(NAME, eager_mask)


def probabilities(query: Tensor, key: Tensor, mask: Tensor | None, scaling: float) -> Tensor:
    """Attention probabilities A (n, h, q, t); the softmax is taken in float32 at least."""
    scores = query @ key.transpose(-1, -2) * scaling
    if mask is not None:
        scores = scores + mask
    exact = torch.float64 if scores.dtype == torch.float64 else torch.float32
    return scores.softmax(-1, dtype=exact).to(query.dtype)


@contextmanager
def reading(model: PreTrainedModel, readers: Mapping[nn.Module, Reader]) -> Iterator[None]:
    """Let `readers` compute the attention of their modules; all others run fused.

    The model's attention setting, mode and `requires_grad` flags are restored on the way out, also after an exception.
    Inside, the model is in evaluation mode and no weight asks for a gradient.
    """
    with _one_reader:
        before = getattr(_active, "readers", {})
        setting = _setting(model)
        training = [m for m in model.modules() if m.training]
        learning = [p for p in model.parameters() if p.requires_grad]
        try:
            for module in training:
                module.training = False
            for weight in learning:
                weight.requires_grad_(False)
            model.set_attn_implementation(NAME)
            _active.readers = dict(readers)
            yield
        finally:
            _active.readers = before
            model.set_attn_implementation(setting)
            for weight in learning:
                weight.requires_grad_(True)
            for module in training:
                module.training = True


def _setting(model: PreTrainedModel) -> dict[str, Any]:
    """The attention setting of the model and of each of its parts, as `set_attn_implementation` takes it."""
    parts = {name: getattr(model.config, name)._attn_implementation for name in model.config.sub_configs}
    return {"": model.config._attn_implementation, **parts}
