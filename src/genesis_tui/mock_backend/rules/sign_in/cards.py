"""ID-2 and ID-3: what a card must be to sign somebody in, each failure with an answer of its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.policy import CardPolicy

_OFFICE = "Have a new one made at an ID card office (RAPIDS)."
_AGAIN = "Sign in again."


@dataclass(frozen=True, slots=True)
class Card:
    """What a certificate says, and what was found of it. `edipi` and `upn_edipi` are '' where it holds none."""

    not_before: datetime
    not_after: datetime
    trusted: bool
    revoked: bool
    signs: bool
    """Its key may sign somebody in: digital signature, and client authentication where uses are named."""
    edipi: str
    upn_edipi: str
    kind: str
    """`cac`, `piv`, or '' where issuer and policy do not say the same (`kind_of`)."""


CAC_POLICIES = frozenset(f"2.16.840.1.101.2.1.11.{number}" for number in (9, 19, 42))
"""DoD PKI on hardware (id-US-dod-mediumHardware, -2048, -112)."""
PIV_POLICIES = frozenset({"2.16.840.1.101.3.2.1.3.13"})
"""Federal PKI (id-fpki-common-authentication)."""
_POLICIES = {"cac": CAC_POLICIES, "piv": PIV_POLICIES}
_TITLES = {"cac": "CAC", "piv": "PIV"}


def kind_of(issued_as: str, policies: frozenset[str]) -> str:
    """ID-3: what a card is: what its issuer gives out, where the certificate's policy is that kind's and no other's."""
    said = [kind for kind, known in _POLICIES.items() if known & policies]
    return issued_as if said == [issued_as] else ""


@dataclass(frozen=True, slots=True)
class Nonce:
    """What is known of the nonce that was signed. `made` is None for one that this server never gave."""

    made: datetime | None
    used: bool
    audience_right: bool


def may_trust(card: Card, now: datetime) -> Decision:
    """ID-2: chain, revocation, dates, key usage, and a DoD ID that name and UPN agree on."""
    checks = (
        (not card.trusted, "card-untrusted", "The card's issuer is not one that this server trusts.", _OFFICE),
        (card.revoked, "card-revoked", "The card has been revoked.", _OFFICE),
        (now < card.not_before, "card-not-yet-valid", "The card is not valid yet.", "Wait for its first day."),
        (now >= card.not_after, "card-expired", "The card has expired.", _OFFICE),
        (
            not card.signs,
            "card-key-usage",
            "This certificate is not made for signing in.",
            "Choose the card's PIV authentication certificate.",
        ),
        (
            not (card.edipi and card.upn_edipi),
            "card-no-dod-id",
            "The card names no DoD ID.",
            "Choose another certificate of the card; if there is none, go to an ID card office (RAPIDS).",
        ),
        (card.edipi != card.upn_edipi, "card-id-disagrees", "The card names two different DoD IDs.", _OFFICE),
    )
    for wrong, reason, title, next_step in checks:
        if wrong:
            return Refused("ID-2", reason, title, next=next_step)
    return Allowed("ID-2")


def may_be(kind: str, method: str) -> Decision:
    """ID-3: a card signs in as what its certificate says it is, whatever method was named."""
    if kind == method:
        return Allowed("ID-3")
    if not kind:
        title, further = "The card's issuer and its policy do not say what kind of card it is.", _OFFICE
    else:
        title = f"This card is a {_TITLES[kind]}, by its certificate."
        further = f"Choose {_TITLES[kind]} and sign in again."
    return Refused("ID-3", "card-kind", title, next=further)


SIGNATURE_WRONG = Refused(
    "ID-2", "signature-wrong", "The card's signature does not fit what it was asked to sign.", next=_AGAIN
)


def may_use_nonce(nonce: Nonce, policy: CardPolicy, now: datetime) -> Decision:
    """ID-2: given by this server, for this server, once, and for less than a minute."""
    if not nonce.audience_right:
        return Refused("ID-2", "nonce-audience", "The card signed in to another server.", next="Check the address.")
    if nonce.used:
        return Refused("ID-2", "nonce-replayed", "This card sign-in was used already.", next=_AGAIN)
    if nonce.made is None or now >= nonce.made + timedelta(seconds=policy.nonce_seconds):
        return Refused("ID-2", "nonce-stale", "The card took too long to answer.", next=_AGAIN)
    return Allowed("ID-2")


def may_sign_in(method: str, *, known: bool, has_method: bool, separated: bool) -> Decision:
    """ID-3, VET-1: a card signs in whom DEERS knows; a PIV once it was registered; a CAC until its holder separates."""
    if not known:
        return Refused(
            "ID-2",
            "no-deers-record",
            "DEERS knows nobody with the DoD ID on this card.",
            next="Go to an ID card office (RAPIDS) with the card.",
        )
    if method == "piv" and not has_method:
        return Refused(
            "ID-3",
            "piv-not-registered",
            "This PIV card is not registered with a DS Logon yet.",
            next="Register it once with your DS Logon; a new card is registered anew.",
        )
    if separated:
        return Refused(
            "VET-1",
            "card-revoked",
            "A CAC ends on the day of separation.",
            next="Sign in with DS Logon: it goes on, with the same record.",
        )
    if not has_method:
        return Refused(
            "ID-1", "card-untrusted", "This card is not one that signs you in here.", next="Sign in with DS Logon."
        )
    return Allowed("ID-3")


def may_register(card_edipi: str, account_dod_id: str) -> Decision:
    """ID-3, DEERS-3: a PIV is registered to the DS Logon of the person on it."""
    if card_edipi == account_dod_id:
        return Allowed("ID-3")
    return Refused(
        "DEERS-3",
        "deers-mismatch",
        "The PIV card and the DS Logon are not the same person's.",
        next="Register the card with your own DS Logon; if it is yours, correct it in milConnect.",
    )


REGISTERING_LATE = Refused("ID-3", "nonce-stale", "The card waited too long to be registered.", next=_AGAIN)
