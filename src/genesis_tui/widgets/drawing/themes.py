"""The five themes and the patients' colours (MOCKUPS §9), and the styles that rows are drawn with."""

import os
from functools import cache

from rich.color import Color
from rich.style import Style
from textual.theme import Theme

NAMES = ("dark", "light", "contrast", "colour-blind", "ansi")
"""What a person chooses from; `ansi` is the terminal's own 16 colours."""

PATIENTS = 8

_WORDS = {
    "background": ("11151A", "FBFBF9", "000000", "0F141B"),
    "surface": ("191F27", "EEF0F1", "000000", "18202A"),
    "panel": ("1C232C", "FFFFFF", "000000", "1B242F"),
    "field": ("1B222B", "F0F2F4", "1A1A1A", "1A232E"),
    "cursor": ("22354A", "D3E4F8", "FFFFFF", "1A3350"),
    "cursor-dim": ("1E2630", "E7EBEF", "262626", "1D2733"),
    "foreground": ("D6DBE2", "1C232B", "FFFFFF", "DDE2E8"),
    "muted": ("8D98A8", "59646F", "D0D0D0", "93A0AF"),
    "rule": ("3A4553", "BEC6CE", "A0A0A0", "3B4858"),
    "accent": ("7DB4F5", "1B5CAB", "FFE95C", "6DB7F2"),
    "unread": ("63C9E8", "00668F", "4DE1FF", "8FD0FF"),
    "abnormal": ("E9B44C", "8A5300", "FFC233", "F0AE2E"),
    "critical": ("FF8078", "B3211B", "FF9C94", "FF8F6B"),
    "ok": ("82C491", "28703F", "8CFFA6", "5CC8B4"),
    "range": ("6C9A80", "3B7550", "8CFFA6", "7F96B5"),
    "band": ("17271F", "E3F1E7", "00330F", "16263A"),
    "pending": ("BBA4EE", "5F3FA8", "E3C2FF", "C3BEF5"),
    "mock": ("E3A62F", "F2B233", "FFC233", "F0AE2E"),
    "mil": ("2F7D4F", "2B7040", "8CFFA6", "00756A"),
    "host": ("4A5563", "59646F", "D0D0D0", "4A5563"),
    "on-mock": ("1A1200", "1A1200", "000000", "1A1200"),
    "on-mil": ("FFFFFF", "FFFFFF", "000000", "FFFFFF"),
    "on-host": ("FFFFFF", "FFFFFF", "000000", "FFFFFF"),
    "on-patient": ("FFFFFF", "FFFFFF", "000000", "FFFFFF"),
    "patient-1": ("177A73", "12685F", "5FFFE8", "00756A"),
    "patient-2": ("7A5BC7", "6244B0", "D0B8FF", "7C4F9E"),
    "patient-3": ("B84A7E", "A23A6C", "FFB0D8", "9C4270"),
    "patient-4": ("3169C4", "2459AE", "A8CCFF", "0063A6"),
    "patient-5": ("66752A", "56641F", "D8F06A", "6B6B00"),
    "patient-6": ("A05A2C", "8A4A20", "FFC9A0", "8A5200"),
    "patient-7": ("96439F", "7F3488", "F5A8FF", "4A5A9C"),
    "patient-8": ("566A82", "47596F", "D0DCEA", "5C6B7A"),
    "patient-1-ink": ("3FB8AE", "12685F", "5FFFE8", "35B5A5"),
    "patient-2-ink": ("A98FEA", "6244B0", "D0B8FF", "B58FD6"),
    "patient-3-ink": ("E087B2", "A23A6C", "FFB0D8", "DE86B4"),
    "patient-4-ink": ("7AA6F0", "2459AE", "A8CCFF", "56A8E8"),
    "patient-5-ink": ("A5B659", "56641F", "D8F06A", "B5B540"),
    "patient-6-ink": ("D9935F", "8A4A20", "FFC9A0", "D89A3C"),
    "patient-7-ink": ("CF84D8", "7F3488", "F5A8FF", "8F9FE0"),
    "patient-8-ink": ("94A8C0", "47596F", "D0DCEA", "9AAABA"),
}

_PATIENT_16 = ("cyan", "magenta", "green", "white", "cyan", "magenta", "green", "white")

# Foreground on a dark terminal, foreground on a light one, attributes.
_TERMINAL: dict[str, tuple[str, str, str]] = {
    "background": ("default", "default", ""),
    "surface": ("default", "default", ""),
    "panel": ("default", "default", ""),
    "field": ("default", "default", ""),
    "cursor": ("default", "default", "reverse"),
    "cursor-dim": ("default", "default", "bold"),
    "foreground": ("default", "default", ""),
    "muted": ("default", "default", "dim"),
    "rule": ("default", "default", "dim"),
    "accent": ("bright_blue", "blue", ""),
    "unread": ("bright_cyan", "blue", "bold"),
    "abnormal": ("yellow", "magenta", "bold"),
    "critical": ("bright_red", "red", "bold"),
    "ok": ("green", "green", ""),
    "range": ("green", "green", ""),
    "band": ("default", "default", ""),
    "pending": ("magenta", "blue", ""),
    "mock": ("yellow", "yellow", ""),
    "mil": ("green", "green", ""),
    "host": ("white", "black", ""),
    "on-mock": ("black", "black", ""),
    "on-mil": ("black", "bright_white", ""),
    "on-host": ("black", "bright_white", ""),
    "on-patient": ("black", "black", ""),
    **{f"patient-{n}": (hue, hue, "") for n, hue in enumerate(_PATIENT_16, 1)},
    **{f"patient-{n}-ink": (hue, "black" if hue == "white" else hue, "bold") for n, hue in enumerate(_PATIENT_16, 1)},
}

