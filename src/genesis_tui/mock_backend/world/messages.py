"""MSG-1: whom messages can go to, and to which of them each person's profile is linked."""

from genesis_tui.mock_backend.clock import to_micros
from genesis_tui.mock_backend.world.authored.catalogue import AuthoredClinic, AuthoredPerson, Facility, Staff
from genesis_tui.mock_backend.world.authored.records import AuthoredMessage, AuthoredThread
from genesis_tui.mock_backend.world.base.builder import RecordBuilder, WorldBuilder, staff_name

NURSING, ADMINISTRATIVE, PROVIDER = "nursing", "administrative", "provider"
_POOLS = {NURSING: "nursing pool", ADMINISTRATIVE: "administrative team"}
_CLOSED = {
    "ER": "takes no messages. In an emergency call 911.",
    "RADDX": "takes no messages; ask whoever ordered the images.",
    "HLAB": "takes no messages; ask whoever ordered the test.",
}
_PHARMACY = "PHARM"
_PARTNER = "belongs to a community partner and takes no messages here."


def add_mailboxes(builder: WorldBuilder) -> None:
    """Two pools for each clinic (a pharmacy has one team), and every provider."""
    for clinic, facility in builder.directory.clinics.values():
        for kind in pools_of(clinic):
            _add_pool(builder, clinic, facility, kind)
    for staff in builder.directory.staff.values():
        _add_provider(builder, staff)


def add_links(record: RecordBuilder) -> None:
    """The mailboxes of a person's profile: care team, clinics, and whoever was written with before."""
    person = record.person
    roles = {mailbox_id(record.builder, person.pcm): "pcm"} if person.pcm else {}
    for key in person.team:
        roles.setdefault(mailbox_id(record.builder, key), "team")
    for key in person.clinics:
        for kind in pools_of(record.builder.directory.clinics[key][0]):
            roles.setdefault(mailbox_id(record.builder, key, kind), "clinic")
    for talk in record.authored.talks:
        roles.setdefault(mailbox_id(record.builder, talk.recipient), "team")
    for key in person.blocked:
        roles.setdefault(mailbox_id(record.builder, key), "team")
    _link(record.builder, person, roles)


def pools_of(clinic: AuthoredClinic) -> tuple[str, ...]:
    """The mailboxes that a clinic has; the first is the one that its threads of before are with."""
    return (NURSING,) if clinic.type == _PHARMACY or clinic.type in _CLOSED else (NURSING, ADMINISTRATIVE)


def mailbox_id(builder: WorldBuilder, key: str, kind: str = "") -> str:
    """Of a member of staff's key, or of a clinic's and one of its pools."""
    if key in builder.directory.staff:
        return f"provider-{builder.directory.ids[key]}"
    return f"clinic-{builder.directory.ids[key]}-{kind or NURSING}"


def recipient_name(builder: WorldBuilder, key: str) -> str:
    """How threads name a member of staff, or the nurses of a clinic."""
    known = builder.directory
    return staff_name(known.staff[key]) if key in known.staff else known.clinics[key][0].name


def _link(builder: WorldBuilder, person: AuthoredPerson, roles: dict[str, str]) -> None:
    blocked = {mailbox_id(builder, key) for key in person.blocked}
    for id, role in roles.items():
        builder.add_row("linked", person_id=person.id, mailbox_id=id, role=role, blocked=id in blocked)


def _add_pool(builder: WorldBuilder, clinic: AuthoredClinic, facility: Facility, kind: str) -> None:
    admin = kind == ADMINISTRATIVE
    detail = "pharmacy team" if clinic.type == _PHARMACY else _POOLS[kind]
    builder.add_row(
        "mailbox",
        id=mailbox_id(builder, clinic.key, kind),
        key=clinic.key,
        kind=kind,
        name=f"{clinic.name}, administration" if admin else clinic.name,
        detail=detail,
        clinic=clinic.name,
        facility=facility.name,
        zone=facility.zone,
        closed=_PARTNER if facility.community else _CLOSED.get(clinic.type, ""),
        words=f"{clinic.name} {facility.name} {detail} {clinic.type_name}".casefold(),
    )


def _add_provider(builder: WorldBuilder, staff: Staff) -> None:
    clinic, facility = builder.directory.clinics[staff.clinic]
    closed = _PARTNER if facility.community else _CLOSED.get(clinic.type, "")
    name = staff_name(staff)
    builder.add_row(
        "mailbox",
        id=mailbox_id(builder, staff.key),
        key=staff.key,
        kind=PROVIDER,
        name=name,
        detail=staff.specialty_name,
        clinic=clinic.name,
        facility=facility.name,
        zone=facility.zone,
        closed=closed,
        words=f"{name} {staff.credential} {staff.specialty_name} {clinic.name}".casefold(),
    )


def add_talks(record: RecordBuilder) -> None:
    """Writes the threads about this person."""
    for number, talk in enumerate(record.authored.talks, start=1):
        _file(record, talk, f"thread-{record.person.id}-{number}")


def _file(record: RecordBuilder, talk: AuthoredThread, identity: str) -> None:
    record.builder.add_row(
        "thread",
        id=identity,
        patient_id=record.person.id,
        subject=talk.subject,
        category=talk.category,
        recipient=recipient_name(record.builder, talk.recipient),
        mailbox_id=mailbox_id(record.builder, talk.recipient),
        zone=_zone(record, talk.recipient),
    )
    sent = 0
    for number, letter in enumerate(talk.letters, start=1):
        sender_id, sender = _sender(record, letter)
        sent = _sent(record, letter, sent)
        record.builder.add_row(
            "message",
            id=f"message-{identity[7:]}-{number}",
            thread_id=identity,
            patient_id=record.person.id,
            sender_id=sender_id,
            sender=sender,
            receiver_id=record.people[letter.to].id if letter.to else "",
            sent=sent,
            body=letter.body,
            opened=sent if _opened(record, letter) else None,
        )


def _sent(record: RecordBuilder, letter: AuthoredMessage, before: int) -> int:
    """Staff write on working days, unless that would put an answer before the question."""
    sent = to_micros(record.at(letter.day, letter.at, routine=letter.sender not in record.people))
    return sent if sent > before else to_micros(record.at(letter.day, letter.at, routine=False))


def _zone(record: RecordBuilder, key: str) -> str:
    """The zone of the clinic that a member of staff or a clinic's key stands for."""
    known = record.builder.directory
    place = known.facility_of(key) if key in known.staff else known.clinics[key][1]
    return place.zone


def _opened(record: RecordBuilder, letter: AuthoredMessage) -> bool:
    """Whether the receiver read it long ago: before what is new to them began."""
    return bool(letter.to) and letter.day < record.people[letter.to].seen_before


def _sender(record: RecordBuilder, letter: AuthoredMessage) -> tuple[str, str]:
    person = record.people.get(letter.sender)
    if person is not None:
        return person.id, f"{person.given} {person.family}"
    return "", recipient_name(record.builder, letter.sender)
