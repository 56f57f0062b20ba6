"""What a sign-in that did not go through says, as paragraphs (LOCK-1 to LOCK-5, DEERS-3)."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from genesis_tui import desks
from genesis_tui.widgets.error_text import error_paras, marks_words
from genesis_tui.widgets.page import Para

if TYPE_CHECKING:
    from genesis_tui.session.errors import SignInRefused

MISMATCH = "deers-mismatch"
RESET = f"Forgot the password? {desks.CENTER}, {desks.PHONE}, {desks.HOURS}, resets it."


def refusal_paras(error: "SignInRefused", local: Callable[[datetime], datetime]) -> list[Para]:
    """What to read under the fields: tries left, or the end of the lock; from the third failure the reset first."""
    title, *rest = error_paras(error)
    paras = [title]
    if error.offer_reset:
        paras.insert(0, Para(RESET, "abnormal bold"))
    if error.locked_until is not None:
        paras.append(Para(f"Locked until {until_words(local(error.locked_until))}.", "critical"))
    elif error.tries_left is not None:
        paras.append(Para(tries_words(error.tries_left), "abnormal bold"))
    return [*paras, *rest]


def browser_paras(address: str, *, opened: bool) -> list[Para]:
    """What to do while the browser is waited for; the address can be typed or copied where none has opened."""
    lead = "Sign in in the browser that has opened." if opened else "Open this address in a browser, and sign in there:"
    there = "The browser must run on this computer, or reach the port named in it: over SSH forward it with ssh -L."
    return [
        Para(lead, "bold"),
        Para(),
        Para(address, "muted" if opened else ""),
        *([] if opened else [Para(), Para(there, "muted")]),
        Para(),
        Para("Waiting for the browser to come back. esc gives up.", "italic muted"),
    ]


def tries_words(left: int) -> str:
    """`4 tries left`."""
    return f"{left} {'try' if left == 1 else 'tries'} left"


def until_words(at: datetime) -> str:
    """`10:12 EST on Mon 23 Nov 2026`."""
    return f"{at:%H:%M %Z} on {at:%a} {at.day} {at:%b %Y}"


def mismatch_paras(error: "SignInRefused") -> list[Para]:
    """The page of DEERS-3: which fields differ, never their values, and where they are mended."""
    fields = error.fields or ("a field that the server does not name",)
    return [
        Para("Your sign-in does not match DEERS", "critical bold"),
        Para(),
        Para("What differs between your sign-in and your DEERS record:"),
        *(Para(f"  {field}", "bold") for field in fields),
        Para(),
        Para("The portal reads these from DEERS and can't change them. Nobody is signed in."),
        Para(),
        Para("Where it is mended", "muted bold"),
        Para(error.next or "milConnect, or your ID card office (RAPIDS) with two papers that prove who you are."),
        Para(f"{desks.CENTER}, {desks.PHONE}, {desks.HOURS}, helps when both already agree."),
        Para(),
        Para(marks_words(error.rule or "DEERS-3", error.request_id), "muted"),
    ]
