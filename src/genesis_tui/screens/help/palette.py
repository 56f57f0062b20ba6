"""`ctrl+p`: everything that can be done now, by name, from the bindings that do it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from genesis_tui.models.base.search import folded
from genesis_tui.screens.help.commands import commands
from genesis_tui.widgets.drawing import themes
from genesis_tui.widgets.drawing.cells import fit
from genesis_tui.widgets.drawing.lines import Line, spread
from genesis_tui.widgets.picker import Picker
from genesis_tui.widgets.virtual_list import RowView

if TYPE_CHECKING:
    from genesis_tui.screens.base.shell import Shell


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """One thing to do: words, the key that does it too, and the deed."""

    text: str
    keys: str
    run: Callable[[], object]


_OWN = ("list", "sheet", "picker", "dialog")
"""Groups of keys that only make sense as keys."""


class OfferView(RowView[Offer]):
    """Words at the left, key at the right."""

    def key(self, row: Offer) -> str:
        return row.text

    def draw(self, row: Offer, width: int) -> list[Line]:
        text = fit(row.text, width - len(row.keys) - 3)
        return [spread([(f" {text}", "")], [(row.keys + " ", "muted")], width)]


def fitting(offers: Sequence[Offer], text: str) -> list[Offer]:
    """Offers in whose words each word typed begins some word, the best first.

    That is one that is the text; then one that begins with it; then one in whose words it stands
    as it was typed; of equal ones the shorter; last what has the text as its key.
    """
    whole = " ".join(folded(text).split())
    typed = whole.split()
    if not typed:
        return list(offers)

    def rank(offer: Offer) -> tuple[int, int]:
        words = folded(offer.text)
        if words == whole:
            return 0, 0
        signs = words.startswith(f"{whole} "), words.startswith(whole), f" {whole}" in words, True
        return signs.index(True) + 1, len(words)

    found = [o for o in offers if all(any(w.startswith(t) for w in folded(o.text).split()) for t in typed)]
    keyed = [o for o in offers if text.strip() in o.keys.split() and o not in found]
    return [*sorted(found, key=rank), *keyed]


class Palette(Picker[Offer]):
    """The palette. A name of the family opens that record."""

    HEADING = "Commands"
    VERB = "do it"
    HINT: ClassVar[str] = "type what to do"

    @property
    def shell(self) -> "Shell":
        """The app, as screens know it."""
        return cast("Shell", self.app)

    def view(self) -> OfferView:
        return OfferView()

    def candidates(self, text: str) -> list[Offer]:
        if not hasattr(self, "_offers"):
            found = [*self._bound(), *self._people(), *self._themes()]
            self._offers = list({offer.text: offer for offer in reversed(found)}.values())[::-1]
        return fitting(self._offers, text)

    def choose(self, item: Offer) -> None:
        self.dismiss()
        self.app.call_next(item.run)

    def _bound(self) -> list[Offer]:
        stack = self.app.screen_stack
        below = stack[stack.index(self) - 1]
        return [
            Offer(c.text[:1].upper() + c.text[1:], "  ".join(c.keys), partial(self.app.run_action, c.action, c.node))
            for c in commands(below)
            if c.group not in _OWN and c.id not in ("app.commands", "app.back")
        ]

    def _people(self) -> list[Offer]:
        portal = self.shell.portal
        known = self.shell.people if portal.sign_in.me is not None and portal.sign_in.locked is None else None
        people = known.people if known is not None else ()
        words = "Open record:"
        return [Offer(f"{words} {p.name}, {p.relation}", "", partial(self.shell.open_record, p)) for p in people]

    def _themes(self) -> list[Offer]:
        if self.app.no_color:
            return []
        return [Offer(f"Theme: {name}", "", partial(self._dress, name)) for name in themes.NAMES]

    def _dress(self, name: str) -> None:
        self.app.theme = name
