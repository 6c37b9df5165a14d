"""The latest request wins, nothing is lost in silence, and no thread stays behind."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest

from saii_widgets.core.errors import InputError
from saii_widgets.widgets.latest import Job, LatestWins


class Gate:
    """Work that goes on only when it is let through."""

    def __init__(self) -> None:
        self.started: list[int] = []
        self.entered, self.open = threading.Event(), threading.Event()

    def __call__(self, job: Job, n: int) -> int:
        self.started.append(n)
        self.entered.set()
        while not self.open.wait(0.005):
            job.check()
        return n


def test_running_work_is_delivered_and_the_middle_is_skipped() -> None:
    gate, seen = Gate(), []
    worker = LatestWins(gate, seen.append, patience=60)
    worker.submit(1)
    assert gate.entered.wait(5)
    for n in (2, 3, 4):
        worker.submit(n)
    gate.open.set()
    assert worker.wait(5)
    assert gate.started == seen == [1, 4]


def test_stale_work_is_cancelled_after_patience() -> None:
    gate, seen = Gate(), []
    worker = LatestWins(gate, seen.append, patience=0.05)
    worker.submit(1)
    assert gate.entered.wait(5)
    time.sleep(0.1)
    assert gate.started == [1]  # without a newer request it goes on
    gate.entered.clear()
    worker.submit(2)
    assert gate.entered.wait(5)
    gate.open.set()
    assert worker.wait(5)
    assert gate.started == [1, 2]
    assert seen == [2]


def test_cancel_stops_and_delivers_nothing() -> None:
    gate, seen = Gate(), []
    view = SimpleNamespace(busy=False, status="", error="", progress=0.0)
    worker = LatestWins(gate, seen.append, view=view)
    worker.submit(1)
    assert gate.entered.wait(5)
    assert view.busy
    worker.submit(2)
    worker.cancel()
    assert worker.wait(5)
    assert seen == []
    assert gate.started == [1]
    assert not view.busy


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (InputError("a truck", "a bus", "Take a truck."), "wanted a truck; got a bus. Take a truck."),
        (OSError("full"), "OSError: full"),
    ],
)
def test_errors_are_shown_until_the_next_request(error: Exception, said: str) -> None:
    view = SimpleNamespace(busy=False, status="", error="", progress=0.0)
    seen: list[int] = []

    def work(job: Job, n: int) -> int:
        job.report(1, 4, "encoding")
        assert (view.progress, view.status) == (0.25, "encoding")
        if n == 1:
            raise error
        return n

    worker = LatestWins(work, seen.append, view=view)
    worker.submit(1)
    assert worker.wait(5)
    assert said in view.error
    assert (view.busy, view.status, view.progress) == (False, "", 0.0)
    worker.submit(2)
    assert worker.wait(5)
    assert view.error == ""
    assert seen == [2]


def test_many_requests_leave_no_thread() -> None:
    before = threading.active_count()
    seen: list[int] = []
    worker = LatestWins(lambda _, n: n, seen.append)
    numbers = [worker.submit(n) for n in range(200)]
    assert worker.wait(5)
    assert numbers == list(range(1, 201))
    assert seen[-1] == 199
    assert seen == sorted(seen)
    time.sleep(0.02)
    assert threading.active_count() == before
