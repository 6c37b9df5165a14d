"""Long work beside the notebook: the latest request wins."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from saii_widgets.core.errors import InputError

if TYPE_CHECKING:
    from saii_widgets.widgets.saii_widget import SaiiWidget

PATIENCE: Final = 0.4  # seconds; below it a reader who drags would never see a result


class Cancelled(Exception):
    """A newer request waits, or nobody wants the result any more."""


class Job:
    """One request while it is worked on; the work calls :meth:`check` or :meth:`report` once a batch.

    Parameters
    ----------
    number : int
        Counted from 1.
    """

    def __init__(self, owner: LatestWins, number: int, args: tuple[Any, ...]) -> None:
        self.number = number
        self.cancelled = False
        self._owner, self._args = owner, args
        self._started = 0.0

    def check(self) -> None:
        """Stop here when the work is cancelled, or when it has run for a while and a newer request waits.

        Raises
        ------
        Cancelled
        """
        stale = self._owner.waits and time.monotonic() - self._started >= self._owner.patience
        if self.cancelled or stale:
            raise Cancelled

    def report(self, done: int, total: int, label: str = "") -> None:
        """The same, and show how far it is; made to be passed on as `progress`."""
        self.check()
        self._owner.show(progress=min(1.0, done / total) if total else 0.0, status=label)


class LatestWins:
    """Works on one request at a time in a thread of its own; a newer one replaces the one that waits.

    Parameters
    ----------
    work : callable (job, *args) -> result
        Runs in the thread. It calls ``job.check()`` now and then.
    deliver : callable (result)
        Gets the result, in the thread.
    view : SaiiWidget, optional
        A widget that shows `busy`, `progress`, `status` and `error`; what is printed in a thread would be lost.
    patience : float
        Seconds for which the running work may go on after a newer request came, or a reader who drags sees nothing.

    Attributes
    ----------
    conclusion : str
        What the view's `status` says while nothing is worked on; the work may set it.

    Examples
    --------
    >>> seen = []
    >>> worker = LatestWins(lambda job, n: n * n, seen.append)
    >>> worker.submit(4)
    1
    >>> worker.wait(5), seen
    (True, [16])
    """

    def __init__(
        self,
        work: Callable[..., Any],
        deliver: Callable[[Any], None],
        *,
        view: SaiiWidget | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self.patience = patience
        self.conclusion = ""
        self._work, self._deliver, self._view = work, deliver, view
        self._change = threading.Condition()
        self._waiting: Job | None = None
        self._running: Job | None = None
        self._thread: threading.Thread | None = None
        self._number = 0

    @property
    def waits(self) -> bool:
        """Whether a newer request waits."""
        return self._waiting is not None

    def submit(self, *args: Any) -> int:
        """Ask for the work with these arguments; returns the request's number."""
        with self._change:
            self._number += 1
            self._waiting = Job(self, self._number, args)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="saii-latest-wins", daemon=True)
                self._thread.start()
            return self._number

    def cancel(self) -> None:
        """Drop what waits, and stop what runs at its next check."""
        with self._change:
            self._waiting = None
            if self._running is not None:
                self._running.cancelled = True

    def wait(self, seconds: float | None = None) -> bool:
        """Until nothing runs and nothing waits; False where that took longer than `seconds`."""
        with self._change:
            return self._change.wait_for(lambda: self._thread is None, seconds)

    def show(self, **traits: Any) -> None:
        """Set traits of the view, where there is one."""
        for name, value in traits.items() if self._view is not None else ():
            setattr(self._view, name, value)

    def _run(self) -> None:
        while True:
            with self._change:
                job, self._waiting = self._waiting, None
                self._running = job
            if job is not None:
                self._do(job)
                continue
            self.show(busy=False, progress=0.0, status=self.conclusion)
            with self._change:
                if self._waiting is None:  # none came since
                    self._thread = None
                    self._change.notify_all()
                    return

    def _do(self, job: Job) -> None:
        try:
            self.show(busy=True, progress=0.0, error="")
            job._started = time.monotonic()
            result = self._work(job, *job._args)
            if not job.cancelled:
                self._deliver(result)
        except Cancelled:
            pass
        except InputError as error:
            self.show(error=str(error))
        except Exception as error:  # a thread's own traceback reaches nobody
            self.show(error=f"{type(error).__name__}: {error}. What is shown is the result before.")
