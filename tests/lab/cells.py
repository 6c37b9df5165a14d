"""What the notebooks of the tests hold."""

from __future__ import annotations

import doctest
import importlib
import inspect
from typing import Final

from saii_widgets.widgets.module import FOLDER

WIDGETS: Final = sorted(path.stem for path in FOLDER.glob("*.js") if path.stem != "shared")

MAPS: Final = """
import numpy as np, ipywidgets, saii_widgets as sw
from PIL import Image
from saii_widgets.core.axis import Axis
from saii_widgets.data.samples import sample_path

captions = ["a red truck near a metal fence", "a white bus"]
read = [sw.Caption.parse(text) for text in captions]
images = tuple(Image.open(path).resize((240, 160)) for path in sorted(sample_path("camera").glob("*.jpg"))[:3])
names, patches = Axis.images(["north", "east", "south"]), Axis.patches(6, 6)
values = np.zeros((3, 2, 36), np.float32)
for k in range(3):
    values[k, 0, 7 * k], values[k, 1, 35 - 7 * k] = 1, 2
words = sw.Explanation(np.arange(27.0).reshape(3, 9), (names, Axis.words(read)))
maps = sw.Explanation(values, (names, Axis.captions(read), patches), title="Relevance", images=images, captions=read,
                      companions={"words": words})
logits = sw.Explanation(np.array([[21, 12], [18, 15], [11, 24]], np.float32), (names, Axis.captions(read)), "logit",
                        "Matches", images=images)
"""
SLIDER: Final = """
import numpy as np, saii_widgets as sw
from saii_widgets.widgets import Removal

shares = [[0.8, 0.15, 0.05], [0.5, 0.4, 0.1], [0.2, 0.65, 0.15], [0.1, 0.7, 0.2]]
maps = sw.Explanation.from_array(np.eye(36)[[0, 7, 14, 21]].reshape(4, 6, 6), kinds=("step", "patch"))
scores = sw.Explanation.from_array(shares, kinds=("step", "caption"), unit="probability", companions={"maps": maps},
    labels={"caption": ["a red truck near a metal fence", "a white bus", "an orange van"]})
slider = sw.CounterfactualSlider(Removal(scores, [2, 1, 5]), "a red truck near a metal fence")
"""


def class_name(name: str) -> str:
    """ "word_editor" is WordEditor."""
    return "".join(map(str.title, name.split("_")))


def example_cell(name: str) -> str:
    """A cell that runs the docstring's example of a widget and shows the widget under the file's name."""
    home = importlib.import_module(f"saii_widgets.widgets.{name}")
    kind = getattr(home, class_name(name))
    lines = "".join(step.source for step in doctest.DocTestParser().get_examples(inspect.getdoc(kind) or ""))
    found = f"next(one for one in list(vars().values()) if isinstance(one, {kind.__name__}))"
    return f"from saii_widgets.widgets.{name} import *\n{lines}{name} = {found}\n{name}"
