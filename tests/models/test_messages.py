"""What rows and messages say of themselves: states, names of both sides, replies."""

from datetime import UTC, date, datetime

import pytest

from genesis_tui.models.acts import leaving_text
from genesis_tui.models.base.permission import Permission
from genesis_tui.models.messages.threads import (
    WINDOW_CLOSED,
    AnswerDue,
    Message,
    Party,
    ThreadRow,
    answer_text,
    heading,
    reply_text,
    unreadable_text,
)

AT = datetime(2026, 11, 20, 19, 5, tzinfo=UTC)
YOU, MAYA, CLINIC = Party("Daniel Reyes", you=True), Party("Maya Reyes"), Party("Pediatrics", staff=True)
MAY = Permission("message.reply", allowed=True)
CLOSED = Permission("message.reply", False, "MSG-10", WINDOW_CLOSED, "It is closed.", "Write anew.")


def row(answer: AnswerDue | None = None, reply: Permission = MAY, until: date | None = None) -> ThreadRow:
    return ThreadRow("1", "Subject", "Other", "Pediatrics", MAYA, AT, answer=answer, reply=reply, reply_until=until)


@pytest.mark.parametrize(
    ("answer", "reply", "state"),
    [
        (None, MAY, ""),
        (AnswerDue(date(2026, 11, 25), "waiting"), MAY, "due Wed"),
        (AnswerDue(date(2026, 11, 26), "waiting"), MAY, "due Thu"),
        (AnswerDue(date(2026, 11, 27), "waiting"), MAY, "due 27 Nov"),
        (AnswerDue(date(2026, 11, 18), "overdue"), MAY, "overdue"),
        (AnswerDue(date(2026, 11, 18), "overdue"), CLOSED, "closed"),
        (None, CLOSED, "closed"),
        (None, Permission("message.reply", False, "ID-5", "premium-required"), ""),
    ],
)
@pytest.mark.rule("MSG-5", "MSG-10")
def test_the_state_column(answer: AnswerDue | None, reply: Permission, state: str) -> None:
    assert row(answer, reply).state == state


@pytest.mark.parametrize(
    ("sender", "receiver", "person", "words"),
    [
        (YOU, CLINIC, None, ("You", "Pediatrics")),
        (CLINIC, YOU, None, ("Pediatrics", "you")),
        (YOU, CLINIC, MAYA, ("You, for Maya Reyes", "Pediatrics")),
        (CLINIC, YOU, MAYA, ("Pediatrics", "you, for Maya Reyes")),
        (Party("Kelly Walsh"), CLINIC, YOU, ("Kelly Walsh, for you", "Pediatrics")),
        (MAYA, CLINIC, None, ("Maya Reyes", "Pediatrics")),
    ],
)
@pytest.mark.rule("FAM-10")
def test_both_names_stand_where_somebody_writes_for_another(
    sender: Party, receiver: Party, person: Party | None, words: tuple[str, str]
) -> None:
    assert heading(Message("1", sender, receiver, AT, "body", person)) == words


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("waiting", "An answer is due by Wed 25 Nov 2026."),
        ("overdue", "Overdue: an answer was due by Wed 25 Nov 2026. Call."),
        ("answered", "Answered in time: it was due by Wed 25 Nov 2026."),
        ("late", "Answered late: it was due by Wed 25 Nov 2026."),
    ],
)
@pytest.mark.rule("MSG-5")
def test_each_sent_message_shows_its_date(state: str, words: str) -> None:
    assert answer_text(AnswerDue(date(2026, 11, 25), state, "Call." if state == "overdue" else "")) == words


@pytest.mark.rule("MSG-10")
def test_what_is_said_of_replying_is_the_servers() -> None:
    assert reply_text(row(until=date(2027, 1, 4))) == "You can reply until Mon 4 Jan 2027."
    assert reply_text(row()) == "You can reply."
    assert reply_text(row(reply=CLOSED)) == "It is closed. Write anew."


def test_what_could_not_be_read_is_counted() -> None:
    assert [unreadable_text(n, "message") for n in (0, 1, 2)] == [
        "",
        "1 message could not be read.",
        "2 messages could not be read.",
    ]


@pytest.mark.parametrize(
    ("unsent", "asks", "words"),
    [
        (1, 0, "it goes out the next time you sign in"),
        (2, 0, "they go out the next time you sign in"),
        (2, 2, "they are not sent before you say so, in Drafts"),
        (3, 1, "2 go out the next time you sign in, 1 only once you say so, in Drafts"),
    ],
)
def test_leaving_promises_only_what_happens(unsent: int, asks: int, words: str) -> None:
    assert leaving_text(unsent, asks) == words
