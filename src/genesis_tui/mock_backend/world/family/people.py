"""Who the portal knows: table rows for sign-in, DEERS, family and care, and the FHIR Patients."""

import json
from datetime import date, timedelta

from genesis_tui.mock_backend.clock import to_micros
from genesis_tui.mock_backend.world.authored.catalogue import AuthoredGrant, AuthoredPerson, Household
from genesis_tui.mock_backend.world.base.builder import WorldBuilder, staff_name
from genesis_tui.mock_backend.world.base.elements import DOD_ID, MRN, TERMS, concept
from genesis_tui.mock_backend.world.base.world import Json, Resource

_MIDNIGHT = "00:00"
_RACES = {
    "1002-5": "American Indian or Alaska Native",
    "2028-9": "Asian",
    "2054-5": "Black or African American",
    "2076-8": "Native Hawaiian or Other Pacific Islander",
    "2106-3": "White",
}
_ETHNICITIES = {"2135-2": "Hispanic or Latino", "2186-5": "Not Hispanic or Latino"}
_MARITAL = {"M": "Married", "S": "Never Married", "W": "Widowed", "D": "Divorced"}
_US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition"


def add_person(builder: WorldBuilder, person: AuthoredPerson, birth: date) -> None:
    """The rows of one person, and the Patient unless it is a support agent."""
    zone = builder.zone(person.facility)
    builder.add_row(
        "person",
        id=person.id,
        given=person.given,
        family=person.family,
        birth_date=birth.isoformat(),
        sex=person.sex,
        dod_id=person.dod_id,
        status=person.status,
        zone=person.zone or zone,
        mtf_zone=zone,
        seen_before=_instant(builder, person.seen_before, "17:05", zone),
        last_visit=_instant(builder, person.last_visit, "17:05", zone),
        persona=json.dumps(_persona(person)),
    )
    _add_deers(builder, person, birth)
    _add_accounts(builder, person)
    if person.status != "support":
        _add_care(builder, person)
        builder.resources.append(Resource(_patient(builder, person, birth), person.id))


def _instant(builder: WorldBuilder, day: int | None, clock: str, zone: str) -> int | None:
    return None if day is None else to_micros(builder.calendar.at(day, clock, zone, routine=False))


def _persona(person: AuthoredPerson) -> dict[str, object]:
    if not person.order:
        return {}
    return {"order": person.order, "story": person.story, "method": person.ways, "state": person.state}


def _add_deers(builder: WorldBuilder, person: AuthoredPerson, birth: date) -> None:
    other = person.deers
    builder.add_row(
        "deers",
        person_id=person.id,
        given=other.get("given", person.given),
        family=other.get("family", person.family),
        birth_date=(birth + timedelta(days=int(other.get("born_days", "0")))).isoformat(),
        dod_id=other.get("dod_id", person.dod_id),
        address="\n".join(person.address),
        email=person.email,
        phone=person.phone,
    )


def _add_accounts(builder: WorldBuilder, person: AuthoredPerson) -> None:
    for method in person.methods:
        builder.add_row("method", person_id=person.id, method=method)
    account = person.account
    if account is None:
        return
    builder.add_row(
        "sign_in",
        person_id=person.id,
        username=account.username.casefold(),
        password=account.password,
        level=account.level,
    )
    if person.locked_minutes:
        until = to_micros(builder.calendar.start + timedelta(minutes=person.locked_minutes))
        builder.add_row("lockout", username=account.username.casefold(), failures=5, level=1, locked_until=until)


def _add_care(builder: WorldBuilder, person: AuthoredPerson) -> None:
    known = builder.directory
    names = [staff_name(known.staff[key]) for key in ([person.pcm] if person.pcm else []) + person.team]
    builder.add_row(
        "care",
        person_id=person.id,
        pcm=names[0] if person.pcm else "",
        team=json.dumps(names[1:] if person.pcm else names),
        clinics=json.dumps([known.clinics[key][0].name for key in person.clinics]),
        sharing=person.sharing,
    )


