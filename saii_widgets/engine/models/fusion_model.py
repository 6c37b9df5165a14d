"""Models that read a picture and a caption together, and say one number about the pair; a family file adds its own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError, ModelError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin
from saii_widgets.core.scene import Scene
from saii_widgets.core.text import Caption
from saii_widgets.engine.models.caption_reader import CaptionReader
from saii_widgets.engine.models.masked_pair import CaptionParts, MaskedPair, PictureParts
from saii_widgets.engine.models.model import CAPTION_MASKINGS, IMAGE_MASKINGS, CaptionMasking, ImageMasking
from saii_widgets.engine.pairing import as_captions
from saii_widgets.engine.runtime import Progress, in_batches

Value = Literal["probability", "logit"]


class FusionModel(CaptionReader, ABC):
    """A fusion model over an unmodified transformers model.

    Parameters
    ----------
    model : PreTrainedModel
        On its device, in its precision.
    image_processor, tokenizer
        The checkpoint's own.
    name, revision : str
        What results say they come from.
    answer : str, optional
        Of a model that answers questions: the answer that is scored. The captions are the questions then.
    """

    probability: Literal["softmax", "sigmoid"] = "sigmoid"
    image_maskings = IMAGE_MASKINGS
    caption_maskings = CAPTION_MASKINGS
    unit = "logit"
    batch = 128
    pairs_left = None
    model: Any

    def __init__(
        self,
        model: PreTrainedModel,
        image_processor: Callable[..., Mapping[str, Tensor]],
        tokenizer: PreTrainedTokenizerBase,
        *,
        name: str,
        revision: str = "",
        answer: str | None = None,
    ) -> None:
        self.model, self.image_processor = model, image_processor
        self.revision, self.answer = revision, answer
        super().__init__(tokenizer, self._max_tokens(), name)
        self.device, self.dtype = model.device, model.dtype
        self._check_answer()

    @abstractmethod
    def _max_tokens(self) -> int: ...

    @abstractmethod
    def _check_answer(self) -> None:
        """Refuse an answer that the model can't give, or one for a model that matches."""

    @abstractmethod
    def _patch_size(self) -> int: ...

    @abstractmethod
    def _patch_tokens(self, pixels: Tensor) -> Tensor:
        """What the first layer is given of one picture (1, 3, h, w): (1, 1 + patches, width), affine in the pixels."""

    @abstractmethod
    def _outputs(self, tokens: Tensor, ids: Tensor, mask: Tensor) -> Tensor:
        """Outputs (k, classes) of such tokens, or some of them, (k, t, width) with captions (k, l)."""

    @abstractmethod
    def _logit(self, outputs: Tensor, reference: Tensor) -> Tensor:
        """Scores (k,) of outputs (k, classes); `reference` (1 or k, classes) has the whole pair's."""

    @property
    def patch_grid(self) -> tuple[int, int]:
        """Rows and columns of patches of a square picture."""
        config: Any = self.model.config
        size = getattr(config, "vision_config", config).image_size
        return (size // self._patch_size(),) * 2

    def patch_axis(self, image: Image.Image) -> Axis:
        """The patches of a picture, with their boxes as shares of it."""
        return Axis.patches(*self._grid(self.pixels(image)))

    @property
    def about(self) -> dict[str, Any]:
        """The answer that is scored, of a model that answers questions."""
        return {} if self.answer is None else {"answer": self.answer}

    def pad(self, rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
        """Token ids (k, t), padded on the right, and which of them are real."""
        inputs = self._padded(rows, max(map(len, rows)))
        return inputs["input_ids"], inputs["attention_mask"]

    def pixels(self, image: Image.Image) -> Tensor:
        """One picture as the model is given it, (1, 3, height, width)."""
        inputs = self.image_processor([image.convert("RGB")], return_tensors="pt")
        return inputs["pixel_values"].to(self.device, self.dtype)

    def image_tokens(self, pixels: Tensor) -> Tensor:
        """What the first layer is given of one picture, (1 + patches, width): the class token first."""
        with self.asked():
            return self._patch_tokens(pixels)[0]

    def outputs(self, tokens: Tensor, ids: Tensor, mask: Tensor) -> Tensor:
        """What the model says of tokens (k, t, width) with captions (k, l) of which `mask` is read, (k, classes)."""
        with self.asked():
            out = self._outputs(tokens, ids.to(self.device), mask.to(self.device))
        exact = torch.promote_types(out.dtype, torch.float32)
        return out.to(exact)

    def read(self, outputs: Tensor, reference: Tensor, value: Value) -> NDArray[np.float64]:
        """Scores (k,) of outputs (k, classes); `reference` has those of the whole pairs, for the answer that counts.

        Raises
        ------
        ModelError
            NaN or infinity.
        """
        logit = self._logit(outputs, reference).double()
        if not bool(torch.isfinite(logit).all()):
            raise ModelError(
                "finite scores",
                f"an overflow of {str(self.dtype).removeprefix('torch.')} inside {self.name}",
                "Load the model with precision='bfloat16' or 'float32'.",
            )
        return (self._probability(logit) if value == "probability" else logit).cpu().numpy()

    def _probability(self, logit: Tensor) -> Tensor:
        return logit.sigmoid()

    def score(
        self,
        images: Sequence[Image.Image],
        captions: Sequence[Caption | str],
        *,
        value: Value = "logit",
        progress: Progress | None = None,
    ) -> NDArray[np.float64]:
        """Scores (n,) of n pictures with their n captions.

        Raises
        ------
        InputError
            Not as many captions as pictures, or none.
        CaptionError
            A caption is longer than the model reads.
        """
        read = as_captions(captions)
        if len(images) != len(read) or not read:
            raise InputError(
                "as many captions as pictures, a pair each",
                f"{len(images)} pictures and {len(read)} captions",
                "For all pairs of N pictures and M captions call logits(images, captions).",
            )
        for caption in read:
            self.check(caption)
        different = {id(image): image for image in images}
        tokens = {key: self.image_tokens(self.pixels(image)) for key, image in different.items()}
        sizes = np.array([len(tokens[id(image)]) for image in images])
        found = np.zeros(len(read))
        for size in np.unique(sizes):  # pictures of one shape at a time
            rows = np.flatnonzero(sizes == size)

            def work(batch: range, rows: NDArray[np.intp] = rows) -> NDArray[np.float64]:
                chosen = rows[batch.start : batch.stop]
                ids, mask = self.pad([self.token_ids(read[k].text) for k in chosen])
                out = self.outputs(torch.stack([tokens[id(images[k])] for k in chosen]), ids, mask)
                return self.read(out, out, value)

            parts = in_batches(
                len(rows),
                work,
                device=self.device,
                bytes_each=self.pass_bytes(int(size)),
                progress=progress,
                label="pairs",
            )
            found[rows] = np.concatenate(list(parts))
        return found

    def logits(self, images: Sequence[Image.Image], captions: Sequence[Caption | str]) -> Explanation:
        """Logits over (image, caption) with the companion "probabilities": N x M forward passes (MATH.md 1)."""
        read = as_captions(captions)
        n, m = len(images), len(read)
        values = self.score([image for image in images for _ in read], read * n).reshape(n, m)
        shown: dict[str, Any] = {
            "axes": (Axis.images([f"image {k + 1}" for k in range(n)]), Axis.captions(read)),
            "origin": Origin.now(
                model=self.name,
                revision=self.revision,
                method="logits",
                settings={"probability": self.probability, "answer": self.answer},
                encoder_passes=n * m,
            ),
            "images": tuple(images),
            "captions": tuple(read),
        }
        share = self._probability(torch.from_numpy(values)).numpy().astype(np.float32)
        probabilities = Explanation(share, unit="probability", title="Probability of each pair", **shown)
        return Explanation(
            values.astype(np.float32),
            unit="logit",
            title="Logits",
            companions={"probabilities": probabilities},
            **shown,
        )

    def mask_pair(
        self,
        image: Image.Image,
        caption: Caption,
        image_players: PictureParts | None = None,
        caption_players: CaptionParts | None = None,
        *,
        image_masking: ImageMasking = "mean",
        caption_masking: CaptionMasking = "attention",
        value: Value = "logit",
    ) -> MaskedPair:
        """The pair ready to be scored with some of its players only; by default patches and words.

        Raises
        ------
        CaptionError
            The caption is longer than the model reads.
        """
        self.check(caption)
        return MaskedPair(self, image, caption, image_players, caption_players, image_masking, caption_masking, value)

    def score_coalitions(
        self,
        scene: Scene,
        keep_image: NDArray[np.bool_],
        keep_words: NDArray[np.bool_],
        *,
        image_masking: ImageMasking = "mean",
        caption_masking: CaptionMasking = "attention",
        value: Value = "logit",
    ) -> NDArray[np.float64]:
        """Scores (K,) of a scene of which patches (K, patches) and words (K, words) are kept."""
        if scene.caption is None:
            raise InputError("a scene with a caption", f"{scene!r} without one", "Pass Scene.open(file, caption).")
        pair = self.mask_pair(
            scene.image, scene.caption, image_masking=image_masking, caption_masking=caption_masking, value=value
        )
        return pair(keep_image, keep_words)

    def pass_bytes(self, n_tokens: int) -> int:
        """Expected memory of one pair of `n_tokens` picture tokens."""
        config: Any = self.model.config
        config = getattr(config, "vision_config", config)
        tokens = n_tokens + self.max_tokens
        per_token = 8 * config.hidden_size + 3 * config.intermediate_size
        size = torch.finfo(self.dtype).bits // 8
        return size * (tokens * per_token + 3 * config.num_attention_heads * tokens**2)

    def _grid(self, pixels: Tensor) -> tuple[int, int]:
        size = self._patch_size()
        return pixels.shape[2] // size, pixels.shape[3] // size

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Without a graph and in evaluation mode; the mode is given back on the way out."""
        training = [module for module in self.model.modules() if module.training]
        for module in training:
            module.training = False
        try:
            with torch.no_grad():
                yield
        finally:
            for module in training:
                module.training = True
