"""Pictures and records meet: principal words retrieve pictures, and pictures are paired with record texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from saii_widgets.core.errors import InputError

Pairing = Literal["one-to-one", "many-to-many"]
_FORBIDDEN = -1e6


@dataclass(frozen=True)
class RecordTexts:
    """The distinct texts of the records that some picture may meet.

    Parameters
    ----------
    texts : tuple of str
        In the order of their first record.
    rows : tuple of int
        The first record of each.
    eligible : bool array, (pictures, texts)
        Whether a record of that text lies in the picture's window.
    n_passed_over : int
        Texts beyond the limit.
    """

    texts: tuple[str, ...]
    rows: tuple[int, ...]
    eligible: NDArray[np.bool_]
    n_passed_over: int


def record_texts(texts: Sequence[str], near: NDArray[np.bool_] | None, n_pictures: int, limit: int) -> RecordTexts:
    """Distinct texts of all records, or of those near some picture, `near` being (pictures, records)."""
    number: dict[str, int] = {}
    codes = np.array([number.setdefault(text, len(number)) for text in texts], np.intp)
    eligible = np.zeros((n_pictures, len(number)), bool)
    if near is None:
        eligible[:] = True
    else:
        for row, close in zip(eligible, near, strict=True):
            row[codes[close]] = True
    reachable = np.flatnonzero(eligible.any(axis=0))
    kept = reachable[:limit]
    _, first = np.unique(codes, return_index=True)
    names = list(number)
    return RecordTexts(
        tuple(names[k] for k in kept),
        tuple(int(first[k]) for k in kept),
        eligible[:, kept],
        len(reachable) - len(kept),
    )


def retrieve(logits: NDArray[np.floating], n_pictures: int) -> list[int]:
    """Pictures that the words ask for, (n, words) -> at most `n_pictures` rows.

    The words take turns, each time with the next best picture that none has taken yet, so that a frequent word does
    not fill the study alone.
    """
    wanted = np.argsort(-logits, axis=0, kind="stable")  # (n, words)
    chosen: list[int] = []
    for rank in range(len(logits)):
        for word in range(logits.shape[1]):
            row = int(wanted[rank, word])
            if row not in chosen:
                chosen.append(row)
            if len(chosen) == n_pictures:
                return chosen
    return chosen


def pair(
    logits: NDArray[np.floating], eligible: NDArray[np.bool_], mode: Pairing, *, n_partners: int = 3
) -> list[tuple[int, int]]:
    """Pairs of picture and record.

    Parameters
    ----------
    logits : array, (n, r)
        Match of every picture with every record text.
    eligible : bool array, (n, r)
        Whether the record lies in the picture's window of time and place.
    mode : {"one-to-one", "many-to-many"}
        One-to-one: every picture at most one record and the other way round, with the largest sum of logits.
        Many-to-many: every picture its `n_partners` best records, and every record that some picture chose its
        `n_partners` best pictures.
    n_partners : int
        For many-to-many.

    Returns
    -------
    list of (picture, record)
        Best match first; pictures without an eligible record are in none.
    """
    if mode not in get_args(Pairing):
        raise InputError("a pairing 'one-to-one' or 'many-to-many'", repr(mode), "Choose one of the two.")
    allowed = np.where(eligible, logits, _FORBIDDEN)
    if mode == "one-to-one":
        rows, columns = linear_sum_assignment(-allowed)
        pairs = {(int(n), int(r)) for n, r in zip(rows, columns, strict=True) if eligible[n, r]}
    else:
        best = np.argsort(-allowed, axis=1, kind="stable")[:, :n_partners]
        pairs = {(n, int(r)) for n, row in enumerate(best) for r in row if eligible[n, r]}
        for r in {r for _, r in pairs}:
            for n in np.argsort(-allowed[:, r], kind="stable")[:n_partners]:
                if eligible[n, r]:
                    pairs.add((int(n), r))
    return sorted(pairs, key=lambda p: (-float(logits[p]), p))


def strongest_records(logits: NDArray[np.floating], eligible: NDArray[np.bool_], limit: int) -> list[int]:
    """Records that some picture matches best: at most `limit` columns, in their own order."""
    peak: Sequence[float] = np.where(eligible, logits, -np.inf).max(axis=0).tolist()
    order = sorted(range(len(peak)), key=lambda r: -peak[r])
    return sorted(order[:limit])
