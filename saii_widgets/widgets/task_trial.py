"""A small experiment with people: does a map help to tell which phrase fits a picture?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import traitlets as t
from numpy.typing import ArrayLike, NDArray

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.widgets import map_data
from saii_widgets.widgets.page_file import write_page
from saii_widgets.widgets.saii_widget import SaiiWidget
from saii_widgets.widgets.traits import WidgetError

if TYPE_CHECKING:
    import pandas

COLUMNS: Final = ("trial", "picture", "with map", "answer", "fitting", "right", "seconds", "seed", "group")
_LONGEST: Final = 24 * 3600.0  # seconds: what takes longer is no answer


class TaskTrial(SaiiWidget):
    """Pictures with and without their maps, and the question which phrase fits: how often and how fast people say it.

    Each picture is shown once, in an order drawn by the seed, every other one with a map; for people of the other group
    it is the other half. Time is taken in the browser, without pauses. Nothing is kept of the person: no name, no
    date, no address.

    Parameters
    ----------
    result : Explanation
        Over (image, caption, patch), such as `Relevance` gives it: a map of each picture for each phrase.
    truth : bool array, (images, captions), or int array, (images,)
        Which phrases fit which picture, or the one that does; each picture needs one that does and one that does not.
    n_choices : int
        Phrases to choose from, 2 to 4.
    practice : bool
        Begin with one picture whose answer does not count.
    seed : int
        Draws the order, the phrases and the picture of the practice.
    group : int
        0 or 1: which half is shown with maps.
    answers : list of dict
        What was answered: "choice", the place of the phrase, and "seconds". The practice is not among them.

    Raises
    ------
    InputError
        Maps without pictures or over other axes, truth of another shape, or pictures without a choice.

    Examples
    --------
    >>> import numpy as np
    >>> from PIL import Image
    >>> from saii_widgets import Axis, Explanation
    >>> phrases, names = ("a red truck", "a blue bus"), [f"picture {k}" for k in range(5)]
    >>> axes = (Axis.images(names), Axis("caption", phrases), Axis.patches(2, 2))
    >>> maps = Explanation(np.random.default_rng(0).random((5, 2, 4)), axes, images=[Image.new("RGB", (8, 8))] * 5)
    >>> trial = TaskTrial(maps, truth=[0, 1, 0, 1, 0], seed=3)
    >>> len(trial.results), trial.n_trials
    (0, 4)
    """

    _about = t.Dict().tag(sync=True)
    _values = t.Bytes(b"").tag(sync=True)
    _pictures = t.List(t.Bytes()).tag(sync=True)
    answers = t.List(t.Dict()).tag(sync=True)

    def __init__(
        self,
        result: Explanation,
        truth: ArrayLike,
        *,
        n_choices: int = 4,
        practice: bool = True,
        seed: int = 0,
        group: int = 0,
        **kwargs: Any,
    ) -> None:
        fits = _checked(result, truth)
        if not 2 <= n_choices <= 4 or group not in (0, 1):
            raise InputError(
                "2 to 4 choices and a group of 0 or 1", f"{n_choices} and {group}", "The keys are 1, 2, 3 and 4."
            )
        if len(fits) < 1 + practice:
            raise InputError("a picture to be asked for", "only one to practise with", "Pass more pictures.")
        self._result, self._seed, self._group = result, seed, group
        self._trials = _drawn(result, fits, n_choices, practice, seed, group)
        kwargs.setdefault("label", "Which phrase fits the picture?")
        super().__init__(**self._state(practice), **kwargs)

    @property
    def n_trials(self) -> int:
        """Pictures that count."""
        return sum(not trial["practice"] for trial in self._trials)

    @property
    def results(self) -> pandas.DataFrame:
        """One row an answer: what was shown, what was said, whether it is right, and how long it took."""
        import pandas

        counted = [trial for trial in self._trials if not trial["practice"]]
        rows = []
        for k, (trial, answer) in enumerate(zip(counted, self.answers, strict=False)):
            said = trial["choices"][answer["choice"]]
            fitting = trial["choices"][trial["fitting"]]
            row = (k + 1, trial["name"], trial["map"], said, fitting, said == fitting, answer["seconds"])
            rows.append((*row, self._seed, self._group))
        return pandas.DataFrame(rows, columns=list(COLUMNS))

    def save(self, path: str | Path) -> None:
        """Write the results as a CSV file."""
        write_page(self.results.to_csv(index=False), path)

    def fallback_html(self) -> str:
        from saii_widgets.core import html

        shown: list[str] = ["trial", "picture", "with map", "answer", "right", "seconds"]
        rows = [dict(zip(shown, row, strict=True)) for row in self.results[shown].itertuples(index=False)]
        about = f"<p>{self.n_trials} pictures, {len(rows)} answers. The trial itself needs scripts.</p>"
        return f'{html.style()}<div class="saii">{about}{html.table(rows) if rows else ""}</div>'

    def _state(self, practice: bool) -> dict[str, Any]:
        patch = self._result.axis("patch")
        values = map_data.map_values(self._result)  # (images, captions, patches)
        maps = [values[trial["picture"], trial["shown"]] for trial in self._trials]
        pictures = map_data.pictures(self._result)
        assert patch.grid is not None
        shown = ("practice", "map", "choices", "fitting", "name")
        return {
            "_about": {
                "trials": [{key: trial[key] for key in shown} for trial in self._trials],
                "practice": practice,
                "grid": list(patch.grid),
                "extent": map_data.extent(self._result),
                "drawing": map_data.DRAWING,
                "columns": list(COLUMNS),
                "seed": self._seed,
                "group": self._group,
            },
            "_values": map_data.float_bytes(np.stack(maps)),
            "_pictures": [map_data.picture_bytes(pictures[trial["picture"]]) for trial in self._trials],
        }

    @t.validate("answers")
    def _check_answers(self, proposal: Any) -> list[dict[str, Any]]:
        counted = [trial for trial in self._trials if not trial["practice"]]
        if len(proposal["value"]) > len(counted):
            raise WidgetError(f"at most {len(counted)} answers", str(len(proposal["value"])), "One a picture.")
        for trial, answer in zip(counted, proposal["value"], strict=False):
            choice, seconds = answer.get("choice"), answer.get("seconds")
            whole = isinstance(choice, int) and not isinstance(choice, bool)
            timed = isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 <= seconds <= _LONGEST
            if (
                set(answer) != {"choice", "seconds"}
                or not whole
                or not timed
                or choice >= len(trial["choices"])
                or choice < 0
            ):
                raise WidgetError(
                    "answers with the place of a choice and seconds", repr(answer)[:80], "Let the page write them."
                )
        return list(proposal["value"])


def _checked(result: Explanation, truth: ArrayLike) -> NDArray[np.bool_]:
    """Whether each phrase fits each picture, (images, captions)."""
    axes = map_data.selectors(result)
    if tuple(axis.kind for axis in axes) != ("image", "caption") or not result.images:
        came = f"one over {', '.join(result.kinds)}{'' if result.images else ', without pictures'}"
        raise InputError("maps over (image, caption, patch) with their pictures", came, "Take what Relevance gives.")
    n, m = len(axes[0]), len(axes[1])
    fits = np.asarray(truth)
    if fits.shape == (n,) and fits.dtype.kind in "iu":
        if ((fits < 0) | (fits >= m)).any():
            raise InputError(f"places of {m} phrases, from 0", str(fits.tolist())[:60], "Count from 0.")
        fits = np.arange(m) == fits[:, None]
    if fits.shape != (n, m) or fits.dtype.kind != "b":
        raise InputError(
            f"truth ({n}, {m}) of yes and no, or the fitting phrase of each picture",
            f"{fits.dtype} {fits.shape}",
            "Say for each picture which phrases fit.",
        )
    if wrong := np.flatnonzero(~fits.any(1) | fits.all(1)).tolist():
        raise InputError(
            "a phrase that fits and one that does not for each picture",
            f"{axes[0].labels[wrong[0]]!r} without",
            "Leave the picture out, or add a phrase.",
        )
    return fits


def _drawn(
    result: Explanation, fits: NDArray[np.bool_], n_choices: int, practice: bool, seed: int, group: int
) -> list[dict[str, Any]]:
    """The trials in order, the practice first; all but the maps is the same for both groups."""
    rng = np.random.default_rng(seed)
    phrases, names = result.axis("caption").labels, result.axis("image").labels
    scores = result.companions.get("logits")
    trials = []
    for place, k in enumerate(rng.permutation(len(fits)).tolist()):
        right = int(rng.choice(np.flatnonzero(fits[k])))
        wrong = rng.permutation(np.flatnonzero(~fits[k]))[: n_choices - 1].tolist()
        choices = rng.permutation([right, *wrong]).tolist()
        # the map is the model's own claim: that of the phrase it ranks first, right or not
        shown = right if scores is None else max(choices, key=lambda c, k=k: float(scores.values[k, c]))
        first = practice and place == 0
        trials.append(
            {
                "picture": k,
                "name": names[k],
                "practice": first,
                "map": bool(first or (place + group) % 2 == 0),
                "choices": [phrases[c] for c in choices],
                "fitting": choices.index(right),
                "shown": shown,
            }
        )
    return trials
