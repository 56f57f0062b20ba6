"""Threads as the wire has them: who wrote, to whom, for whom, what is due, and whether a reply may be sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row

from genesis_tui.mock_backend.clock import from_micros, micros_iso
from genesis_tui.mock_backend.database.family.people import names_of
from genesis_tui.mock_backend.database.messages.attachments import attachments_of
from genesis_tui.mock_backend.database.messages.corrections import corrections_in
from genesis_tui.mock_backend.database.messages.recipients import mailboxes_of
from genesis_tui.mock_backend.database.messages.threads import SENT, FolderView, folder_page, messages_of, threads_for
from genesis_tui.mock_backend.http.json import can
from genesis_tui.mock_backend.portal.base.caller import Caller
from genesis_tui.mock_backend.portal.messages.send import due_now, recipient_of, sent_message
from genesis_tui.mock_backend.rules.decision import Allowed, Refused
from genesis_tui.mock_backend.rules.messages import threads as rules
from genesis_tui.mock_backend.rules.messages.send import SENT_IS_FINAL, Recipient, may_write_to
from genesis_tui.mock_backend.rules.messages.threads import AnswerDue
from genesis_tui.mock_backend.world.simulation.staff import HOLIDAYS

Json = dict[str, Any]
LATEST = 50


@dataclass(frozen=True, slots=True)
class Thread:
    """One thread as far as the caller sees it (FAM-3), with what the rules say of it.

    `answers` has one entry for each of `messages` (oldest first, at least one), None for what the care team wrote.
    """

    row: Row[Any]
    messages: list[Row[Any]]
    answers: list[AnswerDue | None]
    names: dict[str, str]
    viewer_id: str
    reply: Json
    files: dict[str, list[Row[Any]]]
    """Message id -> what was attached to it."""
    correction: Row[Any] | None = None

    def listed(self, at: int | None = None) -> Json:
        """A row of a folder; `at` is the instant that puts it there, else that of the last message."""
        return {
            "id": self.row.id,
            "subject": self.row.subject,
            "category": self.row.category,
            "with": self._with(),
            "for": self._person(self.row.patient_id),
            "at": micros_iso(self.messages[-1].sent if at is None else at),
            "count": len(self.messages),
            "unread": sum(map(self._unread, self.messages)),
            "answer": _answered(rules.open_answer(self.answers)),
            "files": sum(len(self.files.get(one.id, ())) for one in self.messages),
            "can": [self.reply],
        }

    def waiting(self, answer: AnswerDue) -> Json:
        """A line of what the caller waits for."""
        told = {"id": self.row.id, "title": self.row.subject, "recipient": self.row.recipient}
        return told | {"due": answer.due.isoformat(), "overdue": answer.state == "overdue"}

    def whole(self) -> Json:
        """The row with every message, oldest first."""
        told = [self._message(row, answer) for row, answer in zip(self.messages, self.answers, strict=True)]
        wrong = self.correction
        about = None if wrong is None else {"entry": wrong.entry, "state": wrong.state, "note": wrong.note}
        return self.listed() | {"patient": self.row.patient_id, "messages": told, "correction": about}

    def _message(self, row: Row[Any], answer: AnswerDue | None) -> Json:
        staff = {"name": self.row.recipient, "you": False, "staff": True}
        person = row.sender_id or row.receiver_id
        return {
            "id": row.id,
            "from": self._person(row.sender_id) if row.sender_id else staff | {"name": row.sender},
            "to": self._person(row.receiver_id) if row.receiver_id else staff,
            "for": None if person == self.row.patient_id else self._person(self.row.patient_id),
            "at": micros_iso(row.sent),
            "body": row.body,
            "unread": self._unread(row),
            "answer": _answered(answer),
            "files": [_file(one) for one in self.files.get(row.id, ())],
            "can": [can("message.change", SENT_IS_FINAL)],
        }

    def _with(self) -> str:
        """Who writes from the care team's side: the last of them who wrote, else whom the thread is to."""
        return next((row.sender for row in reversed(self.messages) if not row.sender_id), str(self.row.recipient))

    def _person(self, person_id: str) -> Json:
        return {"name": self.names.get(person_id, ""), "you": person_id == self.viewer_id, "staff": False}

    def _unread(self, row: Row[Any]) -> bool:
        return row.receiver_id == self.viewer_id and row.opened is None


