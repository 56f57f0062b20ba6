"""Who stands around a patient, in FHIR: the care team, relatives, and the consents by which others see the record."""

from datetime import datetime

from genesis_tui.mock_backend.world.authored.catalogue import AuthoredGrant, AuthoredPerson, Household
from genesis_tui.mock_backend.world.base.builder import RecordBuilder, WorldBuilder, display_name
from genesis_tui.mock_backend.world.base.elements import DOD_ID, SNOMED, TERMS, concept, named, reference, stamp
from genesis_tui.mock_backend.world.base.world import Resource

_PRIVACY = concept(f"{TERMS}/consentscope", "patient-privacy", "Privacy Consent")
_DISCLOSURE = concept(f"{TERMS}/v3-ActCode", "IDSCL", "information disclosure")
_POLICY = concept(f"{TERMS}/v3-ActCode", "OPTIN", "opt-in")
_RECEIVER = concept(f"{TERMS}/v3-ParticipationType", "IRCP", "information recipient")
_PRIMARY_CARE = concept(SNOMED, "453231000124104", "Primary care provider")
_SCOPES = {
    "parental": "What a child's age leaves open to a parent",
    "full": "Full access to the record",
    "limited": "Limited access to the record",
}
_TIES = {
    ("parent", "male"): ("FTH", "father"),
    ("parent", "female"): ("MTH", "mother"),
    ("child", "male"): ("SONC", "son"),
    ("child", "female"): ("DAUC", "daughter"),
    ("spouse", "male"): ("HUSB", "husband"),
    ("spouse", "female"): ("WIFE", "wife"),
    ("guardian", "male"): ("GUARD", "guardian"),
    ("guardian", "female"): ("GUARD", "guardian"),
}


def add_care_team(record: RecordBuilder) -> None:
    """The longitudinal care team: PCM first."""
    known, person = record.builder.directory, record.person
    if not person.pcm:
        return
    members = [{"role": [_PRIMARY_CARE], "member": known.who(person.pcm)}]
    for key in person.team:
        role = named(SNOMED, known.staff[key].specialty, known.staff[key].specialty_name)
        members.append({"role": [role], "member": known.who(key)})
    record.put(
        {
            "resourceType": "CareTeam",
            "id": record.builder.new_id("CareTeam"),
            "status": "active",
            "category": [concept("http://loinc.org", "LA27976-2", "Longitudinal care-coordination focused care team")],
            "name": f"Care team of {person.given} {person.family}",
            "subject": record.subject,
            "participant": members,
            "managingOrganization": [known.organization(person.facility)],
        }
    )


def add_relatives(builder: WorldBuilder, household: Household, people: dict[str, AuthoredPerson]) -> None:
    """RelatedPerson for each tie of a household, from the patient's side."""
    parents = [people[key] for key in household.parents]
    children = [people[key] for key in household.children]
    for child in children:
        for parent in parents:
            builder.resources.append(_relative(builder, child, parent, "parent"))
            builder.resources.append(_relative(builder, parent, child, "child"))
    if household.married and len(parents) == 2:
        builder.resources.append(_relative(builder, parents[0], parents[1], "spouse"))
        builder.resources.append(_relative(builder, parents[1], parents[0], "spouse"))


def _relative(builder: WorldBuilder, patient: AuthoredPerson, relative: AuthoredPerson, tie: str) -> Resource:
    body = {
        "resourceType": "RelatedPerson",
        "id": builder.new_id("RelatedPerson"),
        "identifier": [{"system": DOD_ID, "value": relative.dod_id}],
        "active": True,
        "patient": reference("Patient", patient.id, display_name(patient)),
        "relationship": [concept(f"{TERMS}/v3-RoleCode", *_TIES[tie, relative.sex])],
        "name": [{"family": relative.family, "given": [relative.given]}],
        "gender": relative.sex,
    }
    return Resource(body, patient.id)


def add_parental_consents(builder: WorldBuilder, household: Household, people: dict[str, AuthoredPerson]) -> None:
    """What lets a parent's app find the children: a consent that ends on the child's 18th birthday (FAM-4)."""
    for child in (people[key] for key in household.children):
        years, days = child.born
        zone = builder.zone(child.facility)
        birth = builder.calendar.born(years, days, zone)
        since = datetime(birth.year, birth.month, birth.day, tzinfo=builder.calendar.at(0, "12:00", zone).tzinfo)
        day = 28 if (birth.month, birth.day) == (2, 29) else birth.day
        until = since.replace(year=birth.year + 18, day=day)
        for parent in (people[key] for key in household.parents):
            builder.resources.append(
                _consent(builder, child, parent, "parental", since, until, active=until > builder.calendar.start)
            )


def add_grant_consent(builder: WorldBuilder, grant: AuthoredGrant, people: dict[str, AuthoredPerson]) -> None:
    """The consent behind a proxy or legal grant."""
    giver, receiver = people[grant.giver], people[grant.receiver]
    zone = builder.zone(giver.facility)
    since = builder.calendar.at(grant.since, "00:00", zone, routine=False)
    ends = [day for day in (grant.until, grant.revoked) if day is not None]
    until = builder.calendar.at(min(ends), "23:59", zone, routine=False) if ends else None
    active = grant.revoked is None and (until is None or until > builder.calendar.start)
    builder.resources.append(_consent(builder, giver, receiver, grant.scope, since, until, active=active))


def _consent(
    builder: WorldBuilder,
    giver: AuthoredPerson,
    receiver: AuthoredPerson,
    scope: str,
    since: datetime,
    until: datetime | None,
    *,
    active: bool,
) -> Resource:
    period = {"start": stamp(since)} if until is None else {"start": stamp(since), "end": stamp(until)}
    actor = {"role": _RECEIVER, "reference": reference("Patient", receiver.id, display_name(receiver))}
    body = {
        "resourceType": "Consent",
        "id": builder.new_id("Consent"),
        "status": "active" if active else "inactive",
        "scope": _PRIVACY,
        "category": [_DISCLOSURE],
        "patient": reference("Patient", giver.id, display_name(giver)),
        "dateTime": stamp(since),
        "policyRule": _POLICY,
        "provision": {"type": "permit", "period": period, "actor": [actor], "code": [{"text": _SCOPES[scope]}]},
    }
    return Resource(body, giver.id)
