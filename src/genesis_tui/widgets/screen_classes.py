"""Sizes of the window at which a screen changes its shape, as class names for stylesheets."""

SMALLEST = (40, 10)
WIDTHS: list[tuple[int, str]] | None = [(0, "-narrow"), (SMALLEST[0], "-phone"), (60, "-middle"), (120, "-wide")]
HEIGHTS: list[tuple[int, str]] | None = [(0, "-low"), (SMALLEST[1], "-short"), (16, "-tall"), (30, "-roomy")]

DELIBERATE = "-deliberate"
"""Class of a screen that asks before something is done: what was typed before it showed is no answer to it."""
UNASKED = "-unasked"
"""Class of a screen that comes by itself, under fingers that type: they have to stop before they answer it."""
