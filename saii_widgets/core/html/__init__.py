"""How results look without a kernel: functions from results to strings of HTML, without scripts."""

from saii_widgets.core.html.bars import Interval, bar_list, interval_list
from saii_widgets.core.html.maps import map_grid
from saii_widgets.core.html.matrix import matrix_table
from saii_widgets.core.html.narration import narration
from saii_widgets.core.html.numbers import shown
from saii_widgets.core.html.origin import origin_details
from saii_widgets.core.html.pictures import gallery, heatmap_figure, legend, picture, picture_figure, relative_legend
from saii_widgets.core.html.result import explanation, pair_figure
from saii_widgets.core.html.sortable import sortable_table
from saii_widgets.core.html.style import style
from saii_widgets.core.html.tables import table
from saii_widgets.core.html.words import role_key, shaded_words

__all__ = [
    "Interval",
    "bar_list",
    "explanation",
    "gallery",
    "heatmap_figure",
    "interval_list",
    "legend",
    "map_grid",
    "matrix_table",
    "narration",
    "origin_details",
    "pair_figure",
    "picture",
    "picture_figure",
    "relative_legend",
    "role_key",
    "shaded_words",
    "shown",
    "sortable_table",
    "style",
    "table",
]
