"""An image classifier as explanations need it: class logits, features of layers, attention of a class."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import ModelError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.places import places
from saii_widgets.engine.models.class_scores import class_scores
from saii_widgets.engine.models.feature_layers import as_map, find_layers, hooked, map_grid
from saii_widgets.engine.models.seen_part import seen_part
from saii_widgets.engine.runtime import Progress, in_batches

Preprocess = Callable[[list[Image.Image]], Any]

_SHOWN = 24  # layers that an error lists
_NOISE_SIDE = 96


class Classifier:
    """An image classifier in evaluation mode.

    Parameters
    ----------
    module : torch.nn.Module
        Pixels to logits (n, C), or to an output of transformers that has them.
    preprocess : callable
        n RGB pictures to pixels (n, 3, height, width).
    labels : sequence of str
        Names of the C classes.
    layers : sequence of str, optional
        Names of the layers whose outputs are maps of features, in the order in which they compute; by default the
        blocks or stages that give maps.
    name, revision : str
        What results say they come from.
    example : PIL.Image.Image, optional
        A picture that the module can read, to try it on; by default noise of 96 x 96 pixels.

    Raises
    ------
    ModelError
        A module in training mode, one whose answers change from call to call, or as many logits as there are no labels.
    InputError
        On asking for features: no layer that gives a map; the message lists those that do.
    """

    def __init__(
        self,
        module: nn.Module,
        preprocess: Preprocess,
        labels: Sequence[str],
        *,
        layers: Sequence[str] | None = None,
        name: str = "",
        revision: str = "",
        example: Image.Image | None = None,
    ) -> None:
        if not isinstance(module, nn.Module):
            do = "Wrap a callable with PredictionOnly(callable, labels)."
            raise ModelError("a torch.nn.Module", type(module).__name__, do)
        self.module, self.preprocess = module, preprocess
        self.labels = tuple(str(label) for label in labels)
        self.name, self.revision = name or type(module).__name__, revision
        first = next(module.parameters(), torch.zeros(()))
        self.device, self.dtype = first.device, first.dtype
        self._example = example or _noise()
        self._try_out()
        self._asked = None if layers is None else self._checked(layers)

    @classmethod
    def from_module(
        cls,
        module: nn.Module,
        preprocess: Preprocess,
        labels: Sequence[str],
        layers: Sequence[str] | None = None,
        *,
        name: str = "",
        revision: str = "",
        example: Image.Image | None = None,
    ) -> Classifier:
        """Any torch module as a classifier; see the class for parameters and errors."""
        return cls(module, preprocess, labels, layers=layers, name=name, revision=revision, example=example)

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of the usable feature layers, in the order in which they compute; empty where there are none."""
        return self._found[0] if self._asked is None else self._asked

    @property
    def middle_layers(self) -> tuple[str, ...]:
        """The layers that were asked for, or two at a third and two thirds of the depth, which suit concepts."""
        if self._asked is not None:
            return self._asked
        last = len(self.layers) - 1
        return tuple(self.layers[k] for k in sorted({last // 3, (2 * last + 1) // 3})) if last >= 0 else ()

    def logits(self, images: Sequence[Image.Image], *, progress: Progress | None = None) -> Explanation:
        """Logits over (image, class) with their softmax as the companion "probabilities"."""
        exact = self.class_logits(images, progress=progress)
        return class_scores(exact, images, self.labels, name=self.name, revision=self.revision)

    def class_logits(self, images: Sequence[Image.Image], *, progress: Progress | None = None) -> Tensor:
        """Logits (N, C), float32, on the CPU; no gradients are kept.

        Raises
        ------
        ModelError
            No picture is given, or the module is in training mode.
        """
        with torch.no_grad():
            return torch.cat(self._batches(images, lambda pixels: self._forward(pixels).float().cpu(), 1, progress))

    def features(
        self,
        images: Sequence[Image.Image],
        layers: Sequence[str] | None = None,
        *,
        progress: Progress | None = None,
    ) -> dict[str, Tensor]:
        """Maps of features, by hooks that are gone afterwards.

        Parameters
        ----------
        images : sequence of PIL.Image.Image
        layers : sequence of str, optional
            Names of layers; by default :attr:`middle_layers`. Any part of the module whose output is a map will do.

        Returns
        -------
        dict of str to Tensor, (N, d, h, w)
            float32, on the CPU. Tokens are laid in their grid, without class tokens.

        Raises
        ------
        InputError
            A layer that the module lacks or whose output is no map; those that are usable are listed.
        """
        names = self._checked(self.middle_layers if layers is None else layers)

        def work(pixels: Tensor) -> dict[str, Tensor]:
            taken: dict[str, Tensor] = {}

            def take(name: str, output: Tensor) -> Tensor:
                taken[name] = self._map(output, pixels).float().cpu()
                return output.clone()  # a later layer may work in place

            with hooked(self.module, names, take):
                self._forward(pixels)
            return taken

        with torch.no_grad():
            parts = self._batches(images, work, 2, progress)
        return {name: torch.cat([part[name] for part in parts]) for name in names}

    def attention(
        self,
        images: Sequence[Image.Image],
        classes: Sequence[int | str],
        *,
        layer: str | None = None,
        progress: Progress | None = None,
    ) -> NDArray[np.float32]:
        """Gradient-weighted attention of classes.

        With A_d(x, y) the layer's features and y_c the logit of class c, the weight of a feature is its mean gradient,
        a_cd = 1/(h w) sum over (x, y) of dy_c / dA_d(x, y), and the map is M_c(x, y) = max(0, sum over d of a_cd
        A_d(x, y)), divided by its maximum; a map of zeros stays one. Of a transformer A are the patches' tokens in
        their grid, and the class token has no part in the sum.

        Parameters
        ----------
        images : sequence of PIL.Image.Image
        classes : sequence of int or str
            Numbers or labels.
        layer : str, optional
            By default the last usable layer that the logits depend on through its map: the last stage of a CNN; the
            last block but one of a transformer that reads its class token.

        Returns
        -------
        float32 array, (N, len(classes), h, w)
            0 to 1, over what :meth:`seen` says is left of each picture.

        Raises
        ------
        InputError
            No usable layer, or an unknown class.

        Source
        ------
        Grad-CAM (Selvaraju et al., ICCV 2017), equations 1 and 2; agreement with plain autograd 1e-5
        (`test_classifier.py::test_attention_equals_plain_autograd`).
        """
        asked = [classes] if isinstance(classes, int | str) else list(classes)
        numbers = [int(places(Axis("class", self.labels), key)) for key in asked]  # pyright: ignore[reportArgumentType]
        (name,) = self._checked([layer or self.attention_layer])
        parts = self._batches(images, lambda pixels: self._attended(pixels, numbers, name), 4, progress)
        return np.concatenate(parts)

    def seen(self, size: tuple[int, int]) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of what the classifier reads of a picture of this width and height, as shares."""
        processor = getattr(self.preprocess, "image_processor", None)
        return (0.0, 0.0, 1.0, 1.0) if processor is None else seen_part(processor, size)

    def _attended(self, pixels: Tensor, numbers: list[int], name: str) -> NDArray[np.float32]:
        output, gradients = self._gradients(pixels, numbers, name)
        features = self._map(output.detach(), pixels).float()
        maps = torch.stack(
            [
                (self._map(slope, pixels).float().mean((2, 3), keepdim=True) * features).sum(1).relu()
                for slope in gradients
            ],
            1,
        )  # (n, c, h, w)
        most = maps.amax((2, 3), keepdim=True)
        return (maps / most.where(most > 0, 1)).cpu().numpy()

    def _gradients(self, pixels: Tensor, numbers: Sequence[int], name: str) -> tuple[Tensor, list[Tensor]]:
        """A layer's output and the gradients of some logits by it."""
        kept: list[Tensor] = []

        def keep(_: str, output: Tensor) -> Tensor:
            kept.append(output.detach().requires_grad_())
            return kept[-1].clone()  # a later layer may work in place

        with torch.enable_grad(), hooked(self.module, [name], keep):
            logits = self._forward(pixels)
            slopes = [
                torch.autograd.grad(logits[:, k].sum(), kept[-1], retain_graph=True, allow_unused=True)[0]
                for k in numbers
            ]
        return kept[-1], [torch.zeros_like(kept[-1]) if slope is None else slope for slope in slopes]

    @cached_property
    def attention_layer(self) -> str:
        """The layer that :meth:`attention` takes by default.

        Raises
        ------
        ModelError
            No usable layer.
        """
        pixels = self.pixels([self._example])
        for name in reversed(self._checked(self.layers)):
            if self._map(self._gradients(pixels, [0], name)[1][0], pixels).any():
                return name
        raise ModelError(
            "a layer whose map the logits depend on", f"{self.name}, which has none", "Name a layer with layer=."
        )

    def _batches(
        self, images: Sequence[Image.Image], work: Callable[[Tensor], Any], share: int, progress: Progress | None
    ) -> list[Any]:
        if not len(images):
            raise ModelError("at least one picture", "none", "Give a list of pictures.")
        pictures = list(images)
        return list(
            in_batches(
                len(pictures),
                lambda rows: work(self.pixels(pictures[rows.start : rows.stop])),
                device=self.device,
                bytes_each=self._found[2] * share,
                progress=progress,
                label="pictures",
            )
        )

    def pixels(self, images: Sequence[Image.Image]) -> Tensor:
        """What the preprocessing makes of pictures, on the module's device: (n, 3, height, width)."""
        pixels = self.preprocess([image.convert("RGB") for image in images])
        if isinstance(pixels, Mapping):
            pixels = pixels["pixel_values"]
        if not isinstance(pixels, Tensor) or len(pixels) != len(images):
            came = f"shape {tuple(pixels.shape)}" if isinstance(pixels, Tensor) else type(pixels).__name__
            raise ModelError(f"a tensor of {len(images)} pictures from the preprocessing", came, "Return (n, 3, h, w).")
        return pixels.to(self.device, self.dtype)

    def _forward(self, pixels: Tensor) -> Tensor:
        training = [name or "the module" for name, part in self.module.named_modules() if part.training]
        if training:
            raise ModelError(
                "a module in evaluation mode",
                f"{self.name}, of which {len(training)} parts are in training mode, such as {training[0]}: dropout and "
                "batch normalisation would make explanations depend on chance and on the other pictures",
                "Call module.eval() first.",
            )
        output = self.module(pixels)
        logits = getattr(output, "logits", output)
        if not isinstance(logits, Tensor) or logits.shape != (len(pixels), len(self.labels)):
            came = f"shape {tuple(logits.shape)}" if isinstance(logits, Tensor) else type(logits).__name__
            wanted = f"logits of shape ({len(pixels)}, {len(self.labels)}), pictures by labels"
            raise ModelError(wanted, f"{came} from {self.name}", "Give a label for each class.")
        return logits

    def _try_out(self) -> None:
        with torch.no_grad():
            pixels = self.pixels([self._example])
            first, second = self._forward(pixels), self._forward(pixels)
        if not torch.allclose(first, second, rtol=1e-3, atol=1e-4):
            raise ModelError(
                "the same logits for the same picture",
                f"logits of {self.name} that differ by {float((first - second).abs().max()):.3g}",
                "Take out what is random in its forward pass.",
            )

    @cached_property
    def _found(self) -> tuple[tuple[str, ...], dict[str, tuple[int, int]], int]:
        return find_layers(self.module, self.pixels([self._example]), self._patch)

    @property
    def _patch(self) -> int | None:
        patch = getattr(getattr(self.module, "config", None), "patch_size", None)
        return patch if isinstance(patch, int) else None

    def _checked(self, layers: Sequence[str]) -> tuple[str, ...]:
        """The names of layers, all of which give maps."""
        names, grids, _ = self._found
        known = list(dict.fromkeys([*names, *grids]))
        wrong = [layer for layer in layers if layer not in grids]
        if wrong or not layers:
            more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
            usable = f"These are usable: {', '.join(known[:_SHOWN])}{more}."
            raise ModelError(
                "a layer whose output is a map of features, (n, d, h, w) or (n, tokens, d)",
                f"{', '.join(map(repr, wrong)) or 'no such layer'} of {self.name}",
                usable if known else "It has none; wrapped as PredictionOnly it can be explained by occlusion.",
            )
        return tuple(layers)

    def _map(self, output: Tensor, pixels: Tensor) -> Tensor:
        """A layer's output as (n, d, h, w)."""
        grid = map_grid(output.shape, pixels.shape[-2:], self._patch)
        if grid is None:
            raise ModelError(
                "pictures of a size at which the layer gives a map", f"an output {tuple(output.shape)}", "Resize them."
            )
        return as_map(output, grid)


def _noise() -> Image.Image:
    dice = np.random.default_rng(0)
    return Image.fromarray(dice.integers(0, 256, (_NOISE_SIDE, _NOISE_SIDE, 3), np.uint8))
