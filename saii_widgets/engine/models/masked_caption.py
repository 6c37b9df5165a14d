"""A caption of which players are taken away: hidden tokens leave the sequence, which makes it shorter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from saii_widgets.core.text import Caption
from saii_widgets.engine.caption_players import CaptionPlayers
from saii_widgets.engine.models.model import CaptionMasking
from saii_widgets.engine.models.word_tokens import cut_out
from saii_widgets.engine.pairing import unit
from saii_widgets.engine.runtime import Progress, in_batches

if TYPE_CHECKING:
    from saii_widgets.engine.models.two_towers import TwoTowers


class MaskedCaption:
    """One caption and its players.

    Parameters
    ----------
    model : TwoTowers
    caption : Caption
        No longer than the model reads.
    players : CaptionPlayers
    masking : {"attention", "delete"}
        "attention": no token may look at the player's tokens. They then reach nothing, so they are left out and the
        others keep their positions, which is the same to the last digit. "delete": the player's characters are cut out
        of the text, which is tokenized anew.
    """

    def __init__(self, model: TwoTowers, caption: Caption, players: CaptionPlayers, masking: CaptionMasking) -> None:
        self._model, self._caption, self._players, self._masking = model, caption, players, masking
        self.n_players = len(players)

    def encode(self, keep: NDArray[np.bool_], progress: Progress | None = None) -> Tensor:
        """Unit embeddings (K, d) of coalitions (K, m), float32 or better, on the model's device."""
        model = self._model
        sizes, inputs = self._hidden(keep) if self._masking == "attention" else self._deleted(keep)
        groups = [np.flatnonzero(sizes == size) for size in np.unique(sizes)]
        share = model.trace_bytes(model.n_text_layers - 1, side="text")[0] // model.max_tokens
        found, done = [], 0
        for group in groups:

            def work(batch: range, group: NDArray[np.intp] = group) -> Tensor:
                return unit(model.text_tower.embed_readout(inputs(group[batch.start : batch.stop])))

            tokens = int(sizes[group[0]])
            for part in in_batches(
                len(group), work, device=model.device, bytes_each=share * tokens, label="masked captions"
            ):
                found.append(part)
                done += len(part)
                if progress is not None:
                    progress(done, len(keep), "masked captions")
        return torch.cat(found)[torch.from_numpy(np.concatenate(groups).argsort()).to(model.device)]

    def _hidden(self, keep: NDArray[np.bool_]) -> tuple[NDArray[np.intp], _Inputs]:
        """Lengths (K,), and the inputs of coalitions of one length."""
        row = self._model.prepare_captions([self._caption])
        spans = self._model.token_spans(self._caption)
        n_tokens = row["input_ids"].shape[1]
        owner = np.array([self._players.at(span) for span in spans] + [-1] * (n_tokens - len(spans)))
        stays = keep[:, owner.clip(0)] | (owner < 0)  # (K, t)
        row["position_ids"] = torch.arange(n_tokens, device=self._model.device)[None]

        def inputs(chosen: NDArray[np.intp]) -> dict[str, Tensor]:
            places = torch.from_numpy(stays[chosen].nonzero()[1].reshape(len(chosen), -1)).to(self._model.device)
            return {key: value[0][places] for key, value in row.items()}

        return stays.sum(1), inputs

    def _deleted(self, keep: NDArray[np.bool_]) -> tuple[NDArray[np.intp], _Inputs]:
        spans = self._players.spans
        cut = [[span for k in np.flatnonzero(~kept) for span in spans[k]] for kept in keep]
        rows = [self._model.token_ids(cut_out(self._caption.text, gone)) for gone in cut]

        def inputs(chosen: NDArray[np.intp]) -> dict[str, Tensor]:
            return self._model.pad([rows[k] for k in chosen])

        return np.array([len(row) for row in rows]), inputs


if TYPE_CHECKING:
    from collections.abc import Callable

    _Inputs = Callable[[NDArray[np.intp]], dict[str, Tensor]]
