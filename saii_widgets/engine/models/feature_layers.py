"""Which layers of a network give a map of features over the picture, and their outputs as such maps."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import torch
from torch import Tensor, nn

_LISTS: Final = (nn.ModuleList, nn.Sequential, nn.ModuleDict)
_MOST_EXTRA_TOKENS: Final = 9  # class, distillation and register tokens


def blocks(module: nn.Module) -> list[str]:
    """Names of the outermost elements of lists: stages of a CNN, blocks of a transformer, layers of a Sequential."""
    found: list[str] = []
    lists = {name for name, part in module.named_modules() if isinstance(part, _LISTS)}
    for name, _ in module.named_modules():
        parent = name.rpartition(".")[0]
        if name and parent in lists and not any(name.startswith(f"{other}.") for other in found):
            found.append(name)
    return found


def map_grid(shape: Sequence[int], size: Sequence[int], patch: int | None) -> tuple[int, int] | None:
    """Rows and columns of an output of this shape, or None where it is no map over the picture.

    Parameters
    ----------
    shape : sequence of int
        (n, d, h, w), or (n, tokens, d).
    size : (height, width)
        Of what the network read.
    patch : int, optional
        Side of a patch, where the network says so.
    """
    if len(shape) == 4:
        return (shape[2], shape[3]) if min(shape[2:]) >= 2 else None
    if len(shape) != 3:
        return None
    if patch:
        rows, columns = size[0] // patch, size[1] // patch
        if min(rows, columns) >= 2 and 0 <= shape[1] - rows * columns <= _MOST_EXTRA_TOKENS:
            return rows, columns
    for extra in range(_MOST_EXTRA_TOKENS + 1):
        side = math.isqrt(max(0, shape[1] - extra))
        if side >= 2 and side * side == shape[1] - extra:
            return side, side
    return None


def as_map(output: Tensor, grid: tuple[int, int]) -> Tensor:
    """An output as (n, d, h, w); tokens before those of the patches are left out."""
    if output.ndim == 4:
        return output
    patches = output[:, output.shape[1] - grid[0] * grid[1] :]  # (n, h * w, d)
    return patches.transpose(1, 2).unflatten(2, grid)


@contextmanager
def hooked(module: nn.Module, names: Sequence[str], hook: Callable[[str, Tensor], Tensor]) -> Iterator[None]:
    """Send the outputs of some layers through `hook(name, output)`; the module is as before afterwards."""
    parts = dict(module.named_modules())
    handles = []

    def attach(name: str) -> Any:
        def forward_hook(_module: nn.Module, _inputs: Any, output: Any) -> Any:
            several = isinstance(output, tuple | list)
            first = output[0] if several and output else output
            if not isinstance(first, Tensor) or not first.is_floating_point():
                return None
            passed = hook(name, first)
            return type(output)((passed, *output[1:])) if several else passed

        return parts[name].register_forward_hook(forward_hook)

    try:
        for name in names:
            handles.append(attach(name))
        yield
    finally:
        for handle in handles:
            handle.remove()


def find_layers(
    module: nn.Module, pixels: Tensor, patch: int | None
) -> tuple[tuple[str, ...], dict[str, tuple[int, int]], int]:
    """The layers that give maps, in the order in which they compute.

    Returns
    -------
    names : tuple of str
        Blocks, or, of a module without lists, all of its parts.
    grids : dict of str to (rows, columns)
        Of every part whose output is a map.
    bytes_each : int
        Memory that the outputs of all parts take for one picture.
    """
    grids: dict[str, tuple[int, int]] = {}
    taken = 0

    def look(name: str, output: Tensor) -> Tensor:
        nonlocal taken
        taken += output.numel() * output.element_size()
        grid = map_grid(output.shape, pixels.shape[-2:], patch)
        if grid is not None:
            grids.setdefault(name, grid)
        return output

    with torch.no_grad(), hooked(module, [name for name, _ in module.named_modules() if name], look):
        module(pixels)
    outer = set(blocks(module))
    names = tuple(name for name in grids if name in outer) or tuple(grids)
    return names, grids, taken // max(1, len(pixels))
