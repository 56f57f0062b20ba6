"""Imported patients as people of the portal: the rows that make a Patient somebody who can be asked about."""

import json
import re
from collections.abc import Mapping
from datetime import date
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from genesis_tui.mock_backend.imports.bundles import Json

UNKNOWN_BIRTH: Final = "1900-01-01"
"""What stands for a birth date that nobody gave; the Patient itself stays as it was given."""
LAST: Final = 1000
"""Imported people are listed after the invented ones, by id and so by source."""
_SEXES: Final = ("male", "female", "other", "unknown")
_LONGEST: Final = 100
_DATE: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_WORDS: Final = (
    *("Amber", "Birch", "Cedar", "Clover", "Copper", "Coral", "Fern", "Garnet", "Hazel", "Indigo", "Ivory", "Juniper"),
    *("Larch", "Linen", "Maple", "Olive", "Poplar", "Quartz", "Russet", "Slate", "Spruce", "Tansy", "Violet", "Willow"),
)
_PLACES: Final = (
    *("Bay", "Bridge", "Canyon", "Cove", "Creek", "Delta", "Dune", "Field", "Ford", "Glen", "Grove", "Harbor"),
    *("Hill", "Island", "Lake", "Meadow", "Mesa", "Orchard", "Pass", "Prairie", "Ridge", "River", "Summit", "Valley"),
)


class Person(NamedTuple):
    """Who a Patient is, as far as it says."""

    id: str
    given: str
    family: str
    birth_date: str
    sex: str


class SignIn(NamedTuple):
    """An invented DS Logon of an imported person."""

    person_id: str
    username: str
    password: str


def person_of(patient: Json) -> Person:
    """The person behind a Patient. A partial birth date counts from its first day; a missing one is `UNKNOWN_BIRTH`."""
    given, family = _name(patient.get("name"))
    sex = patient.get("gender")
    return Person(patient["id"], given, family, _birth(patient.get("birthDate")), sex if sex in _SEXES else "unknown")


def person_row(person: Person, *, source: str, zone: str, now: int, listed: bool) -> dict[str, object]:
    """The row of `person`. Nothing that was there before `now` is new to them. `listed`: among the personas."""
    story = {"order": LAST, "story": f"imported from {source}", "state": ""}
    return {
        **person._asdict(),
        "dod_id": "",
        "status": "civilian",
        "zone": zone,
        "mtf_zone": zone,
        "seen_before": now,
        "last_visit": None,
        "persona": json.dumps(story) if listed else "{}",
    }


def deers_row(person: Person) -> dict[str, object]:
    """The row of `deers`: it agrees with the portal, and knows no more."""
    facts = {"given": person.given, "family": person.family, "birth_date": person.birth_date}
    return {"person_id": person.id, **facts, "dod_id": "", "address": "", "email": "", "phone": ""}


def care_row(person: Person) -> dict[str, object]:
    """The row of `care`: nobody is linked (MSG-2)."""
    return {"person_id": person.id, "pcm": "", "team": "[]", "clinics": "[]", "sharing": ""}


def sign_in_of(person: Person, taken: Mapping[str, str]) -> SignIn:
    """A user name that nobody else has and a password, both the same for the same person.

    `taken` is user name -> person id.
    """
    plain = ".".join(filter(None, map(_letters, (person.given, person.family)))) or "patient"
    digest = blake2b(person.id.encode(), digest_size=8).digest()
    number = int.from_bytes(digest, "big")
    username = plain if taken.get(plain, person.id) == person.id else f"{plain}.{number % 10**6:06d}"
    words = _WORDS[number % len(_WORDS)], _PLACES[number // 100 % len(_PLACES)]
    first = (_letters(person.given) or "patient").capitalize()
    return SignIn(person.id, username, f"{words[0]}-{words[1]}-{number // 10_000 % 9000 + 1000}-{first}")


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isascii() and letter.isalnum())[:40]


def _name(names: Any) -> tuple[str, str]:
    """Given and family name of the name in use; from its text where that is all there is."""
    known = [name for name in names if isinstance(name, dict)] if isinstance(names, list) else []
    known.sort(key=lambda name: {"official": 0, "usual": 1}.get(_text(name.get("use")), 2))
    for name in known:
        givens = name.get("given")
        given = _text(givens[0]) if isinstance(givens, list) and givens else ""
        family = _text(name.get("family"))
        if not (given or family):
            given, _, family = _text(name.get("text")).rpartition(" ")
        if given or family:
            return given, family
    return "Unnamed", "Patient"


def _text(value: Any) -> str:
    """A text as one line of a name may be: nothing but what prints, and not too long."""
    kept = "".join(letter for letter in value[:1000] if letter.isprintable()) if isinstance(value, str) else ""
    return kept.strip()[:_LONGEST]


def _birth(value: Any) -> str:
    found = _DATE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return UNKNOWN_BIRTH
    year, month, day = (int(part or 1) for part in found.groups())
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return UNKNOWN_BIRTH
