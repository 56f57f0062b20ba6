"""Imported patients as people of the portal: the rows that make a Patient somebody who can be asked about."""

import json
import re
from collections.abc import Mapping
from datetime import date
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, select, update

from genesis_tui.mock_backend.database.schema.family import care, deers, person
from genesis_tui.mock_backend.database.schema.sign_in import sign_in
from genesis_tui.mock_backend.imports.bundles import Json
from genesis_tui.mock_backend.imports.files import decode
from genesis_tui.mock_backend.imports.report import Report
from genesis_tui.mock_backend.imports.staging import Staging
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.rules.sign_in.levels import Level
from genesis_tui.mock_backend.world.base.load import insert_rows, sign_in_row

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

_BATCH = 500
_BODY = -1
_FACTS = ("given", "family", "birth_date", "sex")


class ImportedPerson(NamedTuple):
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


def person_of(patient: Json) -> ImportedPerson:
    """The person behind a Patient. A partial birth date counts from its first day; a missing one is `UNKNOWN_BIRTH`."""
    given, family = _name(patient.get("name"))
    sex = patient.get("gender")
    return ImportedPerson(
        patient["id"], given, family, _birth(patient.get("birthDate")), sex if sex in _SEXES else "unknown"
    )


def person_row(person: ImportedPerson, *, source: str, zone: str, now: int, listed: bool) -> dict[str, object]:
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


def deers_row(person: ImportedPerson) -> dict[str, object]:
    """The row of `deers`: it agrees with the portal, and knows no more."""
    facts = {"given": person.given, "family": person.family, "birth_date": person.birth_date}
    reached = {"address": "", "email": "", "phone": "", "email_since": 0, "phone_since": 0}
    return {"person_id": person.id, **facts, "dod_id": "", **reached}


def care_row(person: ImportedPerson) -> dict[str, object]:
    """The row of `care`: nobody is linked (MSG-2)."""
    return {"person_id": person.id, "pcm": "", "team": "[]", "clinics": "[]", "sharing": ""}


def sign_in_of(person: ImportedPerson, taken: Mapping[str, str]) -> SignIn:
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


class PeopleImport:
    """The people of one import. Whoever is there already keeps what is theirs but for what their Patient says anew."""

    def __init__(self, mock: Mock, staging: Staging, report: Report, *, now: int, sign_ins: bool) -> None:
        self._mock = mock
        self._staging = staging
        self._report = report
        self._now = now
        self._sign_ins = sign_ins

    def enrol(self, conn: Connection) -> None:
        """Writes the rows of everybody, within one transaction."""
        for rows in self._staging.batches("type = 'Patient'", _BATCH):
            people = [person_of(decode(row[_BODY])) for row in rows]
            there = set(conn.execute(select(person.c.id).where(person.c.id.in_([one.id for one in people]))).scalars())
            self._add(conn, [one for one in people if one.id not in there])
            _change(conn, [one for one in people if one.id in there])
            if self._sign_ins:
                self._give_sign_ins(conn, people)

    def _add(self, conn: Connection, people: list[ImportedPerson]) -> None:
        insert_rows(conn, person, [self._row(one) for one in people])
        insert_rows(conn, deers, [deers_row(one) for one in people])
        insert_rows(conn, care, [care_row(one) for one in people])
        self._report.people += len(people)

    def _row(self, one: ImportedPerson) -> dict[str, Any]:
        return person_row(
            one, source=self._report.source, zone=self._mock.policy.imports.zone, now=self._now, listed=self._sign_ins
        )

    def _give_sign_ins(self, conn: Connection, people: list[ImportedPerson]) -> None:
        """A Premium DS Logon for each who has none; then the mock lists them as it lists its own people."""
        ids = [one.id for one in people]
        having = set(conn.execute(select(sign_in.c.person_id).where(sign_in.c.person_id.in_(ids))).scalars())
        taken = {row.username: row.person_id for row in conn.execute(select(sign_in.c.username, sign_in.c.person_id))}
        for one in (one for one in people if one.id not in having):
            given = sign_in_of(one, taken)
            taken[given.username] = one.id
            row = sign_in_row({**given._asdict(), "level": int(Level.PREMIUM)})
            insert_rows(conn, sign_in, [row])
            conn.execute(update(person).where(person.c.id == one.id).values(persona=self._row(one)["persona"]))
            self._report.sign_ins += 1


def _change(conn: Connection, people: list[ImportedPerson]) -> None:
    if not people:
        return
    rows = [{f"b_{name}": value for name, value in one._asdict().items()} for one in people]
    for table, key, names in ((person, person.c.id, _FACTS), (deers, deers.c.person_id, _FACTS[:3])):
        change = update(table).where(key == bindparam("b_id"))
        values: dict[str, Any] = {name: bindparam(f"b_{name}") for name in names}
        conn.execute(
            change.values(values), [{key: row[key] for key in ("b_id", *(f"b_{n}" for n in names))} for row in rows]
        )
