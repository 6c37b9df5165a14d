"""What a card makes of interactions: 32 x 32 pairs from end to end, and how near encoding comes to the card's ceiling.

A CLIP of ViT-B/32's size with random weights, bfloat16. The ceiling is the speed of a large product of matrices in the
same run. On a processor everything runs as well, at a tiny size; bars are judged on a CUDA card alone.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from benchmarks.figures import Figure, Table, benchmark_options, publish
from benchmarks.random_clip import random_captions, random_clip, random_pictures, small_random_clip
from saii_widgets.core.explanation import Explanation
from saii_widgets.engine.explainers.interactions import Interactions
from saii_widgets.engine.models.clip import Clip

NAME: Final = "gpu"
_MASKS: Final = 300  # of each picture
_WORDS: Final = 10  # of each caption: all 1,024 coalitions
Rows = list[Sequence[Any]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and publish."""
    parser = benchmark_options(NAME, __doc__)
    parser.set_defaults(device="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args(arguments)
    device = torch.device(options.device)
    on_card = device.type == "cuda"
    small = options.quick or not on_card
    made = small_random_clip(rows=3) if small else random_clip()
    half, exact = on_device(made, device, torch.bfloat16), on_device(made, device, torch.float32)
    n, masks, words = (2, 24, 4) if small else (32, _MASKS, _WORDS)
    side = made.model.config.vision_config.image_size
    pictures, captions = random_pictures(n, side=side), random_captions(n, words=words)

    ceiling = matmul_flops(device, 512 if small else 8192)
    batch = 8 if small else 1024
    ways, rows = encoding_ways(half, batch, compiled=on_card)
    for way, seconds in ways.items():
        rows.append((way, batch, seconds, batch * image_flops(half) / seconds / 1e12))
    few = 2 if small else 16
    small_ways, lost = encoding_ways(half, few, compiled=on_card)
    rows += [(way, few, s, few * image_flops(half) / s / 1e12) for way, s in small_ways.items()] + lost
    share = batch * image_flops(half) / ways["ours"] / ceiling

    half_s, found = interactions_time(half, pictures, captions, masks)
    exact_s, wanted = interactions_time(exact, pictures, captions, masks)
    size = "small CLIP" if small else "ViT-B/32 size"
    figures = [
        Figure("large product of matrices, bfloat16", ceiling / 1e12, "TFLOP/s"),
        Figure(f"image encoding, {size}, batches of {batch}", 100 * share, "% of it", at_least=40 if on_card else None),
        Figure(
            f"{n} x {n} pairs, {size}, bfloat16, end to end", half_s, "s", at_most=2 if on_card and not small else None
        ),
        Figure(f"{n} x {n} pairs, {size}, float32, end to end", exact_s, "s"),
        *precision_errors(found, wanted),
    ]
    notes = [
        f"{n} pictures and {n} captions of {words} words, {masks} masks of each picture, masking: mean pixels, hidden "
        f"tokens; medians after a first call that warms up. Operations are counted from the model's widths.",
    ]
    if not on_card:
        notes.append("No card here: nothing of this is judged, the bars hold or fail on a CUDA card alone.")
    elif small:
        notes.append("A quick run: a small model says little of a card; its figures are not those of a full run.")
    table = Table("Encoding pictures.", ("way", "batch", "seconds", "TFLOP/s"), rows)
    publish(NAME, figures, options, tables=[table], notes=notes)


def on_device(made: Clip, device: torch.device, dtype: torch.dtype) -> Clip:
    """A copy of the model there, in that precision."""
    model: Any = copy.deepcopy(made.model).to(device=device, dtype=dtype)
    return Clip(model, made.image_processor, made.tokenizer, name=f"{made.name}, {dtype}")


def image_flops(clip: Clip) -> float:
    """Operations of encoding one picture: two a product, in products of matrices alone."""
    vision = clip.model.config.vision_config
    width, inner, patches = vision.hidden_size, vision.intermediate_size, (vision.image_size // vision.patch_size) ** 2
    t = patches + 1
    embedding = patches * 3 * vision.patch_size**2 * width
    layer = 4 * t * width**2 + 2 * t * width * inner + 2 * t**2 * width  # projections, network, attention
    return 2.0 * (embedding + vision.num_hidden_layers * layer + width * clip.model.config.projection_dim)


def matmul_flops(device: torch.device, size: int) -> float:
    """Operations a second of a square product in bfloat16: the ceiling."""
    a, b = (torch.randn(size, size, device=device, dtype=torch.bfloat16) for _ in range(2))
    return 2.0 * size**3 / timed(lambda: a @ b, device)


def encoding_ways(clip: Clip, batch: int, *, compiled: bool) -> tuple[dict[str, float], Rows]:
    """Seconds a batch of pictures takes, by the way it is encoded; rows that say why a way can't be taken.

    "ours" is what all explainers call. With `compiled`, the same graph also through torch.compile, and replayed as a
    CUDA graph.
    """
    vision = clip.model.config.vision_config
    pixels = torch.randn(batch, 3, vision.image_size, vision.image_size, device=clip.device, dtype=clip.dtype)
    seconds = {"ours": timed(lambda: clip.image_tower.embed({"pixel_values": pixels}), clip.device)}
    lost: Rows = []
    if not compiled:
        return seconds, lost

    def plain(x: Tensor) -> Tensor:
        return clip.model.get_image_features(x).pooler_output

    makers: dict[str, Callable[[], Callable[[], Any]]] = {
        "transformers alone": lambda: lambda: plain(pixels),
        "torch.compile": lambda: _bound(torch.compile(plain), pixels),
        "CUDA graph": lambda: _replayed(plain, pixels),
        "torch.compile, CUDA graph": lambda: _bound(torch.compile(plain, mode="reduce-overhead"), pixels),
    }
    for way, make in makers.items():
        try:
            with torch.no_grad():
                seconds[way] = timed(make(), clip.device)
        except Exception as error:  # of a compiler or driver that may not be there
            lost.append((way, batch, f"can't run: {type(error).__name__}", ""))
    return seconds, lost


def _bound(function: Callable[[Tensor], Any], given: Tensor) -> Callable[[], Any]:
    return lambda: function(given)


def _replayed(function: Callable[[Tensor], Tensor], given: Tensor) -> Callable[[], Any]:
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):  # a capture must find everything warm
        for _ in range(3):
            function(given)
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        function(given)
    return graph.replay


def interactions_time(
    clip: Clip, pictures: Sequence[Any], captions: Sequence[str], masks: int
) -> tuple[float, Explanation]:
    """Seconds from pictures and captions to the explanation on the processor, and the explanation."""

    def once() -> Explanation:
        explain = Interactions(clip, players=("patches", "tokens"), budget=masks)  # keeps nothing of the last call
        return explain(pictures, captions)

    return timed(once, clip.device, repeats=3), once()


def precision_errors(found: Explanation, wanted: Explanation) -> list[Figure]:
    """How far interactions in bfloat16 are from those in float32."""
    apart = found.values.astype(float) - wanted.values
    spread = float(wanted.values.astype(float).std())
    assert wanted.errors is not None
    noise = float(np.sqrt((wanted.errors.astype(float) ** 2).mean()))
    off = float(np.sqrt((apart**2).mean()))
    return [
        Figure("bfloat16 against float32, root mean square", 100 * off / spread, "% of the spread"),
        Figure("bfloat16 against float32, largest", 100 * float(np.abs(apart).max()) / spread, "% of the spread"),
        Figure("standard error of float32, for comparison", 100 * noise / spread, "% of the spread"),
    ]


def timed(work: Callable[[], Any], device: torch.device, repeats: int = 7) -> float:
    """Median of seconds after two calls that warm up, the card's queue empty before and after."""

    def settle() -> None:
        if device.type == "cuda":
            torch.cuda.synchronize(device)

    seconds = []
    for k in range(repeats + 2):
        settle()
        started = time.perf_counter()
        work()
        settle()
        if k >= 2:
            seconds.append(time.perf_counter() - started)
    return median(seconds)


if __name__ == "__main__":
    main()
