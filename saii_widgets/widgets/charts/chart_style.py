"""How charts look: one ground, quiet lines, text large enough to print."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, Final, Literal

from saii_widgets.core.errors import InputError

if TYPE_CHECKING:
    from bokeh.plotting import figure as Figure

Theme = Literal["light", "dark"]

#: Blue and orange of Okabe and Ito, which the common kinds of colour blindness tell apart; darker on white.
COLOURS: Final[dict[str, dict[str, str]]] = {
    "light": {
        "first": "#0072b2", "second": "#b34a00", "ink": "#1b2530", "muted": "#55616e", "line": "#d9dfe6",
        "ground": "#ffffff",
    },
    "dark": {
        "first": "#56b4e9", "second": "#e69f00", "ink": "#e6eaef", "muted": "#a3aebb", "line": "#36414d",
        "ground": "#14191f",
    },
}  # fmt: skip
_WRAP: Final = 72  # characters of a title's line
_LINE: Final = 20  # pixels of each further one
FONT: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue', Arial, sans-serif"


def colours(theme: str) -> dict[str, str]:
    """The colours of a theme, by what they are for.

    Raises
    ------
    InputError
        No such theme.
    """
    if theme not in COLOURS:
        raise InputError("a theme 'light' or 'dark'", repr(theme), "Choose one of the two.")
    return COLOURS[theme]


def plain(text: str) -> Any:
    """Text that Bokeh shows as it is; in other text it reads ``$$`` as mathematics, and would fetch what draws it."""
    from bokeh.models import PlainText

    return PlainText(text=text)


def blank(title: str, theme: str, height: int) -> Figure:
    """An empty figure in the house's style, as wide as the place that it gets; lines of a long title come on top."""
    from bokeh.models import SaveTool, Title
    from bokeh.plotting import figure

    inks, lines = colours(theme), textwrap.wrap(title, _WRAP)
    made = figure(
        title=Title(text=plain("\n".join(lines)), text_color=inks["ink"], text_font=FONT, text_font_size="15px"),
        height=height + _LINE * max(0, len(lines) - 1), sizing_mode="stretch_width", max_width=860,
        tools=[SaveTool()], toolbar_location="above",
        background_fill_color=inks["ground"], border_fill_color=inks["ground"], outline_line_color=None,
        min_border_right=18,
    )  # fmt: skip
    made.toolbar.logo = None
    made.toolbar.autohide = True
    for axis in (made.xaxis[0], made.yaxis[0]):
        axis.axis_line_color = axis.major_tick_line_color = inks["muted"]
        axis.minor_tick_line_color = None
        axis.axis_label_text_color = axis.major_label_text_color = inks["ink"]
        axis.axis_label_text_font = axis.major_label_text_font = FONT
        axis.axis_label_text_font_size, axis.major_label_text_font_size = "13px", "12px"
        axis.axis_label_text_font_style = "normal"
    made.grid.grid_line_color = inks["line"]
    return made
