"""The clinics' side of secure messages: staff who answer by themselves as time passes, and by a tester's hand."""

import hashlib
import json
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, insert, select

from genesis_tui.mock_backend.clock import from_micros, to_micros
from genesis_tui.mock_backend.database.family.people import names_of
from genesis_tui.mock_backend.database.messages.corrections import ASKED, correction_of, settle_correction
from genesis_tui.mock_backend.database.messages.send import NewMessage, add_message, last_writer
from genesis_tui.mock_backend.database.messages.threads import messages_of, threads_of
from genesis_tui.mock_backend.database.schema.base import due_event
from genesis_tui.mock_backend.rules.holidays import FederalHolidays
from genesis_tui.mock_backend.rules.messages.send import OUTCOMES
from genesis_tui.mock_backend.rules.messages.threads import BusinessDays, business_day
from genesis_tui.mock_backend.rules.policy import MessagePolicy, Policy

ANSWER = "staff-answer"
HOLIDAYS = FederalHolidays()
_OPENS, _MINUTES = time(8, 15), 7 * 60
"""When staff begin to answer, and for how many minutes from then on."""
_WORDS = {
    "Visit instructions": "Please go on as we discussed, and write again if anything changes before your next visit.",
    "Symptoms, not an emergency": "Thank you for telling us. Please keep a short log of how it goes for a week; if it "
    "gets worse, call the clinic the same day, and in an emergency 911.",
    "Test results": "I have looked at this result. Nothing about it needs to be done before your next visit; we will "
    "go through it together then.",
    "Forms and letters": "The form is being prepared. You can pick it up at the front desk in two working days.",
    "Medication": "Please go on taking it as it is prescribed. The pharmacist has seen your question, too.",
    "Appointment": "The scheduling team has your wish and will send you a time. You can also book in the portal.",
}
_OTHER = "Thank you for your message. We have read it and noted it in the chart."
_CORRECTIONS = {
    "amended": "You are right. The entry has been amended, and the chart says why.",
    "clarified": "The entry stands as it is; a note that explains it has been added.",
    "declined": "The entry agrees with what was measured and recorded that day, so it stays as it is. You can ask "
    "for a statement of disagreement to be added.",
}


def plan_answer(conn: Connection, thread_id: str, sent: int, zone: ZoneInfo, policy: MessagePolicy) -> None:
    """Somebody wrote: the clinic answers on one of its next business days, unless it is about to already."""
    payload = json.dumps({"thread_id": thread_id})
    waiting = select(due_event.c.id).where(*_waiting(payload))
    if not policy.staff_answers or conn.execute(waiting).first() is not None:
        return
    draw = int.from_bytes(hashlib.blake2b(f"{thread_id}/{sent}".encode(), digest_size=8).digest())
    first, last = policy.staff_days
    days, minutes = first + draw % (last - first + 1), draw // 7 % _MINUTES
    day = business_day(from_micros(sent).astimezone(zone).date(), days, BusinessDays(zone, HOLIDAYS))
    at = _at(day, minutes, zone)
    conn.execute(insert(due_event).values(at=to_micros(at), kind=ANSWER, payload=payload))


def answer_by_itself(conn: Connection, payload: dict[str, Any], at: int, policy: Policy) -> None:
    """What a clinic writes when nobody tells it what."""
    row = threads_of(conn, [payload["thread_id"]])[payload["thread_id"]]
    asked = correction_of(conn, row.id)
    if asked is not None and asked.state == ASKED:
        outcome = OUTCOMES[int(hashlib.blake2b(row.id.encode(), digest_size=2).hexdigest(), 16) % len(OUTCOMES)]
        answer(conn, row.id, _CORRECTIONS[outcome], outcome, at=at, policy=policy)
    else:
        answer(conn, row.id, _WORDS.get(row.category, _OTHER), "", at=at, policy=policy)


def answer(conn: Connection, thread_id: str, body: str, outcome: str, *, at: int, policy: Policy) -> str:
    """Staff write in a thread, to whoever wrote last; the id of the message.

    `outcome` settles the correction that the thread asks for, with `body` as the reason (REC-7).
    """
    row = threads_of(conn, [thread_id])[thread_id]
    to = last_writer(conn, thread_id) or row.patient_id
    number = len(messages_of(conn, [thread_id], bodies=False).get(thread_id, ())) + 1
    message_id = f"answer-{thread_id.removeprefix('thread-')}-{number}"
    text = body if outcome else f"Hello {names_of(conn, [to])[to].partition(' ')[0]},\n\n{body}\n\n{row.recipient}"
    new = NewMessage(message_id, thread_id, row.patient_id, "", row.recipient, to, text)
    add_message(conn, new, now=at, policy=policy)
    if outcome:
        settle_correction(conn, thread_id, outcome, body, now=at)
    conn.execute(delete(due_event).where(*_waiting(json.dumps({"thread_id": thread_id})), due_event.c.at > at))
    return message_id


def _waiting(payload: str) -> tuple[Any, ...]:
    return due_event.c.kind == ANSWER, due_event.c.payload == payload, due_event.c.applied.is_(None)


def _at(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, _OPENS, zone) + timedelta(minutes=minutes)