_INK = {"mock": "on-mock", "mil": "on-mil", "host": "on-host"}


def variables(name: str) -> dict[str, str]:
    """Every word of ours as a CSS colour in the theme called `name`."""
    if name == "ansi":
        return {word: f"ansi_{hues[_light_terminal()]}" for word, hues in _TERMINAL.items()}
    column = NAMES.index(name)
    return {word: f"#{colours[column]}" for word, colours in _WORDS.items()}


def theme(name: str) -> Theme:
    """The Textual theme called `name`; Textual's own parts get the nearest of our words."""
    words = variables(name)
    return Theme(
        name=name,
        primary=words["accent"],
        accent=words["accent"],
        foreground=words["foreground"],
        background=words["background"],
        surface=words["surface"],
        panel=words["panel"],
        warning=words["abnormal"],
        error=words["critical"],
        success=words["ok"],
        dark=name != "light",
        ansi=name == "ansi",
        variables=words | _borrowed(words),
    )


def _borrowed(words: dict[str, str]) -> dict[str, str]:
    """Textual's own variables, in our colours, for the parts of its widgets that we show."""
    return {
        "scrollbar": words["rule"],
        "scrollbar-hover": words["rule"],
        "scrollbar-active": words["muted"],
        "scrollbar-background": words["background"],
        "scrollbar-background-hover": words["background"],
        "scrollbar-background-active": words["background"],
        "scrollbar-corner-color": words["background"],
        "input-cursor-background": words["foreground"],
        "input-cursor-foreground": words["background"],
        "input-selection-background": words["cursor"],
        "screen-selection-background": words["cursor"],
        "ansi-background": words["background"],
        "ansi-foreground": words["foreground"],
    }


def fitting(chosen: str, *, low_bandwidth: bool = False, colourless: bool = False) -> str:
    """The theme to use: the terminal's own colours under `NO_COLOR`, else the chosen one, or what a slow link needs."""
    return "ansi" if colourless or (low_bandwidth and not chosen) else chosen or "dark"


def _light_terminal() -> bool:
    """True where `COLORFGBG` says that the terminal's background is light."""
    return os.environ.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15")


def patient_word(number: int) -> str:
    """The colour of the person in that place of the family (1-based); the ninth repeats the first."""
    return f"patient-{(number - 1) % PATIENTS + 1}"


class Paint:
    """Styles of one theme, by our words: `paint("muted")`, `paint("abnormal", "cursor", bold=True)`."""

    def __init__(self, name: str, *, colourless: bool = False) -> None:
        self.name = name
        self.sixteen = name == "ansi"
        """True where only the terminal's 16 colours are used, so no background shows a band or a cursor."""
        self.ground = None if self.sixteen else variables(name)["background"]
        """The background of the screen as a Rich colour; None for the terminal's own."""
        self._colourless = colourless
        self._words = {} if self.sixteen else variables(name)
        self._made: dict[tuple[str, str, bool, bool, bool], Style] = {}

    def __call__(
        self,
        word: str = "foreground",
        on: str = "",
        *,
        bold: bool = False,
        italic: bool = False,
        underline: bool = False,
    ) -> Style:
        """The style of `word` on the background `on` (`cursor`, `cursor-dim`, `panel`, a fill …; empty: what is there).

        On a fill the word is the fill's own ink. On `cursor` muted words are read as plain ones.
        """
        key = (word, on, bold, italic, underline)
        if (made := self._made.get(key)) is None:
            flat = self._sixteen(word, on) if self.sixteen else self._coloured(word, on)
            extra = Style(bold=bold or None, italic=italic or None, underline=underline or None)
            made = self._made[key] = flat + extra
        return made

    def _coloured(self, word: str, on: str) -> Style:
        if _is_fill(on):
            word = _INK.get(on, "on-patient")
        elif on == "cursor" and self.name == "contrast":
            word = "background"
        elif on == "cursor" and word in ("muted", "rule"):
            word = "foreground"
        return Style(color=self._words[word], bgcolor=self._words[on] if on else None)

    def _sixteen(self, word: str, on: str) -> Style:
        if on == "cursor":
            return Style(reverse=True)
        if _is_fill(on):
            return self._filled(on)
        hue, attribute = self._hue(word)
        style = Style(color=None if hue == "default" else hue) + Style.parse(attribute)
        return style + Style(bold=True) if on == "cursor-dim" else style

    def _filled(self, fill: str) -> Style:
        if self._colourless:
            return Style(reverse=True)
        ink = self._hue(_INK.get(fill, "on-patient"))[0]
        return Style(color=ink, bgcolor=Color.parse(self._hue(fill)[0]))

    def _hue(self, word: str) -> tuple[str, str]:
        dark, light, attribute = _TERMINAL[word]
        return ("default" if self._colourless else light if _light_terminal() else dark), attribute


def _is_fill(word: str) -> bool:
    return word in _INK or (word.startswith("patient-") and not word.endswith("-ink"))


@cache
def paint(name: str, *, colourless: bool = False) -> Paint:
    """The styles of the theme called `name`; a name that is not ours gets those of `dark`."""
    return Paint(name if name in NAMES else "dark", colourless=colourless)
