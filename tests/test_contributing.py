"""The explainer that CONTRIBUTING.md shows works as it stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
from PIL import ImageDraw

from saii_widgets.data.scenes import draw
from saii_widgets.engine.models import load_model

TEXT = Path(__file__).parents[1].joinpath("CONTRIBUTING.md").read_text(encoding="utf-8")


def test_the_explainer_in_contributing_works() -> None:
    (code,) = [block for block in re.findall(r"```python\n(.*?)```", TEXT, re.S) if "class " in block]
    assert len(code[code.index("class ") :].strip().splitlines()) <= 21
    names: dict[str, Any] = {}
    exec(compile(code, "CONTRIBUTING.md", "exec"), names)
    model = load_model("embedded", device="cpu")
    image, captions = draw(3).image, ["a red bus", "a metal fence"]
    result = names["Occlusion"](model)([image], captions)
    assert result.kinds == ("image", "caption", "patch")
    assert result.shape == (1, 2, 144)
    box = result.axis("patch").boxes[17] * np.tile(image.size, 2)
    greyed = image.copy()
    ImageDraw.Draw(greyed).rectangle(tuple(box), fill=(127, 127, 127))
    fall = model.logits([image], captions).values - model.logits([greyed], captions).values
    np.testing.assert_allclose(result.values[0, :, 17], fall[0], atol=1e-4)