def _patient(builder: WorldBuilder, person: AuthoredPerson, birth: date) -> Json:
    body: Json = {
        "resourceType": "Patient",
        "id": person.id,
        "extension": _origins(person),
        "identifier": [
            {"use": "official", "system": DOD_ID, "value": person.dod_id, "assigner": {"display": "DoD"}},
            {"use": "usual", "system": MRN, "value": f"MHS{person.id}"},
        ],
        "active": True,
        "name": [_name(person)],
        "gender": person.sex,
        "birthDate": birth.isoformat(),
        "managingOrganization": builder.directory.organization(person.facility),
    }
    if person.phone:
        body["telecom"] = [{"system": "phone", "value": person.phone, "use": "mobile"}]
    if person.email:
        body.setdefault("telecom", []).append({"system": "email", "value": person.email, "use": "home"})
    if person.address:
        body["address"] = [{"use": "home", "line": person.address[:1], "text": ", ".join(person.address)}]
    if person.marital:
        body["maritalStatus"] = concept(f"{TERMS}/v3-MaritalStatus", person.marital, _MARITAL[person.marital])
    if person.pcm:
        body["generalPractitioner"] = [builder.directory.who(person.pcm)]
    if not body["extension"]:
        del body["extension"]
    return body


def _name(person: AuthoredPerson) -> Json:
    given = [person.given, person.middle] if person.middle else [person.given]
    return {"use": "official", "text": " ".join([*given, person.family]), "family": person.family, "given": given}


def _origins(person: AuthoredPerson) -> list[Json]:
    groups = (("us-core-race", person.race, _RACES), ("us-core-ethnicity", person.ethnicity, _ETHNICITIES))
    return [_origin(name, code, words[code]) for name, code, words in groups if code]


def _origin(name: str, code: str, display: str) -> Json:
    category = {"system": "urn:oid:2.16.840.1.113883.6.238", "code": code, "display": display}
    parts = [{"url": "ombCategory", "valueCoding": category}, {"url": "text", "valueString": display}]
    return {"url": f"{_US_CORE}/{name}", "extension": parts}


def add_kin(builder: WorldBuilder, household: Household, people: dict[str, AuthoredPerson]) -> None:
    """The ties of a household: spouses, parents and children, each seen from both ends."""
    parents = [people[key] for key in household.parents]
    children = [people[key] for key in household.children]
    if household.married:
        for one, other in zip(parents, reversed(parents), strict=True):
            if one is not other:
                _tie(builder, one, other, "spouse")
    for parent in parents:
        for child in children:
            _tie(builder, parent, child, "son" if child.sex == "male" else "daughter", parental=True)
            _tie(builder, child, parent, "father" if parent.sex == "male" else "mother")


def _tie(
    builder: WorldBuilder, person: AuthoredPerson, relative: AuthoredPerson, relation: str, *, parental: bool = False
) -> None:
    builder.add_row("kin", person_id=person.id, relative_id=relative.id, relation=relation, parental=parental)


def add_grant(builder: WorldBuilder, number: int, grant: AuthoredGrant, people: dict[str, AuthoredPerson]) -> None:
    """One proxy or legal grant."""
    giver, receiver = people[grant.giver], people[grant.receiver]
    zone = builder.zone(giver.facility)
    since = _instant(builder, grant.since, _MIDNIGHT, zone)
    builder.add_row(
        "grants",
        id=f"grant-{number}",
        giver_id=giver.id,
        receiver_id=receiver.id,
        receiver_name=receiver.account.username if receiver.account else "",
        scope=grant.scope,
        kind=grant.kind,
        since=since,
        until=_instant(builder, grant.until, "23:59", zone),
        accepted=None if grant.waits else since,
        refused=None,
        revoked=_instant(builder, grant.revoked, "14:20", zone),
    )
