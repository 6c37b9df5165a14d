import numpy as np
import pytest

from saii_widgets.core.axis import Axis
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.text import Caption


def test_to_frame_has_a_row_a_value() -> None:
    captions = [Caption.parse("a red truck"), Caption.parse("trees")]
    axes = (Axis.images(["x", "y"]), Axis.words(captions))
    frame = Explanation(np.arange(8).reshape(2, 4), axes, captions=captions, errors=np.ones((2, 4))).to_frame()
    assert list(frame.columns) == ["image", "word", "caption", "role", "value", "error"]
    assert len(frame) == 8
    assert frame.iloc[7].to_dict() == {
        "image": "y",
        "word": "trees",
        "caption": "trees",
        "role": "non-principal",
        "value": 7.0,
        "error": 1.0,
    }


def test_to_frame_says_rows_and_columns_of_patches() -> None:
    frame = Explanation.from_array(np.arange(6).reshape(2, 3), kinds="patch").to_frame()
    assert frame.loc[frame.value == 5, ["row", "column"]].values.tolist() == [[1, 2]]


def test_two_axes_of_one_kind() -> None:
    graph = Explanation.from_array(np.eye(2), kinds=("concept", "concept"), labels={"concept": ["road", "sky"]})
    assert list(graph.to_frame().columns) == ["concept", "concept 2", "value"]
    assert graph.to_xarray().dims == ("concept", "concept 2")


def test_to_xarray() -> None:
    array = Explanation.from_array([[1, 2], [3, 4]], kinds=("image", "caption"), unit="logit", title="T").to_xarray()
    assert float(array.sel(image="image 2", caption="caption 1")) == 3
    assert array.attrs == {"units": "logit", "long_name": "T"}
    array[0, 0] = 9  # a copy, so that may be written to


def test_to_shap() -> None:
    pytest.importorskip("shap")
    explanation = Explanation.from_array([[0.1, 0.2, 0.3]], kinds=("image", "word"), caption="a red truck", baseline=2)
    shapley = explanation.to_shap()
    assert shapley.feature_names == ["a", "red", "truck"]
    assert shapley.data is None  # "red = red" in a waterfall otherwise
    assert np.allclose(shapley.values, [[0.1, 0.2, 0.3]])
    assert np.asarray(shapley.base_values).tolist() == [2.0]
