"""Pictures that are far from what a model has seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import torch
from PIL import Image
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from saii_widgets.core.errors import InputError, ModelError
from saii_widgets.engine.runtime import Progress, in_batches

if TYPE_CHECKING:
    from saii_widgets.engine.models.two_towers import TwoTowers

FILE: Final = "familiarity.safetensors"
_KEPT: Final = 0.995  # share of familiar pictures that are to lie within the limit
_DIRECTIONS: Final = 256
_FEWEST: Final = 100
_PARTS: Final = ("mean", "spread", "basis", "variance", "rest", "limit")


@dataclass(frozen=True)
class Familiarity:
    """A Gaussian of what a picture tower's tokens look like on familiar pictures.

    A picture is described by mean and standard deviation over its patches of what the first layer is given, what it
    gives, and what the last layer gives: the look of small parts, and what they are taken for. Its distance is
    Mahalanobis' in the directions of largest variance, with one variance for all others (probabilistic PCA).

    Parameters
    ----------
    mean, spread : Tensor
        (w,): of each number over the familiar pictures.
    basis : Tensor
        (w, k): directions of largest variance of the standardised numbers.
    variance : Tensor
        (k,): variance along them.
    rest : Tensor
        (): mean variance along all other directions.
    limit : Tensor
        (): distance within which 99.5 % of familiar pictures lie that the Gaussian was not fitted to.

    Source
    ------
    Lee et al. 2018, arXiv:1807.03888 (Mahalanobis distance of features); Tipping and Bishop 1999 (probabilistic PCA).
    Deviations: one Gaussian for all pictures, moments over patches as features.
    """

    mean: Tensor
    spread: Tensor
    basis: Tensor
    variance: Tensor
    rest: Tensor
    limit: Tensor

    @classmethod
    def fit(cls, model: TwoTowers, images: Iterable[Image.Image], *, progress: Progress | None = None) -> Familiarity:
        """Learn what is familiar.

        Parameters
        ----------
        model : TwoTowers
            Whose picture tower describes the pictures.
        images : iterable of PIL.Image
            Like those that the model has learnt from; some thousands. They are drawn from it a few at a time; every
            fifth is kept aside for the limit.
        progress : Progress, optional
            Called after every few pictures; the total is what has been drawn so far.

        Raises
        ------
        InputError
            Fewer than 100 pictures.
        """
        parts: list[Tensor] = []
        done, rest_of_them = 0, iter(images)
        while batch := list(islice(rest_of_them, 64)):
            parts.extend(describe(model, batch))
            done += len(batch)
            if progress is not None:
                progress(done, done, "familiar pictures")
        if done < _FEWEST:
            raise InputError(f"at least {_FEWEST} familiar pictures", str(done), "Give some thousands.")
        numbers = torch.cat(parts).double()
        aside = torch.arange(len(numbers)) % 5 == 4
        fitted = numbers[~aside]
        mean, spread = fitted.mean(0), fitted.std(0).clamp_min(1e-6)
        z = (fitted - mean) / spread
        variance, directions = torch.linalg.eigh(z.T @ z / len(z))  # ascending
        k = min(_DIRECTIONS, len(fitted) // 8, z.shape[1] // 2)
        rest = variance[:-k].mean().clamp_min(1e-9)
        unlimited = cls(mean, spread, directions[:, -k:], variance[-k:].clamp_min(1e-9), rest, torch.ones(()))
        kept = unlimited.to(torch.device("cpu"))
        return replace(kept, limit=kept.distances(numbers[aside].float().cpu()).quantile(_KEPT))

    @classmethod
    def load(cls, folder: Path, device: torch.device) -> Familiarity | None:
        """What `save` wrote into a model's folder; None where nothing was.

        Raises
        ------
        ModelError
            The file is damaged.
        """
        path = folder / FILE
        if not path.exists():
            return None
        try:
            with safe_open(path, "pt") as file:
                return cls(*(file.get_tensor(name) for name in _PARTS)).to(device)
        except SafetensorError as error:
            raise ModelError(
                f"a {FILE} as `saii train` writes it", f"{path}, which does not load: {error}", "Fetch the model anew."
            ) from error

    def save(self, folder: Path) -> None:
        """Write `familiarity.safetensors` beside a model's weights; half precision where that is enough."""
        tensors = {name: getattr(self, name).float().cpu().contiguous() for name in _PARTS}
        save_file(tensors | {"basis": tensors["basis"].half()}, folder / FILE)

    def to(self, device: torch.device) -> Familiarity:
        """The same on a device, in float32; directions at the precision of the file."""
        tensors = {name: getattr(self, name).float().to(device) for name in _PARTS}
        return Familiarity(**tensors | {"basis": tensors["basis"].half().float()})

    def distances(self, numbers: Tensor) -> Tensor:
        """Distance (n,) of described pictures (n, w), in limits: above 1 is far."""
        z = (numbers - self.mean) / self.spread
        inside = z @ self.basis  # (n, k)
        outside = (z.square().sum(1) - inside.square().sum(1)).clamp_min(0)
        return ((inside.square() / self.variance).sum(1) + outside / self.rest).sqrt() / self.limit

    def warnings(self, model: TwoTowers, images: Sequence[Image.Image]) -> list[str]:
        """For each picture that it is far from what the model has seen, or an empty string."""
        distances = [d for part in describe(model, images) for d in self.distances(part).tolist()]
        return [
            f"far from what {model.name} has seen ({d:.1f} times the distance that {_KEPT:.1%} of familiar pictures "
            "keep): its answers and maps may mean nothing here"
            if not d <= 1
            else ""
            for d in distances
        ]


def describe(model: TwoTowers, images: Sequence[Image.Image]) -> Iterator[Tensor]:
    """Pictures as numbers (n, w) in float32, batch after batch: one forward pass each."""
    layers = model.image_tower.layers

    def work(batch: range) -> Tensor:
        seen: list[Tensor] = []

        def given(_: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            seen.append(args[0] if args else kwargs["hidden_states"])

        def gave(_: Any, __: Any, output: Tensor) -> None:
            seen.append(output)

        handles = [layers[0].register_forward_pre_hook(given, with_kwargs=True)]
        handles += [layer.register_forward_hook(gave) for layer in (layers[0], layers[-1])]
        try:
            model.image_tower.embed(model.prepare_images(images[batch.start : batch.stop]))
        finally:
            for handle in handles:
                handle.remove()
        patches = [x[:, model.first_patch :].float() for x in seen]  # (n, patches, width)
        return torch.cat([moment for x in patches for moment in (x.mean(1), x.std(1))], 1)

    bytes_each = model.trace_bytes(len(layers) - 1, side="image")[0]
    return in_batches(len(images), work, device=model.device, bytes_each=bytes_each)
