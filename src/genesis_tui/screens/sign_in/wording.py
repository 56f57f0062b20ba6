"""What a sign-in that did not go through says, as paragraphs (LOCK-1 to LOCK-5, DEERS-3)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from genesis_tui.models import support
from genesis_tui.models.base.dates import time_on_day, to_minute
from genesis_tui.models.base.errors import Refused, SignInRefused
from genesis_tui.widgets.page import Failure, Para, error_paras, marks_words

if TYPE_CHECKING:
    from genesis_tui.models.base.errors import ApiError
    from genesis_tui.models.sign_in import Card, SignInMethod

MISMATCH = "deers-mismatch"
OPENS = "f3 opens it at once: a code goes to the e-mail address that DEERS holds for you."
RESET = "Forgot the password? f3 sends a code to the e-mail address that DEERS holds for you."

NOT_THE_SAME = "not-the-same"
"""Reason where a new password was not typed the same twice."""
_FAULTS = {
    "code-wrong": "code",
    "code-expired": "code",
    "factor-wrong": "code",
    "password-policy": "password",
    NOT_THE_SAME: "again",
    "username-taken": "username",
    "wrong-credentials": "password",
    "locked": "password",
    "pin-wrong": "pin",
    "wrong-passphrase": "pin",
    "no-deers-record": "given",
}
"""Reason of a refusal -> the field that is to be typed again."""


def is_fault(error: "ApiError") -> bool:
    """Whether something that was typed is at fault, rather than the network or the server."""
    return isinstance(error, Refused) or error.reason in _FAULTS


def fault_of(error: "ApiError") -> str:
    """Id of the field at fault; empty where the refusal does not say."""
    named = error.fields[0].casefold().replace(" ", "_") if isinstance(error, SignInRefused) and error.fields else ""
    return _FAULTS.get(error.reason) or named


def refusal_paras(error: SignInRefused, local: Callable[[datetime], datetime]) -> list[Para]:
    """What to read under the fields: tries left, or the end of the lock; from the third failure the reset first."""
    title, *rest = error_paras(error)
    paras = [title]
    if error.offer_reset:
        paras.insert(0, Para(OPENS if error.locked_until is not None else RESET, "abnormal bold"))
    if error.locked_until is not None:
        paras.append(Para(f"Locked until {time_on_day(to_minute(local(error.locked_until)))}.", "critical"))
    elif error.tries_left is not None:
        paras.append(Para(tries_words(error.tries_left), "abnormal bold"))
    return [*paras, *rest]


def card_note(way: "SignInMethod", cards: "Sequence[Card]") -> str:
    """What is at hand for a way that a card is for, without a name; the way's own note where nothing is."""
    found = [card for card in cards if card.pin_state != "locked"]
    if not found:
        return way.note
    where = "in a file" if found[0].source == "file" else "in reader"
    return f"card {where}" + (f", and {len(found) - 1} more" if len(found) > 1 else "")


def at_hand(card: "Card", cards: "Sequence[Card]") -> bool:
    """Whether the card is still one of these, with the same holder."""
    return any((one.id, one.holder, one.expires) == (card.id, card.holder, card.expires) for one in cards)


def card_gone_paras() -> list[Para]:
    """What to do after the card whose PIN was asked for has gone."""
    return [
        Para("The card was pulled or changed", "critical bold"),
        Para("Nothing was sent. Go back and choose again."),
    ]


def card_paras(card: "Card") -> list[Para]:
    """Whose card it is, until when, and what it says of its PIN."""
    until = [Para(f"Valid until {card.expires.day} {card.expires:%b %Y}", "muted")] if card.expires else []
    state = PIN_STATES.get(card.pin_state, "")
    what = "Its PIN is used once and kept nowhere." if card.source == "reader" else "The file's passphrase opens it."
    return [
        Para(card.holder, "bold"),
        Para(card.label, "muted"),
        *until,
        *([Para(state, "abnormal bold")] if state else []),
        Para(what, "muted"),
    ]


PIN_STATES = {
    "count-low": "Some of the tries for the PIN are used up.",
    "final-try": "One try for the PIN is left; then the card locks.",
    "locked": "The card's PIN is locked. An ID card office (RAPIDS) unlocks it.",
}


def desk_paras(error: "Failure") -> list[Para]:
    """A refusal with the desk that helps with it (SUP-4)."""
    return [
        *error_paras(error),
        Para(),
        Para(f"{support.CENTER}, {support.PHONE}, {support.HOURS}, helps with signing in.", "muted"),
    ]


def no_card_paras() -> list[Para]:
    """What to do where no card was found."""
    return [
        Para("No card was found", "critical bold"),
        Para("Put the card into the reader, then choose this again."),
        Para("A reader needs the extra part for cards (pip install 'genesis-tui[cac]') and the reader's own library."),
        Para("Its library is looked for in the usual places; card_module in the settings names another one."),
        Para("A certificate in a file is named by card_file in the settings, or genesis-tui login --card-file."),
    ]


POLICY = "Password: 15 characters or more, not the user name, none of your last ten."


def browser_paras(address: str, *, opened: bool) -> list[Para]:
    """What to do while the browser is waited for; the address can be typed or copied where none has opened."""
    lead = "Sign in with the browser that has opened." if opened else "Open this address in a browser and sign in:"
    there = "The browser must run on this computer, or reach the port named in it: over SSH forward it with ssh -L."
    return [
        Para(lead, "bold"),
        Para(),
        Para(address, "muted" if opened else ""),
        *([] if opened else [Para(), Para(there, "muted"), Para("Or go back with esc and choose Device.", "muted")]),
        Para(),
        Para("Waiting for the browser to come back. esc gives up.", "italic muted"),
    ]


def tries_words(left: int) -> str:
    """`4 tries left`."""
    return f"{left} {'try' if left == 1 else 'tries'} left"


def mismatch_paras(error: SignInRefused) -> list[Para]:
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
        Para("Where to have it corrected", "muted bold"),
        Para(error.next or "milConnect, or your ID card office (RAPIDS) with two forms of ID."),
        Para(f"{support.CENTER}, {support.PHONE}, {support.HOURS}, helps when both already agree."),
        Para(),
        Para(marks_words(error.rule or "DEERS-3", error.request_id), "muted"),
    ]
