import pickle

import pytest

from saii_widgets.core import errors
from saii_widgets.core.errors import InputError, LabelError

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, InputError)]


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_says_what_was_wanted_what_came_and_what_to_do(kind: type[InputError]) -> None:
    error = kind("a picture", "a text file", "Give a JPEG.")
    assert str(error) == "wanted a picture; got a text file. Give a JPEG."
    assert (error.wanted, error.came, error.do) == ("a picture", "a text file", "Give a JPEG.")
    assert isinstance(error, ValueError)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # worker processes hand errors over like this


def test_an_unknown_label_is_a_key_error() -> None:
    assert issubclass(LabelError, KeyError)
    assert len(KINDS) >= 7
