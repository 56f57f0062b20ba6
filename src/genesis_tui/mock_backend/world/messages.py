"""Whom messages can go to, to which of them each person's profile is linked (MSG-1), and the threads of before."""

from genesis_tui.mock_backend.clock import to_micros
from genesis_tui.mock_backend.database.word_index import folded
from genesis_tui.mock_backend.world.authored.catalogue import AuthoredClinic, AuthoredPerson, Facility
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
        name, specialty = staff_name(staff), staff.specialty_name
        words = f"{name} {staff.credential} {specialty} {builder.directory.clinics[staff.clinic][0].name}"
        _add_mailbox(builder, staff.clinic, staff.key, PROVIDER, name=name, detail=specialty, words=words)


def _add_pool(builder: WorldBuilder, clinic: AuthoredClinic, facility: Facility, kind: str) -> None:
    name = f"{clinic.name}, administration" if kind == ADMINISTRATIVE else clinic.name
    detail = "pharmacy team" if clinic.type == _PHARMACY else _POOLS[kind]
    words = f"{clinic.name} {facility.name} {detail} {clinic.type_name}"
    _add_mailbox(builder, clinic.key, clinic.key, kind, name=name, detail=detail, words=words)


def _add_mailbox(
    builder: WorldBuilder, clinic_key: str, key: str, kind: str, *, name: str, detail: str, words: str
) -> None:
    clinic, facility = builder.directory.clinics[clinic_key]
    builder.add_row(
        "mailbox",
        id=mailbox_id(builder, key, "" if kind == PROVIDER else kind),
        key=key,
        kind=kind,
        name=name,
        detail=detail,
        clinic=clinic.name,
        facility=facility.name,
        zone=facility.zone,
        closed=_PARTNER if facility.community else _CLOSED.get(clinic.type, ""),
        words=folded(words),
    )


def add_links(record: RecordBuilder) -> None:
    """The mailboxes of a person's profile: care team, clinics, and whoever was written with before."""
    person = record.person
    roles = {mailbox_id(record.builder, person.pcm): "pcm"} if person.pcm else {}
    for key in person.team:
        roles.setdefault(mailbox_id(record.builder, key), "team")
    for key in person.clinics:
        for kind in pools_of(record.builder.directory.clinics[key][0]):
            roles.setdefault(mailbox_id(record.builder, key, kind), "clinic")
    for thread in record.authored.threads:
        roles.setdefault(mailbox_id(record.builder, thread.recipient), "team")
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


def add_threads(record: RecordBuilder) -> None:
    """Write the authored threads about a person."""
    for number, thread in enumerate(record.authored.threads, start=1):
        _file(record, thread, f"thread-{record.person.id}-{number}")


def _file(record: RecordBuilder, thread: AuthoredThread, identity: str) -> None:
    record.builder.add_row(
        "thread",
        id=identity,
        patient_id=record.person.id,
        subject=thread.subject,
        category=thread.category,
        recipient=recipient_name(record.builder, thread.recipient),
        mailbox_id=mailbox_id(record.builder, thread.recipient),
        zone=_zone(record, thread.recipient),
    )
    sent = 0
    for number, message in enumerate(thread.messages, start=1):
        sender_id, sender = _sender(record, message)
        sent = _sent(record, message, sent)
        record.builder.add_row(
            "message",
            id=f"message-{identity[7:]}-{number}",
            thread_id=identity,
            patient_id=record.person.id,
            sender_id=sender_id,
            sender=sender,
            receiver_id=record.people[message.to].id if message.to else "",
            sent=sent,
            body=message.body,
            opened=sent if _opened(record, message) else None,
        )


def _sent(record: RecordBuilder, message: AuthoredMessage, before: int) -> int:
    """Staff write on working days, unless that would put an answer before the question."""
    sent = to_micros(record.at(message.day, message.at, routine=message.sender not in record.people))
    return sent if sent > before else to_micros(record.at(message.day, message.at, routine=False))


def _zone(record: RecordBuilder, key: str) -> str:
    """The zone of the clinic that a member of staff or a clinic's key stands for."""
    known = record.builder.directory
    place = known.facility_of(key) if key in known.staff else known.clinics[key][1]
    return place.zone


def _opened(record: RecordBuilder, message: AuthoredMessage) -> bool:
    """Whether the receiver read it long ago: before what is new to them began."""
    return bool(message.to) and message.day < record.people[message.to].seen_before


def _sender(record: RecordBuilder, message: AuthoredMessage) -> tuple[str, str]:
    person = record.people.get(message.sender)
    if person is not None:
        return person.id, f"{person.given} {person.family}"
    return "", recipient_name(record.builder, message.sender)
