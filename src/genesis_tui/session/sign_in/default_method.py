"""Which way to sign in fits where this program runs: at a desk, over SSH, without a display (UI: Sign in)."""

from collections.abc import Iterable

from genesis_tui.api_client.sign_in import web_browser
from genesis_tui.models.sign_in import MethodKind, SignInMethod


def opens_browser() -> bool:
    """Whether a browser that the person sees can be opened from here; over SSH and without a display none can."""
    return bool(web_browser.command("http://127.0.0.1/"))


def fitting(ways: Iterable[SignInMethod], *, card: bool = False) -> SignInMethod | None:
    """The way to offer first; the person may choose any other. None where there are none.

    Args:
        ways: what the server offers.
        card: whether a card is at hand.
    """
    order = [MethodKind.PASSWORD, MethodKind.BROWSER, MethodKind.DEVICE, MethodKind.CARD]
    if card:
        order.insert(0, MethodKind.CARD)
    if not opens_browser():
        order.remove(MethodKind.BROWSER)
        order.append(MethodKind.BROWSER)
    return min(ways, key=lambda way: order.index(way.kind), default=None)
