"""Secure messages between people and their care teams."""

from genesis_tui.mock_backend.world.authored.records import Letter, Talk
from genesis_tui.mock_backend.world.base.builder import Chart
from genesis_tui.mock_backend.world.base.world import micros
from genesis_tui.mock_backend.world.messages import mailbox_id, recipient_name


def add_talks(chart: Chart) -> None:
    """Writes the threads about this person."""
    for number, talk in enumerate(chart.record.talks, start=1):
        _file(chart, talk, f"thread-{chart.person.id}-{number}")


def _file(chart: Chart, talk: Talk, identity: str) -> None:
    chart.book.add_row(
        "thread",
        id=identity,
        patient_id=chart.person.id,
        subject=talk.subject,
        category=talk.category,
        recipient=recipient_name(chart.book, talk.recipient),
        mailbox_id=mailbox_id(chart.book, talk.recipient),
        zone=_zone(chart, talk.recipient),
    )
    sent = 0
    for number, letter in enumerate(talk.letters, start=1):
        sender_id, sender = _sender(chart, letter)
        sent = _sent(chart, letter, sent)
        chart.book.add_row(
            "message",
            id=f"message-{identity[7:]}-{number}",
            thread_id=identity,
            patient_id=chart.person.id,
            sender_id=sender_id,
            sender=sender,
            receiver_id=chart.people[letter.to].id if letter.to else "",
            sent=sent,
            body=letter.body,
            opened=sent if _opened(chart, letter) else None,
        )


def _sent(chart: Chart, letter: Letter, before: int) -> int:
    """Staff write on working days, unless that would put an answer before the question."""
    sent = micros(chart.at(letter.day, letter.at, routine=letter.sender not in chart.people))
    return sent if sent > before else micros(chart.at(letter.day, letter.at, routine=False))


def _zone(chart: Chart, key: str) -> str:
    """The zone of the clinic that a member of staff or a clinic's key stands for."""
    known = chart.book.directory
    place = known.facility_of(key) if key in known.staff else known.clinics[key][1]
    return place.zone


def _opened(chart: Chart, letter: Letter) -> bool:
    """Whether the receiver read it long ago: before what is new to them began."""
    return bool(letter.to) and letter.day < chart.people[letter.to].seen_before


def _sender(chart: Chart, letter: Letter) -> tuple[str, str]:
    person = chart.people.get(letter.sender)
    if person is not None:
        return person.id, f"{person.given} {person.family}"
    return "", recipient_name(chart.book, letter.sender)
