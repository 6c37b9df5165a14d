"""What a room of the studio is: a step of the study, said in plain words, with the widgets that show it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from saii_widgets.core.study import Study
from saii_widgets.widgets.saii_widget import SaiiWidget

if TYPE_CHECKING:
    from saii_widgets.stepwise import Stepwise


class Live(Protocol):
    """Widgets of a room whose content is computed while one looks at them."""

    @property
    def widgets(self) -> Sequence[SaiiWidget]:
        """What is shown beside the room's views, in a notebook."""
        ...

    @property
    def below(self) -> Sequence[SaiiWidget]:
        """What is shown under all of the room, as wide as it is."""
        ...

    @property
    def lasting(self) -> Sequence[SaiiWidget]:
        """Those of them that serve without Python as well, as they are now."""
        ...

    def choose(self, image: int, caption: int) -> None:
        """Take up another pair of the study."""
        ...

    def rest(self) -> None:
        """Nobody looks any more: finish what belongs to the pair, and stop what only gets better."""
        ...

    def wait(self, seconds: float | None = None) -> bool:
        """Until nothing is computed; False where that takes longer."""
        ...

    def code(self) -> list[str]:
        """Lines of Python that give what was computed, where ``stepwise`` is the study's."""
        ...


@dataclass(frozen=True)
class View:
    """One widget over a study, and the Python that makes it.

    Parameters
    ----------
    make : callable (study) -> SaiiWidget
    code : str
        The call that makes it where the study is named ``study``, with ``{}`` where its settings go.
    needs : str
        The explanation without which it is left out.
    """

    make: Callable[[Study], SaiiWidget]
    code: str
    needs: str


@dataclass(frozen=True)
class Room:
    """One step to look at.

    Parameters
    ----------
    title : str
        On the step's button.
    about : str
        What is to be seen here, and what one can do.
    steps : sequence of str
        The steps of `Stepwise` that make what is shown, in order.
    views : sequence of View
        What is shown, once all steps are done. None where all is computed while one looks.
    live : callable (stepwise, lock) -> Live, optional
        What is computed while one looks at it, for the pair that is chosen in the first view; the lock is held while
        the model is at work.
    follows : str
        Of a room without views: the explanation whose view, in another room, chooses the pair.
    """

    title: str
    about: str
    steps: Sequence[str]
    views: Sequence[View]
    live: Callable[[Stepwise, threading.Lock], Live] | None = None
    follows: str = ""

    def found(self, study: Study) -> list[View]:
        """The views for which the study holds something to show."""
        return [view for view in self.views if view.needs in study]
