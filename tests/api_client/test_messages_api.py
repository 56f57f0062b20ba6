"""Messages' JSON to models: what is broken costs itself and is counted, text is harmless, patients stay apart."""

from datetime import date
from typing import Any

import pytest

from genesis_tui.api_client.portal.messages import threads
from genesis_tui.models.base.errors import BadAnswer
from genesis_tui.models.messages.threads import NO_REPLY
from genesis_tui.testing.plugin import PortalFor

ROW: dict[str, Any] = {"id": "t", "subject": "s", "category": "c", "with": "w", "at": "2026-11-20T19:05:00Z"}
PARTY = {"name": "P", "you": False, "staff": True}
MESSAGE: dict[str, Any] = {"id": "m", "from": PARTY, "to": PARTY, "at": "2026-11-20T19:05:00Z", "body": "b"}
EVIL = "x\x1b]0;t\x07\u202e\n[/y]"
SAFE = "x␛]0;t␇⟨U+202E⟩ [/y]"


def page(*rows: Any, **more: Any) -> Any:
    return threads.ThreadPageJson.decoded({"threads": list(rows), **more}).model()


def test_a_broken_row_costs_itself_and_is_counted() -> None:
    told = page(ROW, {**ROW, "at": "yesterday"}, {}, 7, {**ROW, "id": "u", "unread": "many"})
    assert ([row.id for row in told.rows], told.unreadable) == (["t"], 4)


def test_what_is_not_named_is_not_offered() -> None:
    (row,) = page(ROW).rows
    assert (row.reply, row.reply_until, row.answer, row.unread, row.count) == (NO_REPLY, None, None, 0, 1)


@pytest.mark.rule("MSG-10")
def test_the_last_day_of_a_reply_is_read() -> None:
    can = {"action": "message.reply", "allowed": True, "until": "2027-01-04", "new": 1}
    (row,) = page({**ROW, "can": [7, {"action": "message.forward", "allowed": True}, can]}).rows
    assert (row.reply.allowed, row.reply_until) == (True, date(2027, 1, 4))


@pytest.mark.parametrize(("field", "read"), [("subject", "subject"), ("category", "category"), ("with", "team")])
def test_every_word_of_a_row_is_made_harmless(field: str, read: str) -> None:
    (row,) = page({**ROW, field: EVIL}).rows
    assert getattr(row, read) == SAFE


def test_a_body_keeps_its_lines_and_nothing_that_moves_a_cursor() -> None:
    message = threads.MESSAGE.decoded({**MESSAGE, "body": "a\r\n\x1b[2Jb\tc", "from": {"name": EVIL}})
    assert message.body.split("\n") == ["a", "␛[2Jb   c"]
    assert message.sender.name == SAFE


@pytest.mark.rule("FAM-9")
async def test_a_thread_of_another_patient_is_a_bad_answer(portal_for: PortalFor) -> None:
    portal = await portal_for("daniel.reyes")
    people = (await portal.family.load()).people
    record = await portal.open(next(p for p in people if p.given == "Maya"))
    with pytest.raises(BadAnswer):
        await record.threads.read("thread-12742301-1")


def test_broken_messages_of_a_thread_are_counted() -> None:
    whole = {**ROW, "patient": "1", "messages": [MESSAGE, {}, {**MESSAGE, "body": 7}]}
    told = threads.ThreadJson.decoded(whole).model()
    assert ([message.id for message in told.messages], told.unreadable) == (["m"], 2)
