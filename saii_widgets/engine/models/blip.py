"""BLIP: image-text matching, and question answering with an answer in view."""

from __future__ import annotations

from typing import Any, Final

import torch
from torch import Tensor
from transformers import BlipForImageTextRetrieval, BlipForQuestionAnswering
from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil

from saii_widgets.core.errors import ModelError
from saii_widgets.engine.models.fusion_model import FusionModel


class Blip(FusionModel):
    """A `BlipForImageTextRetrieval` (its matching head), or a `BlipForQuestionAnswering` with one answer in view.

    The logit of a matcher is that of "match" less that of "no match", so that its sigmoid is the model's probability.
    An answering model writes its answer; its score is the log-probability of `answer`, and its probability is that
    without the log.
    """

    def _max_tokens(self) -> int:
        return int(self.model.config.text_config.max_position_embeddings)

    def _patch_size(self) -> int:
        return int(self.model.config.vision_config.patch_size)

    def _check_answer(self) -> None:
        self._writes = isinstance(self.model, BlipForQuestionAnswering)
        if self._writes == (self.answer is None):
            raise ModelError(
                "an answer to score, for a model that answers questions" if self._writes else "a model that answers",
                f"none for {self.name}" if self._writes else f"{self.name}, a matcher",
                "Pass answer='yes'." if self._writes else "Leave out answer=.",
            )

    def _patch_tokens(self, pixels: Tensor) -> Tensor:
        return self.model.vision_model.embeddings(pixels)

    def _outputs(self, tokens: Tensor, ids: Tensor, mask: Tensor) -> Tensor:
        vision: Any = self.model.vision_model
        picture = vision.post_layernorm(vision.encoder(inputs_embeds=tokens).last_hidden_state)
        everywhere = torch.ones(picture.shape[:2], dtype=torch.long, device=picture.device)
        said = self.model.text_encoder(
            input_ids=ids,
            attention_mask=mask,
            encoder_hidden_states=picture,
            encoder_attention_mask=everywhere,
        ).last_hidden_state
        return self._chance_of_answer(said, mask) if self._writes else self.model.itm_head(said[:, 0])

    def _chance_of_answer(self, question: Tensor, mask: Tensor) -> Tensor:
        """Log-probability (k, 1) of the answer, token after token.

        The decoder's layers drop the mask over the question (transformers 5.23), so it is given what stays of it.
        """
        text = self.model.config.text_config
        own = self.tokenizer(str(self.answer), add_special_tokens=False)["input_ids"]
        ids = torch.tensor([text.bos_token_id, *own, text.sep_token_id], device=question.device)
        found = torch.zeros(len(question), 1, dtype=question.dtype, device=question.device)
        for size in mask.sum(1).unique().tolist():
            rows = mask.sum(1) == size
            stays = question[rows][mask[rows].bool()].view(-1, size, question.shape[-1])
            given = ids[:-1].expand(len(stays), -1)
            logits = self.model.text_decoder(input_ids=given, encoder_hidden_states=stays).logits  # (k, t, vocabulary)
            exact = logits.to(torch.promote_types(logits.dtype, torch.float32)).log_softmax(-1)
            chances = exact.gather(2, ids[1:].expand(len(stays), -1)[..., None])
            found[rows] = chances.sum(1).to(found.dtype)
        return found

    def _logit(self, outputs: Tensor, reference: Tensor) -> Tensor:  # noqa: ARG002
        return outputs[:, 0] if self._writes else outputs[:, 1] - outputs[:, 0]

    def _probability(self, logit: Tensor) -> Tensor:
        return logit.exp() if self._writes else logit.sigmoid()


FUSION_TYPES: Final = {
    "blip": (
        Blip,
        {
            "BlipForImageTextRetrieval": BlipForImageTextRetrieval,
            "BlipForQuestionAnswering": BlipForQuestionAnswering,
        },
        BlipImageProcessorPil,
    )
}
