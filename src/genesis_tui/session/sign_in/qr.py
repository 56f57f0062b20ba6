"""An address as a QR code that a phone reads off a terminal."""

QUIET = 2
"""Modules of light around the code. The standard says 4; phones read 2, and 80 by 24 has no room for more."""
FULL, UPPER, LOWER, EMPTY = "\u2588", "\u2580", "\u2584", " "


def lines(address: str, *, ascii_only: bool = False) -> tuple[str, ...]:
    """The rows of the code: two modules a row, one a column; without half blocks one a row and two columns wide.

    Filled cells are the LIGHT modules, so that on a dark ground with light ink it stands as it should; who draws it
    sets both colours (dark ground, light ink), whatever the theme.
    """
    import segno

    code = segno.make_qr(address, error="l", boost_error=False)
    dark = [[bool(module) for module in row] for row in code.matrix_iter(border=QUIET)]
    if ascii_only:
        return tuple("".join("  " if module else "##" for module in row) for row in dark)
    if len(dark) % 2:
        dark.append([True] * len(dark[0]))
    return tuple(
        "".join(_cell(upper=not above, lower=not below) for above, below in zip(*pair, strict=True))
        for pair in zip(dark[::2], dark[1::2], strict=True)
    )


def _cell(*, upper: bool, lower: bool) -> str:
    if upper and lower:
        return FULL
    return UPPER if upper else LOWER if lower else EMPTY