def threads_waiting(caller: Caller, conn: Connection, patient_id: str) -> list[Json]:
    """MSG-5: the caller's latest conversations about a patient in which an answer is due or overdue, soonest first."""
    sent = FolderView(caller.viewer.person_id, patient_id, SENT, caller.viewer.person_id)
    ids = [place.thread_id for place in folder_page(conn, sent, before=None, limit=LATEST)]
    seen = threads_seen(caller, conn, [patient_id], ids)
    found = ((one, rules.open_answer(one.answers)) for one in seen.values())
    rows = [(answer.due, one.waiting(answer)) for one, answer in found if answer is not None]
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


def threads_seen(
    caller: Caller, conn: Connection, patients: Sequence[str], ids: Sequence[str], *, bodies: bool = False
) -> dict[str, Thread]:
    """Those of the threads in which the caller sees a message, by id, about patients whose messages are open to them.

    What is not among them takes no more time than an id that nobody has (FAM-8).
    """
    viewer = caller.viewer.person_id
    rows = threads_for(conn, viewer, patients, ids)
    if not rows:
        return {}
    all_messages = messages_of(conn, rows, bodies=bodies)
    seen: dict[str, list[Row[Any]]] = {}
    for id, row in rows.items():
        access = caller.standing(row.patient_id).access
        seen[id] = [one for one in all_messages.get(id, ()) if rules.sees(sent_message(one), viewer, access)]
    people = {one for id in seen for message in seen[id] for one in (message.sender_id, message.receiver_id) if one}
    names = names_of(conn, people | {row.patient_id for row in rows.values()})
    about = _About.these(conn, [rows[id] for id, found in seen.items() if found], names)
    return {id: _thread(caller, rows[id], found, about) for id, found in seen.items() if found}


@dataclass(frozen=True, slots=True)
class _About:
    """What else the threads of a page need, each kind read once."""

    names: dict[str, str]
    """Of the people who are named, by id."""
    boxes: dict[tuple[str, str], Row[Any]]
    """Patient's and mailbox's id -> the mailbox as it is linked now."""
    files: dict[str, list[Row[Any]]]
    """By message id."""
    corrections: dict[str, Row[Any]]
    """By thread id."""

    @classmethod
    def these(cls, conn: Connection, rows: Sequence[Row[Any]], names: dict[str, str]) -> "_About":
        """What these rows of `thread` need."""
        ids = [row.id for row in rows]
        boxes: dict[tuple[str, str], Row[Any]] = {}
        for patient in {row.patient_id for row in rows}:
            wanted = {row.mailbox_id for row in rows if row.patient_id == patient}
            boxes |= {(patient, id): box for id, box in mailboxes_of(conn, patient, wanted).items()}
        return cls(names, boxes, attachments_of(conn, ids), corrections_in(conn, ids))


def _thread(caller: Caller, row: Row[Any], found: list[Row[Any]], about: _About) -> Thread:
    policy, now, zone = caller.mock.policy.message, caller.mock.clock.now(), ZoneInfo(row.zone)
    answers = rules.answers([sent_message(one) for one in found], rules.BusinessDays(zone, HOLIDAYS), policy, now)
    recipient = recipient_of(about.boxes.get((row.patient_id, row.mailbox_id)), row.recipient)
    reply = _reply(caller, from_micros(found[-1].sent), zone, recipient)
    wrong = about.corrections.get(row.id)
    return Thread(row, found, answers, about.names, caller.viewer.person_id, reply, about.files, wrong)


def _reply(caller: Caller, last: datetime, zone: ZoneInfo, recipient: Recipient) -> Json:
    """MSG-10, MSG-11: whether a reply may be sent, and the last day on which it may."""
    policy, now = caller.mock.policy.message, caller.mock.clock.now()
    decision = rules.may_reply(last, zone, policy, level=caller.viewer.level, now=now)
    if isinstance(decision, Allowed):
        to = may_write_to(recipient, level=caller.viewer.level)
        decision = to if isinstance(to, Refused) else decision
    until, due = rules.reply_until(last, zone, policy), due_now(caller, zone)
    return can("message.reply", decision) | {"until": until.isoformat(), "due": due.isoformat()}


def _file(row: Row[Any]) -> Json:
    return {"id": row.id, "name": row.name, "content_type": row.content_type, "size": row.size}


def _answered(answer: AnswerDue | None) -> Json | None:
    if answer is None:
        return None
    return {"due": answer.due.isoformat(), "state": answer.state, "next": answer.next}
