"""The rooms of the studio, in the order of the steps."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from saii_widgets.core.study import Study
from saii_widgets.rooms.room import Live, Room, View
from saii_widgets.widgets.heatmap_view import HeatmapView
from saii_widgets.widgets.pair_matrix import PairMatrix
from saii_widgets.widgets.score_bars import ScoreBars
from saii_widgets.widgets.word_cloud import WordCloud

if TYPE_CHECKING:
    from saii_widgets.stepwise import Stepwise


def _rewrite(stepwise: Stepwise, lock: threading.Lock) -> Live:
    from saii_widgets.rooms.rewrite import Rewrite

    return Rewrite(stepwise, lock)


def _takeaway(stepwise: Stepwise, lock: threading.Lock) -> Live:
    from saii_widgets.rooms.takeaway import Takeaway

    return Takeaway(stepwise, lock)


def _together(stepwise: Stepwise, lock: threading.Lock) -> Live:
    from saii_widgets.rooms.together import Together

    return Together(stepwise, lock)


def _before_and_after(study: Study) -> HeatmapView:
    maps = study["step4"].companions
    before, after = maps["before"].renamed("all words"), maps["after"].renamed("without principal words")
    return HeatmapView(before, after, mode="swipe", label="Maps with and without the principal words")


def _short_phrases(study: Study) -> PairMatrix:
    return PairMatrix(study["step5"].companions["probabilities"].renamed("Short phrases"))


def _task_performance(study: Study) -> ScoreBars:
    return ScoreBars(
        study["evaluation"], reference=0.5, reference_label="guessing", interval="95 % interval", order="by value"
    )


def _figure(number: int) -> View:
    name = f"figure{number}"
    return View(lambda study: HeatmapView(study[name]), f'sw.HeatmapView(study["{name}"]{{}})', name)


PLAN: Final = (
    Room(
        "Words",
        "The words of the texts, as large as they weigh. The principal ones name vehicle and colour and ask for "
        "pictures. Click a word to give it another role, then run the steps again.",
        ("words", "meet", "captions"),
        [View(lambda study: WordCloud(study["words"]), 'sw.WordCloud(study["words"]{})', "words")],
    ),
    Room(
        "1 Phrases",
        "Each picture against phrases that hold one principal word; the dot marks a picture's best phrase. Does the "
        "model know the vehicle and its colour?",
        ("step1",),
        [
            View(
                lambda study: PairMatrix(study["step1"], shown="probabilities"),
                'sw.PairMatrix(study["step1"]{})',
                "step1",
            )
        ],
    ),
    Room(
        "2 Captions",
        "Each picture against its own caption and those of the others. Click a cell, and the rooms of steps 3 and 4 "
        "show that pair.",
        ("step2",),
        [
            View(
                lambda study: PairMatrix(study["step2"], shown="probabilities"),
                'sw.PairMatrix(study["step2"]{})',
                "step2",
            )
        ],
    ),
    Room(
        "3 Maps",
        "Which patches and which words made this picture and this caption match. Choose a pair, or change the caption "
        "and see what becomes of its map and of its probability.",
        ("step3",),
        [View(lambda study: HeatmapView(study["step3"]), 'sw.HeatmapView(study["step3"]{})', "step3")],
        _rewrite,
    ),
    Room(
        "4 Deletion",
        "The principal words are taken out of each caption. Drag the divider to compare the two maps, or slide through "
        "the words one by one and see where another caption wins.",
        ("step3", "step4"),
        [
            View(
                _before_and_after,
                'sw.HeatmapView(study["step4"].companions["before"], study["step4"].companions["after"]{})',
                "step4",
            )
        ],
        _takeaway,
    ),
    Room(
        "5 Short phrases",
        "Captions simplified to short phrases without any principal word. Does the model find the fence, the sky, the "
        "markings by themselves? Click a cell to see its map.",
        ("step5",),
        [
            View(_short_phrases, 'sw.PairMatrix(study["step5"].companions["probabilities"]{})', "step5"),
            View(lambda study: HeatmapView(study["step5"]), 'sw.HeatmapView(study["step5"]{})', "step5"),
        ],
    ),
    Room(
        "6 All pairs",
        "All pictures against all captions. Put alike ones together to see what the model takes for the same, and "
        "click a cell to see where its score comes from.",
        ("step6",),
        [
            View(lambda study: PairMatrix(study["step6"]), 'sw.PairMatrix(study["step6"]{})', "step6"),
            View(lambda study: HeatmapView(study["step6 maps"]), 'sw.HeatmapView(study["step6 maps"]{})', "step6 maps"),
        ],
    ),
    Room(
        "Together",
        "Which words and parts of the picture count only together, in the pair that is chosen in steps 2 to 4. Red: "
        "they say more together than apart. Blue: one makes the other dispensable, or speaks against it. Click a word "
        "to see its parts; the numbers get better while you look.",
        ("step3",),
        [],
        _together,
        follows="step3",
    ),
    Room(
        "Evaluation",
        "Do the short phrases serve on other pictures? How well each phrase's score tells pictures with the thing from "
        "those without it, on pictures that no step has seen; below, the maps of a fence and of an overcast sky.",
        ("evaluate",),
        [
            View(_task_performance, 'sw.ScoreBars(study["evaluation"]{})', "evaluation"),
            _figure(5),
            _figure(6),
        ],
    ),
)
