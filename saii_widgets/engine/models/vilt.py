"""ViLT: image-text matching and question answering, and the embedded matcher."""

from __future__ import annotations

from typing import Any, Final

import torch
from torch import Tensor
from transformers import ViltForImageAndTextRetrieval, ViltForQuestionAnswering
from transformers.models.vilt.image_processing_pil_vilt import ViltImageProcessorPil

from saii_widgets.core.errors import ModelError
from saii_widgets.engine.models.fusion_model import FusionModel


class Vilt(FusionModel):
    """A `ViltForImageAndTextRetrieval`, or a `ViltForQuestionAnswering` with one answer in view.

    The score of a matcher is its one logit; that of an answering model is the logit of `answer`, or, where none is
    given, of the answer that the whole pair gets. The model's own patch sampling, which puts patches in random order,
    is left out: the order of tokens changes nothing but the last digits.
    """

    def _max_tokens(self) -> int:
        return int(self.model.config.max_position_embeddings)

    def _patch_size(self) -> int:
        return int(self.model.config.patch_size)

    def _check_answer(self) -> None:
        self._answer: int | None = None
        if not isinstance(self.model, ViltForQuestionAnswering):
            if self.answer is not None:
                raise ModelError("a model that answers questions", f"{self.name}, a matcher", "Leave out answer=.")
            return
        if self.answer is not None:
            known: dict[str, Any] = self.model.config.label2id or {}
            if self.answer not in known:
                some = ", ".join(list(known)[:8])
                raise ModelError("an answer that the model can give", repr(self.answer), f"Such as: {some}.")
            self._answer = int(known[self.answer])

    def _patch_tokens(self, pixels: Tensor) -> Tensor:
        parts: Any = self.model.vilt.embeddings
        patches = parts.patch_embeddings(pixels)  # (1, w, rows, columns)
        side = self.model.config.image_size // self._patch_size()
        places = parts.position_embeddings[:, 1:].transpose(1, 2).unflatten(2, (side, side))
        if patches.shape[2:] != (side, side):
            places = torch.nn.functional.interpolate(
                places, size=patches.shape[2:], mode="bilinear", align_corners=True
            )
        first = parts.cls_token + parts.position_embeddings[:, :1]
        return torch.cat([first, (patches + places).flatten(2).transpose(1, 2)], 1)

    def _outputs(self, tokens: Tensor, ids: Tensor, mask: Tensor) -> Tensor:
        everywhere = torch.ones(tokens.shape[:2], dtype=torch.long, device=tokens.device)
        return self.model(input_ids=ids, attention_mask=mask, image_embeds=tokens, pixel_mask=everywhere).logits

    def _logit(self, outputs: Tensor, reference: Tensor) -> Tensor:
        if outputs.shape[1] == 1:
            return outputs[:, 0]
        if self._answer is not None:
            return outputs[:, self._answer]
        return outputs.gather(1, reference.argmax(1, keepdim=True).expand(len(outputs), 1))[:, 0]


FUSION_TYPES: Final = {
    "vilt": (
        Vilt,
        {
            "ViltForImageAndTextRetrieval": ViltForImageAndTextRetrieval,
            "ViltForQuestionAnswering": ViltForQuestionAnswering,
        },
        ViltImageProcessorPil,
    )
}
