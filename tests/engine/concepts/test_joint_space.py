"""The joint space's loss against a loop, and names that it can't read."""

import math

import pytest
import torch

from saii_widgets.core.errors import InputError
from saii_widgets.engine.concepts.joint_space import JointSpace

WORDS, NAMES = ("wheel", "head", "lamp", "sign"), ("wheel", "head lamp", "sign")


def test_loss_equals_a_loop() -> None:
    torch.manual_seed(0)
    space = JointSpace(5, WORDS, NAMES, 8)
    features, which = torch.randn(7, 5), torch.tensor([0, 0, 2, 0, 2, 2, 0])  # nobody is called "head lamp"
    scale = space.log_scale.exp().item()
    with torch.no_grad():
        s = [[scale * float(v @ t) for t in space.text_features(NAMES)] for v in space.segment_features(features)]
    rows = [-math.log(math.exp(s[i][k]) / sum(map(math.exp, s[i]))) for i, k in enumerate(which.tolist())]
    columns = []
    for k in (0, 2):
        own = [i for i in range(7) if which[i] == k]
        total = sum(math.exp(s[i][k]) for i in range(7))
        columns.append(sum(-math.log(math.exp(s[i][k]) / total) for i in own) / len(own))
    expected = (sum(rows) / 7 + sum(columns) / 2) / 2
    assert space.loss(features, NAMES, which).item() == pytest.approx(expected, abs=1e-5)


def test_features_are_unit_vectors_of_a_name_s_words() -> None:
    space = JointSpace(5, WORDS, NAMES, 8)
    read = space.text_features(["head lamp", "lamp head", "lamp"])
    torch.testing.assert_close(read.norm(dim=1), torch.ones(3))
    torch.testing.assert_close(read[0], read[1])
    assert not torch.allclose(read[0], read[2])


@pytest.mark.parametrize("name", ["wheel arch", ""])
def test_unknown_words_are_named(name: str) -> None:
    with pytest.raises(InputError, match=r"wheel, head, lamp, sign.*(arch|empty)"):
        JointSpace(5, WORDS, NAMES).text_features([name])
