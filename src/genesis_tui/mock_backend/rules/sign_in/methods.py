"""ID-1: the ways to sign in. They are rows, so that another (myAuth, say) is one more row here."""

from dataclasses import dataclass

CARD, PASSWORD = "card", "password"


@dataclass(frozen=True, slots=True)
class Method:
    """A way in. `kind` is how it is done (`card`, `password`), `note` a few words for whoever chooses."""

    id: str
    title: str
    kind: str
    note: str


METHODS = (
    Method("cac", "CAC", CARD, "your card and its PIN"),
    Method("piv", "PIV", CARD, "register it once with DS Logon"),
    Method("ds-logon", "DS Logon", PASSWORD, "user name and password"),
)
METHOD_TITLES = {method.id: method.title for method in METHODS}


def method_by_id(id: str) -> Method | None:
    return next((known for known in METHODS if known.id == id), None)
