"""Which way to sign in fits where this program runs: at a desk, over SSH, without a display (UI: Sign in)."""

from collections.abc import Iterable

from genesis_tui.api_client.sign_in import web_browser as opening
from genesis_tui.models.sign_in import Kind, Way


def opens_browser() -> bool:
    """Whether a browser that the person sees can be opened from here; over SSH and without a display none can."""
    return bool(opening.command("http://127.0.0.1/"))


def fitting(ways: Iterable[Way], *, card: bool = False) -> Way | None:
    """The way to offer first; the person may choose any other. None where there are none.

    Args:
        ways: what the server offers.
        card: whether a card is at hand.
    """
    order = [Kind.PASSWORD, Kind.BROWSER, Kind.DEVICE, Kind.CARD]
    if card:
        order.insert(0, Kind.CARD)
    if not opens_browser():
        order.remove(Kind.BROWSER)
        order.append(Kind.BROWSER)
    return min(ways, key=lambda way: order.index(way.kind), default=None)
